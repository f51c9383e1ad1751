from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import Form, tagged

from ..application.application_case import ApplicationCase
from ..hold.rule_case import RuleCase


@tagged("post_install", "-at_install")
class TestDeliveryTerm(ApplicationCase, RuleCase):
    """Terms of "N days after delivery": due dates of invoices follow the delivery (P4-24)."""

    def _customer_of(self, start, days=30):
        return self._customer(limit=100_000, term=days, credit_term_start=start)

    def _invoiced(self, customer, delivery=10, term=30, **values):
        """A posted invoice of today of an order to be delivered in so many days."""
        order = self._order(customer, 100, term=self._term(term), confirm=True)
        if delivery is not None:
            order.commitment_date = datetime.combine(
                self._today(delivery), datetime.min.time()
            ) + timedelta(hours=12)
        move = self._bill_order(order, post=False)
        move.write(values)
        move.action_post()
        return move

    def _due(self, move):
        line = move.line_ids.filtered(lambda item: item.display_type == "payment_term")
        self.assertEqual(line.date_maturity, move.invoice_date_due)
        return move.invoice_date_due

    def test_due_date_follows_the_delivery_of_the_order(self):
        move = self._invoiced(self._customer_of("delivery"), delivery=-10)
        self.assertEqual(self._due(move), self._today(20))

    def test_a_delivery_agreed_for_later_moves_no_due_date(self):
        """Those who sell write it: an order to be delivered in years is due as any other."""
        for days in (10, 2000):
            with self.subTest(days=days):
                move = self._invoiced(self._customer_of("delivery"), delivery=days)
                self.assertEqual(self._due(move), self._today(30))

    def test_other_customers_pay_from_the_invoice(self):
        for start in (False, "invoice"):
            with self.subTest(start=start):
                move = self._invoiced(self._customer_of(start))
                self.assertEqual(self._due(move), self._today(30))

    def test_delivery_date_on_the_invoice_goes_first(self):
        move = self._invoiced(self._customer_of("delivery"), delivery_date=self._today(5))
        self.assertEqual(self._due(move), self._today(35))

    def test_without_a_delivery_the_invoice_counts(self):
        move = self._invoiced(self._customer_of("delivery"), delivery=None)
        self.assertEqual(self._due(move), self._today(30))

    def test_no_client_moves_a_due_date(self):
        """The date comes from the invoice alone, whatever a client sends as context."""
        moves = self.env["account.move"].with_context(
            credit_delivery=fields.Date.to_date("2099-01-01")
        )
        invoice = self._invoice(self._customer_of("invoice"), 100, term=self._term(30))
        copy = moves.browse(invoice.id).copy({"invoice_date": self._today()})
        self.assertEqual(copy.invoice_date_due, self._today(30))

    def test_asked_for_and_approved(self):
        form = Form(self.env["credit.application"].with_user(self.salesperson))
        form.partner_id = self.customer
        form.term_start = "delivery"
        form.term_days = 45
        form.monthly_sales_expected = 20000
        form.registered_capital = 1_000_000
        application = form.save().with_env(self.env)
        self.assertEqual(application.term_text, "45 days after delivery")
        self._approve(self._request(application))
        customer = self._figures(self.customer)
        self.assertRecordValues(
            customer, [{"credit_term_start": "delivery", "credit_term_days": 45}]
        )
        self.assertEqual(customer.credit_term_text, "45 days after delivery")
        self.assertEqual(self._decisions()[:1].new_term_start, "delivery")

    def test_orders_are_compared_by_their_days(self):
        self._set_rules({"rule_type": "term"})
        customer = self._customer_of("delivery")
        self.assert_passes(self._order(customer, 1, term=self._term(30)))
        self.assert_held(self._order(customer, 1, term=self._term(31)), "term")
