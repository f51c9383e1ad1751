from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestThanks(ResolutionCase):
    """The customer is told that a payment came: off by default, once per payment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write({"collection_hour_from": 0, "collection_hour_to": 24})
        cls.notes = cls.env["collection.thanks"].sudo()

    def _on(self, **values):
        self.company.sudo().write(values or {"collection_thanks": True, "collection_receipt": True})

    def _send(self):
        """The job; the notes of the customer."""
        self.notes._create_due()
        found = self.notes.search([("partner_id", "=", self.customer.id)])
        for note in found.filtered(lambda one: one.state == "ready" and one.channel == "mail"):
            note._deliver()
        return found

    def _promised(self, invoice, days=5):
        case = self.env["collection.case"].sudo().search([("partner_id", "=", self.customer.id)])
        case = (case or self._case()).with_user(self.collector)
        return (
            self.env["collection.promise"]
            .with_user(self.collector)
            ._register_promise(
                case,
                [{"move_line_id": self._claims(invoice).id, "date_promised": self._today(days)}],
            )
        )

    def _mails(self):
        return self.env["mail.mail"].sudo().search([("email_to", "like", self.customer.email)])

    def test_off_by_default(self):
        self._promised(invoice := self._invoice(self.customer, 100, 10))
        self._pay(invoice)
        self.assertFalse(self._send())

    def test_thanks_for_an_overdue_payment_once(self):
        self._on()
        late, due_later = (self._invoice(self.customer, amount, 10) for amount in (100, 50))
        due_later = self._invoice(self.customer, 50, -10)
        payment = self._pay(late, 60)
        self._pay(due_later)
        note = self._send()
        self.assertRecordValues(
            note,
            [{"kind": "overdue", "state": "sent", "amount": 60, "move_id": payment.move_id.id}],
        )
        self.assertEqual(note._get_paid()[0][0], late.name)
        self.assertEqual(len(self._mails()), 1)
        self.assertIn("60.00", self._mails().body_html)
        self.assertEqual(self._send(), note)
        self.assertEqual(len(self._mails()), 1)
        self._pay(late)
        self.assertEqual(len(self._send()), 2, "another payment")

    def test_receipt_of_a_promised_payment(self):
        self._on(collection_receipt=True)
        promised, other = (self._invoice(self.customer, 100, 10) for _number in range(2))
        self._promised(promised)
        self._pay(other)
        self._pay(promised)
        note = self._send()
        self.assertRecordValues(note, [{"kind": "announced", "state": "sent", "amount": 100}])
        self.assertIn("promised", note.subject + note._get_opening())

    def test_payments_from_before_are_not_spoken_of(self):
        self._pay(self._invoice(self.customer, 100, 30), date=self._today(-5))
        self._on()
        self.assertFalse(self._send())

    def test_money_that_is_not_applied_waits(self):
        self._on()
        invoice = self._invoice(self.customer, 100, 10)
        payment = self._receive(self.customer, 100)
        self.assertFalse(self._send())
        (self._claims(invoice) + self._claims(payment.move_id)).reconcile()
        self.assertEqual(self._send().amount, 100)

    def test_a_reversed_payment_gets_none(self):
        self._on()
        invoice = self._invoice(self.customer, 100, 10)
        payment = self._pay(invoice)
        self.notes._create_due()
        payment.move_id._reverse_moves([{"date": self._today()}], cancel=True)
        note = self._send()
        self.assertEqual(note.state, "cancelled")
        self.assertFalse(self._mails())
        payment = self._pay(invoice)
        payment.move_id._reverse_moves([{"date": self._today()}], cancel=True)
        self.assertEqual(self._send(), note)

    def test_turned_off_nothing_goes(self):
        self._on()
        self._pay(self._invoice(self.customer, 100, 10))
        self.notes._create_due()
        self._on(collection_thanks=False)
        self.assertEqual(self._send().state, "cancelled")

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        self._on()
        self._pay(self._invoice(self.customer, 100, 10))
        self.assertEqual(self._send().lang, "zh_CN")

    def test_without_an_address_it_is_printed(self):
        self.customer.email = False
        self._on()
        self._pay(self._invoice(self.customer, 100, 10))
        self.assertRecordValues(self._send(), [{"state": "ready", "channel": "print"}])

    def test_one_that_came_back_goes_again(self):
        self._on()
        self._case()
        self._pay(self._invoice(self.customer, 100, 10))
        note = self._send()
        note._bounce("unknown here")
        self.assertEqual(self._timeline().kind, "bounced")
        calls = self.env["mail.activity"].sudo().search([("summary", "like", note.display_name)])
        self.assertEqual(calls.user_id, self.collector)
        self.customer.email = "new@example.com"
        note.with_user(self.collector).action_send_again()
        self.assertRecordValues(note, [{"state": "sent", "email_to": "new@example.com"}])

    def _timeline(self):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["collection.timeline"].with_user(self.collector)
        return rows.search(
            [("partner_id", "=", self.customer.id), ("res_model", "=", "collection.thanks")]
        )

    def test_on_the_timeline_of_the_case(self):
        self._on()
        case = self._case()
        self._pay(self._invoice(self.customer, 100, 10))
        note = self._send()
        row = self._timeline()
        self.assertRecordValues(
            row,
            [
                {
                    "kind": "letter",
                    "direction": "out",
                    "amount": 100,
                    "text": note.subject,
                    "case_id": case.id,
                }
            ],
        )
        self.assertEqual(row.action_open_document()["res_id"], note.id)

    def test_who_sees_and_sends(self):
        self._on()
        self._pay(self._invoice(self.customer, 100, 10))
        self.notes._create_due()
        note = self.notes.search([("partner_id", "=", self.customer.id)])
        self.assertTrue(note.with_user(self.collector).can_send)
        self.assertTrue(note.with_user(self.salesperson).has_access("read"))
        self.assertFalse(note.with_user(self.salesperson2).has_access("read"))
        for call in ("action_send", "action_cancel", "action_print"):
            with self.assertRaises(AccessError):
                getattr(note.with_user(self.salesperson), call)()
        with self.assertRaises(AccessError):
            note.with_user(self.collector).write({"amount": 1})
