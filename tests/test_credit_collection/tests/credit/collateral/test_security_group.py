from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .collateral_case import CollateralCase


@tagged("post_install", "-at_install")
class TestSharedLimit(CollateralCase):
    """Customers of one group share a limit; the smaller of own and shared room decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sister = cls._customer("Sister", limit=1000)
        cls.group = cls._group(1500, cls.customer | cls.sister)

    @classmethod
    def _group(cls, limit, members, user=None, **values):
        return (
            cls.env["credit.group"]
            .with_user(user or cls.controller)
            .create(
                {
                    "name": "Holding",
                    "company_id": cls.company.id,
                    "limit": limit,
                    "line_ids": [Command.create({"partner_id": m.id}) for m in members],
                    **values,
                }
            )
            .with_env(cls.env)
        )

    def test_use_of_each_member(self):
        self._order(self.customer, 900, confirm=True)
        self._order(self.sister, 300, confirm=True)
        self.env.invalidate_all()
        self.assertRecordValues(
            self.group.line_ids,
            [
                {"partner_id": self.customer.id, "exposure": 900, "own_limit": 1000, "share": 75},
                {"partner_id": self.sister.id, "exposure": 300, "own_limit": 1000, "share": 25},
            ],
        )
        self.assertRecordValues(self.group, [{"exposure": 1200, "available": 300, "usage": 80.0}])
        self.assertEqual(self.group.member_ids, self.customer | self.sister)
        action = self.group.action_open_exposure()
        lines = self.env["credit.exposure.line"].sudo().search(action["domain"])
        self.assertEqual(sum(lines.mapped("amount")), 1200)

    def test_smaller_room_decides(self):
        self._order(self.sister, 900, confirm=True)
        # Own room 1000, shared room 600.
        self.assertEqual(self._figures(self.customer).credit_available, 600)
        self.assertEqual(self._figures(self.sister).credit_available, 100)
        order = self._order(self.customer, 601)
        message = self.refused(order.action_confirm)
        self.assertIn("Holding", message)
        self.assertIn("shared limit", message)
        # At the border it fits.
        self._order(self.customer, 600, confirm=True)
        # Own limit smaller than the remainder of the shared one.
        self.group.with_user(self.controller).limit = 9000
        message = self.refused(self._order(self.customer, 500).action_confirm)
        self.assertNotIn("Holding", message)

    def test_search_finds_it(self):
        self._order(self.sister, 900, confirm=True)
        partners = self.env["res.partner"].with_company(self.company)
        self.assertIn(self.customer, partners.search([("credit_available", "=", 600)]))
        self._decide(self.customer, credit_control="cash")
        self.env.invalidate_all()

    def test_unlimited_member_is_bound_too(self):
        self._decide(self.customer, credit_control="none")
        self._order(self.sister, 900, confirm=True)
        self.assertEqual(self._figures(self.customer).credit_available, 600)
        self.refused(self._order(self.customer, 601).action_confirm)
        self._order(self.customer, 600, confirm=True)

    def test_member_pays_and_the_other_is_free(self):
        invoice = self._invoice(self.sister, 900)
        order, hold = self._held(700)
        self.assertEqual(hold.over_limit, 100)
        self._pay(invoice)
        self.env.flush_all()
        self.assertEqual(hold.state, "cleared")
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_more_shared_room_clears(self):
        self._order(self.sister, 900, confirm=True)
        _order, hold = self._held(700)
        self.group.with_user(self.controller).limit = 1600
        self.assertEqual(hold.state, "cleared")

    def test_leaving_and_archiving(self):
        self._order(self.sister, 900, confirm=True)
        self.group.with_user(self.controller).action_archive()
        self.assertEqual(self._figures(self.customer).credit_available, 1000)
        self.group.with_user(self.controller).action_unarchive()
        self.assertEqual(self._figures(self.customer).credit_available, 600)
        self.group.line_ids.filtered(lambda m: m.partner_id == self.sister).with_user(
            self.controller
        ).unlink()
        self.assertEqual(self._figures(self.customer).credit_available, 1000)

    def test_changed_order_does_not_count_twice(self):
        order = self._order(self.customer, 900, confirm=True)
        line = order.order_line
        self.group.with_user(self.controller).limit = 950
        line.write({"price_unit": 950})
        self.refused(lambda: line.write({"price_unit": 951}))

    def test_one_group_per_company(self):
        self.refused(lambda: self._group(10, self.customer), ValidationError)
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self.refused(lambda: self._group(10, contact), ValidationError)
        other = self.setup_other_company(name="Other Company")["company"]
        self.controller.company_ids |= other
        self._group(10, self.customer, company_id=other.id)
        self.assertEqual(self._figures(self.customer)._credit_group(self.company), self.group)

    def test_lock_makes_group_members_wait(self):
        gates = self.env["credit.lock"].sudo()
        self._order(self.customer, 100, confirm=True)
        passed = gates.search([("company_id", "=", self.company.id)]).mapped("partner_id")
        self.assertEqual(passed, self.customer | self.sister)

    def test_roles_that_enter(self):
        for user in (self.salesperson, self.auditor, self.finance_manager, self.accountant):
            with self.subTest(user=user.name):
                group = self.group.with_user(user)
                self.assertEqual(group.limit, 1500)
                self.refused(lambda g=group: g.write({"limit": 1e9}), AccessError)
                self.refused(lambda g=group: g.write({"line_ids": [Command.clear()]}), AccessError)
                self.refused(lambda u=user: self._group(1, self.sister, user=u), AccessError)
                self.refused(group.line_ids[0].unlink, AccessError)
        self.assertFalse(
            self.env["credit.group"]
            .with_user(self.salesperson2)
            .search([("id", "=", self.group.id)])
        )
