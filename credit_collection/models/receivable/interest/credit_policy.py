from odoo import api, fields, models


class CreditPolicy(models.Model):
    """What late payment costs is part of a policy (P2-16)."""

    _inherit = "credit.policy"

    receivable_interest_term_id = fields.Many2one(
        "receivable.interest.term",
        "Terms of Late Interest",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        help="Empty = the terms of the company.",
    )

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | {"receivable_interest_term_id"}
