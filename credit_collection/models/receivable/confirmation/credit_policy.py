from odoo import api, fields, models


class CreditPolicy(models.Model):
    """What becomes of customers who confirm nothing is part of a policy (P4-15)."""

    _inherit = "credit.policy"

    confirmation_freeze = fields.Selection(
        [("none", "Nothing"), ("propose", "Propose to Freeze"), ("freeze", "Freeze at Once")],
        "Balance Not Confirmed and Overdue",
        default="propose",
        required=True,
        tracking=True,
        help="What happens to a customer who was asked to confirm the balance, gave no answer in time"
        " and has overdue items.",
    )

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | {"confirmation_freeze"}
