from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestMeetingTour(AgeingCase, HttpCase):
    """In the browser, from the meeting to a changed limit (P4-12, P4-30)."""

    def test_from_the_meeting_to_a_changed_limit(self):
        customer = self._customer("Bad & Co", limit=5000, term=30)
        self._dated(customer, 1000, "2025-04-10", due="2025-05-10")
        for day in ("2025-05-31", "2025-06-30"):
            self.env["insight.month"]._close(self.company, self._day(day))
        meeting = (
            self.env["insight.meeting"]
            .with_user(self.controller)
            .create({"present_ids": [Command.set(self.controller.ids)]})
        )
        self.start_tour(
            f"/odoo/credit-meetings/{meeting.id}",
            "insight_meeting_controller",
            login=self.controller.login,
        )
        decision = meeting.decision_ids
        application = decision.application_id
        self.assertRecordValues(application, [{"state": "requested", "limit": 3000}])
        for _turn in range(9):
            application.invalidate_recordset()
            if application.state != "requested":
                break
            reviewers = application.sudo().review_ids.filtered(lambda r: r.status == "pending")
            application.with_user(reviewers.reviewer_ids[:1]).validate_tier()
        self.assertEqual(application.state, "approved")
        self.assertEqual(customer.credit_limit, 3000)
        decision.invalidate_recordset()
        self.assertIn("Approved", decision.outcome)
