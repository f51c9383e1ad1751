from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestLetterAgain(LetterCase):
    """A letter that came back goes out once more, to an address that is kept for the next ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()
        cls._invoice(cls.customer, 100.0, 10)

    def _bounced(self, **values):
        letter = self._write(self.customer, **values)
        letter.with_user(self.collector).action_send()
        letter._bounce("unknown here")
        return letter

    def _again(self, letter, address, user=None, name=False):
        return (
            self.env["collection.letter.resend"]
            .with_user(user or self.collector)
            .create({"letter_id": letter.id, "address": address, "name": name})
            .action_send()
        )

    def _dunning(self):
        return self.customer.child_ids.filtered(lambda one: one.type == "dunning")

    def _mails(self, letter):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("subject", "like", letter.name), ("email_to", "like", "dues@example.com")])
        )

    def test_defaults_of_a_client_reach_neither_users_nor_terms(self):
        """A default for the users of the new contact would hand over their accounts."""
        admin = self.env.ref("base.user_admin")
        mine = admin.partner_id
        letter = self._bounced()
        self.env["collection.letter.resend"].with_user(self.collector).create(
            {"letter_id": letter.id, "address": "dues@example.com"}
        ).with_context(
            default_user_ids=[(6, 0, admin.ids)],
            default_is_company=True,
            default_credit_control="none",
            default_recipient_ids=[(6, 0, mine.ids)],
        ).action_send()
        contact = self._dunning()
        self.assertEqual(admin.partner_id, mine)
        self.assertFalse(contact.user_ids)
        self.assertFalse(contact.is_company)
        self.assertFalse(self._mails(letter).recipient_ids)

    def test_address_is_kept_and_reported(self):
        letter = self._bounced()
        case = letter.case_id
        self.assertEqual(len(case.activity_ids), 1)
        self._again(letter, "dues@example.com", name=" Ms Dues\nBcc: x ")
        self.assertRecordValues(
            self._dunning(),
            [
                {
                    "name": "Ms Dues Bcc: x",
                    "email": "dues@example.com",
                    "parent_id": self.customer.id,
                }
            ],
        )
        self.assertRecordValues(
            letter,
            [{"state": "sent", "email_to": "dues@example.com", "recipient_id": self._dunning().id}],
        )
        self.assertEqual(len(self._mails(letter)), 1)
        self.assertFalse(case.activity_ids, "the call that asked for the address is done")
        notice = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", letter._name),
                    ("res_id", "=", letter.id),
                    ("notified_partner_ids", "in", self.salesperson.partner_id.ids),
                ]
            )
        )
        self.assertIn("dues@example.com", notice.body)
        self.assertIn("customer@example.com", notice.body)
        self.assertIn("dues@example.com", self.customer.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "was not returned"):
            self._again(letter, "dues@example.com")
        self.assertEqual(len(self._mails(letter)), 1)

    def test_where_nothing_is_left_to_ask_for_no_address_is_kept(self):
        letter = self._bounced()
        invoice = letter.line_ids.move_id
        self._pay(invoice)
        self._again(letter, "dues@example.com")
        self.assertEqual(letter.state, "cancelled")
        self.assertFalse(self._dunning())

    def test_next_letters_go_there(self):
        self.customer.copy(
            {
                "type": "invoice",
                "is_company": False,
                "parent_id": self.customer.id,
                "email": "invoices@example.com",
            }
        )
        letter = self._bounced()
        self.assertEqual(letter.email_to, "invoices@example.com")
        self._again(letter, "dues@example.com")
        self.assertEqual(letter._get_recipient(), self._dunning())
        # It comes back, too: the same contact gets the next address.
        letter._bounce("full")
        self._again(letter, "third@example.com")
        self.assertRecordValues(self._dunning(), [{"email": "third@example.com"}])

    def test_address_of_one_who_logs_in_stays(self):
        """Passwords are sent to it: a collector cannot turn it to another mailbox."""
        contact = self.customer.copy(
            {
                "type": "dunning",
                "is_company": False,
                "parent_id": self.customer.id,
                "email": "portal@example.com",
            }
        )
        self.env["res.users"].sudo().create(
            {
                "name": "Portal",
                "login": "portal@example.com",
                "partner_id": contact.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        letter = self._bounced()
        self.assertEqual(letter.email_to, "portal@example.com")
        self._again(letter, "dues@example.com")
        self.assertEqual(contact.email, "portal@example.com")
        self.assertEqual(self.customer._get_letter_contacts()[0].email, "dues@example.com")

    def test_phone_numbers(self):
        self.customer.write({"phone": "+1 202 555 0111", "country_id": self.env.ref("base.us").id})
        letter = self._bounced(channel="sms")
        for number in ("", "x", "+1 202 555 0111, +1 202 555 0122", "dues@example.com"):
            with self.subTest(number=number), self.assertRaisesRegex(UserError, "phone number"):
                self._again(letter, number or " ")
        self.assertFalse(self._dunning())
        self._again(letter, "+1 202 555 0122")
        self.assertEqual(letter.state, "sent")
        self.assertEqual(letter.email_to.replace(" ", ""), "+12025550122")
        self.assertEqual(self._dunning().phone, letter.email_to)

    def test_letters_to_colleagues_make_no_contact(self):
        letter = self._bounced()
        letter.type_id.audience = "internal"
        self._again(letter, "colleague@example.com")
        self.assertFalse(self._dunning())

    def test_who_may(self):
        letter = self._bounced()
        for user in (self.controller, self.accountant, self.auditor, self.salesperson2):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._again(letter, "dues@example.com", user=user)
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                letter.case_id.with_user(user).action_letter_send_again()
        self.assertFalse(self._dunning())
        self.assertEqual(letter.state, "bounced")

    def test_from_the_case(self):
        letter = self._bounced()
        case = letter.case_id.with_user(self.collector)
        self.assertEqual(case.bounced_letter_id, letter)
        action = case.action_letter_send_again()
        self.assertEqual(action["context"]["default_letter_id"], letter.id)
        self._again(letter, "dues@example.com")
        self.env.invalidate_all()
        self.assertFalse(case.bounced_letter_id)
        with self.assertRaises(UserError):
            case.action_letter_send_again()

    def test_printing_refreshes_the_list(self):
        """The web client reads a list again after any address but one that is a download."""
        letters = self._write(self.customer, channel="print")
        action = letters.with_user(self.collector).action_print()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertNotEqual(action.get("target"), "download")

    def test_what_is_missing_is_seen_before_sending(self):
        """The coloured button is there once it works; until then the letter says what is missing."""
        letter = self._write(self.customer)
        self.assertFalse(letter.with_user(self.collector).send_error)
        self.company.sudo().write({"collection_hour_from": 0.0, "collection_hour_to": 0.01})
        self.env.invalidate_all()
        with freeze_time(f"{self._today()} 12:00:00"):
            self.assertIn("not contacted at this hour", letter.with_user(self.collector).send_error)
            self.env.invalidate_all()
            self.assertFalse(letter.with_user(self.auditor).send_error)
        self.company.sudo().write({"collection_hour_to": 24.0})
        self.env["collection.letter.text"].sudo().search(
            [("type_id", "=", letter.type_id.id)]
        ).active = False
        self.env.invalidate_all()
        self.assertIn("no template", letter.with_user(self.collector).send_error)
