from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from ..policy.policy_case import PolicyCase
from ..review.review_case import ReviewCase
from .assessment_case import AssessmentCase


@tagged("post_install", "-at_install")
class TestStoryAssessment(AssessmentCase):
    """Reviewers and their points (P5-03, P5-04), computed by hand."""

    def _card(self):
        """Four criteria of 25, whose options make totals of 90 and 86 possible."""
        view = Form(self.env["credit.scorecard"].with_user(self.administrator))
        view.name = "Fine points"
        view.kind = "annual"
        card = view.save()
        for index in range(4):
            self.env["credit.scorecard.criterion"].with_user(self.administrator).create(
                {
                    "scorecard_id": card.id,
                    "name": f"Criterion {index}",
                    "max_points": 25,
                    "source": "manual",
                    "option_ids": [
                        Command.create({"name": f"Worth {points}", "points": points})
                        for points in (25, 24, 23, 22, 21, 20, 15, 10)
                    ],
                }
            )
        return card

    def _two(self, first, second):
        assessment = self._assessment(scorecard_id=self._card().id)
        self._score(assessment, self.first, first)
        self._score(assessment, self.second, second)
        assessment.with_user(self.controller).action_close()
        self.env.invalidate_all()
        return assessment.with_env(self.env)

    def test_eighty_eight_is_b(self):
        # 90 and 86: 88 on average.
        assessment = self._two((25, 25, 20, 20), (22, 22, 21, 21))
        self.assertEqual((assessment.score, assessment.grade_id.code), (88, "B"))

    def test_an_average_just_below_a(self):
        # 90 and 89: 89.5 on average, which is not 90.
        assessment = self._two((25, 25, 20, 20), (25, 24, 20, 20))
        self.assertEqual((assessment.score, assessment.grade_id.code), (89.5, "B"))

    def test_reviewer_goes_in_the_middle(self):
        """Reviewers taken off before they handed in do not count; those who handed in stay."""
        third = self._user("third_reviewer", "base.group_user")
        card = self._card()
        assessment = self._assessment(
            reviewers=self.first | self.second | third, scorecard_id=card.id
        )
        self._score(assessment, self.first, (25, 25, 20, 20))
        self._score(assessment, self.second, (22, 22, 21, 21))
        self._score(assessment, third, (10, 10, 10, 10), submit=False)
        # As a new request of the browser does.
        self.env.flush_all()
        self.env.invalidate_all()
        with Form(assessment.with_user(self.controller)) as view:
            view.reviewer_ids.remove(id=third.id)
        with self.assertRaises(UserError), Form(assessment.with_user(self.controller)) as view:
            view.reviewer_ids.remove(id=self.first.id)
        self.env.invalidate_all()
        assessment.action_close()
        self.env.invalidate_all()
        self.assertEqual(assessment.score, 88)

    def test_too_few_are_left(self):
        assessment = self._assessment(scorecard_id=self._card().id)
        self._score(assessment, self.first, (25, 25, 25, 25))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            assessment.write({"reviewer_ids": [Command.unlink(self.second.id)]})
            assessment.action_close()
        self.env.invalidate_all()
        self.assertEqual(assessment.state, "scoring")

    def test_closed_is_closed(self):
        assessment = self._two((25, 25, 20, 20), (22, 22, 21, 21))
        sheet = self._sheet(assessment, self.first)
        for call in (
            sheet.action_take_back,
            lambda: sheet.score_ids[0].write({"option_id": False}),
            lambda: sheet.write({"opinion": "Changed my mind"}),
            lambda: assessment.with_user(self.controller).write({"note": "x", "state": "scoring"}),
            lambda: assessment.with_user(self.controller).write({"reviewer_ids": [(5, 0, 0)]}),
            lambda: assessment.with_user(self.controller).action_start(),
            lambda: assessment.with_user(self.controller).action_cancel(),
            lambda: assessment.with_user(self.administrator).unlink(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                call()
                self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((assessment.score, assessment.state), (88, "done"))
        # A second look is a second assessment.
        self.assertTrue(self._assessment(scorecard_id=self._card().id))

    def test_reviewer_applies_and_does_not_approve(self):
        """A finance manager who reviewed may apply; another approves then."""
        self.finance_manager.sudo().group_ids |= self.env.ref(
            "credit_collection.group_credit_controller"
        )
        self._user("finance_manager2", "credit_collection.group_credit_finance_manager")
        assessment = self._assessment(
            scorecard_id=self._card().id, reviewers=self.first | self.finance_manager
        )
        self._score(assessment, self.first, (25, 25, 20, 20))
        self._score(assessment, self.finance_manager, (22, 22, 21, 21))
        assessment.with_user(self.finance_manager).action_close()
        action = assessment.with_user(self.finance_manager).action_apply()
        application = self.env["credit.application"].with_user(self.finance_manager)
        if action.get("res_id"):
            application = application.browse(action["res_id"])
        else:
            view = Form(application.with_context(**action["context"]))
            application = view.save()
        self.assertEqual(application.grade_id.code, "B")
        application.action_request()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            application.validate_tier()
        self.env.invalidate_all()
        self.assertEqual(application.state, "requested")


@tagged("post_install", "-at_install")
class TestStoryPolicy(PolicyCase):
    """The policy of each customer, and the versions in force over time (P1-06, P2-12)."""

    def test_past_version_is_read_later(self):
        old = self._in_force("P1")
        customer = self._customer("Decided", limit=1000, term=30, grade="B")
        decision = self.env["credit.decision"].sudo().search([("partner_id", "=", customer.id)])
        self.assertEqual(decision[:1].policy_id, old)
        action = old.with_user(self.administrator).action_new_version()
        new = self._policies().browse(action["res_id"])
        line = new.grade_line_ids.filtered(lambda each: each.grade_id.code == "B")
        line.term_days = 10
        new.change_note = "Shorter"
        self._approve_policy(new)
        self.assertEqual((old.state, new.state), ("retired", "active"))
        self.assertEqual(self._used(customer), new)
        for user in (self.auditor, self.controller, self.salesperson):
            with self.subTest(user=user.name):
                past = decision[:1].with_user(user).policy_id
                self.assertEqual(past, old)
                line = past.grade_line_ids.filtered(lambda each: each.grade_id.code == "B")
                self.assertEqual(line.term_days, 30)
        for call in (
            lambda: old.with_user(self.administrator).write({"credit_large_limit": 1}),
            lambda: old.with_user(self.administrator).unlink(),
            lambda: old.grade_line_ids.with_user(self.administrator).write({"term_days": 1}),
            lambda: old.grade_line_ids.with_user(self.administrator).unlink(),
            lambda: old.rule_ids.with_user(self.administrator).write({"days": 99}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                call()
                self.env.flush_all()

    def test_own_policy_before_the_segments(self):
        """Limit by sales in P1, by yearly sales in P3: 45 days for an A against 60."""
        whole = self._in_force("P1")
        segment = self._in_force("P3", segment="sme")
        own = segment.with_user(self.administrator).copy({"name": "Own"})
        own.write({"scope": "customer", "segment": False})
        own.grade_line_ids.filtered(lambda each: each.grade_id.code == "A").term_days = 20
        self._approve_policy(own)
        customer = self._customer("Shop", grade="A")
        self.assertEqual(self._used(customer), whole)
        self._decide(customer, credit_segment="sme")
        self.assertEqual(self._used(customer), segment)
        self._decide(customer, credit_policy_id=own.id)
        self.assertEqual(self._used(customer), own)
        view = Form(self.env["credit.application"].with_user(self.salesperson))
        view.kind = "change"
        view.partner_id = customer
        view.control = "limit"
        view.grade_id = self._grade("B")
        view.grade_id = self._grade("A")
        self.assertEqual(view.term_days, 20)
        self._decide(customer, credit_policy_id=False, credit_segment="large")
        self.assertEqual(self._used(customer), whole)

    def test_new_customers_are_cash_customers(self):
        self._in_force("P1")
        seller = self._user("seller", "sales_team.group_sale_salesman,base.group_partner_manager")
        customer = self.env["res.partner"].with_user(seller).create({"name": "Newcomer"})
        order = self._order(customer.with_env(self.env), 1)
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.state, "draft")


@tagged("post_install", "-at_install")
class TestStoryReview(ReviewCase):
    """Late payers and low grades (P4-07)."""

    def test_low_grade_falls_to_cash_when_people_approve(self):
        self.company.sudo().credit_mode = "enforce"
        customer = self._customer("Fallen", limit=10000, term=30, grade="D")
        with freeze_time("2027-01-04 12:00:00"):
            self._run_daily(customer)
            application = self._applications(customer).with_user(self.controller)
            self.assertEqual((application.kind, application.state), ("downgrade", "draft"))
            self.assertEqual(customer.sudo().credit_limit, 10000)
            application.action_request()
            with self.assertRaises(UserError), self.env.cr.savepoint():
                application.validate_tier()
            for user in (self.finance_manager, self.sales_manager, self.general_manager):
                application.with_user(user).validate_tier()
            self.env.invalidate_all()
            customer = customer.sudo().with_company(self.company)
            self.assertEqual(
                (customer.credit_control, customer.credit_limit, customer.credit_term_days),
                ("cash", 0, 0),
            )
            order = self._order(customer, 5, term=self._term(30))
            order.with_user(self.salesperson).action_credit_confirm()
            self.assertEqual(order.state, "draft")

    def test_archived_customers_are_left_alone(self):
        gone = self._customer("Gone", limit=10000, term=60, grade="D")
        gone.sudo().active = False
        with freeze_time("2027-01-04 12:00:00"):
            self._paid_late(gone, 900, 20, date(2026, 11, 10))
            self.env["credit.review"]._run(self.env["res.partner"].browse(), self.company)
            self.assertFalse(self._applications(gone))

    def test_salesperson_reads_no_foreign_history(self):
        foreign = self._customer("Foreign", limit=1, user_id=self.salesperson2.id)
        decisions = self._decisions(foreign)
        self.assertTrue(decisions)
        with self.assertRaises(AccessError):
            decisions.with_user(self.salesperson).read(["new_limit"])
