import html
from urllib.parse import parse_qs, urlsplit

from odoo.tests import tagged

from odoo.addons.payment import utils as payment_utils

from .test_entry_payment import EntryPaymentCase


@tagged("post_install", "-at_install")
class TestPayToRelease(EntryPaymentCase):
    """The amount that clears a hold is paid by a link, and frees the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_pay_release = "confirm"

    def _held_late(self, signature=False):
        """An order held by 100.00 overdue since 20 days."""
        partner = self._customer("Late", limit=5000)
        self._invoice(partner, 100, days_overdue=20)
        order = self._order(partner, 300, require_signature=signature, require_payment=False)
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.credit_state, "held")
        return order, self._hold(order)

    def _pay_link(self, hold, amount=None, partner=None, reference=None):
        transaction = self._create_transaction(
            "redirect",
            amount=amount or hold._get_payment_amount(),
            partner_id=(partner or hold.partner_id).id,
            reference=reference or f"{hold.name}-1",
        )
        transaction._set_done()
        transaction._post_process()
        self.env.flush_all()
        self.env.invalidate_all()
        return transaction

    def test_no_link_without_a_payment_provider(self):
        order, hold = self._held_late()
        self.assertTrue(hold.payment_url)
        self.env["payment.provider"].sudo().search([]).state = "disabled"
        hold.invalidate_recordset(["payment_url"])
        self.assertFalse(hold.payment_url)
        self.assertIsNone(order._credit_get_payment())

    def test_the_link_fixes_amount_and_payer(self):
        order, hold = self._held_late()
        query = parse_qs(urlsplit(hold.payment_url).query)
        self.assertEqual(float(query["amount"][0]), 100)
        self.assertEqual(query["reference"], [hold.name])
        payer, currency = order.partner_invoice_id.id, self.company.currency_id.id
        token = payment_utils.generate_access_token(payer, 100.0, currency, env=self.env)
        self.assertEqual(query["access_token"], [token])
        self.assertIn("100.00", order._credit_get_payment()["text"])

    def test_the_quotation_is_mailed_with_the_link(self):
        order, hold = self._held_late()

        def mailed():
            message = order.with_user(self.salesperson).message_post(
                body=order.name,
                subtype_xmlid="mail.mt_comment",
                partner_ids=order.partner_id.ids,
            )
            return (
                self.env["mail.mail"]
                .sudo()
                .search([("mail_message_id", "=", message.id)])
                .body_html
            )

        self.assertIn(html.escape(hold._get_payment_path(100.0)), mailed())
        self._pay_link(hold)
        self.assertNotIn("/payment/pay", mailed())

    def test_paid_it_clears_the_hold_and_confirms(self):
        order, hold = self._held_late()
        self.assertBooked(self._pay_link(hold))
        self.assertEqual((hold.state, order.state), ("cleared", "sale"))

    def test_without_the_setting_the_salesperson_confirms(self):
        self.company.sudo().credit_pay_release = "offer"
        order, hold = self._held_late()
        self._pay_link(hold)
        self.assertEqual((hold.state, order.state), ("cleared", "draft"))
        self.company.sudo().credit_pay_release = "off"
        _order, hold = self._held_late()
        self.assertFalse(hold.payment_url)

    def test_what_is_to_be_signed_waits_for_the_signature(self):
        order, hold = self._held_late(signature=True)
        self._pay_link(hold)
        self.assertEqual((hold.state, order.state), ("cleared", "draft"))

    def test_too_little_or_of_another_customer_frees_nothing(self):
        order, hold = self._held_late()
        self._pay_link(hold, amount=98)
        self.assertEqual((hold.state, order.state), ("held", "draft"))
        self.assertAlmostEqual(hold._get_payment_amount(), 2)
        self._pay_link(hold, amount=500, partner=self.cash, reference=f"{hold.name}-2")
        self.assertEqual((hold.state, order.state), ("held", "draft"))

    def test_no_link_where_no_payment_helps(self):
        order = self._order(self.frozen, 10)
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertFalse(self._hold(order).payment_url)
        cash = self._order(self.cash, 100)
        cash.with_user(self.salesperson).action_credit_confirm()
        self.assertFalse(self._hold(cash).payment_url, "paid with the order itself")
