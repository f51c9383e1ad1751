from odoo.tests import freeze_time, tagged

from ...common import migration
from ..run.run_case import RunCase


@tagged("post_install", "-at_install")
class TestCaseResults(RunCase):
    """Figures by path with amounts (P2-24), and the worklist by the high-risk score (P2-05)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._customer("Debtor")

    def _fresh(self, case):
        self.env.flush_all()
        self.env.invalidate_all()
        return case

    def test_amounts_opened_and_collected(self):
        self._receive(self.debtor, 77, date=self._today(-3))  # before the case
        invoice = self._invoice(self.debtor, 1000, days_overdue=20)
        self._invoice(self.debtor, 500, days_overdue=-20)
        self._run()
        case = self._case(self.debtor)
        self.assertEqual((case.amount_opened, case.amount_collected), (923, 0))
        self._pay(invoice, 400)
        back = self._receive(self.debtor, 100)
        self.assertEqual(self._fresh(case).amount_collected, 500)
        back.action_draft()
        back.action_cancel()
        credit = self._invoice(self.debtor, 50, move_type="out_refund")
        self.assertTrue(credit)
        self.assertEqual(self._fresh(case).amount_collected, 400, "a credit note is no money")
        with freeze_time(self._today(2)):
            self._receive(self.debtor, 30)
        case._system_write({"state": "closed", "date_close": self._today(1)})
        self.assertEqual(self._fresh(case).amount_collected, 400, "after the case was closed")

    def test_sums_by_path_and_result(self):
        for name, path, amount in (("A", "suit", 300), ("B", "suit", 200), ("C", "mediation", 70)):
            customer = self._customer(name)
            invoice = self._invoice(customer, amount, days_overdue=40)
            self._run()
            case = self._case(customer)
            case.path = path
            self._pay(invoice, amount / 2)
        self.env.flush_all()
        groups = self.env["collection.case"].formatted_read_group(
            [("path", "!=", False), ("company_id", "=", self.company.id)],
            ["path", "result"],
            ["amount_opened:sum", "amount_collected:sum", "__count"],
        )
        found = {
            group["path"]: (group["amount_opened:sum"], group["amount_collected:sum"])
            for group in groups
        }
        self.assertEqual(found, {"suit": (500, 250), "mediation": (70, 35)})

    def test_amounts_of_cases_from_before(self):
        self._invoice(self.debtor, 1000, days_overdue=20)
        self._run()
        case = self._case(self.debtor)
        self.env.cr.execute(
            "UPDATE collection_case SET amount_opened = NULL WHERE id = %s", [case.id]
        )
        kind = self._type("before_action")
        kind.sudo().announces_suit = False
        self.env.flush_all()
        migration("19.0.1.6.0", "post-clearance").migrate(self.env.cr, "19.0.1.5.0")
        self.assertEqual(self._fresh(case).amount_opened, 1000)
        self.assertTrue(kind.announces_suit)

    def test_worklist_by_the_score(self):
        """The large young debt brings more; the small old one of a risky customer scores higher."""
        large, risky = self.debtor, self._customer("Risky")
        self._decide(risky, credit_risk_level="high", credit_segment="individual")
        self._invoice(large, 9000, days_overdue=5)
        self._invoice(risky, 50, days_overdue=400)
        self._run()
        cases = self._case(large) | self._case(risky)
        names = lambda: self._fresh(cases).sorted("rank", reverse=True).mapped("partner_id.name")  # noqa: E731
        self.assertEqual(names(), ["Debtor", "Risky"])
        self.assertNotIn("score", cases[0].why)
        self.company.sudo().collection_worklist_order = "score"
        self.assertEqual(names(), ["Risky", "Debtor"])
        # 40 (over 365 days) + 5 (class C) + 5 (individual) + 20 (high risk)
        self.assertIn("score 70", self._case(risky).why)
        self._run()
        self.assertEqual(names(), ["Risky", "Debtor"])
        third = self._customer("Third")
        self._invoice(third, 20, days_overdue=400)
        self._run()
        self.assertGreater(self._case(third).rank, self._case(large).rank)
        self.company.sudo().collection_worklist_order = "gain"
        self.assertEqual(names(), ["Debtor", "Risky"])
