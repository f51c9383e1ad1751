from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from ..application.application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestStoryApplications(ApplicationCase):
    """Terms of credit as people ask for and decide them, figures computed by hand."""

    def _form(self, partner=None, user=None, **values):
        """The salesperson fills in the form, field by field as the screen shows them."""
        view = Form(self.env["credit.application"].with_user(user or self.salesperson))
        view.kind = values.pop("kind", "new")
        view.partner_id = partner or self.customer
        for name, value in values.items():
            setattr(view, name, value)
        return view.save().with_env(self.env)

    def _tier_count(self, application):
        return len(self._request(application).sudo().review_ids)

    def _first_confirms(self, order, partner=None):
        order.with_user(self.salesperson).action_credit_confirm()
        self.env.invalidate_all()
        return order.state == "sale"

    # ------------------------------------------------------------------ P4-02 … P4-05

    def test_from_cash_to_the_first_order_on_credit(self):
        # (1 month + 1) x 20,000 = 40,000.
        application = self._form(
            formula="term_sales",
            registered_capital=200_000,
            control="limit",
            term_days=30,
            term_months=1,
            monthly_sales_expected=20_000,
        )
        self.assertEqual(application.proposed_limit, 40_000)
        for figure in ("20,000", "40,000"):
            self.assertIn(figure, application.arithmetic)
        self.assertEqual(application.limit, 40_000)
        order = self._order(self.customer, 40_000, term=self._term(30))
        self.assertFalse(self._first_confirms(order))
        self._request(application)
        self._approve(application, self.finance_manager, self.sales_manager)
        self.assertFalse(self._first_confirms(order))
        self._approve(application, self.general_manager)
        self.assertEqual(self._terms()[:3], ("limit", 40_000, 30))
        order = self._order(self.customer, 40_000, term=self._term(30))
        self.assertTrue(self._first_confirms(order))
        self.assertFalse(self._first_confirms(self._order(self.customer, 0.01)))

    def test_two_months_of_term(self):
        # (2 months + 1) x 12,500 = 37,500; half a month: (0.5 + 1) x 10,000 = 15,000.
        for days, monthly, limit in ((60, 12_500, 37_500), (15, 10_000, 15_000)):
            with self.subTest(days=days):
                application = self._application(term_days=days, monthly_sales_expected=monthly)
                self.assertEqual(application.proposed_limit, limit)

    def test_a_fifth_of_the_capital(self):
        # 20 % of 150,000 = 30,000.
        application = self._form(
            formula="manual",
            registered_capital=150_000,
            control="limit",
            term_days=30,
            limit=30_000.01,
        )
        self.refused(lambda: self._request(application), words=("30,000",))
        application.with_user(self.salesperson).limit = 30_000
        self._approve(self._request(application))
        self.assertEqual(self._terms()[:2], ("limit", 30_000))
        # The red line is for admission: a second limit may be higher.
        self._approve(self._request(self._application(kind="change", limit=80_000)))
        self.assertEqual(self._terms()[:2], ("limit", 80_000))

    def test_bounds_in_a_company_with_another_currency(self):
        yen = self.setup_other_company(name="Kaisha", currency_id=self._enable_currency("JPY").id)[
            "company"
        ]
        yen.sudo().credit_mode = "enforce"
        self.assertEqual(yen.currency_id.name, "JPY")
        for user in self.roles.values():
            user.sudo().company_ids |= yen
        for company in (self.company, yen):
            for index, (limit, days, tiers) in enumerate(
                (
                    (2_999_999, 100, 3),
                    (3_000_000, 100, 6),
                    (2_999_999, 101, 6),
                    (2_999_999, 30, 3),
                )
            ):
                with self.subTest(company=company.name, limit=limit, days=days):
                    customer = self._customer(f"{company.name} {index}", control="cash")
                    self._promise_documents(customer, company)
                    application = self._application(
                        partner_id=customer.id,
                        company_id=company.id,
                        formula="manual",
                        limit=limit,
                        term_days=days,
                        registered_capital=20_000_000,
                    )
                    self.assertEqual(self._tier_count(application), tiers)

    def test_a_cent_below_the_bound(self):
        values = {"formula": "manual", "term_days": 30, "registered_capital": 20_000_000}
        self.assertEqual(self._tier_count(self._application(limit=2_999_999.99, **values)), 3)

    # ------------------------------------------------------------------ grade D (P1-05)

    def test_worst_grade_stops_supply_at_once(self):
        parked = {}
        for name in ("by hand", "by import", "without debt"):
            customer = parked[name] = self._customer(name, limit=50_000, term=30, ref=name)
            if name != "without debt":
                self._invoice(customer, 100, days_overdue=-20)
        order = self._order(parked["by hand"], 10)
        self._decide(parked["by hand"], credit_grade_id=self._grade("D").id)
        self._terms(parked["by hand"])
        self.assertFalse(self._first_confirms(order))
        self.assertEqual(self._figures(parked["by hand"]).credit_control, "frozen")
        result = (
            self.env["res.partner"]
            .with_user(self.controller)
            .with_context(credit_import=True)
            .load(["ref", "credit_grade_id"], [["by import", "D"]])
        )
        self.assertTrue(result["ids"], result["messages"])
        self.assertEqual(self._figures(parked["by import"]).credit_control, "frozen")
        self.assertFalse(self._first_confirms(self._order(parked["by import"], 10)))
        self._decide(parked["without debt"], credit_grade_id=self._grade("D").id)
        self.assertNotEqual(self._figures(parked["without debt"]).credit_control, "frozen")

    def test_worst_grade_with_debt_of_a_contact(self):
        """Debt of a customer's branch office is the customer's debt."""
        customer = self._customer("Seat", limit=50_000, term=30)
        branch = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": customer.id, "type": "invoice"}
        )
        self._invoice(branch, 100, days_overdue=3)
        self._decide(customer, credit_grade_id=self._grade("D").id)
        self.assertEqual(self._figures(customer).credit_control, "frozen")
        self.assertFalse(self._first_confirms(self._order(branch, 10)))

    # ------------------------------------------------------------------ temporary limits

    def test_temporary_limit_by_the_day_of_the_company(self):
        """From midnight of the first day to midnight after the last, where the company is."""
        for zone, first, last in (
            # Kiritimati is 14 hours ahead of UTC, Pago Pago 11 behind.
            ("Pacific/Kiritimati", datetime(2027, 3, 4, 10, 0), datetime(2027, 3, 10, 10, 0)),
            ("Pacific/Pago_Pago", datetime(2027, 3, 5, 11, 0), datetime(2027, 3, 11, 11, 0)),
        ):
            with self.subTest(zone=zone), freeze_time("2027-03-01 12:00:00"):
                self.company.sudo().partner_id.tz = zone
                customer = self._customer(zone, limit=5000, term=30)
                application = self._form(
                    customer,
                    kind="temporary",
                    formula="manual",
                    limit=9000,
                    date_from="2027-03-05",
                    date_to="2027-03-10",
                )
                self._approve(self._request(application))
                before = first.replace(hour=first.hour - 1, minute=59)
                end = last.replace(hour=last.hour - 1, minute=59)
                for moment, limit in ((before, 5000), (first, 9000), (end, 9000), (last, 5000)):
                    with freeze_time(moment):
                        figures = self._figures(customer)
                        self.assertEqual(figures.credit_effective_limit, limit, moment)
                        order = self._order(customer, 9000)
                        self.assertEqual(self._held_by_limit(order), limit == 5000, moment)

    def _held_by_limit(self, order):
        """Whether confirming would be refused; nothing stays."""
        with self.env.cr.savepoint() as savepoint:
            try:
                order.with_user(self.salesperson).action_confirm()
                refused = False
            except UserError:
                refused = True
            savepoint.rollback()
        self.env.invalidate_all()
        return refused

    # ------------------------------------------------------------------ who decides

    def test_applicants_approve_nowhere(self):
        """A finance manager who applies, and whose colleague is away, waits for a colleague."""
        both = self._user(
            "both",
            "sales_team.group_sale_salesman_all_leads,credit_collection.group_credit_finance_manager,"
            "credit_collection.group_credit_controller",
        )
        application = self._request(self._application(user=both), both)
        self.refused(application.with_user(both).validate_tier)
        self.assertEqual(self._terms()[0], "cash")
        self._approve(application)
        self.assertEqual(self._terms()[0], "limit")

    def test_two_companies_two_limits(self):
        other = self.setup_other_company(name="Sister Ltd")["company"]
        other.sudo().credit_mode = "enforce"
        self.controller.sudo().company_ids |= other
        self._decide(self.customer, credit_control="limit", credit_limit=1000)
        self._decide(self.customer, company=other, credit_control="limit", credit_limit=200)
        self.assertEqual(self._terms()[1], 1000)
        self.assertEqual(self._terms(company=other)[1], 200)
        self.assertTrue(self._first_confirms(self._order(self.customer, 1000)))
        self.assertEqual(self._figures(self.customer, other).credit_available, 200)
        self.assertEqual(self._figures(self.customer).credit_available, 0)
        self.assertEqual(self._decisions()[0].new_limit, 1000)
        self.assertEqual(self._decisions(company=other)[0].new_limit, 200)

    def test_customer_in_another_currency(self):
        # 1 USD buys 0.5 EUR: an order of 500 EUR is one of 1,000 USD.
        euro = self._rate("EUR", 0.5)
        self._decide(self.customer, credit_control="limit", credit_limit=1000)
        self.assertFalse(self._first_confirms(self._order(self.customer, 500.01, currency=euro)))
        self.assertTrue(self._first_confirms(self._order(self.customer, 500, currency=euro)))
        self.assertEqual(self._exposure(self.customer), 1000)

    def test_one_customer_one_application_for_all_contacts(self):
        """A clerk's application is the customer's; so is the order for the warehouse."""
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.customer.id})
        depot = self.env["res.partner"].create(
            {"name": "Depot", "parent_id": self.customer.id, "type": "delivery"}
        )
        application = self._form(
            clerk, formula="manual", control="limit", limit=100, registered_capital=9000
        )
        self.assertEqual(application.partner_id, self.customer)
        self._approve(self._request(application))
        self.assertTrue(self._first_confirms(self._order(depot, 60)))
        self.assertFalse(self._first_confirms(self._order(clerk, 41)))

    def test_archived_customer_gets_nothing(self):
        application = self._request(self._application())
        self.customer.sudo().active = False
        self._approve(application, self.finance_manager, self.sales_manager)
        # The customer may come back: decisions count then, and the history says so.
        self._approve(application, self.general_manager)
        self.customer.sudo().active = True
        self.assertEqual(self._terms()[0], "limit")
        self.assertEqual(len(self._decisions().filtered(lambda d: d.source == "application")), 1)
