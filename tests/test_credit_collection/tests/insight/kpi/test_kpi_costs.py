from odoo.fields import Command
from odoo.tests import tagged

from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestKpiCosts(AgeingCase):
    """What collecting cost in June 2025, by hand: of 850 collected (P2-03, P3-13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls._customer("One", user_id=cls.salesperson2.id)
        cls.old = cls._dated(cls.one, 1000, "2025-04-10", due="2025-05-10")
        cls.team = cls.env["crm.team"].create({"name": "South", "company_id": cls.company.id})
        cls.env["crm.team.member"].create(
            {"crm_team_id": cls.team.id, "user_id": cls.salesperson2.id}
        )
        cls.travel = cls.company_data["default_account_expense"].copy({"code": "600123"})
        cls.rent = cls.company_data["default_account_expense"].copy({"code": "600124"})
        cls.bank = cls.company_data["default_journal_bank"].default_account_id
        plans = cls.env["account.analytic.plan"].sudo()
        accounts = cls.env["account.analytic.account"].sudo()
        cls.department, cls.unit = (
            accounts.create(
                {
                    "name": name,
                    "plan_id": plans.create({"name": name}).id,
                    "company_id": cls.company.id,
                }
            )
            for name in ("Collection", "South")
        )

    def _spend(self, account, amount, day="2025-06-12", distribution=False, post=True):
        move = self.env["account.move"].create(
            {
                "date": day,
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "debit": amount,
                            "analytic_distribution": distribution,
                        }
                    ),
                    Command.create({"account_id": self.bank.id, "credit": amount}),
                ],
            }
        )
        if post:
            move.action_post()
        return move.line_ids.filtered("debit")

    def _row(self, scope="company"):
        day = self._day("2025-06-30")
        rows = self.env["insight.kpi"]._compute_months(self.company, day, day, "Again")
        return rows.filtered(lambda row: row.scope == scope)

    def _opened(self, row):
        action = row.action_open_costs()
        return self.env[action["res_model"]].search(action["domain"])

    def test_cost_rate_of_the_accounts_named(self):
        """17 of 850 is 2 %: other accounts, other months and drafts cost nothing."""
        self.company.sudo().insight_cost_account_ids = self.travel
        self._pay(self.old, 850, date="2025-06-20")
        cost = self._spend(self.travel, 17)
        self._spend(self.rent, 100)
        self._spend(self.travel, 100, day="2025-07-01")
        self._spend(self.travel, 100, post=False)
        row = self._row()
        self.assertRecordValues(row, [{"costs": 17, "cost_rate": 2}])
        self.assertEqual(self._opened(row), cost)
        self.assertRecordValues(self._row("user"), [{"costs": 0, "cost_rate": 0}])

    def test_only_what_is_read_is_flushed(self):
        self.company.sudo().insight_cost_account_ids = self.travel
        cost = self._spend(self.travel, 17).sudo()
        self.env.flush_all()
        name = cost.name
        self.env.cache.set(cost, cost._fields["name"], "Not written yet", dirty=True)
        kpi = self.env["insight.kpi"].sudo()
        kpi._sum_costs(self.company, cost.date, cost.date)
        self.env.cr.execute("SELECT name FROM account_move_line WHERE id = %s", [cost.id])
        self.assertEqual(self.env.cr.fetchone()[0] or False, name)

    def test_nothing_named_costs_nothing(self):
        self._spend(self.travel, 17)
        row = self._row()
        self.assertEqual(row.costs, 0)
        self.assertFalse(self._opened(row))

    def test_shares_of_analytic_accounts(self):
        """Of 200 for the department 60 % are costs, half of these of the team: 120 and 60."""
        self.company.sudo().insight_cost_analytic_ids = self.department
        self.team.insight_analytic_id = self.unit
        self._pay(self.old, 600, date="2025-06-20")
        both = f"{self.department.id},{self.unit.id}"
        cost = self._spend(
            self.rent,
            200,
            distribution={both: 30, str(self.department.id): 30, str(self.unit.id): 40},
        )
        self._spend(self.rent, 70, distribution={str(self.unit.id): 100})
        row, team = self._row(), self._row("team")
        self.assertRecordValues(row, [{"costs": 120, "cost_rate": 20}])
        self.assertRecordValues(team, [{"costs": 60, "cost_rate": 10}])
        self.assertEqual(self._opened(row) | self._opened(team), cost)
        # Of the accounts named, if some are.
        self.company.sudo().insight_cost_account_ids = self.travel
        self.assertEqual(self._row().costs, 0)

    def test_a_share_of_a_team_without_an_account_of_its_own_is_nobodys(self):
        self.company.sudo().insight_cost_account_ids = self.travel
        self._spend(self.travel, 50, distribution={str(self.unit.id): 100})
        team = self._row("team")
        self.assertEqual((self._row().costs, team.costs), (50, 0))
        self.assertFalse(self._opened(team))

    def test_overdue_amounts_cost_their_capital(self):
        """250 are overdue all 30 days of June, 750 until the 20th; 400 since the 26th: 4 days."""
        self.company.sudo().insight_capital_rate = 6
        self._dated(self.one, 400, "2025-06-01", due="2025-06-26")
        self._pay(self.old, 750, date="2025-06-20")
        days = 250 * 30 + 750 * 20 + 400 * 4
        cost = self.company.currency_id.round(days * 0.06 / 360)
        for scope in ("company", "team", "user"):
            row = self._row(scope)
            self.assertRecordValues(
                row, [{"overdue_days": days, "capital_rate": 6, "overdue_cost": cost}]
            )
        self.company.sudo().insight_capital_rate = 0
        self.assertEqual(self._row().overdue_cost, 0)

    def test_the_report_charges_sales_teams(self):
        self.company.sudo().write(
            {"insight_cost_account_ids": self.travel.ids, "insight_capital_rate": 36}
        )
        self.team.insight_analytic_id = self.unit
        self._spend(self.travel, 50, distribution={str(self.unit.id): 40})
        self._row()
        self.env["insight.month"]._close(self.company, self._day("2025-06-30"))
        reports = self.env["insight.report"].with_user(self.finance_manager)
        reports = reports.with_company(self.company)
        report = reports.browse(reports.action_draft()["res_id"])
        [section] = report.section_ids.filtered(lambda section: section.kind == "unit")
        [row] = section.table["rows"]
        # 1,000 for 30 days at 36 % a year
        self.assertEqual(row["c"][1:], [20, 30, 0, 50])
        self.assertEqual(section.table["total"][1:], [20, 30, 0, 50])
        self.assertIn("South", section.table_html)
