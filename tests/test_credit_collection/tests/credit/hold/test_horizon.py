from datetime import date, datetime, timedelta

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..review.review_case import ReviewCase
from .rule_case import RuleCase


class TestHorizon(RuleCase, ReviewCase):
    """Orders to be delivered later than the company's horizon count, and are checked, later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write({"credit_mode": "enforce", "credit_horizon_days": 30})
        cls.customer = cls._customer(limit=1000, term=30)

    def _at(self, days):
        """Noon of a day in the company's time zone, near enough."""
        return fields.Datetime.to_datetime(self._today(days)) + timedelta(hours=4)

    def _far(self, amount, days=31, **values):
        return self._order(self.customer, amount, **{"commitment_date": self._at(days), **values})

    def _daily(self, days=0):
        with freeze_time(fields.Datetime.now() + timedelta(days=days)):
            self.env["sale.order"]._credit_note_pending(self.company)
            self._run_daily(self.customer)

    def test_border_of_the_horizon(self):
        near, far = self._far(100, days=30), self._far(200, days=31)
        (near | far).action_confirm()
        self.assertEqual(self._exposure(self.customer), 100)
        self.assertFalse(near.credit_counts_from)
        self.assertEqual(far.credit_counts_from, self._today(1))
        self.assertEqual((near.credit_limit_pending, far.credit_limit_pending), (False, True))
        orders = self.env["sale.order"]
        mine = [("id", "in", (near | far).ids)]
        self.assertEqual(orders.search([*mine, ("credit_counts_from", "!=", False)]), far)
        self.assertEqual(orders.search([*mine, ("credit_counts_from", "=", False)]), near)
        self.assertFalse(self._lines(self.customer).filtered(lambda x: x.order_id == far))

    def test_without_horizon_or_date_every_order_counts(self):
        self._far(100, commitment_date=False).action_confirm()
        self.company.sudo().credit_horizon_days = 0
        self._far(200, days=400).action_confirm()
        self.assertEqual(self._exposure(self.customer), 300)

    def test_beyond_the_horizon_no_limit_but_every_other_rule(self):
        order = self._far(5000)
        self.assertIn("Counts as exposure from", order.credit_banner)
        self.assert_passes(order)
        self._decide(self.customer, credit_control="frozen")
        self.assert_held(self._far(10), "control")
        self.env.invalidate_all()

    def test_an_earlier_date_passes_the_gate(self):
        order = self._far(1500)
        self.assert_passes(order)
        with self.assertRaisesRegex(UserError, "exceeds the limit"), self.cr.savepoint():
            order.with_user(self.salesperson).commitment_date = self._at(30)
        self.assertEqual(order.commitment_date, self._at(31))
        small = self._far(900)
        self.assert_passes(small)
        small.with_user(self.salesperson).commitment_date = self._at(2)
        self.assertFalse(small.credit_limit_pending, "checked by this change")
        self.assertEqual(self._exposure(self.customer), 900)
        small.with_user(self.salesperson).commitment_date = False

    def test_a_hold_is_cleared_by_a_later_date(self):
        order = self._far(1500, days=5)
        self.assert_held(order, "limit")
        order.with_user(self.salesperson).commitment_date = self._at(40)
        self.assertEqual(self._hold(order)[:1].state, "cleared")

    def test_the_pending_check_is_nobodys_to_write(self):
        order = self._far(1500)
        self.assert_passes(order)
        order.with_user(self.salesperson).write({"credit_limit_pending": False})
        self.env.invalidate_all()
        self.assertTrue(order.credit_limit_pending)

    def test_what_is_delivered_of_a_far_order_counts(self):
        order = self._far(1000, qty=10)
        self.assert_passes(order)
        order.order_line.qty_delivered = 3
        self.assertEqual(self._exposure(self.customer), 300)
        self.assertEqual(order.sudo()._credit_order_amounts()[order.id], 300)
        self._bill(order, 300)
        self.assertEqual(self._exposure(self.customer), 300)

    def _bill(self, order, amount):
        move = self._bill_order(order, post=False)
        move.invoice_line_ids.quantity = 3
        move.action_post()
        self.assertEqual(move.amount_total, amount)

    def test_at_night_an_order_within_the_limit_is_done_with(self):
        order = self._far(1000)
        self.assert_passes(order)
        self._daily()
        self.assertTrue(order.credit_limit_pending, "it does not count yet")
        self._daily(days=1)
        self.assertFalse(order.credit_limit_pending)
        self.assertFalse(self._warnings(self.customer, kind="horizon"))

    def test_at_night_an_order_over_the_limit_is_warned_of_once(self):
        order = self._far(1500)
        self.assert_passes(order)
        for _night in range(2):
            self._daily(days=1)
        warning = self._warnings(self.customer, kind="horizon")
        self.assertRecordValues(
            warning,
            [{"value": 1500.0, "reference": 500.0, "document": order.name, "state": "open"}],
        )
        self.assertEqual(warning.origin, order)
        self.assertIn("500.00", warning.description)
        self.assertIn(order.name, warning.description)
        self.assertTrue(order.credit_limit_pending, "checked again when goods leave")
        messages = self.env["mail.message"].sudo()
        notices = [
            ("model", "=", "sale.order"),
            ("res_id", "=", order.id),
            ("message_type", "=", "user_notification"),
        ]
        told = messages.search(notices).notified_partner_ids | messages.search(notices).partner_ids
        self.assertIn(self.salesperson.partner_id, told)
        self.assertIn(self.controller.partner_id, told)
        count = messages.search_count(notices)
        self._daily(days=1)
        self.assertEqual(messages.search_count(notices), count)
        self._decide(self.customer, credit_limit=2000)
        self._daily(days=1)
        self.assertFalse(order.credit_limit_pending)
        self.assertEqual(warning.state, "done")

    def test_a_horizon_set_later_notes_the_orders_beyond_it(self):
        self.company.sudo().credit_horizon_days = 0
        order = self._far(800, days=60)
        self.assert_passes(order)
        self.company.sudo().credit_horizon_days = 30
        self.assertEqual(self._exposure(self.customer), 0)
        self._daily()
        self.assertTrue(order.credit_limit_pending)
        self.company.sudo().credit_horizon_days = 0
        self._daily()
        self.assertFalse(order.credit_limit_pending)

    def test_an_invoice_of_an_order_not_checked_yet_is_checked(self):
        rules = self.env["credit.rule"].sudo().search([("rule_type", "=", "limit")])
        rules.filtered(lambda rule: not rule.policy_id).invoice_action = "hold"
        order = self._far(1500)
        self.assert_passes(order)
        move = self._bill_order(order, post=False)
        move.action_post()
        self.assertEqual(move.state, "draft")
        self.assertEqual(move.sudo().credit_hold_ids.reason_ids.rule_type, "limit")

    def test_delivery_too_far_away(self):
        self._set_rules({"rule_type": "horizon", "days": 60})
        order = self._far(10, days=61)
        self.assert_held(order, "horizon")
        self.assertIn("61 days away: more than 60", order.sudo().credit_hold_id.reason_summary)
        self.assert_passes(self._far(10, days=60))
        self.assert_passes(self._order(self.customer, 10))

    def test_no_horizon_below_zero(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            self.company.sudo().credit_horizon_days = -1
            self.env.flush_all()

    def test_a_later_date_leaves_the_check_to_be_done(self):
        """Its room is free for others at once, so goods do not leave unchecked the morning after."""
        order = self._far(1000, days=5)
        self.assert_passes(order)
        self.assertFalse(order.credit_limit_pending)
        order.with_user(self.salesperson).commitment_date = self._at(31)
        self.assertTrue(order.sudo().credit_limit_pending)
        self.assert_passes(self._far(1000, days=5))

    def test_the_last_day_of_all_breaks_no_screen(self):
        self.company.sudo().partner_id.tz = "Asia/Shanghai"
        self.env.registry.clear_cache()
        order = self._far(100, commitment_date=datetime(9999, 12, 31, 20))
        self.assert_passes(order)
        self.assertEqual(order.credit_counts_from, date(9999, 12, 1))
        self.company.sudo().partner_id.tz = "America/New_York"
        self.env.registry.clear_cache()
        self.assertEqual(self.company._credit_date(datetime(1, 1, 1, 2)), date(1, 1, 1))

    def test_a_far_order_that_grows_meets_the_other_rules(self):
        self._set_rules({"rule_type": "limit"}, {"rule_type": "amount", "amount_min": 500})
        order = self._far(100)
        self.assert_passes(order)
        line = order.order_line.with_user(self.salesperson)
        line.price_unit = 500
        with self.assertRaisesRegex(UserError, "more than"), self.cr.savepoint():
            line.price_unit = 500.01
        # Later still is no more.
        order.with_user(self.salesperson).commitment_date = self._at(60)
        line.price_unit = 400
