from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestReleaseEnds(GateCase):
    """Rejection, expiry and withdrawal leave a clean quotation behind."""

    def assertEnded(self, order, hold, state):
        """Nothing waits for anybody; confirming opens a new hold."""
        self.env.invalidate_all()
        self.assertEqual(hold.state, state)
        self.assertFalse(hold.activity_ids)
        self.assertFalse(
            self.env["mail.activity"]
            .sudo()
            .search([("res_model", "=", "credit.hold"), ("res_id", "=", hold.id)])
        )
        # Refused is still held: nothing of it was cured. Else the quotation is as any other.
        credit_state = "rejected" if state == "rejected" else "clear"
        self.assertRecordValues(order, [{"state": "draft", "credit_state": credit_state}])
        for user in (self.sales_manager, self.finance_manager, self.general_manager):
            self.assertFalse(hold.with_user(user).can_review)
            self.assertNotIn(
                hold,
                self.env["credit.hold"]
                .with_user(user)
                .search([("can_review", "=", True), ("state", "=", "requested")]),
            )
            counters = user.with_user(user).review_user_count()
            self.assertFalse([c for c in counters if c["model"] == "credit.hold"])
            self.attempt(hold.with_user(user).validate_tier)
        self.env.invalidate_all()
        self.assertEqual(hold.state, state)
        self.refused(order.action_confirm)
        order.with_user(self.salesperson).action_credit_confirm()
        new = self._hold(order) - hold
        self.assertEqual(new.state, "held")
        self.assertEqual(order.credit_hold_id, new)
        self.assertFalse(new.review_ids)

    def test_rejected_by_each_tier(self):
        approvers = (self.sales_manager, self.finance_manager, self.general_manager)
        for number, user in enumerate(approvers):
            with self.subTest(rejected_by=user.name):
                order, hold = self._held(1600 + number)
                self._request(hold)
                for earlier in approvers[:number]:
                    self._approve(hold, earlier)
                hold.with_user(user).reject_tier()
                self.assertTrue(hold.decided_at)
                self.assertNotified(self.salesperson, hold, order)
                self.assertEnded(order, hold, "rejected")

    def test_application_expires(self):
        order, hold = self._held(1600)
        self._request(hold)
        self._approve(hold, self.sales_manager)
        with freeze_time(
            fields.Datetime.now() + timedelta(days=self.company.credit_release_days + 2)
        ):
            self._run_job("credit_hold_recheck")
            self.assertNotified(self.salesperson, hold, order)
            self.assertEnded(order, hold, "expired")

    def test_application_lives_until_its_last_day(self):
        order, hold = self._held(1600)
        self._request(hold)
        with freeze_time(
            fields.Datetime.now() + timedelta(days=self.company.credit_release_days - 1)
        ):
            self._run_job("credit_hold_recheck")
        self.assertEqual(hold.state, "requested")
        self.assertEqual(order.credit_state, "held")

    def test_release_expires_unused(self):
        self.company.sudo().credit_release_confirm = False
        order, hold = self._held(1600)
        self._request(hold)
        self._approve(hold)
        with freeze_time(
            fields.Datetime.now() + timedelta(days=self.company.credit_release_days + 2)
        ):
            self._run_job("credit_hold_recheck")
            self.assertEnded(order, hold, "expired")

    def test_used_release_does_not_expire(self):
        order, hold = self._released(1600)
        with freeze_time(fields.Datetime.now() + timedelta(days=400)):
            self._run_job("credit_hold_recheck")
        self.assertRecordValues(order, [{"state": "sale", "credit_state": "released"}])
        self.assertEqual(hold.state, "released")

    def test_hold_without_application_does_not_expire(self):
        order, hold = self._held(1600)
        with freeze_time(fields.Datetime.now() + timedelta(days=400)):
            self._run_job("credit_hold_recheck")
        self.assertEqual(hold.state, "held")
        self.assertEqual(order.credit_state, "held")

    def test_validity_is_the_policys_not_the_applicants(self):
        _order, hold = self._held(1600)
        own = hold.with_user(self.salesperson)
        for date in ("2001-01-01", "9999-12-31", self._today(3)):
            with self.subTest(date=date):
                self.attempt(lambda d=date: own.write({"date_expiry": d}))
                self.assertFalse(hold.date_expiry)
        self.company.sudo().credit_release_days = 7
        self._request(hold)
        self.assertEqual(hold.date_expiry, self._today(7))

    def test_request_is_withdrawn_and_the_hold_stays(self):
        order, hold = self._held(1600)
        self._request(hold)
        self._approve(hold, self.sales_manager)
        self.refused(hold.with_user(self.salesperson2).action_withdraw, AccessError)
        self.refused(hold.with_user(self.finance_manager).action_withdraw, AccessError)
        hold.with_user(self.salesperson).action_withdraw()
        self.assertRecordValues(hold, [{"state": "held", "requested_by_id": False}])
        self.assertEqual(order.credit_state, "held")
        self.assertFalse(hold.review_ids)
        self.assertIn(self.sales_manager.name, str(hold.message_ids[0].body), "kept in the chatter")
        self.refused(hold.with_user(self.salesperson).action_withdraw)
        # What was approved before counts no more.
        self._request(hold, note="Pays 900 each month.")
        self.refused(hold.with_user(self.finance_manager).validate_tier, (AccessError, UserError))
        self._approve(hold)
        self.assertEqual(order.state, "sale")

    def test_withdrawn(self):
        for requested in (False, True):
            with self.subTest(requested=requested):
                order, hold = self._held(1600 + requested)
                if requested:
                    self._request(hold)
                hold.with_user(self.salesperson).action_cancel()
                self.assertEnded(order, hold, "cancelled")

    def test_order_cancelled(self):
        for requested in (False, True):
            with self.subTest(requested=requested):
                order, hold = self._held(1600 + requested)
                if requested:
                    self._request(hold)
                order.with_user(self.salesperson)._action_cancel()
                self.assertEqual(hold.state, "cancelled")
                self.assertFalse(hold.activity_ids)
                self.assertEqual(order.credit_state, "clear")
                order.action_draft()
                self.assertEnded(order, hold, "cancelled")

    def test_order_cancelled_by_write(self):
        order, hold = self._held(1600)
        order.write({"state": "cancel"})
        self.assertEqual(hold.state, "cancelled")

    def test_ended_holds_do_not_come_back(self):
        order, hold = self._held(1600)
        hold.with_user(self.salesperson).action_cancel()
        own = hold.with_user(self.salesperson)
        for call in (own.action_request_release, own.action_recheck, own.action_cancel):
            self.attempt(call)
        self.attempt(lambda: own.write({"release_reason": "paid"}))
        self.assertEqual(hold.state, "cancelled")
        self.assertFalse(hold.release_reason)
        self.assertOpen(order)

    def test_cron_twice_changes_nothing(self):
        order, hold = self._held(1600)
        self._request(hold)
        with freeze_time(fields.Datetime.now() + timedelta(days=90)):
            self._run_job("credit_hold_recheck")
            messages = len(hold.message_ids)
            self._run_job("credit_hold_recheck")
            self.assertEqual(len(hold.message_ids), messages)
        self.assertEqual(hold.state, "expired")
        self.assertEqual(order.state, "draft")
