from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestMeasure(ResolutionCase):
    """The table of ways of collecting, and what a case proposes (P3-18, P3-27)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        measures = cls.env["collection.measure"].sudo()
        measures.search([]).active = False
        cls.call, cls.demand, cls.correct, cls.team, cls.dormant = measures.create(
            [
                {"name": "Call", "days_to": 90, "action": "contact"},
                {"name": "Demand", "category": "external", "action": "letter"},
                {"name": "Correct", "category": "internal"},
                {"name": "Task force", "days_from": 91, "action": "team"},
                {"name": "Write off", "debt_class": "4_dormant"},
            ]
        )
        cls.ours, cls.theirs = cls.env["collection.reason"].sudo().create(
            [
                {"name": "We forgot", "category": "internal", "route": "collector"},
                {"name": "No money", "category": "external", "route": "measures"},
            ]
        )  # fmt: skip
        cls.invoice = cls._invoice(cls.customer, 1000, days_overdue=40)
        cls.case = cls._case()

    def _proposed(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.case.with_user(user or self.collector).measure_ids

    def test_age_and_cause_decide(self):
        self.assertEqual(self._proposed(), self.call, "no cause is known yet")
        self.invoice.collection_reason_id = self.theirs
        self.assertEqual(self._proposed(), self.call | self.demand)
        self._invoice(self.customer, 30, days_overdue=100).collection_reason_id = self.ours
        self.assertEqual(self._proposed(), self.demand | self.correct | self.team)

    def test_class_decides(self):
        self._invoice(self.customer, 30, days_overdue=500)
        self.assertEqual(self._proposed(), self.team | self.dormant)
        rows = self.env["collection.ledger"].with_user(self.collector).search(
            [("partner_id", "=", self.customer.id)], order="days desc"
        )  # fmt: skip
        self.assertEqual(rows.mapped("way"), ["Write off, Task force", "Call"])

    def test_none_for_a_closed_case_or_a_paid_debt(self):
        self.case._system_write({"state": "closed"})
        self.assertFalse(self._proposed())
        self.case._system_write({"state": "open"})
        self._pay(self.invoice)
        self.assertFalse(self._proposed())

    def test_rows_of_a_company_take_the_place_of_the_shared(self):
        own = (
            self.env["collection.measure"]
            .with_user(self.collection_manager)
            .create({"name": "Ours", "company_id": self.company.id})
        )
        self.assertEqual(self._proposed(), own)
        other = self.setup_other_company()["company"]
        self.assertIn(self.call, self.env["collection.measure"]._get_table(other))

    def test_a_way_is_started_on_the_case(self):
        started = self._proposed().with_context(case_id=self.case.id).action_start()
        self.assertEqual(started["res_model"], "collection.case.log")
        self.team.with_user(self.collector).with_context(case_id=self.case.id).action_start()
        self.assertTrue(self.case.sudo().date_special_team)

    def test_a_way_opens_no_case_of_others(self):
        measure = self.call.with_user(self.salesperson2)
        for case_id in (self.case.id, 2**40, "1", [1], None):
            with self.subTest(case_id=case_id), self.assertRaises(UserError):
                measure.with_context(case_id=case_id).action_start()
        with self.assertRaises(AccessError):
            self.call.with_user(self.auditor).with_context(case_id=self.case.id).action_start()
        with self.assertRaises(UserError):
            self.correct.with_context(case_id=self.case.id).action_start()

    def test_who_edits_the_table(self):
        measures = self.env["collection.measure"]
        for user in (self.collector, self.auditor, self.salesperson, self.controller):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                measures.with_user(user).create({"name": "X", "company_id": self.company.id})
        with self.assertRaises(AccessError):
            self.call.with_user(self.collection_manager).name = "Shared: not theirs"
        self.call.with_user(self.administrator).name = "Phone"

    def test_each_class_has_a_way_that_ships(self):
        shipped = self.env["collection.measure"].sudo().with_context(active_test=False)
        for days, debt_class in (
            (-5, "1_normal"),
            (-5, "2_watch"),
            (40, "3_overdue"),
            (500, "4_dormant"),
        ):
            found = shipped.search([("company_id", "=", False)])._filter_fitting(
                days, set(), debt_class
            )
            self.assertIn(debt_class, found.mapped("debt_class"))
