from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestWriteoffDecision(WriteoffCase):
    """Evidence, then the decision of finance and management (P1-12, P3-08)."""

    # ------------------------------------------------------------------ evidence

    def test_missing_evidence_needs_a_promised_date(self):
        writeoff = self._writeoff(
            self._invoice(self.customer, 100), attach=False, reason_id=self.bankrupt.id
        )
        self.assertEqual(writeoff.evidence_ids.mapped("state"), ["missing", "missing"])
        self.refused(writeoff.action_request, words=["Bankruptcy ruling or filing"])
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
        # It may still arrive; the approvers' view stays.
        writeoff.evidence_ids[1].attachment_ids = [
            Command.create({"name": "proof.pdf", "raw": b"x"})
        ]
        self.assertFalse(writeoff.missing)
        first = writeoff.evidence_ids[0]
        self.refused(lambda: first.write({"attachment_ids": [Command.clear()]}), AccessError)
        self.refused(
            first.attachment_ids.with_user(self.salesperson).unlink, AccessError,
        )  # fmt: skip

    def test_reason_decides_the_documents(self):
        writeoff = self._writeoff(self._invoice(self.customer, 100), attach=False)
        self.assertEqual(writeoff.evidence_ids.document_id, self.aged.document_ids)
        writeoff.reason_id = self.bankrupt
        self.assertEqual(writeoff.evidence_ids.document_id, self.bankrupt.document_ids)

    def test_an_explanation_is_needed(self):
        writeoff = self._writeoff(self._invoice(self.customer, 100), explanation=" ")
        self.refused(writeoff.action_request, words=["Explain"])

    # ------------------------------------------------------------------ decision

    def test_finance_then_management_never_the_applicant(self):
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

    def test_who_wrote_an_amount_does_not_approve_it(self):
        both = self._user(
            "both", "sales_team.group_sale_manager,credit_collection.group_credit_finance_manager"
        )
        writeoff = self._writeoff(self._invoice(self.customer, 100), user=self.salesperson)
        writeoff.line_ids.with_user(both).amount = 90
        writeoff.line_ids.with_user(self.salesperson).amount = 100  # written over
        writeoff.action_request()
        self.refused(lambda: writeoff.with_user(both).validate_tier(), AccessError)
        writeoff.with_user(self.finance_manager).validate_tier()

    def test_applicant_never_approves(self):
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
        writeoff = self._writeoff(invoice)
        writeoff.action_request()
        self.refused(writeoff.action_request, words=["already been requested"])
        self.refused(self._writeoff(invoice).action_request, words=["waits for the decision"])

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

    def test_what_payments_left_is_proposed(self):
        """42.42 with 42.41 paid: in the list of small differences, and one button from there."""
        invoice = self._invoice(self.customer, 42.42, days_overdue=40)
        self._pay(invoice, 42.41)
        whole = self._invoice(self.customer, 0.5, days_overdue=40)
        larger = self._invoice(self.customer, 100, days_overdue=40)
        self._pay(larger, 97)
        self.env.flush_all()
        ledger = self.env["collection.ledger"].with_user(self.accountant)
        domain = [("partner_id", "=", self.customer.id), ("is_small", "=", True)]
        self.assertEqual(ledger.search(domain).move_id, invoice)
        self.company.sudo().receivable_small_limit = 5
        self.env.flush_all()
        rows = ledger.search(domain)
        self.assertEqual(rows.move_id, invoice | larger)
        self.assertNotIn(whole, rows.move_id)
        self.assertEqual(rows.mapped("is_small"), [True, True])
        self.assertEqual(ledger.with_user(self.collector).search(domain), rows)
        action = rows.action_receivable_writeoff()
        wizard = self.env[action["res_model"]].with_user(self.accountant)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertEqual(wizard.reason_id, self.env.ref("credit_collection.writeoff_reason_small"))
        self.assertEqual(wizard.amount_total, 3.01)
        self.assertTrue(wizard.is_small)

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
