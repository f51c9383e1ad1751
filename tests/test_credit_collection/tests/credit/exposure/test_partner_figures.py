import operator
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user

from ...common import CreditCollectionCommon

FIGURES = [
    "credit_exposure",
    "credit_effective_limit",
    "credit_available",
    "credit_overdue",
    "credit_days_overdue",
]
OPERATORS = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


class TestPartnerFigures(CreditCollectionCommon):
    """The five figures of a customer: values, one query for a list, search, order, rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.over = cls._customer("Over", limit=1000)
        cls._invoice(cls.over, 700, days_overdue=40)
        cls._invoice(cls.over, 600, days_overdue=5)
        cls.within = cls._customer("Within", limit=5000)
        cls._invoice(cls.within, 700)
        cls._order(cls.within, 300, confirm=True)
        cls.empty = cls._customer("Empty", limit=250)
        cls.unlimited = cls._customer("Unlimited")
        cls._invoice(cls.unlimited, 90, days_overdue=5)
        cls.cash = cls._customer("Cash", control="cash", limit=400)
        cls.advance = cls._customer("Advance", limit=1000)
        cls._receive(cls.advance, 200)
        cls.customers = cls.over | cls.within | cls.empty | cls.unlimited | cls.cash | cls.advance

    def _values(self, partner):
        figures = self._figures(partner)
        return tuple(figures[name] for name in FIGURES)

    # ------------------------------------------------------------------- values

    def test_the_five_figures(self):
        for partner, values in (
            (self.over, (1300, 1000, -300, 1300, 40)),
            (self.within, (1000, 5000, 4000, 0, 0)),
            (self.empty, (0, 250, 250, 0, 0)),
            (self.advance, (-200, 1000, 1200, 0, 0)),
        ):
            with self.subTest(partner=partner.name):
                self.assertEqual(self._values(partner), values)

    def test_unlimited_has_nothing_available_to_count(self):
        figures = self._figures(self.unlimited)
        self.assertEqual((figures.credit_exposure, figures.credit_available), (90, 0))

    def test_cash_customers_have_no_limit(self):
        self.assertEqual(self._figures(self.cash).credit_effective_limit, 0)

    def test_limit_zero_is_no_credit(self):
        nobody = self._customer("Nobody", limit=0)
        self._invoice(nobody, 10)
        figures = self._figures(nobody)
        self.assertEqual((figures.credit_effective_limit, figures.credit_available), (0, -10))

    def test_overdue_is_less_what_is_not_applied(self):
        self._receive(self.over, 1000)
        self.assertEqual(self._figures(self.over).credit_overdue, 300)

    def test_contact_shows_the_figures_of_the_customer(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.over.id})
        self.assertEqual(self._values(contact), self._values(self.over))

    def test_a_new_partner_that_is_not_saved_yet(self):
        partner = self.env["res.partner"].sudo().new({"name": "New"})
        self.assertEqual([partner[name] for name in FIGURES], [0, 0, 0, 0, 0])

    def test_company_dependent(self):
        other = self.env["res.company"].sudo().create({"name": "Other"})
        figures = self._figures(self.over, other)
        self.assertEqual(
            (figures.credit_exposure, figures.credit_overdue, figures.credit_days_overdue),
            (0, 0, 0),
        )
        self.controller.sudo().company_ids |= other
        self._decide(self.over, company=other, credit_limit=70, credit_control="limit")
        self.assertEqual(self._figures(self.over, other).credit_effective_limit, 70)
        self.assertEqual(self._figures(self.over).credit_effective_limit, 1000)

    # ---------------------------------------------------------- days and midnight

    def test_days_of_the_instalment_not_of_the_invoice(self):
        partner = self._customer("Instalments")
        term = self._term((50, 0), (50, 30))
        invoice = self._invoice(partner, 100, term=term, invoice_date=self._today(-33))
        self.assertEqual(self._figures(partner).credit_days_overdue, 33)
        self._pay(invoice, 50)
        self.assertEqual(self._figures(partner).credit_days_overdue, 3)

    def test_days_overdue_turn_at_midnight_of_the_company(self):
        """Shanghai is 8 hours ahead: at 17:00 UTC it is tomorrow there, whatever the user's zone."""
        partner = self._customer("Midnight")
        self._invoice(partner, 100, invoice_date="2026-03-01", invoice_date_due="2026-03-09")
        self.company.sudo().partner_id.tz = "Asia/Shanghai"
        self.controller.sudo().tz = "America/New_York"
        for moment, days in (
            ("2026-03-09 15:59:00", 0),
            ("2026-03-09 16:01:00", 1),
            ("2026-03-10 15:59:00", 1),
            ("2026-03-10 16:01:00", 2),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                figures = self._figures(partner).with_user(self.controller)
                self.assertEqual(figures.credit_days_overdue, days)
                self.assertEqual(figures.credit_overdue, 100 if days else 0)
                self.assertEqual(max(self._lines(partner).days_overdue, 0), days)
                found = self.env["res.partner"].sudo().search([("credit_days_overdue", ">", 0)])
                self.assertEqual(partner in found, bool(days))

    # ------------------------------------------------------------------ queries

    def test_as_many_queries_for_one_customer_as_for_many(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Row {number}", "is_company": True} for number in range(80)]
        )
        for partner in partners[:5]:
            self._invoice(partner, 10)
        figures = self._figures(partners)
        self._count_queries(figures)  # caches of the registry
        one, many = self._count_queries(figures[:1]), self._count_queries(figures)
        self.assertEqual(many, one)
        self.assertEqual(many, 3, "figures, terms in use, status")

    def _count_queries(self, figures):
        """Queries of the five figures for these rows, when a list has read the rest of them."""
        self.env.flush_all()
        self.env.invalidate_all()
        figures.mapped("commercial_partner_id.currency_id.rounding")
        self.env.companies.mapped("currency_id.rounding")
        start = self.env.cr.sql_log_count
        for name in FIGURES:
            figures.mapped(name)
        return self.env.cr.sql_log_count - start

    def test_nothing_is_stored_on_the_partner(self):
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'res_partner'"
        )
        columns = {row[0] for row in self.env.cr.fetchall()}
        self.assertFalse(columns & {*FIGURES, "credit_usage", "credit_status"})
        self.assertIn("credit_control", columns, "the list of columns was read")

    # ---------------------------------------------------------- search and order

    def _search(self, domain, **options):
        self.env.flush_all()
        found = self.env["res.partner"].sudo().with_company(self.company)
        return found.search([("id", "in", self.customers.ids), *domain], **options)

    def test_search_with_every_operator(self):
        figures = self._figures(self.customers)
        for name in FIGURES:
            values = sorted({*figures.mapped(name), 0, 100, -1})
            for sign, compare in OPERATORS.items():
                for value in values:
                    with self.subTest(name=name, operator=sign, value=value):
                        self.assertEqual(
                            self._search([(name, sign, value)]),
                            figures.filtered(
                                lambda row, n=name, c=compare, v=value: c(row[n], v)
                            ).sorted(lambda row: self._search([]).ids.index(row.id)),
                        )

    def test_search_sees_what_is_shown_not_fractions_of_a_cent(self):
        """100 at a rate of 3 is shown as 33.33 and fits a limit of 33.33, also for the filter."""
        customer = self._customer("Fraction", limit=33.33)
        self._order(customer, 100, currency=self._rate("EUR", 3.0), confirm=True)
        figures = self._figures(customer)
        self.assertEqual((figures.credit_exposure, figures.credit_available), (33.33, 0))
        for domain, found in (
            ([("credit_exposure", "=", 33.33)], customer),
            ([("credit_available", "=", 0)], customer),
            ([("credit_available", "<", 0)], customer.browse()),
            ([("credit_exposure", ">", 33.33)], customer.browse()),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(figures.search([("id", "=", customer.id), *domain]), found)

    def test_search_in_a_set(self):
        figures = self._figures(self.customers)
        for name in FIGURES:
            some = [figures[0][name], figures[1][name]]
            for sign, wanted in (("in", True), ("not in", False)):
                with self.subTest(name=name, operator=sign):
                    self.assertEqual(
                        set(self._search([(name, sign, some)])),
                        {row for row in figures if (row[name] in some) is wanted},
                    )

    def test_search_combines_with_others_and_is_one_query(self):
        self.assertEqual(
            self._search([("credit_overdue", ">", 0), "!", ("credit_available", "<", 0)]),
            self.unlimited,
        )
        self.env.flush_all()
        start = self.env.cr.sql_log_count
        found = self.env["res.partner"].sudo().search([("credit_overdue", ">", 0)])
        self.assertLessEqual(self.env.cr.sql_log_count - start, 2)
        self.assertIn(self.over, found)

    def test_search_finds_contacts_with_their_customer(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.over.id})
        self.env.flush_all()
        found = self.env["res.partner"].sudo().search([("credit_overdue", ">=", 1300)])
        self.assertLessEqual(self.over | contact, found)

    def test_order_in_sql(self):
        for name in FIGURES:
            for direction in ("asc", "desc"):
                with self.subTest(name=name, direction=direction):
                    found = self._search([], order=f"{name} {direction}, id")
                    values = found.mapped(lambda row, n=name: row[n])
                    self.assertEqual(values, sorted(values, reverse=direction == "desc"))
                    self.assertEqual(found, self.customers & found)
        self.assertEqual(self._search([], order="credit_overdue desc", limit=1), self.over)

    # ------------------------------------------------------------------- rights

    def test_salespeople_see_the_figures(self):
        for user in (self.salesperson, self.salesperson2, self.collector, self.accountant):
            self.assertEqual(self.over.with_user(user).credit_exposure, 1300)

    def test_users_without_rights_are_refused(self):
        nobody = new_test_user(
            self.env, "no_rights", company_id=self.company.id, groups="base.group_user"
        )
        partner = self.over.with_user(nobody)
        for name in FIGURES:
            with self.subTest(name=name):
                with self.assertRaises(AccessError):
                    _value = partner[name]
                with self.assertRaises(AccessError):
                    partner.search([(name, ">", 0)])
                with self.assertRaises(AccessError):
                    partner.search([], order=name)
        with self.assertRaises(AccessError):
            partner.env["credit.exposure.line"].search([])

    def test_salesperson_opens_only_lines_of_own_customers(self):
        """All who may sell to the customer see the sum, only their salesperson the documents."""
        lines = self.env["credit.exposure.line"]
        domain = [("partner_id", "=", self.over.id)]
        self.assertEqual(len(lines.with_user(self.salesperson).search(domain)), 2)
        self.assertFalse(lines.with_user(self.salesperson2).search(domain))
        self.assertEqual(len(lines.with_user(self.collector).search(domain)), 2)

    def test_stat_button_opens_the_lines_behind_the_figure(self):
        action = self.over.with_user(self.salesperson).action_open_credit_exposure()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(lines.mapped("amount")), self._exposure(self.over))

    def test_days_follow_the_clock(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        with freeze_time(tomorrow):
            self.assertEqual(self._figures(self.over).credit_days_overdue, 41)
