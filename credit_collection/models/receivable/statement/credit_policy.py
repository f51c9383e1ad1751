from odoo import api, fields, models

from ..res_company import FREQUENCIES


class CreditPolicy(models.Model):
    """How often customers of a policy, or of its segment, receive statements of account."""

    _inherit = "credit.policy"

    statement_frequency = fields.Selection(
        FREQUENCIES,
        "Statements by Email",
        tracking=True,
        help="Empty = as in the settings. The frequency on a customer takes precedence.",
    )

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | {"statement_frequency"}
