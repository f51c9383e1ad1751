from odoo.exceptions import AccessError
from odoo.tests import tagged

from .resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestDisputedLeftOut(ResolutionCase):
    """Disputed amounts count unless settings leave them out of overdue, or of the exposure."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Objector & Co", limit=1000, term=30)

    def _dispute(self, invoice, amount):
        return (
            self.env["collection.dispute"]
            .with_user(self.collector)
            ._open({"move_id": invoice.id, "reason_id": self.contested.id, "amount": amount})
        )

    def _left_out(self, overdue=False, exposed=False):
        self.company.sudo().write(
            {"credit_disputed_not_overdue": overdue, "credit_disputed_not_exposed": exposed}
        )

    def _sum(self, action):
        lines = self.env["credit.exposure.line"].sudo().search(action["domain"])
        return round(sum(lines.mapped("amount")), 2)

    def _amounts(self):
        """(exposure, overdue, days): each click opens rows that add up to it."""
        exposure, figures = self._exposure(self.customer), self._figures(self.customer)
        self.assertEqual(self._sum(figures.action_open_credit_exposure()), exposure)
        if figures.credit_overdue:
            self.assertEqual(
                self._sum(figures.action_open_credit_overdue()), round(figures.credit_overdue, 2)
            )
        # The query of lists says the same.
        found = self.env["res.partner"]._search([("id", "=", self.customer.id)])
        sql = found.select(
            self.env["res.partner"].sudo()._field_to_sql(found.table, "credit_overdue", found)
        )
        [[overdue]] = self.env.execute_query(sql)
        self.assertAlmostEqual(float(overdue or 0), figures.credit_overdue)
        return exposure, round(figures.credit_overdue, 2), figures.credit_days_overdue

    def test_as_shipped_they_count(self):
        invoice = self._invoice(self.customer, 500, days_overdue=40)
        self._dispute(invoice, 300)
        self.assertEqual(self._amounts(), (500, 500, 40))
        figures = self._figures(self.customer)
        self.assertEqual((figures.credit_disputed, figures.credit_disputed_overdue), (300, 300))
        self.assertFalse(figures.credit_disputed_not_exposed)
        self.assertFalse(self._lines(self.customer, kind="disputed"))

    def test_left_out_of_overdue_alone(self):
        old = self._invoice(self.customer, 300, days_overdue=40)
        self._invoice(self.customer, 200, days_overdue=20)
        self._dispute(old, 300)
        self._left_out(overdue=True)
        self.assertEqual(self._amounts(), (500, 200, 20))
        rows = self._lines(self.customer, kind="disputed")
        self.assertEqual((rows.amount, rows.counts, rows.move_id), (-300, False, old))

    def test_left_out_of_the_exposure_alone(self):
        invoice = self._invoice(self.customer, 500, days_overdue=40)
        self._invoice(self.customer, 100)
        self._dispute(invoice, 300)
        self._left_out(exposed=True)
        self.assertEqual(self._amounts(), (300, 500, 40))
        rows = self._lines(self.customer, kind="disputed")
        self.assertEqual((rows.amount, rows.counts), (-300, True))
        self.assertEqual(rows.action_open_document()["res_id"], invoice.id)
        found = self.env["res.partner"].search(
            [("credit_exposure", "=", 300), ("id", "=", self.customer.id)]
        )
        self.assertEqual(found, self.customer)

    def test_both_and_after_money_what_is_left_of_it(self):
        invoice = self._invoice(self.customer, 500, days_overdue=40)
        self._dispute(invoice, 300)
        self._left_out(overdue=True, exposed=True)
        self.assertEqual(self._amounts(), (200, 200, 40))
        # Money pays what may be asked for first, then the disputed part.
        self._receive(self.customer, 200)
        self.assertEqual(self._amounts()[:1], (0,))
        self.assertEqual(self._figures(self.customer).credit_overdue, 0)
        self._receive(self.customer, 100)
        self.assertEqual(self._exposure(self.customer), 0)
        self.assertEqual(self._figures(self.customer).credit_disputed, 200)

    def test_excluded_from_collection_and_disputed_it_is_left_out_too(self):
        invoice = self._invoice(self.customer, 500, days_overdue=40)
        self._dispute(invoice, 300)
        invoice.sudo().write(
            {
                "collection_exclusion_reason": "Audit",
                "collection_excluded_until": self._today(30),
            }
        )
        self._left_out(overdue=True, exposed=True)
        self.assertEqual(self._amounts(), (200, 200, 40))

    def test_closed_disputes_count_again(self):
        invoice = self._invoice(self.customer, 500, days_overdue=40)
        dispute = self._dispute(invoice, 300)
        self._left_out(overdue=True, exposed=True)
        self.assertEqual(self._amounts(), (200, 200, 40))
        dispute.sudo()._system_write({"state": "rejected"})
        self.assertEqual(self._amounts(), (500, 500, 40))

    def test_foreign_currency(self):
        euro = self._rate("EUR", 0.5)
        invoice = self._invoice(self.customer, 250, days_overdue=40, currency=euro)
        self._dispute(invoice, 150)
        self._left_out(overdue=True, exposed=True)
        self.assertEqual(self._amounts(), (200, 200, 40))

    def test_orders_pass_what_is_disputed(self):
        self._set_rules({"rule_type": "limit"}, {"rule_type": "overdue", "days": 15})
        self._dispute(self._invoice(self.customer, 950, days_overdue=40), 950)
        order = self._order(self.customer, 100)
        order.with_user(self.salesperson).action_credit_confirm()
        types = order.sudo().credit_hold_id.reason_ids.mapped("rule_type")
        self.assertEqual(sorted(types), ["limit", "overdue"])
        self._left_out(overdue=True, exposed=True)
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_disputed_figure_opens_the_disputes(self):
        dispute = self._dispute(self._invoice(self.customer, 500), 300)
        action = self._figures(self.customer).action_open_credit_disputes()
        found = self.env["collection.dispute"].with_user(self.controller).search(action["domain"])
        self.assertEqual(found.ids, dispute.ids)

    def test_a_freeze_of_debtors_still_sees_the_debt(self):
        self._dispute(self._invoice(self.customer, 500), 500)
        self._left_out(exposed=True)
        self.assertEqual(self._exposure(self.customer), 0)
        self.assertEqual(
            self.customer.sudo()._credit_debts(self.company), {self.customer.id: 500.0}
        )

    def test_who_sells_opens_none_that_lets_orders_pass(self):
        invoice = self._invoice(self.customer, 500, days_overdue=40)
        values = {"move_id": invoice.id, "reason_id": self.contested.id, "amount": 100}
        disputes = self.env["collection.dispute"].with_user(self.salesperson)
        self.assertTrue(disputes._open(values))
        for settings in ({"overdue": True}, {"exposed": True}):
            self._left_out(**settings)
            with self.assertRaisesRegex(AccessError, "only collectors and accountants"):
                disputes._open(values)
            # The log of contacts notes them as the superuser.
            with self.assertRaisesRegex(AccessError, "only collectors and accountants"):
                disputes.sudo()._open(values)
        self.assertTrue(disputes.with_user(self.collector)._open(values))
