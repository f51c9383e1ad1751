from odoo.tests import tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestReleaseRates(GateCase):
    """A rate that moves, and nothing else, never holds an order that was released."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_release_confirm = False
        cls.euro = cls._rate("EUR", 1.0)
        cls.list = cls._pricelist(cls.euro)

    def _unused(self, amount, partner=None):
        order, hold = self._held(amount, partner=partner, pricelist_id=self.list.id)
        self._request(hold)
        self._approve(hold)
        self.assertRecordValues(order, [{"state": "draft", "credit_state": "released"}])
        return order, hold

    def test_order_in_a_currency_that_rises(self):
        order, hold = self._unused(1600)
        self.assertRecordValues(
            hold, [{"order_amount_currency": 1600, "order_currency_id": self.euro.id}]
        )
        self._rate("EUR", 0.5, date=self._today())
        order.order_line.price_unit = 1600.01
        self.refused(order.action_confirm)
        order.order_line.price_unit = 1600
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        # Nor afterwards: what changes nothing is checked for nothing.
        self._rate("EUR", 0.25, date=self._today())
        order.write({"order_line": [(1, order.order_line.id, {"name": "Other words"})]})
        order.order_line.price_unit = 1500
        self.assertEqual(self._bill_order(order).state, "posted")

    def test_rule_that_only_the_rate_breaks(self):
        """Released of what was overdue, within the limit: the order's rate takes it over the limit."""
        self._invoice(self.customer, 500, 60)
        order, hold = self._unused(400)
        self.assertEqual(hold.reason_ids.mapped("rule_type"), ["overdue"])
        self._rate("EUR", 0.5, date=self._today())
        verdict = order._credit_check()[order.id]
        self.assertEqual({r["rule_type"] for r in verdict.holding}, {"overdue", "limit"})
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_limit_in_a_currency_that_falls(self):
        self._decide(
            self.customer, credit_limit_currency_id=self.euro.id, credit_limit_amount=1000.0
        )
        self._invoice(self.customer, 500, 60)
        order, hold = self._unused(400)
        self.assertEqual(hold.reason_ids.mapped("rule_type"), ["overdue"])
        self._rate("EUR", 4.0, date=self._today())
        self.assertEqual(self._figures(self.customer).credit_effective_limit, 250)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_what_else_breaks_a_rule_holds(self):
        """The limit is cut by hand as well: nobody released that."""
        self._invoice(self.customer, 500, 60)
        order, _hold = self._unused(400)
        self._rate("EUR", 0.5, date=self._today())
        self._decide(self.customer, credit_limit=800.0)
        self.refused(order.action_confirm)
        self._decide(self.customer, credit_limit=900.0)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_an_order_that_nobody_released_goes_by_the_rate_of_the_day(self):
        order = self._order(self.customer, 900, pricelist_id=self.list.id)
        self._rate("EUR", 0.5, date=self._today())
        self.refused(order.with_user(self.salesperson).action_confirm)
