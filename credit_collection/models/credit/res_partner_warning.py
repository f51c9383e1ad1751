from odoo import api, fields, models

from .res_partner import CREDIT_GROUPS


class ResPartner(models.Model):
    """Open warnings on the customer."""

    _inherit = "res.partner"

    credit_warning_count = fields.Integer(
        "Warnings", compute="_compute_credit_warnings", groups=CREDIT_GROUPS
    )
    credit_warning_text = fields.Text(
        "Early Warning", compute="_compute_credit_warnings", groups=CREDIT_GROUPS
    )

    @api.depends_context("company", "uid", "lang")
    @api.depends("commercial_partner_id")
    def _compute_credit_warnings(self):
        groups = self.env["credit.warning"]._read_group(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "=", "open"),
            ],
            ["partner_id"],
            ["id:recordset"],
        )
        found = dict(groups)
        for partner in self:
            warnings = found.get(partner.commercial_partner_id, self.env["credit.warning"])
            partner.credit_warning_count = len(warnings)
            partner.credit_warning_text = "\n".join(warnings.mapped("description"))

    def action_open_credit_warnings(self):
        """Open the warnings of this customer."""
        return self._credit_open("credit_collection.credit_warning_action")
