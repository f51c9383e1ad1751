from datetime import timedelta

from odoo import SUPERUSER_ID
from odoo.tests import tagged

from ...common import migration
from .assessment_case import AssessmentCase


@tagged("post_install", "-at_install")
class TestScoreGuide(AssessmentCase):
    """The levels of the policy (P5-10), and the worked example with its grade."""

    def _review(self, days_late):
        """Performance 20, readiness 20, seven years; what the books propose for the rest."""
        first = self.today - timedelta(days=7 * 366)
        self._pay(
            self._invoice(self.customer, 1, invoice_date=first, invoice_date_due=first), date=first
        )
        self._pay(
            self._invoice(
                self.customer,
                1000,
                invoice_date=self.today - timedelta(days=60),
                invoice_date_due=self.today - timedelta(days=30),
            ),
            date=self.today - timedelta(days=30 - days_late),
        )
        assessment = self._assessment()
        for user in (self.first, self.second):
            sheet = self._sheet(assessment, user)
            for score in sheet.score_ids.filtered(lambda s: not s.option_id):
                score.option_id = score.criterion_id.option_ids.filtered(lambda o: o.points == 20)
            sheet.action_submit()
        assessment.with_user(self.controller).action_close()
        self.env.invalidate_all()
        return assessment

    def test_levels_are_worded_as_in_the_guide(self):
        performance, speed, length, readiness = self.card.criterion_ids
        self.assertEqual(performance.option_ids[0].name, "Runs smoothly")
        self.assertEqual(
            speed.option_ids.mapped("name"),
            ["Paid in advance", "As the contract says", "Slower than agreed",
             "Delays and does not pay"],
        )  # fmt: skip
        self.assertEqual(length.option_ids[0].name, "5 years or more")
        self.assertEqual(readiness.option_ids[0].name, "Communicates well, supports us unasked")

    def test_payer_on_the_due_day_is_a_b(self):
        assessment = self._review(0)
        self.assertEqual(assessment.line_ids.mapped("average_points"), [20, 20, 25, 20])
        self.assertEqual((assessment.score, assessment.grade_id.code), (85, "B"))

    def test_payer_in_advance_is_an_a(self):
        assessment = self._review(-6)
        self.assertEqual(assessment.ledger_days_late, -6)
        self.assertEqual((assessment.score, assessment.grade_id.code), (90, "A"))
        speed = assessment.line_ids.filtered(lambda line: line.source == "payment_speed")
        self.assertIn("6.0 days before the due date on average", speed.ledger_text)


@tagged("post_install", "-at_install")
class TestScoreGuideUpdate(AssessmentCase):
    """Databases from before 19.0.1.5.0, whose card pays on the due day with 25 points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = migration("19.0.1.5.0", "post-scoreguide")
        cls.card = cls.card.with_user(SUPERUSER_ID)
        cls.speed = cls.card.criterion_ids.filtered(lambda c: c.source == "payment_speed")
        former = [("On time", 0), ("Up to 15 days late", 2), ("15 to 30", 15), ("30 or more", 40)]
        for option, (name, bound) in zip(
            reversed(cls.speed.option_ids), reversed(former), strict=True
        ):
            option.write({"name": name, "value_from": bound})
        # As the installation leaves them.
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE credit_scorecard_option SET write_uid = %s", [SUPERUSER_ID])
        cls.env.invalidate_all()
        cls.env["credit.policy"].sudo().search([])._system_write({"state": "draft"})

    def _levels(self):
        self.env.flush_all()
        self.script.migrate(self.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        return [(option.name, option.value_from) for option in self.speed.option_ids]

    def test_untouched_card_gets_the_levels(self):
        self.assertEqual(
            self._levels(),
            [("Paid in advance", -365), ("As the contract says", -0.5), ("Slower than agreed", 1),
             ("Delays and does not pay", 30)],
        )  # fmt: skip

    def test_edited_card_stays(self):
        admin = self.env.ref("base.user_admin")
        self.speed.option_ids[1].with_user(admin).value_from = 3
        self.assertEqual(self._levels()[:2], [("On time", 0), ("Up to 15 days late", 3)])

    def test_used_card_stays(self):
        self._assessment()
        self.assertEqual(self._levels()[0], ("On time", 0))

    def test_approved_card_stays_and_the_policy_says_so(self):
        policy = self.env["credit.policy"].sudo().search([("state", "=", "draft")], limit=1)
        policy = policy or policy.create({"name": "Ours"})
        policy._system_write({"state": "active", "annual_scorecard_id": self.card.id})
        self.assertEqual(self._levels()[0], ("On time", 0))
        self.assertIn("keeps its former levels", policy.message_ids[:1].body)
