from odoo.tests import HttpCase, tagged

from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationTour(ApplicationCase, HttpCase):
    """A new customer in the browser, from the application to the first order on credit (P4-02)."""

    def test_first_order_on_credit(self):
        # P4-03: new customers pay cash.
        customer = self._customer("Brand New & Co", control="cash")
        self._promise_documents(customer)
        order = self._order(customer, 30000, term=self._term(30))
        with self.subTest("cash only"):
            self.refused(lambda: order.with_user(self.salesperson).action_confirm())
        self.start_tour(
            "/odoo/credit-applications/new",
            "credit_application_salesperson",
            login=self.salesperson.login,
        )
        application = self.env["credit.application"].search([("partner_id", "=", customer.id)])
        self.assertRecordValues(
            application,
            [{"state": "requested", "limit": 40000, "term_days": 30, "kind": "new"}],
        )
        decide = "/odoo/action-credit_collection.credit_application_action_decide"
        for user in (self.finance_manager, self.sales_manager):
            self.start_tour(decide, "credit_application_approver", login=user.login)
        self.assertEqual(self._terms(customer), ("cash", 0, 0, False))
        self.start_tour(
            decide, "credit_application_last_approver", login=self.general_manager.login
        )
        self.assertEqual(self._terms(customer)[:3], ("limit", 40000, 30))
        self.start_tour(
            f"/odoo/action-sale.action_quotations_with_onboarding/{order.id}",
            "credit_application_first_order",
            login=self.salesperson.login,
        )
        self.env.invalidate_all()
        self.assertRecordValues(order, [{"state": "sale", "credit_state": "clear"}])
        self.start_tour(
            "/odoo/credit-customers", "credit_application_file", login=self.auditor.login
        )
