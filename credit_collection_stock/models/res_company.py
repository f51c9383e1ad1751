from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_stop_picking = fields.Boolean(
        "Stop at Picking",
        help="Goods for a customer are checked when they are picked and packed as well, not only when "
        "they leave the warehouse.",
    )

    @api.model
    def _get_company_root_delegated_field_names(self):
        return [*super()._get_company_root_delegated_field_names(), "credit_stop_picking"]
