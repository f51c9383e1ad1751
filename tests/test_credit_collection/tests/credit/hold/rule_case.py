from odoo.exceptions import UserError

from ...common import CreditCollectionCommon


class RuleCase(CreditCollectionCommon):
    """Asks of an order: held, and by which rules, or confirmed."""

    def _broken(self, order, user=None):
        """Press Confirm: the types of the rules that hold the order, empty when it went through.

        Whatever the answer, order, state of credit and hold agree.
        """
        order = order.with_user(user or self.salesperson)
        order.action_credit_confirm()
        self.env.invalidate_all()
        holds = self._hold(order).filtered(lambda hold: hold.state != "observed")
        # Figures that changed make a new hold, which takes the place of the old one.
        hold = holds.filtered(lambda hold: hold.state == "held")
        if order.state == "sale":
            self.assertEqual(order.credit_state, "clear")
            self.assertFalse(hold)
            return []
        self.assertEqual((order.state, order.credit_state), ("draft", "held"))
        self.assertEqual(len(hold), 1)
        self.assertEqual(order.credit_hold_id.sudo(), hold)
        reasons = hold.reason_ids.filtered(lambda reason: reason.action == "hold")
        self.assertTrue(all(reasons.mapped("description")))
        return sorted(reasons.mapped("rule_type"))

    def assert_passes(self, order, user=None):
        self.assertEqual(self._broken(order, user), [])

    def assert_held(self, order, *rule_types, user=None):
        """Parked by these rules; the gate itself says no as well."""
        self.assertEqual(self._broken(order, user), sorted(rule_types))
        with self.assertRaises(UserError), self.cr.savepoint():
            order.with_user(user or self.salesperson).action_confirm()
        self.assertEqual(order.state, "draft")
