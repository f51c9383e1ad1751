import random
from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .ageing_case import AgeingCase

SEEDS = range(3)
STEPS = 18
START = "2025-01-02"


@tagged("post_install", "-at_install")
class TestAgeingRandom(AgeingCase):
    """Random books, lived day by day: what stood open on a day is what Odoo said that day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls._rate("EUR", 2.0)
        cls.yen = cls._rate("JPY", 150.0)
        for month in range(1, 13):
            for code, base in (("EUR", 2.0), ("JPY", 150.0)):
                cls._rate(code, base * (1 + month % 5 / 9), date=f"2025-{month:02}-01")

    def _do_invoice(self, book):
        rng = book["rng"]
        day = book["day"]
        book["moves"] |= self._dated(
            rng.choice(book["partners"]),
            rng.randint(1, 100_000) / 100,
            day,
            due=day + timedelta(days=rng.randint(0, 90)),
            currency=rng.choice(book["currencies"]),
        )

    def _do_instalments(self, book):
        rng = book["rng"]
        book["moves"] |= self._invoice(
            rng.choice(book["partners"]),
            rng.randint(1, 100_000) / 100,
            term=self._term((30, 0), (33.33, 30), (36.67, 60)),
            invoice_date=book["day"],
            currency=rng.choice(book["currencies"]),
        )

    def _open(self, book):
        return book["moves"].filtered(lambda m: m.state == "posted" and m.amount_residual > 1)

    def _do_pay(self, book):
        due = self._open(book)
        if due:
            invoice = book["rng"].choice(due)
            share = book["rng"].choice([0.2, 0.5, 1.0])
            # sometimes in another currency than the invoice
            currency = book["rng"].choice([invoice.currency_id, self.company.currency_id])
            amount = invoice.currency_id._convert(
                invoice.amount_residual * share, currency, self.company, book["day"]
            )
            if amount:
                self._pay(invoice, amount, date=book["day"], currency=currency)

    def _do_credit_note(self, book):
        due = self._open(book)
        if due:
            invoice = book["rng"].choice(due)
            refund = invoice._reverse_moves([{"date": book["day"], "invoice_date": book["day"]}])
            refund.invoice_line_ids.price_unit *= book["rng"].choice([0.3, 1.0])
            refund.action_post()
            (invoice | refund).line_ids.filtered(
                lambda line: line.account_type == "asset_receivable" and not line.reconciled
            ).reconcile()

    def _do_receive(self, book):
        self._receive(
            book["rng"].choice(book["partners"]),
            book["rng"].randint(1, 50_000) / 100,
            currency=book["rng"].choice(book["currencies"]),
            date=book["day"],
        )

    def _do_reverse_entry(self, book):
        receivable = self.company_data["default_account_receivable"]
        revenue = self.company_data["default_account_revenue"]
        amount = book["rng"].randint(1, 9999) / 100
        partner = book["rng"].choice(book["partners"])
        move = self._entry((receivable, amount, partner), (revenue, -amount, None), day=book["day"])
        if book["rng"].random() < 0.5:
            move._reverse_moves([{"date": book["day"] + timedelta(days=1)}], cancel=True)
            book["day"] += timedelta(days=1)

    def _remembered(self):
        """What Odoo says today: residuals of every open item, in both currencies."""
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
        return {
            row["move_line_id"]: (float(row["amount"]), float(row["amount_currency"]))
            for row in self._items(day)
        }

    def test_random_books(self):
        actions = [
            self._do_invoice, self._do_invoice, self._do_invoice, self._do_instalments,
            self._do_pay, self._do_pay, self._do_pay, self._do_credit_note, self._do_receive,
            self._do_reverse_entry,
        ]  # fmt: skip
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                rng = random.Random(seed)
                customer = self._customer(f"Random {seed}")
                contact = self.env["res.partner"].create(
                    {"name": "Contact", "parent_id": customer.id}
                )
                book = {
                    "rng": rng,
                    "day": self._day(START),
                    "partners": customer | contact | self._customer("Other"),
                    "currencies": [self.company.currency_id, self.euro, self.yen],
                    "moves": self.env["account.move"],
                }
                memory = {}
                for _step in range(STEPS):
                    with freeze_time(book["day"]):
                        rng.choice(actions)(book)
                        self.env.flush_all()
                    memory[book["day"]] = self._remembered()
                    book["day"] += timedelta(days=rng.randint(1, 25))
                for day, remembered in memory.items():
                    self._ties(day)
                    self.assertEqual(self._rebuilt(day), remembered, f"seed {seed}, {day}")
                self._check_nets(day)
                self._unmatch(book)
                for day in memory:
                    self._ties(day)
                savepoint.rollback()
                self.env.invalidate_all()

    def _check_nets(self, day):
        """Nets of a customer add up to his balance, and never have two signs."""
        customers = {}
        for row in self._items(day):
            customers.setdefault(row["partner_id"], []).append(row)
        for rows in customers.values():
            nets = [round(r["net"], 2) for r in rows]
            self.assertAlmostEqual(sum(nets), sum(r["amount"] for r in rows), places=2)
            self.assertFalse(min(nets) < 0 < max(nets), rows)

    def _unmatch(self, book):
        """Undoing reconciliations changes what is open, never the total."""
        matched = book["moves"].line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and (line.matched_credit_ids or line.matched_debit_ids)
            )
        )
        if matched:
            book["rng"].choice(matched).remove_move_reconcile()
