from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .assessment_case import AssessmentCase


@tagged("post_install", "-at_install")
class TestAssessmentTour(AssessmentCase, HttpCase):
    """A yearly review by two reviewers in the browser, from the draft to the grade (P5-03)."""

    def test_two_reviewers(self):
        invoice = self._invoice(
            self.customer,
            1000,
            invoice_date=self.today - timedelta(days=700),
            invoice_date_due=self.today - timedelta(days=108),
        )
        self._pay(invoice, date=self.today - timedelta(days=100))
        assessment = self._assessment(start=False)
        url = f"/odoo/credit-assessments/{assessment.id}"
        self.start_tour(url, "credit_assessment_controller_starts", login=self.controller.login)
        self.start_tour("/odoo/credit-scores", "credit_assessment_reviewer", login=self.first.login)
        self.start_tour(url, "credit_assessment_reviewer_is_blind", login=self.second.login)
        self.start_tour(url, "credit_assessment_controller_closes", login=self.controller.login)
        # 25 + 15 + 15 + 20 and 10 + 15 + 15 + 20
        self.assertRecordValues(
            assessment, [{"state": "done", "score": 67.5, "grade_id": self._grade("C").id}]
        )
