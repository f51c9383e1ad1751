from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...common import CreditCollectionCommon


@tagged("post_install", "-at_install")
class TestSupplyNotice(CreditCollectionCommon):
    """Stop and resumption of supply are told to sales, warehouse and order follower (P3-20)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_mode = "enforce"
        cls.customer = cls._customer("Stopped & Co", limit=1000)
        cls.other = cls._customer("Other Customer", limit=1000)
        cls.keeper = cls._user("keeper", "base.group_user")
        cls.follower = cls._user("follower", "base.group_user")
        warehouse = cls.env["res.groups"].sudo().create({"name": "Warehouse"})
        warehouse.user_ids = cls.keeper
        cls.company.sudo().credit_supply_group_id = warehouse
        cls.customer.sudo().with_company(cls.company).collection_follower_id = cls.follower

    def _told(self, user):
        self.env.flush_all()
        return self.env["mail.message"].sudo().search(
            [("partner_ids", "in", user.partner_id.ids), ("model", "=", "res.partner"),
             "|", ("subject", "=like", "Stop of supply%"), ("subject", "=like", "Supply goes on%")]
        )  # fmt: skip

    def _decision(self, partner=None):
        domain = [("partner_id", "=", (partner or self.customer).id)]
        return self.env["credit.decision"].sudo().search(domain, limit=1)

    def test_stop_and_resumption_are_told(self):
        self._decide(self.customer, credit_control="frozen")
        for user in (self.salesperson, self.keeper, self.follower):
            self.assertEqual(self._told(user).subject, "Stop of supply: Stopped & Co")
        self.assertIn("Deliver nothing more", self._told(self.keeper).body)
        note = self.customer.sudo().message_ids[0].body
        for name in (self.salesperson.name, self.keeper.name, self.follower.name):
            self.assertIn(name, note)
        self._decide(self.customer, credit_control="blacklist")
        self.assertEqual(len(self._told(self.keeper)), 1, "stopped already")
        self._decide(self.customer, credit_control="limit")
        self.assertEqual(self._told(self.keeper)[:1].subject, "Supply goes on: Stopped & Co")

    def test_other_decisions_are_not_told(self):
        self._decide(self.customer, credit_limit=500)
        self._decide(self.customer, credit_control="cash")
        self.assertFalse(self._told(self.keeper))
        self.assertFalse(self._decision().supply_notice)

    def test_nothing_is_told_where_nothing_stops(self):
        self.company.sudo().credit_mode = "observe"
        self._decide(self.customer, credit_control="frozen")
        self.assertFalse(self._told(self.keeper))

    def test_one_message_for_many_customers(self):
        """One statement more for a hundred customers than for ten is one too many."""
        many = self.customer | self.other
        self._decide(many, credit_control="frozen")
        told = self._told(self.keeper)
        self.assertEqual(len(told), 1)
        for customer in many:
            self.assertIn(customer.name.replace("&", "&amp;"), told.body)
        self.assertNotIn("Other Customer", self._told(self.follower).body)

    def test_queries_do_not_grow_with_the_customers(self):
        counts = []
        for number in (5, 25):
            customers = self.env["res.partner"].sudo().create(
                [{"name": f"Bulk {number}-{i}", "user_id": self.salesperson.id}
                 for i in range(number)]
            )  # fmt: skip
            self._decide(customers, credit_control="frozen")
            decisions = (
                self.env["credit.decision"]
                .sudo()
                .search([("partner_id", "in", customers.ids), ("new_control", "=", "frozen")])
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            decisions._notify_supply()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 10, counts)

    def test_people_who_left_are_told_nothing(self):
        self.keeper.sudo().active = False
        self._decide(self.customer, credit_control="frozen")
        self.assertFalse(self._told(self.keeper))

    def test_printed_by_readers_of_the_history(self):
        self._decide(self.customer, credit_control="frozen")
        decision = self._decision()
        self.assertEqual(decision.supply_notice, "stop")
        with self.assertRaises(AccessError):
            decision.with_user(self.keeper).action_print_notice()
        action = decision.with_user(self.controller).action_print_notice()
        self.assertEqual(action["report_name"], "credit_collection.report_credit_supply")
        render = self.env["ir.qweb"].with_user(self.controller)._render
        values = {"docs": decision.with_user(self.controller)}
        html = str(render("credit_collection.report_credit_supply", values))
        self.assertIn("Notice of Stop of Supply", html)
        self.assertIn("Stopped &amp; Co", html)
        self._decide(self.customer, credit_control="cash")
        values = {"docs": self._decision().with_user(self.controller)}
        html = str(render("credit_collection.report_credit_supply", values))
        self.assertIn("Notice of Resumption of Supply", html)
