from odoo.tests import tagged

from .letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestLetterStop(LetterCase):
    """Reasons to keep back a queued letter of a run although something is open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()
        cls._invoice(cls.customer, 100.0, 10)

    def _bank_line(self, days_ago=0, partner=None):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "amount": 100.0,
                "date": self._today(-days_ago),
                "payment_ref": "transfer",
                "partner_id": partner.id if partner else False,
            }
        )

    def _cancelled(self, letter, words):
        self._run_job("collection_letter_send")
        self.assertEqual(letter.state, "cancelled")
        self.assertIn(words, letter.cancel_reason)
        self.assertFalse(letter.message_id)

    def test_money_at_the_bank(self):
        letter = self._write(self.customer)
        self.company.sudo().collection_bank_guard_days = 0
        self._bank_line(partner=self.customer)
        self._cancelled(letter, "Unmatched bank transaction")

    def test_all_but_a_cent_paid_since(self):
        stage = self.env["collection.stage"].sudo().create(
            {"name": "First", "days_from": 1, "days_to": 30}
        )  # fmt: skip
        letter = self._write(self.customer, stage_id=stage.id)
        invoice = self.env["account.move"].search([("partner_id", "=", self.customer.id)])
        self._pay(invoice, 99.99)
        self._cancelled(letter, "below the minimum amount of stage “First”")

    def test_bank_not_reconciled(self):
        letter = self._write(self.customer)
        self._bank_line(days_ago=20)
        self._cancelled(letter, "not reconciled for more than 7 days")

    def test_case_paused(self):
        letter = self._write(self.customer)
        letter.case_id.with_user(self.collector)._do_pause(self._today(3), "Holidays")
        self._cancelled(letter, "No letters until")

    def test_case_closed_by_hand(self):
        letter = self._write(self.customer)
        letter.case_id._do_close("other", "Agreed on the phone.")
        self._cancelled(letter, "closed manually")

    def test_written_by_hand(self):
        """Writers of a letter by hand know better."""
        letter = self._write(self.customer)
        letter._system().write({"run_id": False})
        letter.case_id.with_user(self.collector)._do_pause(self._today(3), "Holidays")
        letter.with_user(self.collector).action_send()
        self.assertEqual(letter.state, "sent")

    def test_two_addresses(self):
        """Both addresses of a customer get the letter, however they are parted."""
        self.customer.email = "a@example.com; b@example.com"
        letter = self._write(self.customer)
        self._run_job("collection_letter_send")
        self.assertRecordValues(letter, [{"state": "sent", "channel": "mail"}])
        mail = self.env["mail.mail"].sudo().search(
            [("mail_message_id", "=", letter.message_id.id)]
        )  # fmt: skip
        self.assertEqual(letter.email_to, "a@example.com, b@example.com")
        self.assertIn("a@example.com", mail.email_to)
        self.assertIn("b@example.com", mail.email_to)
