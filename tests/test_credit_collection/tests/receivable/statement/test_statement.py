from odoo.fields import Command
from odoo.tests import tagged

from ..ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestStatement(AgeingCase):
    """Accounts of a customer per currency: balances, movements, what was applied to what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls._rate("EUR", 2.0)
        cls.customer = cls._customer("Silk & Co")

    def _accounts(self, end, start=None, partners=None):
        """{currency name: Account} of the customer, or the whole result for several."""
        found = self.env["receivable.statement"]._get_accounts(
            self.company, partners or self.customer, self._day(start or end), self._day(end)
        )
        if partners:
            return found
        return {one.currency.name: one for one in found.get(self.customer.id, [])}

    def _amounts(self, rows):
        return [(row.kind, row.amount) for row in rows]

    def test_a_period_from_opening_to_closing_balance(self):
        old = self._dated(self.customer, 100, "2025-01-10", "2025-02-10", ref="PO 7")
        new = self._dated(self.customer, 300, "2025-03-05", "2025-04-05")
        payment = self._pay(old, 60, date="2025-03-20")
        self._pay(new, date="2025-04-02")
        (one,) = self._accounts("2025-03-31", "2025-03-01").values()
        self.assertEqual((one.opening, one.closing), (100, 340))
        self.assertEqual(self._amounts(one.movements), [("invoice", 300), ("payment", -60)])
        self.assertEqual([row.balance for row in one.movements], [400, 340])
        self.assertEqual((one.charged, one.credited), (300, 60))
        self.assertEqual(one.movements[0].name, new.name)
        self.assertEqual(one.movements[0].date_maturity, self._day("2025-04-05"))
        self.assertFalse(one.movements[0].applied, "paid after the period")
        (applied,) = one.movements[1].applied
        self.assertEqual((applied.name, applied.amount), (old.name, 60))
        first, second = one.items
        self.assertEqual((first.name, first.ref), (old.name, "PO 7"))
        self.assertEqual((first.original, first.amount, first.days), (100, 40, 49))
        self.assertEqual([one.name for one in first.applied], [payment.move_id.name])
        self.assertEqual((second.amount, second.days), (300, -5))
        self.assertEqual((one.ages, one.credit), ([300, 0, 40, 0, 0, 0], 0))
        self.assertEqual(one.overdue, 40)

    def test_credits_not_applied_stand_beside_the_buckets(self):
        self._dated(self.customer, 100, "2025-01-10")
        self._receive(self.customer, 30, date="2025-02-01")
        (one,) = self._accounts("2025-02-28").values()
        self.assertEqual((one.closing, one.credit, sum(one.ages)), (70, -30, 100))
        self.assertEqual(self._amounts(one.items), [("invoice", 100), ("payment", -30)])

    def test_money_in_another_currency_leaves_both_accounts(self):
        invoice = self._dated(self.customer, 100, "2025-01-10", currency=self.euro)
        payment = self._receive(self.customer, 50, date="2025-01-20")
        own = self.company.currency_id.name
        found = self._accounts("2025-01-31", "2025-01-01")
        self.assertEqual((found["EUR"].closing, found[own].closing), (100, -50))
        items = (invoice | payment.move_id).line_ids
        items.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        found = self._accounts("2025-01-31", "2025-01-01")
        self.assertEqual(
            self._amounts(found["EUR"].movements), [("invoice", 100), ("applied", -100)]
        )
        self.assertEqual(self._amounts(found[own].movements), [("payment", -50), ("applied", 50)])
        self.assertEqual((found["EUR"].closing, found[own].closing), (0, 0))
        self.assertEqual(found["EUR"].movements[1].ref, payment.move_id.name)
        self.assertFalse(self._accounts("2025-02-28"), "nothing is open afterwards")

    def test_two_equal_installments_are_two_rows(self):
        term = self._term((50, 30), (50, 60))
        invoice = self._invoice(self.customer, 200, invoice_date="2025-01-01", term=term)
        self._pay(invoice, 100, date="2025-01-31")
        (one,) = self._accounts("2025-02-28", "2025-01-01").values()
        self.assertEqual(
            [(row.date_maturity.isoformat(), row.amount) for row in one.movements],
            [("2025-01-31", 100), ("2025-03-02", 100), ("2025-01-31", -100)],
        )
        self.assertEqual([row.date_maturity.isoformat() for row in one.items], ["2025-03-02"])
        # in one entry, with one due date
        receivable, revenue = (
            self.company_data[f"default_account_{name}"] for name in ("receivable", "revenue")
        )
        self._entry((receivable, 70, self.customer), (receivable, 70, self.customer),
                    (revenue, -140, None), day="2025-02-01")  # fmt: skip
        (one,) = self._accounts("2025-02-28").values()
        self.assertEqual(self._amounts(one.items), [("entry", 70), ("entry", 70), ("invoice", 100)])
        self.assertEqual(one.closing, 240)

    def test_entries_on_a_contact_and_a_draft(self):
        contact = self.env["res.partner"].create({"name": "Li", "parent_id": self.customer.id})
        self._dated(contact, 80, "2025-01-10")
        self._dated(self.customer, 999, "2025-01-10", post=False)
        (one,) = self._accounts("2025-01-31").values()
        self.assertEqual(one.closing, 80)

    def test_it_is_the_ledger_of_today(self):
        self._invoice(self.customer, 100, 10)
        self._invoice(self.customer, 70, 10, currency=self.euro)
        self._receive(self.customer, 20, currency=self.euro)
        today = self.company._credit_today()
        found = self.env["receivable.statement"]._get_accounts(
            self.company, self.customer, today, today
        )[self.customer.id]
        self.env.flush_all()
        ledger = self.env["collection.ledger"]._read_group(
            [("partner_id", "=", self.customer.id)], ["currency_id"], ["amount_currency:sum"]
        )
        self.assertEqual({one.currency: one.closing for one in found}, dict(ledger))
        self.assertEqual(found[0].currency, self.company.currency_id, "its own currency first")

    def test_queries_do_not_grow_with_customers(self):
        many = self.customer
        for number in range(6):
            one = self._customer(f"Customer {number}")
            invoice = self._dated(one, 100 + number, "2025-01-10")
            self._pay(invoice, 10, date="2025-01-20")
            many |= one
        self._dated(self.customer, 5, "2025-01-10")
        self._accounts("2025-01-31", "2025-01-01", many)
        counts = []
        for partners in (many[:2], many):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            found = self._accounts("2025-01-31", "2025-01-01", partners)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(found), len(partners))
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 8)

    def test_a_branch_stands_in_the_statement_of_its_entity(self):
        self.company.sudo().child_ids = [Command.create({"name": "Branch"})]
        self.env.cr.precommit.run()  # Odoo loads the chart of accounts then
        branch = self.company.child_ids
        self._dated(self.customer, 60, "2025-01-10", company_id=branch.id)
        self._dated(self.customer, 40, "2025-01-10")
        for company in (self.company, branch):
            found = self.env["receivable.statement"]._get_accounts(
                company, self.customer, self._day("2025-01-01"), self._day("2025-01-31")
            )
            self.assertEqual(found[self.customer.id][0].closing, 100)
