from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestAlert(AgeingCase):
    """June 2025 of a sales team: 200 of 1,000 overdue up to 30 days; in May 100 were overdue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alerts = cls.env["insight.alert"].sudo()
        cls.mark = cls.env.ref("credit_collection.insight_alert_rule_overdue_30").sudo()
        cls.growth = cls.env.ref("credit_collection.insight_alert_rule_overdue_growth").sudo()
        cls.team = cls.env["crm.team"].create(
            {"name": "South", "company_id": cls.company.id, "user_id": cls.sales_manager.id}
        )
        cls.env["crm.team.member"].create(
            {"crm_team_id": cls.team.id, "user_id": cls.salesperson.id}
        )
        cls.buyer = cls._customer("Buyer")
        cls._dated(cls.buyer, 100, "2025-04-10", due="2025-05-10")
        cls._dated(cls.buyer, 200, "2025-05-10", due="2025-06-10")
        cls._dated(cls.buyer, 700, "2025-06-10", due="2025-08-10")

    def _raise(self, first="2025-05-31", last="2025-06-30"):
        self.env["insight.kpi"]._compute_months(
            self.company, self._day(first), self._day(last), "Again"
        )
        return self.alerts._raise(self.company, self._day(last))

    def test_shipped_rules(self):
        """20 % > 15 %; 300 are three times 100, more than 20 % up."""
        alerts = self._raise()
        self.assertEqual(alerts.rule_id, self.mark | self.growth)
        mark = alerts.filtered(lambda a: a.rule_id == self.mark)
        self.assertRecordValues(
            mark,
            [
                {
                    "team_id": self.team.id, "value": 20, "mark": 15, "state": "open",
                    "owner_id": self.finance_manager.id, "talk_with_id": self.sales_manager.id,
                    "deadline": self._today(7), "date": self._day("2025-06-30"),
                }
            ],
        )  # fmt: skip
        growth = alerts - mark
        self.assertEqual((growth.value, growth.value_before), (300, 100))
        self.assertEqual(mark.activity_ids.user_id, self.finance_manager)
        action = mark.action_open_figures()
        self.assertEqual(self.env["insight.kpi"].search(action["domain"]), mark.kpi_id)

    def test_never_twice_for_the_same_month_and_unit(self):
        first = self._raise()
        self._dated(self.buyer, 50, "2025-06-01", due="2025-06-05")
        self.assertFalse(self._raise())
        first._system_write({"state": "done"})
        self.assertFalse(self._raise())
        self.assertEqual(self.alerts.search_count([("company_id", "=", self.company.id)]), 2)
        # Another month is another alert.
        self._dated(self.buyer, 900, "2025-07-01", due="2025-07-10")
        found = self._raise("2025-06-30", "2025-07-31")
        self.assertEqual(found.rule_id, self.mark | self.growth)

    def test_exactly_at_the_mark_nothing(self):
        self.mark.mark, self.growth.mark = 20, 200
        self.assertFalse(self._raise())

    def test_no_growth_without_a_month_before(self):
        self.assertEqual(self._raise("2025-06-30").rule_id, self.mark)

    def test_below_a_mark_and_rules_of_other_companies(self):
        rules = self.env["insight.alert.rule"].with_user(self.administrator)
        values = {"name": "Recovery", "metric": "recovery_rate", "scope": "company", "mark": 50}
        own = rules.create({**values, "kind": "below", "company_id": self.company.id})
        other = self.env["res.company"].sudo().create({"name": "Other"})
        self.env["insight.alert.rule"].sudo().create(
            {**values, "kind": "below", "company_id": other.id}
        )
        self.assertEqual(self._raise().rule_id, self.mark | self.growth | own)

    def test_the_owner_talks_and_writes_the_result(self):
        alert = self._raise()[0]
        mine = alert.with_user(self.finance_manager)
        with self.assertRaises(UserError):
            mine.action_done()
        mine.result = "Dunning starts a week earlier."
        for user in (self.controller, self.general_manager, self.collector):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                alert.with_user(user).action_done()
            with self.assertRaises(AccessError):
                alert.with_user(user).write({"result": "No"})
        with self.assertRaises(AccessError):
            mine.write({"value": 1})
        mine.action_done()
        self.assertTrue(alert.done_at)
        self.assertFalse(alert.activity_ids)
        with self.assertRaises(AccessError):
            mine.write({"result": "Otherwise"})
        with self.assertRaises(UserError):
            mine.action_done()

    def test_the_job_raises_them_once_the_month_is_closed(self):
        self.company.sudo().credit_mode = "enforce"
        with freeze_time("2025-07-06 12:00:00"):
            for _n in range(2):
                self._run_job("insight_kpi")
        found = self.alerts.search([("company_id", "=", self.company.id)])
        self.assertEqual(found.rule_id, self.mark)

    def test_only_administrators_make_rules(self):
        values = {"name": "Rule", "mark": 1, "company_id": self.company.id}
        rules = self.env["insight.alert.rule"]
        for user in (self.controller, self.finance_manager, self.collector, self.salesperson):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                rules.with_user(user).create(values)
        self.assertTrue(rules.with_user(self.administrator).create(values))
