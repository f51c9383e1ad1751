from collections import defaultdict
from datetime import timedelta

from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

# The module, not its class: imported by name it would run here once more.
from ..ageing import test_ageing_random as books

STEP = st.one_of(
    books.STEP,
    st.fixed_dictionaries(
        {
            "do": st.sampled_from(("branch", "twins")),
            "gap": st.integers(0, 25),
            "who": st.integers(0, 2),
            "currency": st.integers(0, 2),
            "cents": st.integers(1, 10_000_000),
            "term": st.integers(0, 90),
            "share": st.sampled_from((0.2, 1.0)),
            "pick": st.integers(0, 9),
        }
    ),
)


@tagged("post_install", "-at_install")
class TestStatementRandom(books.TestAgeingRandom):
    """Random books, lived day by day: statements of any period say per currency what they said then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().child_ids = [Command.create({"name": "Branch"})]
        cls.env.cr.precommit.run()  # Odoo loads the chart of accounts then
        cls.branch = cls.company.child_ids
        cls.customers = cls.partners[0] | cls.partners[2]

    def _do_branch(self, act, day):
        """An invoice of the branch, which the company may be paid for."""
        self.moves |= self._dated(
            self.partners[act["who"]], act["cents"] / 100, day,
            due=day + timedelta(days=act["term"]), currency=self.currencies[act["currency"]],
            company_id=self.branch.id,
        )  # fmt: skip

    def _do_twins(self, act, day):
        """Two equal instalments in one entry."""
        receivable = self.company_data["default_account_receivable"]
        revenue = self.company_data["default_account_revenue"]
        partner, amount = self.partners[act["who"]], act["cents"] / 100
        self.entries |= self._entry(
            (receivable, amount, partner), (receivable, amount, partner),
            (revenue, -2 * amount, None), day=day,
        )  # fmt: skip

    def _book(self):
        """All posted items of the receivable accounts, of the branch too."""
        return self.env["account.move.line"].search(
            [
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "in", (self.company | self.branch).ids),
                ("partner_id.commercial_partner_id", "in", self.customers.ids),
            ]
        )

    def _sums(self, lines, amount):
        """{(customer, currency): sum}, without zeros."""
        sums = defaultdict(float)
        for line in lines:
            key = line.partner_id.commercial_partner_id.id, line.currency_id.id
            sums[key] += amount(line)
        return {key: round(total, 6) for key, total in sums.items() if round(total, 6)}

    def _balances(self, day):
        """Residuals of a day in plain Python, from items and their reconciliations."""

        def still_open(line):
            def of_the_day(partials):
                return partials.filtered(
                    lambda p: (
                        p.max_date <= day
                        and p.debit_move_id.parent_state == "posted"
                        and p.credit_move_id.parent_state == "posted"
                    )
                )

            return (
                line.amount_currency
                - sum(of_the_day(line.matched_credit_ids).mapped("debit_amount_currency"))
                + sum(of_the_day(line.matched_debit_ids).mapped("credit_amount_currency"))
            )

        return self._sums(self._book().filtered(lambda line: line.date <= day), still_open)

    def _closings(self):
        return self._sums(self._book(), lambda line: line.amount_residual_currency)

    def _stated(self, start, end):
        return {
            (partner_id, one.currency.id): one
            for partner_id, found in self.env["receivable.statement"]
            ._get_accounts(self.company, self.customers, start, end)
            .items()
            for one in found
        }

    def _check_period(self, start, end):
        stated = self._stated(start, end)
        for name, day in (("opening", start - timedelta(days=1)), ("closing", end)):
            found = {key: getattr(one, name) for key, one in stated.items() if getattr(one, name)}
            self.assertEqual(found, self._balances(day), f"{name} {start} {end}")
        posted = self._sums(
            self._book().filtered(lambda line: start <= line.date <= end),
            lambda line: line.amount_currency,
        )
        for key, one in stated.items():
            currency = one.currency
            moved = sum(row.amount for row in one.movements)
            self.assertTrue(currency.is_zero(one.opening + moved - one.closing), key)
            self.assertEqual(one.closing, currency.round(sum(row.amount for row in one.items)))
            self.assertEqual(currency.round(sum(one.ages) + one.credit), one.closing)
            booked = sum(row.amount for row in one.movements if row.kind != "applied")
            self.assertTrue(currency.is_zero(booked - posted.get(key, 0.0)), key)
            if one.movements:
                self.assertEqual(one.movements[-1].balance, one.closing)
            for row in one.items:
                used = sum(applied.amount for applied in row.applied)
                self.assertTrue(currency.is_zero(abs(row.original) - used - abs(row.amount)), row)
        self.assertFalse(posted.keys() - stated.keys())

    @books.of_random_books(
        8,
        [books.step("invoice", currency=1), books.step("receive", cents=9_999),
         books.step("match"), books.step("twins"), books.step("reverse")],
        [books.step("branch", currency=2), books.step("pay", share=0.5, currency=1),
         books.step("undo"), books.step("invoice", who=1), books.step("refund")],
        steps=STEP,
        most=12,
    )  # fmt: skip
    def test_random_books(self, steps):
        with self._lived(steps, self._closings) as memory:
            first = self._day(books.START)
            days = [first - timedelta(days=1), *memory]
            for index, start in enumerate(days[:-1]):
                self._check_period(start + timedelta(days=1), days[min(index + 3, len(days) - 1)])
            for past, lived in memory.items():
                if lived is not None:
                    stated = self._stated(first, past)
                    found = {key: one.closing for key, one in stated.items() if one.closing}
                    self.assertEqual(found, lived, past)
