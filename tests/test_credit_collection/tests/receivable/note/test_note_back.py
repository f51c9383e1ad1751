from odoo.fields import Command
from odoo.tests import tagged

from .note_case import NoteCase


@tagged("post_install", "-at_install")
class TestNoteBack(NoteCase):
    """Notes that come back: dishonoured, steps undone, in foreign currency (P4-08)."""

    # ------------------------------------------------------------------ dishonoured

    def test_dishonoured_the_debt_is_back_with_its_old_due_date(self):
        invoice = self._invoice(self.customer, 100, days_overdue=40)
        note = self._note(invoice, amount=110)
        note.action_present()
        step = self._step(note, "dishonour")
        self.assertEntry(
            step.move_id,
            (self.receivable, 100), (self.receivable, 10), (self.note_account, -110),
        )  # fmt: skip
        self.assertEqual(invoice.amount_residual, 100)
        self.assertEqual(self._items(invoice).date_maturity, self._today(-40))
        figures = self._figures(self.customer)
        self.assertEqual((figures.credit_overdue, figures.credit_days_overdue), (100, 40))
        self.assertEqual(self._exposure(self.customer), 100)

    def test_dishonoured_after_discount(self):
        invoice = self._invoice(self.customer, 100)
        note = self._note(invoice)
        self._step(note, "discount", interest=3)
        step = self._step(note, "dishonour")
        self.assertEntry(step.move_id, (self.receivable, 100), (self.bank_account, -100))
        self.assertEqual(invoice.amount_residual, 100)
        self.assertFalse(note.standing)

    def test_dishonoured_after_endorsement(self):
        invoice, bill = self._invoice(self.customer, 100), self._bill(80)
        note = self._note(invoice)
        self._step(note, "endorse", supplier_id=self.supplier.id)
        step = self._step(note, "dishonour")
        self.assertEntry(
            step.move_id,
            (self.receivable, 100), (self.payable, -80), (self.payable, -20),
        )  # fmt: skip
        self.assertEqual((invoice.amount_residual, bill.amount_residual), (100, 80))
        self._undo(note)
        self.assertEqual((invoice.amount_residual, bill.amount_residual), (0, 0))

    def test_dishonour_raises_the_risk_and_notifies(self):
        case = self.env["collection.case"].sudo()._system().create(
            {"partner_id": self.customer.id, "company_id": self.company.id,
             "user_id": self.collector.id}
        )  # fmt: skip
        note = self._note(self._invoice(self.customer, 100, 5))
        self._step(note, "dishonour")
        warning = self.env["credit.warning"].search([("partner_id", "=", self.customer.id)])
        self.assertIn("note", warning.mapped("kind"))
        self.assertIn(note.number, " ".join(warning.mapped("description")))
        self.assertIn(self._figures(self.customer).credit_risk_level, ("medium", "high"))
        self.assertIn("Account closed", case.message_ids[:1].body)
        self.assertEqual(case.activity_ids.user_id, self.collector)

    # ------------------------------------------------------------------ back

    def test_every_step_goes_back(self):
        invoice = self._invoice(self.customer, 100, 20)
        bill = self._bill(100)
        note = self._note(invoice)
        paths = (
            (("collect", {"fee": 1}),),
            (("discount", {"interest": 2}),),
            (("endorse", {"supplier_id": self.supplier.id}),),
            (("dishonour", {}),),
            (("discount", {"interest": 2}), ("dishonour", {})),
        )
        for path in paths:
            states = []
            for kind, values in path:
                states.append(note.state)
                step = self._step(note, kind, **values)
            for state in reversed(states):
                step = note.sudo()._last_step()
                self._undo(note)
                with self.subTest(path=[kind for kind, _values in path]):
                    self.assertEqual(note.state, state)
                    self.assertEqual(step.state, "undone")
                    self.assertEqual(step.reverse_move_id.reversed_entry_id, step.move_id)
            self.assertEqual((invoice.amount_residual, bill.amount_residual), (0, 100))
            self.assertEqual(self._exposure(self.customer), 100)
        self._undo(note)
        self.assertRecordValues(note, [{"state": "draft", "balance": 0, "standing": False}])
        self.assertEqual(invoice.amount_residual, 100)
        balance = self.env["account.move.line"].search(
            [("account_id", "=", self.note_account.id), ("parent_state", "=", "posted")]
        )
        self.assertAlmostEqual(sum(balance.mapped("balance")), 0)
        self.refused(lambda: self._undo(note), words=["no step"])
        note.action_receive()
        self.assertEqual(invoice.amount_residual, 0)

    def test_entries_are_undone_on_the_note_only(self):
        invoice = self._invoice(self.customer, 100)
        note = self._note(invoice)
        move = note.sudo().step_ids.move_id.with_env(self.env)
        for call in (
            move.button_draft, move._reverse_moves, invoice.button_draft,
            self._items(invoice).remove_move_reconcile,
        ):  # fmt: skip
            with self.subTest(call=str(call)):
                self.refused(call, words=[note.number])

    # ------------------------------------------------------------------ foreign currency

    def test_foreign_note(self):
        """Received at 2 to 1, collected at 4 to 1: half of it is an exchange loss."""
        currency = self._rate("EUR", 2.0)
        self._rate("EUR", 4.0, date=self._today())
        invoice = self._invoice(self.customer, 1000, days_overdue=30, currency=currency)
        note = self._note(invoice, date_received=self._today(-20))
        self.assertEntry(
            note.sudo().step_ids.move_id,
            (self.note_account, 500, 1000), (self.receivable, -500, -1000),
        )  # fmt: skip
        self.assertEqual(note.balance, 500)
        step = self._step(note, "collect", fee=20)
        loss = self.company.expense_currency_exchange_account_id
        self.assertEntry(
            step.move_id,
            (self.bank_account, 245, 980), (self.fee_account, 5, 20),
            (self.note_account, -500, -1000), (loss, 250),
        )  # fmt: skip
        self._undo(note)
        step = self._step(note, "dishonour")
        self.assertEntry(
            step.move_id, (self.receivable, 500, 1000), (self.note_account, -500, -1000)
        )
        self.assertEqual(invoice.amount_residual, 1000)
        self.assertEqual(self._items(invoice).amount_residual, 500)

    def test_bank_statement_is_matched_and_unmatched_by_odoo(self):
        """A wrong match with money on its way is mended in the bank's journal, not on the note."""
        account = self._account("OUT001", "Outstanding", "asset_current", reconcile=True)
        self.bank.inbound_payment_method_line_ids.payment_account_id = account
        note = self._note(self._invoice(self.customer, 100), date_maturity=self._today())
        step = self._step(note, "collect", date=self._today(), journal_id=self.bank.id)
        statement = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "amount": 100,
                "date": self._today(),
                "payment_ref": "note",
            }
        )
        _bank, item, _other = statement._seek_for_lines()
        statement.move_id.with_context(skip_readonly_check=True).write(
            {"line_ids": [Command.update(item.id, {"account_id": account.id})]}
        )
        way = step.move_id.line_ids.filtered(lambda i: i.account_id == account)
        (item | way).reconcile()
        statement.action_undo_reconciliation()
        self.assertFalse(way.reconciled)
        self.assertEqual(step.move_id.state, "posted")
