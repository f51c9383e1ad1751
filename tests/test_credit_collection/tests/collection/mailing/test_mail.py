import html
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..letter.letter_case import LetterCase
from .smtp_sink import SmtpSink

ALIAS_DOMAIN = "in.example.com"
BOUNCE = """\
From: MAILER-DAEMON@mx.example.com
To: bounce@{domain}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-1@mx.example.com>
In-Reply-To: {message_id}
References: {message_id}
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The address customer@example.com is unknown here.
--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; customer@example.com
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
To: customer@example.com
--b--
"""
REPLY = """\
From: Customer <customer@example.com>
To: catchall@{domain}
Subject: Re: Payment reminder
Message-ID: <reply-1@example.com>
In-Reply-To: {message_id}
References: {message_id}
Content-Type: text/plain

We paid yesterday.
"""


@tagged("post_install", "-at_install")
class TestMail(LetterCase):
    """Mail as it leaves and as it comes back, over a mail server on the loopback address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domains = cls.env["mail.alias.domain"].sudo()
        cls.company.sudo().alias_domain_id = domains.create({"name": ALIAS_DOMAIN})
        cls.customer = cls._customer("Customer")
        cls._invoice(cls.customer, 100.0, 10)

    def _sent(self, force=False):
        letter = self._write(self.customer).with_user(self.collector)
        letter.with_context(force_report_rendering=force).action_send()
        return letter.sudo()

    def _send_mail(self, letter, sink, port=None):
        """Odoo's mail queue sends the mail of a letter to the sink."""
        servers = self.env["ir.mail_server"].sudo()
        servers.search([]).active = False
        servers.create(
            {
                "name": "sink",
                "smtp_host": "127.0.0.1",
                "smtp_port": port or sink.port,
                "smtp_encryption": "none",
            }
        )
        mail = self.env["mail.mail"].sudo().search(
            [("mail_message_id", "=", letter.message_id.id)]
        )  # fmt: skip
        with (
            patch.object(type(servers), "_disable_send", lambda *args: False),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            mail.send()
        return mail

    def test_arrives_once_with_the_letter(self):
        with SmtpSink() as sink:
            letter = self._sent(force=True)
            mail = self._send_mail(letter, sink)
            self.assertEqual(mail.state, "sent")
            mail.send()
            self.assertEqual(len(sink.taken), 1)
        addresses, message = sink.taken[0]
        self.assertEqual(addresses, ["customer@example.com"])
        self.assertIn(letter.name, message["Subject"])
        self.assertIn(ALIAS_DOMAIN, message["Reply-To"])
        files = list(message.iter_attachments())
        self.assertEqual([file.get_content_type() for file in files], ["application/pdf"])
        content = files[0].get_content()
        self.assertTrue(content.startswith(b"%PDF"))
        self.assertEqual(content, letter.attachment_id.raw)
        self.assertEqual((letter.state, letter.mail_state), ("sent", "gone"))

    def test_refused_recipient(self):
        """The mail server does not know the recipient: bounced, shown on the case, the collector calls."""
        with SmtpSink(refused=["customer@example.com"]) as sink:
            letter = self._sent()
            self._send_mail(letter, sink)
        # the letters that did go out are the news of the activity
        self.assertEqual([addresses for addresses, _ in sink.taken], [[self.collector.email]])
        self._check_bounced(letter, "no such user")

    def _check_bounced(self, letter, reason):
        self.assertEqual((letter.state, letter.mail_state), ("bounced", "failed"))
        self.assertIn(reason, letter.failure)
        self.assertEqual(sorted(letter.case_id.contact_ids.mapped("result")), ["bounced", "sent"])
        activity = letter.case_id.activity_ids
        self.assertEqual(activity.user_id, self.collector)
        self.assertEqual(activity.activity_type_id, self.env.ref("mail.mail_activity_data_call"))

    def test_no_connection(self):
        """Our own mail server is down: nobody's address is wrong, the mail stays in the queue."""
        with SmtpSink() as sink:
            port = sink.port
        letter = self._sent()
        mail = self._send_mail(letter, None, port)
        self.assertEqual((letter.state, mail.state), ("sent", "outgoing"))
        self.assertFalse(letter.case_id.activity_ids)
        with SmtpSink() as sink:
            self.env["ir.mail_server"].sudo().search([]).smtp_port = sink.port
            self._send_mail(letter, sink)
            self.assertEqual(len(sink.taken), 1)

    def _receive_mail(self, source, letter):
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process(
                False,
                source.format(domain=ALIAS_DOMAIN, message_id=letter.message_id.message_id),
            )

    def test_comes_back_later(self):
        """The customer's mail server took it and returns it."""
        letter = self._sent()
        self._receive_mail(BOUNCE, letter)
        self._check_bounced(letter, "unknown here")

    def test_reply_is_a_contact(self):
        letter = self._sent()
        self._receive_mail(REPLY, letter)
        contact = letter.case_id.contact_ids.filtered(lambda one: one.direction == "in")
        self.assertRecordValues(
            contact,
            [{"channel": "mail", "result": "message", "person_id": self.customer.id,
              "is_automatic": True}],
        )  # fmt: skip
        self.assertIn("paid yesterday", contact.summary)
        self.assertIn("paid yesterday", letter.case_id.message_ids[0].body)

    def test_answer_of_our_own_is_no_contact(self):
        letter = self._sent()
        self.collector.email = "collector@example.com"
        self._receive_mail(REPLY.replace("customer@", "collector@"), letter)
        self.assertFalse(letter.case_id.contact_ids.filtered(lambda one: one.direction == "in"))

    def test_resend_to_another_address(self):
        """To another address, with the amounts open then; a letter that arrived is not sent again."""
        letter = self._sent()
        wizard = self.env["collection.letter.resend"].with_user(self.collector)
        with self.assertRaisesRegex(Exception, "was not returned"):
            wizard.create({"letter_id": letter.id, "address": "new@example.com"}).action_send()
        letter._bounce("full")
        self._invoice(self.customer, 50.0, 3)
        again = wizard.create({"letter_id": letter.id, "address": "not an address"})
        with self.assertRaisesRegex(Exception, "is not a single email address"):
            again.action_send()
        again.address = "New <new@example.com>"
        again.action_send()
        self.assertRecordValues(
            letter, [{"state": "sent", "email_to": "new@example.com", "failure": False}]
        )
        self.assertEqual(letter.amount_total, 100.0)
        mail = self.env["mail.mail"].sudo().search(
            [("mail_message_id", "=", letter.message_id.id)]
        )  # fmt: skip
        self.assertIn("new@example.com", mail.email_to)

    # ------------------------------------------------------------------ looked at before it goes

    def _dialog(self, letter, user=None):
        action = letter.with_user(user or self.collector).action_compose()
        return (
            self.env["collection.letter.send"]
            .with_user(user or self.collector)
            .with_context(**action["context"])
            .create({})
        )

    def test_edited_before_it_goes(self):
        """Body and subject are shown and changed; several recipients and Cc; the server gets it so."""
        second = self.customer.copy(
            {"name": "Second", "email": "second@example.com", "parent_id": self.customer.id}
        )
        copied = self._customer("Copied", email="copied@example.com")
        letter = self._write(self.customer)
        dialog = self._dialog(letter)
        self.assertEqual(dialog.recipient_ids, self.customer)
        self.assertEqual(dialog.subject, f"Friendly payment reminder ({letter.name})")
        self.assertIn("100.00", dialog.body)
        self.assertEqual(letter.state, "ready")
        dialog.write(
            {
                "subject": "About our call",
                "body": dialog.body.replace("Dear Customer", "Dear Ms Chen"),
                "recipient_ids": [(4, second.id)],
                "cc_ids": [(4, copied.id)],
            }
        )
        dialog.action_send()
        with SmtpSink() as sink:
            self._send_mail(letter.sudo(), sink)
        taken = [address for addresses, _message in sink.taken for address in addresses]
        self.assertEqual(
            sorted(taken), ["copied@example.com", "customer@example.com", "second@example.com"]
        )
        message = sink.taken[0][1]
        self.assertEqual(message["Subject"], "About our call")
        body = message.get_body().get_content()
        self.assertIn("Dear Ms Chen", body)
        self.assertEqual(letter.email_cc, "copied@example.com")

    def test_what_stops_a_letter_of_a_run_stops_it_here(self):
        """No letters until Friday: also where a person opened the mail before that was said."""
        letter = self._write(self.customer)
        dialog = self._dialog(letter)
        letter.case_id._system().write({"date_pause": self._today(3)})
        dialog.action_send()
        self.assertEqual(letter.state, "cancelled")

    def test_somebody_without_address(self):
        letter = self._write(self.customer)
        dialog = self._dialog(letter)
        dialog.recipient_ids = self._customer("Nobody", email=False)
        with self.assertRaisesRegex(UserError, "Nobody"):
            dialog.action_send()
        dialog.recipient_ids = False
        with self.assertRaises(UserError):
            dialog.action_send()
        self.assertEqual(letter.state, "ready")

    def test_approved_text_is_not_edited(self):
        """What Legal approved goes out as it is, whatever a client sends."""
        self.company.sudo().collection_letter_confirm = False
        self._approve("dunning_final")
        letter = self._write(self.customer, "dunning_final")
        dialog = self._dialog(letter)
        dialog.write({"subject": "Ours", "body": "<p>We shall ruin you.</p>"})
        dialog.action_send()
        self.assertIn("Final request for payment", letter.message_id.subject)
        self.assertNotIn("ruin", letter.message_id.body)

    def test_who_composes(self):
        letter = self._write(self.customer)
        for user in (self.auditor, self.controller, self.salesperson2):
            with self.subTest(user.name), self.assertRaises(AccessError):
                letter.with_user(user).action_compose()

    def test_a_customer_may_read_it(self):
        """No advertising, no words of our own trade, and a link to pay where that is possible."""
        providers = self.env["payment.provider"].sudo()
        providers.search([]).state = "disabled"
        body = self._sent().message_id.body
        for words in ("Powered by", "odoo.com", "dunning", "Pay online"):
            self.assertNotIn(words.lower(), body.lower())
        providers.create({"name": "Till", "company_id": self.company.id, "state": "test"})
        other = self._customer("Payer")
        invoice = self._invoice(other, 100.0, 10)
        letter = self._write(other)
        letter.with_user(self.collector).action_send()
        self.assertIn("Pay online:", letter.message_id.body)
        self.assertIn(invoice.get_portal_url(), html.unescape(letter.message_id.body))

    def test_internal_mail_links_to_the_case(self):
        letter = self._write(self.customer, "overdue_notice")
        letter._deliver()
        self.assertIn("Open the case:", letter.message_id.body)
        self.assertIn(letter.case_id.name, letter.message_id.body)

    def test_template_of_the_company(self):
        """The mail is Odoo's template: an edited one goes out as edited."""
        template = self.env.ref("credit_collection.mail_template_collection_letter").sudo()
        copy = template.copy({"subject": "Ours {{ object.name }}", "body_html": "<p>Ours</p>"})
        self._type("payment_reminder").mail_template_id = copy
        letter = self._sent()
        self.assertEqual(letter.message_id.subject, f"Ours {letter.name}")
        self.assertIn("Ours", letter.message_id.body)
