from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_policy_id = fields.Many2one(
        "credit.policy",
        "Credit Policy in Force",
        compute="_compute_credit_policy_id",
        help="Counts for customers without a policy of their own or of their segment. It comes"
        " into force by management's approval, and only so.",
    )

    def _compute_credit_policy_id(self):
        for company in self:
            company.credit_policy_id = self.env["credit.policy"]._get_in_force(company)
