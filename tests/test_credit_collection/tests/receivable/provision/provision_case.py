from odoo.fields import Command

from ..ageing.ageing_case import AgeingCase


class ProvisionCase(AgeingCase):
    """Books of 2025 whose roll rates are worked by hand, and the provision of 31 December.

    | column | stood | rolled | roll rate | loss rate (60 % of the last is lost) |
    | not due | 2,000 | 1,000 | 1/2 | 1/600 |
    | 1–30 | 4,000 | 1,000 | 1/4 | 1/300 |
    | 31–60 | 3,000 | 500 | 1/6 | 4/300 |
    | 61–90 | 500 | 100 | 1/5 | 8/100 |
    | 91–180 | 300 | 200 | 2/3 | 40/100 |
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expense, cls.allowance = cls.env["account.account"].create(
            [
                {"name": "Bad Debt Expense", "code": "670199", "account_type": "expense"},
                {
                    "name": "Allowance for Doubtful Accounts",
                    "code": "123199",
                    "account_type": "asset_current",
                },
            ]
        )
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.customer = cls._customer("Pool", grade="B")
        cls.doubtful = cls._customer("Doubtful")
        cls.overpaid = cls._customer("Overpaid")

    @classmethod
    def _history(cls):
        paid = (
            # amount, invoiced, due, {day: paid}
            (1000, "2024-12-01", "2025-01-15", {"2025-03-10": 1000}),
            (1000, "2024-12-01", "2025-01-20", {"2025-01-20": 1000}),
            (3000, "2025-01-05", "2025-01-25", {"2025-02-10": 3000}),
            (
                2000,
                "2024-10-01",
                "2024-11-10",
                {"2025-01-10": 1500, "2025-02-05": 400, "2025-06-15": 50},
            ),
        )
        for amount, invoiced, due, payments in paid:
            invoice = cls._dated(cls.customer, amount, invoiced, due=due)
            for day, money in payments.items():
                cls._pay(invoice, money, date=day)

    @classmethod
    def _open_items(cls):
        """12,000 not due, 6,000 in 1–30, 1,000 in 61–90; 50 over 180 are left of the history."""
        for amount, due in ((12000, "2026-01-31"), (6000, "2025-12-15"), (1000, "2025-10-10")):
            cls._dated(cls.customer, amount, "2025-12-31", due=due)
        cls._dated(cls.doubtful, 800, "2025-12-31", due="2025-12-31")
        cls._receive(cls.overpaid, 70, date="2025-12-20")

    @classmethod
    def _ledger(cls):
        """Allowance of 400: opening 300, used 120, charged 250, released 30."""
        cls._entry((cls.expense, 300, None), (cls.allowance, -300, None), day="2024-12-15")
        cls._entry(
            (cls.allowance, 120, None), (cls.receivable, -120, cls.overpaid), day="2025-05-05"
        )
        cls._entry((cls.allowance, 30, None), (cls.expense, -30, None), day="2025-08-08")
        cls._entry((cls.expense, 250, None), (cls.allowance, -250, None), day="2025-11-30")

    def _provision(self, user=None, specific=True, **values):
        values = {
            "date": "2025-12-31",
            "date_from": "2025-01-01",
            "roll_months": 12,
            "loss_given_last": 60.0,
            "specific_ids": [
                Command.create(
                    {"partner_id": self.doubtful.id, "percent": 75.0, "reason": "Insolvent"}
                )
            ]
            if specific
            else [],
            **values,
        }
        return self.env["receivable.provision"].with_user(user or self.accountant).create(values)

    def _approve(self, provision):
        for role in ("finance_manager", "general_manager"):
            provision.invalidate_recordset()
            provision.with_user(self.roles[role]).validate_tier()
        provision.invalidate_recordset()

    def _approved(self, **values):
        provision = self._provision(**values)
        provision.action_compute()
        provision.action_request()
        self._approve(provision)
        self.assertEqual(provision.state, "approved")
        return provision
