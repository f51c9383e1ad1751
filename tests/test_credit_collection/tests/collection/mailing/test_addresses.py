from odoo.exceptions import UserError
from odoo.tests import tagged

from ..letter.letter_case import LetterCase

BREAKS = (
    "a@example.com\nBcc: b@example.com",
    "a@example.com\r\nb@example.com",
    "a@example.com\x0bx",
)


@tagged("post_install", "-at_install")
class TestAddresses(LetterCase):
    """An address is an address: no second one is smuggled in, by a line break or beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()
        cls._invoice(cls.customer, 100.0, 10)

    def _bounced(self):
        letter = self._write(self.customer)
        self._run_job("collection_letter_send")
        letter._system().write({"state": "bounced", "failure": "unknown"})
        return letter.with_user(self.collector)

    def test_one_address_is_typed_to_send_again(self):
        letter = self._bounced()
        wizard = self.env["collection.letter.resend"].with_user(self.collector)
        for address in (
            *BREAKS,
            "a@example.com, b@example.com",
            "a@example.com b@example.com",
            "x",
        ):
            with self.subTest(address=address), self.assertRaises(UserError) as refusal:
                wizard.create({"letter_id": letter.id, "address": address}).action_send()
            self.assertIn("Send to", str(refusal.exception))
            self.assertIn(address, str(refusal.exception))
            self.assertEqual(letter.state, "bounced")
        wizard.create({"letter_id": letter.id, "address": "a@example.com"}).action_send()
        self.assertEqual(letter.email_to, "a@example.com")

    def test_a_customers_address_with_a_line_break_gets_nothing(self):
        for address in BREAKS:
            self.customer.email = address
            letter = self._write(self.customer)
            self._run_job("collection_letter_send")
            with self.subTest(address=address):
                self.assertRecordValues(letter, [{"state": "ready", "email_to": False}])
                self.assertIn(self.customer.display_name, letter.failure)
                self.assertIn(address, letter.failure)
            letter.sudo()._cancel("test")
