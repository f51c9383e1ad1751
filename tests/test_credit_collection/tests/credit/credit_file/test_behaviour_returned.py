from odoo.fields import Command
from odoo.tests import tagged

from .test_behaviour import BehaviourCase


@tagged("post_install", "-at_install")
class TestBehaviourReturned(BehaviourCase):
    """A returned payment is no payment, whatever journal it came back by (P5-05)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.company_data["default_journal_bank"]
        cls.receivable = cls.company_data["default_account_receivable"]

    def _item(self, move):
        return move.line_ids.filtered(lambda line: line.account_id == self.receivable)

    def _bank_line(self, amount, ago, partner=None):
        """A line of the bank's statement on the receivable account."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": self._ago(ago),
                "payment_ref": "returned",
                "partner_id": (partner or self.customer).id,
                "amount": amount,
            }
        )
        suspense = line.move_id.line_ids.filtered(
            lambda item: item.account_id == self.bank.suspense_account_id
        )
        suspense.account_id = self.receivable
        return self._item(line.move_id)

    def _entry(self, credit, amount, ago):
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": self._ago(ago),
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance,
                                    "partner_id": self.customer.id})
                    for account, balance in ((self.receivable, amount), (credit, -amount))
                ],
            }
        )  # fmt: skip
        move.action_post()
        return self._item(move)

    def _paid(self, amount=1000, due=50, ago=40):
        """An invoice of `amount`, paid; (invoice, the receivable item of the payment)."""
        invoice = self._bill(amount, due + 30, due)
        payment = self._pay(invoice, date=self._ago(ago))
        return invoice, self._item(payment.move_id)

    def assertRecord(self, paid, overdue, late):
        self.env.flush_all()
        self.env.invalidate_all()
        figures = self._figures_of()
        self.assertEqual((figures["paid_amount"], figures["overdue_amount"]), (paid, overdue))
        if late is None:
            self.assertIsNone(figures["days_late"])
        else:
            self.assertAlmostEqual(figures["days_late"], late)
        return figures

    def test_bank_line_that_follows_the_payment(self):
        self._paid()
        self.assertRecord(1000, 0, 10)
        self._bank_line(-1000, 30)
        figures = self.assertRecord(0, 1000, 50)
        self.assertEqual(figures["paid_count"], 0)
        self.assertIsNone(figures["days_to_pay"])

    def test_bank_line_matched_with_the_payment(self):
        _invoice, payment = self._paid()
        payment.remove_move_reconcile()
        (payment | self._bank_line(-1000, 30)).reconcile()
        self.assertRecord(0, 1000, 50)

    def test_payment_as_a_bank_line(self):
        invoice = self._bill(1000, 80, 50)
        (self._item(invoice) | self._bank_line(1000, 40)).reconcile()
        self.assertRecord(1000, 0, 10)
        self._bank_line(-1000, 30)
        self.assertRecord(0, 1000, 50)

    def test_reversed_and_left_unmatched(self):
        """Of two payments of one amount the one that is reversed is none."""
        _early, payment = self._paid()
        self._paid(due=20, ago=15)  # 5 days late
        reversal = payment.move_id._reverse_moves([{"date": self._ago(10)}])
        reversal.action_post()
        self.assertRecord(1000, 1000, (5 + 50) / 2)

    def test_reversed_and_matched(self):
        _invoice, payment = self._paid()
        payment.move_id._reverse_moves([{"date": self._ago(30)}], cancel=True)
        self.assertRecord(0, 1000, 50)

    def test_an_entry_on_the_bank(self):
        _invoice, payment = self._paid()
        other = next(li.account_id for li in payment.move_id.line_ids if li != payment)
        for account in (self.bank.default_account_id, other):
            with self.subTest(account=account.code), self.env.cr.savepoint() as savepoint:
                self._entry(account, 1000, 30)
                self.assertRecord(0, 1000, 50)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_an_entry_matched_with_the_payment(self):
        _invoice, payment = self._paid()
        payment.remove_move_reconcile()
        (payment | self._entry(self.bank.default_account_id, 1000, 30)).reconcile()
        self.assertRecord(0, 1000, 50)

    def test_another_entry_stays_a_claim_of_its_own(self):
        self._paid()
        self._entry(self.company_data["default_account_revenue"], 1000, 30)
        self.assertRecord(1000, 1000, (10 + 30) / 2)

    def test_paid_again_it_is_late_to_that_day(self):
        """Paid 10 days late, returned, paid again 45 days late and matched with the return."""
        self._paid()
        back = self._bank_line(-1000, 30)
        again = self._receive(self.customer, 1000, date=self._ago(5))
        self.assertRecord(0, 0, None)
        (back | self._item(again.move_id)).reconcile()
        figures = self.assertRecord(1000, 0, 45)
        self.assertAlmostEqual(figures["days_to_pay"], 75)

    def test_part_of_it_returned(self):
        self._paid()
        self._bank_line(-400, 30)
        self.assertRecord(600, 400, (600 * 10 + 400 * 50) / 1000)

    def test_the_money_of_another_invoice_stays(self):
        self._paid()
        self._paid(amount=300, due=25, ago=20)
        self._bank_line(-1000, 10)
        self.assertRecord(300, 1000, (300 * 5 + 1000 * 50) / 1300)

    def test_a_refund_takes_back_no_payment(self):
        """A credit note of 300 is paid out, matched with it or not."""
        invoice, _payment = self._paid()
        refund = self._invoice(
            self.customer, 300, move_type="out_refund", invoice_date=self._ago(35)
        )
        back = self._bank_line(-300, 30)
        self.assertRecord(1000, 0, 10)
        (back | self._item(refund)).reconcile()
        self.assertRecord(1000, 0, 10)
        self.assertEqual(invoice.payment_state, "paid")

    def test_before_it_went_back_it_looked_paid_and_was_not(self):
        self._paid()
        self._bank_line(-1000, 30)
        then = self._figures_of(as_of=self._ago(35))
        self.assertEqual((then["paid_amount"], then["overdue_amount"]), (0, 0))

    def test_documents_behind_it(self):
        self._paid()
        back = self._bank_line(-1000, 30)
        action = self.env["credit.payment.behaviour"]._get_open_action(
            "payment_speed", self.customer, self.company, self._ago(365), self.today
        )
        self.assertEqual(self.env["account.move.line"].search(action["domain"]), back)

    def test_of_other_customers_nothing(self):
        self._paid()
        other = self._customer("Other", limit=1)
        self._bank_line(-1000, 30, other)
        self.assertRecord(1000, 0, 10)
        figures = self._figures_of(other)
        self.assertEqual((figures["paid_amount"], figures["overdue_amount"]), (0, 1000))

    # ------------------------------------------------------- on the credit file, and in the exposure

    def assertReturned(self, amount, exposure):
        """Shown with the items that it opens; what is open again is in the exposure once."""
        figures = self._figures(self.customer)
        self.assertEqual(figures.credit_returned, amount)
        action = figures.action_open_credit_returned()
        found = self.env["account.move.line"].sudo().search(action["domain"])
        self.assertEqual(sum(found.mapped("balance")), amount)
        self.assertEqual(self._exposure(self.customer), exposure)

    def test_a_returned_payment_is_shown_and_owed_once(self):
        self._paid()
        self.assertReturned(0, 0)
        self._bank_line(-1000, 30)
        self.assertReturned(1000, 1000)

    def test_matched_with_the_payment_the_invoice_is_owed(self):
        _invoice, payment = self._paid()
        payment.remove_move_reconcile()
        (payment | self._bank_line(-1000, 30)).reconcile()
        self.assertReturned(1000, 1000)

    def test_reversed_it_is_shown_and_owed_once(self):
        _invoice, payment = self._paid()
        payment.move_id._reverse_moves([{"date": self._ago(30)}], cancel=True)
        self.assertReturned(1000, 1000)

    def test_paid_again_it_is_shown_and_owed_no_more(self):
        self._paid()
        back = self._bank_line(-1000, 30)
        again = self._receive(self.customer, 1000, date=self._ago(5))
        (back | self._item(again.move_id)).reconcile()
        self.assertReturned(1000, 0)

    def test_more_than_a_year_ago_or_no_payment_at_all(self):
        self._paid(due=500, ago=480)
        self._bank_line(-1000, 470)
        refund = self._invoice(
            self.customer, 300, move_type="out_refund", invoice_date=self._ago(35)
        )
        (self._item(refund) | self._bank_line(-300, 20)).reconcile()
        self.assertReturned(0, 1000)
