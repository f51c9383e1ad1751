from odoo import api, fields, models

from ...credit.terms.res_partner import CREDIT_GROUPS


class ResPartner(models.Model):
    """Balance confirmations of a customer, and the day from which its limitation period runs anew."""

    _inherit = "res.partner"

    receivable_acknowledged_on = fields.Date(
        "Debt Acknowledged on",
        compute="_compute_receivable_acknowledged_on",
        groups=CREDIT_GROUPS,
        help="Day of the last signed balance confirmation. It acknowledges the debt: the limitation"
        " period starts anew on this day.",
    )

    @api.depends_context("company", "uid")
    @api.depends("commercial_partner_id")
    def _compute_receivable_acknowledged_on(self):
        # sudo: the day counts for users who see the credit of the customer
        rows = self.env["receivable.confirmation"].sudo()._read_group(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.root_id.id),
                ("acknowledged_on", "!=", False),
            ],
            ["partner_id"],
            ["acknowledged_on:max"],
        )  # fmt: skip
        days = {partner.id: day for partner, day in rows}
        for partner in self:
            partner.receivable_acknowledged_on = days.get(partner.commercial_partner_id.id)

    @api.model
    def _credit_file_models(self):
        return [*super()._credit_file_models(), "receivable.confirmation"]

    def action_open_receivable_confirmations(self):
        """Open the balance confirmations of this customer."""
        return self._credit_open_documents("receivable_confirmation_action", context={})
