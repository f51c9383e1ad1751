from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestCheck(AgeingCase):
    """Exposure, ageing and books are compared every night; a difference finds its customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checks = cls.env["insight.check"]
        cls.buyer = cls._customer("Buyer")
        cls.invoice = cls._invoice(cls.buyer, 700)
        cls._invoice(cls._customer("Other"), 200)
        # of nobody, and of a day to come
        receivable = cls.company_data["default_account_receivable"]
        revenue = cls.company_data["default_account_revenue"]
        cls._entry((receivable, 15, None), (revenue, -15, None), day=cls._today())
        cls._entry((receivable, 30, cls.buyer), (revenue, -30, None), day=cls._today(40))

    def _spoil(self):
        """What no program should do: a residual that the reconciliations do not say."""
        self.env.flush_all()
        [item] = self.invoice.line_ids.filtered(lambda li: li.account_type == "asset_receivable")
        self.env.cr.execute(
            SQL("UPDATE account_move_line SET amount_residual = 699.99 WHERE id = %s", item.id)
        )
        self.env.invalidate_all()

    def test_zero(self):
        check = self.checks._compare(self.company)
        self.assertRecordValues(
            check,
            [
                {
                    "exposure": 930, "nobody": 15, "ageing": 945, "balance": 945,
                    "difference_exposure": 0, "difference_ageing": 0, "is_zero": True,
                    "zero_at": check.checked_at,
                }
            ],
        )  # fmt: skip
        self.assertFalse(check.activity_ids)
        self.assertFalse(check._get_customers())

    def test_matched_with_a_day_to_come(self):
        self._pay(self.invoice, 700, date=self._today(10))
        self.assertTrue(self.checks._compare(self.company).is_zero)

    def test_a_cent_finds_its_customer_and_the_finance_manager(self):
        with freeze_time("2026-03-01 03:00:00"):
            before = self.checks._compare(self.company).zero_at
        self._spoil()
        with freeze_time("2026-03-02 03:00:00"):
            check = self.checks._compare(self.company)
            self.checks._compare(self.company)
        self.assertRecordValues(
            check, [{"difference_exposure": -0.01, "difference_ageing": 0, "is_zero": False}]
        )
        self.assertEqual(check.zero_at, before)
        # once, not every night
        self.assertEqual(check.activity_ids.mapped("user_id"), self.finance_manager)
        self.assertEqual(len(check.activity_ids), 1)
        action = check.with_user(self.auditor).action_open_customers()
        self.assertEqual(self.env["res.partner"].search(action["domain"]), self.buyer)
        self.env.cr.execute(
            "UPDATE account_move_line SET amount_residual = 700 WHERE amount_residual = 699.99"
        )
        self.assertFalse(self.checks._compare(self.company).activity_ids)

    def test_the_job_makes_one_row_per_company(self):
        for _n in range(2):
            self._run_job("insight_check")
        self.assertEqual(self.checks.search_count([("company_id", "=", self.company.id)]), 1)

    def test_roles(self):
        check = self.checks._compare(self.company)
        check.with_user(self.finance_manager).action_check()
        for role in ("auditor", "collector", "salesperson"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                check.with_user(self.roles[role]).action_check()
        with self.assertRaises(AccessError):
            check.with_user(self.finance_manager).write({"is_zero": True})
