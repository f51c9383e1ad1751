from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .review_case import ReviewCase

MONTH = date(2026, 11, 1)


@tagged("post_install", "-at_install")
class TestServiceSummary(ReviewCase):
    """Each month the service managers sum up their customers for head and deputy (P5-11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("head", "deputy", "service_one", "service_two", "idle", "stranger")
        cls.people = {name: cls._user(name, "base.group_user") for name in names}
        people = cls.people
        groups = cls.env["credit.assessment.group"].with_user(cls.administrator)
        cls.group = groups.create(
            {
                "name": "Committee",
                "company_id": cls.company.id,
                "user_id": people["head"].id,
                "deputy_id": people["deputy"].id,
                "service_manager_ids": [
                    (6, 0, [people[n].id for n in ("service_one", "service_two", "idle")])
                ],
            }
        )
        cls.one = cls._customer("First Customer", limit=5000, term=30)
        cls.two = cls._customer("Second Customer", limit=7000)
        cls.one.sudo().credit_service_manager_id = people["service_one"]
        cls.two.sudo().credit_service_manager_id = people["service_two"]

    def _summaries(self, user=None):
        summaries = self.env["credit.service.summary"]
        summaries = summaries.with_user(self.people[user]) if user else summaries.sudo()
        return summaries.search([("group_id", "=", self.group.id)])

    def _messages(self, user):
        self.env.flush_all()
        return self.env["mail.message"].sudo().search(
            [("partner_ids", "in", self.people[user].partner_id.ids),
             ("model", "in", ("credit.service.summary", "credit.assessment.group"))]
        )  # fmt: skip

    def _day(self, day):
        with freeze_time(f"2026-12-{day:02}"):
            self._run_job("credit_service_summary")

    def test_prepared_once_with_the_figures_of_the_customers(self):
        with freeze_time("2026-11-20"):
            self._invoice(self.one, 1200, days_overdue=5)
        for day in (1, 2):
            self._day(day)
        found = self._summaries()
        self.assertEqual(found.user_id, self.people["service_one"] | self.people["service_two"])
        summary = self._summaries("service_one")
        self.assertRecordValues(
            summary, [{"month": MONTH, "customer_count": 1, "state": "draft", "is_mine": True}]
        )
        self.assertIn("First Customer", summary.table_html)
        self.assertIn("1,200.00", summary.table_html)
        self.assertNotIn("Second Customer", summary.table_html)
        self.assertEqual(summary.sudo().activity_ids.user_id, self.people["service_one"])

    def test_each_customer_s_limit_in_words_and_the_month_in_the_reader_s(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        third = self._customer("Third Customer")
        third.sudo().credit_service_manager_id = self.people["service_one"]
        self._day(1)
        summary = self._summaries("service_one")
        self.assertIn(">Unlimited<", summary.table_html)
        self.assertIn("5,000.00", summary.table_html)
        self.assertTrue(summary.display_name.endswith(", November 2026"))
        chinese = summary.with_context(lang="zh_CN")
        self.assertTrue(chinese.display_name.endswith(", 2026年11月"))

    def test_sent_to_head_and_deputy(self):
        self._day(1)
        summary = self._summaries("service_one")
        with self.assertRaisesRegex(UserError, "Enter your analysis"):
            summary.action_send()
        summary.analysis = "All quiet"
        summary.action_send()
        self.assertEqual(summary.state, "sent")
        for leader in ("head", "deputy"):
            self.assertIn("All quiet", self._messages(leader).body)
            self.assertIn("First Customer", self._messages(leader).body)
        with self.assertRaises(AccessError):
            summary.analysis = "Changed"
        with self.assertRaises(UserError):
            summary.action_send()

    def test_head_and_deputy_are_told_who_has_not_sent_one(self):
        self._day(1)
        summary = self._summaries("service_one")
        summary.analysis = "All quiet"
        summary.action_send()
        self.assertEqual(len(self._messages("head")), 1)
        for day in (4, 5, 6):
            self._day(day)
        told = self._messages("deputy") - summary.sudo().message_ids
        told = told.filtered(lambda message: message.model == "credit.assessment.group")
        self.assertEqual(len(told), 1)
        self.assertIn(f"Sent: {self.people['service_one'].name}.", told.body)
        self.assertIn(f"Not sent: {self.people['service_two'].name}.", told.body)

    def test_others_neither_read_nor_send(self):
        self._day(1)
        summary = self._summaries("service_one")
        self.assertFalse(self._summaries("stranger"))
        self.assertEqual(len(self._summaries("head")), 2)
        for user in ("head", "service_two", "stranger"):
            other = summary.with_user(self.people[user])
            with self.assertRaises(AccessError):
                other.analysis = "Not mine"
            with self.assertRaises(AccessError):
                other.action_send()
        with self.assertRaises(AccessError):
            summary.state = "sent"

    def test_all_committees_of_a_service_manager_are_told(self):
        groups = self.env["credit.assessment.group"].with_user(self.administrator)
        groups.create(
            {
                "name": "Second Committee",
                "company_id": self.company.id,
                "user_id": self.people["stranger"].id,
                "service_manager_ids": [(6, 0, self.people["service_one"].ids)],
            }
        )
        self._day(1)
        summary = self._summaries("service_one")
        self.assertEqual(len(summary), 1)
        self._day(5)
        told = self._messages("stranger")
        told = told.filtered(lambda message: message.model == "credit.assessment.group")
        # Of the other committee's people it says nothing.
        self.assertIn(f"Sent: –. Not sent: {self.people['service_one'].name}.", told.body)
        summary.analysis = "All quiet"
        summary.action_send()
        for leader in ("head", "stranger"):
            self.assertIn("All quiet", "".join(self._messages(leader).mapped("body")))
        self.assertEqual(
            self.env["credit.service.summary"].with_user(self.people["stranger"]).search([]),
            summary,
        )
