from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.sms.tools.sms_api import SmsApi

from .letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestLetterContactPolicy(LetterCase):
    """Limits of contact for letters by hand (P2-21), and SMS that do not arrive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write(
            {
                "collection_contact_max": 2,
                "collection_contact_days": 7,
                "collection_hour_from": 0.0,
                "collection_hour_to": 24.0,
            }
        )
        cls.customer = cls._customer("Customer", phone="+1 555 0123")
        cls._invoice(cls.customer, 100.0, 10)
        cls.case = cls._case(cls.customer)

    def _wizard(self, user=None, **values):
        return (
            self.env["collection.letter.write"]
            .with_user(user or self.collector)
            .with_context(active_model="collection.case", active_ids=self.case.ids)
            .create(values)
        )

    def _by_hand(self, **values):
        return self.letters.browse(self._wizard(**values).action_write()["res_id"])

    # ------------------------------------------------------------------ limits

    def test_one_letter_too_many(self):
        """Two letters in a week are allowed: with the third the writer is warned, and it is noted."""
        for _number in range(2):
            letter = self._by_hand()
            self.assertFalse(letter.contact_policy_warning)
            letter.with_user(self.collector).action_send()
        self.assertFalse(self.case.contact_ids.filtered("limit_broken"))
        words = "Already 2 contacts within 7 days; the limit is 2."
        self.assertEqual(self._wizard().contact_policy_warning, words)
        letter = self._by_hand()
        self.assertEqual(letter.contact_policy_warning, words)
        letter.with_user(self.collector).action_send()
        self.assertEqual(letter.state, "sent")
        self.assertFalse(letter.contact_policy_warning)
        contact = self.case.contact_ids.filtered(lambda one: one.letter_id == letter)
        self.assertEqual(contact.limit_broken, words)

    def test_letters_and_calls_count_together(self):
        self._by_hand().with_user(self.collector).action_send()
        log = self.env["collection.contact"].with_user(self.collector)
        log.create({"case_id": self.case.id, "summary": "Rang."})
        self.assertIn("2 contacts", self._by_hand().contact_policy_warning)
        self.assertIn(
            "2 contacts", log._get_broken_limits(self.case, "call", "out", fields.Datetime.now())
        )

    def test_on_paper_counts_internal_does_not(self):
        for _number in range(2):
            self._by_hand(channel="print").with_user(self.collector).action_print()
        self.assertIn("2 contacts", self._by_hand(channel="print").contact_policy_warning)
        internal = self._by_hand(type_id=self._type("overdue_notice").id)
        self.assertFalse(internal.contact_policy_warning)

    def test_hours(self):
        """Outside the hours mail is refused when sent: the writer reads so before."""
        with patch.object(type(self.company), "_collection_may_contact_now", lambda _self: False):
            self.assertIn("from 00:00 to 24:00 only", self._wizard().contact_policy_warning)
            self.assertFalse(self._wizard(channel="print").contact_policy_warning)

    def test_no_limit(self):
        self.company.sudo().collection_contact_max = 0
        for _number in range(3):
            letter = self._by_hand()
            self.assertFalse(letter.contact_policy_warning)
            letter.with_user(self.collector).action_send()
        self.assertFalse(self.case.contact_ids.filtered("limit_broken"))

    # ------------------------------------------------------------------ SMS

    def _sms(self, state):
        """A letter by SMS, to which the provider answers with `state`."""
        letter = self._by_hand(channel="sms")
        letter.with_user(self.collector).action_send()
        sms = self.env["sms.sms"].sudo().search([("mail_message_id", "=", letter.message_id.id)])
        with patch.object(
            SmsApi,
            "_send_sms_batch",
            lambda _self, messages, **_more: [
                {"uuid": number["uuid"], "state": state}
                for message in messages
                for number in message["numbers"]
            ],
        ):
            sms.send()
        self.env.invalidate_all()
        return letter

    def test_sms_arrives(self):
        letter = self._sms("success")
        self.assertEqual(letter.state, "sent")
        self.assertFalse(self.case.sudo().activity_ids)

    def test_sms_to_a_wrong_number(self):
        """The letter came back: it shows, the collector calls, and it can be sent to another number."""
        letter = self._sms("wrong_number_format")
        self.assertRecordValues(letter, [{"state": "bounced", "mail_state": "failed"}])
        self.assertTrue(letter.failure)
        activity = self.case.sudo().activity_ids
        self.assertEqual(activity.user_id, self.collector)
        self.assertIn("was not delivered", activity.note)
        self.assertEqual(self.case.contact_ids.mapped("result"), ["bounced", "sent"])
        letter.with_user(self.collector)._send_again("+1 555 0199")
        self.assertEqual((letter.state, letter.email_to), ("sent", "+1 555 0199"))

    def test_sms_without_credit(self):
        """Our own account is at fault: nobody can be asked for another number."""
        letter = self._sms("insufficient_credit")
        self.assertEqual(letter.state, "bounced")
        self.assertTrue(letter.failure)
        self.assertFalse(self.case.sudo().activity_ids)
