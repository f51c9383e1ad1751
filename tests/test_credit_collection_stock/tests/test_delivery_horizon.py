from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.test_credit_collection.tests.credit.review.review_case import ReviewCase

from .delivery_case import DeliveryCase


@tagged("post_install", "-at_install")
class TestDeliveryHorizon(DeliveryCase, ReviewCase):
    """Orders that were confirmed when they did not count are checked when goods leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write({"credit_mode": "enforce", "credit_horizon_days": 30})

    def _far(self, qty=20, days=40):
        day = fields.Datetime.to_datetime(self._today(days)) + timedelta(hours=4)
        return self._sold(qty=qty, commitment_date=day)

    def test_goods_that_leave_early_are_checked_alone(self):
        order, picking = self._far(qty=20)
        self.assertEqual(self._exposure(self.customer), 0)
        self._validate_part(picking, 10)
        self.assertLeft(picking)
        self.assertEqual(self._exposure(self.customer), 1000)
        rest = order.picking_ids - picking
        self._take(rest, 1)
        self._validate_part(rest, 1)
        self.assertWaits(rest)
        hold = self._delivery_hold(rest)
        self.assertEqual(hold.reason_ids.rule_type, "limit")
        self.assertIn("100.00", hold.reason_summary)
        self._decide(self.customer, credit_limit=1100)
        self.env.invalidate_all()
        self.assertEqual(hold.state, "cleared")

    def test_inside_the_horizon_the_whole_order_is_checked(self):
        order, picking = self._far(qty=11)
        with freeze_time(fields.Datetime.now() + timedelta(days=20)):
            self.env["credit.review"]._run(self.customer, self.company)
            self.assertEqual(self._exposure(self.customer), 1100)
            self.assertTrue(order.credit_limit_pending)
            self._take(picking)
            self._validate(picking)
            self.assertWaits(picking)
            self._decide(self.customer, credit_limit=1100)
            self.env["credit.review"]._run(self.customer, self.company)
            self.env.invalidate_all()
            self.assertFalse(order.credit_limit_pending)
            self._validate(picking)
        self.assertLeft(picking)

    def test_an_order_checked_at_confirmation_is_not_checked_again(self):
        _order, picking = self._sold(qty=10)
        self._decide(self.customer, credit_limit=1)
        self._take(picking)
        self._validate(picking)
        self.assertLeft(picking)

    def test_two_orders_in_one_call_count_together(self):
        _one, first = self._far(qty=6)
        _two, second = self._far(qty=6)
        both = first | second
        self._take(both)
        self._validate(both)
        self.assertLeft(first)
        self.assertWaits(second)
        self.assertIn("200.00", self._delivery_hold(second).reason_summary)

    def test_goods_of_an_unknown_part_of_the_order(self):
        """Parts of a kit, or goods that the warehouse put in place of those of the line."""
        order, picking = self._far(qty=20)
        part = self.env["product.product"].create(
            {"name": "Part of a pallet", "type": "consu", "is_storable": True}
        )
        self.env["stock.quant"]._update_available_quantity(part, self.house.lot_stock_id, 100)
        move = picking.move_ids
        move.copy({"product_id": part.id, "sale_line_id": order.order_line.id})
        move._action_cancel()
        picking.action_confirm()
        picking.action_assign()
        other = picking.move_ids - move
        other.write({"quantity": 20, "picked": True})
        self._validate(picking)
        self.assertWaits(picking)

    def test_two_members_of_a_shared_limit_in_one_call(self):
        sister = self._customer("Sister", control="none")
        self._decide(self.customer, credit_limit=9000)
        self.env["credit.group"].with_user(self.controller).create(
            {
                "name": "Holding",
                "company_id": self.company.id,
                "limit": 1000,
                "line_ids": [Command.create({"partner_id": c.id}) for c in self.customer | sister],
            }
        )
        _one, first = self._far(qty=6)
        day = fields.Datetime.to_datetime(self._today(40))
        _two, second = self._sold(sister, qty=5, commitment_date=day)
        both = first | second
        self._take(both)
        self._validate(both)
        self.assertLeft(first)
        self.assertWaits(second)
