from collections import defaultdict
from datetime import timedelta

from odoo.tests import tagged

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

    @books.of_random_books(6, books.TWO_CURRENCIES)
    def test_closed_months_of_random_books(self, steps):
        with self._lived(steps) as days:
            month_end = max(days).replace(day=1) - timedelta(days=1)
            if month_end >= self._day(books.START):
                self._compare(month_end)
            # The nightly check agrees, whatever was entered.
            self.assertRecordValues(
                self.env["insight.check"]._compare(self.company),
                [{"difference_exposure": 0, "difference_ageing": 0, "is_zero": True}],
            )
