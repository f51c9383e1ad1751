from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from .test_entry_payment import EntryPaymentCase


@tagged("post_install", "-at_install")
class TestPayTour(EntryPaymentCase, HttpCase):
    """In the browser: the customer opens the link of a hold, pays, and the order is confirmed."""

    def test_story(self):
        self.company.sudo().credit_pay_release = "confirm"
        # The provider's own page: back to ours at once.
        form = self.provider.redirect_form_view_id
        form.arch = '<form action="/payment/status" method="get"/>'
        partner = self._customer("Late", limit=5000)
        self._invoice(partner, 100, days_overdue=20)
        order = self._order(partner, 300, require_signature=False, require_payment=False)
        order.with_user(self.salesperson).action_credit_confirm()
        hold = self._hold(order)
        link = urlsplit(hold.payment_url)
        self.start_tour(f"{link.path}?{link.query}", "credit_pay_to_release", login=None)
        transaction = self.env["payment.transaction"].search([("partner_id", "=", partner.id)])
        self.assertRecordValues(transaction, [{"amount": 100, "state": "draft"}])
        self.assertTrue(transaction.reference.startswith(hold.name))
        self.assertEqual((hold.state, order.state), ("held", "draft"))
        transaction._set_done()
        transaction._post_process()
        self.env.invalidate_all()
        self.assertEqual((hold.state, order.state), ("cleared", "sale"))
