from odoo.tests import Form, tagged

from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationStart(ApplicationCase):
    """An application starts from what is known of its customer."""

    def _form(self, customer, **context):
        applications = self.env["credit.application"].with_user(self.salesperson)
        applications = applications.with_company(self.company).with_context(
            default_partner_id=customer.id, **context
        )
        return Form(applications)

    def test_existing_customer_asks_for_a_change(self):
        self.assertEqual(self._form(self._customer("Old", limit=5000)).kind, "change")
        self.assertEqual(self._form(self._customer("New", control="cash")).kind, "new")
        with self._form(self._customer("Old 2", limit=5000), default_kind="temporary") as form:
            self.assertEqual(form.kind, "temporary", "a kind that was chosen stays")
            form.reason = "Fair"
            form.date_from, form.date_to = self._today(), self._today(5)

    def test_temporary_limit_starts_above_the_limit_of_today(self):
        customer = self._customer("Seasonal", limit=5000)
        form = self._form(customer)
        form.kind = "temporary"
        self.assertGreater(form.limit, 5000)
        self.assertEqual(form.date_from, self._today())
        self.assertGreater(form.date_to, form.date_from)
        application = form.save()
        application.action_request()
        self.assertEqual(application.state, "requested")

    def test_unknown_capital_is_no_capital_of_nothing(self):
        application = self._application(registered_capital=0)
        self.assertEqual(application.proposed_limit, 40000)
        self.assertIn("Enter the registered capital", application.notice)
        self.refused(lambda: self._request(application), words=("registered capital",))

    def test_request_is_taken_back(self):
        application = self._request(self._application())
        application.with_user(self.salesperson).action_withdraw()
        self.assertRecordValues(application, [{"state": "draft", "requested_by_id": False}])
        self._approve(self._request(application))
        self.assertEqual(application.state, "approved")
