from odoo import fields, models


class CrmTeam(models.Model):
    """The business unit that bears the costs of a sales team."""

    _inherit = "crm.team"

    insight_analytic_id = fields.Many2one(
        "account.analytic.account",
        "Analytic Account",
        check_company=True,
        ondelete="restrict",
        help="Costs of collecting distributed to it are charged to this team.",
    )
