from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestReleaseCovers(GateCase):
    """An approval covers that order, up to its amount, once, before it expires."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_release_confirm = False

    def _unused(self, amount=1600, **values):
        order, hold = self._held(amount, **values)
        self._request(hold)
        self._approve(hold)
        self.assertRecordValues(order, [{"state": "draft", "credit_state": "released"}])
        return order, hold

    def test_up_to_its_amount(self):
        order, _hold = self._unused(1600)
        order.order_line.price_unit = 1600.01
        self.refused(order.action_confirm)
        self.assertOpen(order)
        order.order_line.price_unit = 1600
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_less_is_covered_too(self):
        order, _hold = self._unused(1600)
        order.order_line.price_unit = 1400
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_blocked_parties_that_the_approvers_saw(self):
        """Frozen was released: not blacklisted since, not a delivery to another blocked party."""
        self._decide(self.customer, credit_control="frozen")
        order, _hold = self._unused(100)
        self._decide(self.customer, credit_control="blacklist")
        self.refused(order.action_confirm)
        self._decide(self.customer, credit_control="frozen")
        order.partner_shipping_id = self._customer("Black", control="blacklist")
        self.refused(order.action_confirm)
        order.partner_shipping_id = self.customer
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.refused(
            lambda: order.write(
                {"partner_shipping_id": self._customer("B2", control="blacklist").id}
            )
        )

    def test_that_order_only(self):
        self._unused(1600)
        other = self._order(self.customer, 1600)
        self.refused(other.action_confirm)
        self.assertOpen(other)

    def test_once(self):
        order, hold = self._unused(1600)
        order.action_confirm()
        self.assertTrue(hold.confirmed_at)
        order._action_cancel()
        order.action_draft()
        self.refused(order.action_confirm)
        self.assertOpen(order)
        order.with_user(self.salesperson).action_credit_confirm()
        new = self._hold(order) - hold
        self.assertEqual(new.state, "held", "a new hold, a new application")
        self.assertEqual(order.credit_hold_id, new)

    def test_by_another_customer_it_covers_nothing(self):
        order, _hold = self._unused(1600)
        other = self._customer("Other", limit=10)
        order.write({"partner_id": other.id, "partner_invoice_id": other.id})
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_longer_term_than_applied_for(self):
        order, _hold = self._unused(1600)
        order.payment_term_id = self._term(90)
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_longer_term_when_the_term_was_broken_already(self):
        """Approved for 30 days over term: that is no approval of 300."""
        order, _hold = self._unused(1600, term=self._term(30))
        order.payment_term_id = self._term(300)
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_until_the_last_day(self):
        order, hold = self._unused(1600)
        self.assertEqual(hold.date_expiry, self._today(self.company.credit_release_days))
        with freeze_time(hold.date_expiry):
            order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_not_after_it_expired(self):
        """Even before the job has run."""
        order, hold = self._unused(1600)
        with freeze_time(hold.date_expiry + timedelta(days=2)):
            self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_new_kind_of_reason_is_not_covered(self):
        order, hold = self._unused(1600)
        self.assertEqual(hold.reason_ids.mapped("rule_type"), ["limit"])
        self._invoice(self.customer, 50, days_overdue=60)
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_frozen_after_the_approval_is_not_covered(self):
        order, _hold = self._unused(1600)
        self._decide(self.customer, credit_control="frozen")
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_same_reason_grown_since(self):
        """The approvers saw 600 over the limit; meanwhile others used the limit up.

        The release names the order and its amount (P4-09); that the customer owes more in
        between is no new kind of reason, so it goes on covering.
        """
        order, _hold = self._unused(1600)
        self._confirmed(900)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_withdrawn_release_covers_nothing(self):
        order, hold = self._unused(1600)
        hold.with_user(self.salesperson).action_cancel()
        self.assertEqual(hold.state, "cancelled")
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_used_release_is_not_withdrawn(self):
        order, hold = self._unused(1600)
        order.action_confirm()
        self.attempt(hold.with_user(self.salesperson).action_cancel)
        self.assertRecordValues(order, [{"state": "sale"}])
        self.assertTrue(hold.confirmed_at)

    def test_a_released_order_that_fits_after_all_keeps_its_release(self):
        """Money came in: the order passes on its own; whether the release was used is recorded."""
        order, _hold = self._unused(1600)
        self._decide(self.customer, credit_limit=5000)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_approval_of_an_order_that_was_raised_while_waiting(self):
        """Raised between application and decision: the decision covers the amount of the application."""
        order, hold = self._held(1600)
        self._request(hold)
        self.attempt(
            lambda: order.order_line.with_user(self.salesperson).write({"price_unit": 9e5})
        )
        self.attempt(lambda: self._approve(hold))
        self.attempt(order.action_confirm)
        if order.amount_total > 1600:
            self.assertNotEqual(order.state, "sale")

    def test_approval_confirms_in_the_same_step_only_what_was_approved(self):
        self.company.sudo().credit_release_confirm = True
        order, hold = self._held(1600)
        self._request(hold)
        self.attempt(
            lambda: order.order_line.with_user(self.salesperson).write({"price_unit": 9e5})
        )
        self.attempt(lambda: self._approve(hold))
        if order.amount_total > 1600:
            self.assertNotEqual(order.state, "sale")
