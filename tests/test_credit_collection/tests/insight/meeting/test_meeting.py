from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestMeeting(AgeingCase):
    """The credit control meeting about June 2025 (P4-12, P4-30)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bad = cls._customer("Bad", limit=5000)
        cls.good = cls._customer("Good", user_id=cls.salesperson2.id)
        cls._dated(cls.bad, 1000, "2025-04-10", due="2025-05-10")
        cls._dated(cls.bad, 200, "2025-06-10", due="2025-07-10")
        paid = cls._dated(cls.good, 300, "2025-06-10", due="2025-06-20")
        cls._pay(paid, 300, date="2025-06-18")
        for day in ("2025-05-31", "2025-06-30"):
            cls.env["insight.month"]._close(cls.company, cls._day(day))

    def _meeting(self, user=None, **values):
        meetings = self.env["insight.meeting"].with_user(user or self.controller)
        return meetings.create(
            {
                "invited_ids": [Command.set((self.salesperson + self.finance_manager).ids)],
                "present_ids": [Command.set((self.controller + self.salesperson).ids)],
                **values,
            }
        )

    def _decide(self, meeting, **values):
        return self.env["insight.meeting.decision"].with_user(self.controller).create(
            {"meeting_id": meeting.id, "name": "As agreed", "user_id": self.salesperson.id, **values}
        )  # fmt: skip

    def test_customers_with_sales_payments_and_proposals(self):
        meeting = self._meeting()
        self.assertTrue(meeting.name.startswith("MTG/"))
        meeting.action_load()
        self.assertRecordValues(
            meeting.line_ids,
            [
                {
                    "partner_id": self.bad.id, "sales": 200, "collected": 0, "receivable": 1200,
                    "overdue": 1000, "overdue_before": 1000, "credit_limit": 0, "rating": "bad",
                },
                {
                    "partner_id": self.good.id, "sales": 300, "collected": 300, "receivable": 0,
                    "overdue": 0, "overdue_before": 0, "credit_limit": 0, "rating": "good",
                },
            ],
        )  # fmt: skip

    def test_notes_stay_when_customers_are_listed_again(self):
        meeting = self._meeting()
        meeting.action_load()
        meeting.line_ids[0].note = "Visit"
        meeting.action_load()
        self.assertEqual(meeting.line_ids.mapped("note"), ["Visit", False])

    def test_a_decision_opens_the_application(self):
        meeting = self._meeting()
        decision = self._decide(meeting, kind="application", partner_id=self.bad.id)
        action = decision.action_open()
        application = decision.application_id
        self.assertEqual(action["res_id"], application.id)
        self.assertEqual((application.partner_id, application.state), (self.bad, "draft"))
        self.assertIn(meeting.name, application.reason)
        self.assertIn("Draft", decision.outcome)
        self.assertEqual(decision.action_open()["res_id"], application.id)

    def test_a_decision_opens_the_freeze(self):
        decision = self._decide(self._meeting(), kind="freeze", partner_id=self.bad.id)
        self.assertEqual(decision.outcome, "Not frozen yet")
        action = decision.action_open()
        wizard = self.env[action["res_model"]].with_user(self.controller)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertIn("As agreed", wizard.reason)
        wizard.action_apply()
        self.assertEqual(self.bad.credit_control, "frozen")
        decision.invalidate_recordset()
        self.assertEqual(decision.outcome, "Frozen")

    def test_terms_take_the_rights_of_the_user(self):
        decision = self._decide(
            self._meeting(), kind="application", partner_id=self.bad.id, user_id=self.accountant.id
        )
        with self.assertRaises(AccessError):
            decision.with_user(self.accountant).action_open()
        self.assertFalse(decision.application_id)

    def test_followed_until_done(self):
        first = self._meeting(date="2025-07-08")
        decision = self._decide(first, kind="task", partner_id=self.bad.id)
        first.action_close()
        self.assertEqual(decision.sudo().activity_ids.user_id, self.salesperson)
        second = self._meeting(date="2025-08-08")
        self.assertEqual(second.former_decision_ids, decision)
        own = decision.with_user(self.salesperson)
        with self.assertRaisesRegex(UserError, "result"):
            own.action_done()
        own.result = "Visited, pays on Friday"
        with self.assertRaises(AccessError):
            own.name = "Something else"
        own.action_done()
        self.assertEqual(decision.state, "done")
        self.assertFalse(decision.sudo().activity_ids)
        second.invalidate_recordset()
        self.assertFalse(second.former_decision_ids)

    def test_minutes_are_kept(self):
        meeting = self._meeting()
        meeting.action_load()
        decision = self._decide(meeting, kind="other")
        meeting.action_close()
        self.assertEqual(len(meeting.attachment_ids), 1)
        for call in (
            lambda: meeting.write({"note": "Other"}),
            lambda: meeting.line_ids[0].write({"note": "Other"}),
            lambda: decision.write({"name": "Other"}),
            lambda: meeting.sudo().attachment_ids.unlink(),
            lambda: meeting.unlink(),
        ):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaisesRegex(UserError, "taken place"):
            self._decide(meeting, kind="other")
        with self.assertRaisesRegex(UserError, "taken place"):
            meeting.action_load()

    def test_attendance_is_entered_first(self):
        with self.assertRaisesRegex(UserError, "present"):
            self._meeting(present_ids=[Command.clear()]).action_close()

    def test_rights_by_role(self):
        meeting = self._meeting()
        meeting.action_load()
        decision = self._decide(meeting, kind="other", user_id=self.controller.id)
        for user in (self.salesperson, self.finance_manager, self.auditor, self.collector):
            with self.subTest(user=user.name):
                meeting.with_user(user).read(["note"])
                meeting.line_ids.with_user(user).read(["sales"])
                decision.with_user(user).read(["name"])
        for user in (self.salesperson, self.auditor, self.collector):
            with self.subTest(user=user.name):
                for call in (
                    lambda user=user: meeting.with_user(user).write({"note": "x"}),
                    lambda user=user: meeting.with_user(user).action_load(),
                    lambda user=user: meeting.with_user(user).action_close(),
                    lambda user=user: decision.with_user(user).write({"result": "x"}),
                    lambda user=user: self._meeting(user),
                ):
                    with self.assertRaises(AccessError):
                        call()
        # Not invited.
        for records in (meeting, meeting.line_ids, decision):
            with self.assertRaises(AccessError):
                records.with_user(self.salesperson2).read(["company_id"])

    def test_other_companies_read_nothing(self):
        meeting = self._meeting()
        meeting.action_load()
        decision = self._decide(meeting, kind="other")
        other = self._create_company(name="Elsewhere")
        stranger = self._user(
            "stranger", "credit_collection.group_credit_controller", company=other,
            company_ids=other.ids,
        )  # fmt: skip
        for records in (meeting, meeting.line_ids, decision):
            with self.assertRaises(AccessError):
                records.with_user(stranger).read(["company_id"])
