from odoo.exceptions import AccessError
from odoo.tests import tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestWriteoffCancel(WriteoffCase):
    """Cancelling reverses all of it; where a write-off starts from (P3-08)."""

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
