from odoo import api, fields, models

from ...credit.terms.res_partner import CREDIT_GROUPS


class ResPartner(models.Model):
    """Amounts of a customer written off, and still claimed."""

    _inherit = "res.partner"

    receivable_claim = fields.Monetary(
        "Written-Off Claims",
        compute="_compute_receivable_writeoffs",
        groups=CREDIT_GROUPS,
        help="In company currency, at the rates at which it was written off.",
    )
    receivable_is_watched = fields.Boolean(
        "Monitored After Write-Off", compute="_compute_receivable_writeoffs", groups=CREDIT_GROUPS
    )
    receivable_writeoff_count = fields.Integer(
        compute="_compute_receivable_writeoffs", groups=CREDIT_GROUPS
    )

    @api.depends_context("company", "uid")
    @api.depends("commercial_partner_id")
    def _compute_receivable_writeoffs(self):
        customers = self.commercial_partner_id
        scope = [
            ("partner_id", "in", customers.ids),
            ("company_id", "=", self.env.company.root_id.id),
        ]
        lines = self.env["receivable.writeoff.line"]
        claims = {
            partner: (amount, count)
            for partner, amount, count in lines._read_group(
                [*scope, *lines._get_claim_domain()],
                ["partner_id"],
                ["balance_claim:sum", "__count"],
            )
        }
        watched = {
            partner
            for (partner,) in lines._read_group(
                [*scope, *lines._get_claim_domain(), ("is_watched", "=", True),
                 ("balance_claim", ">", 0)],
                ["partner_id"],
            )
        }  # fmt: skip
        writeoffs = dict(
            self.env["receivable.writeoff"]._read_group(scope, ["partner_id"], ["__count"])
        )
        for partner in self:
            customer = partner.commercial_partner_id
            partner.receivable_claim = claims.get(customer, (0.0, 0))[0]
            partner.receivable_is_watched = customer in watched
            partner.receivable_writeoff_count = writeoffs.get(customer, 0)

    @api.model
    def _credit_file_models(self):
        return [*super()._credit_file_models(), "receivable.recovery", "receivable.writeoff"]

    def action_open_receivable_writeoffs(self):
        """Open the write-offs of this customer."""
        return self._credit_open_documents("receivable_writeoff_action", context={})

    def action_open_receivable_claims(self):
        """Open the claims on this customer written off and still pursued."""
        return self._credit_open_documents("receivable_claim_action", context={})
