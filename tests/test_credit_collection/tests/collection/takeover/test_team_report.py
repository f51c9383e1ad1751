from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .takeover_case import TakeoverCase

MONTH = date(2026, 11, 1)


@tagged("post_install", "-at_install")
class TestTeamReport(TakeoverCase):
    """Each month the head of a team reports plan, progress and results to the leadership group (P3-16)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("president", "cfo", "division", "stranger")
        cls.people = {name: cls._user(name, "base.group_user") for name in names}
        cls.company.sudo().write(
            {
                "collection_leader_id": cls.people["president"].id,
                "collection_leader_deputy_id": cls.people["cfo"].id,
                "collection_leader_ids": [(6, 0, cls.people["division"].ids)],
            }
        )
        with freeze_time("2026-11-20"):
            cls.invoice = cls._invoice(cls.buyer, 1200, days_overdue=50)
            cls._invoice(cls.buyer, 300, days_overdue=5)

    def _open(self, **values):
        values = {"date_open": "2026-11-10", "amount_opened": 1200, **values}
        return self._case(user=self.collector, **values)

    def _day(self, day):
        with freeze_time(f"2026-12-{day:02}"):
            self._run_job("collection_team_report")

    def _reports(self, user=None):
        reports = self.env["collection.team.report"]
        reports = reports.with_user(user) if user else reports.sudo()
        return reports.search([("team_id", "=", self.team.id)])

    def _messages(self, user, model="collection.team.report"):
        self.env.flush_all()
        return self.env["mail.message"].sudo().search(
            [("partner_ids", "in", user.partner_id.ids), ("model", "=", model)]
        )  # fmt: skip

    def test_prepared_once_with_the_cases_of_the_month(self):
        self._open()
        other = self._customer("Other")
        self._case(other, date_open="2026-12-01")  # not of the month
        closed = self._case(
            self._customer("Closed"), name="C3", date_open="2026-09-01", date_close="2026-11-15",
            state="closed", result="collected",
        )  # fmt: skip
        self._case(
            self._customer("Long Ago"), name="C4", date_open="2026-09-01",
            date_close="2026-10-31", state="closed",
        )  # fmt: skip
        with freeze_time("2026-11-25"):
            self._pay(self.invoice, 400)
        for day in (1, 2):
            self._day(day)
        report = self._reports()
        self.assertRecordValues(
            report,
            [
                {
                    "month": MONTH,
                    "user_id": self.head.id,
                    "state": "draft",
                    "case_count": 2,
                    "closed_count": 1,
                    "amount_collected": 400,
                    "amount_overdue": 1100,
                }
            ],
        )
        self.assertIn("Buyer", report.table_html)
        self.assertIn("1,100.00", report.table_html)
        self.assertIn(closed.partner_id.name, report.table_html)
        self.assertNotIn("Long Ago", report.table_html)
        self.assertEqual(report.activity_ids.user_id, self.head)

    def test_contacts_and_letters_of_the_month_are_counted(self):
        case = self._open()
        contacts = self.env["collection.contact"]
        with freeze_time("2026-12-03"):
            for day in ("2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01"):
                contacts._system_create({"case_id": case.id, "date": f"{day} 03:00:00"})
        rows = self.env["collection.team.report"].sudo()._get_rows(self.team, MONTH)
        self.assertEqual([(row["case"], row["contacts"]) for row in rows], [(case, 2)])

    def test_sent_to_the_leadership_group_with_the_paper(self):
        self._open()
        self._day(1)
        report = self._reports(self.head)
        with self.assertRaisesRegex(UserError, "Enter your analysis"):
            report.action_send()
        report.analysis = "Half of it came in"
        report.action_send()
        self.assertEqual(report.state, "sent")
        for name in ("president", "cfo", "division"):
            message = self._messages(self.people[name])
            self.assertIn("Half of it came in", message.body)
            self.assertIn("Buyer", message.body)
            self.assertEqual(len(message.attachment_ids), 1)
        with self.assertRaises(AccessError):
            report.analysis = "Changed"
        with self.assertRaises(UserError):
            report.action_send()
        with self.assertRaises(AccessError):
            report.unlink()
        self._day(6)
        self.assertFalse(self._messages(self.people["cfo"], "collection.team"), "nobody is late")

    def test_leaders_are_told_of_a_team_that_has_sent_none(self):
        self._open()
        for day in (1, 4, 5, 6):
            self._day(day)
        told = self._messages(self.people["president"], "collection.team")
        self.assertEqual(len(told), 1)
        self.assertIn(f"Not sent: {self.head.name}.", told.body)

    def test_none_without_a_leadership_group_or_a_case(self):
        self._day(1)
        self.assertFalse(self._reports())
        self._open()
        self.company.sudo().write(
            {
                "collection_leader_id": False,
                "collection_leader_deputy_id": False,
                "collection_leader_ids": False,
            }
        )
        self._day(2)
        self.assertFalse(self._reports())

    def test_who_reads_and_sends(self):
        self._open()
        self._day(1)
        report = self._reports()
        for user in (*list(self.people.values())[:3], self.head, self.manager, self.auditor):
            self.assertEqual(self._reports(user), report, user.name)
        self.assertFalse(self._reports(self.people["stranger"]))
        for user in (self.people["president"], self.manager, self.people["stranger"]):
            other = report.with_user(user)
            with self.assertRaises(AccessError):
                other.analysis = "Not mine"
            with self.assertRaises(AccessError):
                other.action_send()
        with self.assertRaises(AccessError):
            report.with_user(self.head).amount_collected = 9

    def test_the_task_force_has_a_credit_control_specialist(self):
        case = self._open()
        case.sudo()._start_special_team()
        self.assertFalse(self._activities(case, "mail_activity_special_credit"))
        case._system_write({"date_special_team": False})
        self.team.credit_user_id = self.controller
        case.sudo()._start_special_team()
        task = self._activities(case, "mail_activity_special_credit")
        self.assertEqual(task.user_id, self.controller)
        self.assertIn("review credit limit", task.summary)
