from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestAllocation(ResolutionCase):
    """A lump sum pays the invoices it names, then the oldest (P4-14); worked examples."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._invoice(cls.customer, 1000, days_overdue=60)
        cls.second = cls._invoice(cls.customer, 500, days_overdue=30)
        cls.third = cls._invoice(cls.customer, 300, days_overdue=-10)

    def _open(self, record, user=None):
        # The button on the form of the payment or of the customer.
        action = record.with_user(user or self.accountant).action_collection_apply()
        return self.env["collection.allocation"].with_user(user or self.accountant).browse(
            action["res_id"]
        )  # fmt: skip

    def _residuals(self, *moves):
        return [move.amount_residual for move in moves or (self.first, self.second, self.third)]

    def test_oldest_first_and_partly(self):
        wizard = self._open(self._receive(self.customer, 1200))
        self.assertRecordValues(
            wizard.line_ids,
            [
                {"move_name": self.first.name, "amount": 1000, "is_named": False},
                {"move_name": self.second.name, "amount": 200, "is_named": False},
                {"move_name": self.third.name, "amount": 0, "is_named": False},
            ],
        )
        self.assertRecordValues(
            wizard, [{"amount": 1200, "amount_applied": 1200, "amount_left": 0}]
        )
        wizard.action_apply()
        self.assertEqual(self._residuals(), [0, 300, 300])

    def test_named_first(self):
        payment = self._receive(self.customer, 600)
        payment.memo = f"Thanks for {self.third.name}"
        wizard = self._open(payment)
        self.assertEqual(wizard.line_ids[0].move_name, self.third.name)
        self.assertTrue(wizard.line_ids[0].is_named)
        wizard.action_apply()
        self.assertEqual(self._residuals(), [700, 500, 0])

    def test_the_number_of_a_letter_names_its_items(self):
        """The payment reference on a letter about many invoices (their own are on letters about one)."""
        case = self._case()
        letter = self.env["collection.letter"].sudo()._insert_letters(
            self.company, self._today(),
            [{"case_id": case.id, "partner_id": self.customer.id,
              "currency_id": self.company.currency_id.id, "channel": "print", "level": 1,
              "type_id": self.env.ref(
                  "credit_collection.collection_letter_type_payment_reminder").id}],
            move_ids=self.second.ids,
        )  # fmt: skip
        payment = self._receive(self.customer, 500)
        payment.memo = f"ref {letter.name}"
        self.assertFalse(any(self._open(payment).line_ids.mapped("is_named")), "not sent yet")
        letter._deliver()
        wizard = self._open(payment)
        self.assertEqual(wizard.line_ids[0].move_name, self.second.name)
        self.assertTrue(wizard.line_ids[0].is_named)
        wizard.action_apply()
        self.assertEqual(self._residuals(), [1000, 0, 300])

    def test_instalments_by_their_own_date(self):
        term = self._term((50, 0), (50, 60))
        split = self._invoice(self.customer, 800, term=term, invoice_date=self._today(-50))
        wizard = self._open(self._receive(self.customer, 1600))
        wizard.action_apply()
        # 60 days: 1000; 50 days: 400 of 800; 30 days: 200 of 500; not yet due: nothing
        self.assertEqual(self._residuals(self.first, split, self.second), [0, 400, 300])

    def test_own_currency_first(self):
        euro = self._rate("EUR", 0.5)
        foreign = self._invoice(self.customer, 100, days_overdue=5, currency=euro)
        wizard = self._open(self._receive(self.customer, 150, currency=euro))
        # 100 EUR pay the invoice in EUR though it is the newest; 50 EUR = 100 USD pay the oldest
        self.assertEqual(wizard.line_ids[0].move_name, foreign.name)
        self.assertEqual(wizard.line_ids.mapped("amount")[:2], [100, 100])
        wizard.action_apply()
        self.assertEqual(self._residuals(foreign, self.first), [0, 900])

    def test_more_than_is_owed_stays_open(self):
        payment = self._receive(self.customer, 2000)
        wizard = self._open(payment)
        self.assertEqual(wizard.amount_left, 200)
        wizard.action_apply()
        self.assertEqual(self._residuals(), [0, 0, 0])
        self.assertEqual(self._figures(self.customer).credit_exposure, -200)

    def test_excluded_and_moved(self):
        wizard = self._open(self._receive(self.customer, 400))
        with Form(wizard) as form:
            with form.line_ids.edit(0) as line:
                line.is_used = False
            with form.line_ids.edit(2) as line:
                line.sequence = 0
        self.assertEqual(wizard.amount_applied, 400)
        wizard.action_apply()
        self.assertEqual(self._residuals(), [1000, 400, 0])

    def test_several_payments_of_a_customer(self):
        self._receive(self.customer, 700)
        self._receive(self.customer, 500)
        self.assertEqual(self._figures(self.customer).collection_unapplied, 1200)
        self._open(self.customer).action_apply()
        self.assertEqual(self._residuals(), [0, 300, 300])
        self.assertEqual(self._figures(self.customer).collection_unapplied, 0)

    def test_credit_notes_are_left_to_people(self):
        self._invoice(self.customer, 100, move_type="out_refund")
        with self.assertRaisesRegex(UserError, "No payment"):
            self.customer.with_user(self.accountant).action_collection_apply()

    def test_nothing_left(self):
        payment = self._receive(self.customer, 1000)
        self.assertTrue(payment.collection_can_apply)
        self._open(payment).action_apply()
        payment.invalidate_recordset()
        self.assertFalse(payment.collection_can_apply)
        with self.assertRaises(UserError):
            payment.with_user(self.accountant).action_collection_apply()

    def test_accountants_only(self):
        payment = self._receive(self.customer, 1000)
        for user in (self.collector, self.salesperson, self.auditor):
            with self.assertRaises(AccessError):
                payment.with_user(user).action_collection_apply()
            with self.assertRaises(AccessError):
                self.customer.with_user(user).action_collection_apply()

    def test_foreign_items_are_refused(self):
        stranger = self._invoice(self._customer("Stranger"), 100, days_overdue=5)
        wizard = self._open(self._receive(self.customer, 100))
        wizard.sudo().line_ids = [
            Command.create({"move_line_id": self._claims(stranger).id, "sequence": 0})
        ]
        with self.assertRaisesRegex(UserError, stranger.name):
            wizard.action_apply()
        self.assertEqual(stranger.amount_residual, 100)

    def test_paid_meanwhile(self):
        payment = self._receive(self.customer, 1000)
        wizard = self._open(payment)
        self._open(payment).action_apply()
        with self.assertRaises(UserError):
            wizard.action_apply()
