from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of closed months, their report, and the costs of collecting."""

    _inherit = "res.config.settings"

    insight_close_days = fields.Integer(related="company_id.insight_close_days", readonly=False)
    insight_report_day = fields.Integer(related="company_id.insight_report_day", readonly=False)
    insight_report_partner_ids = fields.Many2many(
        related="company_id.insight_report_partner_ids", readonly=False
    )
    insight_cost_account_ids = fields.Many2many(
        related="company_id.insight_cost_account_ids", readonly=False
    )
    insight_cost_analytic_ids = fields.Many2many(
        related="company_id.insight_cost_analytic_ids", readonly=False
    )
    insight_capital_rate = fields.Float(related="company_id.insight_capital_rate", readonly=False)
    insight_lost_days = fields.Integer(related="company_id.insight_lost_days", readonly=False)
