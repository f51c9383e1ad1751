from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from odoo.tests import freeze_time, tagged

from odoo.addons.credit_collection.engine import set_off

from .ageing_case import AgeingCase

START = "2025-01-02"
COLUMNS = ((None, 0), (1, 30), (31, 60), (61, 90), (91, 180), (181, None))
WEIGHTS = {
    "invoice": 4, "instalments": 2, "pay": 5, "refund": 2, "receive": 2, "match": 2, "entry": 1,
    "reverse": 1, "undo": 1, "draft": 1, "unmatch": 1,
}  # fmt: skip
# Changes to the books of past days: their totals stay, their open amounts do not.
REWRITES = ("match", "undo", "draft", "unmatch")
STEP = st.fixed_dictionaries(
    {
        "do": st.sampled_from([name for name, weight in WEIGHTS.items() for _n in range(weight)]),
        "gap": st.integers(0, 25),
        "who": st.integers(0, 2),
        "currency": st.integers(0, 2),
        "cents": st.integers(1, 10_000_000),
        "term": st.integers(0, 90),
        "share": st.sampled_from((0.2, 0.5, 1.0)),
        "pick": st.integers(0, 9),
    }
)


def _decimal(amount):
    return Decimal(repr(round(float(amount), 6)))


def of_random_books(count, *examples, steps=STEP, most=14):
    """Run a test with lists of steps: these, and as many random ones as it says.

    Without Phase.shrink, which takes minutes: add it to look into a failure.
    """

    def decorate(test):
        test = given(st.lists(steps, min_size=6, max_size=most))(test)
        for one in examples:
            test = example(one)(test)
        return settings(
            max_examples=count,
            deadline=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )(test)

    return decorate


def step(do, gap=10, who=0, currency=0, cents=10_000, term=30, share=1.0, pick=0):
    return locals()


# One that closed months, and reports of them, have to stand.
TWO_CURRENCIES = [
    step("instalments", currency=1), step("pay", share=0.5),
    step("receive", currency=2, cents=9_999), step("match"),
]  # fmt: skip


