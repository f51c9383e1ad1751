from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of closed months and their report."""

    _inherit = "res.config.settings"

    insight_close_days = fields.Integer(related="company_id.insight_close_days", readonly=False)
    insight_report_day = fields.Integer(related="company_id.insight_report_day", readonly=False)
    insight_report_partner_ids = fields.Many2many(
        related="company_id.insight_report_partner_ids", readonly=False
    )
