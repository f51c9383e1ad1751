from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestGateInvoices(GateCase):
    """Invoices that no checked order covers: warned of as shipped, held where a rule says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref("credit_collection.credit_rule_limit").sudo()

    def _holding(self):
        self.rule.invoice_action = "hold"

    def _draft(self, amount=1600, **values):
        return self._invoice(self.customer, amount, post=False, **values)

    def _invoice_holds(self, move):
        return self.env["credit.hold"].sudo().search([("move_id", "=", move.id)])

    def _ordered(self, qty=10, policy="order"):
        product = self._service("Pallet", invoice_policy=policy)
        return self._order(
            self.customer, 0, confirm=True, order_line=[self._line(100.0, qty, product=product)]
        )

    def test_ships_as_a_warning(self):
        move = self._draft()
        move.action_post()
        self.assertEqual(move.state, "posted")
        self.assertIn("1,600.00", "".join(move.message_ids.mapped("body")))
        self.assertFalse(self._invoice_holds(move))

    def test_without_a_customer_odoo_refuses(self):
        move = self._draft()
        move.partner_id = False
        with self.assertRaisesRegex(UserError, "'Customer' field is required"):
            move.action_post()

    def test_held_invoice_stays_a_draft(self):
        self._holding()
        move = self._draft()
        result = move.action_post()
        self.assertEqual(result["tag"], "display_notification")
        self.assertEqual(move.state, "draft")
        hold = self._invoice_holds(move)
        self.assertRecordValues(
            hold,
            [
                {
                    "checkpoint": "invoice",
                    "state": "held",
                    "order_id": False,
                    "order_amount": 1600.0,
                    "exposure": 0.0,
                    "over_limit": 600.0,
                    "partner_id": self.customer.id,
                    "reason_type": "limit",
                }
            ],
        )
        self.assertIn(hold.name, move.credit_banner)
        move.action_post()
        self.assertEqual(len(self._invoice_holds(move)), 1)
        # Room for it: nothing else was needed.
        self._decide(self.customer, credit_limit=2000)
        self.env.invalidate_all()
        self.assertEqual(hold.state, "cleared")
        move.action_post()
        self.assertEqual(move.state, "posted")

    def test_batch_parks_those_and_posts_the_rest(self):
        self._holding()
        other = self._customer("Broad & Daughters", limit=50_000)
        moves = self._draft() | self._invoice(other, 1600, post=False)
        moves |= self._draft(100, move_type="out_refund")
        self.env["validate.account.move"].with_context(
            active_model="account.move", active_ids=moves.ids
        ).create({"move_ids": [(6, 0, moves.ids)]}).validate_move()
        self.assertEqual(moves.mapped("state"), ["draft", "posted", "posted"])

    def test_every_way(self):
        self._holding()
        move = self._draft()
        ways = (
            lambda: move._post(soft=False),
            lambda: move.with_context(skip_credit=True, install_mode=True).action_post(),
            lambda: move.sudo()._post(),
            lambda: move.with_user(self.accountant).action_post(),
        )
        for way in ways:
            way()
            self.assertEqual(move.state, "draft")
        with self.assertRaises(UserError), self.cr.savepoint():
            move.write({"state": "posted"})
        self.assertEqual(move.state, "draft")

    def test_invoice_of_an_order_is_never_held(self):
        """What was ordered was checked, whatever became of the customer since."""
        self._holding()
        self.env.ref("credit_collection.credit_rule_control").sudo().invoice_action = "hold"
        order = self._ordered()
        self._decide(self.customer, credit_limit=1, credit_control="frozen")
        move = self._bill_order(order)
        self.assertEqual(move.state, "posted")
        self.assertFalse(self._invoice_holds(move))

    def test_down_payment_and_final_invoice(self):
        self._holding()
        order = self._ordered()
        self._decide(self.customer, credit_limit=1)
        self.assertEqual(self._down_payment(order, 300.0).state, "posted")
        self.assertEqual(self._bill_order(order, final=True).state, "posted")

    def test_goods_that_have_left_beyond_the_order(self):
        self._holding()
        order = self._ordered(policy="delivery")
        order.order_line.qty_delivered = 12
        self._decide(self.customer, credit_limit=1)
        self.assertEqual(self._bill_order(order).state, "posted")

    def test_more_than_the_order_and_lines_by_hand(self):
        self._holding()
        order = self._ordered()
        move = self._bill_order(order, post=False)
        move.invoice_line_ids.quantity = 13
        move.action_post()
        self.assertEqual(move.state, "draft")
        self.assertEqual(self._invoice_holds(move).order_amount, 300.0)
        move.invoice_line_ids.quantity = 10
        move.write({"invoice_line_ids": [self._line(50.0, invoice=True)]})
        move.action_post()
        self.assertEqual(move.state, "draft")
        self.assertEqual(self._invoice_holds(move)[:1].order_amount, 50.0)
        move.invoice_line_ids.filtered(lambda line: line.price_unit == 50.0).unlink()
        move.action_post()
        self.assertEqual(move.state, "posted")
        self.assertFalse(self._invoice_holds(move).filtered(lambda h: h.state == "held"))

    def test_invoice_of_another_customer(self):
        """An order covers what its own customer is billed."""
        self._holding()
        order = self._ordered()
        move = self._bill_order(order, post=False)
        other = self._customer("Somebody Else", limit=10)
        with self.assertRaises(UserError), self.cr.savepoint():
            move.partner_id = other
        self.company.sudo().credit_mode = "observe"
        move.partner_id = other
        self.company.sudo().credit_mode = "enforce"
        move.action_post()
        self.assertEqual(move.state, "draft")

    def test_release(self):
        self._holding()
        move = self._draft()
        move.action_post()
        hold = self._invoice_holds(move)
        self._request(hold)
        self._approve(hold)
        self.assertEqual((hold.state, move.state), ("released", "draft"))
        # More than was released is checked anew.
        line = move.invoice_line_ids
        line.price_unit = 1700
        move.action_post()
        self.assertEqual(move.state, "draft")
        line.price_unit = 1600
        move.action_post()
        self.assertEqual(move.state, "posted")
        self.assertTrue(hold.confirmed_at)

    def test_modes(self):
        self._holding()
        for mode, states in (("off", []), ("observe", ["observed"])):
            with self.subTest(mode=mode):
                self.company.sudo().credit_mode = mode
                move = self._draft()
                move.action_post()
                self.assertEqual(move.state, "posted")
                self.assertEqual(self._invoice_holds(move).mapped("state"), states)

    def test_deleted_draft_ends_its_hold(self):
        self._holding()
        move = self._draft()
        move.action_post()
        hold = self._invoice_holds(move)
        move.unlink()
        self.assertEqual(hold.state, "cancelled")

    def _post_queries(self, number, orders=True):
        """Return the number of queries that posting so many invoices takes."""
        moves = self.env["account.move"]
        for _i in range(number):
            moves |= self._bill_order(self._ordered(), post=False) if orders else self._draft(10)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        moves._post()
        self.env.flush_all()
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        return self.cr.sql_log_count - before

    def test_items_are_read_at_once(self):
        """What Odoo reads of each invoice apart while it posts is read of all together."""
        self._decide(self.customer, credit_limit=1_000_000)
        self._post_queries(2)  # reads what is read once and kept
        together = self._post_queries(9)
        with patch.object(self.env.registry["account.move"], "_credit_read_ahead"):
            apart = self._post_queries(9)
        self.assertGreaterEqual(apart - together, 3 * 8)

    def test_queries_do_not_grow_with_the_invoices(self):
        """A batch of invoices of orders costs a few queries more, however many there are."""
        self._decide(self.customer, credit_limit=1_000_000)

        def post(mode, number, orders):
            self.company.sudo().credit_mode = mode
            self._post_queries(2, orders)  # reads what is read once and kept
            return self._post_queries(number, orders)

        for orders, most in ((True, 6), (False, 12)):
            for number in (3, 9):
                more = post("enforce", number, orders) - post("off", number, orders)
                with self.subTest(orders=orders, number=number, more=more):
                    self.assertLessEqual(more, most)
