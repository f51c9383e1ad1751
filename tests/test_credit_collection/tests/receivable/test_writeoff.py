from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestWriteoff(WriteoffCase):
    """Applications: evidence, decision, entry, cancelling (P1-12, P3-08)."""

    # ------------------------------------------------------------------ entries

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
        """Invoiced at 2 to 1, today 4 to 1: the loss is what stood in the books."""
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

    # ------------------------------------------------------------------ evidence

    def test_missing_evidence_needs_a_promised_date(self):
        writeoff = self._writeoff(
            self._invoice(self.customer, 100), attach=False, reason_id=self.bankrupt.id
        )
        self.assertEqual(writeoff.evidence_ids.mapped("state"), ["missing", "missing"])
        self.refused(writeoff.action_request, words=["Ruling or file of the bankruptcy"])
        writeoff.evidence_ids[0].attachment_ids = [
            Command.create({"name": "ruling.pdf", "raw": b"x"})
        ]
        self.refused(writeoff.action_request, words=["Proof of the claim registered"])
        writeoff.evidence_ids[1].date_promised = self._today(-1)
        self.refused(writeoff.action_request, words=["has passed"])
        writeoff.evidence_ids[1].date_promised = self._today(20)
        self.assertIn("promised for", writeoff.missing)
        writeoff.action_request()
        self.assertEqual(writeoff.state, "requested")
        # It may still arrive; what the approvers saw stays.
        writeoff.evidence_ids[1].attachment_ids = [
            Command.create({"name": "proof.pdf", "raw": b"x"})
        ]
        self.assertFalse(writeoff.missing)
        first = writeoff.evidence_ids[0]
        self.refused(lambda: first.write({"attachment_ids": [Command.clear()]}), AccessError)
        self.refused(
            first.attachment_ids.with_user(self.salesperson).unlink, AccessError,
        )  # fmt: skip

    def test_the_reason_says_which_papers(self):
        writeoff = self._writeoff(self._invoice(self.customer, 100), attach=False)
        self.assertEqual(writeoff.evidence_ids.document_id, self.aged.document_ids)
        writeoff.reason_id = self.bankrupt
        self.assertEqual(writeoff.evidence_ids.document_id, self.bankrupt.document_ids)

    def test_an_explanation_is_needed(self):
        writeoff = self._writeoff(self._invoice(self.customer, 100), explanation=" ")
        self.refused(writeoff.action_request, words=["Explain"])

    # ------------------------------------------------------------------ decision

    def test_finance_then_management_and_never_who_asks(self):
        writeoff = self._writeoff(self._invoice(self.customer, 100), user=self.salesperson)
        writeoff.action_request()
        for role in ("general_manager", "executive", "accountant", "salesperson"):
            with self.subTest(role=role):
                self.refused(
                    lambda r=role: writeoff.with_user(self.roles[r]).validate_tier(), AccessError
                )
        writeoff.with_user(self.finance_manager).validate_tier()
        self.refused(lambda: writeoff.with_user(self.finance_manager).validate_tier(), AccessError)
        self.assertEqual(writeoff.state, "requested")
        writeoff.with_user(self.general_manager).validate_tier()
        self.assertEqual(writeoff.state, "approved")

    def test_who_asks_never_approves(self):
        both = self._user(
            "both", "sales_team.group_sale_manager,credit_collection.group_credit_finance_manager"
        )
        writeoff = self._writeoff(self._invoice(self.customer, 100), user=both)
        writeoff.action_request()
        self.refused(writeoff.validate_tier, AccessError)

    def test_large_needs_the_executives(self):
        self.company.sudo().receivable_large_writeoff = 500
        writeoff = self._writeoff(self._invoice(self.customer, 501))
        self.assertTrue(writeoff.is_large)
        writeoff.action_request()
        self._approve(writeoff)
        self.assertEqual(writeoff.state, "requested")
        self._approve(writeoff, "executive")
        self.assertEqual(writeoff.state, "approved")
        self.assertFalse(self._writeoff(self._invoice(self.customer, 500)).is_large)

    def test_rejected_books_nothing(self):
        invoice = self._invoice(self.customer, 100)
        writeoff = self._writeoff(invoice)
        writeoff.action_request()
        writeoff.with_user(self.finance_manager)._rejected_tier()
        self.assertRecordValues(writeoff.sudo(), [{"state": "rejected", "move_id": False}])
        self.assertEqual(invoice.amount_residual, 100)

    def test_paid_meanwhile(self):
        invoice = self._invoice(self.customer, 100)
        writeoff = self._writeoff(invoice)
        writeoff.action_request()
        writeoff.with_user(self.finance_manager).validate_tier()
        self._pay(invoice, 60)
        self.refused(
            lambda: writeoff.with_user(self.general_manager).validate_tier(),
            words=[invoice.name, "40"],
        )
        self.assertEqual(writeoff.state, "requested")

    def test_asked_for_twice(self):
        invoice = self._invoice(self.customer, 100)
        self._writeoff(invoice).action_request()
        self.refused(self._writeoff(invoice).action_request, words=["waits for the decision"])

    # ------------------------------------------------------------------ refusals

    def test_closed_period_posts_nothing(self):
        invoice = self._invoice(self.customer, 100)
        writeoff = self._writeoff(invoice)
        writeoff.action_request()
        writeoff.with_user(self.finance_manager).validate_tier()
        self._lock()
        self.refused(
            lambda: writeoff.with_user(self.general_manager).validate_tier(),
            words=["The books are closed", "Nothing was posted"],
        )
        self.assertEqual(writeoff.state, "requested")
        self.assertEqual(invoice.amount_residual, 100)

    def test_accountant_moves_the_day_while_it_is_decided(self):
        writeoff = self._writeoff(self._invoice(self.customer, 100, days_overdue=90))
        writeoff.write({"date": self._today(-40)})
        writeoff.action_request()
        self._lock(self._today(-30))
        writeoff.with_user(self.finance_manager).validate_tier()
        self.refused(lambda: writeoff.with_user(self.general_manager).validate_tier())
        self.refused(lambda: writeoff.write({"date": self._today()}), AccessError)
        writeoff.with_user(self.accountant).write({"date": self._today(-5)})
        writeoff.with_user(self.general_manager).validate_tier()
        self.assertEqual(writeoff.sudo().move_id.date, self._today(-5))

    def test_a_day_to_come_is_refused(self):
        writeoff = self._writeoff(self._invoice(self.customer, 100))
        writeoff.write({"date": self._today(3)})
        writeoff.action_request()
        writeoff.with_user(self.finance_manager).validate_tier()
        self.refused(
            lambda: writeoff.with_user(self.general_manager).validate_tier(),
            words=["still to come"],
        )

    def test_chart_without_accounts(self):
        invoice = self._invoice(self.customer, 100)
        writeoff = self._writeoff(invoice)
        for name, label in (
            ("receivable_allowance_account_id", "Allowance for Doubtful Accounts"),
            ("receivable_bad_debt_account_id", "Bad-Debt Expense"),
        ):
            account = self.company[name]
            self.company.sudo()[name] = False
            called, account.name = account.name, "Other"
            with self.subTest(account=label):
                self.refused(writeoff.action_request, words=[label, "Nothing was posted"])
            # The chart names it: that is enough.
            account.name = called
            writeoff._check_draft()
            self.company.sudo()[name] = account
        writeoff.action_request()
        self.company.sudo().receivable_bad_debt_account_id = False
        self.bad_debt.name = "Other"
        writeoff.with_user(self.finance_manager).validate_tier()
        self.refused(lambda: writeoff.with_user(self.general_manager).validate_tier())
        self.assertEqual(invoice.amount_residual, 100)

    def test_what_cannot_be_chosen(self):
        paid = self._invoice(self.customer, 100)
        self._pay(paid)
        draft = self._invoice(self.customer, 100, post=False)
        refund = self._invoice(self.customer, 100, move_type="out_refund")
        for records in (paid, draft, refund):
            with self.subTest(records=records.display_name):
                self.refused(lambda r=records: self._wizard(r))
        two = self._invoice(self.customer, 1) | self._invoice(self._customer("Other"), 1)
        self.refused(lambda: self._wizard(two), words=["one customer"])
        for amount in (0, -5, 101):
            with self.subTest(amount=amount):
                self.refused(
                    lambda a=amount: self._writeoff(
                        self._invoice(self.customer, 100), amounts=(a,)
                    ),
                    words=["To Write Off"],
                )

    # ------------------------------------------------------------------ cancelling

    def test_cancelling_reverses_all(self):
        self._provide(30)
        invoice = self._invoice(self.customer, 100)
        writeoff = self._write_off(invoice)
        action = writeoff.with_user(self.accountant).action_cancel()
        self.assertEqual(action["res_model"], "receivable.undo")
        self._undo(writeoff, reason="The customer lives")
        self.assertRecordValues(
            writeoff,
            [{"state": "cancelled", "cancel_reason": "The customer lives", "amount_claim": 0}],
        )
        self.assertEntry(
            writeoff.reverse_move_id,
            (self.receivable, 100), (self.allowance, -30), (self.bad_debt, -70),
        )  # fmt: skip
        self.assertEqual(writeoff.move_id.reversal_move_ids, writeoff.reverse_move_id)
        self.assertEqual(invoice.amount_residual, 100)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(
            self.company._receivable_allowance_balance(self.customer, self._today()), 30
        )
        self.assertFalse(writeoff.line_ids.filtered_domain(writeoff.line_ids._get_claim_domain()))
        self.refused(lambda: self._undo(writeoff))
        # And once more, for good.
        self.assertEqual(self._write_off(invoice).state, "approved")

    def test_only_accountants_cancel_and_not_in_closed_periods(self):
        writeoff = self._write_off(self._invoice(self.customer, 100))
        for user in (self.salesperson, self.collector, self.general_manager, self.controller):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: self._undo(writeoff, user=u), AccessError)
        self._lock()
        self.refused(lambda: self._undo(writeoff), words=["closed"])
        self.assertEqual(writeoff.state, "approved")

    def test_entry_is_undone_on_its_document_only(self):
        invoice = self._invoice(self.customer, 100)
        writeoff = self._write_off(invoice)
        move = writeoff.move_id.with_env(self.env)
        for call in (
            move.button_draft,
            move._reverse_moves,
            lambda: move._reverse_moves(cancel=True),
            self._items(invoice).remove_move_reconcile,
            self._items(move).remove_move_reconcile,
            invoice.button_draft,
        ):
            with self.subTest(call=str(call)):
                self.refused(call, words=[writeoff.name])
        self._undo(writeoff)
        invoice.button_draft()

    # ------------------------------------------------------------------ small differences

    def test_small_difference_without_approval(self):
        self.company.sudo().receivable_small_limit = 5
        invoice = self._invoice(self.customer, 100)
        self._pay(invoice, 96)
        wizard = self._wizard(
            invoice, self.accountant,
            reason_id=self.env.ref("credit_collection.writeoff_reason_small").id,
        )  # fmt: skip
        self.assertTrue(wizard.is_small)
        writeoff = self.env["receivable.writeoff"].browse(wizard.action_write_off()["res_id"])
        self.assertEntry(writeoff.move_id, (self.receivable, -4), (self.bad_debt, 4))
        self.assertRecordValues(
            writeoff, [{"state": "approved", "is_small": True, "amount_claim": 0}]
        )
        self.assertFalse(writeoff.review_ids)
        self.assertEqual(invoice.amount_residual, 0)

    def test_small_is_for_accountants_and_not_nibbled(self):
        self.company.sudo().receivable_small_limit = 5
        invoice = self._invoice(self.customer, 100)
        small = self._writeoff(invoice, amounts=(4,))
        self.refused(small.action_post_small, AccessError)
        small.with_user(self.accountant).action_post_small()
        again = self._writeoff(invoice, amounts=(2,))
        self.refused(again.with_user(self.accountant).action_post_small, words=["without approval"])
        self.company.sudo().receivable_small_limit = 0
        self.refused(again.with_user(self.accountant).action_post_small)

    # ------------------------------------------------------------------ the case

    def test_from_case_and_ledger(self):
        invoices = self._invoice(self.customer, 100, 90) | self._invoice(self.customer, 50, 80)
        case = self.env["collection.case"].sudo()._system().create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )  # fmt: skip
        self.env.flush_all()
        ledger = self.env["credit.exposure.line"].search([("partner_id", "=", self.customer.id)])
        for records in (case.with_env(self.env), ledger, self._items(invoices)):
            with self.subTest(model=records._name):
                wizard = self._wizard(records, self.collector)
                self.assertEqual(wizard.line_ids.move_id, invoices)
                self.assertEqual(wizard.amount_total, 150)
                action = records.with_user(self.collector).action_receivable_writeoff()
                self.assertEqual(action["res_model"], "receivable.writeoff.apply")
                opened = self.env["receivable.writeoff.apply"].with_context(**action["context"])
                self.assertEqual(
                    opened.create({"reason_id": self.aged.id}).line_ids.move_line_id,
                    self._items(invoices),
                )
        wizard = self.env["receivable.writeoff.apply"].with_user(self.collector).create(
            {"partner_id": self.customer.id, "reason_id": self.aged.id}
        )  # fmt: skip
        self.assertEqual(wizard.line_ids.move_id, invoices)
        self.assertEqual(wizard.line_ids[:1].amount, 100)
