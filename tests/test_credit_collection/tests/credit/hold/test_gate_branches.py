from odoo.exceptions import UserError

from ...branch_case import BranchCase


class TestGateBranches(BranchCase):
    """A debt belongs to the legal entity: its branches use one limit."""

    def _place_on_hold(self, order):
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertRecordValues(order, [{"state": "draft", "credit_state": "held"}])
        return order.credit_hold_id

    def test_debt_in_the_branch_uses_the_limit(self):
        customer = self._customer(limit=10000)
        self._branch_invoice(customer, 9000, days_overdue=-30)
        hold = self._place_on_hold(self._order(customer, 5000))
        self.assertRecordValues(
            hold, [{"exposure": 9000.0, "over_limit": 4000.0, "company_id": self.company.id}]
        )

    def test_order_in_the_branch_is_held(self):
        customer = self._customer(limit=100)
        order = self._branch_order(customer, 99999)
        with self.assertRaises(UserError):
            order.with_user(self.salesperson).action_confirm()
        hold = self._place_on_hold(order)
        self.assertRecordValues(hold, [{"company_id": self.company.id, "over_limit": 99899.0}])

    def test_confirmed_order_in_the_branch_counts(self):
        customer = self._customer(limit=1000)
        order = self._branch_order(customer, 600, confirm=True)
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._figures(customer).credit_exposure, 600.0)
        self.assertEqual(self._figures(customer, self.branch).credit_exposure, 600.0)
        self._place_on_hold(self._order(customer, 600))

    def test_payment_in_the_branch_clears_the_hold(self):
        customer = self._customer(limit=1000)
        invoice = self._branch_invoice(customer, 900, days_overdue=-30)
        hold = self._place_on_hold(self._order(customer, 500))
        self._pay(invoice)
        self.assertEqual(hold.state, "cleared")

    def test_both_wait_at_one_gate(self):
        customer = self._customer(limit=1000)
        self._order(customer, 100, confirm=True)
        self._branch_order(customer, 100, confirm=True)
        gates = self.env["credit.lock"].sudo().search([("partner_id", "=", customer.id)])
        self.assertRecordValues(gates, [{"company_id": self.company.id, "confirmation_count": 2}])

    def test_release_in_the_branch(self):
        order = self._branch_order(self._customer(limit=100), 500)
        hold = self._place_on_hold(order)
        hold.with_user(self.salesperson).write(
            {"release_reason": "other", "release_note": "In three months."}
        )
        hold.with_user(self.salesperson).action_request_release()
        for user in (self.sales_manager, self.finance_manager, self.general_manager):
            hold.with_user(user).validate_tier()
        self.assertRecordValues(order, [{"state": "sale", "credit_state": "released"}])

    def test_frozen_at_the_root_is_frozen_in_the_branch(self):
        customer = self._customer(control="frozen")
        self._place_on_hold(self._branch_order(customer, 1))

    def test_rule_of_the_root_holds_in_the_branch(self):
        self._set_rules({"rule_type": "overdue", "days": 10})
        customer = self._customer()
        self._branch_invoice(customer, 50, days_overdue=20)
        self._place_on_hold(self._branch_order(customer, 1))
        self._place_on_hold(self._order(customer, 1))

    def test_users_of_the_branch_alone(self):
        """Salesperson and controller of the branch see figures, hold and banner of the entity."""
        seller = self._branch_user("salesperson")
        controller = self._branch_user("controller")
        customer = self._customer(limit=1000, user_id=seller.id)
        self._invoice(customer, 900, days_overdue=-30)
        order = self._branch_order(customer, 500, user=seller)
        self.env.invalidate_all()
        self.assertIn("900", str(order.with_user(seller).credit_banner))
        order.with_user(seller).action_credit_confirm()
        hold = order.credit_hold_id
        self.assertEqual(hold.with_user(seller).exposure, 900.0)
        self.assertEqual(hold.with_user(seller).company_id.name, self.company.name)
        self.assertEqual(customer.with_user(controller).credit_available, 100.0)
        hold.with_user(controller).action_recheck()
        self.assertEqual(hold.state, "held")
        self.assertIn(controller, hold.activity_ids.user_id)
