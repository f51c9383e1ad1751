from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of closed months."""

    _inherit = "res.config.settings"

    insight_close_days = fields.Integer(related="company_id.insight_close_days", readonly=False)
