from odoo.fields import Command
from odoo.tests import tagged

from ...common import migration
from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestWriteoff(WriteoffCase):
    """Entries of write-offs, and of small differences without approval (P1-12)."""

    def test_allowance_first_the_rest_is_expense(self):
        self._provide(700)
        invoice = self._invoice(self.customer, 1000, days_overdue=400)
        writeoff = self._write_off(invoice)
        self.assertEntry(
            writeoff.move_id,
            (self.receivable, -1000), (self.allowance, 700), (self.bad_debt, 300),
        )  # fmt: skip
        self.assertRecordValues(
            writeoff,
            [{"state": "approved", "allowance_amount": 700, "expense_amount": 300,
              "amount_total": 1000, "amount_claim": 1000, "date": self._today()}],
        )  # fmt: skip
        self.assertEqual(self._items(invoice).amount_residual, 0)
        self.assertTrue(self._items(invoice).full_reconcile_id)
        self.assertEqual(invoice.receivable_writeoff_count, 1)
        self.assertEqual(writeoff.move_id.receivable_writeoff_count, 1)
        self.assertEqual(self._exposure(self.customer), 0)

    def test_allowance_is_used_once(self):
        self._provide(700)
        self._write_off(self._invoice(self.customer, 500))
        second = self._write_off(self._invoice(self.customer, 500))
        self.assertEntry(
            second.move_id,
            (self.receivable, -500), (self.allowance, 200), (self.bad_debt, 300),
        )  # fmt: skip
        third = self._write_off(self._invoice(self.customer, 50))
        self.assertEntry(third.move_id, (self.receivable, -50), (self.bad_debt, 50))

    def test_allowance_of_the_customer_only(self):
        self.company.sudo().receivable_allowance_use = "customer"
        self._provide(700, self._customer("Other"))
        self._provide(100, self.customer)
        writeoff = self._write_off(self._invoice(self.customer, 500))
        self.assertEntry(
            writeoff.move_id,
            (self.receivable, -500), (self.allowance, 100), (self.bad_debt, 400),
        )  # fmt: skip

    def test_without_allowance_all_is_expense(self):
        self.company.sudo().write(
            {"receivable_allowance_use": "none", "receivable_allowance_account_id": False}
        )
        writeoff = self._write_off(self._invoice(self.customer, 500))
        self.assertEntry(writeoff.move_id, (self.receivable, -500), (self.bad_debt, 500))

    def test_instalments_in_part(self):
        term = self._term((50, 0), (50, 30))
        invoice = self._invoice(self.customer, 1000, term=term)
        first, second = self._items(invoice).sorted("date_maturity")
        writeoff = self._write_off(first | second, amounts=(500, 120))
        self.assertEntry(
            writeoff.move_id,
            (self.receivable, -500), (self.receivable, -120), (self.bad_debt, 620),
        )  # fmt: skip
        self.assertEqual((first.amount_residual, second.amount_residual), (0, 380))
        self.assertEqual(invoice.amount_residual, 380)
        self.assertEqual(writeoff.line_ids.mapped("amount"), [500, 120])

    def test_many_invoices_of_one_customer(self):
        invoices = self._invoice(self.customer, 100) | self._invoice(self.customer, 200)
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        invoices |= self._invoice(contact, 300)
        writeoff = self._write_off(invoices)
        self.assertEntry(
            writeoff.move_id,
            (self.receivable, -100), (self.receivable, -200), (self.receivable, -300),
            (self.bad_debt, 600),
        )  # fmt: skip
        self.assertEqual(invoices.mapped("payment_state"), ["paid"] * 3)

    def test_foreign_currency_leaves_at_its_value_in_the_books(self):
        """Invoiced at 2 to 1, today 4 to 1: the loss is the book value."""
        currency = self._rate("EUR", 2.0)
        self._rate("EUR", 4.0, date=self._today())
        invoice = self._invoice(
            self.customer, 1000, days_overdue=60, currency=currency,
        )  # fmt: skip
        self.assertEqual(self._items(invoice).balance, 500)
        writeoff = self._write_off(self._items(invoice), amounts=(300,))
        self.assertEntry(writeoff.move_id, (self.receivable, -150, -300), (self.bad_debt, 150))
        rest = self._write_off(invoice)
        self.assertEntry(rest.move_id, (self.receivable, -350, -700), (self.bad_debt, 350))
        item = self._items(invoice)
        self.assertEqual((item.amount_residual, item.amount_residual_currency), (0, 0))
        self.assertFalse(item.matched_credit_ids.exchange_move_id)

    def test_tax_relief_takes_back_the_tax(self):
        tax = self.company_data["default_tax_sale"]
        invoice = self._invoice(
            self.customer, 0,
            invoice_line_ids=[self._line(1000, invoice=True, tax_ids=[Command.set(tax.ids)])],
        )  # fmt: skip
        tax_item = invoice.line_ids.filtered("tax_line_id")
        self.assertEqual((invoice.amount_total, -tax_item.balance), (1150, 150))
        writeoff = self._write_off(self._items(invoice), amounts=(575,), tax_relief=True)
        self.assertEntry(
            writeoff.move_id,
            (self.receivable, -575), (tax_item.account_id, 75), (self.bad_debt, 500),
        )  # fmt: skip
        self.assertEqual(writeoff.tax_amount, 75)
        relief = writeoff.move_id.line_ids.filtered(lambda li: li.account_id == tax_item.account_id)
        self.assertEqual(relief.tax_tag_ids, tax_item.tax_tag_ids)

    def test_settlement_in_kind(self):
        """Machines worth 400 for a debt of 1,000: 400 is no loss, 600 stays claimed (P3-11)."""
        machines = self._account("MAC001", "Machines", "asset_fixed")
        invoice = self._invoice(self.customer, 1000)
        writeoff = self._writeoff(
            invoice, reason_id=self.env.ref("credit_collection.writeoff_reason_kind").id
        )
        self.assertEqual(
            writeoff.evidence_ids.document_id.mapped("name"),
            ["Settlement agreement", "Appraisal", "Deed of transfer"],
        )
        writeoff.write({"settlement_value": 400, "settlement_account_id": machines.id})
        self.refused(writeoff.action_request, words=["what was received"])
        writeoff.settlement_note = "Two lathes"
        writeoff.action_request()
        self._approve(writeoff)
        writeoff = writeoff.sudo()
        self.assertEntry(
            writeoff.move_id,
            (self.receivable, -1000), (machines, 400), (self.bad_debt, 600),
        )  # fmt: skip
        self.assertEqual(writeoff.line_ids.amount_remaining, 600)

    def test_discount_for_quality_goes_to_its_own_account(self):
        self._provide(1000)
        discounts = self._account("DIS001", "Discounts", "expense")
        reason = self.env.ref("credit_collection.writeoff_reason_quality")
        reason.sudo().with_company(self.company).account_id = discounts
        writeoff = self._write_off(self._invoice(self.customer, 80), reason_id=reason.id)
        self.assertEntry(writeoff.move_id, (self.receivable, -80), (discounts, 80))
        self.assertRecordValues(
            writeoff.line_ids, [{"amount_claim": 0, "claim_stage": "ended", "is_watched": False}]
        )

    def test_reasons_are_found_by_synonyms(self):
        """Also in databases from before 19.0.1.6.0, whose own words stay."""
        self.bankrupt.sudo().synonyms = False
        self.aged.sudo().synonyms = "hopeless"
        migration("19.0.1.6.0", "post-writeoff_synonyms").migrate(self.cr, "19.0.1.5.0")
        self.assertEqual(self.aged.synonyms, "hopeless")
        reasons = self.env["receivable.writeoff.reason"]
        self.assertEqual(
            reasons.name_search("insolven"), [(self.bankrupt.id, self.bankrupt.display_name)]
        )

    def test_what_is_missing_is_said_before_it_is_asked_for(self):
        invoice = self._invoice(self.customer, 100, days_overdue=400)
        writeoff = self._writeoff(invoice, attach=False, explanation=" ")
        for text in ("Evidence is missing", "Explain why"):
            self.assertIn(text, writeoff.missing_input)
        self._attach(writeoff)
        writeoff.explanation = "Nothing to get"
        self.env.invalidate_all()
        self.assertFalse(writeoff.missing_input)
        writeoff.action_request()
        self.assertFalse(writeoff.missing_input)
