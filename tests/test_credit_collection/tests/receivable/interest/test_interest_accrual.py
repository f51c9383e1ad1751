import random
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.credit_collection.engine.interest import accrue

from ...common import migration
from .interest_case import InterestCase


@tagged("post_install", "-at_install")
class TestInterestAccrual(InterestCase):
    """Interest of each day on what is open, by the rate of the day, by the narrowest terms."""

    def test_part_payments_and_a_change_of_the_rate(self):
        invoice = self._dated(self.customer, 10000, "2025-03-01", "2025-03-31")
        self._pay(invoice, 4000, date="2025-04-30")
        self._pay(invoice, 6000, date="2025-06-30")
        self.assertEqual(
            [
                (
                    row["days"],
                    float(row["principal"]),
                    float(row["rate"]),
                    round(float(row["amount"]), 3),
                )
                for row in self._periods("2025-12-31")
            ],
            [(30, 10000, 4.65, 38.219), (19, 6000, 4.65, 14.523), (42, 6000, 4.5, 31.068)],
        )
        self.assertEqual(self._total("2025-12-31"), 83.81)
        self.assertEqual(self._total("2025-04-30"), 38.22)
        self.assertEqual({row["source"] for row in self._periods("2025-12-31")}, {"company"})

    def test_directive_charges_a_fixed_sum_once(self):
        ecb = self._reference("ECB (test)", {"2026-01-01": 2.15})
        self.company.sudo().receivable_interest_term_id = self._terms(
            "Directive", kind="points", reference_id=ecb.id, points=8, lump=40
        )
        invoice = self._dated(self.customer, 5000, "2026-01-01", "2026-01-31")
        self.assertEqual(self._total("2026-02-10"), 13.9)
        note = self._propose("2026-02-10")
        self._pay(invoice, date="2026-03-02")
        note |= self._propose("2026-03-31")
        lines = note.line_ids
        self.assertEqual(
            [line.kind for line in lines.sorted("id")], ["interest", "lump", "interest"]
        )
        self.assertEqual(sum(lines.filtered(lambda li: li.kind == "lump").mapped("amount")), 40)
        self.assertEqual(self._total("2026-03-31", charged=True), 41.71)
        self.assertEqual(sum(lines.filtered(lambda li: li.kind == "interest").mapped("days")), 30)

    def test_fixed_sum_in_a_currency_of_its_own(self):
        """EUR 40 where the company counts in dollars: at the rate of the day, whatever is billed."""
        euro = self._rate("EUR", 0.5)  # 1 EUR = 2 USD
        self.company.sudo().receivable_interest_term_id = self._terms(
            "Directive", kind="fixed", rate=10, lump=40, lump_currency_id=euro.id
        )
        self._dated(self.customer, 5000, "2026-01-01", "2026-01-31")
        self._dated(self.customer, 5000, "2026-01-01", "2026-01-31", currency=euro)
        notes = self._propose("2026-02-10")
        self.assertEqual(
            {note.currency_id.name: note.line_ids.filtered(lambda one: one.kind == "lump").amount
             for note in notes},
            {"USD": 80, "EUR": 40},
        )  # fmt: skip

    def test_sum_of_the_directive_is_in_euros(self):
        term = self.env.ref("credit_collection.receivable_interest_term_directive").sudo()
        self.assertEqual(term.lump_currency_id, self.env.ref("base.EUR"))

    def test_databases_from_before_have_the_sum_in_euros(self):
        """Unless notes were computed by it: such terms stay as they are."""
        script = migration("19.0.1.10.0", "post-lump_currency")
        term = self.env.ref("credit_collection.receivable_interest_term_directive").sudo()
        term.lump_currency_id = False
        script.migrate(self.cr, "19.0.1.9.0")
        self.assertEqual(term.lump_currency_id.name, "EUR")
        term.write({"lump_currency_id": False, "kind": "fixed", "rate": 10})
        self.company.sudo().receivable_interest_term_id = term
        self._dated(self.customer, 5000, "2026-01-01", "2026-01-31")
        self._propose("2026-02-10")
        script.migrate(self.cr, "19.0.1.9.0")
        term.invalidate_recordset()
        self.assertFalse(term.lump_currency_id)

    def test_the_narrowest_terms_count(self):
        invoice = self._dated(self.customer, 36500, "2025-01-01")
        policy = (
            self.env["credit.policy"].sudo().create({"name": "P", "company_id": self.company.id})
        )
        expected = {}
        for source, percent in (("policy", 2), ("customer", 3), ("invoice", 4)):
            expected[source] = self._terms(source, kind="fixed", rate=percent)
        policy.receivable_interest_term_id = expected["policy"]
        policy._system_write({"state": "active", "root_id": policy.id})
        self.env.registry.clear_cache()
        for source, percent in (("policy", 2), ("customer", 3), ("invoice", 4)):
            if source == "customer":
                self.customer.with_user(self.controller).credit_interest_term_id = expected[source]
            if source == "invoice":
                invoice.sudo().receivable_interest_term_id = expected[source]
            (row,) = self._periods("2025-01-02")
            self.assertEqual((row["source"], float(row["amount"])), (source, percent))
        invoice.sudo().receivable_interest_term_id = self._terms("none", kind="none")
        self.assertFalse(self._periods("2025-01-02"))

    def test_grace(self):
        early, late = (self._dated(self.customer, 36500, "2025-01-01") for _ in range(2))
        self._pay(early, date="2025-01-06")
        self._pay(late, date="2025-01-09")
        for start, days in (("due", 8), ("grace", 3)):
            self.company.sudo().receivable_interest_term_id = self._terms(
                start, kind="fixed", rate=1, grace_days=5, grace_from=start
            )
            with self.subTest(start=start):
                self.assertEqual(sum(row["days"] for row in self._periods("2025-02-01")), days)
                self.assertFalse(self._periods("2025-01-06"), "nothing within the grace period")

    def test_a_part_paid_within_grace_bears_nothing(self):
        invoice = self._dated(self.customer, 36500, "2025-01-01")
        self._pay(invoice, 26500, date="2025-01-03")
        self.company.sudo().receivable_interest_term_id = self._terms(
            "grace", kind="fixed", rate=1, grace_days=5
        )
        self.assertEqual({float(row["principal"]) for row in self._periods("2025-01-10")}, {10000})

    def test_an_unknown_rate_is_named(self):
        self._dated(self.customer, 100, "2024-01-01")
        with self.assertRaisesRegex(UserError, "LPR .test.” has no rate on"):
            self._periods("2025-01-01")
        with self.assertRaisesRegex(UserError, "LPR .test.” has no rate on"):
            self.env["receivable.interest.accrual"]._get_amounts(
                self.company, self._day("2025-01-01")
            )

    def test_a_disputed_part_accrues_and_is_struck_out_when_it_was_right(self):
        invoice = self._dated(self.customer, 10000, "2025-01-01")
        wizard = (
            self.env["collection.dispute"]
            .sudo()
            ._system_create(
                {
                    "move_id": invoice.id,
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "amount": 4000,
                    "reason_id": self._contested_reason().id,
                    "date": "2025-01-10",
                }
            )
        )
        self.assertEqual({float(row["principal"]) for row in self._periods("2025-02-10")}, {10000})
        refund = self._dated(
            self.customer, 4000, "2025-02-01", move_type="out_refund", reversed_entry_id=invoice.id
        )
        refund.sudo().collection_dispute_id = wizard
        items = (invoice | refund).line_ids
        items.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.env.flush_all()
        wizard._system_write({"state": "open"})
        rows = self._periods("2025-02-10")
        self.assertEqual({float(row["principal"]) for row in rows}, {10000, 6000})
        wizard._system_write({"state": "accepted"})
        self.assertEqual({float(row["principal"]) for row in self._periods("2025-02-10")}, {6000})

    def test_an_agreement_replaces_it_while_it_is_in_force(self):
        invoice = self._dated(self.customer, 1000, "2025-01-01")
        item = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        agreement = (
            self.env["collection.agreement"]
            .sudo()
            ._system_create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "state": "active",
                    "date_active": "2025-01-11",
                    "date_end": "2025-01-21",
                }
            )
        )
        agreement.item_ids._system_unlink()
        self.env["collection.agreement.item"].sudo()._system_create(
            {"agreement_id": agreement.id, "move_line_id": item.id}
        )
        spans = [
            (str(row["date_from"])[8:], str(row["date_to"])[8:])
            for row in self._periods("2025-01-31")
        ]
        self.assertEqual(spans, [("02", "11"), ("22", "31")])

    def test_as_the_engine_counts_it(self):
        """Random invoices, payments and rates: the SQL is the engine, day by day."""
        rng = random.Random(16)
        start = self._day("2024-11-01")
        rates = {str(start): 2.0}
        for _ in range(4):
            rates[str(start + timedelta(rng.randrange(400)))] = rng.randrange(100, 900) / 100
        reference = self._reference("Random", rates)
        expected = {}
        for number in range(12):
            count = rng.choice(["360", "365", "actual"])
            term = self._terms(
                f"T{number}", kind="points", reference_id=reference.id, points=1, day_count=count
            )
            due = start + timedelta(rng.randrange(200))
            amount = rng.randrange(100, 100000) / 10
            invoice = self._dated(self.customer, amount, str(due))
            invoice.sudo().receivable_interest_term_id = term
            events = [(due, amount)]
            for _ in range(rng.randrange(4)):
                open_ = invoice.amount_residual
                if not open_:
                    break
                paid = min(round(rng.uniform(1, amount), 2), open_)
                day = due + timedelta(rng.randrange(-3, 300))
                self._pay(invoice, paid, date=day)
                events.append((max(day, due), -paid))
            spread = [(self._day(day), rate + 1) for day, rate in rates.items()]
            expected[invoice.id] = accrue(
                events, spread, count if count == "actual" else int(count), due,
                self._day("2025-12-31"),
            )  # fmt: skip
        found = {}
        for row in self._periods("2025-12-31"):
            found.setdefault(row["move_id"], []).append(row)
        for move_id, periods in expected.items():
            rows = found.get(move_id, [])
            with self.subTest(move=move_id):
                self.assertAlmostEqual(
                    sum(float(row["amount"]) for row in rows), sum(p.amount for p in periods), 6
                )
                self.assertEqual(sum(row["days"] for row in rows), sum(p.days for p in periods))
