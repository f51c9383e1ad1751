from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestReleaseCleared(GateCase):
    """A hold whose reasons are all cured closes by itself, and the salesperson is notified."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(self.customer, 700, days_overdue=-10)
        self.order, self.hold = self._held(600)  # 300 over the limit
        self.last = self.env["mail.message"].sudo().search([], order="id desc", limit=1).id

    def assertCleared(self, order=None, hold=None):
        hold = hold or self.hold
        order = order or self.order
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(hold.state, "cleared")
        self.assertEqual(order.credit_state, "clear")
        self.assertNotEqual(order.state, "sale", "the salesperson decides when it goes out")
        self.assertFalse(hold.activity_ids)
        news = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("id", ">", self.last),
                    ("model", "in", ("credit.hold", "sale.order")),
                    ("res_id", "in", (hold.id, order.id)),
                    ("partner_ids", "in", self.salesperson.partner_id.ids),
                ]
            )
        )
        self.assertTrue(news, "the salesperson was not told")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def assertStays(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.hold.state, "held")
        self.refused(self.order.action_confirm)

    def test_payment(self):
        self._pay(self.invoice, 300)
        self.assertCleared()

    def test_payment_on_account(self):
        self._receive(self.customer, 300)
        self.assertCleared()

    def test_part_payment_is_not_enough(self):
        self._pay(self.invoice, 299.99)
        self.assertStays()
        self._run_job("credit_hold_recheck")
        self.assertStays()

    def test_credit_note(self):
        self._invoice(self.customer, 300, move_type="out_refund")
        self.assertCleared()

    def test_draft_credit_note_is_not_enough(self):
        self._invoice(self.customer, 300, move_type="out_refund", post=False)
        self._run_job("credit_hold_recheck")
        self.assertStays()

    def test_higher_limit(self):
        self._decide(self.customer, credit_limit=1300)
        self.assertCleared()

    def test_limit_not_high_enough(self):
        self._decide(self.customer, credit_limit=1299)
        self.assertStays()

    def test_unlimited_customer(self):
        self._decide(self.customer, credit_control="none")
        self.assertCleared()

    def test_smaller_order(self):
        self.order.order_line.with_user(self.salesperson).price_unit = 300
        self.assertCleared()

    def test_smaller_order_by_command(self):
        command = (1, self.order.order_line.id, {"price_unit": 300})
        self.order.with_user(self.salesperson).write({"order_line": [command]})
        self.assertCleared()

    def test_line_removed(self):
        order, hold = self._held(600, order_line=[self._line(300), self._line(300)])
        order.order_line[0].with_user(self.salesperson).unlink()
        self.assertCleared(order, hold)

    def test_other_order_cancelled(self):
        customer = self._customer("Two orders", limit=1000)
        first = self._order(customer, 700, confirm=True)
        order, hold = self._held(600, partner=customer)
        first._action_cancel()
        self._run_job("credit_hold_recheck")
        self.assertCleared(order, hold)

    def test_rule_switched_off(self):
        self.env["credit.rule"].with_user(self.administrator).search(
            [("rule_type", "=", "limit")]
        ).write({"action": "off"})
        self._run_job("credit_hold_recheck")
        self.assertCleared()

    def test_mode_switched_off_and_to_observe(self):
        for mode in ("off", "observe"):
            with self.subTest(mode=mode):
                self.company.sudo().credit_mode = "enforce"
                order, hold = self._held(600)
                self.company.sudo().credit_mode = mode
                self._run_job("credit_hold_recheck")
                self.assertNotIn(hold.state, ("held", "requested"))
                self.assertNotEqual(order.credit_state, "held")
                order.action_confirm()
                self.assertEqual(order.state, "sale")
                order._action_cancel()

    def test_unfreezing(self):
        frozen = self._customer("Frozen", control="frozen")
        order, hold = self._held(10, partner=frozen)
        self._decide(frozen, credit_control="none")
        self.assertCleared(order, hold)

    def test_better_term(self):
        customer = self._customer("Slow", limit=10000, term=30)
        order, hold = self._held(10, partner=customer, term=self._term(60))
        self.assertEqual(hold.reason_ids.mapped("rule_type"), ["term"])
        self._decide(customer, credit_term_days=60)
        self.assertCleared(order, hold)

    def test_shorter_term_on_the_order(self):
        customer = self._customer("Slow", limit=10000, term=30)
        order, hold = self._held(10, partner=customer, term=self._term(60))
        order.with_user(self.salesperson).payment_term_id = self._term(30)
        self.assertCleared(order, hold)

    def test_one_of_two_reasons_cured_stays(self):
        late = self._invoice(self.customer, 100, days_overdue=60)
        order, hold = self._held(700)
        self.assertEqual(set(hold.reason_ids.mapped("rule_type")), {"limit", "overdue"})
        self._pay(late)
        self._run_job("credit_hold_recheck")
        self.assertEqual(hold.state, "held")
        self._decide(self.customer, credit_limit=5000)
        self.assertCleared(order, hold)

    def test_application_is_cleared_too(self):
        self._request(self.hold)
        self._pay(self.invoice, 300)
        self.assertCleared()
        self.assertFalse(self.hold.with_user(self.sales_manager).can_review)

    def test_payment_taken_back(self):
        payment = self._pay(self.invoice, 299)
        payment.action_draft()
        self.assertStays()

    def test_job_finds_what_came_by_sql(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET credit_limit = jsonb_build_object(%s, 1300.0) WHERE id = %s",
            [str(self.company.id), self.customer.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.hold.state, "held")
        self._run_job("credit_hold_recheck")
        self.assertCleared()

    def test_job_finds_what_time_brought(self):
        """A rule of at least 15 days over: nothing cures by waiting, a rule with dates does."""
        customer = self._customer("Overdue", limit=10000)
        self._invoice(customer, 100, days_overdue=60)
        order, hold = self._held(10, partner=customer)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self._run_job("credit_hold_recheck")
            self.assertEqual(hold.state, "held")
        refund = self._invoice(customer, 100, move_type="out_refund")
        refund.flush_recordset()
        self._run_job("credit_hold_recheck")
        self.assertCleared(order, hold)

    def test_check_again_by_hand(self):
        self.hold.with_user(self.controller).action_recheck()
        self.assertStays()

    def test_another_order_cancelled(self):
        """It gives back its room, and the order on hold is free at once."""
        customer = self._customer("Busy", limit=1000)
        other = self._order(customer, 600, confirm=True)
        order, hold = self._held(600, partner=customer)
        other.with_user(self.salesperson)._action_cancel()
        self.assertRecordValues(hold, [{"state": "cleared"}])
        self.assertEqual(order.credit_state, "clear")
