from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestLetterSend(LetterCase):
    """Changes between writing and sending; each letter goes once."""

    def _mails(self, letter):
        return self.env["mail.mail"].sudo().search([("mail_message_id", "=", letter.message_id.id)])

    def _overdue(self, name="Customer", amount=100.0, days=10, **values):
        customer = self._customer(name, **values)
        return customer, self._invoice(customer, amount, days)

    def test_goes_once(self):
        customer, _invoice = self._overdue()
        letter = self._write(customer)
        case = letter.case_id
        self._run_job("collection_letter_send")
        self.assertEqual(letter.state, "sent")
        self.assertRecordValues(
            letter,
            [
                {
                    "email_to": "customer@example.com",
                    "recipient_id": customer.id,
                    "lang": "en_US",
                    "subject": "Friendly payment reminder",
                    "sent_by_id": False,
                    "failure": False,
                }
            ],
        )
        mail = self._mails(letter)
        self.assertRecordValues(
            mail,
            [
                {
                    "state": "outgoing",
                    "model": "collection.case",
                    "res_id": case.id,
                    "subject": f"Friendly payment reminder ({letter.name})",
                }
            ],
        )
        self.assertIn("customer@example.com", mail.email_to)
        self.assertEqual(mail.attachment_ids, letter.attachment_id)
        self.assertIn("$ 100.00", mail.body_html.replace("\N{NO-BREAK SPACE}", " "))
        self.assertIn(mail.mail_message_id, case.message_ids)
        self.assertRecordValues(
            case.contact_ids,
            [
                {
                    "channel": "mail",
                    "direction": "out",
                    "result": "sent",
                    "is_automatic": True,
                    "letter_id": letter.id,
                    "user_id": False,
                }
            ],
        )
        self.assertEqual(case.date_last_letter, self.company._credit_today())
        before = self.env["mail.mail"].sudo().search_count([])
        self._run_job("collection_letter_send")
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)
        self.assertEqual(len(case.contact_ids), 1)

    def test_paid_before_it_goes(self):
        """Paid between run and sending: cancelled, no mail, the case says why."""
        customer, invoice = self._overdue()
        letter = self._write(customer)
        self._pay(invoice)
        self._run_job("collection_letter_send")
        self.assertEqual(letter.state, "cancelled")
        self.assertIn("No amount is left to collect", letter.cancel_reason)
        self.assertFalse(letter.message_id)
        self.assertFalse(letter.case_id.contact_ids)
        self.assertFalse(letter.case_id.date_last_letter)

    def test_paid_in_part_before_it_goes(self):
        """100 and 300 overdue; 100 paid and 50 of the 300: the letter asks for 250 and one item."""
        customer, first = self._overdue(days=40)
        second = self._invoice(customer, 300.0, 20)
        letter = self._write(customer)
        self.assertEqual((letter.amount_total, letter.item_count), (400.0, 2))
        self._pay(first)
        self._pay(second, 50.0)
        self._run_job("collection_letter_send")
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "sent",
                    "amount_open": 250.0,
                    "amount_total": 250.0,
                    "amount_company": 250.0,
                    "item_count": 1,
                    "days_overdue": 20,
                    "age_30": 250.0,
                    "age_60": 0.0,
                }
            ],
        )
        self.assertRecordValues(letter.line_ids, [{"move_id": second.id, "chase": 250.0}])
        body = self._mails(letter).body_html.replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn("$ 250.00", body)
        self.assertNotIn("$ 400.00", body)

    def test_credit_before_it_goes(self):
        """Money that arrives and is applied to nothing lowers the amount to ask for."""
        customer, _invoice = self._overdue()
        letter = self._write(customer)
        self._receive(customer, 30.0)
        self._run_job("collection_letter_send")
        self.assertRecordValues(
            letter, [{"amount_open": 100.0, "amount_total": 70.0, "amount_credit": 30.0}]
        )

    def test_excluded_before_it_goes(self):
        customer, invoice = self._overdue()
        letter = self._write(customer)
        invoice.no_followup = True
        self._run_job("collection_letter_send")
        self.assertEqual(letter.state, "cancelled")

    def test_new_item_has_its_own_turn(self):
        customer, _invoice = self._overdue()
        letter = self._write(customer)
        self._invoice(customer, 900.0, 5)
        self._run_job("collection_letter_send")
        self.assertEqual((letter.state, letter.amount_total), ("sent", 100.0))

    def test_hours(self):
        """Outside the hours letters to customers wait, internal ones and tests do not (P2-21)."""
        customer, _invoice = self._overdue()
        other, _invoice = self._overdue("Other")
        letter = self._write(customer)
        notice = self._write(other, "overdue_notice")
        self.salesperson.email = "sales@example.com"
        company = type(self.env["res.company"])
        with patch.object(company, "_collection_may_contact_now", lambda self: False):
            self._run_job("collection_letter_send")
            self.assertEqual((letter.state, notice.state), ("ready", "sent"))
            with self.assertRaisesRegex(UserError, "not contacted at this hour"):
                letter.with_user(self.collector).action_send()
        self._run_job("collection_letter_send")
        self.assertEqual(letter.state, "sent")

    def test_one_fault_stops_nobody(self):
        """The final demand waits for Legal and says so; the other goes; no loop, no loss."""
        self.company.sudo().collection_letter_confirm = False
        customer, _invoice = self._overdue()
        other, _invoice = self._overdue("Other")
        lawyer = self._write(customer, "dunning_final")
        letter = self._write(other)
        self._run_job("collection_letter_send")
        self.assertEqual((lawyer.state, letter.state), ("ready", "sent"))
        self.assertIn("Legal", lawyer.failure)
        self.assertFalse(lawyer.attachment_id)
        self.assertTrue(lawyer.next_try)
        self._approve("dunning_final")
        self._run_job("collection_letter_send")
        self.assertEqual(lawyer.state, "ready", "tried again only later")
        lawyer._system().write({"next_try": False})
        self._run_job("collection_letter_send")
        self.assertEqual((lawyer.state, lawyer.failure), ("sent", False))

    def test_test_letters(self):
        """To the user of the run, marked; nobody was asked."""
        customer, _invoice = self._overdue()
        self.controller.email = "controller@example.com"
        letter = self._write(customer, channel="print", run=self._run(is_test=True))
        self._run_job("collection_letter_send")
        mail = self._mails(letter)
        self.assertIn("controller@example.com", mail.email_to)
        self.assertTrue(mail.subject.startswith("[Test] Friendly payment reminder"))
        self.assertEqual(mail.model, "collection.letter")
        self.assertFalse(letter.case_id.contact_ids)
        self.assertFalse(letter.case_id.date_last_letter)

    def test_internal_notice(self):
        """To the salesperson, on the case, no contact with the customer."""
        customer, _invoice = self._overdue()
        self.salesperson.email = "sales@example.com"
        letter = self._write(customer, "overdue_notice")
        self._run_job("collection_letter_send")
        self.assertEqual(letter.email_to, "sales@example.com")
        self.assertIn("Customer", letter.subject)
        self.assertFalse(letter.case_id.contact_ids)

    def test_no_address(self):
        """Without a mail address it waits for the printer, and the case says so."""
        customer, _invoice = self._overdue(email=False)
        letter = self._write(customer)
        self._run_job("collection_letter_send")
        self.assertRecordValues(letter, [{"state": "ready", "channel": "print"}])
        self.assertIn("ready to print", letter.case_id.message_ids[0].body)

    def test_invoice_contact(self):
        customer, _invoice = self._overdue()
        contact = self.env["res.partner"].create(
            {
                "name": "Books",
                "type": "invoice",
                "parent_id": customer.id,
                "email": "books@example.com",
            }
        )
        letter = self._write(customer)
        self._run_job("collection_letter_send")
        self.assertRecordValues(
            letter, [{"recipient_id": contact.id, "email_to": "books@example.com"}]
        )

    def test_the_first_invoice_contact_who_can_be_reached(self):
        """Two invoice contacts, the first without address: the second, by mail and on paper."""
        customer, _invoice = self._overdue(phone="+1 555 0100")
        contact = self.env["res.partner"]
        _nobody, reached = contact.create(
            [
                {"name": "A Nobody", "type": "invoice", "parent_id": customer.id},
                {
                    "name": "B Books",
                    "type": "invoice",
                    "parent_id": customer.id,
                    "email": "books@example.com",
                    "phone": "+1 555 0111",
                },
            ]
        )
        paper = contact.create(
            {"name": "C Post", "type": "invoice", "parent_id": customer.id, "street": "Post Box 7"}
        )
        letter = self._write(customer)
        for channel, person in (("mail", reached), ("sms", reached), ("print", paper)):
            with self.subTest(channel=channel):
                letter._system().write({"channel": channel})
                self.assertEqual(letter._get_recipient(), person)
        (reached | paper).active = False
        for channel in ("mail", "sms", "print"):
            letter._system().write({"channel": channel})
            self.assertEqual(letter._get_recipient(), customer)

    def test_language_of_the_mail(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        wording = self.env.ref("credit_collection.collection_letter_text_payment_reminder").sudo()
        wording.with_context(lang="zh_CN").write({"subject": "付款提醒函"})
        customer, _invoice = self._overdue(lang="zh_CN")
        letter = self._write(customer)
        self._run_job("collection_letter_send")
        self.assertEqual(letter.lang, "zh_CN")
        self.assertIn("付款提醒函", self._mails(letter).subject)

    def test_sms(self):
        """Queued in Odoo's SMS, shown on the case; without a number it waits for the printer."""
        customer, _invoice = self._overdue(phone="+1 555 0123")
        letter = self._write(customer, channel="sms")
        other, _invoice = self._overdue("Mute", phone=False)
        mute = self._write(other, channel="sms")
        self._run_job("collection_letter_send")
        self.assertEqual((letter.state, mute.channel), ("sent", "print"))
        sms = self.env["sms.sms"].sudo().search([("mail_message_id", "=", letter.message_id.id)])
        self.assertEqual(len(sms), 1)
        self.assertIn("100.00", sms.body)
        self.assertIn(letter.message_id, letter.case_id.message_ids)
        self.assertEqual(letter.case_id.contact_ids.channel, "sms")

    def test_sms_to_individuals_names_no_amount(self):
        """A phone may be shared; also where the type has an SMS of its own."""
        customer, _invoice = self._overdue(phone="+1 555 0123", is_company=False)
        own = self.env.ref("credit_collection.sms_template_collection_letter").sudo().copy()
        self._type("payment_reminder").sms_template_id = own
        letter = self._write(customer, channel="sms")
        other, _invoice = self._overdue("Segment", phone="+1 555 0124")
        self._decide(other, credit_segment="individual")
        letter |= self._write(other, channel="sms")
        self._run_job("collection_letter_send")
        texts = self.env["sms.sms"].sudo().search(
            [("mail_message_id", "in", letter.message_id.ids)]
        )  # fmt: skip
        self.assertEqual(len(texts), 2)
        for sms, one in zip(texts.sorted("id"), letter, strict=True):
            self.assertNotIn("100", sms.body.replace(one.name, ""))
            self.assertIn(one.name, sms.body)

    def test_killed_in_the_middle(self):
        """A failure after the mail was created rolls back mail, PDF and state together."""
        customer, _invoice = self._overdue()
        letter = self._write(customer)
        before = self.env["mail.mail"].sudo().search_count([])

        def broken(self, result, summary):
            raise ValueError("power cut")

        with (
            patch.object(type(letter), "_log_contact", broken),
            self.assertLogs("odoo.addons.credit_collection", "ERROR"),
        ):
            self._run_job("collection_letter_send")
        self.assertRecordValues(
            letter, [{"state": "ready", "failure": "power cut", "attachment_id": False}]
        )
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)
        letter._system().write({"next_try": False})
        self._run_job("collection_letter_send")
        self.assertEqual(letter.state, "sent")
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before + 1)