@tagged("post_install", "-at_install")
class TestAgeingRandom(AgeingCase):
    """Random books, lived day by day: the open amount of a day equals Odoo's of that day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls._rate("EUR", 2.0)
        cls.yen = cls._rate("JPY", 150.0)
        for month in range(1, 13):
            for code, base in (("EUR", 2.0), ("JPY", 150.0)):
                cls._rate(code, base * (1 + month % 5 / 9), date=f"2025-{month:02}-01")
        cls.currencies = [cls.company.currency_id, cls.euro, cls.yen]
        customer = cls._customer("Random")
        contact = cls.env["res.partner"].create({"name": "Contact", "parent_id": customer.id})
        cls.partners = [customer, contact, cls._customer("Other")]

    @contextmanager
    def _lived(self, steps, remember=lambda: None):
        """Live the days of the steps, which are undone in the end.

        :return: {day: what was remembered on it, None where the books of past days changed since}
        """
        with self.env.cr.savepoint() as savepoint:
            self.moves = self.entries = self.env["account.move"]
            self.payments = self.env["account.payment"]
            day, memory = self._day(START), {}
            for act in steps:
                day += timedelta(days=act["gap"])
                with freeze_time(day):
                    getattr(self, f"_do_{act['do']}")(act, day)
                    self.env.flush_all()
                if act["do"] in REWRITES:
                    memory = {**dict.fromkeys(memory), day: None}
                else:
                    memory[day] = remember()
            yield memory
            savepoint.rollback()
        self.env.invalidate_all()

    # ------------------------------------------------------------------ events of a day

    def _pick(self, records, act):
        return records[act["pick"] % len(records)] if records else records

    def _do_invoice(self, act, day):
        self.moves |= self._dated(
            self.partners[act["who"]], act["cents"] / 100, day,
            due=day + timedelta(days=act["term"]), currency=self.currencies[act["currency"]],
        )  # fmt: skip

    def _do_instalments(self, act, day):
        self.moves |= self._invoice(
            self.partners[act["who"]], act["cents"] / 100, invoice_date=day,
            term=self._term((30, 0), (33.33, act["term"]), (36.67, 60)),
            currency=self.currencies[act["currency"]],
        )  # fmt: skip

    def _unpaid(self):
        return self.moves.filtered(lambda m: m.state == "posted" and m.amount_residual > 0)

    def _do_pay(self, act, day):
        """All or a part, in the currency of the invoice or the company's."""
        invoice = self._pick(self._unpaid(), act)
        if invoice:
            currency = self.company.currency_id if act["currency"] else invoice.currency_id
            amount = invoice.currency_id._convert(
                invoice.amount_residual * act["share"], currency, self.company, day
            )
            if amount:
                self.payments |= self._pay(invoice, amount, date=day, currency=currency)

    def _do_refund(self, act, day):
        invoice = self._pick(self._unpaid(), act)
        if invoice:
            refund = invoice._reverse_moves([{"date": day, "invoice_date": day}])
            refund.invoice_line_ids.price_unit *= act["share"]
            refund.action_post()
            self._open_items(invoice | refund).reconcile()

    def _do_receive(self, act, day):
        self.payments |= self._receive(
            self.partners[act["who"]], max(act["cents"] / 200, 1),
            currency=self.currencies[act["currency"]], date=day,
        )  # fmt: skip

    def _open_items(self, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )

    def _do_match(self, act, day):
        """Money applied later, also across currencies: differences of rates arise."""
        credit = self._pick(self._open_items(self.payments.move_id), act)
        debit = self._pick(
            self._open_items(self._unpaid()).filtered(
                lambda li: (
                    li.partner_id.commercial_partner_id == credit.partner_id.commercial_partner_id
                )
            ),
            act,
        )
        if credit and debit and credit.parent_state == "posted":
            (credit | debit).reconcile()

    def _do_entry(self, act, day):
        receivable = self.company_data["default_account_receivable"]
        revenue = self.company_data["default_account_revenue"]
        amount = act["cents"] / 100
        self.entries |= self._entry(
            (receivable, amount, self.partners[act["who"]]), (revenue, -amount, None), day=day
        )

    def _do_reverse(self, act, day):
        """A manual entry reversed: it stays open in the days before."""
        entry = self._pick(self.entries, act)
        if entry:
            self.entries -= entry
            entry._reverse_moves([{"date": day}], cancel=True)

    def _do_undo(self, act, day):
        """A payment that bounces: its entry is reversed, the invoice is open again."""
        payment = self._pick(self.payments, act)
        if payment:
            self.payments -= payment
            payment.move_id._reverse_moves([{"date": day}], cancel=True)

    def _do_draft(self, act, day):
        """A payment entered by mistake: out of the books of all days."""
        # Odoo keeps what a payment in draft is matched with: its residuals and its ledger disagree.
        free = self.payments.filtered(lambda one: not one.move_id.line_ids.matched_debit_ids)
        payment = self._pick(free, act)
        if payment:
            self.payments -= payment
            payment.action_draft()

    def _do_unmatch(self, act, day):
        matched = self.moves.line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and (line.matched_credit_ids or line.matched_debit_ids)
            )
        )
        self._pick(matched, act).remove_move_reconcile()

    # ------------------------------------------------------------------ comparison

    def _remembered(self):
        """Odoo's residuals of today of every open item, in both currencies.

        None where a draft is matched: Odoo counts it, the books do not have it.
        """
        matches = self.env["account.partial.reconcile"].search(
            [("company_id", "=", self.company.id)]
        )
        sides = matches.debit_move_id | matches.credit_move_id
        if set(sides.mapped("parent_state")) - {"posted"}:
            return None
        lines = self.env["account.move.line"].search(
            [
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
                ("reconciled", "=", False),
            ]
        )
        return {
            line.id: (round(line.amount_residual, 2), round(line.amount_residual_currency, 2))
            for line in lines
        }

    def _rebuilt(self, day):
        """Amounts less the reconciliations up to a day whose items are both posted: the definition."""
        lines = self.env["account.move.line"].search(
            [
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
                ("date", "<=", day),
            ]
        )
        found = {}
        for line in lines:
            own, foreign = line.balance, line.amount_currency
            for match in line.matched_debit_ids | line.matched_credit_ids:
                sides = match.debit_move_id | match.credit_move_id
                if match.max_date > day or set(sides.mapped("parent_state")) != {"posted"}:
                    continue
                if match.debit_move_id == line:
                    own, foreign = own - match.amount, foreign - match.debit_amount_currency
                else:
                    own, foreign = own + match.amount, foreign + match.credit_amount_currency
            if round(own, 2) or round(foreign, 2):
                found[line.id] = (round(own, 2), round(foreign, 2))
        return found

    def _check(self, day, remembered):
        """The ageing of a day: its total, its items, their columns, and the amounts credits leave."""
        self._ties(day)
        rows = self._items(day)
        found = {
            row["move_line_id"]: (float(row["amount"]), float(row["amount_currency"]))
            for row in rows
        }
        self.assertEqual(found, self._rebuilt(day), day)
        if remembered is not None:
            self.assertEqual(found, remembered, day)
        customers = defaultdict(list)
        for row in rows:
            line = self.env["account.move.line"].browse(row["move_line_id"])
            late = (day - (line.date_maturity or line.date)).days
            first, last = COLUMNS[row["column_index"]]
            self.assertEqual(row["days"], late)
            self.assertTrue((first is None or late >= first) and (last is None or late <= last))
            self.assertEqual(row["partner_id"], line.partner_id.commercial_partner_id.id)
            customers[row["partner_id"]].append(row)
        self.ageing_day = day
        for found in customers.values():
            self._check_nets(found)
        self._check_screen(day, rows)

    def _check_screen(self, day, rows):
        """The matrix on the screen is the sums of the items, and a row opens just these."""
        items, expected = defaultdict(set), defaultdict(lambda: [0.0] * 7)
        for row in rows:
            key = (row["partner_id"], row["currency_id"])
            items[key].add((row["move_line_id"], *(float(row[n]) for n in ("amount", "net"))))
            expected[key][row["column_index"]] += float(row["amount"])
            expected[key][6] += float(row["amount_currency"])
        report = self.env["receivable.ageing.report"].create(
            {"company_id": self.company.id, "date": day}
        )
        report.action_open_matrix()
        found = {}
        for row in report.row_ids:
            key = (row.partner_id.id, row.currency_id.id)
            found[key] = [*(row[f"column_{n}"] for n in range(1, 7)), row.amount_currency]
            action = row.action_open_items()
            lines = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(
                {(line.move_line_id.id, line.amount) for line in lines},
                {(id_, round(amount, 2)) for id_, amount, _net in items[key]},
            )
            self.assertAlmostEqual(
                sum(lines.mapped("net")), sum(net for _id, _amount, net in items[key]), 2
            )
            self.assertAlmostEqual(sum(lines.mapped("amount")), row.amount, 2)
        self.assertEqual(found.keys(), expected.keys())
        for key, amounts in found.items():
            for one, other in zip(amounts, expected[key], strict=True):
                self.assertAlmostEqual(one, other, 2, (day, key))

    def _check_nets(self, rows):
        """Credits pay the oldest items of their currency, then the others at the rate of the day (P4-14)."""
        day = self.ageing_day
        own = self.company.currency_id
        currencies = self.env["res.currency"].browse({row["currency_id"] for row in rows})
        found = set_off.set_off(
            [
                set_off.Item(
                    row["move_line_id"], row["currency_id"], row["date_maturity"],
                    _decimal(row["amount_currency"]),
                )
                for row in rows
                if row["amount_currency"] > 0
            ],
            [
                set_off.Credit(
                    row["move_line_id"], row["currency_id"], _decimal(-row["amount_currency"])
                )
                for row in rows
                if row["amount_currency"] < 0
            ],
            {
                currency.id: Decimal(
                    repr(currencies._get_conversion_rate(own, currency, self.company, day))
                )
                for currency in currencies
            },
            {currency.id: currency.decimal_places for currency in currencies},
        )  # fmt: skip
        for row in rows:
            share = float(row["amount"]) / float(row["amount_currency"] or 1)
            if row["amount_currency"] > 0:
                net, _ask = found[row["move_line_id"]]
                self.assertAlmostEqual(float(row["net"]), float(net) * share, 2, row)
            elif not row["amount_currency"]:
                self.assertEqual(row["net"], 0, row)
        if currencies == own:
            balance = sum(row["amount"] for row in rows)
            self.assertAlmostEqual(float(sum(row["net"] for row in rows)), float(balance), 2)

    @of_random_books(
        10,
        [step("instalments", currency=1), step("pay", share=0.5), step("refund", share=0.2),
         step("receive", currency=2, cents=9_999), step("match"), step("unmatch")],
        [step("invoice", currency=1, cents=33_333), step("pay", gap=25), step("undo")],
        [step("entry", cents=1), step("reverse"), step("receive"), step("draft"), step("invoice")],
    )  # fmt: skip
    def test_random_books(self, steps):
        with self._lived(steps, self._remembered) as memory:
            for past, remembered in memory.items():
                self._check(past, remembered)
                self._ties(past + timedelta(days=1))
