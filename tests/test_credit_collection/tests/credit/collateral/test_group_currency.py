import random
from decimal import ROUND_HALF_UP, Decimal

from odoo.fields import Command
from odoo.tests import tagged

from .group_case import GroupCompaniesCase

SEEDS = range(4)


@tagged("post_install", "-at_install")
class TestGroupCurrency(GroupCompaniesCase):
    """A limit in a currency of its own, over companies in USD and CNY: 1 EUR = 2 USD = 8 CNY."""

    their_currency = "CNY"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls._rate("EUR", 0.5)
        cls._rate("EUR", 0.125, company=cls.theirs)

    def test_worked_example(self):
        """EUR 5,000: USD 4,000 open are EUR 2,000, so EUR 3,000 or CNY 24,000 are left."""
        group = self._shared(5000, currency_id=self.euro.id)
        self._invoice(self.customer, 4000, days_overdue=-30)
        self.assertEqual(self._figures(self.sister).credit_available, 6000)
        self.assertEqual(self._figures(self.sister, self.theirs).credit_available, 24000)
        order = self._their_order(24000.01, partner=self.sister)
        self.assertEqual(order.currency_id.name, "CNY")
        message = self.refused(order.action_confirm).replace("\xa0", " ")
        self.assertIn("combined exposure of ¥ 16,000.00", message)
        self.assertIn("exceed their shared limit of ¥ 40,000.00 by ¥ 0.01", message)
        self.assertIn("It counts in 2 companies. In EUR: 2,000.00 € of 5,000.00 €.", message)
        self._their_order(24000, partner=self.sister, confirm=True)
        self.refused(self._order(self.customer, 0.01).action_confirm)
        group = self._as(group, self.both_controller)
        self.assertRecordValues(group, [{"exposure": 5000, "available": 0, "usage": 100.0}])
        self.assertEqual(group.line_ids.mapped("exposure"), [2000, 3000])
        table = str(group.use_table).replace("\xa0", " ")
        for text in (
            "2,000.00 €",
            "3,000.00 €",
            "$ 4,000.00",
            "¥ 24,000.00",
            "In company currency",
        ):
            self.assertIn(text, table)
        text = self._figures(self.sister, self.theirs).credit_group_use.replace("\xa0", " ")
        self.assertIn("¥ 40,000.00 of ¥ 40,000.00 used.", text)
        self.assertIn("In EUR: 5,000.00 € of 5,000.00 €.", text)

    def test_rate_of_today(self):
        self._shared(5000, currency_id=self.euro.id)
        self._invoice(self.customer, 4000, days_overdue=-30)
        self._rate("EUR", 0.25, date=self._today())  # 1 EUR = 4 USD
        self.assertEqual(self._figures(self.sister, self.theirs).credit_available, 32000)
        self.assertEqual(self._figures(self.sister).credit_available, 16000)

    def test_exact_in_the_own_company(self):
        """What is owed in the company of the check is not rounded by way of another currency."""
        self._shared(1000, currency_id=self.euro.id)
        self._invoice(self.customer, 1500.01, days_overdue=-30)
        self.assertEqual(self._figures(self.sister).credit_available, 499.99)
        self.refused(self._order(self.sister, 500).action_confirm)
        self._order(self.sister, 499.99, confirm=True)

    def test_warning_opens_the_exposure_of_the_group(self):
        group = self._shared(1000, currency_id=self.euro.id)
        self._invoice(self.sister, 1990, days_overdue=-30)
        self.env["credit.review"].sudo()._run(self.customer, self.company)
        warning = (
            self.env["credit.warning"]
            .sudo()
            .search([("partner_id", "=", self.customer.id), ("kind", "=", "limit_use")])
        )
        self.assertEqual((warning.value, warning.reference), (1990, 2000))
        action = warning.with_user(self.both_controller).action_open_documents()
        self.assertEqual(set(action["domain"][0][2]), set(group.member_ids.ids))

    # ------------------------------------------------------------------ random books

    def test_random_books(self):
        """Two companies with different currencies against a sum of the test's own."""
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self._try_books(random.Random(seed))
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache()

    def _try_books(self, rng):
        currencies = {"EUR": (Decimal("0.5"), Decimal("0.125")), "USD": (Decimal(1), Decimal("0.25")),
                      "CNY": (Decimal(4), Decimal(1))}  # fmt: skip
        self._rate("CNY", 4.0)
        self._rate("USD", 0.25, company=self.theirs)
        name = rng.choice(sorted(currencies))
        members = self.customer | self.sister | self._customer("Third", control="none")
        members.sudo().with_company(self.theirs).credit_control = "none"
        strangers = self._customer("Stranger", control="none")
        limit = Decimal(rng.randint(20, 60)) * 1000
        group = self._shared(
            float(limit),
            members,
            currency_id=self._enable_currency(name).id,
            company_ids=[Command.set((self.company | self.theirs).ids)],
        )
        owed = {self.company: Decimal(0), self.theirs: Decimal(0)}
        for _step in range(12):
            company = rng.choice([self.company, self.theirs])
            partner = rng.choice(members | strangers)
            amount = Decimal(rng.randint(1, 30000)) / 100
            act = rng.choice(["order", "invoice", "paid"])
            if act == "order":
                user = self.salesperson if company == self.company else self.their_salesperson
                self._order(partner, float(amount), user=user, confirm=True)
            elif company == self.company:
                invoice = self._invoice(partner, float(amount), days_overdue=-30)
                if act == "paid":
                    half = (amount / 2).quantize(Decimal("0.01"), ROUND_HALF_UP)
                    self._pay(invoice, float(half))
                    amount -= half
            else:
                self._their_invoice(partner, float(amount))
            if partner in members:
                owed[company] += amount
        ours, theirs = currencies[name]
        for company, rate in ((self.company, ours), (self.theirs, theirs)):
            use = (owed[self.company] * ours + owed[self.theirs] * theirs) / rate
            cents = Decimal("0.01")
            use = use.quantize(cents, ROUND_HALF_UP)
            left = (limit / rate).quantize(cents, ROUND_HALF_UP) - use
            with self.subTest(company=company.name):
                for member in members:
                    figures = self._figures(member, company)
                    self.assertAlmostEqual(figures.credit_available, float(left), 2)
                user = self.salesperson if company == self.company else self.their_salesperson
                order = self._order(rng.choice(members), float(left + cents), user=user)
                self.refused(order.action_confirm)
        total = owed[self.company] * ours + owed[self.theirs] * theirs
        group = self._as(group, self.both_controller)
        self.assertAlmostEqual(group.exposure, float(total), delta=0.006)
        self.assertAlmostEqual(sum(group.line_ids.mapped("exposure")), float(total), delta=0.03)
        self._order(rng.choice(members), float(left), user=user, confirm=True)
        self.assertEqual(self._figures(self.sister, company).credit_available, 0)
