from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .interest_case import InterestCase


@tagged("post_install", "-at_install")
class TestInterestCorrection(InterestCase):
    """What a posted note charged on a rightly disputed part is taken back, for exactly its days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls._terms("36.5%", kind="fixed", rate=36.5)
        cls.company.sudo().receivable_interest_term_id = cls.term
        cls.invoice = cls._dated(cls.customer, 10000, "2025-01-01")
        cls.notes = cls.env["receivable.interest"].sudo()

    def _accept(self, amount=4000, day="2025-03-01", invoice=None):
        """A dispute that a credit note of a day accepts."""
        invoice = invoice or self.invoice
        dispute = (
            self.env["collection.dispute"]
            .sudo()
            ._system_create(
                {
                    "name": "DSP/1",
                    "move_id": invoice.id,
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "amount": amount,
                    "reason_id": self._contested_reason().id,
                    "date": "2025-01-10",
                    "date_close": self._today(),
                }
            )
        )
        refund = self._dated(
            self.customer, amount, day, move_type="out_refund", reversed_entry_id=invoice.id
        )
        refund.sudo().collection_dispute_id = dispute
        items = (invoice | refund).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        if len(items) == 2:  # Odoo reconciles a credit note with what it reverses
            items.reconcile()
        dispute._system_write({"state": "accepted"})
        self.env.flush_all()
        self.env.invalidate_all()
        return dispute

    def _corrections(self, **options):
        found = self.notes._propose_corrections(self.company, **options)
        self.env.invalidate_all()
        return found

    def _run_job(self):
        # A test cannot commit.
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kw: 1.0):
            self.notes._cron_propose()

    def test_exactly_the_days_and_the_part(self):
        """10 a day were charged from 2 January to 31 March, 4 of them too many until the credit note."""
        note = self._propose("2025-03-31")
        move = self._posted(note)
        self.assertEqual(move.amount_total, 890)
        dispute = self._accept()
        correction = self._corrections()
        line = correction.line_ids
        # The credit note of 1 March had been taken into account by nobody: the whole of March, too.
        self.assertRecordValues(
            line,
            [
                {
                    "kind": "correction",
                    "corrects_id": note.line_ids.id,
                    "dispute_id": dispute.id,
                    "amount": -236,
                    "days": 59,
                }
            ],
        )
        self.assertEqual(
            [(p.date_from, p.date_to, p.principal) for p in line.period_ids],
            [(self._day("2025-01-02"), self._day("2025-03-01"), -4000)],
        )
        self.assertIn("DSP/1", line.calculation)
        self.assertIn(note.name, line.calculation)
        self.assertFalse(self._corrections(), "once")

    def test_it_is_approved_and_posted_as_a_credit_note(self):
        note = self._propose("2025-02-28")
        move = self._posted(note)
        self._accept()
        correction = self._corrections().with_user(self.controller)
        self.assertTrue(correction.authority_note, "beyond the authority of 10")
        correction.action_request()
        self.assertEqual(correction.state, "requested")
        self.company.sudo().collection_agreement_max_waiver = 1000
        correction.action_withdraw()
        correction.action_request()
        self.assertEqual(correction.state, "approved")
        correction.with_user(self.accountant).action_post()
        refund = correction.sudo().move_id
        self.assertRecordValues(
            refund, [{"move_type": "out_refund", "amount_total": 232, "state": "posted"}]
        )
        self.assertEqual(refund.invoice_line_ids.account_id, self.income)
        self.assertEqual(move.amount_residual, 580 - 232)
        # What is left of the charge, and nothing more: its days stay charged.
        with self.assertRaisesRegex(UserError, "nothing to charge"):
            self._propose("2025-02-28")
        with self.assertRaisesRegex(UserError, "end it first"):
            note.sudo()._end_corrections()

    def test_in_proportion_to_what_was_charged(self):
        self.company.sudo().collection_agreement_max_waiver = 1000
        note = self._propose("2025-02-28")
        note.line_ids.write({"amount_waived": 290, "waive_reason": "Half of it"})
        self._posted(note)
        self._accept()
        self.assertEqual(self._corrections().amount, -116)

    def test_a_part_that_was_all_takes_the_fixed_sum_along(self):
        term = self._terms("with sum", kind="fixed", rate=36.5, lump=40)
        self.company.sudo().receivable_interest_term_id = term
        self._posted(self._propose("2025-01-11"))
        self._accept(amount=10000)
        self.assertEqual(sorted(self._corrections().line_ids.mapped("amount")), [-100, -40])

    def test_a_note_that_left_the_part_out_needs_none(self):
        self._accept(day="2025-01-01")
        note = self._propose("2025-02-28")
        self.assertEqual(self._posted(note).amount_total, 348)
        self.assertFalse(self._corrections())

    def test_other_changes_of_the_books_are_no_correction(self):
        """A payment of January entered late lowers interest, and is no matter of the dispute."""
        self._posted(self._propose("2025-01-31"))
        self._pay(self.invoice, 1000, date="2025-01-11")
        self._accept()
        self.assertEqual(self._corrections().amount, -120)

    def test_what_is_cancelled_comes_again_by_hand_only(self):
        self._posted(self._propose("2025-01-31"))
        dispute = self._accept()
        self._corrections().action_cancel()
        self.assertFalse(self._corrections())
        self._run_job()
        again = self._propose("2025-01-31")
        self.assertEqual(again.amount, -120)
        dispute._system_write({"state": "open"})
        with self.assertRaisesRegex(UserError, "no longer accepted"):
            again.action_request()

    def test_the_job_proposes_it(self):
        self._posted(self._propose("2025-01-31"))
        self._accept()
        self._run_job()
        found = self.notes.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(found.filtered("is_correction").mapped("amount"), [-120])

    def test_a_reversed_note_is_not_corrected(self):
        note = self._propose("2025-01-31")
        self._posted(note)
        self._accept()
        correction = self._corrections()
        wizard = (
            self.env["receivable.undo"]
            .with_user(self.accountant)
            .with_context(active_model=note._name, active_id=note.id)
            .create({"reason": "All of it"})
        )
        wizard.action_undo()
        self.assertEqual(correction.state, "cancelled")
