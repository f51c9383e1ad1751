from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .note_case import NoteCase


@tagged("post_install", "-at_install")
class TestNoteRefused(NoteCase):
    """Steps of notes that are refused leave nothing behind (P4-08)."""

    def test_refusals(self):
        invoice = self._invoice(self.customer, 100)
        note = self._note(invoice, receive=False)
        self.refused(note.action_present, words=["this step is not possible"])
        self.company.sudo().receivable_note_account_id = False
        self.note_account.name = "Paper"  # not found by its name either
        self.refused(note.action_receive, words=["Notes Receivable"])
        self.company.sudo().receivable_note_account_id = self.note_account
        note.amount = 90
        self.refused(note.action_receive, words=["90.00"])
        note.amount = 100
        self._lock()
        self.refused(note.action_receive, words=["closed"])
        self.assertEqual(note.state, "draft")
        self._lock(self._today(-1))
        note.action_receive()
        self._lock()
        self.refused(lambda: self._step(note, "collect"), words=["closed"])
        self.refused(lambda: self._undo(note), words=["closed"])
        self.assertEqual(note.state, "in_hand")
        self._lock(self._today(-1))
        self.refused(lambda: self._step(note, "discount", interest=100), words=["Interest"])
        foreign = self._bill(50, currency=self._rate("EUR", 2.0))
        self.refused(
            lambda: self._step(
                note, "endorse", supplier_id=self.supplier.id,
                bill_line_ids=[Command.set(foreign.line_ids.filtered(
                    lambda li: li.account_type == "liability_payable").ids)],
            ),
            words=[foreign.name],
        )  # fmt: skip
        self.refused(note.unlink, AccessError)
        self.refused(lambda: note.write({"amount": 5}), AccessError)
        self.refused(lambda: note.line_ids.write({"amount": 5}), AccessError)

    def test_invoice_of_another_customer_or_paid(self):
        foreign = self._invoice(self._customer("Other"), 100)
        note = self._note(foreign, receive=False)
        self.refused(note.action_receive, words=[foreign.name])
        invoice = self._invoice(self.customer, 100)
        note = self._note(invoice, receive=False)
        self._pay(invoice, 50)
        self.refused(note.action_receive, words=[invoice.name])

    def test_only_accountants_keep_notes(self):
        invoice = self._invoice(self.customer, 100)
        for user in (self.salesperson, self.collector, self.controller, self.general_manager):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: self._note(invoice, user=u, receive=False), AccessError)
        note = self._note(invoice)
        for user in (self.salesperson, self.controller):
            own = note.with_user(user)
            for call in (own.action_present, own.action_step_back, own.action_collect,
                         lambda o=own: o.write({"note": "x"})):  # fmt: skip
                self.refused(call, AccessError)
            self.refused(lambda u=user: self._step(note, "collect", user=u), AccessError)
