import random
from decimal import Decimal
from itertools import product

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.credit_collection.engine import set_off

from .note_case import NoteCase

SEEDS = range(4)
STEPS = 14


@tagged("post_install", "-at_install")
class TestExposureKindsRandom(NoteCase):
    """Random books with every kind of exposure and every setting, against plain Python.

    The test knows of each document what is open of it, from its own actions alone.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_mode = "off"
        cls.goods = cls._service("Goods", invoice_policy="delivery")
        cls.contested = cls._contested_reason()
        cls.other = cls._account(
            "OTH001", "Freight", "asset_receivable", non_trade=True, reconcile=True
        )

    def _start(self, rng):
        self.rng = rng
        self.customer = self._customer(f"Random {rng.random()}", limit=10**6)
        self.orders = {}  # order: [quantity, price, delivered, invoiced]
        self.trade = {}  # invoice: [open, contested, days overdue]
        self.freight = {}  # entry: [open, days overdue]
        self.notes = {}  # note: [amount, standing, invoice]
        self.money = 0.0  # not applied

    def _days(self):
        # Each on a day of its own: no two documents are due at once.
        used = {due for _open, _part, due in self.trade.values()}
        used |= {due for _open, due in self.freight.values()}
        return self.rng.choice([n for n in range(-60, 90) if n not in used and n])

    # ---------------------------------------------------------- actions

    def _do_order(self):
        qty, price = self.rng.randint(1, 9), self.rng.randint(1, 50) * 10
        order = self._order(
            self.customer, 0, confirm=True, order_line=[self._line(price, qty, product=self.goods)]
        )
        self.orders[order] = [qty, price, 0, 0]

    def _do_deliver(self):
        for order, row in self.orders.items():
            if row[2] < row[0]:
                row[2] = self.rng.randint(row[2] + 1, row[0])
                order.order_line.qty_delivered = row[2]
                return

    def _do_bill(self):
        for order, row in self.orders.items():
            if row[3] < row[2]:
                days = self._days()
                move = self._bill_order(order, post=False)
                move.invoice_payment_term_id = False
                move.invoice_date = self._today(min(0, -days))
                move.invoice_date_due = self._today(-days)
                move.action_post()
                self.trade[move] = [(row[2] - row[3]) * row[1], 0.0, days]
                row[3] = row[2]
                return

    def _do_invoice(self):
        days, amount = self._days(), self.rng.randint(1, 100) * 10
        move = self._invoice(self.customer, amount, days_overdue=days)
        self.trade[move] = [amount, 0.0, days]

    def _do_freight(self):
        days, amount = self._days(), self.rng.randint(1, 100) * 10
        due = self._today(-days)
        sides = ((self.other, amount), (self.company_data["default_account_revenue"], -amount))
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": min(due, self._today()),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": balance,
                            "partner_id": self.customer.id,
                            "date_maturity": due,
                        }
                    )
                    for account, balance in sides
                ],
            }
        )
        move.action_post()
        self.freight[move] = [amount, days]

    def _some(self, contested=True):
        return self.rng.choice(
            [m for m, row in self.trade.items() if row[0] and (contested or not row[1])] or [None]
        )

    def _do_pay(self):
        if move := self._some(contested=False):
            part = round(self.trade[move][0] * self.rng.choice([0.5, 1.0]), 2)
            self._pay(move, part)
            self.trade[move][0] -= part

    def _do_receive(self):
        amount = self.rng.randint(1, 60) * 10
        self._receive(self.customer, amount)
        self.money += amount

    def _do_dispute(self):
        if move := self._some(contested=False):
            part = round(self.trade[move][0] * self.rng.choice([0.3, 1.0]), 2)
            self.env["collection.dispute"].with_user(self.collector)._open(
                {"move_id": move.id, "reason_id": self.contested.id, "amount": part}
            )
            self.trade[move][1] = part

    def _do_note(self):
        if move := self._some(contested=False):
            note = self._note(move)
            self.notes[note] = [self.trade[move][0], "held", move]
            self.trade[move][0] = 0.0

    def _do_step(self):
        held = [note for note, row in self.notes.items() if row[1] == "held"]
        if held:
            note = self.rng.choice(held)
            kind = self.rng.choice(["discount", "collect"])
            self._step(note, kind, journal_id=self.bank.id)
            self.notes[note][1] = "contingent" if kind == "discount" else "gone"

    def _do_dishonour(self):
        held = [note for note, row in self.notes.items() if row[1] != "gone"]
        if held:
            note = self.rng.choice(held)
            self._step(note, "dishonour")
            amount, _standing, move = self.notes[note]
            self.notes[note][1] = "gone"
            self.trade[move][0] = amount

    # ---------------------------------------------------------- plain Python

    def _net(self):
        """{document: open after money that is not applied}."""
        items, today = [], self._today()
        documents = [*self.trade, *self.freight]
        for number, move in enumerate(documents):
            amount, *contested, days = self.trade.get(move) or self.freight[move]
            if amount:
                items.append(
                    set_off.Item(
                        number, "USD", self._today(-days), Decimal(str(round(amount, 2))),
                        contested=Decimal(str(contested[0] if contested else 0)), invoice=number,
                    )
                )  # fmt: skip
        credits = [set_off.Credit(-1, "USD", Decimal(str(self.money)))] if self.money else []
        found = set_off.set_off(items, credits, {"USD": Decimal(1)}, {"USD": 2})
        self.assertTrue(today)
        return {documents[id_]: float(net) for id_, (net, _chase) in found.items()}

    def _expected(self, other, contingent, disputed_overdue, disputed_exposed):
        """({kind: amount that counts}, overdue)."""
        net = self._net()
        contested = {
            move: min(net.get(move, 0.0), row[1]) for move, row in self.trade.items() if row[1]
        }
        kinds = {
            "receivable": sum(row[0] for row in self.trade.values()) - self.money,
            "other": sum(row[0] for row in self.freight.values()) if other else 0.0,
            "order": sum((q - d) * p for q, p, d, _i in self.orders.values()),
            "delivered": sum((d - i) * p for _q, p, d, i in self.orders.values()),
            "note": sum(row[0] for row in self.notes.values() if row[1] == "held"),
            "contingent": sum(row[0] for row in self.notes.values() if row[1] == "contingent")
            if contingent
            else 0.0,
            "disputed": -sum(contested.values()) if disputed_exposed else 0.0,
        }
        due = [move for move, row in self.trade.items() if row[2] > 0]
        if other:
            due += [move for move, row in self.freight.items() if row[1] > 0]
        overdue = sum(net.get(move, 0.0) for move in due)
        if disputed_overdue:
            overdue -= sum(contested.get(move, 0.0) for move in due)
        return {kind: round(amount, 2) for kind, amount in kinds.items() if amount}, overdue

    def test_random_books(self):
        actions = [
            self._do_order, self._do_order, self._do_deliver, self._do_deliver, self._do_bill,
            self._do_invoice, self._do_invoice, self._do_invoice, self._do_freight, self._do_pay,
            self._do_receive, self._do_dispute, self._do_dispute, self._do_note, self._do_note,
            self._do_step, self._do_dishonour,
        ]  # fmt: skip
        for seed in SEEDS:
            self._start(random.Random(seed))
            history = []
            for _step in range(STEPS):
                action = self.rng.choice(actions)
                history.append(action.__name__)
                action()
            for settings in product((True, False), repeat=4):
                self._compare(settings, f"seed {seed}, {settings}, after {history}")

    def _compare(self, settings, message):
        other, contingent, disputed_overdue, disputed_exposed = settings
        self.company.sudo().write(
            {
                "credit_other_counts": other,
                "receivable_contingent_counts": contingent,
                "credit_disputed_not_overdue": disputed_overdue,
                "credit_disputed_not_exposed": disputed_exposed,
            }
        )
        kinds, overdue = self._expected(*settings)
        rows = self._lines(self.customer)
        self.assertEqual(len(set(rows.ids)), len(rows), message)
        counting = rows.filtered("counts")
        # Each document once: of a row in the exposure nothing stands beside it.
        beside = {(row.kind, row.id) for row in rows - counting}
        self.assertFalse(beside & {(row.kind, row.id) for row in counting}, message)
        found = {}
        for row in counting:
            found[row.kind] = round(found.get(row.kind, 0.0) + row.amount, 2)
        self.assertEqual({k: a for k, a in found.items() if a}, kinds, message)
        self.assertAlmostEqual(self._exposure(self.customer), sum(kinds.values()), msg=message)
        figures = self._figures(self.customer)
        self.assertAlmostEqual(figures.credit_overdue, overdue, msg=message)
        used = self.env["credit.sublimit"]._get_used(self.company, self.customer)
        for kind in ("order", "delivered", "note"):
            self.assertAlmostEqual(
                used.get(self.customer.id, {}).get(kind, 0.0), kinds.get(kind, 0.0), msg=message
            )
