from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.credit_collection.models.credit.assessment.credit_scorecard import STATED_SOURCES

from .assessment_case import AssessmentCase


@tagged("post_install", "-at_install")
class TestScorecard(AssessmentCase):
    """The shipped cards, and the limits of edited ones."""

    def test_four_criteria_card(self):
        """P5-03: four criteria of 25 / 20 / 15 / 10 points; five years or more give 25."""
        self.assertEqual(len(self.card.criterion_ids), 4)
        self.assertEqual(self.card.max_points, 100)
        for criterion in self.card.criterion_ids:
            self.assertEqual(criterion.option_ids.mapped("points"), [25.0, 20.0, 15.0, 10.0])
        length = self.card.criterion_ids.filtered(lambda c: c.source == "cooperation_years")
        best = length.option_ids[0]
        self.assertEqual((best.value_from, best.value_to), (5.0, 0.0))
        self.assertEqual((length.option_ids[1].value_from, length.option_ids[1].value_to), (3, 5))

    def test_5c_card(self):
        """P2-15: character, capacity, capital, collateral, conditions; 20 points each."""
        self.assertEqual(self.card_5c.criterion_ids.mapped("max_points"), [20.0] * 5)
        self.assertEqual(self.card_5c.kind, "admission")
        self.assertEqual(
            self.card_5c.criterion_ids.mapped("name"),
            ["Character", "Capacity", "Capital", "Collateral", "Conditions"],
        )

    def test_default_card_by_kind(self):
        cards = self.env["credit.scorecard"]
        self.assertEqual(cards._get_default("yearly", self.company), self.card)
        self.assertEqual(cards._get_default("new", self.company), self.card_5c)
        own = self.card.copy({"company_id": self.company.id, "sequence": 99})
        self.assertEqual(cards._get_default("quarterly", self.company), own)
        self.assertEqual(own.max_points, 100)

    def test_points_within_the_criterion(self):
        criterion = self.card.criterion_ids[0]
        for points in (26, -1):
            with self.assertRaisesRegex(ValidationError, "allows 0 to 25"):
                criterion.option_ids[0].points = points
        with self.assertRaisesRegex(ValidationError, "allows 0 to 20"):
            criterion.max_points = 20

    def test_no_two_ranges_start_alike(self):
        speed = self.card.criterion_ids.filtered(lambda c: c.source == "payment_speed")
        with self.assertRaisesRegex(ValidationError, "start at the same figure"):
            speed.option_ids[0].value_from = speed.option_ids[1].value_from

    def test_empty_card_is_not_started(self):
        empty = self.card.create({"name": "Empty", "kind": "annual"})
        assessment = self._assessment(start=False, scorecard_id=empty.id)
        with self.assertRaisesRegex(ValidationError, "no criteria"):
            assessment.action_start()
        empty.criterion_ids = [(0, 0, {"name": "Luck"})]
        with self.assertRaisesRegex(ValidationError, "no options for Luck"):
            assessment.action_start()

    def test_only_administrators_edit(self):
        for user in (self.salesperson, self.controller, self.auditor, self.first):
            self.card.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                self.card.with_user(user).name = "Mine"
            with self.assertRaises(AccessError):
                self.card.criterion_ids.option_ids[0].with_user(user).points = 1
        self.card.with_user(self.administrator).name = "Ours"

    def test_edited_card_changes_no_score(self):
        assessment = self._assessment()
        sheet = self._score(assessment, self.first, [25, 25, 25, 25])
        self.env.flush_all()
        self.card.criterion_ids[0].option_ids[0].points = 24
        self.card.criterion_ids[0].max_points = 30
        self.assertEqual(sheet.total, 100)

    # ------------------------------------------------------------------ composite score (P4-20)

    def _stated(self, **values):
        return (
            self.env["credit.investigation"]
            .with_user(self.controller)
            .create({"partner_id": self.customer.id, "note": "Statements of the year", **values})
        )

    def test_composite_card_has_finances_and_conduct(self):
        card = self.env.ref("credit_collection.credit_scorecard_composite")
        self.assertEqual(card.max_points, 100)
        stated = card.criterion_ids.filtered(lambda c: c.source in STATED_SOURCES)
        self.assertEqual(sum(stated.mapped("max_points")), 45)
        for criterion in card.criterion_ids:
            self.assertEqual(max(criterion.option_ids.mapped("points")), criterion.max_points)
        template = self.env.ref("credit_collection.credit_policy_template_p4")
        self.assertEqual(template.annual_scorecard_id, card)

    def test_finances_are_scored_as_stated(self):
        """Newest statement of each figure; one that nobody stated is left to the reviewers."""
        card = self.env.ref("credit_collection.credit_scorecard_composite")
        self._stated(stated_current_ratio=1.2, date=self._today(-90))
        statement = self._stated(stated_current_ratio=1.6, stated_profit_margin=-3)
        assessment = self._assessment(scorecard_id=card.id)
        found = {
            line.source: (line.is_in_ledger, line.ledger_option_id.points)
            for line in assessment.line_ids
            if line.source in STATED_SOURCES
        }
        self.assertEqual(
            found,
            {"current_ratio": (True, 11), "debt_ratio": (False, 0), "profit_margin": (True, 0)},
        )
        lines = assessment.line_ids.grouped("source")
        self.assertEqual(lines["current_ratio"].action_open_documents()["res_id"], statement.id)
        with self.assertRaisesRegex(UserError, "no documents"):
            lines["debt_ratio"].action_open_documents()
        for values in ({"stated_current_ratio": -1}, {"stated_debt_ratio": -1}):
            with self.assertRaisesRegex(ValidationError, "cannot be negative"):
                self._stated(**values)

    def test_late_items_bound_the_grade_of_an_assessment(self):
        policy = self.env["credit.policy"].sudo()._system_create(
            {
                "name": "Bounded",
                "company_id": self.company.id,
                "state": "active",
                "grade_line_ids": [
                    Command.create({"grade_id": self._grade(code).id, **values})
                    for code, values in (
                        ("A", {"score_min": 90}),
                        ("B", {"score_min": 80, "breach_from": 1}),
                    )
                ],
            }
        )  # fmt: skip
        self._invoice(self.customer, 100, days_overdue=60)
        assessment = self._assessment()
        self.assertEqual((assessment.policy_id, assessment.ledger_breach_count), (policy, 1))
        for user in (self.first, self.second):
            self._score(assessment, user, [25, 25, 25, 25])
        assessment.action_close()
        self.assertEqual((assessment.score, assessment.grade_id), (100, self._grade("B")))
        self.assertIn("allow no better grade", assessment.message_ids[0].body)
