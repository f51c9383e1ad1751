from odoo.tools import SQL

from ..common import migration
from .policy.policy_case import PolicyCase


class TestFirstDayUpdate(PolicyCase):
    """Databases from before 19.0.1.4.0: the company said how long releases are valid."""

    def _update(self):
        self.env.flush_all()
        migration("19.0.1.4.0", "post-first_day").migrate(self.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def test_policies_keep_the_validity_of_their_company(self):
        policy = self._load()
        policy.sudo()._system_write({"credit_release_days": 3})
        self.company.sudo().credit_release_days = 9
        template = self.env["credit.policy"].sudo().search([("state", "=", "template")], limit=1)
        days = template.credit_release_days
        self._update()
        self.assertEqual(policy.credit_release_days, 9)
        self.assertEqual(template.credit_release_days, days)

    def test_rejected_order_is_shown_as_rejected(self):
        customer = self._customer(credit_control="limit", credit_limit=10)
        order = self._order(customer, 100)
        order.with_user(self.salesperson).action_credit_confirm()
        hold = order.sudo().credit_hold_id
        self.env.flush_all()
        self.cr.execute(SQL("UPDATE credit_hold SET state = 'rejected' WHERE id = %s", hold.id))
        self.cr.execute(SQL("UPDATE sale_order SET credit_state = 'held' WHERE id = %s", order.id))
        self.env.invalidate_all()
        self._update()
        self.assertEqual(order.sudo().credit_state, "rejected")
