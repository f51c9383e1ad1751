from odoo import fields, models


class InsightMeetingLine(models.Model):
    """A customer before the meeting: sales, payments, overdue of the closed month."""

    _name = "insight.meeting.line"
    _description = "Customer of a Meeting"
    _inherit = ["credit.protected.mixin"]
    _order = "meeting_id desc, overdue desc, receivable desc, id"
    _rec_name = "partner_id"

    meeting_id = fields.Many2one(
        "insight.meeting", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    sales = fields.Monetary("Monthly Sales", readonly=True, help="Without tax.")
    collected = fields.Monetary(readonly=True)
    receivable = fields.Monetary("Receivables", readonly=True)
    overdue = fields.Monetary(readonly=True)
    overdue_before = fields.Monetary("Overdue Last Month", readonly=True)
    credit_limit = fields.Monetary("Effective Limit", readonly=True)
    rating = fields.Selection(
        [("good", "Good Payer"), ("bad", "Bad Payer")],
        "Payer",
        help="Proposed: good paid and was overdue at neither end of the month; bad is overdue, and"
        " was before or paid nothing.",
    )
    note = fields.Char()

    def _get_open_fields(self):
        return {"rating", "note"} if self.meeting_id.state == "draft" else set()

    def action_decide(self):
        """Open a new decision about the customer."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decision"),
            "res_model": "insight.meeting.decision",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_meeting_id": self.meeting_id.id,
                "default_partner_id": self.partner_id.id,
                "default_kind": "application",
            },
        }
