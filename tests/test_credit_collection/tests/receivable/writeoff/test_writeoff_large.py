from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestWriteoffDecision(WriteoffCase):
    """The dialog of an approval asks once more for large amounts, and shows what changed."""

    def _dialog(self, writeoff):
        writeoff = writeoff.with_user(self.roles["finance_manager"])
        action = writeoff.action_approve()
        return writeoff.env[action["res_model"]].with_context(**action["context"]).create({})

    def test_a_large_amount_is_confirmed_once_more(self):
        self.company.sudo().credit_large_limit = 500
        writeoff = self._writeoff(self._invoice(self.customer, 600))
        writeoff.action_request()
        dialog = self._dialog(writeoff)
        self.assertIn("600", dialog.credit_large)
        self.assertIn("500", dialog.credit_large)
        with self.assertRaises(UserError), self.cr.savepoint():
            dialog.add_comment()
        dialog.credit_confirmed = True
        dialog.add_comment()
        self.assertIn("approved", writeoff.review_ids.mapped("status"))

    def test_a_usual_amount_is_not(self):
        writeoff = self._writeoff(self._invoice(self.customer, 600))
        writeoff.action_request()
        dialog = self._dialog(writeoff)
        self.assertFalse(dialog.credit_large)
        dialog.add_comment()
        self.assertIn("approved", writeoff.review_ids.mapped("status"))

    def test_what_was_paid_since_the_request_stops_the_first_approver(self):
        invoice = self._invoice(self.customer, 600)
        writeoff = self._writeoff(invoice)
        writeoff.action_request()
        self._pay(invoice, 100)
        self.env.invalidate_all()
        dialog = self._dialog(writeoff)
        self.assertTrue(dialog.credit_changes)
        self.assertIn(invoice.name, str(dialog.credit_facts))
        with self.assertRaises(UserError):
            dialog.add_comment()
        writeoff.action_withdraw()
        # Approvers have seen its number: it is cancelled, not deleted.
        with self.assertRaises(AccessError):
            writeoff.unlink()
        writeoff.line_ids.amount = 500
        writeoff.action_request()
        self._approve(writeoff)
        self.assertEqual(writeoff.state, "approved")
