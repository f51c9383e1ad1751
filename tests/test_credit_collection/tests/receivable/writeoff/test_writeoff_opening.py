from odoo.exceptions import AccessError
from odoo.tests import tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestWriteoffOpening(WriteoffCase):
    """Sales applies for items in the ledger, opening balances too, of own customers only."""

    def _opening(self, customer):
        revenue = self.company_data["default_account_revenue"]
        move = self._entry(
            (self.receivable, 500, customer), (revenue, -500, None), date=self._today(-300)
        )
        return self._items(move)

    def _rows(self, item):
        self.env.flush_all()
        return self.env["credit.exposure.line"].search([("move_line_id", "=", item.id)])

    def test_from_the_ledger(self):
        item = self._opening(self.customer)
        rows = self._rows(item)
        action = rows.with_user(self.salesperson).action_receivable_writeoff()
        self.assertEqual(action["context"]["active_model"], rows._name)
        writeoff = self._writeoff(rows, amounts=[200])
        self.assertEqual(writeoff.line_ids.sudo().move_line_id, item)
        writeoff.action_request()
        self._approve(writeoff)
        self.assertEqual((writeoff.state, item.amount_residual), ("approved", 300))

    def test_of_a_customer(self):
        item = self._opening(self.customer)
        invoice = self._invoice(self.customer, 100, days_overdue=40)
        self.env.flush_all()
        wizard = self._wizard(self.env["res.partner"], partner_id=self.customer.id)
        self.assertEqual(
            wizard.line_ids.sudo().move_line_id, item | self._items(invoice), "by due date"
        )

    def test_not_of_anothers_customer(self):
        other = self._customer("Other", user_id=self.salesperson2.id)
        item = self._opening(other)
        rows = self._rows(item)
        for records in (rows, item):
            self.refused(lambda r=records: self._writeoff(r), AccessError)
        self.env.flush_all()
        wizard = self._wizard(self.env["res.partner"], partner_id=other.id)
        self.assertFalse(wizard.line_ids)
