"""Trade record of a customer: worked examples, and random payments against plain Python."""

import random
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.credit_collection.engine.scoring import days_of_payment, years_between

from ...common import CreditCollectionCommon


class BehaviourCase(CreditCollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_mode = "off"
        cls.today = cls.company._credit_today()
        cls.customer = cls._customer("Payer", limit=100000)

    def _figures_of(self, partner=None, as_of=None, months=12):
        partner = partner or self.customer
        return self.env["credit.payment.behaviour"]._get_figures(
            partner, self.company, as_of, months
        )[partner.commercial_partner_id.id]

    def _ago(self, days):
        return self.today - timedelta(days=days)

    def _bill(self, amount, invoiced, due, partner=None, **values):
        return self._invoice(
            partner or self.customer,
            amount,
            invoice_date=self._ago(invoiced),
            invoice_date_due=self._ago(due),
            **values,
        )


@tagged("post_install", "-at_install")
class TestBehaviour(BehaviourCase):
    def test_nothing_known(self):
        figures = self._figures_of()
        for name in ("days_late", "days_late_paid", "days_to_pay", "first_invoice"):
            self.assertIsNone(figures[name], name)
        self.assertIsNone(figures["cooperation_years"])
        self.assertEqual(figures["paid_amount"], 0)
        self.assertEqual(figures["order_count"], 0)
        self.assertEqual(figures["date_from"], self.today - relativedelta(months=12, days=-1))

    def test_weighted_by_amount(self):
        self._pay(self._bill(900, 80, 50), date=self._ago(30))  # 20 days late, 50 to pay
        self._pay(self._bill(100, 80, 50), date=self._ago(50))  # on the day, 30 to pay
        figures = self._figures_of()
        self.assertAlmostEqual(figures["days_late"], 18.0)
        self.assertAlmostEqual(figures["days_late_paid"], 18.0)
        self.assertAlmostEqual(figures["days_to_pay"], 48.0)
        self.assertEqual((figures["paid_amount"], figures["paid_count"]), (1000.0, 2))

    def test_early_does_not_make_up_for_late(self):
        self._pay(self._bill(100, 80, 50), date=self._ago(40))
        self._pay(self._bill(100, 80, 50), date=self._ago(70))
        self.assertAlmostEqual(self._figures_of()["days_late"], 5.0)

    def test_early_payment_is_measured(self):
        self._pay(self._bill(300, 80, 50), date=self._ago(58))  # 8 days before the due date
        self._pay(self._bill(100, 80, 50), date=self._ago(50))
        figures = self._figures_of()
        self.assertAlmostEqual(figures["days_late"], -6.0)
        self.assertAlmostEqual(figures["days_late_paid"], -6.0)
        self._bill(100, 80, 20)  # unpaid for 20 days
        self.assertAlmostEqual(self._figures_of()["days_late"], 4.0)

    def test_instalments_count_each_by_its_due_date(self):
        term = self._term((50.0, 30), (50.0, 60))
        move = self._invoice(self.customer, 1000, term=term, invoice_date=self._ago(70))
        self._pay(move, amount=500, date=self._ago(40))  # due 40 days ago: on time
        self._pay(move, amount=500, date=self.today)  # due 10 days ago
        figures = self._figures_of()
        self.assertAlmostEqual(figures["days_late"], 5.0)
        self.assertEqual(figures["paid_count"], 2)

    def test_customers_that_never_pay_are_late(self):
        self._bill(400, 80, 20)
        figures = self._figures_of()
        self.assertAlmostEqual(figures["days_late"], 20.0)
        self.assertEqual(figures["overdue_amount"], 400.0)
        self.assertIsNone(figures["days_late_paid"])

    def test_money_not_applied_pays_the_oldest(self):
        self._bill(400, 80, 40)
        self._bill(600, 80, 20)
        self._receive(self.customer, 700)
        figures = self._figures_of()
        self.assertEqual(figures["overdue_amount"], 300.0)
        self.assertAlmostEqual(figures["days_late"], 20.0)

    def test_credit_notes_are_no_payment(self):
        invoice = self._bill(1000, 80, 50)
        refund = invoice._reverse_moves([{"invoice_date": self.today}], cancel=True)
        self.assertEqual(refund.state, "posted")
        figures = self._figures_of()
        self.assertEqual((figures["paid_amount"], figures["overdue_amount"]), (0, 0))
        self.assertIsNone(figures["days_late"])
        # Sales are net of credit notes.
        self.assertEqual(figures["sales"], 0)

    def test_refunded_money_is_no_invoice(self):
        paid = self._receive(self.customer, 100, date=self._ago(90))
        out = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 100,
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": self._ago(60),
            }
        )
        out.action_post()
        lines = (paid | out).move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        figures = self._figures_of()
        self.assertEqual((figures["paid_amount"], figures["overdue_amount"]), (0, 0))

    def test_window_and_past_date(self):
        self._pay(self._bill(100, 200, 170), date=self._ago(120))
        self._pay(self._bill(100, 80, 50), date=self._ago(45))
        self.assertEqual(self._figures_of(months=3)["paid_amount"], 100.0)
        self.assertEqual(self._figures_of(months=12)["paid_amount"], 200.0)
        then = self._figures_of(as_of=self._ago(130))
        self.assertEqual((then["paid_amount"], then["overdue_amount"]), (0.0, 100.0))
        self.assertAlmostEqual(then["days_late"], 40.0)

    def test_contact_and_other_company(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        self._pay(self._bill(100, 80, 50, partner=contact), date=self._ago(45))
        self.assertEqual(self._figures_of(contact)["paid_amount"], 100.0)
        other = self.setup_other_company(name="Other")["company"]
        self.assertEqual(
            self.env["credit.payment.behaviour"]._get_figures(self.customer, other)[
                self.customer.id
            ]["paid_amount"],
            0,
        )

    def test_years_orders_sales(self):
        self._bill(100, 1900, 1870)
        self._bill(250, 20, -10)
        self._order(self.customer, 300, confirm=True, term=self.term_now)
        self._order(self.customer, 77)
        figures = self._figures_of()
        self.assertEqual(figures["first_invoice"], self._ago(1900))
        self.assertAlmostEqual(
            figures["cooperation_years"], years_between(self._ago(1900), self.today)
        )
        self.assertGreater(figures["cooperation_years"], 5)
        self.assertEqual((figures["order_count"], figures["order_amount"]), (1, 300.0))
        self.assertEqual(figures["sales"], 250.0)

    def test_billed_compares_with_paid(self):
        """Turnover is stated without tax, payments include it: 100 and 113."""
        tax = self.env["account.tax"].sudo().create({"name": "VAT 13", "amount": 13})
        line = self._line(100, invoice=True)
        line[2]["tax_ids"] = [Command.set(tax.ids)]
        move = self._invoice(self.customer, 100, 20, invoice_line_ids=[line])
        self._pay(move)
        figures = self._figures_of()
        self.assertEqual(figures["sales"], 100.0)
        self.assertEqual((figures["billed"], figures["paid_amount"]), (113.0, 113.0))

    def test_foreign_currency_counts_in_company_currency(self):
        euro = self._rate("EUR", 0.5)
        self._pay(self._bill(100, 80, 50, currency=euro), date=self._ago(40))
        figures = self._figures_of()
        self.assertEqual(figures["paid_amount"], 200.0)
        self.assertAlmostEqual(figures["days_late"], 10.0)

    def test_series_adds_up(self):
        for invoiced in (200, 150, 100, 50):
            self._pay(self._bill(100, invoiced, invoiced - 30), date=self._ago(invoiced - 35))
        series = self.env["credit.payment.behaviour"]._get_series(self.customer, self.company)
        self.assertEqual(len(series), 12)
        self.assertEqual(series[-1]["date_to"], self.today)
        self.assertEqual(sum(row["paid_amount"] for row in series), 400.0)
        for before, after in zip(series, series[1:], strict=False):
            self.assertEqual(before["date_to"] + timedelta(days=1), after["date_from"])
        self.assertEqual({row["days_late_paid"] for row in series if row["paid_amount"]}, {5.0})

    def test_drill_down(self):
        paid = self._bill(100, 80, 50)
        self._pay(paid, date=self._ago(45))
        late = self._bill(100, 60, 20)
        self._bill(100, 10, -20)  # neither paid nor due
        model, figures = self.env["credit.payment.behaviour"], self._figures_of()
        window = (figures["date_from"], figures["date_to"])
        action = model._get_open_action("payment_speed", self.customer, self.company, *window)
        lines = self.env["account.move.line"].search(action["domain"])
        self.assertEqual(lines.move_id, paid | late)
        order = self._order(self.customer, 300, confirm=True, term=self.term_now)
        action = model._get_open_action("orders", self.customer, self.company, *window)
        self.assertEqual(self.env["sale.order"].search(action["domain"]), order)
        action = model._get_open_action("cooperation_years", self.customer, self.company, *window)
        self.assertEqual(self.env["account.move"].search_count(action["domain"]), 3)
        action = model._get_open_action("disputes", self.customer, self.company, *window)
        self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), 0)

    def test_one_query_for_many(self):
        customers = self.customer | self._customer("Second", limit=1) | self._customer("Third")
        model = self.env["credit.payment.behaviour"]
        model._get_figures(customers, self.company)
        self.env.flush_all()
        with self.assertQueryCount(4):  # one of them for returned payments
            model._get_figures(customers, self.company)


