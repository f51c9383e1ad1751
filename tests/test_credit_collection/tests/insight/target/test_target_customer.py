from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestTargetCustomer(AgeingCase):
    """Clearance targets per customer, from July 2025 on (P3-23, P3-29)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = cls._user("head", "credit_collection.group_collection_manager")
        cls.debtor = cls._customer("Debtor")
        cls.other = cls._customer("Other")
        cls.old = cls._dated(cls.debtor, 1000, "2025-01-10", due="2025-02-10")
        cls.young = cls._dated(cls.other, 90, "2025-06-01", due="2025-06-20")
        cls._dated(cls._customer("In Time"), 500, "2025-06-25", due="2025-12-25")
        cls.env["collection.case"]._system_create(
            {
                "name": "CASE Debtor",
                "partner_id": cls.debtor.id,
                "company_id": cls.company.id,
                "user_id": cls.collector.id,
                "date_open": "2025-03-01",
            }
        )

    def _propose(self, user=None, **values):
        with freeze_time("2025-07-01 12:00:00"):
            self.env.flush_all()
            wizards = self.env["insight.target.propose"].with_user(user or self.head)
            wizard = wizards.with_company(self.company).create({"campaign": "Summer", **values})
            action = wizard.action_propose()
        targets = self.env["insight.target"].with_user(user or self.head)
        return targets.search(action["domain"], order="date_from, base_amount desc")

    def test_overdue_customers_are_proposed(self):
        """1,000 since February is hard, 90 since June is not; who owes nothing overdue is none."""
        targets = self._propose()
        self.assertRecordValues(
            targets,
            [
                {
                    "partner_id": partner.id, "base_amount": base, "difficulty": difficulty,
                    "user_id": user, "scope": "customer", "metric": "cleared_rate", "goal": 100,
                    "campaign": "Summer", "state": "draft",
                    "date_from": self._day("2025-07-01"), "date_to": self._day("2025-09-30"),
                }
                for partner, base, difficulty, user in (
                    (self.debtor, 1000, 1.2, self.collector.id), (self.other, 90, 1, False),
                )
            ],
        )  # fmt: skip
        with self.assertRaisesRegex(UserError, "No customer"):
            self._propose()

    def test_phases_of_a_campaign(self):
        targets = self._propose(phases=3, months=1, amount_from=100)
        self.assertEqual(targets.partner_id, self.debtor)
        self.assertEqual(targets.mapped("base_amount"), [333.33, 333.33, 333.34])
        self.assertEqual(
            targets.mapped(lambda target: f"{target.date_from} {target.date_to}"),
            ["2025-07-01 2025-07-31", "2025-08-01 2025-08-31", "2025-09-01 2025-09-30"],
        )

    def test_only_leaders_propose(self):
        for role in ("collector", "salesperson", "controller"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._propose(self.roles[role])
        self.assertTrue(self._propose(self.finance_manager))

    def test_result_approval_and_payroll(self):
        """600 of 1,000 is 60 % of the base figure: 5 % of 600, times 1.2, to the collector."""
        target = self._propose()[0]
        target.tier_ids = [
            Command.create({"kind": "reward", "threshold": 50, "basis": "collected", "rate": 5})
        ]
        self._pay(self.old, 600, date="2025-08-20")
        self._pay(self.young, 90, date="2025-08-20")
        self._pay(self.old, 100, date="2025-10-02")
        target.action_compute()
        self.assertRecordValues(
            target, [{"value": 60, "collected": 600, "reward": 36, "is_missed": True}]
        )
        action = target.action_open_rows()
        items = self.env["account.move.line"].search(action["domain"])
        self.assertEqual(-sum(items.mapped("balance")), 600)
        self.assertEqual(self.env["insight.target"].with_user(self.collector).search([]), target)
        target.action_request()
        for user in (self.finance_manager, self.general_manager):
            target.invalidate_recordset()
            target.with_user(user).validate_tier()
        target.invalidate_recordset()
        self.assertRecordValues(target, [{"state": "approved", "amount": 36}])
        self.assertEqual(target._get_payee(), self.collector)
        with self.assertRaises(AccessError):
            target.write({"base_amount": 1})

    def test_who_is_paid_is_named_before_approval(self):
        target = self._propose()[1]
        with self.assertRaisesRegex(UserError, "name who"):
            target.action_request()

    def test_prepayments_clear_nothing(self):
        target = self._propose()[1]
        self._pay(self.young, 90, date="2025-08-01")
        self._receive(self.other, 40, date="2025-08-20")
        target.action_compute()
        self.assertRecordValues(target, [{"value": 100, "collected": 90}])

    def test_other_indicators_are_refused(self):
        target = self._propose()[0]
        with self.assertRaisesRegex(ValidationError, "Debtor.*choose"):
            target.metric = "dso"
        with self.assertRaisesRegex(ValidationError, "name the person"):
            target.partner_id = False
