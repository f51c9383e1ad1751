from odoo.exceptions import UserError
from odoo.tests import tagged

from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationAssessed(ApplicationCase):
    """A new customer is assessed before the first credit, and every department signs (P1-02, P5-02)."""

    def test_new_customer_is_assessed_first(self):
        self.env["credit.assessment"].sudo().search(
            [("partner_id", "=", self.customer.id)]
        )._system_write({"state": "scoring"})
        application = self._application()
        self.refused(lambda: self._request(application), words=["finish an assessment"])
        self.company.sudo().credit_new_needs_assessment = False
        self._request(application)
        self.assertEqual(application.state, "requested")

    def test_other_names_and_other_assessments_are_no_way_around(self):
        """A first credit called a change; a quarterly assessment in place of the one of new customers."""
        done = self.env["credit.assessment"].sudo().search([("partner_id", "=", self.customer.id)])
        change = self._application(kind="change", assessment_id=False)
        self.assertTrue(change.is_first)
        done._system_write({"kind": "quarterly"})
        self.refused(lambda: self._request(change), words=["finish an assessment"])
        linked = self._application(assessment_id=done.id)
        self.refused(lambda: self._request(linked), words=["finish an assessment"])

    def test_every_department_signs_first(self):
        assessment = (
            self.env["credit.assessment"].sudo().search([("partner_id", "=", self.customer.id)])
        )
        signoff = (
            self.env["credit.assessment.signoff"]
            .sudo()
            ._system_create(
                {"assessment_id": assessment.id, "role": "legal", "user_id": self.legal.id}
            )
        )
        application = self._application()
        self.refused(lambda: self._request(application), UserError, ["has not signed"])
        signoff.with_user(self.legal).action_agree()
        self._request(application)
        self.assertEqual(application.state, "requested")

    def test_an_assessment_that_nobody_signs_is_not_enough(self):
        done = self.env["credit.assessment"].sudo().search([("partner_id", "=", self.customer.id)])
        done.signoff_ids._system_unlink()
        application = self._application()
        self.refused(lambda: self._request(application), words=["No department has signed"])
        linked = self._application(assessment_id=done.id)
        self.refused(lambda: self._request(linked), words=["No department has signed"])
        self.company.sudo().credit_new_needs_assessment = False
        self._request(application)

    def test_cash_needs_no_assessment(self):
        self.env["credit.assessment"].sudo().search(
            [("partner_id", "=", self.customer.id)]
        )._system_write({"state": "scoring"})
        self._request(self._application(control="cash"))
