from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestGateOrders(GateCase):
    """Ways to make an order binding that are no button: each ends at the gate (P4-09)."""

    def test_action_confirm(self):
        order = self._order(self.customer, 1600)
        message = self.refused(order.with_user(self.salesperson).action_confirm)
        self.assertOpen(order)
        self.assertIn(order.name, message)

    def test_to_the_cent(self):
        order = self._order(self.customer, 1000.01)
        self.refused(order.action_confirm)
        self.assertOpen(order)
        exact = self._order(self.customer, 1000.0, confirm=True)
        self.assertEqual(exact.state, "sale")

    def test_write_state(self):
        order = self._order(self.customer, 1600)
        for user in (self.salesperson, self.env.user, self.env.ref("base.user_root")):
            with self.subTest(user=user.name):
                self.refused(lambda user=user: order.with_user(user).write({"state": "sale"}))
                self.assertOpen(order)

    def test_write_state_by_way_of_sent(self):
        order = self._order(self.customer, 1600)
        order.state = "sent"
        self.refused(lambda: order.write({"state": "sale", "locked": True}))
        self.assertEqual(order.state, "sent")

    def test_create_confirmed(self):
        Order = self.env["sale.order"].with_user(self.salesperson)
        values = {
            "partner_id": self.customer.id,
            "state": "sale",
            "order_line": [self._line(1600)],
        }
        self.refused(lambda: Order.create(values))
        self.assertFalse(Order.search([("partner_id", "=", self.customer.id)]))

    def test_create_empty_confirmed_then_lines(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id, "state": "sale"})
        self.refused(lambda: order.write({"order_line": [self._line(1600)]}))
        self.refused(
            lambda: self.env["sale.order.line"].create(
                {
                    "order_id": order.id,
                    "product_id": self.product_credit.id,
                    "price_unit": 1600,
                    "tax_ids": False,
                }
            )
        )
        self.assertFalse(order.order_line)

    def test_default_state_by_context(self):
        Order = self.env["sale.order"].with_user(self.salesperson)
        self.refused(
            lambda: Order.with_context(default_state="sale").create(
                {"partner_id": self.customer.id, "order_line": [self._line(1600)]}
            )
        )
        self.assertFalse(Order.search([("partner_id", "=", self.customer.id)]))

    def test_import_of_a_spreadsheet(self):
        fields = ["partner_id/.id", "state", "order_line/product_id/.id", "order_line/price_unit"]
        rows = [
            [str(self.customer.id), "sale", str(self.product_credit.id), "1600"],
            [str(self.customer.id), "draft", str(self.product_credit.id), "10"],
        ]
        Order = self.env["sale.order"].with_user(self.env.user)
        result = Order.load(fields, rows)
        self.assertFalse(result["ids"])
        self.assertIn("1,000", str(result["messages"]))
        self.assertFalse(Order.search([("partner_id", "=", self.customer.id)]))

    def test_mass_confirm_counts_the_orders_together(self):
        orders = self._order(self.customer, 600) | self._order(self.customer, 600)
        self.refused(orders.action_confirm)
        self.assertOpen(orders)
        orders[0].action_confirm()
        self.refused(orders[1].action_confirm)
        self.assertOpen(orders[1])

    def test_mass_write_counts_the_orders_together(self):
        orders = self._order(self.customer, 600) | self._order(self.customer, 600)
        self.refused(lambda: orders.write({"state": "sale"}))
        self.assertOpen(orders)

    def test_contacts_and_addresses_share_one_limit(self):
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        self._confirmed(600)
        order = self._order(buyer, 600)
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_swallowed_refusal_leaves_a_quotation(self):
        orders = self._order(self.customer, 1600) | self._order(self.customer, 10)
        for order in orders:
            try:
                order.action_confirm()
            except UserError:
                continue
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(orders.mapped("state"), ["draft", "sale"])
        self.assertOpen(orders[0])

    def test_copy_of_a_released_order(self):
        order, _hold = self._released()
        copy = order.copy()
        self.assertRecordValues(copy, [{"state": "draft", "credit_state": "clear"}])
        self.assertFalse(copy.credit_hold_ids)
        self.refused(copy.action_confirm)
        self.assertOpen(copy)

    def test_cancelled_and_reopened_release_is_consumed(self):
        order, _hold = self._released()
        order._action_cancel()
        order.action_draft()
        self.refused(order.action_confirm)
        self.assertOpen(order)
        self.assertNotEqual(order.credit_state, "released")

    def test_locked_order_reopened_by_write(self):
        order, _hold = self._released()
        order.write({"state": "draft"})
        self.refused(lambda: order.write({"state": "sale"}))
        self.assertOpen(order)

    def test_other_company_ticked(self):
        """The order's company decides, whatever the user has ticked."""
        other = self.setup_other_company()["company"]
        other.sudo().credit_mode = "off"
        user = new_test_user(
            self.env,
            login="both",
            groups="base.group_user,sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set((self.company | other).ids)],
        )
        order = self._order(self.customer, 1600)
        for ids in (other.ids, (other | self.company).ids):
            with self.subTest(companies=ids):
                context = {"allowed_company_ids": ids}
                self.refused(order.with_user(user).with_context(**context).action_confirm)
                self.assertOpen(order)
        self.refused(order.sudo().with_company(other).action_confirm)
        self.assertOpen(order)

    def test_company_of_the_order_changed_on_the_way(self):
        """No stop-over in a company that is off makes an order binding here."""
        other = self.setup_other_company()["company"]
        other.sudo().credit_mode = "off"
        order = self._order(self.customer, 1600)
        self.attempt(
            lambda: (
                order.sudo().with_company(other).write({"company_id": other.id, "state": "sale"})
            )
        )
        self.attempt(lambda: order.sudo().write({"company_id": self.company.id}))
        self.assertFalse(order.state == "sale" and order.company_id == self.company)

    def test_free_texts_of_any_context(self):
        keys = (
            "skip_validation_check", "bypass_risk", "force", "no_check", "force_confirm",
            "credit_collection_system", "credit_system", "credit_gate", "credit_lock", "skip_credit",
            "system", "tracking_disable", "install_mode", "import_file", "mail_notrack", "prefetch_fields",
        )  # fmt: skip
        order = self._order(self.customer, 1600).with_user(self.salesperson)
        for value in (True, 1, "1", object()):
            with self.subTest(value=value):
                context = dict.fromkeys(keys, value)
                self.refused(order.with_context(**context).action_confirm)
                self.refused(lambda c=context: order.with_context(**c).write({"state": "sale"}))
                self.assertOpen(order)

    # ------------------------------------------------------------------ queries

    def test_the_check_adds_at_most_six_queries(self):
        partner = self._customer(limit=10_000, term=30)
        company = self.company.sudo()
        counts = []
        for mode in ("off", "enforce"):
            company.credit_mode = mode
            # Saving a setting clears caches: the first confirmation fills them.
            for order in [self._order(partner, 10) for _number in range(2)]:
                self.env.flush_all()
                self.env.invalidate_all()
                start = self.env.cr.sql_log_count
                order.action_confirm()
                self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        without, checked = counts
        self.assertLessEqual(checked - without, 6, "each fact is read once")
