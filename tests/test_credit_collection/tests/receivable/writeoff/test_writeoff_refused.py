from odoo.exceptions import AccessError
from odoo.tests import tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestWriteoffRefused(WriteoffCase):
    """A refused write-off leaves no entry behind (P1-12, P3-08)."""

    def test_closed_period_posts_nothing(self):
        invoice = self._invoice(self.customer, 100)
        writeoff = self._writeoff(invoice)
        writeoff.action_request()
        writeoff.with_user(self.finance_manager).validate_tier()
        self._lock()
        self.refused(
            lambda: writeoff.with_user(self.general_manager).validate_tier(),
            words=["The accounting period is closed", "Nothing was posted"],
        )
        self.assertEqual(writeoff.state, "requested")
        self.assertEqual(invoice.amount_residual, 100)

    def test_accountant_moves_the_day_while_it_is_decided(self):
        writeoff = self._writeoff(self._invoice(self.customer, 100, days_overdue=90))
        writeoff.write({"date": self._today(-40)})
        writeoff.action_request()
        self._lock(self._today(-30))
        writeoff.with_user(self.finance_manager).validate_tier()
        self.refused(lambda: writeoff.with_user(self.general_manager).validate_tier())
        self.refused(lambda: writeoff.write({"date": self._today()}), AccessError)
        writeoff.with_user(self.accountant).write({"date": self._today(-5)})
        writeoff.with_user(self.general_manager).validate_tier()
        self.assertEqual(writeoff.sudo().move_id.date, self._today(-5))

    def test_a_day_to_come_is_refused(self):
        writeoff = self._writeoff(self._invoice(self.customer, 100))
        writeoff.write({"date": self._today(3)})
        writeoff.action_request()
        writeoff.with_user(self.finance_manager).validate_tier()
        self.refused(
            lambda: writeoff.with_user(self.general_manager).validate_tier(),
            words=["still to come"],
        )

    def test_chart_without_accounts(self):
        invoice = self._invoice(self.customer, 100)
        writeoff = self._writeoff(invoice)
        for name, label in (
            ("receivable_allowance_account_id", "Allowance for Doubtful Accounts"),
            ("receivable_bad_debt_account_id", "Bad-Debt Expense"),
        ):
            account = self.company[name]
            self.company.sudo()[name] = False
            called, account.name = account.name, "Other"
            with self.subTest(account=label):
                self.refused(writeoff.action_request, words=[label, "Nothing was posted"])
            # The chart names it: that is enough.
            account.name = called
            writeoff._check_draft()
            self.company.sudo()[name] = account
        writeoff.action_request()
        self.company.sudo().receivable_bad_debt_account_id = False
        self.bad_debt.name = "Other"
        writeoff.with_user(self.finance_manager).validate_tier()
        self.refused(lambda: writeoff.with_user(self.general_manager).validate_tier())
        self.assertEqual(invoice.amount_residual, 100)

    def test_what_cannot_be_chosen(self):
        paid = self._invoice(self.customer, 100)
        self._pay(paid)
        draft = self._invoice(self.customer, 100, post=False)
        refund = self._invoice(self.customer, 100, move_type="out_refund")
        for records in (paid, draft, refund):
            with self.subTest(records=records.display_name):
                self.refused(lambda r=records: self._wizard(r))
        two = self._invoice(self.customer, 1) | self._invoice(self._customer("Other"), 1)
        self.refused(lambda: self._wizard(two), words=["one customer"])
        for amount in (0, -5, 101):
            with self.subTest(amount=amount):
                self.refused(
                    lambda a=amount: self._writeoff(
                        self._invoice(self.customer, 100), amounts=(a,)
                    ),
                    words=["To Write Off"],
                )
