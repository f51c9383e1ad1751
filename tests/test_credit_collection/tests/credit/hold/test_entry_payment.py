from odoo.tests import tagged

from odoo.addons.account_payment.tests.common import AccountPaymentCommon

from .gate_case import GateCase


class EntryPaymentCase(GateCase, AccountPaymentCommon):
    """Quotations and their payments online."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.company.currency_id
        cls.provider.company_id = cls.company
        cls.frozen = cls._customer("Frozen", control="frozen")
        cls.cash = cls._customer("Cash", control="cash", grade="D")

    def _quotation(self, partner, amount, share=1.0):
        order = self._order(
            partner, amount, require_payment=True, require_signature=False, prepayment_percent=share
        )
        order.action_quotation_sent()
        return order

    def _pay_online(self, order, amount):
        transaction = self._create_transaction(
            "redirect",
            amount=amount,
            partner_id=order.partner_id.id,
            sale_order_ids=[(6, 0, order.ids)],
            reference=f"{order.name}-{len(order.transaction_ids)}",
        )
        transaction._set_done()
        transaction._post_process()
        self.env.flush_all()
        self.env.invalidate_all()
        return transaction

    def assertBooked(self, transaction):
        self.assertRecordValues(transaction, [{"state": "done", "is_post_processed": True}])
        payment = transaction.payment_id
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertEqual(payment.amount, transaction.amount)


@tagged("post_install", "-at_install")
class TestEntryPayment(EntryPaymentCase):
    """Money paid online is booked, whatever becomes of the order (design, idea 2)."""

    def test_payment_of_a_frozen_customer(self):
        order = self._quotation(self.frozen, 1600)
        transaction = self._pay_online(order, 1600)
        self.assertBooked(transaction)
        self.assertRecordValues(order, [{"state": "sent", "credit_state": "held"}])
        self.assertEqual(self._hold(order).reason_ids.mapped("rule_type"), ["control"])
        self.assertNotified(self.salesperson, order, self._hold(order))

    def test_down_payment_leaves_the_rest_over_the_limit(self):
        order = self._quotation(self.customer, 4000, share=0.25)
        transaction = self._pay_online(order, 1000)
        self.assertBooked(transaction)
        self.assertRecordValues(order, [{"state": "sent", "credit_state": "held"}])
        self.assertEqual(self._hold(order).over_limit, 2000)

    def test_paid_in_full_needs_no_limit(self):
        order = self._quotation(self.customer, 4000)
        transaction = self._pay_online(order, 4000)
        self.assertBooked(transaction)
        self.assertEqual(order.state, "sale")
        self.assertFalse(self._hold(order))

    def test_cash_customer_pays_half_and_then_the_rest(self):
        order = self._quotation(self.cash, 1000, share=0.5)
        transaction = self._pay_online(order, 500)
        self.assertBooked(transaction)
        self.assertRecordValues(order, [{"state": "sent", "credit_state": "held"}])
        hold = self._hold(order)
        self.assertEqual(hold.reason_ids.mapped("rule_type"), ["prepayment"])
        self.assertEqual(hold.prepaid, 500)
        transaction = self._pay_online(order, 500)
        self.assertBooked(transaction)
        self.assertEqual(order.state, "sale")
        self.assertEqual(hold.state, "cleared")

    def test_same_money_does_not_pay_two_orders(self):
        first = self._quotation(self.cash, 1000)
        second = self._quotation(self.cash, 1000)
        self._pay_online(first, 1000)
        self.assertEqual(first.state, "sale")
        self.refused(second.action_confirm)
        self.assertEqual(second.state, "sent")

    def test_pending_payment_counts_for_nothing(self):
        order = self._quotation(self.cash, 1000)
        transaction = self._create_transaction(
            "redirect",
            amount=1000,
            partner_id=self.cash.id,
            sale_order_ids=[(6, 0, order.ids)],
            reference=f"{order.name}-pending",
        )
        transaction._set_pending()
        self.refused(order.action_confirm)
        self.assertNotEqual(order.state, "sale")

    def test_transactions_typed_by_a_salesperson(self):
        """A payment that nobody made: salespeople write no transactions and link none."""
        paid = self._quotation(self.cash, 1000)
        done = self._pay_online(paid, 1000)
        order = self._quotation(self.cash, 1000)
        self.attempt(
            lambda: order.with_user(self.salesperson).write({"transaction_ids": [(4, done.id)]})
        )
        self.attempt(
            lambda: (
                self.env["payment.transaction"]
                .with_user(self.salesperson)
                .create(
                    {
                        "provider_id": self.provider.id,
                        "payment_method_id": self.payment_method_id,
                        "amount": 1000,
                        "currency_id": self.currency.id,
                        "partner_id": self.cash.id,
                        "state": "done",
                        "reference": "forged",
                        "sale_order_ids": [(6, 0, order.ids)],
                    }
                )
            )
        )
        self.refused(order.with_user(self.salesperson).action_confirm)
        self.assertEqual(order.state, "sent")

    def test_web_shop_validation_places_on_hold(self):
        """Signature, web shop and free orders call `_validate_order`."""
        order = self._order(self.customer, 1600)
        order._validate_order()
        self.assertRecordValues(order, [{"state": "draft", "credit_state": "held"}])

    def test_one_payment_frees_one_order(self):
        """Paid online for one quotation: the balance is not another's, nor counts it twice."""
        first, second = (self._quotation(self.cash, 1000, share=0.5) for _n in range(2))
        transaction = self._pay_online(first, 500)
        self.assertBooked(transaction)
        self.assertEqual(self._exposure(self.cash), -500)
        first.order_line.price_unit = second.order_line.price_unit = 500
        second.with_user(self.salesperson).action_credit_confirm()
        self.assertRecordValues(second, [{"state": "sent", "credit_state": "held"}])
        first.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(first.state, "sale")
        second.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(second.state, "sent")

    def test_the_balance_of_a_cancelled_quotation_is_free(self):
        first, second = (self._quotation(self.cash, 1000, share=0.5) for _n in range(2))
        self._pay_online(first, 500)
        second.order_line.price_unit = 500
        first._action_cancel()
        second.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(second.state, "sale")

    def test_money_refunded_or_applied_elsewhere(self):
        order = self._quotation(self.cash, 1000, share=0.5)
        transaction = self._pay_online(order, 500)
        order.order_line.price_unit = 500
        refund = transaction._create_child_transaction(500, is_refund=True)
        refund._set_done()
        refund._post_process()
        self.assertEqual(self._exposure(self.cash), 0)
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.state, "sent", "refunded")

        order = self._quotation(self.cash, 1000, share=0.5)
        transaction = self._pay_online(order, 500)
        order.order_line.price_unit = 500
        invoice = self._invoice(self.cash, 500)
        items = (transaction.payment_id.move_id.line_ids + invoice.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        items.reconcile()
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.state, "sent", "spent on an invoice")
        items.remove_move_reconcile()
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.state, "sale", "the money is the order's again")

    def test_one_payment_for_two_orders(self):
        """Each has its share of it."""
        orders = self._quotation(self.cash, 600) | self._quotation(self.cash, 400)
        transaction = self._create_transaction(
            "redirect", amount=500, partner_id=self.cash.id, sale_order_ids=[(6, 0, orders.ids)]
        )
        transaction._set_done()
        self.assertEqual([order._credit_prepaid(0.0) for order in orders], [300, 200])
