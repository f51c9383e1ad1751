from ...common import CreditCollectionCommon


class TestInvoiceBanner(CreditCollectionCommon):
    """A draft invoice shows the figures of its customer, as a quotation does."""

    def _banner(self, move, user=None):
        move.invalidate_recordset(["credit_banner"])
        return str(move.with_user(user or self.accountant).credit_banner or "")

    def test_draft_shows_limit_use_and_itself(self):
        customer = self._customer(limit=1000)
        self._invoice(customer, 400)
        draft = self._invoice(customer, 700, post=False)
        banner = self._banner(draft)
        for text in ("1,000.00", "400.00", "600.00", "700.00", "This Invoice", "alert-warning"):
            self.assertIn(text, banner)
        small = self._invoice(self._customer("Other", limit=1000), 10, post=False)
        self.assertIn("alert-info", self._banner(small))
        self.assertFalse(draft.with_user(self.accountant).partner_credit_warning)

    def test_same_figures_as_the_quotation(self):
        customer = self._customer(limit=1000)
        self._invoice(customer, 300, days_overdue=9)
        order = self._order(customer, 50)
        texts = str(order.with_user(self.salesperson).credit_banner)
        draft = self._banner(self._invoice(customer, 50, post=False))
        for text in ("1,000.00", "300.00", "700.00", "50.00", ">9<"):
            self.assertIn(text, texts)
            self.assertIn(text, draft)

    def test_nothing_where_there_is_nothing_to_say(self):
        customer = self._customer(limit=1000)
        posted = self._invoice(customer, 10)
        refund = self._invoice(customer, 10, post=False, move_type="out_refund")
        free = self._invoice(self._customer("Free"), 10, post=False)
        for move in (posted, refund, free):
            self.assertFalse(self._banner(move))
        draft = self._invoice(customer, 10, post=False)
        self.company.sudo().credit_mode = "off"
        self.assertFalse(self._banner(draft))

    def test_frozen_customer_warns(self):
        customer = self._customer(control="frozen")
        self.assertIn("alert-warning", self._banner(self._invoice(customer, 10, post=False)))
