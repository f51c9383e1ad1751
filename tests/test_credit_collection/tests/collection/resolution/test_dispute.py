from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestDispute(ResolutionCase):
    """A contested part is blocked, routed with a deadline, and ends by credit note or decision."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._case()
        cls.head_of_sales = cls._user(
            "head_of_sales", "credit_collection.group_credit_sales_manager"
        )
        cls.company.sudo().write(
            {
                "collection_sales_head_id": cls.head_of_sales.id,
                "collection_accounting_user_id": cls.accountant.id,
            }
        )
        cls.books = cls.env.ref("credit_collection.collection_reason_book_difference")
        cls.delivery = cls.env.ref("credit_collection.collection_reason_delivery_error")

    def _open(self, invoice, amount=None, user=None, reason=None, **values):
        return (
            self.env["collection.dispute"]
            .with_user(user or self.collector)
            ._open(
                {
                    "move_id": invoice.id,
                    "amount": amount,
                    "reason_id": (reason or self.contested).id,
                    **values,
                }
            )
            .with_env(self.env)
        )

    def _end(self, action, note, user):
        return (
            self.env["collection.end"]
            .with_context(**action["context"])
            .with_user(user)
            .create({"note": note})
            .action_end()
        )

    def _credit(self, dispute, amount=None, post=True):
        """Accept by the button: Odoo's credit note, of the whole or a part."""
        action = dispute.with_user(self.env.user).action_credit_note()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(**action["context"])
            .create({"journal_id": dispute.move_id.journal_id.id})
        )
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        if amount:
            note.invoice_line_ids.price_unit = amount
        if post:
            note.action_post()
        return note

    # ------------------------------------------------------------------ opened

    def test_the_whole_by_default_and_a_part(self):
        invoice = self._invoice(self.customer, 1000, 40)
        self._pay(invoice, 100)
        part = self._open(invoice, 250)
        self.assertEqual(self._chase(invoice), [650])
        rest = self._open(invoice)
        self.assertEqual((part.amount, rest.amount), (250, 650))
        self.assertEqual(self._chase(invoice), [0])
        self.assertEqual(part.case_id, self.case)
        self.refused(lambda: self._open(invoice), words=("due and undisputed",))

    def test_refusals(self):
        invoice = self._invoice(self.customer, 1000, 40)
        paid = self._invoice(self.customer, 1000, 40)
        self._pay(paid)
        draft = self._invoice(self.customer, 1000, 40, post=False)
        refund = self._invoice(self.customer, 1000, 0, move_type="out_refund")
        plain = self.env.ref("credit_collection.collection_reason_no_money")
        for call, words in (
            (lambda: self._open(invoice, 0), ("above zero",)),
            (lambda: self._open(invoice, -5), ("above zero",)),
            (lambda: self._open(invoice, 1000.01), ("1,000.00", "1,000.01")),
            (lambda: self._open(invoice, 5, reason=plain), ("root cause",)),
            (lambda: self._open(paid), ("No amount",)),
            (lambda: self._open(draft), ("posted",)),
            (lambda: self._open(refund), ("posted",)),
        ):
            self.refused(call, words=words)

    def test_roles_that_open(self):
        invoice = self._invoice(self.customer, 1000, 40, invoice_user_id=self.salesperson.id)
        for user in (self.salesperson, self.accountant, self.controller, self.collector):
            with self.subTest(user=user.name):
                self._open(invoice, 10, user=user)
        for user in (self.salesperson2, self.auditor, self.legal):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: self._open(invoice, 10, user=u), AccessError)

    def test_routed_by_the_root_cause(self):
        """P3-05: book difference → accounting; price → head of sales; other → collector."""
        invoice = self._invoice(self.customer, 1000, 40)
        for reason, user in (
            (self.books, self.accountant),
            (self.contested, self.head_of_sales),
            (self.delivery, self.collector),
        ):
            with self.subTest(reason=reason.name):
                dispute = self._open(invoice, 10, reason=reason)
                self.assertEqual(dispute.user_id, user)
                activity = dispute.sudo().activity_ids
                self.assertEqual(
                    (activity.user_id, activity.date_deadline), (user, dispute.deadline)
                )

    def test_the_deadline_is_in_working_days(self):
        invoice = self._invoice(self.customer, 1000, 40)
        self.contested.sudo().deadline_days = 3
        dispute = self._open(invoice, 10)
        self.assertEqual(dispute.deadline, self.company._collection_add_workdays(self._today(), 3))
        self.assertFalse(dispute.is_overdue)
        late = self._open(invoice, 10)
        late._system().sudo().write({"deadline": self._today(-1)})
        found = self.env["collection.dispute"].search([("is_overdue", "=", True)])
        self.assertIn(late, found)
        self.assertNotIn(dispute, found)
        self.assertTrue(late.is_overdue)

    def test_handed_over(self):
        invoice = self._invoice(self.customer, 1000, 40)
        dispute = self._open(invoice, 10)
        self.refused(
            lambda: dispute.with_user(self.collector).write({"user_id": self.collector.id}),
            AccessError,
        )
        dispute.with_user(self.head_of_sales).write({"user_id": self.collector.id})
        self.assertEqual(dispute.sudo().activity_ids.user_id, self.collector)
        dispute.with_user(self.collection_manager).write({"reason_id": self.books.id})
        self.assertEqual(dispute.user_id, self.accountant)
        self.assertEqual(dispute.route, "accounting")

    # ------------------------------------------------------------------ ended

    def test_rejected_and_chased_again(self):
        invoice = self._invoice(self.customer, 1000, 40)
        dispute = self._open(invoice, 300)
        for user in (self.collector, self.salesperson, self.auditor, self.controller):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: dispute.with_user(u).action_reject(), AccessError)
        action = dispute.with_user(self.head_of_sales).action_reject()
        self.refused(
            lambda: self._end(action, "Taken from the manager's screen", self.collector),
            AccessError,
        )
        self._end(action, "Price as agreed in the order", self.head_of_sales)
        self.assertEqual(
            (dispute.state, dispute.decision, dispute.days_to_resolve),
            ("rejected", "Price as agreed in the order", 0),
        )
        self.assertEqual(self._chase(invoice), [1000])
        self.assertFalse(dispute.sudo().activity_ids)
        self.assertIn(self.collector.partner_id, self._notified(dispute))
        self.refused(lambda: dispute.with_user(self.head_of_sales).action_reject())

    def test_withdrawn_by_the_author(self):
        invoice = self._invoice(self.customer, 1000, 40)
        dispute = self._open(invoice, 300, user=self.collector)
        self.refused(lambda: dispute.with_user(self.salesperson).action_cancel(), AccessError)
        action = dispute.with_user(self.collector).action_cancel()
        self._end(action, "A misunderstanding", self.collector)
        self.assertEqual(dispute.state, "cancelled")
        self.assertEqual(self._chase(invoice), [1000])

    def test_accepted_by_a_credit_note(self):
        """300 of 1,000 contested, credited: closed by itself, and 700 are chased."""
        invoice = self._invoice(self.customer, 1000, 40)
        dispute = self._open(invoice, 300)
        self.refused(lambda: dispute.with_user(self.collector).action_credit_note(), AccessError)
        note = self._credit(dispute, 300, post=False)
        self.assertEqual((note.collection_dispute_id, dispute.state), (dispute, "open"))
        note.action_post()
        self.assertEqual((dispute.state, dispute.amount_accepted), ("accepted", 300))
        self.assertIn(note.name, dispute.decision)
        self.assertEqual(self._chase(invoice), [700])

    def test_another_credit_note_closes_nothing(self):
        invoice, other = (self._invoice(self.customer, 1000, 40) for _n in range(2))
        dispute = self._open(invoice, 300)
        note = self._invoice(self.customer, 300, 0, move_type="out_refund", post=False)
        self.refused(lambda: note.write({"collection_dispute_id": dispute.id}), ValidationError)
        self.refused(lambda: other.write({"collection_dispute_id": dispute.id}), ValidationError)
        note.action_post()
        self.assertEqual(dispute.state, "open")

    def test_closed_when_nothing_is_open_any_more(self):
        invoice = self._invoice(self.customer, 1000, 40)
        dispute = self._open(invoice, 300)
        self._pay(invoice)
        self.env["collection.dispute"].sudo()._close_settled(self.company)
        self.assertEqual(dispute.state, "cancelled")

    def test_forged(self):
        invoice = self._invoice(self.customer, 1000, 40)
        dispute = self._open(invoice, 300)
        for user in (self.collector, self.head_of_sales, self.administrator):
            for vals in ({"state": "accepted"}, {"amount": 1}, {"deadline": self._today(99)}):
                self.refused(
                    lambda u=user, v=vals: (
                        dispute.with_user(u).with_context(credit_collection_system=True).write(v)
                    ),
                    AccessError,
                )
            self.refused(
                lambda u=user: (
                    self.env["collection.dispute"].with_user(u).create({"move_id": invoice.id})
                ),
                AccessError,
            )

    def test_the_form(self):
        invoice = self._invoice(self.customer, 1000, 40)
        action = invoice.with_user(self.collector).action_collection_dispute()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.collector)
            .with_context(**action["context"])
            .create({"reason_id": self.contested.id, "amount": 400})
        )
        self.assertEqual(wizard.amount_open, 1000)
        opened = wizard.action_open()
        dispute = self.env["collection.dispute"].browse(opened["res_id"])
        self.assertEqual((dispute.amount, dispute.opened_by_id), (400, self.collector))

    # ------------------------------------------------------------------ statistics, trade record

    def test_foreign_currency_and_root_causes(self):
        invoice = self._invoice(self.customer, 1000, 40, currency=self._rate("EUR", 2.0))
        self._open(invoice, 400, fault_unit="Sales North")
        groups = self.env["collection.dispute"]._read_group(
            [("partner_id", "=", self.customer.id)],
            ["reason_id", "fault_unit"],
            ["amount_company:sum", "__count"],
        )
        self.assertEqual(groups, [(self.contested, "Sales North", 200, 1)])

    def test_in_the_trade_record(self):
        invoice = self._invoice(self.customer, 1000, 40)
        dispute = self._open(invoice, 400)
        behaviour = self.env["credit.payment.behaviour"]
        day = self._today()
        self.assertEqual(
            behaviour._get_dispute_counts(self.customer, self.company, day, day),
            {self.customer.id: 1},
        )
        earlier = behaviour._get_dispute_counts(
            self.customer, self.company, self._today(-9), self._today(-1)
        )
        self.assertFalse(earlier)
        action = behaviour._get_open_action("disputes", self.customer, self.company, day, day)
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, dispute)
