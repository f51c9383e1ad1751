from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestKpi(AgeingCase):
    """Figures of June 2025, worked by hand; each opens its inputs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().receivable_vat_factor = 1.17
        cls.expense = cls.env["account.account"].create(
            {"name": "Bad Debts", "code": "670199", "account_type": "expense"}
        )
        cls.one = cls._customer("One")
        cls.two = cls._customer("Two", user_id=cls.salesperson2.id)
        old = cls._dated(cls.one, 1000, "2025-04-10", due="2025-05-10")
        cls._dated(cls.one, 1000, "2025-05-10", due="2025-06-10")
        cls._dated(cls.two, 1000, "2025-06-20", due="2025-07-20")
        cls.payment = cls._pay(old, 600, date="2025-06-15")
        cls.written = cls._entry(
            (cls.expense, 100, None),
            (cls.company_data["default_account_receivable"], -100, cls.one),
            day="2025-06-25",
        )
        # after the month: changes nothing in it
        cls._pay(old, 400, date="2025-07-02")

    def _compute(self, first="2025-06-01", last="2025-06-30", user=None):
        wizard = self.env["insight.kpi.compute"].with_user(user or self.controller)
        wizard.create(
            {"date_from": first, "date_to": last, "reason": "Later entries"}
        ).action_compute()
        return self.env["insight.kpi"].search([("company_id", "=", self.company.id)])

    def test_the_company(self):
        row = self._compute().filtered(lambda f: f.scope == "company")
        self.assertRecordValues(
            row,
            [
                {
                    "date": self._day("2025-06-30"), "opening": 2000, "closing": 2300,
                    "overdue": 1300, "due": 1000, "collected": 600, "written_off": 100,
                    "sales": 1000, "sales_1": 1000, "sales_2": 1000, "sales_quarter": 3000,
                    "days_quarter": 91, "recovery_rate": 60, "has_sales": True,
                }
            ],
        )  # fmt: skip
        expected = {
            "overdue_rate": 1300 / 23,
            "bad_debt_rate": 100 / 23,
            "dso": 2300 / 1170 * 30,
            "dso_simple": 2300 / 3000 * 91,
            "dso_best": 1000 / 3000 * 91,
            "days_delinquent": 1300 / 3000 * 91,
            "dso_count_back": 30 + 31 + 0.3 * 30,
            "cei": 700 / 20,
        }
        for name, value in expected.items():
            self.assertAlmostEqual(row[name], value, places=4, msg=name)
        self.assertEqual(row.closing, self._ties("2025-06-30"))

    def test_prepayments_are_not_recovered(self):
        """P1-16. Received in June: 500 before the invoice of the 20th, 70 without any invoice."""
        invoice = self.env["account.move"].search([("partner_id", "=", self.two.id)])
        self._pay_early(invoice, 500, "2025-06-05")
        self._receive(self._customer("Three"), 70, date="2025-06-07")
        # Not applied, while an earlier invoice is open: that is recovered.
        self._receive(self.one, 50, date="2025-06-28")
        row = self._compute().filtered(lambda f: f.scope == "company")
        self.assertRecordValues(
            row, [{"collected": 1220, "prepaid": 570, "recovery_rate": 65, "due": 1000}]
        )
        users = self._compute().filtered(lambda f: f.scope == "user")
        self.assertEqual(sum(users.mapped("prepaid")), 570)

    def _pay_early(self, invoice, amount, date):
        payment = self._receive(invoice.partner_id, amount, date=date)
        items = (payment.move_id | invoice).line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        )
        items.reconcile()

    def test_rates_say_their_denominator_and_may_share_it(self):
        """P1-17, P1-18: 800 of a company of this database beside 2,300 of customers."""
        own = self.company.sudo().partner_id.create({"name": "Sister"})
        self.env["res.company"].sudo().create({"name": "Sister", "partner_id": own.id})
        self.env.registry.clear_cache()
        self._dated(own, 800, "2025-06-12", due="2025-07-12")
        row = self._compute().filtered(lambda f: f.scope == "company")
        self.assertAlmostEqual(row.overdue_rate, 1300 / 23, places=4)
        self.assertAlmostEqual(row.bad_debt_rate, 100 / 31, places=4)
        self.assertEqual((row.overdue_base, row.bad_debt_base), (2300, 3100))
        for words in ("2,300", "3,100", "intercompany"):
            self.assertIn(words, row.rate_note)
        self.company.sudo().receivable_rate_trade = True
        row = self._compute().filtered(lambda f: f.scope == "company")
        self.assertAlmostEqual(row.bad_debt_rate, 100 / 23, places=4)
        self.assertEqual((row.overdue_base, row.bad_debt_base), (2300, 2300))
        # A row keeps the setting of its day.
        self.company.sudo().receivable_rate_trade = False
        self.assertEqual(row.bad_debt_base, 2300)

    def test_target_of_dso(self):
        """One: 1,300 ÷ 780 × 30 = 50 days; Two: 1,000 ÷ 390 × 30 = 77; together 59 (P4-01)."""

        def over(target):
            self.company.sudo().receivable_dso_target = target
            rows = self._compute()
            self.assertEqual(set(rows.mapped("dso_target")), {target})
            return rows.filtered("is_over_target").mapped(lambda f: f.user_id.name or "company")

        self.assertEqual(self.company.receivable_dso_target, 30)
        two = self.salesperson2.name
        self.assertEqual(set(over(55)), {"company", two})
        self.assertEqual(over(60), [two])
        self.assertFalse(over(0))
        # The row keeps the target of its day.
        self.company.sudo().receivable_dso_target = 10
        self.assertFalse(self.env["insight.kpi"].search([("is_over_target", "=", True)]))

    def test_salespeople_add_up_to_the_company(self):
        rows = self._compute()
        company = rows.filtered(lambda f: f.scope == "company")
        users = rows - company
        self.assertEqual(users.user_id, self.salesperson | self.salesperson2)
        for name in ("opening", "closing", "overdue", "due", "collected", "written_off", "sales"):
            self.assertEqual(sum(users.mapped(name)), company[name], name)
        two = users.filtered(lambda f: f.user_id == self.salesperson2)
        self.assertRecordValues(
            two, [{"closing": 1000, "overdue": 0, "sales": 1000, "collected": 0, "cei": 0}]
        )

    def test_every_input_opens(self):
        row = self._compute().filtered(lambda f: f.scope == "company").with_user(self.auditor)
        opened = {}
        for name in (
            "due", "collected", "written_off", "sales", "closing", "opening", "overdue", "group",
        ):  # fmt: skip
            action = getattr(row, f"action_open_{name}")()
            opened[name] = (
                self.env[action["res_model"]].with_user(self.auditor).search(action["domain"])
            )
        self.assertEqual(sum(opened["due"].mapped("balance")), row.due)
        self.assertEqual(opened["collected"].move_id, self.payment.move_id)
        self.assertEqual(opened["written_off"].move_id, self.written)
        self.assertEqual(sum(opened["sales"].mapped("amount_total_signed")), row.sales_quarter)
        self.assertEqual(sum(opened["closing"].mapped("amount")), row.closing)
        self.assertEqual(sum(opened["opening"].mapped("amount")), row.opening)
        self.assertEqual(sum(opened["overdue"].mapped("net")), row.overdue)
        self.assertFalse(opened["group"])

    def test_computed_again_rows_that_did_not_change_stay(self):
        first = self._compute()
        self._dated(self.two, 50, "2025-06-21")
        again = self._compute()
        one = again.filtered(lambda f: f.user_id == self.salesperson)
        self.assertEqual(again & first, one)
        self.assertEqual(again.filtered(lambda f: f.scope == "company").closing, 2350)

    def test_a_month_that_runs_is_of_today(self):
        """Items due later in the month are not overdue yet."""
        self._dated(self.two, 700, "2025-09-01", due="2025-09-28")
        self._dated(self.two, 50, "2025-09-01", due="2025-09-10")
        with freeze_time("2025-09-15 04:00:00"):
            row = self._compute("2025-09-01", "2025-09-15").filtered(lambda f: f.scope == "company")
            running = row.overdue
            self.assertEqual(row.date_closing, self._day("2025-09-15"))
            action = row.action_open_overdue()
        opened = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(opened.mapped("net")), running)
        row = self._compute("2025-09-01", "2025-09-30").filtered(lambda f: f.scope == "company")
        self.assertEqual(row.date_closing, self._day("2025-09-30"))
        self.assertEqual(row.overdue, running + 700)

    def test_sales_inside_the_group_are_excluded(self):
        sister = self.setup_other_company()["company"]
        sister.partner_id.user_id = self.salesperson
        before = self._compute().filtered(lambda f: f.scope == "company")
        dso, closing = before.dso, before.closing
        self._dated(sister.partner_id, 5000, "2025-06-01")
        row = self._compute().filtered(lambda f: f.scope == "company")
        self.assertRecordValues(
            row, [{"sales": 1000, "closing": closing + 5000, "closing_group": 5000, "dso": dso}]
        )
        action = row.action_open_group()
        opened = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(opened.mapped("amount")), 5000)

    def test_what_the_group_owes_is_in_no_rate(self):
        before = self._compute().filtered(lambda f: f.scope == "company")
        rates = before.overdue_rate, before.cei
        sister = self.env["res.company"].sudo().create({"name": "Sister"}).partner_id
        self._dated(sister, 5000, "2025-04-01", due="2025-04-20")
        row = self._compute().filtered(lambda f: f.scope == "company")
        self.assertEqual((row.closing, row.opening_group, row.overdue), (7300, 5000, 1300))
        self.assertEqual((row.overdue_rate, row.cei), rates)

    @freeze_time("2025-06-22")
    def test_days_of_a_month_that_runs(self):
        """83 days from 1 April to 22 June; 22 days of the 1,000 of June, then May's 31."""
        row = self._compute(last="2025-06-22").filtered(lambda f: f.scope == "company")
        self.assertEqual((row.days_quarter, row.closing), (83, 2400))
        self.assertAlmostEqual(row.dso_simple, 2400 / 3000 * 83)
        self.assertAlmostEqual(row.dso_count_back, 22 + 31 + 0.4 * 30)

    def test_what_is_of_no_customer_opens_too(self):
        receivable = self.company_data["default_account_receivable"]
        bank = self.company_data["default_journal_bank"]
        self._entry((receivable, 40, None), (self.expense, -40, None), day="2025-06-02")
        move = self.env["account.move"].create(
            {
                "journal_id": bank.id,
                "date": "2025-06-03",
                "line_ids": [
                    Command.create({"account_id": bank.default_account_id.id, "debit": 15}),
                    Command.create({"account_id": receivable.id, "credit": 15}),
                ],
            }
        )
        move.action_post()
        rows = self._compute()
        nobody = rows.filtered(lambda f: f.scope == "user" and not f.user_id)
        self.assertEqual((nobody.collected, nobody.written_off), (15, -40))
        for name in ("collected", "written_off"):
            action = getattr(nobody, f"action_open_{name}")()
            items = self.env["account.move.line"].search(action["domain"])
            self.assertEqual(-sum(items.mapped("balance")), nobody[name])

    def test_no_sales_no_dso(self):
        row = self._compute("2025-10-01", "2025-10-31").filtered(lambda f: f.scope == "company")
        self.assertRecordValues(row, [{"has_sales": False, "has_due": False, "dso": 0}])

    def test_allowed_roles(self):
        self._compute(user=self.accountant)
        for role in ("auditor", "salesperson", "collector"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._compute(user=self.roles[role])
        row = self.env["insight.kpi"].search([], limit=1)
        for user in (self.controller, self.administrator):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"closing": 1})
        with self.assertRaises(AccessError):
            row.with_user(self.salesperson).read(["dso"])

    def test_months_that_cannot_be(self):
        for first, last in (
            ("2025-06-01", "2025-05-01"),
            (self._today(-3200), self._today(-600)),
            (self._today(400), self._today(430)),
        ):
            with self.subTest(first=first), self.assertRaisesRegex(UserError, "months in order"):
                self._compute(first, last)
