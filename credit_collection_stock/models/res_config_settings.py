from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_stop_picking = fields.Boolean(related="company_id.credit_stop_picking", readonly=False)
