import math

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestTarget(AgeingCase):
    """Targets of June 2025: due 1,000,000 (P1-19, P2-03, P3-13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer("Buyer")
        cls.invoice = cls._dated(cls.buyer, 1_000_000, "2025-05-10", due="2025-06-10")
        cls.head = cls._user("head", "credit_collection.group_collection_manager")

    def _paid(self, amount):
        self._pay(self.invoice, amount, date="2025-06-20")
        day = self._day("2025-06-30")
        self.env["insight.kpi"]._compute_months(self.company, day, day, "Again")

    def _target(self, **values):
        return (
            self.env["insight.target"]
            .with_user(self.head)
            .create(
                {
                    "metric": "recovery_rate",
                    "date_from": "2025-06-01",
                    "date_to": "2025-06-15",
                    "goal": 80,
                    "tier_ids": [
                        Command.create(
                            {"kind": "reward", "threshold": 80, "basis": "collected", "rate": 1}
                        )
                    ],
                    **values,
                }
            )
        )

    def _approve(self, target):
        target.action_request()
        for role in ("finance_manager", "general_manager"):
            target.invalidate_recordset()
            target.with_user(self.roles[role]).validate_tier()
        target.invalidate_recordset()

    def test_the_right_value(self):
        """850,000 of 1,000,000 is 85 % > 80 %: 1 % of what was collected = 8,500.00."""
        self._paid(850_000)
        target = self._target()
        target.action_compute()
        self.assertRecordValues(
            target,
            [
                {
                    "value": 85, "collected": 850_000, "reward": 8500, "penalty": 0, "amount": 8500,
                    "is_missed": False,
                }
            ],
        )  # fmt: skip

    def test_who_wrote_or_deleted_a_tier_does_not_approve_it(self):
        self._paid(850_000)
        both = self._user(
            "both",
            "credit_collection.group_collection_manager,credit_collection.group_credit_finance_manager",
        )
        for change in (
            lambda tier: tier.write({"rate": 2}),
            lambda tier: tier.copy({"threshold": 90}),
            lambda tier: tier.unlink(),
        ):
            target = self._target()
            change(target.tier_ids.with_user(both))
            target.tier_ids = [
                Command.clear(),
                Command.create(
                    {"kind": "reward", "threshold": 80, "basis": "collected", "rate": 1}
                ),
            ]
            target.action_request()
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                target.with_user(both).validate_tier()
            target.with_user(self.finance_manager).validate_tier()

    def test_exactly_at_the_threshold_nothing(self):
        self._paid(800_000)
        target = self._target()
        target.action_compute()
        self.assertRecordValues(target, [{"value": 80, "reward": 0, "is_missed": False}])

    def test_penalty_difficulty_and_base_figure(self):
        """79 % misses; 2 % of the 40,000 over 750,000, less 300, both times 1.5."""
        self._paid(790_000)
        target = self._target(
            base_amount=750_000,
            difficulty=1.5,
            tier_ids=[
                Command.create({"kind": "reward", "threshold": 50, "basis": "excess", "rate": 2}),
                Command.create(
                    {"kind": "penalty", "threshold": 80, "basis": "fixed", "amount": 300}
                ),
            ],
        )
        target.action_compute()
        self.assertRecordValues(
            target, [{"reward": 1200, "penalty": 450, "amount": 750, "is_missed": True}]
        )

    def test_units(self):
        """Of the salesperson's customers; of a day: the last month; less is better for days late."""
        self._paid(850_000)
        target = self._target(scope="user", user_id=self.salesperson.id)
        target.action_compute()
        self.assertEqual(target.value, 85)
        other = self._target(scope="user", user_id=self.salesperson2.id)
        other.action_compute()
        self.assertRecordValues(other, [{"has_value": False, "reward": 0, "is_missed": False}])
        late = self._target(metric="days_late", goal=9)
        late.action_compute()
        self.assertRecordValues(late, [{"value": 10, "is_missed": True}])
        overdue = self._target(metric="overdue_rate", goal=100)
        overdue.action_compute()
        self.assertEqual(overdue.value, 100)
        action = target.action_open_rows()
        rows = self.env["insight.kpi"].search(action["domain"])
        self.assertEqual(rows.user_id, self.salesperson)

    def test_several_months_are_summed_up_first(self):
        """June 500,000 of 1,000,000, July 0 of 0 and 250,000 more: 75 % of both, no mean of rates."""
        self._pay(self.invoice, 500_000, date="2025-06-20")
        self._pay(self.invoice, 250_000, date="2025-07-20")
        self.env["insight.kpi"]._compute_months(
            self.company, self._day("2025-06-30"), self._day("2025-07-31"), "Again"
        )
        target = self._target(date_to="2025-07-31")
        target.action_compute()
        self.assertEqual(target.value, 75)

    def test_months_without_figures_are_named(self):
        with self.assertRaisesRegex(UserError, "2025-06"):
            self._target().action_compute()

    def test_a_result_is_approved_by_others(self):
        self._paid(850_000)
        target = self._target()
        self._approve(target)
        self.assertRecordValues(target, [{"state": "approved", "amount": 8500}])
        with self.assertRaises(AccessError):
            target.with_user(self.head).write({"goal": 10})
        with self.assertRaises(AccessError):
            target.tier_ids.with_user(self.head).write({"rate": 50})
        with self.assertRaises(UserError):
            target.tier_ids.with_user(self.head).create(
                {"target_id": target.id, "threshold": 1, "rate": 100}
            )

    def test_who_asks_never_approves(self):
        self._paid(850_000)
        target = self._target().with_user(self.finance_manager)
        second = self._user("finance2", "credit_collection.group_credit_finance_manager")
        target.action_request()
        target.invalidate_recordset()
        with self.assertRaises(UserError):
            target.validate_tier()
        target.with_user(second).validate_tier()

    def test_nobody_approves_other_figures_than_were_asked_for(self):
        self._paid(850_000)
        target = self._target()
        target.action_request()
        self._paid(50_000)
        target.invalidate_recordset()
        self.assertIn("8,500", target.request_changes)
        with self.assertRaisesRegex(UserError, "changed"):
            target.with_user(self.finance_manager).validate_tier()

    def test_a_period_that_runs_is_not_approved(self):
        with freeze_time("2025-06-25 12:00:00"):
            self._paid(850_000)
            target = self._target()
            target.action_compute()
            with self.assertRaisesRegex(UserError, "ends on"):
                target.action_request()

    def test_nothing_is_forged(self):
        for values in ({"state": "approved"}, {"reward": 5}, {"value": 99}, {"amount": 7}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self._target().write(values)
        with self.assertRaises(AccessError):
            self._target(state="approved")
        with self.assertRaises(ValidationError):
            self._target(scope="user")
        with self.assertRaises(ValidationError):
            self._target(date_from="2025-07-01")

    def test_persons_see_their_own(self):
        own = self._target(scope="collector", user_id=self.collector.id)
        self._target(scope="user", user_id=self.salesperson.id)
        targets = self.env["insight.target"]
        self.assertEqual(targets.with_user(self.collector).search([]), own)
        self.assertFalse(targets.with_user(self.auditor).search([]))
        self.assertEqual(targets.with_user(self.general_manager).search_count([]), 2)
        with self.assertRaises(AccessError):
            own.with_user(self.collector).write({"goal": 1})

    def test_three_misses_in_a_row_ask_for_a_review(self):
        self._paid(100_000)
        for n in range(3):
            target = self._target()
            self._approve(target)
            self.assertTrue(target.is_missed)
            asked = target.sudo().activity_ids.filtered(lambda a: "in a row" in (a.summary or ""))
            self.assertEqual(bool(asked), n == 2)

    def test_list_for_payroll(self):
        self._paid(850_000)
        target = self._target()
        report = self.env.ref("credit_collection.action_xlsx_insight_target").with_user(self.head)
        with self.assertRaisesRegex(UserError, "approved"):
            report._render(report.report_name, target.ids)
        self._approve(target)
        content, kind = report._render(report.report_name, target.ids)
        self.assertEqual((kind, content[:2]), ("xlsx", b"PK"))

    def test_neither_its_authors_nor_who_is_paid_by_it_approve(self):
        self._paid(850_000)
        second = self._user("finance2", "credit_collection.group_credit_finance_manager")
        own = self._target(scope="user", user_id=self.finance_manager.id)
        written = self._target()
        written.with_user(self.finance_manager).tier_ids.write({"rate": 5})
        created = self._target().with_user(self.finance_manager).copy()
        for target in (own, written, created):
            with self.subTest(target=target.display_name):
                self.assertIn(self.finance_manager, target._get_excluded_deciders())
        written.with_user(self.head).action_request()
        written.invalidate_recordset()
        with self.assertRaises(UserError), self.cr.savepoint():
            written.with_user(self.finance_manager).validate_tier()
        written.with_user(second).validate_tier()

    def test_no_number_is_no_goal(self):
        """JSON-RPC takes NaN, which no result is ever better or worse than."""
        target = self._target()
        for value in (math.nan, math.inf):
            for record, name in ((target, "goal"), (target.tier_ids, "threshold")):
                with self.subTest(value=value, name=name), self.assertRaises(ValidationError):
                    with self.cr.savepoint():
                        record.write({name: value})
        rule = self.env["insight.alert.rule"].sudo().search([], limit=1)
        with self.assertRaisesRegex(ValidationError, "nan"), self.cr.savepoint():
            rule.mark = math.nan
