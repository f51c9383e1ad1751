from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form

from .gate_case import GateCase


class TestOrderStop(GateCase):
    """Credit control holds orders itself, and takes the hold back."""

    def _stop(self, orders, user=None, reason="Insolvency rumour", until=False):
        user = user or self.controller
        wizards = self.env["credit.order.stop"].with_user(user).with_company(self.company)
        wizards.create(
            {"order_ids": orders.ids, "reason": reason, "date_until": until}
        ).action_hold()
        self.env.invalidate_all()

    def test_quotations_are_held_and_confirmed_after_it_is_taken_back(self):
        orders = self._order(self.customer, 10) | self._order(self._customer("B", limit=50), 20)
        self._stop(orders)
        for order in orders:
            self.assertRecordValues(order, [{"state": "draft", "credit_state": "held"}])
            self.assertEqual(order.credit_hold_id.reason_ids.rule_type, "manual")
            self.assertIn("Insolvency rumour", order.credit_hold_id.reason_summary)
            self.refused(order.with_user(self.salesperson).action_confirm)
        orders.with_user(self.controller).action_credit_stop_end()
        self.assertEqual(set(orders.mapped("credit_hold_ids.state")), {"cleared"})
        orders.with_user(self.salesperson).action_confirm()
        self.assertEqual(set(orders.mapped("state")), {"sale"})

    def test_open_orders_of_selected_customers(self):
        other = self._customer("B", limit=50)
        draft, sold = self._order(self.customer, 10), self._order(self.customer, 20, confirm=True)
        cancelled, strange = self._order(self.customer, 30), self._order(other, 10)
        cancelled.action_cancel()
        wizards = self.env["credit.order.stop"].with_user(self.controller)
        selected = {"active_model": "res.partner", "active_ids": self.customer.ids}
        wizards = wizards.with_company(self.company).with_context(**selected)
        # The browser takes commands alone, no list of ids.
        defaults = wizards.default_get(["order_ids"])
        self.assertEqual(defaults["order_ids"], [Command.set((sold | draft).ids)])
        dialog = Form(wizards)
        dialog.reason = "Suit"
        wizard = dialog.save()
        self.assertEqual(wizard.order_ids, draft | sold)
        wizard.action_hold()
        self.assertEqual((draft | sold).mapped("credit_stop_reason"), ["Suit", "Suit"])
        self.assertFalse(strange.credit_stop_reason)

    def test_it_ends_with_its_last_day(self):
        order = self._order(self.customer, 10)
        self._stop(order, until=self._today(1))
        self.refused(order.action_confirm)
        order.sudo().credit_stop_until = self._today(-1)
        order.credit_hold_ids.sudo()._do_recheck()
        self.assertEqual(order.credit_hold_ids.state, "cleared")
        order.action_confirm()

    def test_a_confirmed_order_grows_no_more(self):
        order = self._order(self.customer, 10, confirm=True)
        self._stop(order)
        self.assertEqual(order.state, "sale")
        self.refused(lambda: order.order_line.write({"price_unit": 11}))

    def test_only_controllers_with_a_reason_and_a_day_to_come(self):
        order = self._order(self.customer, 10)
        for user in (self.salesperson, self.sales_manager, self.collector, self.auditor):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    order.with_user(user)._credit_stop("No", False)
                with self.assertRaises(AccessError), self.cr.savepoint():
                    order.with_user(user).action_credit_stop_end()
        for reason, until in ((" ", False), ("Yes", self._today(-1))):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._stop(order, reason=reason, until=until)
        self.assertFalse(order.credit_stop_reason)
        with self.assertRaisesRegex(UserError, "not on hold by credit control"):
            order.with_user(self.controller).action_credit_stop_end()

    def test_nobody_writes_it_away(self):
        order = self._order(self.customer, 10)
        self._stop(order)
        order.with_user(self.salesperson).write({"credit_stop_reason": False, "note": "x"})
        self.assertTrue(order.credit_stop_reason)
        copy = order.with_user(self.salesperson).copy()
        self.assertFalse(copy.sudo().credit_stop_reason)
