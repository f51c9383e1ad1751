from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .note_case import NoteCase


@tagged("post_install", "-at_install")
class TestNote(NoteCase):
    """Notes receivable: every step with its entry, forwards and back (P4-08)."""

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

    def test_dishonour_raises_the_risk_and_tells(self):
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

    # ------------------------------------------------------------------ refusals

    def test_refusals(self):
        invoice = self._invoice(self.customer, 100)
        note = self._note(invoice, receive=False)
        self.refused(note.action_present, words=["not possible now"])
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
