import random
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .delivery_case import DeliveryCase

SEEDS = range(4)
STEPS = 18


@tagged("post_install", "-at_install")
class TestDeliveryExposureRandom(DeliveryCase):
    """Random sequences of confirm, postpone, deliver, return, invoice, credit, pay and cancel, counted.

    The test counts per order what it did: ordered, delivered, invoiced quantity; money of invoices.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write({"credit_mode": "off", "credit_horizon_days": 30})
        cls.buyer = cls._customer("Random Goods", limit=1_000_000)

    def test_right_value_of_the_issue(self):
        order, picking = self._sold(self.buyer)
        self._validate_part(picking, 7)
        invoice = self._bill_order(order, post=False)
        invoice.invoice_line_ids.quantity = 3
        invoice.action_post()
        self._pay(invoice, 100.0)
        self.assertEqual(self._kinds(), {"receivable": 200.0, "delivered": 400.0, "order": 300.0})
        self.assertEqual(self._exposure(self.buyer), 900.0)

    def _kinds(self):
        found = {}
        for line in self._lines(self.buyer):
            found[line.kind] = found.get(line.kind, 0.0) + line.amount
        return {kind: amount for kind, amount in found.items() if amount}

    # ------------------------------------------------------------------ actions on a book

    def _do_confirm(self, book, rng):
        qty, price = rng.randint(1, 9), rng.randint(1, 50) * 10.0
        order = self._order(
            self.buyer, 0, confirm=True, order_line=[self._line(price, qty, product=self.goods)]
        )
        book.append(
            {
                "order": order,
                "qty": qty,
                "price": price,
                "gone": 0,
                "billed": 0,
                "moves": [],
                "far": False,
            }
        )

    def _do_postpone(self, book, rng):
        """Agree on a delivery beyond the horizon, within it, or on none."""
        if book:
            entry, days = rng.choice(book), rng.choice([None, 10, 90])
            day = days and fields.Datetime.now() + timedelta(days=days)
            entry["order"].commitment_date = day
            entry["far"] = days == 90

    def _do_deliver(self, book, rng):
        entry = rng.choice([e for e in book if e["gone"] < e["qty"]] or [None])
        if not entry:
            return
        picking = entry["order"].picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel") and p.location_dest_id.usage == "customer"
        )[:1]
        left = sum(picking.move_ids.mapped("product_uom_qty"))
        if not left:
            return
        qty = rng.randint(1, int(left))
        if qty < left:
            self._validate_part(picking, qty)
        else:
            self._take(picking)
            self._validate(picking)
        entry["gone"] += qty

    def _do_return(self, book, rng):
        done = [
            (e, p)
            for e in book
            for p in e["order"].picking_ids
            if p.state == "done" and p.location_dest_id.usage == "customer" and not p.return_ids
        ]
        if not done:
            return
        entry, picking = rng.choice(done)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(
                active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
            )
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self._take(back)
        self._validate(back)
        entry["gone"] -= 1

    def _do_invoice(self, book, rng):
        due = [e for e in book if e["gone"] > e["billed"]]
        if not due:
            return
        entry = rng.choice(due)
        move = self._bill_order(entry["order"], post=False)
        qty = rng.randint(1, entry["gone"] - entry["billed"])
        move.invoice_line_ids.quantity = qty
        if rng.random() < 0.7:
            move.action_post()
            entry["billed"] += qty
            entry["moves"].append(move)
        else:
            move.button_cancel()

    def _do_credit(self, book, rng):
        posted = [(e, m) for e in book for m in e["moves"] if m.payment_state == "not_paid"]
        if not posted:
            return
        entry, move = rng.choice(posted)
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        refund.action_post()
        entry["billed"] -= int(move.invoice_line_ids.quantity)
        entry["moves"].append(refund)

    def _do_pay(self, book, rng):
        due = [
            m
            for e in book
            for m in e["moves"]
            if m.move_type == "out_invoice" and m.amount_residual > 1
        ]
        if due:
            move = rng.choice(due)
            self._pay(move, move.currency_id.round(move.amount_residual * rng.choice([0.3, 1.0])))

    def _do_cancel(self, book, rng):
        clean = [e for e in book if not e["gone"] and not e["moves"]]
        if clean and rng.random() < 0.5:
            entry = rng.choice(clean)
            entry["order"]._action_cancel()
            book.remove(entry)

    def test_random_books(self):
        actions = [
            self._do_confirm, self._do_confirm, self._do_deliver, self._do_deliver, self._do_deliver,
            self._do_return, self._do_invoice, self._do_invoice, self._do_credit, self._do_pay,
            self._do_cancel, self._do_postpone,
        ]  # fmt: skip
        for seed in SEEDS:
            with self.subTest(seed=seed):
                rng = random.Random(seed)
                self.buyer = self._customer(f"Random {seed}", limit=1_000_000)
                book, history = [], []
                for _step in range(STEPS):
                    action = rng.choice(actions)
                    history.append(action.__name__)
                    action(book, rng)
                    self.assertBook(book, history)

    def assertBook(self, book, history):
        expected = {"order": 0.0, "delivered": 0.0, "receivable": 0.0}
        for entry in book:
            left = max(entry["qty"] - entry["billed"], 0)
            gone = min(max(min(entry["gone"], entry["qty"]) - entry["billed"], 0), left)
            if not entry["far"]:
                expected["order"] += (left - gone) * entry["price"]
            expected["delivered"] += gone * entry["price"]
            for move in entry["moves"]:
                expected["receivable"] += move.amount_residual_signed
        expected = {kind: round(amount, 2) for kind, amount in expected.items() if round(amount, 2)}
        found = {kind: round(amount, 2) for kind, amount in self._kinds().items()}
        self.assertEqual(found, expected, f"after {history}")
        self.assertAlmostEqual(self._exposure(self.buyer), sum(expected.values()), places=2)
