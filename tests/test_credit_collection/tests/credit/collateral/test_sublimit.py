from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..hold.rule_case import RuleCase


@tagged("post_install", "-at_install")
class TestSublimit(RuleCase):
    """The most of one kind of exposure, within the limit: its figures, its hold, who decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Kind & Co", limit=10_000, term=30)
        cls.goods = cls._service("Hours", invoice_policy="delivery")

    def _sublimit(self, kind, amount, partner=None, user=None):
        return (
            self.env["credit.sublimit"]
            .with_user(user or self.controller)
            .create({"partner_id": (partner or self.customer).id, "kind": kind, "amount": amount})
        )

    def _sold(self, amount, **values):
        return self._order(
            self.customer, 0, order_line=[self._line(amount, 1, product=self.goods)], **values
        )

    def test_the_shipped_rule_holds_and_binds_nobody_without_a_sublimit(self):
        rule = self.env.ref("credit_collection.credit_rule_sublimit")
        self.assertEqual((rule.action, rule.delivery_action), ("hold", "hold"))
        self.assertFalse(rule.invoice_action)
        self.assert_passes(self._sold(9000, term=self.term_now))

    def test_orders_up_to_the_sublimit_and_not_a_cent_more(self):
        self._set_rules({"rule_type": "sublimit"})
        self._sublimit("order", 500)
        self.assert_passes(self._sold(300))
        order = self._sold(200.01)
        self.assert_held(order, "sublimit")
        hold = order.credit_hold_id.sudo()
        self.assertAlmostEqual(hold.cure_cut, 0.01)
        self.assertFalse(hold.cure_collect, "no payment lowers orders")
        text = hold.reason_ids.description
        for figure in ("300.00", "200.01", "500.00", "0.01"):
            self.assertIn(figure, text)
        self.assertIn("0.01", hold.reason_ids.cure)
        self.assert_passes(self._sold(200))

    def test_it_binds_unlimited_customers_too(self):
        self._set_rules({"rule_type": "sublimit"})
        free = self._customer("Free", control="none")
        self._sublimit("order", 100, free)
        self.assert_held(self._order(free, 100.01), "sublimit")
        self.assert_passes(self._order(self.customer, 9000))

    def test_what_is_delivered_is_no_order_any_more(self):
        self._set_rules({"rule_type": "sublimit"})
        orders, delivered = self._sublimit("order", 500), self._sublimit("delivered", 400)
        first = self._sold(500)
        self.assert_passes(first)
        self.assertEqual((orders.used, orders.left), (500, 0))
        self.assert_held(self._sold(1), "sublimit")
        first.order_line.qty_delivered = 1
        self.env.invalidate_all()
        self.assertEqual((orders.used, orders.left), (0, 500))
        self.assertEqual((delivered.used, delivered.left), (500, -100))
        order = self._sold(1)
        self.assert_held(order, "sublimit")
        reason = order.credit_hold_id.sudo().reason_ids
        self.assertIn("Delivered Not Invoiced", reason.description)
        self.assertIn("100.00", reason.cure)
        self._bill_order(first)
        self.assert_passes(order)

    def test_a_confirmed_order_reads_the_same(self):
        """An order in the exposure is taken out of it, kind by kind."""
        self._set_rules({"rule_type": "sublimit"})
        self._sublimit("order", 500)
        order = self._sold(400)
        self.assert_passes(order)
        before = order.sudo()._credit_check()[order.id].facts.sublimits
        self.assertEqual(before, (("order", 500, 0, 400),))
        order.order_line.qty_delivered = 0.25
        facts = order.sudo()._credit_check()[order.id].facts
        self.assertEqual(facts.sublimits, (("order", 500, 0, 300),))
        line = order.with_user(self.salesperson).order_line
        with self.assertRaisesRegex(UserError, "25.00"), self.cr.savepoint():
            line.price_unit = 700  # 525 of it to be delivered
        line.price_unit = 600

    def test_each_used_figure_opens_rows_that_add_up_to_it(self):
        sublimit, other = self._sublimit("order", 500), self._sublimit("delivered", 50)
        order = self._sold(300, confirm=True)
        order.order_line.qty_delivered = 0.5
        self._invoice(self.customer, 70)
        self.env.invalidate_all()
        for one, used in ((sublimit, 150), (other, 150)):
            action = one.action_open_exposure()
            lines = self.env["credit.exposure.line"].search(action["domain"])
            self.assertEqual(sum(lines.mapped("amount")), used)
            self.assertEqual(one.used, used)

    def test_status_says_that_the_next_order_would_be_held(self):
        self._set_rules({"rule_type": "sublimit"})
        other = self._customer("Other", limit=100)
        self._sublimit("order", 500)
        self._sold(499.99, confirm=True)
        for amount, status in ((0, "ok"), (0.01, "held_limit")):
            if amount:
                self._sold(amount, confirm=True)
            self.assertEqual(self._figures(self.customer).credit_status, status)
            found = self.env["res.partner"].search(
                [("credit_status", "=", status), ("id", "in", (self.customer | other).ids)]
            )
            self.assertIn(self.customer, found)
        self.assertEqual(self._figures(other).credit_status, "ok")
        self._set_rules({"rule_type": "sublimit", "action": "warn"})
        self.assertEqual(self._figures(self.customer).credit_status, "ok")

    def test_a_higher_sublimit_clears_the_hold(self):
        self._set_rules({"rule_type": "sublimit"})
        sublimit = self._sublimit("order", 100)
        order = self._sold(150)
        self.assert_held(order, "sublimit")
        sublimit.amount = 150
        self.assertEqual(self._hold(order)[:1].state, "cleared")

    def test_credit_controllers_decide_and_it_is_kept(self):
        for user in (self.salesperson, self.sales_manager, self.auditor, self.accountant):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._sublimit("order", 1, user=user)
        sublimit = self._sublimit("order", 100)
        sublimit.amount = 250
        with self.assertRaises(AccessError), self.cr.savepoint():
            sublimit.with_user(self.salesperson).amount = 900
        with self.assertRaises(AccessError), self.cr.savepoint():
            sublimit.with_user(self.salesperson).unlink()
        sublimit.unlink()
        bodies = " ".join(self.customer.sudo().message_ids.mapped("body"))
        for figure in ("100.00", "250.00"):
            self.assertIn(figure, bodies)
        self.assertEqual(bodies.count("Sub-limit"), 3)

    def test_entered_on_the_form_of_the_customer(self):
        user = self._user("sales_and_credit", ",".join([
            "credit_collection.group_credit_controller", "base.group_partner_manager",
        ]))  # fmt: skip
        with Form(self.customer.with_user(user), "base.view_partner_form") as form:
            with form.credit_sublimit_ids.new() as row:
                row.kind = "order"
                row.amount = 300
        self.assertEqual(self.customer.sudo().credit_sublimit_ids.mapped("amount"), [300])
        row = self.customer.sudo().credit_sublimit_ids
        # What the client sends of a row: its customer's values in place of an id.
        answer = row.with_user(user).onchange(
            {"partner_id": {"id": self.customer.id, "name": "Kind & Co"}, "amount": 200.0},
            ["amount"],
            {"amount": {}, "left": {}, "partner_id": {"fields": {}}},
        )
        self.assertEqual(answer["value"]["left"], 200)

    def test_one_per_kind_and_none_below_zero(self):
        self._sublimit("order", 100)
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self._sublimit("order", 200, contact)
        with self.assertRaisesRegex(ValidationError, r"5\.00"), self.cr.savepoint():
            self._sublimit("delivered", -5)

    def test_of_customers_that_become_one_the_lowest_stays(self):
        other = self._customer("Other")
        self._sublimit("order", 100)
        self._sublimit("order", 70, other)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.administrator)
        wizard.sudo()._merge((self.customer | other).ids, self.customer, extra_checks=False)
        found = self.env["credit.sublimit"].sudo().search([("partner_id", "=", self.customer.id)])
        self.assertEqual(found.mapped("amount"), [70])
