from odoo.fields import Command
from odoo.tests import tagged

from ..hold.rule_case import RuleCase


@tagged("post_install", "-at_install")
class TestExposureOther(RuleCase):
    """Items on non-trade receivable accounts are told apart, and count unless a setting says no."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Freight & Co", limit=1000, term=30)
        cls.other = cls.env["account.account"].create(
            {
                "code": "OTH001",
                "name": "Freight Paid in Advance",
                "account_type": "asset_receivable",
                "reconcile": True,
            }
        )

    def _advance(self, amount, days_overdue=0):
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": self._today(-days_overdue),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": balance,
                            "partner_id": self.customer.id,
                            "date_maturity": self._today(-days_overdue),
                        }
                    )
                    for account, balance in (
                        (self.other, amount),
                        (self.company_data["default_account_revenue"], -amount),
                    )
                ],
            }
        )
        move.action_post()
        return move

    def _kinds(self):
        self._exposure(self.customer)
        found = {}
        for line in self._lines(self.customer):
            key = (line.kind, line.counts)
            found[key] = found.get(key, 0.0) + line.amount
        return found

    def test_not_told_apart_before_the_account_is_marked(self):
        self._advance(300)
        self._invoice(self.customer, 100)
        self.assertEqual(self._kinds(), {("receivable", True): 400.0})
        self.assertFalse(self._figures(self.customer).credit_other)

    def test_told_apart_and_counted(self):
        self.other.non_trade = True
        self._advance(300, days_overdue=20)
        self._invoice(self.customer, 100)
        self.assertEqual(self._kinds(), {("receivable", True): 100.0, ("other", True): 300.0})
        figures = self._figures(self.customer)
        self.assertEqual(figures.credit_exposure, 400)
        self.assertEqual((figures.credit_overdue, figures.credit_days_overdue), (300, 20))
        self.assertEqual((figures.credit_other, figures.credit_other_counts), (300, True))
        row = figures._get_credit_figures(self.company)[self.customer.id]
        self.assertEqual(row["receivable"], 400, "what can be collected")
        for action, amount in (
            (figures.action_open_credit_other(), 300),
            (figures.action_open_credit_exposure(), 400),
            (figures.action_open_credit_overdue(), 300),
        ):
            lines = self.env["credit.exposure.line"].sudo().search(action["domain"])
            self.assertEqual(sum(lines.mapped("amount")), amount)

    def test_left_out_they_use_no_limit_and_hold_no_order(self):
        self.other.non_trade = True
        self._set_rules({"rule_type": "limit"}, {"rule_type": "overdue", "days": 15})
        self._advance(950, days_overdue=20)
        order = self._order(self.customer, 100)
        self.assert_held(order, "limit", "overdue")
        self.company.sudo().credit_other_counts = False
        self.assertEqual(self._kinds(), {("other", False): 950.0})
        figures = self._figures(self.customer)
        self.assertEqual(
            (figures.credit_exposure, figures.credit_overdue, figures.credit_days_overdue),
            (0, 0, 0),
        )
        self.assertEqual((figures.credit_other, figures.credit_other_counts), (950, False))
        found = self.env["res.partner"].search(
            [("credit_overdue", ">", 0), ("id", "=", self.customer.id)]
        )
        self.assertFalse(found)
        action = figures.action_open_credit_other()
        lines = self.env["credit.exposure.line"].sudo().search(action["domain"])
        self.assertEqual(sum(lines.mapped("amount")), 950)
        self.assert_passes(order)

    def test_beside_overdue_invoices_they_are_no_part_of_the_overdue_amount(self):
        self.other.non_trade = True
        self.company.sudo().credit_other_counts = False
        self._advance(900, days_overdue=40)
        self._invoice(self.customer, 200, days_overdue=20)
        figures = self._figures(self.customer)
        self.assertEqual((figures.credit_overdue, figures.credit_days_overdue), (200, 20))
        lines = self.env["credit.exposure.line"].sudo()
        found = lines.search(figures.action_open_credit_overdue()["domain"])
        self.assertEqual(sum(found.mapped("amount")), 200)
        ordered = self.env["res.partner"].search(
            [("credit_overdue", "=", 200), ("id", "=", self.customer.id)], order="credit_overdue"
        )
        self.assertEqual(ordered, self.customer)

    def test_they_are_owed_all_the_same(self):
        self.other.non_trade = True
        self.company.sudo().credit_other_counts = False
        move = self._advance(900, days_overdue=40)
        self.env.flush_all()
        items = self.env["credit.open.item"].sudo()._get_items(self.company, self.customer.ids)
        self.assertEqual([(row["move_id"], float(row["net"])) for row in items], [(move.id, 900.0)])
