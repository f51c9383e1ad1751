from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...common import migration
from .interest_case import InterestCase


@tagged("post_install", "-at_install")
class TestInterest(InterestCase):
    """Interest notes: proposed, waived, approved, posted, reversed; each day charged once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._dated(cls.customer, 10000, "2025-03-01", "2025-03-31")
        cls._pay(cls.invoice, 4000, date="2025-04-30")
        cls._pay(cls.invoice, 6000, date="2025-06-30")

    def test_each_day_is_charged_once(self):
        first = self._propose("2025-04-30")
        self.assertEqual((first.amount, first.line_ids.days), (38.22, 30))
        second = self._propose("2025-12-31")
        self.assertEqual(second.amount, 45.59)
        self.assertEqual(len(second.line_ids.period_ids), 2)
        with self.assertRaisesRegex(UserError, "nothing to charge"):
            self._propose("2025-12-31")
        self.assertIn("10,000.00", first.line_ids.calculation)
        self.assertIn("4.65%", first.line_ids.calculation)

    def test_the_database_keeps_a_day_from_being_charged_twice(self):
        note = self._propose("2025-04-30").sudo()
        period = note.line_ids.period_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            period._system_create(
                {
                    "line_id": note.line_ids.id,
                    "move_line_id": period.move_line_id.id,
                    "date_from": "2025-04-30",
                    "date_to": "2025-05-02",
                }
            )
            self.env.flush_all()
        note.action_cancel()
        self.env.flush_all()
        self.assertFalse(period.charges)
        self.assertEqual(self._propose("2025-04-30").amount, 38.22)

    def test_it_is_posted_as_an_invoice_of_its_own(self):
        note = self._propose("2025-12-31")
        self.assertEqual((note.amount, note.state), (83.81, "draft"))
        for user in (self.controller, self.collector, self.salesperson):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                note.with_user(user).action_post()
        with self.assertRaisesRegex(UserError, "must be approved"):
            note.with_user(self.accountant).action_post()
        move = self._posted(note)
        self.assertEqual((move.state, move.amount_total), ("posted", 83.81))
        self.assertEqual(move.invoice_date_due, self._today(14))
        line = move.invoice_line_ids
        self.assertEqual((line.account_id, line.tax_ids.ids), (self.income, []))
        self.assertIn("4.65%", line.name)
        self.assertEqual(note.state, "posted")
        self.assertEqual(move.receivable_document, note)

    def test_interest_bears_no_interest(self):
        note = self._propose("2025-12-31")
        move = self._posted(note)
        move.sudo()
        late = self.env["receivable.interest.accrual"]._get_periods(
            self.company, self._today(400), self.customer
        )
        self.assertFalse([row for row in late if row["move_id"] == move.id])

    def test_a_customer_on_hold_is_charged(self):
        self.company.sudo().credit_mode = "enforce"
        self._decide(self.customer, credit_control="frozen")
        self.assertEqual(self._posted(self._propose("2025-12-31")).state, "posted")

    def test_a_payment_of_the_invoice_is_undone_as_any_other(self):
        move = self._posted(self._propose("2025-12-31"))
        self._pay(move)
        item = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        item.with_user(self.accountant).remove_move_reconcile()
        self.assertEqual(move.amount_residual, 83.81)
        with self.assertRaisesRegex(UserError, "Reverse it there"):
            move.with_user(self.accountant).button_draft()

    def test_reversal_frees_the_days(self):
        note = self._propose("2025-12-31")
        move = self._posted(note)
        wizard = (
            self.env["receivable.undo"]
            .with_user(self.accountant)
            .with_context(active_model=note._name, active_id=note.id)
            .create({"reason": "Wrong terms"})
        )
        wizard.action_undo()
        self.env.invalidate_all()
        self.assertEqual((note.state, move.payment_state), ("reversed", "reversed"))
        self.assertEqual(note.sudo().reverse_move_id.move_type, "out_refund")
        again = self._propose("2025-12-31")
        self.assertEqual(again.amount, 83.81)

    def test_a_waiver_needs_a_reason_and_beyond_the_authority_approval(self):
        note = self._propose("2025-12-31")
        line = note.line_ids
        with self.assertRaisesRegex(ValidationError, "enter why"), self.env.cr.savepoint():
            line.amount_waived = 5
        line.write({"amount_waived": 5, "waive_reason": "Goodwill"})
        self.assertEqual((note.amount, note.authority_note), (78.81, False))
        note.action_request()
        self.assertEqual(note.state, "approved", "within the authority")
        note.action_reinstate()
        self.assertEqual((note.state, note.amount, line.waive_reason), ("draft", 83.81, False))
        line.write({"amount_waived": 50, "waive_reason": "Customer insists"})
        self.assertTrue(note.authority_note)
        note.action_request()
        self.assertEqual(note.state, "requested")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            note.validate_tier()
        manager = self._user("chief", "credit_collection.group_collection_manager")
        note.with_user(manager).validate_tier()
        note.with_user(self.finance_manager).validate_tier()
        self.env.invalidate_all()
        self.assertEqual(note.state, "approved")
        self.assertEqual(self._posted_after(note).amount_total, 33.81)
        bodies = " ".join(note.sudo().message_ids.mapped("body"))
        for text in ("Goodwill", "Customer insists", "Waiver taken back"):
            self.assertIn(text, bodies)

    def _posted_after(self, note):
        note.with_user(self.accountant).action_post()
        return note.sudo().move_id

    def test_all_is_waived(self):
        note = self._propose("2025-12-31")
        with self.assertRaisesRegex(UserError, "Enter in Remarks"), self.env.cr.savepoint():
            note.action_waive_all()
        note.remark = "Our delivery was late"
        self.company.sudo().collection_agreement_max_waiver = 100
        note.action_waive_all()
        note.action_request()
        self.assertEqual((note.state, note.amount), ("approved", 0))
        with self.assertRaisesRegex(UserError, "charges nothing"), self.env.cr.savepoint():
            note.with_user(self.accountant).action_post()
        with self.assertRaisesRegex(UserError, "nothing to charge"):
            self._propose("2025-12-31")

    def test_what_people_cannot_write(self):
        note = self._propose("2025-12-31")
        for record, vals in (
            (note, {"state": "approved"}),
            (note, {"amount_computed": 1}),
            (note, {"partner_id": self._customer("Other").id}),
            (note.line_ids, {"amount_computed": 1}),
            (note.line_ids.period_ids, {"date_to": "2025-04-02"}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError), self.env.cr.savepoint():
                record.write(vals)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            note.line_ids.write({"amount_waived": 100, "waive_reason": "more than all"})
            self.env.flush_all()
        for call in (lambda: note.copy(), lambda: note.create({"partner_id": self.customer.id})):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self._propose("2025-12-31", user=self.auditor)

    def test_who_chooses_terms(self):
        free = self._terms("free", kind="none")
        for user in (self.salesperson, self.collector, self.accountant):
            with (
                self.subTest(user=user.name),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                self.customer.with_user(user).credit_interest_term_id = free
            with (
                self.subTest(user=user.name),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                self.invoice.with_user(user).receivable_interest_term_id = free
        partners = self.env["res.partner"].with_context(default_credit_interest_term_id=free.id)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            partners.with_user(self.sales_manager).create({"name": "By default"})
        by_system = partners.with_user(self.sales_manager).sudo().create({"name": "By the system"})
        self.assertFalse(by_system.credit_interest_term_id)
        invoice = self._dated(self.customer, 1, "2025-01-01", post=False)
        invoice = invoice.with_context(default_receivable_interest_term_id=free.id).copy()
        self.assertFalse(invoice.sudo().receivable_interest_term_id)

    def test_terms_and_rates_stay_once_used(self):
        rate = self.lpr.rate_ids.sorted("date")[-1:]
        rate.with_user(self.controller).rate = 3.0
        self._propose("2025-12-31")
        for call in (
            lambda: rate.with_user(self.controller).write({"rate": 2}),
            lambda: rate.with_user(self.controller).unlink(),
            lambda: self.term.with_user(self.controller).write({"factor": 2}),
            lambda: self.lpr.with_user(self.controller).write({"rate_ids": [(5,)]}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                call()
        copy = self.term.with_user(self.controller).copy()
        copy.factor = 2
        self.assertNotEqual(copy.name, self.term.name)

    def test_minimum_and_cap(self):
        self.company.sudo().receivable_interest_term_id = self._terms(
            "minimum", kind="fixed", rate=4.65, minimum=50
        )
        with self.assertRaisesRegex(UserError, "nothing to charge"):
            self._propose("2025-04-30")
        self.assertGreater(self._propose("2025-12-31").amount, 50)
        other = self._customer("Capped")
        self._dated(other, 1000, "2025-01-01")
        other.sudo().with_company(self.company).credit_interest_term_id = self._terms(
            "cap", kind="fixed", rate=36.5, cap_percent=5
        )
        self.assertEqual(self._propose("2025-02-10", other).amount, 40)
        self.assertEqual(self._propose("2025-12-31", other).amount, 10)

    def test_a_run_proposes_the_past_month_once(self):
        company = self.company.sudo()
        company.receivable_interest_run = "monthly"
        notes = self.env["receivable.interest"]
        self._run_cron()
        found = notes.sudo().search([("partner_id", "=", self.customer.id)])
        self.assertEqual(found.amount, 83.81)
        self.assertEqual(found.date_to, self._today().replace(day=1) + self._days(-1))
        self._run_cron()
        self.assertEqual(notes.sudo().search_count([("partner_id", "=", self.customer.id)]), 1)

    def _run_cron(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("credit_collection.ir_cron_receivable_interest")
            cron.sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _days(self, number):
        return self._today(number) - self._today()

    def test_one_note_per_currency(self):
        euro = self._rate("EUR", 2.0)
        self._dated(self.customer, 36500, "2025-01-01", currency=euro)
        notes = self._propose("2025-12-31")
        self.assertEqual(
            set(notes.currency_id.mapped("name")), {"EUR", self.company.currency_id.name}
        )

    def test_computed_again_after_a_payment(self):
        other = self._customer("Paid meanwhile")
        invoice = self._dated(other, 36500, "2025-06-01")
        note = self._propose("2025-07-01", other)
        self._pay(invoice, date="2025-06-11")
        action = note.action_recompute()
        self.env.invalidate_all()
        fresh = note.search(action["domain"])
        self.assertEqual((note.state, fresh.line_ids.days), ("cancelled", 10))

    def test_small_waivers_on_the_same_items_add_up(self):
        """The limit of 10.00 holds for an instalment, not for each slice of its days."""
        for day, state in (("2025-04-20", "approved"), ("2025-12-31", "requested")):
            note = self._propose(day)
            note.line_ids.write({"amount_waived": 6, "waive_reason": "Goodwill"})
            note.action_request()
            self.assertEqual(note.state, state)
        self.assertIn("12.00", note.authority_note)

    def test_the_author_of_a_waiver_does_not_approve_it(self):
        chief = self._user("chief", "credit_collection.group_collection_manager")
        other = self._user("chief2", "credit_collection.group_collection_manager")
        note = self._propose("2025-12-31")
        note.with_user(chief).line_ids.write({"amount_waived": 50, "waive_reason": "Friends"})
        note.action_request()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            note.with_user(chief).validate_tier()
        note.with_user(other).validate_tier()

    def test_the_author_of_a_waiver_that_was_written_over_does_not_approve_it(self):
        chief = self._user("chief", "credit_collection.group_collection_manager")
        other = self._user("chief2", "credit_collection.group_collection_manager")
        note = self._propose("2025-12-31")
        note.with_user(chief).line_ids.write({"amount_waived": 50, "waive_reason": "Friends"})
        note.line_ids.amount_waived = 49
        note.action_request()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            note.with_user(chief).validate_tier()
        note.with_user(other).validate_tier()
        note.with_user(self.finance_manager).validate_tier()
        self.assertEqual(note.state, "approved")
        # What was taken back after the approval is nobody's any more.
        note.action_reinstate()
        note.line_ids.write({"amount_waived": 50, "waive_reason": "Goodwill"})
        note.action_request()
        note.with_user(chief).validate_tier()

    def test_an_update_knows_the_authors_of_waivers(self):
        chief = self._user("chief", "credit_collection.group_collection_manager")
        note = self._propose("2025-12-31")
        note.with_user(chief).line_ids.write({"amount_waived": 50, "waive_reason": "Friends"})
        self.env.flush_all()
        note.sudo()._system_write({"author_ids": [Command.clear()]})
        self.env.flush_all()
        migration("19.0.1.10.0", "post-authors").migrate(self.env.cr, "19.0.1.9.0")
        self.env.invalidate_all()
        self.assertEqual(note.sudo().author_ids, chief)

    def test_no_rate_is_put_into_days_that_were_charged(self):
        note = self._propose("2025-12-31")
        rates = self.env["receivable.reference.rate"].with_user(self.controller)
        for day in ("2025-04-10", "2025-06-30"):
            with self.assertRaisesRegex(UserError, "was charged"), self.env.cr.savepoint():
                rates.create({"reference_id": self.lpr.id, "date": day, "rate": 900})
        later = rates.create({"reference_id": self.lpr.id, "date": "2025-07-01", "rate": 2.9})
        with self.assertRaisesRegex(UserError, "was charged"), self.env.cr.savepoint():
            later.date = "2025-06-01"
        note.action_cancel()
        later.date = "2025-06-01"
