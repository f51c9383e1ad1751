"""Risk level by the rule, its reason in words, and by hand (P1-14)."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..policy.policy_case import PolicyCase
from .review_case import ReviewCase

PARTNER = "odoo.addons.credit_collection.models.credit.review.res_partner.ResPartner"


@tagged("post_install", "-at_install")
class TestRisk(ReviewCase, PolicyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # So much that no customer of these tests has a large share.
        cls._invoice(cls._customer("Others"), 1_000_000, days_overdue=-30)

    def _level(self, customer):
        self._run_daily(customer)
        return customer.sudo().credit_risk_level

    def test_by_grade(self):
        levels = {"A": "low", "B": "low", "C": "medium", "D": "high"}
        for code, level in levels.items():
            with self.subTest(grade=code):
                customer = self._customer(f"Grade {code}", limit=1, grade=code)
                self.assertEqual(self._level(customer), level)

    def test_by_grade_of_the_policy(self):
        self._in_force("P1")
        self.assertEqual(self._level(self._customer("C", limit=1, grade="C")), "medium")
        self.assertEqual(self._level(self._customer("D", control="cash", grade="D")), "high")

    def test_grade_put_in_between_leaves_the_others(self):
        """Grades are compared by the terms they grant: B stays low below a new A-, C medium above E."""
        grades = self.env["credit.grade"].with_user(self.administrator).search([])
        more = grades.create(
            [{"code": "A-", "name": "Good", "prepayment_percent": 0}, {"code": "E", "name": "Lost"}]
        )
        order = [*"A", "A-", *"BCD", "E"]
        for grade in grades + more:
            grade.sequence = order.index(grade.code) + 1
        levels = {"A-": "low", "B": "low", "C": "medium", "D": "high", "E": "high"}
        none = self.env["credit.policy"]
        self.assertFalse(none._is_cash_grade(self._grade("C")))
        self.assertTrue(none._is_cash_grade(self._grade("E")))
        for policy in (none, self._load("P1")):
            if policy:
                policy.credit_term_max_days = 60
                policy.grade_line_ids = [
                    Command.create({"grade_id": more[0].id, "score_min": 85, "term_days": 45}),
                    Command.create(
                        {
                            "grade_id": more[1].id,
                            "score_min": 0,
                            "limit_method": "none",
                            "settlement_mode": "prepaid",
                        }
                    ),
                ]
                self._of_grade(policy, "D").score_min = 30
                self._approve_policy(policy)
            for code, level in levels.items():
                with self.subTest(grade=code, policy=policy.name):
                    customer = self._customer(f"Grade {code}", control="cash", grade=code)
                    self.assertEqual(self._level(customer), level)

    def test_by_days_overdue(self):
        for days, level in ((30, "low"), (31, "medium"), (90, "medium"), (91, "high")):
            with self.subTest(days=days):
                customer = self._customer(f"{days} days", limit=1)
                self._invoice(customer, 10, days_overdue=days)
                self.assertEqual(self._level(customer), level)

    def test_by_share_of_receivables(self):
        customer = self._customer("Large", limit=1)
        self._invoice(customer, 100_000, days_overdue=-5)
        self.assertEqual(self._level(customer), "low")
        self._invoice(customer, 10, days_overdue=1)
        self.assertEqual(self._level(customer), "medium")
        self.assertIn("9.1%", customer.sudo().credit_risk_reason)
        self.company.sudo().credit_risk_share_percent = 20
        self.assertEqual(self._level(customer), "low")

    def test_by_broken_promises(self):
        customer = self._customer("Promises", limit=1)
        for broken, level in ((1, "medium"), (3, "high"), (0, "low")):
            counts = {customer.id: broken}
            with patch(f"{PARTNER}._get_broken_promise_counts", lambda *args, c=counts: c):
                self.assertEqual(self._level(customer), level)

    def test_broken_promises_of_the_company_and_of_the_policy(self):
        customer = self._customer("Promises", limit=1)
        company = self.company.sudo()
        counts = {customer.id: 2}
        with patch(f"{PARTNER}._get_broken_promise_counts", lambda *args, c=counts: c):
            company.write({"credit_risk_broken_medium": 3, "credit_risk_broken_high": 5})
            self.assertEqual(self._level(customer), "low")
            company.write({"credit_risk_broken_medium": 0, "credit_risk_broken_high": 2})
            self.assertEqual(self._level(customer), "high")
            company.credit_risk_broken_high = 0  # both off
            self.assertEqual(self._level(customer), "low")
            self._in_force("P1")  # medium from one, high from three
            self.assertEqual(self._level(customer), "medium")

    def test_recorded_when_the_level_changes(self):
        customer = self._customer("Later", limit=1)
        self._invoice(customer, 10, days_overdue=31)
        self._run_daily(customer)
        decision = self._decisions(customer)[:1]
        self.assertEqual((decision.source, decision.new_risk_level), ("review", "medium"))
        self.assertIn("31", decision.note)
        known = self._decisions(customer)
        self._run_daily(customer)
        self._decide(customer, credit_grade_id=self._grade("C").id)  # the same level
        known = self._decisions(customer)
        self._run_daily(customer)
        self.assertEqual(self._decisions(customer), known)
        reason = customer.with_user(self.salesperson).credit_risk_reason
        self.assertIn("low grade", reason)
        self.assertIn("31 days overdue", reason)

    def test_overruled_until_released(self):
        customer = self._customer("Known Well", limit=1, grade="D")
        self.assertEqual(self._level(customer), "high")
        self._decide(customer, credit_risk_level="low")
        self.assertTrue(customer.with_user(self.controller).credit_risk_manual)
        self.assertEqual(self._level(customer), "low")
        self.assertEqual(self._decisions(customer)[:1].source, "manual")
        self.assertEqual(customer.with_user(self.auditor).credit_risk_reason, "Set manually.")
        with self.assertRaises(AccessError):
            customer.with_user(self.salesperson).action_credit_release_risk()
        customer.with_user(self.controller).action_credit_release_risk()
        self.env.invalidate_all()
        self.assertEqual(customer.sudo().credit_risk_level, "high")
        self.assertFalse(customer.sudo().credit_risk_manual)

    def test_nobody_forges_it(self):
        customer = self._customer("Forged", limit=1)
        for user in (self.salesperson, self.controller):
            for values in ({"credit_risk_facts": "{}"}, {"credit_risk_manual": True}):
                with self.assertRaises(AccessError):
                    customer.with_user(user).write(values)
        with self.assertRaises(AccessError):
            customer.with_user(self.salesperson).write({"credit_risk_level": "low"})

    def test_thresholds(self):
        policy = self._load("P1")
        policy.with_user(self.administrator).credit_risk_medium_days = 10
        self._approve_policy(policy)
        customer = self._customer("Ten", limit=1)
        self._invoice(customer, 10, days_overdue=11)
        self.assertEqual(self._level(customer), "medium")
        with self.assertRaises(AccessError):
            policy.with_user(self.administrator).credit_risk_medium_days = 20
