from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from ...receivable.ageing import test_ageing_random as books


@tagged("post_install", "-at_install")
class TestReportBridgeRandom(books.TestAgeingRandom):
    """Random books: the movement of the aging adds up, per bucket and in all, to the cent."""

    # of the class above, which runs it itself
    test_random_books = None

    def _compare(self, last):
        months = self.env["insight.month"]
        before = months._close(self.company, last.replace(day=1) - timedelta(days=1))
        month = months._close(self.company, last)
        rows = self.env["insight.report"]._get_bridge(month, before)
        currency = self.company.currency_id
        for index, row in enumerate(rows):
            closing = sum(month.line_ids.mapped(f"column_{index + 1}"))
            self.assertFalse(currency.compare_amounts(row["closing"], closing))
            known = sum(value for name, value in row.items() if name != "closing")
            self.assertFalse(currency.compare_amounts(known, row["closing"]))
        total = {name: currency.round(sum(row[name] for row in rows)) for name in rows[0]}
        self.assertTrue(currency.is_zero(total["moved"]), total)
        self.assertTrue(currency.is_zero(total["later"]), total)
        self.assertFalse(
            currency.compare_amounts(total["opening"], before.receivable + before.note)
        )
        self.assertFalse(currency.compare_amounts(total["closing"], month.receivable + month.note))
        # In plain Python, from the entries.
        lines = self.env["account.move.line"].search(
            [
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
                ("date", ">=", last.replace(day=1)),
                ("date", "<=", last),
            ]
        )
        invoices = lines.filtered(lambda line: line.move_id.move_type == "out_invoice")
        self.assertFalse(currency.compare_amounts(total["new"], sum(invoices.mapped("balance"))))
        moved = total["paid"] + total["credited"] + total["written"] + total["other"] + total["new"]
        self.assertFalse(currency.compare_amounts(moved, sum(lines.mapped("balance"))))

    @books.of_random_books(6, books.TWO_CURRENCIES)
    def test_bridge_of_random_books(self, steps):
        with self._lived(steps) as days:
            self._compare(max(days) + relativedelta(months=-1, day=31))