@tagged("post_install", "-at_install")
class TestBehaviourRandom(BehaviourCase):
    def test_random_payments(self):
        """For any invoices and payments, SQL and plain Python agree."""
        rng = random.Random(19)
        settlements, open_items = [], []
        window = self.today - relativedelta(months=6, days=-1)
        for _ in range(14):
            invoiced = rng.randrange(20, 330)
            due = invoiced - rng.choice([0, 15, 30, 60])
            rest = amount = rng.randrange(100, 5000)
            move = self._bill(amount, invoiced, due)
            for _ in range(rng.randrange(0, 3)):
                part = rng.randrange(1, rest) if rest > 1 and rng.random() < 0.5 else rest
                if not part:
                    break
                day = self._ago(rng.randrange(0, invoiced + 1))
                self._pay(move, amount=part, date=day)
                settlements.append((part, self._ago(invoiced), self._ago(due), day))
                rest -= part
            if rest and due > 0:
                open_items.append((rest, self._ago(invoiced), self._ago(due), self.today))
        inside = [s for s in settlements if s[3] >= window]
        figures = self._figures_of(months=6)
        late_paid, to_pay = days_of_payment(inside)
        late, _ = days_of_payment(inside + open_items)
        self.assertAlmostEqual(figures["paid_amount"], sum(s[0] for s in inside))
        self.assertAlmostEqual(figures["overdue_amount"], sum(s[0] for s in open_items))
        self.assertAlmostEqual(figures["days_late_paid"], late_paid)
        self.assertAlmostEqual(figures["days_to_pay"], to_pay)
        self.assertAlmostEqual(figures["days_late"], late)
