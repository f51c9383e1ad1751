from ast import literal_eval

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged

from .delivery_case import DeliveryCase


@tagged("post_install", "-at_install")
class TestDeliveryRelease(DeliveryCase):
    """A delivery on hold is released as an order is, and counted once (P4-09, P4-10)."""

    def _stopped(self, qty=10):
        _order, picking = self._sold(qty=qty)
        self._freeze()
        self._validate(picking)
        hold = self._delivery_hold(picking)
        self.assertEqual(hold.state, "held")
        return picking, hold

    def _release(self, hold):
        self._request(hold)
        self._approve(hold)
        self.assertEqual(hold.state, "released")

    def test_release_lets_the_delivery_leave_once(self):
        picking, hold = self._stopped()
        self._release(hold)
        # Nobody ships by approving.
        self.assertWaits(picking, "released")
        self.assertEqual(picking.with_user(self.warehouse).credit_state, "released")
        self.assertNotified(self.salesperson, hold, words=(picking.name,))
        self._validate(picking)
        self.assertLeft(picking)
        self.assertRecordValues(hold, [{"state": "released", "delivered_amount": 1000.0}])
        self.assertTrue(hold.confirmed_at)

    def test_backorders_share_the_release(self):
        picking, hold = self._stopped()
        self._release(hold)
        self._validate_part(picking, 7)
        self.assertLeft(picking)
        rest = picking.backorder_ids
        self._validate_part(rest, 2)
        self.assertLeft(rest)
        last = rest.backorder_ids
        # One is left of ten: two are more than was released.
        self._take(last, 2)
        self._validate(last)
        self.assertWaits(last)
        self._take(last, 1)
        self._validate(last)
        self.assertLeft(last)
        self.assertEqual(hold.delivered_amount, 1000.0)

    def test_release_covers_no_other_delivery(self):
        picking, _hold = self._stopped(qty=5)
        self._decide(self.customer, credit_control="limit")
        _order, other = self._sold(qty=5)
        self._freeze()
        self._validate(picking)
        self._release(self._delivery_hold(picking)[:1])
        self._validate(other)
        self.assertWaits(other)

    def test_release_covers_what_approvers_saw(self):
        """Released while overdue; frozen since: the freeze was not seen."""
        _order, picking = self._sold(qty=2)
        self._invoice(self.customer, 500, days_overdue=90)
        self.env.ref("credit_collection.credit_rule_overdue").sudo().delivery_action = "hold"
        self._validate(picking)
        self._release(self._delivery_hold(picking))
        self._freeze()
        self._validate(picking)
        self.assertWaits(picking)

    def test_a_rate_that_rises_takes_no_release_back(self):
        euro = self._rate("EUR", 1.0)
        _order, picking = self._sold(currency=euro)
        self._freeze()
        self._validate(picking)
        hold = self._delivery_hold(picking)
        self._release(hold)
        self._rate("EUR", 0.5, date=self._today())
        self._validate_part(picking, 7)
        self.assertLeft(picking)
        self._validate_part(picking.backorder_ids, 2)
        rest = picking.backorder_ids.backorder_ids
        # One is left of ten: the rate stretches nothing either.
        self._take(rest, 2)
        self._validate(rest)
        self.assertWaits(rest)
        self._take(rest, 1)
        self._validate(rest)
        self.assertLeft(rest)

    def test_expired_release(self):
        picking, hold = self._stopped()
        self._release(hold)
        hold._system_write({"date_expiry": self._today(-1)})
        self._validate(picking)
        self.assertWaits(picking)

    def test_rejected(self):
        picking, hold = self._stopped()
        self._request(hold)
        hold.with_user(self.sales_manager).reject_tier()
        self.env.invalidate_all()
        self.assertEqual(hold.state, "rejected")
        self.assertEqual(picking.with_user(self.warehouse).credit_state, "rejected")
        self._validate(picking)
        self.assertWaits(picking)

    def test_warehouse_does_not_release(self):
        _picking, hold = self._stopped()
        with self.assertRaises(UserError):
            hold.with_user(self.warehouse).action_request_release()
        with self.assertRaises(UserError):
            hold.with_user(self.warehouse).action_cancel()

    def test_hold_names_its_document(self):
        picking, hold = self._stopped()
        action = hold.with_user(self.env.user).action_open_order()
        self.assertEqual((action["res_model"], action["res_id"]), ("stock.picking", picking.id))
        self.assertEqual(hold.display_name, f"{hold.name} ({picking.name})")

    def test_recheck_clears(self):
        _picking, hold = self._stopped()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_partner SET credit_control = jsonb_set(credit_control, %s, %s) WHERE id = %s",
            ([str(self.company.id)], '"limit"', self.customer.id),
        )
        self.env.invalidate_all()
        hold._do_recheck()
        self.assertEqual(hold.state, "cleared")

    def _open_ones(self):
        """The holds that the filter Open shows to a credit controller."""
        holds = self.env["credit.hold"].with_user(self.controller)
        arch = etree.fromstring(holds.get_view(view_type="search")["arch"])
        [shown] = arch.xpath("//filter[@name='open']/@domain")
        return holds.search(literal_eval(shown)).with_env(self.env)

    def test_rejected_is_open_while_the_delivery_waits(self):
        picking, hold = self._stopped()
        self._request(hold)
        hold.with_user(self.sales_manager).reject_tier()
        self.env.invalidate_all()
        self.assertIn(hold, self._open_ones())
        # A new attempt is decided anew: one of the two is open.
        self._validate(picking)
        new = self._delivery_hold(picking) - hold
        self.assertEqual(self._open_ones() & (hold | new), new)
        self._request(new)
        new.with_user(self.sales_manager).reject_tier()
        self._decide(self.customer, credit_control="limit")
        self.env.invalidate_all()
        self._validate(picking)
        self.assertLeft(picking)
        self.assertFalse(self._open_ones() & (hold | new))

    def test_uninstall_ends_open_holds(self):
        from odoo.addons.credit_collection_stock.hooks import uninstall_hook

        _picking, hold = self._stopped()
        uninstall_hook(self.env(su=True))
        self.assertEqual(hold.state, "cancelled")
