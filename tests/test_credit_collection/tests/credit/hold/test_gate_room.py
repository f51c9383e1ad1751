from odoo.tests import tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestGateRoom(GateCase):
    """Nothing a salesperson does alone makes room under a limit."""

    def test_return_order_of_nothing(self):
        """An order of less than nothing is a promise to credit, not money."""
        negative = self._order(self.customer, -5000)
        self.attempt(negative.with_user(self.salesperson).action_confirm)
        order = self._order(self.customer, 5500)
        self.refused(order.with_user(self.salesperson).action_confirm)
        self.assertOpen(order)

    def test_return_order_of_a_cash_customer_is_no_prepayment(self):
        cash = self._customer("Cash", control="cash", grade="D")
        negative = self._order(cash, -1000)
        self.attempt(negative.with_user(self.salesperson).action_confirm)
        order = self._order(cash, 1000)
        self.refused(order.with_user(self.salesperson).action_confirm)
        self.assertOpen(order)

    def test_credit_note_made_from_a_return_order(self):
        """Salespeople may have Odoo draft invoices of their orders, credit notes too."""
        negative = self._order(self.customer, -5000)
        self.attempt(negative.with_user(self.salesperson).action_confirm)
        self.attempt(lambda: negative.with_user(self.salesperson)._create_invoices(final=True))
        order = self._order(self.customer, 5500)
        self.refused(order.with_user(self.salesperson).action_confirm)
        self.assertOpen(order)

    def test_negative_line_added_to_a_confirmed_order(self):
        """Lowering an own order below nothing makes no room for the others."""
        order = self._confirmed(900)
        self.attempt(
            lambda: order.with_user(self.salesperson).write({"order_line": [self._line(-5000)]})
        )
        other = self._order(self.customer, 4500)
        self.refused(other.with_user(self.salesperson).action_confirm)
        self.assertOpen(other)

    def test_order_dated_back_to_a_better_rate(self):
        """Writing the order date does not choose the rate of the exposure."""
        euro = self._rate("EUR", 10.0, date="2016-01-01")
        self._rate("EUR", 1.0, date=self._today(-5))
        pricelist = self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        order = self._order(self.customer, 5000, pricelist_id=pricelist.id)
        own = order.with_user(self.salesperson)
        self.attempt(lambda: own.write({"date_order": "2016-06-01 10:00:00"}))
        self.attempt(own.action_confirm)
        self.attempt(lambda: own.write({"state": "sale"}))
        self.assertEqual(order.state, "draft")

    def test_draft_invoice_emptied(self):
        """The amount a draft invoice bills less counts as order again."""
        order = self._confirmed(900)
        move = self._bill_order(order, post=False)
        self.assertEqual(self._exposure(self.customer), 900)
        move.invoice_line_ids.write({"quantity": 0.1})
        self.assertEqual(self._exposure(self.customer), 900)
        move.button_cancel()
        self.assertEqual(self._exposure(self.customer), 900)
        move.button_draft()
        move.unlink()
        self.assertEqual(self._exposure(self.customer), 900)

    def test_down_payment_not_paid_makes_no_room(self):
        order = self._confirmed(900)
        self._down_payment(order, 800, post=False)
        self.assertEqual(self._exposure(self.customer), 900)
        other = self._order(self.customer, 200)
        self.refused(other.action_confirm)
        self.assertOpen(other)

    def test_unpaid_down_payment_is_no_prepayment(self):
        cash = self._customer("Cash", control="cash", grade="D")
        order = self._order(cash, 1000)
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [(6, 0, order.ids)],
                "advance_payment_method": "percentage",
                "amount": 100,
            }
        )
        self.attempt(lambda: wizard._create_invoices(order).action_post())
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_cancelled_order_makes_its_room_again(self):
        order = self._confirmed(900)
        other = self._order(self.customer, 900)
        self.refused(other.action_confirm)
        order._action_cancel()
        other.action_confirm()
        self.assertEqual(other.state, "sale")

    def test_archived_lines_companies_and_pricelists_do_not_matter(self):
        order = self._confirmed(900)
        self.product_credit.active = False
        self.attempt(lambda: order.pricelist_id.sudo().write({"active": False}))
        self.assertEqual(self._exposure(self.customer), 900)
        self.product_credit.active = True

    def test_contact_moved_to_another_customer(self):
        """Orders of a contact go where the contact goes: they are not lost on the way."""
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        self._order(contact, 900, confirm=True)
        self.assertEqual(self._exposure(self.customer), 900)
        other = self._customer("Other", limit=100)
        self.attempt(lambda: contact.with_user(self.salesperson).write({"parent_id": other.id}))
        total = self._exposure(self.customer) + self._exposure(other)
        self.assertEqual(total, 900)
