from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..letter.letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestCopies(LetterCase):
    """The superior of the person who pays receives a copy (P2-08); what went is evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Customer")
        cls._invoice(cls.customer, 100.0, 10)
        cls.boss = cls.env["res.partner"].create(
            {"name": "Boss", "parent_id": cls.customer.id, "email": "boss@example.com",
             "collection_in_copy": True}
        )  # fmt: skip

    def _mail(self, letter):
        return self.env["mail.mail"].sudo().search([("mail_message_id", "=", letter.message_id.id)])

    def test_contacts_of_the_customer_receive_a_copy(self):
        letter = self._write(self.customer)
        letter.with_user(self.collector).action_send()
        self.assertEqual(letter.email_cc, "boss@example.com")
        self.assertEqual(self._mail(letter).email_cc, "boss@example.com")

    def test_not_of_internal_notices_and_tests(self):
        self.salesperson.email = "sales@example.com"
        self.controller.email = "controller@example.com"
        notice = self._write(self.customer, "overdue_notice")
        notice.sudo()._deliver()
        self.assertFalse(notice.email_cc)
        test = self._write(self.customer, run=self._run(is_test=True))
        test.sudo()._deliver()
        self.assertFalse(test.email_cc)

    def test_whoever_composes_sees_and_may_drop_them(self):
        letter = self._write(self.customer)
        dialog = self.env["collection.letter.send"].with_user(self.collector).create(
            {"letter_id": letter.id}
        )  # fmt: skip
        self.assertEqual(dialog.cc_ids, self.boss)
        dialog.cc_ids = False
        dialog.action_send()
        self.assertFalse(letter.email_cc)

    def test_the_recipient_needs_no_copy(self):
        self.boss.type = "dunning"
        letter = self._write(self.customer)
        letter.with_user(self.collector).action_send()
        self.assertEqual((letter.email_to, letter.email_cc), ("boss@example.com", False))

    def test_what_went_is_evidence(self):
        letter = self._write(self.customer, channel="print")
        letter.with_user(self.collector).with_context(force_report_rendering=True).action_print()
        self.assertEqual(letter.state, "printed")
        with self.assertRaisesRegex(AccessError, "evidence"):
            letter.sudo().attachment_id.write({"raw": b"changed"})
