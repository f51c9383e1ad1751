from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_sign_first = fields.Boolean(
        "Customer Signs before Approval",
        help="Approval of an application for credit is asked for only with the customer's"
        " signature under the very terms: in the portal, or on paper (P4-02, P4-06).",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_sign_first = fields.Boolean(related="company_id.credit_sign_first", readonly=False)
