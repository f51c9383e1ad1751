from datetime import date

from odoo.tests import freeze_time, tagged

from .note_case import NoteCase


@tagged("post_install", "-at_install")
class TestNote(NoteCase):
    """Notes receivable: every step forwards with its entry (P4-08)."""

    # ------------------------------------------------------------------ receipt

    def test_receipt_pays_the_named_invoices(self):
        invoices = self._invoice(self.customer, 100, 30) | self._invoice(self.customer, 50, 10)
        note = self._note(invoices)
        step = note.step_ids
        self.assertEntry(
            step.sudo().move_id,
            (self.note_account, 150), (self.receivable, -100), (self.receivable, -50),
        )  # fmt: skip
        self.assertRecordValues(note, [{"state": "in_hand", "balance": 150, "standing": "held"}])
        self.assertEqual(invoices.mapped("amount_residual"), [0, 0])
        self.assertEqual(invoices.mapped("receivable_note_count"), [1, 1])
        self.assertEqual(step.sudo().move_id.receivable_note_count, 1)

    def test_what_is_over_stays_with_the_customer(self):
        invoice = self._invoice(self.customer, 100)
        note = self._note(invoice, amount=120)
        self.assertEntry(
            note.step_ids.sudo().move_id,
            (self.note_account, 120), (self.receivable, -100), (self.receivable, -20),
        )  # fmt: skip
        self.assertEqual(self._exposure(self.customer), 100)

    def test_it_counts_in_the_exposure_until_it_is_collected(self):
        note = self._note(self._invoice(self.customer, 100, 30))
        self.assertEqual(self._exposure(self.customer), 100)
        line = self._lines(self.customer, kind="note")
        self.assertRecordValues(
            line, [{"name": note.number, "amount": 100, "date_maturity": note.date_maturity}]
        )
        self.assertEqual(line.action_open_document()["res_id"], note.id)
        figures = self._figures(self.customer)
        self.assertEqual((figures.receivable_note_amount, figures.receivable_contingent), (100, 0))
        self.assertEqual(figures.credit_overdue, 0)
        note.action_present()
        self.assertEqual(self._exposure(self.customer), 100)
        self._step(note, "collect")
        self.assertEqual(self._exposure(self.customer), 0)

    def test_oldest_invoices_first(self):
        second = self._invoice(self.customer, 100, 10)
        first = self._invoice(self.customer, 100, 30)
        note = self._note(self.env["account.move"], amount=150, receive=False)
        note.action_propose()
        self.assertEqual(note.line_ids.move_line_id.move_id, first | second)
        self.assertEqual(note.line_ids.mapped("amount"), [100, 50])

    def test_from_the_invoice(self):
        invoice = self._invoice(self.customer, 100)
        action = invoice.with_user(self.accountant).action_receivable_note()
        notes = self.env["receivable.note"].with_user(self.accountant)
        note = notes.with_context(**action["context"]).create(
            {"number": "X1", "date_maturity": self._today(30)}
        )
        self.assertEqual(note.line_ids.move_line_id, self._items(invoice))
        self.assertEqual(note.amount, 100)

    # ------------------------------------------------------------------ P4-08

    def test_days_overdue_worked_example(self):
        with freeze_time("2025-01-20"):
            term = self._term(60)
            invoice = self._invoice(
                self.customer, 125000, term=term, invoice_date=date(2025, 1, 20)
            )
        with freeze_time("2025-03-21"):
            note = self._note(
                invoice,
                date_received=date(2025, 3, 20),
                date_maturity=date(2025, 6, 20),
            )
        self.assertEqual(note.amount, 125000)
        self.assertEqual(note.days_overdue, 90)

    @freeze_time("2025-03-21")
    def test_note_over_the_term_stands_in_the_figures_of_a_hold(self):
        """P4-08: the example counts there with its days, next to what is overdue itself."""
        self.company.sudo().credit_mode = "enforce"
        self._decide(self.customer, credit_control="limit", credit_limit=1000, credit_term_days=60)
        invoice = self._invoice(
            self.customer, 125000, invoice_date=date(2025, 1, 20),
            invoice_date_due=date(2025, 3, 20),
        )  # fmt: skip
        in_time = self._invoice(self.customer, 300, days_overdue=-60)
        self._note(invoice, date_maturity=date(2025, 6, 20), date_received=date(2025, 3, 20))
        self._note(in_time, date_maturity=self._today(60), date_received=date(2025, 3, 20))
        self._invoice(self.customer, 70, days_overdue=3)
        order = self._order(self.customer, 500, term=self.term_now)
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertRecordValues(
            order.sudo().credit_hold_id,
            [{"over_term": 125070, "over_term_notes": 125000, "note_days": 90, "days_overdue": 3}],
        )

    # ------------------------------------------------------------------ collected, discounted

    def test_collected_with_a_fee(self):
        note = self._note(self._invoice(self.customer, 100))
        note.action_present()
        self.assertFalse(note.sudo()._last_step().move_id)
        step = self._step(note, "collect", fee=2)
        self.assertEntry(
            step.move_id,
            (self.bank_account, 98), (self.fee_account, 2), (self.note_account, -100),
        )  # fmt: skip
        self.assertRecordValues(note, [{"state": "collected", "standing": False}])

    def test_discounted(self):
        note = self._note(self._invoice(self.customer, 125000), date_maturity=self._today(90))
        step = self._step(note, "discount", percent=3.6, fee=50)
        self.assertEqual(step.interest, 1125)
        self.assertEntry(
            step.move_id,
            (self.bank_account, 123825), (self.interest_account, 1125), (self.fee_account, 50),
            (self.note_account, -125000),
        )  # fmt: skip
        self.assertEqual(note.standing, "contingent")
        figures = self._figures(self.customer)
        self.assertEqual(
            (figures.receivable_note_amount, figures.receivable_contingent), (0, 125000)
        )
        self.assertEqual(self._exposure(self.customer), 0)

    def test_contingent_until_it_matures(self):
        note = self._note(self._invoice(self.customer, 100), date_maturity=self._today(5))
        self._step(note, "discount", interest=1)
        notes = self.env["receivable.note"]
        with freeze_time(self._today(5)):
            notes._cron_daily()
            self.assertEqual(note.standing, "contingent")
        with freeze_time(self._today(6)):
            notes._cron_daily()
            self.assertFalse(note.standing)

    # ------------------------------------------------------------------ endorsed

    def test_endorsed_to_bills(self):
        bills = self._bill(70) | self._bill(50)
        note = self._note(self._invoice(self.customer, 100))
        step = self._step(note, "endorse", supplier_id=self.supplier.id)
        self.assertEntry(
            step.move_id,
            (self.payable, 70), (self.payable, 30), (self.note_account, -100),
        )  # fmt: skip
        self.assertEqual(bills.mapped("amount_residual"), [0, 20])
        self.assertEqual(note.standing, "contingent")

    def test_endorsed_beyond_the_bills(self):
        bill = self._bill(70)
        note = self._note(self._invoice(self.customer, 100))
        step = self._step(note, "endorse", supplier_id=self.supplier.id)
        self.assertEntry(
            step.move_id,
            (self.payable, 70), (self.payable, 30), (self.note_account, -100),
        )  # fmt: skip
        self.assertEqual(bill.amount_residual, 0)

    # ------------------------------------------------------------------ reminder

    def test_reminder_once_before_it_matures(self):
        self.company.sudo().receivable_note_remind_days = 10
        soon = self._note(self._invoice(self.customer, 100), date_maturity=self._today(9))
        late = self._note(self._invoice(self.customer, 100), date_maturity=self._today(30))
        notes = self.env["receivable.note"]
        for _run in range(2):
            notes._cron_daily()
        self.assertEqual(len(soon.activity_ids), 1)
        self.assertRecordValues(
            soon.activity_ids,
            [{"user_id": self.accountant.id, "date_deadline": soon.date_maturity}],
        )
        self.assertFalse(late.activity_ids)
        soon.action_present()
        self.assertFalse(soon.activity_ids)
