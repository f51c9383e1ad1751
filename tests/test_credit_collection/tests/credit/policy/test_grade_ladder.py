from odoo.tests import tagged

from ...common import CreditCollectionCommon


@tagged("post_install", "-at_install")
class TestGradeLadder(CreditCollectionCommon):
    """Grades of customers who follow no policy: asked for every customer of the daily review."""

    def _answers(self):
        policy = self.env["credit.policy"]
        return [
            (
                grade.code,
                policy._grade_rank(grade),
                policy._is_low_grade(grade),
                policy._is_cash_grade(grade),
                policy._is_last_grade(grade),
            )
            for grade in self.env["credit.grade"].search([("code", "in", ["A", "B", "C", "D"])])
        ]

    def test_no_query_per_customer(self):
        grades = self.env["credit.grade"].search([])
        policy = self.env["credit.policy"]
        known = self._answers()
        self.assertEqual([row[0] for row in known if row[4]], ["D"])
        self.assertEqual([row[0] for row in known if row[2]], ["C"])
        grades.mapped("sequence")
        self.env.flush_all()
        with self.assertQueryCount(0):
            for grade in list(grades) * 25:
                policy._grade_rank(grade)
                policy._is_low_grade(grade)
                policy._is_cash_grade(grade)
                policy._is_last_grade(grade)

    def test_a_change_of_grades_counts_at_once(self):
        model = self.env["credit.grade"].sudo()
        grades = {grade.code: grade for grade in model.search([])}
        policy = self.env["credit.policy"]
        self._answers()
        worse = model.create({"code": "E", "name": "E", "sequence": 900})
        self.assertTrue(policy._is_last_grade(worse))
        self.assertTrue(policy._is_cash_grade(worse))
        worse.prepayment_percent = 50
        self.assertFalse(policy._is_last_grade(grades["D"]))
        worse.active = False
        self.assertTrue(policy._is_last_grade(grades["D"]))
        self.assertIsNone(policy._grade_rank(worse))
