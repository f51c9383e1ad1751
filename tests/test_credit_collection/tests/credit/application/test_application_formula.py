from datetime import date

from odoo.tests import Form, freeze_time, tagged

from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationFormula(ApplicationCase):
    """The proposal and its arithmetic (P4-05, P4-20, P2-15)."""

    def test_live_in_the_form(self):
        form = Form(self.env["credit.application"].with_user(self.salesperson))
        form.partner_id = self.customer
        form.registered_capital = 1_000_000
        form.term_days = 30
        form.monthly_sales_expected = 20000
        self.assertEqual(form.proposed_limit, 40000)
        self.assertEqual(form.limit, 40000)
        self.assertIn("(1 + 1) months", form.arithmetic)
        self.assertIn("40,000.00", form.arithmetic)
        form.term_days = 60
        self.assertEqual(form.limit, 60000)
        # By hand: the typed value stays.
        form.formula = "manual"
        form.limit = 12345
        form.term_days = 45
        application = form.save()
        self.assertEqual((application.limit, application.proposed_limit), (12345, 0))

    def test_formulas(self):
        for values, amount in (
            ({"formula": "share_assets", "assets": 500_000, "percent": 10}, 50_000),
            ({"formula": "share_sales", "annual_sales": 600_000, "percent": 5}, 30_000),
            ({"formula": "score", "full_limit": 100_000, "score": 88}, 88_000),
            ({"formula": "score", "full_limit": 100_000, "score": 59}, 0),
            ({"formula": "capital", "registered_capital": 100_000}, 20_000),
            ({"formula": "term_sales", "term_days": 45, "monthly_sales_expected": 100}, 250),
        ):
            with self.subTest(**values):
                application = self._application(**values)
                self.assertEqual(application.proposed_limit, amount)
                self.assertEqual(application.limit, amount)
                self.assertTrue(application.arithmetic)

    def test_red_line_of_the_first_limit(self):
        # P2-15: at most 20 % of a registered capital of 100,000.
        application = self._application(registered_capital=100_000)
        self.assertTrue(application.is_first)
        self.assertEqual(application.proposed_limit, 20_000)
        self.assertIn("20%", application.arithmetic)
        # Whatever is typed over the proposal, or named otherwise.
        for values in (
            {"limit": 20_000.01},
            {"kind": "change", "formula": "manual", "limit": 20_001},
            {"registered_capital": 0, "formula": "manual", "limit": 1},
            {"control": "none"},
        ):
            with self.subTest(**values):
                self.refused(
                    lambda v=values: self._request(
                        self._application(**{"registered_capital": 100_000, **v})
                    ),
                    words=["20%"],
                )
        self._request(self._application(formula="manual", registered_capital=100_000, limit=20_000))

    def test_red_line_binds_the_first_limit_only(self):
        self._decide(self.customer, credit_control="limit", credit_limit=100)
        application = self._application(kind="change", registered_capital=0)
        self.assertFalse(application.is_first)
        self.assertEqual(application.proposed_limit, 40_000)
        # A limit after one that was lost is not the first one either.
        self._decide(self.customer, credit_control="cash", credit_limit=0)
        self.assertFalse(self._application(kind="change", registered_capital=0).is_first)
        self.refused(
            lambda: self._request(
                self._application(kind="new", formula="manual", limit=1, registered_capital=0)
            ),
            words=["20%"],
        )

    def test_red_line_can_be_moved(self):
        self.company.credit_first_limit_percent = 30
        self.assertEqual(self._application(registered_capital=100_000).proposed_limit, 30_000)
        self.company.credit_first_limit_percent = 0
        self.assertEqual(self._application(registered_capital=0).proposed_limit, 40_000)

    def test_rounding(self):
        self.company.credit_limit_rounding = 1000
        application = self._application(monthly_sales_expected=20_499)
        self.assertEqual(application.proposed_limit, 40_000)
        self.assertIn("Rounded down", application.arithmetic)

    @freeze_time("2026-07-15")
    def test_sales_of_the_last_full_months(self):
        def invoice(day, amount, **values):
            # Foreign and taxed documents count in company currency, tax included.
            return self._invoice(
                self.customer, amount, invoice_date=date.fromisoformat(day), **values
            )

        invoice("2026-06-30", 6000)
        invoice("2026-04-01", 3000)
        invoice("2026-03-31", 99999)  # before the window of three months
        invoice("2026-07-01", 99999)  # the month that is running
        invoice("2026-05-10", 1500, move_type="out_refund")
        invoice("2026-05-11", 88888, post=False)
        euro = self._rate("EUR", 2.0)
        invoice("2026-05-12", 3000, currency=euro)
        other = self._customer("Other")
        self._invoice(other, 7777, invoice_date=date(2026, 5, 5))
        application = self._application(sales_months=3, monthly_sales_expected=0)
        # 6000 + 3000 - 1500 + 3000 / 2 = 9000 in three months.
        self.assertEqual(application.monthly_sales_actual, 3000)
        self.assertEqual(
            (application.sales_date_from, application.sales_date_to),
            (date(2026, 4, 1), date(2026, 6, 30)),
        )
        moves = self.env["account.move"].search(application.action_open_sales()["domain"])
        self.assertEqual(sum(moves.mapped("amount_total_signed")), 9000)
        values = {"partner_id": self.customer.id, "company_id": self.company.id}
        draft = (
            self.env["credit.application"]
            .with_user(self.salesperson)
            .create({**values, "sales_months": 3, "term_days": 30})
        )
        self.assertEqual(draft.monthly_sales_expected, 3000)
        draft.monthly_sales_expected = 4000
        # No registered capital yet: it is asked for with the request.
        self.assertEqual(draft.proposed_limit, 8000)
        draft.registered_capital = 1_000_000
        self.assertEqual(draft.limit, 8000)

    @freeze_time("2026-07-15")
    def test_sales_of_many_in_one_query(self):
        """The daily review opens hundreds at once: each its own customer, months and day."""
        customers = self.customer | self._customer("Second") | self._customer("Third")
        for customer, amount in zip(customers, (3000, 600, 0), strict=True):
            if amount:
                self._invoice(customer, amount, invoice_date=date(2026, 6, 30))
                self._invoice(customer, amount, invoice_date=date(2026, 5, 31))
        applications = self.env["credit.application"]
        for customer in customers:
            applications |= self._application(partner_id=customer.id, sales_months=3)
        self.assertEqual(applications.mapped("monthly_sales_actual"), [2000, 400, 0])
        field = applications._fields["monthly_sales_actual"]
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env.add_to_compute(field, applications)
            self.assertEqual(applications.mapped("monthly_sales_actual"), [2000, 400, 0])
        applications[0].with_user(self.salesperson).write({"sales_months": 1})
        applications[1].sudo()._system().date = date(2026, 6, 10)
        self.assertEqual(applications.mapped("monthly_sales_actual"), [3000, 200, 0])

    def test_refused_inputs(self):
        for values in (
            {"limit": -1, "formula": "manual"},
            {"term_days": -1},
            {"term_days": 4000},
            {"assets": -5},
            {"score": 101},
        ):
            with self.subTest(**values):
                self.refused(lambda v=values: self._request(self._application(**v)))
