from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_amount_a = fields.Monetary(
        related="company_id.collection_amount_a",
        readonly=False,
        currency_field="credit_company_currency_id",
    )
    collection_amount_b = fields.Monetary(
        related="company_id.collection_amount_b",
        readonly=False,
        currency_field="credit_company_currency_id",
    )
    collection_high_risk_score = fields.Integer(
        related="company_id.collection_high_risk_score", readonly=False
    )
