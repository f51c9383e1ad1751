from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .note_case import NoteCase


@tagged("post_install", "-at_install")
class TestNoteExamples(NoteCase):
    """Entries of notes line by line: in foreign currency, from every state, refused (P4-08)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loss = cls.company.expense_currency_exchange_account_id
        cls.gain = cls.company.income_currency_exchange_account_id

    def _foreign(self, amount=1000, today=4.0):
        """A note over 1,000 EUR received at 2 to 1, so worth 500; today it is `today` to 1."""
        currency = self._rate("EUR", 2.0)
        self._rate("EUR", today, date=self._today())
        invoice = self._invoice(self.customer, amount, days_overdue=30, currency=currency)
        return invoice, self._note(invoice, date_received=self._today(-20))

    def _standing(self):
        """Balance of notes receivable in the books."""
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.note_account.id), ("parent_state", "=", "posted")]
        )
        return sum(lines.mapped("balance")), sum(lines.mapped("amount_currency"))

    # ------------------------------------------------------------------ foreign currency

    def test_foreign_discount_with_interest_and_fee(self):
        """Sold at 4 to 1 for 1,000 less 80 and 20 EUR; 250 of the 500 are an exchange loss."""
        _invoice, note = self._foreign()
        step = self._step(note, "discount", interest=80, fee=20)
        self.assertEntry(
            step.move_id,
            (self.bank_account, 225, 900), (self.interest_account, 20, 80),
            (self.fee_account, 5, 20), (self.note_account, -500, -1000), (self.loss, 250),
        )  # fmt: skip
        self.assertEqual(self._standing(), (0, 0))

    def test_foreign_discount_at_a_better_rate_is_a_gain(self):
        _invoice, note = self._foreign(today=1.0)
        step = self._step(note, "discount", interest=100)
        self.assertEntry(
            step.move_id,
            (self.bank_account, 900), (self.interest_account, 100),
            (self.note_account, -500, -1000), (self.gain, -500),
        )  # fmt: skip

    def test_foreign_endorsement(self):
        """Passed on at 4 to 1 for a bill of 600 EUR and 400 EUR to come."""
        _invoice, note = self._foreign()
        bill = self._bill(600, currency=note.currency_id)
        step = self._step(note, "endorse", supplier_id=self.supplier.id)
        self.assertEntry(
            step.move_id,
            (self.payable, 150, 600), (self.payable, 100, 400),
            (self.note_account, -500, -1000), (self.loss, 250),
        )  # fmt: skip
        self.assertEqual(bill.amount_residual, 0)
        self.assertEqual(self._standing(), (0, 0))

    def test_foreign_dishonour_after_discount(self):
        """The bank takes 1,000 EUR back at 4 to 1; the debt is back at its 500: a gain of 250."""
        invoice, note = self._foreign()
        self._step(note, "discount", interest=40)
        step = self._step(note, "dishonour")
        self.assertEntry(
            step.move_id,
            (self.receivable, 500, 1000), (self.bank_account, -250, -1000), (self.gain, -250),
        )  # fmt: skip
        self.assertEqual(self._items(invoice).amount_residual, 500)
        self.assertEqual(self._items(invoice).amount_residual_currency, 1000)

    def test_foreign_dishonour_after_endorsement(self):
        """Debts paid by the endorsement are owed again, at the value paid."""
        invoice, note = self._foreign()
        bill = self._bill(600, currency=note.currency_id)
        self._step(note, "endorse", supplier_id=self.supplier.id)
        step = self._step(note, "dishonour")
        self.assertEntry(
            step.move_id,
            (self.receivable, 500, 1000), (self.payable, -150, -600), (self.payable, -100, -400),
            (self.gain, -250),
        )  # fmt: skip
        self.assertEqual((invoice.amount_residual, bill.amount_residual), (1000, 600))

    def test_foreign_note_over_many_invoices_at_many_rates(self):
        """Each invoice is paid at the note's rate; the remaining book value is exchange."""
        currency = self._rate("EUR", 2.0)
        self._rate("EUR", 3.0, date=self._today(-10))
        old = self._invoice(self.customer, 100, days_overdue=40, currency=currency)
        new = self._invoice(self.customer, 50, days_overdue=5, currency=currency)
        note = self._note(old | new, date_received=self._today(-3))
        self.assertEntry(
            note.sudo().step_ids.move_id,
            (self.note_account, 50, 150), (self.receivable, -33.33, -100),
            (self.receivable, -16.67, -50),
        )  # fmt: skip
        for item in self._items(old | new):
            self.assertEqual((item.amount_residual, item.amount_residual_currency), (0, 0))
        exchange = self._items(old).matched_credit_ids.exchange_move_id
        self.assertEntry(exchange, (self.receivable, -16.67, 0), (self.loss, 16.67, 0))

    # ------------------------------------------------------------------ from every state

    def test_collected_in_hand_or_presented(self):
        for presented in (False, True):
            note = self._note(self._invoice(self.customer, 100))
            if presented:
                note.action_present()
            step = self._step(note, "collect")
            with self.subTest(presented=presented):
                self.assertEntry(step.move_id, (self.bank_account, 100), (self.note_account, -100))

    def test_dishonoured_in_hand(self):
        invoice = self._invoice(self.customer, 100, days_overdue=40)
        note = self._note(invoice)
        step = self._step(note, "dishonour")
        self.assertEntry(step.move_id, (self.receivable, 100), (self.note_account, -100))
        self.assertEqual(self._items(invoice).date_maturity, self._today(-40))
        self.assertEqual(self._standing(), (0, 0))

    def test_dishonoured_after_a_discount_with_costs(self):
        """The bank takes back all of the note; its interest and fee stay spent."""
        note = self._note(self._invoice(self.customer, 1000) | self._invoice(self.customer, 500))
        self._step(note, "discount", interest=30, fee=5)
        step = self._step(note, "dishonour")
        self.assertEntry(
            step.move_id,
            (self.receivable, 1000), (self.receivable, 500), (self.bank_account, -1500),
        )  # fmt: skip

    def test_dishonoured_in_part_of_an_invoice(self):
        """A note of 60 on an invoice of 100: 40 were open all the time, 60 are again."""
        invoice = self._invoice(self.customer, 100)
        note = self._note(invoice, amount=60, receive=False)
        note.line_ids.amount = 60
        note.action_receive()
        self.assertEqual(invoice.amount_residual, 40)
        step = self._step(note, "dishonour")
        self.assertEntry(step.move_id, (self.receivable, 60), (self.note_account, -60))
        self.assertEqual(invoice.amount_residual, 100)

    def test_which_step_may_follow_which(self):
        """From an ended note no way leads on, and nothing but a discount follows a discount."""
        steps = {"collect": {}, "discount": {"interest": 1}, "dishonour": {},
                 "endorse": {"supplier_id": self.supplier.id}}  # fmt: skip
        allowed = {
            "presented": {"collect", "dishonour"},
            "collect": set(),
            "discount": {"dishonour"},
            "endorse": {"dishonour"},
            "dishonour": set(),
        }
        for first, following in allowed.items():
            note = self._note(self._invoice(self.customer, 100))
            if first == "presented":
                note.action_present()
            else:
                self._step(note, first, **steps[first])
            for kind in steps.keys() - following:
                with self.subTest(first=first, then=kind):
                    self.refused(
                        lambda n=note, k=kind: self._step(n, k, **steps[k]),
                        words=["this step is not possible"],
                    )
            self.refused(note.action_receive, words=["this step is not possible"])

    def test_a_step_is_not_before_the_one_before(self):
        note = self._note(self._invoice(self.customer, 100), date_received=self._today(-5))
        self.refused(
            lambda: self._step(note, "collect", date=self._today(-6)), words=["cannot be earlier"]
        )
        self.refused(
            lambda: self._step(note, "collect", date=self._today(1)), words=["still to come"]
        )
        self._step(note, "collect", date=self._today(-5))
        self.refused(lambda: self._undo(note, date=self._today(-6)), words=["cannot be before"])

    # ------------------------------------------------------------------ accounts and periods

    def test_accounts_that_are_missing_are_named(self):
        note = self._note(self._invoice(self.customer, 100))
        for name, values, label in (
            ("receivable_note_interest_account_id", {"interest": 1}, "Interest of Discounted"),
            ("receivable_note_fee_account_id", {"fee": 1}, "Fees of Notes"),
        ):
            account = self.company[name]
            self.company.sudo()[name] = False
            with self.subTest(account=label):
                self.refused(
                    lambda v=values: self._step(note, "discount", **v),
                    words=[label, "Nothing was posted"],
                )
            self.company.sudo()[name] = account
        self.assertEqual(note.state, "in_hand")
        # free of cost, no account is needed
        self.company.sudo().receivable_note_fee_account_id = False
        self._step(note, "discount", interest=1)

    def test_exchange_accounts_that_are_missing_are_named(self):
        _invoice, note = self._foreign()
        self.company.sudo().expense_currency_exchange_account_id = False
        self.refused(
            lambda: self._step(note, "collect"),
            words=["exchange gains and losses", "Nothing was posted"],
        )
        self.assertEqual(note.state, "in_hand")

    def test_closed_periods_close_every_step(self):
        bill = self._bill(100)
        note = self._note(self._invoice(self.customer, 100), date_received=self._today(-5))
        self._lock()
        for kind, values in (
            ("discount", {"interest": 1}),
            ("endorse", {"supplier_id": self.supplier.id}),
            ("dishonour", {}),
        ):
            with self.subTest(kind=kind):
                self.refused(
                    lambda k=kind, v=values: self._step(note, k, **v),
                    words=["The accounting period is closed"],
                )
        self.assertEqual((note.state, bill.amount_residual), ("in_hand", 100))

    def test_steps_undone_stay_undone(self):
        note = self._note(self._invoice(self.customer, 100))
        step = self._step(note, "collect")
        self._undo(note)
        for move in (step.move_id, step.reverse_move_id):
            for call in (move.with_env(self.env).button_draft,
                         move.with_env(self.env)._reverse_moves):  # fmt: skip
                with self.subTest(move=move.name, call=str(call)):
                    self.refused(call, words=[note.number])

    # ------------------------------------------------------------------ P4-08

    def test_the_example_in_the_ageing_by_months_and_by_instalment(self):
        """125,000 by two instalments of one invoice: each counts from its own due date."""
        with freeze_time("2025-12-15"):
            term = self._term((60, 30), (40, 60))
            invoice = self._invoice(self.customer, 125000, term=term, invoice_date="2025-01-20")
            note = self._note(invoice, date_received="2025-02-10", date_maturity="2025-06-20")
            self.assertEqual(note.line_ids.mapped("days_overdue"), [120, 90])
            self.assertEqual(note.days_overdue, 120)
            items = self.env["receivable.ageing"]._get_items(
                self.company, note.date_maturity, ("note",)
            )
            self.assertEqual(
                sorted((row["days"], row["column_index"], row["amount"]) for row in items),
                [(90, 3, 50000), (120, 4, 75000)],
            )

    def test_a_note_of_a_month_more_is_late_by_thirty_days(self):
        """Invoice of 28 December, a month; the note to 28 February: 30 days, column 1–30."""
        with freeze_time("2026-01-05"):
            invoice = self._invoice(
                self.customer, 100, invoice_date="2025-12-28", invoice_date_due="2026-01-28"
            )
            note = self._note(invoice, receive=False, date_maturity="2026-02-28")
            self.assertEqual(note.days_overdue, 30)

    def test_bills_named_by_hand_are_paid_in_their_order(self):
        early, late = self._bill(70, days_overdue=10), self._bill(70)
        note = self._note(self._invoice(self.customer, 100))
        lines = (late | early).line_ids.filtered(lambda li: li.account_type == "liability_payable")
        step = self._step(
            note, "endorse", supplier_id=self.supplier.id,
            bill_line_ids=[Command.set(lines.ids)],
        )  # fmt: skip
        self.assertEntry(
            step.move_id, (self.payable, 70), (self.payable, 30), (self.note_account, -100)
        )
        self.assertEqual((early.amount_residual, late.amount_residual), (0, 40))
