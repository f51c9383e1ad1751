from odoo.fields import Command
from odoo.tests import tagged

from .note_case import NoteCase


@tagged("post_install", "-at_install")
class TestNoteChangedMeanwhile(NoteCase):
    """Notes whose steps were undone and taken again, and whose customers changed meanwhile."""

    def _in_books(self, day):
        items = self.env["account.move.line"].search(
            [("account_id", "=", self.note_account.id), ("date", "<=", day),
             ("parent_state", "=", "posted")]
        )  # fmt: skip
        return sum(items.mapped("balance"))

    def test_booked_anew_with_another_amount_every_day_ties(self):
        note = self._note(
            self._invoice(self.customer, 100, days_overdue=50),
            amount=130,
            date_received=self._today(-40),
        )
        self._undo(note, date=self._today(-10))
        line = note.line_ids
        for amount, named in ((80, 80), (300, 90)):
            note.write({"amount": amount, "line_ids": [Command.update(line.id, {"amount": named})]})
            note.action_receive()
            self.env.flush_all()
            for days, books in ((-45, 0), (-40, 130 + amount), (-11, 130 + amount), (-10, amount)):
                day = self._today(days)
                with self.subTest(amount=amount, days=days):
                    rows = self.env["receivable.ageing"]._get_items(self.company, day, ("note",))
                    self.assertEqual(self._in_books(day), books)
                    self.assertEqual(float(sum(row["amount"] for row in rows)), books)
            self._undo(note, date=self._today(-40))

    def _endorsed_and_dishonoured(self):
        self.invoice = self._invoice(self.customer, 100, days_overdue=50)
        note = self._note(
            self.invoice, date_received=self._today(-40), date_maturity=self._today(-12)
        )
        self.bill = self._bill(60, days_overdue=30)
        payable = self.bill.line_ids.filtered(lambda li: li.account_type == "liability_payable")
        self._step(
            note, "endorse", date=self._today(-30), supplier_id=self.supplier.id,
            bill_line_ids=[Command.set(payable.ids)],
        )  # fmt: skip
        self._step(note, "dishonour", date=self._today(-10))
        self.assertEqual((self.invoice.amount_residual, self.bill.amount_residual), (100, 60))
        return note

    def test_a_dishonour_is_undone_though_all_was_paid_meanwhile(self):
        note = self._endorsed_and_dishonoured()
        for move in (self.invoice, self.bill):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            ).create({})._create_payments()
        self._undo(note)
        self.assertEqual(note.state, "endorsed")
        self.assertEqual((self.invoice.amount_residual, self.bill.amount_residual), (0, 0))
        credit = note.sudo()._last_of("receive").move_id.line_ids.filtered("credit")
        self.assertEqual(credit.amount_residual, -100, "money that the customer has left")

    def test_a_matured_note_is_not_contingent_again(self):
        note = self._endorsed_and_dishonoured()
        self._undo(note)
        self.assertEqual((note.state, note.standing), ("endorsed", False))

    def test_a_customer_who_becomes_part_of_another(self):
        claims = self._write_off(self._invoice(self.customer, 100, days_overdue=40)).line_ids
        invoice = self._invoice(self.customer, 60, days_overdue=40)
        note = self._note(invoice)
        group = self._customer("Group")
        self.customer.with_user(self.controller).write({"parent_id": group.id, "is_company": False})
        recovery = self._recover(claims, payment=self._paid_item(50), amounts=[50])
        self.assertEqual((recovery.state, claims.amount_remaining), ("done", 50))
        self._step(note, "dishonour")
        self.assertEqual((note.state, invoice.amount_residual), ("dishonoured", 60))
        counts = self.env["res.partner"]._get_broken_promise_counts(group, self.company)
        self.assertEqual(counts[group.id], 1)
