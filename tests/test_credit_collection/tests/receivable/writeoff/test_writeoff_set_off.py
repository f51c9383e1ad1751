from odoo.tests import tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestWriteoffSetOff(WriteoffCase):
    """Amounts paid by money on account are not written off (P1-12, P4-14)."""

    def test_all_on_account_nothing_is_proposed_and_all_is_refused(self):
        invoice = self._invoice(self.customer, 500, days_overdue=90)
        self._receive(self.customer, 500)
        wizard = self._wizard(invoice)
        self.assertEqual(wizard.line_ids.mapped("amount"), [0])
        self.assertRecordValues(wizard.line_ids, [{"residual": 500, "set_off": 500, "net": 0}])
        for amount in (0, 500):
            with self.subTest(amount=amount):
                wizard.line_ids.amount = amount
                self.refused(wizard.action_apply, words=["cover $", "500.00", "on account"])

    def test_the_rest_after_money_on_account_is_proposed_and_booked(self):
        invoice = self._invoice(self.customer, 500, days_overdue=90)
        self._receive(self.customer, 300)
        writeoff = self._writeoff(invoice)
        self.assertRecordValues(
            writeoff.line_ids, [{"residual": 500, "set_off": 300, "net": 200, "amount": 200}]
        )
        writeoff.line_ids.amount = 200.01
        self.refused(writeoff.action_request, words=["200.01", "cover $", "300.00"])
        writeoff.line_ids.amount = 200
        writeoff.action_request()
        self._approve(writeoff)
        self.assertEntry(writeoff.sudo().move_id, (self.receivable, -200), (self.bad_debt, 200))
        self.assertEqual(self._items(invoice).amount_residual, 300)

    def test_money_that_comes_while_it_is_decided_refuses_the_booking(self):
        writeoff = self._writeoff(self._invoice(self.customer, 500, days_overdue=90))
        writeoff.action_request()
        writeoff.with_user(self.finance_manager).validate_tier()
        self._receive(self.customer, 1)
        self.refused(
            lambda: writeoff.with_user(self.general_manager).validate_tier(),
            words=["500.00", "cover $", "1.00"],
        )
        self.assertEqual(writeoff.state, "requested")

    def test_a_case_proposes_what_is_not_covered(self):
        """Of a customer as a whole, instalments that are covered are excluded."""
        old = self._invoice(self.customer, 500, days_overdue=90)
        late = self._invoice(self.customer, 400, days_overdue=30)
        self._receive(self.customer, 600)
        wizard = self._wizard(old | late)
        self.assertEqual(
            {line.move_id: line.amount for line in wizard.line_ids}, {old: 0, late: 300}
        )
        self.assertEqual(wizard.amount_total, 300)
        action = wizard.action_apply()
        writeoff = self.env["receivable.writeoff"].browse(action["res_id"])
        self.assertEqual(writeoff.line_ids.move_id, late)

    def test_a_small_difference_is_none_when_money_covers_it(self):
        self.company.sudo().receivable_small_limit = 5
        invoice = self._invoice(self.customer, 100, days_overdue=30)
        self._pay(invoice, 97)
        writeoff = self._writeoff(invoice, attach=False).with_user(self.accountant)
        self._receive(self.customer, 3)
        self.refused(writeoff.action_post_small, words=["on account"])
