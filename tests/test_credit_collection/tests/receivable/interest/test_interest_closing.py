from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .interest_case import InterestCase


@tagged("post_install", "-at_install")
class TestInterestClosing(InterestCase):
    """Interest accrued and not billed on a month-end, and its entry; the order of payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accrued = cls.env["account.account"].create(
            {"code": "ACI100", "name": "Accrued Interest", "account_type": "asset_current"}
        )
        cls.company.sudo().receivable_accrual_account_id = cls.accrued
        cls.company.sudo().receivable_interest_term_id = cls._terms("1%", kind="fixed", rate=1)
        cls.invoice = cls._dated(cls.customer, 36500, "2025-06-01")

    def _closing(self, day="2025-06-30", user=None):
        closings = self.env["receivable.interest.closing"].with_user(user or self.accountant)
        return closings.create({"date": day})

    def test_what_has_accrued(self):
        closing = self._closing()
        self.assertEqual((closing.amount, closing.line_ids.days), (29, 29))
        closing.date = "2025-06-11"
        self.assertEqual(closing.amount, 10)
        with self.assertRaisesRegex(UserError, "still to come"), self.env.cr.savepoint():
            closing.date = self._today(1)

    def test_what_was_billed_by_then_is_left_out(self):
        note = self._propose("2025-06-11")
        self.assertEqual(self._closing().amount, 29, "a draft bills nothing")
        self._posted(note)
        self.assertEqual(self._closing().amount, 29, "billed later than the day")
        self.assertEqual(
            self._closing(self._today()).amount, (self._today() - self._day("2025-06-11")).days
        )

    def test_a_past_day_stays_as_it_was(self):
        """What is reversed, waived, credited or paid later changes nothing of the month-end."""
        note = self._propose("2025-06-11")
        move = self._posted(note)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET invoice_date = '2025-06-20' WHERE id = %s", (move.id,)
        )
        self.env.invalidate_all()
        self.assertEqual(self._closing().amount, 19)
        wizard = (
            self.env["receivable.undo"]
            .with_user(self.accountant)
            .with_context(active_model=note._name, active_id=note.id)
            .create({"reason": "Wrong"})
        )
        wizard.action_undo()
        self.env.invalidate_all()
        self.assertEqual(note.state, "reversed")
        self.assertEqual(self._closing().amount, 19, "it had billed its days")
        self.assertEqual(self._closing("2025-06-10").amount, 9)
        self._pay(self.invoice, 6500)
        self._dated(self.customer, 1000, self._today(), move_type="out_refund")
        self.assertEqual(self._closing().amount, 19)

    def test_a_later_waiver_takes_nothing_off_a_past_day(self):
        self.company.sudo().collection_agreement_max_waiver = 1000
        note = self._propose("2025-06-11")
        note.line_ids.write({"amount_waived": 10, "waive_reason": "Goodwill"})
        self.assertEqual(self._closing().amount, 29, "not decided")
        note.action_request()
        self.assertEqual(self._closing().amount, 29, "decided later")
        days = (self._today() - self._day("2025-06-11")).days
        self.assertEqual(self._closing(self._today()).amount, days)

    def test_unnamed_money_pays_first_what_the_company_says(self):
        move = self._posted(self._propose("2025-06-11"))
        self._receive(self.customer, 5)
        for order, left in (
            ("oldest", (36495, 10)), ("principal", (36495, 10)), ("interest", (36500, 5))
        ):  # fmt: skip
            self.company.sudo().receivable_payment_order = order
            net = self.env["credit.open.item"].sudo()._get_net(self.company, self.customer.ids)
            items = [
                one.line_ids.filtered(lambda line: line.account_type == "asset_receivable").id
                for one in (self.invoice, move)
            ]
            with self.subTest(order=order):
                self.assertEqual(tuple(net[item] for item in items), left)

    def test_the_entry_is_reversed_on_the_next_day(self):
        closing = self._closing()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            closing.with_user(self.controller).action_post()
        closing.action_post()
        move, reverse = closing.sudo().move_id, closing.sudo().reverse_move_id
        lines = {line.account_id: line.balance for line in move.line_ids}
        self.assertEqual(lines, {self.accrued: 29, self.income: -29})
        self.assertEqual((move.date, reverse.date), (closing.date, closing.date + timedelta(1)))
        self.assertEqual(reverse.state, "posted")
        with self.assertRaisesRegex(UserError, "no longer a draft"), self.env.cr.savepoint():
            closing.action_post()
        with self.assertRaisesRegex(UserError, "has posted"), self.env.cr.savepoint():
            self._closing().action_post()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            closing.date = "2025-06-29"
        with self.assertRaises(UserError), self.env.cr.savepoint():
            move.with_user(self.accountant).button_draft()

    def test_an_entry_that_stays_is_reversed_by_hand(self):
        self.company.sudo().receivable_accrual_reverses = False
        closing = self._closing()
        closing.action_post()
        self.assertFalse(closing.sudo().reverse_move_id)
        wizard = (
            self.env["receivable.undo"]
            .with_user(self.accountant)
            .with_context(active_model=closing._name, active_id=closing.id)
            .create({"reason": "Wrong day"})
        )
        wizard.action_undo()
        self.assertEqual((closing.state, closing.reason), ("reversed", "Wrong day"))

    def test_workbook(self):
        closing = self._closing()
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(self.accountant)
            ._render_xlsx("credit_collection.receivable_interest_xlsx", closing.ids, {})
        )
        self.assertEqual((kind, content[:2]), ("xlsx", b"PK"))

    def test_ageing_can_leave_interest_out(self):
        self._posted(self._propose("2025-06-11"))
        reports = self.env["receivable.ageing.report"].with_user(self.accountant)
        totals = {}
        for with_interest in (True, False):
            report = reports.create({"with_interest": with_interest})
            self.assertTrue(report.has_interest)
            rows = report._get_matrix()[1]
            totals[with_interest] = {row[0]: row[2] for row in rows}[self.customer]
        self.assertEqual(totals, {True: 36510, False: 36500})

    def test_the_order_of_payments(self):
        move = self._posted(self._propose("2025-06-11"))
        payment = self._receive(self.customer, 100)
        for order, first in (
            ("oldest", self.invoice), ("principal", self.invoice), ("interest", move)
        ):  # fmt: skip
            self.company.sudo().receivable_payment_order = order
            action = payment.with_user(self.accountant).action_collection_apply()
            wizard = self.env["collection.allocation"].browse(action["res_id"])
            with self.subTest(order=order):
                self.assertEqual(wizard.line_ids[:1].move_line_id.move_id, first)

    def test_the_database_keeps_one_posted_closing_of_a_day(self):
        """Two people who post at once both find none."""
        closing, other = self._closing().sudo(), self._closing().sudo()
        closing._system_write({"state": "posted"})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            other._system_write({"state": "posted"})
            self.env.flush_all()
