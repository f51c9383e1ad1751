from collections import defaultdict
from datetime import timedelta

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from odoo.tests import freeze_time, tagged

from ...receivable.ageing import test_ageing_random as books


@tagged("post_install", "-at_install")
class TestSnapshotRandom(books.TestAgeingRandom):
    """Random books: a closed month equals the ageing of its last day and Odoo's ledger, to the cent."""

    # of the class above, which runs it itself
    test_random_books = None

    def _compare(self, day):
        month = self.env["insight.month"]._close(self.company, day)
        wanted = defaultdict(lambda: [0.0, 0.0, 0.0, defaultdict(float)])
        for row in self._items(day):
            sums = wanted[row["partner_id"] or False, row["currency_id"]]
            sums[0] += row["amount"]
            sums[1] += row["amount_currency"]
            if row["days"] > 0 and row["net"] > 0:
                sums[2] += row["net"]
            sums[3][row["column_index"]] += row["amount"]
        found = {(row.partner_id.id, row.currency_id.id): row for row in month.line_ids}
        self.assertFalse(wanted.keys() - found.keys())
        for key, row in found.items():
            amount, currency_amount, overdue, columns = wanted[key]
            self.assertAlmostEqual(row.receivable, amount, 2)
            self.assertAlmostEqual(row.receivable_currency, currency_amount, 2)
            self.assertAlmostEqual(row.overdue, overdue, 2)
            for index in range(10):
                self.assertAlmostEqual(row[f"column_{index + 1}"], columns[index], 2)
        self.assertAlmostEqual(month.receivable, self._ties(day), 2)
        self.assertFalse(self.company.currency_id.compare_amounts(month.receivable, month.balance))
        return month

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @example([books.step("instalments", currency=1), books.step("pay", share=0.5),
              books.step("receive", currency=2, cents=9_999), books.step("match")])  # fmt: skip
    @given(st.lists(books.STEP, min_size=6, max_size=14))
    def test_closed_months_of_random_books(self, steps):
        with self.env.cr.savepoint() as savepoint:
            self.moves = self.env["account.move"]
            self.payments = self.env["account.payment"]
            self.entries = self.env["account.move"]
            day = self._day(books.START)
            for act in steps:
                day += timedelta(days=act["gap"])
                with freeze_time(day):
                    getattr(self, f"_do_{act['do']}")(act, day)
                    self.env.flush_all()
            month_end = day.replace(day=1) - timedelta(days=1)
            if month_end >= self._day(books.START):
                self._compare(month_end)
            # The nightly check agrees, whatever was entered.
            self.assertRecordValues(
                self.env["insight.check"]._compare(self.company),
                [{"difference_exposure": 0, "difference_ageing": 0, "is_zero": True}],
            )
            savepoint.rollback()
        self.env.invalidate_all()
