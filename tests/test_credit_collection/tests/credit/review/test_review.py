"""Reviews that the daily run opens: yearly assessments, quarterly proposals (P1-04, P4-07, P5-05)."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..assessment.assessment_case import AssessmentCase
from ..policy.policy_case import PolicyCase
from .review_case import ReviewCase

REVIEW = "odoo.addons.credit_collection.models.credit.review.credit_review.CreditReview"
LOGGER = "odoo.addons.credit_collection.models.credit.review.credit_review"


@tagged("post_install", "-at_install")
class TestReviewDate(ReviewCase, PolicyCase):
    @freeze_time("2026-05-10")
    def test_set_with_the_decision(self):
        customer = self._customer("New", limit=1000)
        self.assertEqual(customer.sudo().credit_review_date, date(2027, 5, 10))
        self.assertEqual(len(self._decisions(customer)), 1)
        self.assertEqual(self._decisions(customer).new_review_date, date(2027, 5, 10))

    @freeze_time("2026-05-10")
    def test_by_the_grade_of_the_policy(self):
        policy = self._in_force("P1")
        line = self._of_grade(policy, "D")
        customer = self._customer("Last", control="cash", grade="D")
        self.assertEqual(line.review_months, 6)
        self.assertEqual(customer.sudo().credit_review_date, date(2026, 11, 10))

    def test_given_or_ahead_is_kept(self):
        with freeze_time("2026-05-10"):
            customer = self._customer("Given", limit=10, credit_review_date="2026-08-01")
            self.assertEqual(customer.sudo().credit_review_date, date(2026, 8, 1))
            self._decide(customer, credit_limit=20)
            self.assertEqual(customer.sudo().credit_review_date, date(2026, 8, 1))
        with freeze_time("2026-09-01"):
            self._decide(customer, credit_segment="sme")
            self.assertEqual(customer.sudo().credit_review_date, date(2026, 8, 1))
            self._decide(customer, credit_limit=30)
            self.assertEqual(customer.sudo().credit_review_date, date(2027, 9, 1))

    def test_undecided_and_blocked_have_none(self):
        self.assertFalse(self._customer("Cash", control="cash").sudo().credit_review_date)
        self.assertFalse(self._customer("Black", control="blacklist").sudo().credit_review_date)


@tagged("post_install", "-at_install")
class TestYearly(ReviewCase, PolicyCase):
    def test_opened_once_in_december(self):
        customer = self._customer("Buyer", limit=10000)
        with freeze_time("2026-12-01"):
            self._invoice(customer, 500)
        with freeze_time("2026-11-30"):
            self._run_daily(customer)
            self.assertFalse(self._assessments(customer))
        with freeze_time("2026-12-02"):
            self._run_daily(customer)
            assessment = self._assessments(customer)
            self.assertEqual((assessment.kind, assessment.state), ("yearly", "draft"))
            self.assertEqual(assessment.activity_ids.user_id, self._controllers())
            self._run_daily(customer)
            self.assertEqual(self._assessments(customer), assessment)
            self.assertEqual(len(assessment.activity_ids), len(self._controllers()))
            assessment.with_user(self.controller).action_cancel()
            self.assertFalse(assessment.activity_ids)
        with freeze_time("2026-12-20"):
            self._run_daily(customer)
            self.assertEqual(self._assessments(customer), assessment)
        with freeze_time("2027-12-01"):
            self._run_daily(customer)
            self.assertEqual(len(self._assessments(customer)), 2)

    def test_new_customer_stays_new_under_the_rule_of_risk(self):
        """Cash as the policy starts them, and a risk by the rule: nobody decided, nothing to review."""
        self._in_force("P1")
        self.salesperson.group_ids += self.quick_ref("base.group_partner_manager")
        partners = self.env["res.partner"].with_user(self.salesperson)
        customer = partners.create({"name": "Fresh", "is_company": True}).with_env(self.env)
        with freeze_time("2026-11-01"):
            self._invoice(customer, 500)
            self._run_daily(customer)
        self.assertEqual(customer.sudo().credit_control, "cash")
        self.assertTrue(customer.sudo().credit_risk_level)
        with freeze_time("2026-12-02"):
            self._run_daily(customer)
        self.assertFalse(self._assessments(customer))
        self._decide(customer, credit_grade_id=self._grade("A").id)
        with freeze_time("2026-12-03"):
            self._run_daily(customer)
        self.assertTrue(self._assessments(customer))

    def test_only_with_decision_and_business(self):
        idle = self._customer("Idle", limit=10000)
        unknown = self._customer("Unknown")
        black = self._customer("Black", control="blacklist")
        with freeze_time("2026-12-02"):
            for customer in (unknown, black):
                self._invoice(customer, 500)
            self._run_daily(idle, unknown, black)
        self.assertFalse(self._assessments(idle | unknown | black))

    def test_one_by_hand_is_enough(self):
        customer = self._customer("Buyer", limit=10000)
        with freeze_time("2026-11-20"):
            self._invoice(customer, 500)
            by_hand = self.env["credit.assessment"].with_user(self.controller)
            by_hand = by_hand.create({"partner_id": customer.id, "kind": "yearly"})
        with freeze_time("2026-12-02"):
            self._run_daily(customer)
        self.assertEqual(self._assessments(customer).ids, by_hand.ids)

    def _assessments(self, customers):
        return self.env["credit.assessment"].sudo().search([("partner_id", "in", customers.ids)])

    def _controllers(self):
        return self.company._credit_controllers()


@tagged("post_install", "-at_install")
class TestQuarterly(ReviewCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Late", limit=10000, term=60, grade="B")

    def test_late_payer_loses_a_step_of_term(self):
        with freeze_time("2027-01-04"):
            self._paid_late(self.customer, 900, 20, date(2026, 11, 10))
            self._paid_late(self.customer, 100, 0, date(2026, 11, 10))  # 18 days on average
            before = self._decisions(self.customer)
            self._run_daily(self.customer)
            application = self._applications(self.customer)
            self.assertRecordValues(
                application,
                [{
                    "kind": "downgrade", "state": "draft", "control": "limit", "limit": 10000,
                    "term_days": 45, "review_key": "2026Q4", "grade_id": self._grade("B").id,
                }],
            )  # fmt: skip
            self.assertIn("18.0", application.reason)
            self.assertEqual(application.activity_ids.user_id, self.company._credit_controllers())
            # Never silently.
            self.assertEqual(self.customer.sudo().credit_term_days, 60)
            changed = self._decisions(self.customer) - before
            self.assertFalse(changed.filtered(lambda d: d.old_term_days != d.new_term_days))

    def test_once_per_quarter(self):
        with freeze_time("2027-01-04"):
            self._paid_late(self.customer, 900, 20, date(2026, 11, 10))
            self._run_daily(self.customer)
            application = self._applications(self.customer)
            self._run_daily(self.customer)
            self.assertEqual(self._applications(self.customer), application)
            with self.assertRaises(AccessError):
                application.with_user(self.controller).unlink()
            application.with_user(self.controller).action_cancel()
            self.assertFalse(application.activity_ids)
        with freeze_time("2027-01-10"):
            self._run_daily(self.customer)
            self.assertEqual(self._applications(self.customer), application)
        with freeze_time("2027-04-01"):
            self._paid_late(self.customer, 900, 20, date(2027, 2, 10))
            self._run_daily(self.customer)
            self.assertEqual(
                set(self._applications(self.customer).mapped("review_key")), {"2026Q4", "2027Q1"}
            )

    def test_approved_like_any_application(self):
        with freeze_time("2027-01-04"):
            self._paid_late(self.customer, 900, 20, date(2026, 11, 10))
            self._run_daily(self.customer)
            application = self._applications(self.customer)
            application.with_user(self.controller).action_request()
            self.assertFalse(
                application.activity_ids.filtered(lambda a: "downgrade" in (a.summary or ""))
            )
            for user in (self.finance_manager, self.sales_manager, self.general_manager):
                application.with_user(user).validate_tier()
            self.env.invalidate_all()
            self.assertEqual(self.customer.sudo().credit_term_days, 45)
            decision = self._decisions(self.customer)[:1]
            self.assertEqual((decision.source, decision.origin), ("review", application))

    def test_not_late_enough_and_not_at_other_times(self):
        with freeze_time("2027-01-04"):
            self._paid_late(self.customer, 900, 15, date(2026, 11, 10))
            self._run_daily(self.customer)
            self.assertFalse(self._applications(self.customer))
            self._paid_late(self.customer, 900, 30, date(2026, 11, 10))
        for day in ("2027-01-16", "2027-02-04"):
            with freeze_time(day):
                self._run_daily(self.customer)
                self.assertFalse(self._applications(self.customer))

    def test_without_a_term_back_to_cash(self):
        customer = self._customer("At Once", limit=500, grade="B")
        with freeze_time("2027-01-04"):
            self._paid_late(customer, 100, 20, date(2026, 12, 10))
            self._run_daily(customer)
        self.assertEqual(self._applications(customer).control, "cash")

    def test_low_grade_back_to_cash(self):
        low = self._customer("Low", limit=500, term=30, grade="D")
        third = self._customer("Third", limit=500, term=30, grade="C")
        with freeze_time("2027-01-04"):
            self._run_daily(low, third)
        self.assertRecordValues(
            self._applications(low),
            [{"kind": "downgrade", "control": "cash", "limit": 0, "term_days": 0}],
        )
        self.assertFalse(self._applications(third))
        self.assertEqual(low.sudo().credit_control, "limit")

    def test_an_open_application_goes_before(self):
        self.env["credit.application"].with_user(self.controller).create(
            {"partner_id": self.customer.id, "company_id": self.company.id, "kind": "change"}
        )
        with freeze_time("2027-01-04"):
            self._paid_late(self.customer, 900, 20, date(2026, 11, 10))
            self._run_daily(self.customer)
        self.assertEqual(self._applications(self.customer).kind, "change")

    def test_one_fault_stops_nobody(self):
        other = self._customer("Also Late", limit=10000, term=30)
        review = self.env["credit.review"].__class__._review_customers

        def fails(model, customers, company, facts):
            review(model, customers, company, facts)
            if self.customer in customers:
                raise ValueError("broken")

        with freeze_time("2027-01-04"):
            for customer in (self.customer, other):
                self._paid_late(customer, 900, 20, date(2026, 11, 10))
            with (
                patch(f"{REVIEW}._review_customers", fails),
                self.assertLogs(LOGGER, "ERROR") as log,
            ):
                self._run_daily(self.customer, other)
        self.assertEqual(len(log.output), 1)
        self.assertFalse(self._applications(self.customer))
        self.assertEqual(self._applications(other).term_days, 15)

    def test_cron(self):
        with freeze_time("2027-01-04"):
            self._paid_late(self.customer, 900, 20, date(2026, 11, 10))
            for _ in range(2):
                self._run_job("credit_review")
                self.assertEqual(len(self._applications(self.customer)), 1)
        self.assertFalse(self.company.credit_review_cursor)

    def test_off_companies_and_the_cursor(self):
        reviews = self.env["credit.review"]
        ids = reviews._get_customers(self.company)
        self.assertIn(self.customer.id, ids)
        self.company.sudo().credit_review_cursor = self.customer.id
        self.assertNotIn(self.customer.id, reviews._get_customers(self.company))
        self.assertNotIn(self._customer("Nothing Known").id, ids)


@tagged("post_install", "-at_install")
class TestGoodPayer(AssessmentCase, ReviewCase):
    def test_whose_grade_would_rise_is_assessed(self):
        self._decide(self.customer, credit_grade_id=self._grade("C").id)
        with freeze_time("2026-08-01"):
            assessment = self._assessment(date="2026-08-01")
            for reviewer in (self.first, self.second):
                self._score(assessment, reviewer, [20, 10, 20, 25])
            assessment.with_user(self.controller).action_close()
        self.assertEqual((assessment.score, assessment.grade_id.code), (75, "C"))
        with freeze_time("2027-01-04"):
            self._paid_late(self.customer, 900, 0, date(2026, 11, 10))
            for _ in range(2):
                self._run_daily(self.customer)
                opened = self._assessments(self.customer) - assessment
                self.assertRecordValues(
                    opened, [{"kind": "quarterly", "state": "draft", "review_key": "2026Q4"}]
                )
                self.assertEqual(opened.reviewer_ids, self.first | self.second)
        self.assertFalse(self._applications(self.customer))

    def test_unchanged_grades_are_ignored(self):
        self._decide(self.customer, credit_grade_id=self._grade("B").id)
        with freeze_time("2027-01-04"):
            self._paid_late(self.customer, 900, 0, date(2026, 11, 10))
            self._run_daily(self.customer)
        self.assertFalse(self._assessments(self.customer))
        self.assertFalse(self._applications(self.customer))


@tagged("post_install", "-at_install")
class TestSlowPayer(AssessmentCase, ReviewCase):
    """Payment speed lowers the grade, not the term alone (P5-05)."""

    def _quarter(self, grade, points, days_late, **terms):
        """Assessed in August with these points; paid so many days late in November."""
        self._decide(self.customer, credit_grade_id=self._grade(grade).id, **terms)
        with freeze_time("2026-08-01"):
            assessment = self._assessment(date="2026-08-01")
            for reviewer in (self.first, self.second):
                self._score(assessment, reviewer, points)
            assessment.with_user(self.controller).action_close()
        with freeze_time("2027-01-04"):
            self._paid_late(self.customer, 900, days_late, date(2026, 11, 10))
            for _ in range(2):
                self._run_daily(self.customer)
        return self._applications(self.customer)

    def test_grade_falls_with_the_speed_alone(self):
        """85 with 20 points for the speed; 15 for ten days late make 80, 10 for forty make 75."""
        application = self._quarter("B", [20, 20, 25, 20], 40, credit_term_days=60)
        self.assertRecordValues(
            application,
            [{"kind": "downgrade", "state": "draft", "grade_id": self._grade("C").id,
              "control": "limit", "limit": 10000, "term_days": 45}],
        )  # fmt: skip
        self.assertIn("grade C instead of B", application.reason)
        self.assertIn("lose term", application.reason)
        application.with_user(self.controller).action_request()
        for user in (self.finance_manager, self.sales_manager, self.general_manager):
            application.with_user(user).validate_tier()
        self.env.invalidate_all()
        self.assertEqual(self.customer.sudo().credit_grade_id.code, "C")

    def test_grade_falls_where_the_term_stays(self):
        """Ten days late cost no term, and the A."""
        application = self._quarter("A", [25, 25, 25, 20], 10, credit_term_days=30)
        self.assertRecordValues(
            application,
            [{"grade_id": self._grade("B").id,
              "control": "limit", "limit": 10000, "term_days": 30}],
        )  # fmt: skip
        self.assertNotIn("lose term", application.reason)
        application.with_user(self.controller).action_request()
        self.assertEqual(application.state, "requested")

    def test_grade_that_people_set_above_the_score_stays(self):
        self.assertFalse(self._quarter("A", [20, 20, 25, 20], 0))

    def test_grade_that_gets_no_credit_falls_to_cash(self):
        application = self._quarter("C", [15, 20, 15, 10], 40)
        self.assertRecordValues(
            application, [{"grade_id": self._grade("D").id, "control": "cash", "limit": 0}]
        )
