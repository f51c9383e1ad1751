from ...common import CreditCollectionCommon


class TestExposureDelivered(CreditCollectionCommon):
    """Delivered and not invoiced is a kind of its own; the sum is as before, each document once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Delivered & Co")
        cls.goods = cls._service("Hours", invoice_policy="delivery")

    def _sold(self, qty=10, price=100.0, **values):
        values.setdefault("order_line", [self._line(price, qty, product=self.goods)])
        return self._order(self.customer, 0, confirm=True, **values)

    def _kinds(self):
        """{kind: amount}, equal to the exposure in all."""
        self.assertEqual(
            self._exposure(self.customer), sum(self._lines(self.customer).mapped("amount"))
        )
        found = {}
        for line in self._lines(self.customer):
            found[line.kind] = found.get(line.kind, 0.0) + line.amount
        return found

    def _bill(self, order, qty, post=True):
        move = self._bill_order(order, post=False)
        move.invoice_line_ids.quantity = qty
        if post:
            move.action_post()
        return move

    def test_ten_ordered_seven_delivered_three_invoiced(self):
        order = self._sold()
        self.assertEqual(self._kinds(), {"order": 1000.0})
        order.order_line.qty_delivered = 7
        self.assertEqual(self._kinds(), {"order": 300.0, "delivered": 700.0})
        invoice = self._bill(order, 3)
        self.assertEqual(self._kinds(), {"receivable": 300.0, "order": 300.0, "delivered": 400.0})
        self._pay(invoice, 100.0)
        self.assertEqual(self._kinds(), {"receivable": 200.0, "order": 300.0, "delivered": 400.0})
        self.assertEqual(self._exposure(self.customer), 900.0)

    def test_draft_invoice_bills_what_is_delivered(self):
        order = self._sold()
        order.order_line.qty_delivered = 7
        self._bill(order, 3, post=False)
        self.assertEqual(self._kinds(), {"draft": 300.0, "order": 300.0, "delivered": 400.0})

    def test_invoiced_ahead_and_delivered_beyond(self):
        order = self._sold()
        order.order_line.qty_delivered = 7
        self._bill(order, 9)
        self.assertEqual(self._kinds(), {"receivable": 900.0, "order": 100.0})
        order.order_line.qty_delivered = 12
        self.assertEqual(self._kinds(), {"receivable": 900.0, "delivered": 300.0})

    def test_down_payment_and_discount_stay_with_the_order(self):
        order = self._sold(
            order_line=[
                self._line(100.0, 10, product=self.goods),
                self._line(-100.0, 1),
            ]
        )
        self._down_payment(order, 200.0)
        order.order_line[0].qty_delivered = 7
        self.assertEqual(self._kinds(), {"receivable": 200.0, "order": 0.0, "delivered": 700.0})

    def test_foreign_currency_makes_the_same_sum(self):
        euro = self._rate("EUR", 3.0)
        order = self._sold(qty=7, price=1.0, currency=euro)
        order.order_line.qty_delivered = 2
        # 7 / 3 = 2.33 and 2 / 3 = 0.67: the rest is what is left, 1.66
        kinds = self._kinds()
        self.assertAlmostEqual(kinds["delivered"], 0.67)
        self.assertAlmostEqual(kinds["order"], 1.66)

    def test_rows_open_their_order(self):
        order = self._sold()
        order.order_line.qty_delivered = 7
        rows = self._lines(self.customer)
        self.assertEqual(len(set(rows.ids)), 2)
        for row in rows:
            self.assertEqual(row.action_open_document()["res_id"], order.id)
