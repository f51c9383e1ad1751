from odoo.fields import Command
from odoo.tests import tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestWriteoffExamples(WriteoffCase):
    """Entries of write-offs where several things come together, line by line (P1-12, P2-14)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machines = cls._account("MAC001", "Machines", "asset_fixed")
        cls.in_kind = cls.env.ref("credit_collection.writeoff_reason_kind")
        cls.tax = cls.company_data["default_tax_sale"]

    def _taxed(self, price, **values):
        """An invoice with 15 % of tax."""
        line = self._line(price, invoice=True, tax_ids=[Command.set(self.tax.ids)])
        return self._invoice(self.customer, 0, invoice_line_ids=[line], **values)

    def _tax_account(self, invoice):
        return invoice.line_ids.filtered("tax_line_id").account_id

    def _settled(self, records, value, **values):
        writeoff = self._writeoff(records, reason_id=self.in_kind.id, **values)
        writeoff.write(
            {"settlement_value": value, "settlement_account_id": self.machines.id,
             "settlement_note": "Two lathes"}
        )  # fmt: skip
        writeoff.action_request()
        self._approve(writeoff)
        return writeoff.with_env(self.env).sudo()

    def test_in_kind_then_allowance_then_expense(self):
        """Machines of 400 for 1,000; of the loss of 600 the allowance bears 250."""
        self._provide(250)
        writeoff = self._settled(self._invoice(self.customer, 1000), 400)
        self.assertEntry(
            writeoff.move_id,
            (self.receivable, -1000), (self.machines, 400), (self.allowance, 250),
            (self.bad_debt, 350),
        )  # fmt: skip
        self.assertRecordValues(
            writeoff, [{"allowance_amount": 250, "expense_amount": 350, "amount_claim": 600}]
        )

    def test_in_kind_for_all_of_it(self):
        """Nothing is lost: no expense, no claim, though there is an allowance."""
        self._provide(250)
        writeoff = self._settled(self._invoice(self.customer, 1000), 1000)
        self.assertEntry(writeoff.move_id, (self.receivable, -1000), (self.machines, 1000))
        self.assertRecordValues(
            writeoff.line_ids, [{"amount_claim": 0, "claim_stage": "ended", "is_watched": False}]
        )

    def test_debt_for_equity(self):
        shares = self._account("SHA001", "Shares", "asset_non_current")
        writeoff = self._writeoff(
            self._invoice(self.customer, 1000),
            reason_id=self.env.ref("credit_collection.writeoff_reason_equity").id,
        )
        writeoff.write(
            {"settlement_value": 700, "settlement_account_id": shares.id,
             "settlement_note": "7 % of the shares"}
        )  # fmt: skip
        writeoff.action_request()
        self._approve(writeoff)
        self.assertEntry(
            writeoff.sudo().move_id, (self.receivable, -1000), (shares, 700), (self.bad_debt, 300)
        )

    def test_what_was_received_is_within_the_debt(self):
        for value in (-1, 1000.01):
            writeoff = self._writeoff(self._invoice(self.customer, 1000), reason_id=self.in_kind.id)
            writeoff.write({"settlement_value": value, "settlement_note": "Two lathes",
                            "settlement_account_id": self.machines.id})  # fmt: skip
            with self.subTest(value=value):
                self.refused(writeoff.action_request, words=["Value Received", "1,000.00"])
        writeoff.write({"settlement_value": 5, "settlement_account_id": False})
        self.refused(writeoff.action_request, words=["account for the assets received"])

    def test_tax_relief_of_what_is_lost_only(self):
        """1,150 with 150 of tax; machines for 460 leave 60 % lost: 90 of tax, 600 of loss."""
        invoice = self._taxed(1000)
        writeoff = self._settled(invoice, 460, tax_relief=True)
        self.assertEntry(
            writeoff.move_id,
            (self.receivable, -1150), (self.machines, 460), (self._tax_account(invoice), 90),
            (self.bad_debt, 600),
        )  # fmt: skip
        self.assertEqual(writeoff.tax_amount, 90)

    def test_tax_relief_of_a_foreign_invoice(self):
        """1,150 EUR at 2 to 1, half of it: 287.50 in the books, of which 37.50 are tax."""
        currency = self._rate("EUR", 2.0)
        self._rate("EUR", 4.0, date=self._today())
        self._provide(100)
        invoice = self._taxed(1000, currency=currency, days_overdue=60)
        writeoff = self._write_off(self._items(invoice), amounts=(575,), tax_relief=True)
        self.assertEntry(
            writeoff.move_id,
            (self.receivable, -287.5, -575), (self._tax_account(invoice), 37.5),
            (self.allowance, 100), (self.bad_debt, 150),
        )  # fmt: skip
        item = self._items(invoice)
        self.assertEqual((item.amount_residual, item.amount_residual_currency), (287.5, 575))

    def test_tax_relief_of_many_invoices_is_one_line_of_a_tax(self):
        invoices = self._taxed(1000) | self._taxed(200) | self._invoice(self.customer, 50)
        writeoff = self._write_off(invoices, tax_relief=True)
        self.assertEntry(
            writeoff.move_id,
            (self.receivable, -1150), (self.receivable, -230), (self.receivable, -50),
            (self._tax_account(invoices[0]), 180), (self.bad_debt, 1250),
        )  # fmt: skip

    def test_without_relief_the_tax_is_lost_too(self):
        writeoff = self._write_off(self._taxed(1000))
        self.assertEntry(writeoff.move_id, (self.receivable, -1150), (self.bad_debt, 1150))

    def test_cents_of_foreign_instalments(self):
        """Three instalments that do not divide: the book value leaves the books."""
        currency = self._rate("EUR", 3.0)
        invoice = self._invoice(
            self.customer, 100, currency=currency, term=self._term((33.33, 0), (33.33, 30), (33.34, 60))
        )  # fmt: skip
        first = self._write_off(self._items(invoice), amounts=(11.11, 33.33, 0.01))
        self.assertEntry(
            first.move_id,
            (self.receivable, -3.70, -11.11), (self.receivable, -11.11, -33.33),
            (self.receivable, 0, -0.01), (self.bad_debt, 14.81),
        )  # fmt: skip
        rest = self._write_off(invoice)
        items = self._items(invoice)
        self.assertEqual(items.mapped("amount_residual"), [0, 0, 0])
        self.assertEqual(items.mapped("amount_residual_currency"), [0, 0, 0])
        total = sum(items.mapped("balance"))
        self.assertAlmostEqual(first.expense_amount + rest.expense_amount, total)

    def test_cancelling_takes_back_tax_machines_and_allowance(self):
        self._provide(250)
        invoice = self._taxed(1000)
        writeoff = self._settled(invoice, 460, tax_relief=True)
        self._undo(writeoff)
        self.assertEntry(
            writeoff.reverse_move_id,
            (self.receivable, 1150), (self.machines, -460), (self._tax_account(invoice), -90),
            (self.allowance, -250), (self.bad_debt, -350),
        )  # fmt: skip
        self.assertEqual(invoice.amount_residual, 1150)
        self.assertEqual(
            self.company._receivable_allowance_balance(self.customer, self._today()), 250
        )

    def test_what_is_undone_stays_undone(self):
        """Neither the entry nor its reversal is undone once more in the books."""
        invoice = self._invoice(self.customer, 1000)
        writeoff = self._write_off(invoice)
        self._undo(writeoff)
        for move in (writeoff.move_id, writeoff.reverse_move_id):
            move = move.with_env(self.env)
            for call in (move.button_draft, move._reverse_moves, move.button_cancel,
                         self._items(move).remove_move_reconcile):  # fmt: skip
                with self.subTest(move=move.name, call=str(call)):
                    self.refused(call, words=[writeoff.name])
        self.assertEqual(invoice.amount_residual, 1000)

    # ------------------------------------------------------------------ closed periods

    def test_a_small_difference_in_a_closed_period(self):
        self.company.sudo().receivable_small_limit = 5
        invoice = self._invoice(self.customer, 4)
        small = self._writeoff(invoice)
        self._lock()
        self.refused(
            small.with_user(self.accountant).action_post_small,
            words=["The accounting period is closed"],
        )
        self.assertRecordValues(small.sudo(), [{"state": "draft", "is_small": False}])

    def test_tax_reported_closes_the_relief_only(self):
        """The tax return is filed: entries that take tax back cannot be booked, others can."""
        relief = self._writeoff(self._taxed(1000), tax_relief=True)
        plain = self._writeoff(self._taxed(1000))
        for writeoff in (relief, plain):
            writeoff.action_request()
            writeoff.with_user(self.finance_manager).validate_tier()
        self.company.sudo().tax_lock_date = self._today()
        self.refused(
            lambda: relief.with_user(self.general_manager).validate_tier(),
            words=["The accounting period is closed"],
        )
        plain.with_user(self.general_manager).validate_tier()
        self.assertEqual((relief.state, plain.state), ("requested", "approved"))
