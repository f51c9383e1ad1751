from odoo import api, fields, models

CHAINS = [
    ("standard", "Finance, Management, by Amount"),
    ("clearance", "Team, Division Leader, CFO, President"),
]


class CreditPolicy(models.Model):
    """Who approves write-offs is part of a policy (P1-12, P3-08)."""

    _inherit = "credit.policy"

    writeoff_chain = fields.Selection(
        CHAINS,
        "Approval of Write-Offs",
        default="standard",
        required=True,
        tracking=True,
        help="Four approvals whatever the amount: the application names who is responsible, and"
        " Finance gives its opinion where evidence is missing.",
    )

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | {"writeoff_chain"}
