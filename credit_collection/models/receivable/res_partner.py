from odoo import api, fields, models

from ..credit.terms.res_partner import CREDIT_GROUPS


class ResPartner(models.Model):
    """Amounts of a customer written off, still claimed, or held in notes."""

    _inherit = "res.partner"

    receivable_claim = fields.Monetary(
        "Written-Off Claims",
        compute="_compute_receivable_figures",
        groups=CREDIT_GROUPS,
        help="In company currency, at the rates at which it was written off.",
    )
    receivable_is_watched = fields.Boolean(
        "Monitored After Write-Off", compute="_compute_receivable_figures", groups=CREDIT_GROUPS
    )
    receivable_writeoff_count = fields.Integer(
        compute="_compute_receivable_figures", groups=CREDIT_GROUPS
    )
    receivable_note_amount = fields.Monetary(
        "Notes on Hand",
        compute="_compute_receivable_figures",
        groups=CREDIT_GROUPS,
        help="Counts in the exposure until it is collected, discounted or endorsed.",
    )
    receivable_contingent = fields.Monetary(
        "Contingent Notes",
        compute="_compute_receivable_figures",
        groups=CREDIT_GROUPS,
        help=(
            "Discounted or endorsed but not yet matured; liability returns if the acceptor does "
            "not pay."
        ),
    )
    receivable_note_count = fields.Integer(
        compute="_compute_receivable_figures", groups=CREDIT_GROUPS
    )

    @api.depends_context("company", "uid")
    @api.depends("commercial_partner_id")
    def _compute_receivable_figures(self):
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
        notes = {}
        for partner, standing, amount, count in self.env["receivable.note"]._read_group(
            [*scope, ("standing", "!=", False)],
            ["partner_id", "standing"],
            ["balance:sum", "__count"],
        ):
            notes.setdefault(partner, {})[standing] = (amount, count)
        for partner in self:
            customer = partner.commercial_partner_id
            of_notes = notes.get(customer, {})
            partner.receivable_claim = claims.get(customer, (0.0, 0))[0]
            partner.receivable_is_watched = customer in watched
            partner.receivable_writeoff_count = writeoffs.get(customer, 0)
            partner.receivable_note_amount = of_notes.get("held", (0.0, 0))[0]
            partner.receivable_contingent = of_notes.get("contingent", (0.0, 0))[0]
            partner.receivable_note_count = sum(count for _amount, count in of_notes.values())

    @api.model
    def _credit_file_models(self):
        return [
            *super()._credit_file_models(),
            "receivable.note", "receivable.recovery", "receivable.writeoff",
        ]  # fmt: skip

    def action_open_receivable_writeoffs(self):
        """Open the write-offs of this customer."""
        return self._credit_open_documents("receivable_writeoff_action", context={})

    def action_open_receivable_claims(self):
        """Open the claims on this customer written off and still pursued."""
        return self._credit_open_documents("receivable_claim_action", context={})

    def action_open_receivable_notes(self):
        """Open the notes of this customer."""
        return self._credit_open_documents("receivable_note_action", context={})
