from odoo.exceptions import UserError
from odoo.tests import tagged

from .resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestHoldRules(ResolutionCase):
    """Orders of customers who break promises, or dispute much."""

    def _order_held_by(self):
        """Types of the rules that hold an order of the customer."""
        order = self._order(self.customer, 10)
        order.with_user(self.salesperson).action_credit_confirm()
        return order, order.sudo().credit_hold_id.reason_ids.mapped("rule_type")

    def _break_promise(self, days_ago):
        invoice = self._invoice(self.customer, 100, days_overdue=60)
        case = self._case(state="closed")
        promise = (
            self.env["collection.promise"]
            .sudo()
            ._system()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "case_id": case.id,
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "move_line_id": self._claims(invoice).id,
                                "amount": 100,
                                "date_promised": self._today(-days_ago - 1),
                                "date_limit": self._today(-days_ago - 1),
                                "state": "broken",
                                "date_evaluated": self._today(-days_ago),
                            },
                        )
                    ],
                }
            )
        )
        self.assertEqual(promise.date_broken, self._today(-days_ago))

    def test_broken_promises_within_the_days(self):
        self._set_rules({"rule_type": "promise", "days": 30, "count": 2})
        self._break_promise(40)
        self._break_promise(29)
        self.assertFalse(self._order_held_by()[1], "one of them is too long ago")
        self._break_promise(1)
        order, types = self._order_held_by()
        self.assertEqual(types, ["promise"])
        with self.assertRaises(UserError):
            order.with_user(self.salesperson).action_confirm()

    def test_disputed_amount(self):
        self._set_rules({"rule_type": "dispute", "amount_min": 50})
        invoice = self._invoice(self.customer, 80)
        dispute = self._dispute_of(invoice, 50)
        self.assertFalse(self._order_held_by()[1])
        dispute.with_user(self.collection_manager).sudo()._system_write({"state": "cancelled"})
        self._dispute_of(invoice, 50.01)
        self.assertEqual(self._order_held_by()[1], ["dispute"])

    def _dispute_of(self, invoice, amount):
        return (
            self.env["collection.dispute"]
            .with_user(self.collector)
            ._open({"move_id": invoice.id, "reason_id": self.contested.id, "amount": amount})
        )
