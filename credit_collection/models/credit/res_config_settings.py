from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_mode = fields.Selection(related="company_id.credit_mode", readonly=False)
    credit_controller_id = fields.Many2one(
        related="company_id.credit_controller_id", readonly=False
    )
    credit_release_days = fields.Integer(related="company_id.credit_release_days", readonly=False)
    credit_release_confirm = fields.Boolean(
        related="company_id.credit_release_confirm", readonly=False
    )
    credit_alert_percent = fields.Float(related="company_id.credit_alert_percent", readonly=False)
    credit_default_control = fields.Selection(
        related="company_id.credit_default_control", readonly=False
    )
    credit_policy_id = fields.Many2one(related="company_id.credit_policy_id")
