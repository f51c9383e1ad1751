from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .delivery_case import DeliveryCase


@tagged("post_install", "-at_install")
class TestDeliveryTermMoved(DeliveryCase):
    """A delivery after the invoice was posted moves its due date, never to an earlier day (P4-24)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_mode = "observe"
        cls.term = cls._term(30)
        cls.buyer = cls._customer(
            "After Delivery", limit=90_000, term=60, credit_term_start="delivery"
        )
        cls.goods.invoice_policy = "order"

    def _order_of(self, partner=None, qty=10):
        order = self._order(
            partner or self.buyer,
            0,
            confirm=True,
            term=self.term,
            order_line=[self._line(100.0, qty, product=self.goods)],
        )
        return order, order.picking_ids

    def _due(self, move):
        self.env.invalidate_all()
        items = move.line_ids.filtered(lambda item: item.display_type == "payment_term")
        self.assertEqual(max(items.mapped("date_maturity")), move.invoice_date_due)
        return move.invoice_date_due

    def _in(self, days):
        return freeze_time(fields.Datetime.now() + timedelta(days=days))

    def test_each_delivery_until_all_of_it_left(self):
        order, picking = self._order_of()
        move = self._bill_order(order)
        self.assertEqual(self._due(move), self._today(30))
        with self._in(5):
            self._validate_part(picking, 4)
        self.assertEqual(self._due(move), self._today(35))
        with self._in(9):
            rest = order.picking_ids - picking
            self._take(rest)
            self._validate(rest)
        self.assertEqual(self._due(move), self._today(39))
        self.assertIn("Due date moved", str(move.message_ids[0].body))
        self.assertEqual(move.state, "posted")
        self.assertEqual(self._figures(self.buyer).credit_days_overdue, 0)

    def test_goods_of_a_later_invoice_move_no_earlier_one(self):
        order, picking = self._order_of()
        first = self._bill_order(order, post=False)
        first.invoice_line_ids.quantity = 4
        first.action_post()
        with self._in(2):
            self._validate_part(picking, 4)
        self.assertEqual(self._due(first), self._today(32))
        with self._in(6):
            second = self._bill_order(order)
            rest = order.picking_ids - picking
            self._take(rest)
            self._validate(rest)
        self.assertEqual(self._due(first), self._today(32))
        self.assertEqual(self._due(second), self._today(36))

    def test_never_earlier(self):
        order, picking = self._order_of()
        move = self._bill_order(order, post=False)
        move.delivery_date = self._today(20)
        move.action_post()
        self.assertEqual(self._due(move), self._today(50))
        with self._in(3):
            self._take(picking)
            self._validate(picking)
        self.assertEqual(self._due(move), self._today(50))

    def test_other_customers_and_paid_invoices_stay(self):
        order, picking = self._order_of(self._customer("By Invoice", limit=90_000, term=60))
        move = self._bill_order(order)
        paid_order, paid_picking = self._order_of()
        paid = self._bill_order(paid_order)
        self._pay(paid)
        with self._in(5):
            self._take(picking)
            self._take(paid_picking)
            self._validate(picking | paid_picking)
        self.assertEqual(self._due(move), self._today(30))
        self.assertEqual(self._due(paid), self._today(30))

    def test_instalments_move_one_by_one(self):
        self.term = self._term((50.0, 10), (50.0, 40))
        order, picking = self._order_of()
        move = self._bill_order(order)
        with self._in(7):
            self._take(picking)
            self._validate(picking)
        self.assertEqual(self._due(move), self._today(47))
        items = move.line_ids.filtered(lambda item: item.display_type == "payment_term")
        self.assertEqual(sorted(items.mapped("date_maturity")), [self._today(17), self._today(47)])
        self.assertEqual(sum(items.mapped("amount_residual")), 1000)

    def test_draft_after_its_goods_counts_from_them(self):
        order, picking = self._order_of()
        with self._in(-4):
            self._take(picking)
            self._validate(picking)
        order.order_line.invoice_lines = [Command.clear()]
        move = self._bill_order(order)
        self.assertEqual(self._due(move), self._today(26))
