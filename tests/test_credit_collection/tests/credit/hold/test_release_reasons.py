from odoo.tests import tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestReleaseReasons(GateCase):
    """Reason A of an application for release is checked against the books (P4-10)."""

    def _late(self):
        """An order held over the limit and for 300 overdue; the invoice behind it."""
        invoice = self._invoice(self.customer, 300, days_overdue=40)
        return self._held(1600)[1], invoice

    def _gap(self, hold):
        return dict(hold._get_approval_facts()).get("Still Missing", "").replace("\xa0", " ")

    def test_what_is_missing_is_said_and_the_approvers_see_it(self):
        hold, _invoice = self._late()
        self._request(hold, reason="paid", note=False)
        self.assertEqual(hold.state, "requested")
        words = "$ 300.00 of the overdue part is neither paid nor in payment"
        self.assertIn(words, hold.release_gap.replace("\xa0", " "))
        self.assertIn(words, self._gap(hold))
        activity = hold.activity_ids.filtered(lambda a: a.user_id == self.sales_manager)
        self.assertIn("neither paid nor in payment", str(activity.note))

    def test_what_is_missing_is_kept_in_the_company_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        hold, _invoice = self._late()
        self.salesperson.lang = "zh_CN"
        self._request(hold.with_context(lang="zh_CN"), reason="paid", note=False)
        self.assertIn("neither paid nor in payment", hold.release_gap)

    def test_a_part_is_not_all(self):
        hold, invoice = self._late()
        self._pay(invoice, 250)
        self._request(hold, reason="paid", note=False)
        self.assertIn("$ 50.00", self._gap(hold))

    def test_paid_lacks_nothing(self):
        hold, invoice = self._late()
        self._pay(invoice)
        self._request(hold, reason="paid", note=False)
        self.assertEqual(hold.state, "requested", "still over the limit")
        self.assertFalse(hold.release_gap)
        self.assertFalse(self._gap(hold))

    def test_paid_after_the_request_approvers_see_the_books_of_now(self):
        hold, invoice = self._late()
        self._request(hold, reason="paid", note=False)
        self._pay(invoice)
        self.assertTrue(hold.release_gap)
        self.assertFalse(self._gap(hold))

    def test_nothing_overdue(self):
        _order, hold = self._held(1600)
        self._request(hold, reason="paid", note=False)
        self.assertIn("does not fit", hold.release_gap)

    def test_other_reasons_are_not_measured(self):
        hold, _invoice = self._late()
        self._request(hold)
        self.assertFalse(hold.release_gap)
