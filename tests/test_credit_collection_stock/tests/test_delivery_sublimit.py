from odoo.tests import tagged

from .delivery_case import DeliveryCase


@tagged("post_install", "-at_install")
class TestDeliverySublimit(DeliveryCase):
    """Goods leave up to the sub-limit of what is delivered and not invoiced."""

    def _sublimit(self, kind, amount):
        return (
            self.env["credit.sublimit"]
            .with_user(self.controller)
            .create({"partner_id": self.customer.id, "kind": kind, "amount": amount})
        )

    def test_goods_leave_up_to_it(self):
        self._set_rules({"rule_type": "sublimit", "delivery_action": "hold"})
        first, picking = self._sold(qty=6)
        _second, later = self._sold(qty=5)
        self._sublimit("delivered", 1000)
        self._take(picking)
        self._validate(picking)
        self.assertLeft(picking)
        self._take(later)
        self._validate(later)
        self.assertWaits(later)
        reason = self._delivery_hold(later).reason_ids
        self.assertEqual(reason.rule_type, "sublimit")
        for figure in ("600.00", "500.00", "1,000.00", "100.00"):
            self.assertIn(figure, reason.description)
        # Four of them may leave, and the rest after the first order is invoiced.
        self._validate_part(later, 4)
        self.assertLeft(later)
        rest = later.backorder_ids
        self._take(rest)
        self._validate(rest)
        self.assertWaits(rest)
        self._bill_order(first)
        self._validate(rest)
        self.assertLeft(rest)

    def test_a_sublimit_of_orders_stops_no_goods(self):
        self._set_rules({"rule_type": "sublimit", "delivery_action": "hold"})
        _order, picking = self._sold(qty=6)
        self._sublimit("order", 100)
        self._take(picking)
        self._validate(picking)
        self.assertLeft(picking)

    def test_two_deliveries_in_one_call_count_together(self):
        self._set_rules({"rule_type": "sublimit", "delivery_action": "hold"})
        _first, one = self._sold(qty=4)
        _second, two = self._sold(qty=4)
        self._sublimit("delivered", 700)
        both = one | two
        self._take(both)
        self._validate(both)
        self.assertLeft(one)
        self.assertWaits(two)
