from odoo.tests import tagged

from ..writeoff.writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestAllowanceLater(WriteoffCase):
    """A write-off of an earlier day takes only the allowance left by later days."""

    def setUp(self):
        super().setUp()
        self._entry((self.bad_debt, 100, None), (self.allowance, -100, None), date=self._today(-60))
        self.invoice = self._invoice(self.customer, 100, days_overdue=90)

    def _write_off_on(self, day):
        writeoff = self._writeoff(self.invoice)
        writeoff.date = day
        writeoff.action_request()
        self._approve(writeoff)
        return writeoff.sudo()

    def test_used_up_later(self):
        self._write_off(self._invoice(self.customer, 70, days_overdue=90))
        writeoff = self._write_off_on(self._today(-20))
        self.assertEqual((writeoff.allowance_amount, writeoff.expense_amount), (30, 70))

    def test_released_later_and_built_up_again(self):
        self._entry((self.allowance, 80, None), (self.bad_debt, -80, None), date=self._today(-30))
        self._entry((self.bad_debt, 500, None), (self.allowance, -500, None), date=self._today(-10))
        writeoff = self._write_off_on(self._today(-40))
        self.assertEqual((writeoff.allowance_amount, writeoff.expense_amount), (20, 80))

    def test_built_up_on_a_later_day_only(self):
        writeoff = self._write_off_on(self._today(-70))
        self.assertEqual((writeoff.allowance_amount, writeoff.expense_amount), (0, 100))
