import base64

from odoo.tests import tagged

from .gate_case import GateHttpCase

DOT = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    )
).decode()


@tagged("post_install", "-at_install")
class TestEntryPortal(GateHttpCase):
    """The customer signs on the web: the signature is kept, the order waits, they read why politely."""

    def _quotation(self, amount):
        order = self._order(self.customer, amount, require_signature=True, require_payment=False)
        order.action_quotation_sent()
        return order

    def _sign(self, order):
        return self._jsonrpc(
            f"/my/orders/{order.id}/accept?access_token={order._portal_ensure_token()}",
            name="Buyer of Narrow",
            signature=DOT,
        )

    def test_signature_stays_and_the_order_waits(self):
        order = self._quotation(1600)
        result = self._sign(order)
        self.assertNotIn("error", result)
        self.assertRecordValues(order, [{"state": "sent", "credit_state": "held"}])
        self.assertEqual(order.signed_by, "Buyer of Narrow")
        self.assertTrue(order.signature)
        self.assertTrue(order.signed_on)
        self.assertEqual(self._hold(order).state, "held")
        self.assertIn(self.controller, self._hold(order).activity_ids.user_id)

    def test_page_is_polite_and_names_no_figure(self):
        order = self._quotation(1600)
        result = self._sign(order)
        page = self.url_open(result["redirect_url"]).text
        self.assertIn("looking at it", page)
        self.assertNotIn("1,000", page, "the limit is none of the customer's business")
        lower = page.lower()
        for word in ("credit limit", "over the limit", "overdue", "exposure", "credit control"):
            self.assertNotIn(word, lower)

    def test_page_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        order = self._quotation(1600)
        result = self._sign(order)
        page = self.url_open(
            result["redirect_url"],
            headers={"Accept-Language": "zh-CN"},
            cookies={"frontend_lang": "zh_CN"},
        ).text
        self.assertIn('id="credit_review"', page)

    def test_salesperson_is_notified(self):
        """Complaint 12: nothing happens, nobody is notified."""
        order = self._quotation(1600)
        self._sign(order)
        self.assertNotified(self.salesperson, order, self._hold(order))

    def test_what_fits_is_confirmed(self):
        order = self._quotation(600)
        result = self._sign(order)
        self.assertEqual(order.state, "sale")
        self.assertIn("sign_ok", result["redirect_url"])

    def test_customer_never_sees_the_customer_message_before_signing(self):
        order = self._order(self.customer, 1600, require_signature=True)
        order.with_user(self.salesperson).action_credit_confirm()
        page = self.url_open(order.get_portal_url()).text
        self.assertNotIn("looking at it", page)

    def test_released_afterwards_the_signed_order_is_confirmed(self):
        order = self._quotation(1600)
        self._sign(order)
        hold = self._hold(order)
        self._request(hold)
        self._approve(hold)
        self.assertRecordValues(order, [{"state": "sale", "credit_state": "released"}])
        page = self.url_open(order.get_portal_url()).text
        self.assertNotIn("looking at it", page)

    def test_wrong_token_opens_nothing(self):
        order = self._quotation(600)
        result = self._jsonrpc(
            f"/my/orders/{order.id}/accept?access_token=wrong", name="Thief", signature=DOT
        )
        self.assertIn("error", result)
        self.assertEqual(order.state, "sent")
