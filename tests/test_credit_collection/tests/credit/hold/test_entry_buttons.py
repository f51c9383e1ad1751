from odoo.tests import tagged

from .gate_case import GateHttpCase


@tagged("post_install", "-at_install")
class TestEntryButtons(GateHttpCase):
    """Where a person confirms, the order is placed on hold with its reasons (design, idea 2)."""

    def _button(self, orders, method="action_confirm", context=None):
        return self._rpc(
            "sale.order",
            method,
            [orders.ids],
            {"context": context or {"validate_analytic": True}},
            route="call_button",
        )

    def test_form_button_places_on_hold(self):
        self._login(self.salesperson)
        order = self._order(self.customer, 1600)
        result, error = self._button(order)
        self.assertFalse(error)
        self.assertRecordValues(order, [{"state": "draft", "credit_state": "held"}])
        hold = self._hold(order)
        self.assertRecordValues(
            hold, [{"state": "held", "user_id": self.salesperson.id, "order_amount": 1600}]
        )
        self.assertEqual(hold.reason_ids.mapped("rule_type"), ["limit"])
        self.assertIn(order.name, str(result), "the person is told which order was parked")

    def test_form_button_without_keyword_arguments(self):
        """Whatever form the client's call takes, it is the same entry point."""
        self._login(self.salesperson)
        order = self._order(self.customer, 1600)
        for path in ("/web/dataset/call_button", "/web/dataset/call_button/sale.order/other"):
            with self.subTest(path=path):
                self._jsonrpc(
                    path, model="sale.order", method="action_confirm", args=[order.ids], kwargs={}
                )
                self.assertRecordValues(order, [{"state": "draft", "credit_state": "held"}])
        self.assertEqual(len(self._hold(order)), 1)

    def test_form_button_confirms_what_fits(self):
        self._login(self.salesperson)
        order = self._order(self.customer, 600)
        _result, error = self._button(order)
        self.assertFalse(error)
        self.assertRecordValues(order, [{"state": "sale", "credit_state": "clear"}])
        self.assertFalse(self._hold(order))

    def test_placed_twice_is_one_hold(self):
        self._login(self.salesperson)
        order = self._order(self.customer, 1600)
        self._button(order)
        self._button(order)
        self.assertEqual(len(self._hold(order)), 1)

    def test_held_later_with_other_figures(self):
        """The hold shows the present request: a changed order has a new hold, one open."""
        self._login(self.salesperson)
        order = self._order(self.customer, 1600)
        self._button(order)
        order.order_line.price_unit = 1700
        self._button(order)
        open_holds = self._hold(order).filtered(lambda hold: hold.state == "held")
        self.assertEqual(open_holds.mapped("order_amount"), [1700])

    def test_other_errors_stay_errors(self):
        """Errors not about credit create no hold: an order without lines or a product missing."""
        self._login(self.salesperson)
        order = self._order(self.customer, 1600)
        order.order_line.product_id.active = True
        self.env["sale.order.line"].create(
            {"order_id": order.id, "name": "No product", "price_unit": 1.0}
        )
        with self.quiet():
            _result, error = self._button(order)
        self.assertTrue(error)
        self.assertNotIn("CreditHoldError", error[0])
        self.assertFalse(self._hold(order))

    def test_foreign_order_is_not_for_every_salesperson(self):
        order = self._order(self.customer, 600)
        self._login(self.salesperson2)
        with self.quiet():
            _result, error = self._button(order)
            self.assertIn("AccessError", error[0])
            _result, error = self._button(order, "action_credit_confirm")
            self.assertIn("AccessError", error[0])
        self.assertEqual(order.state, "draft")

    def test_list_action_holds_one_and_confirms_the_others(self):
        good = self._customer("Good")
        first = self._order(good, 100)
        held = self._order(self.customer, 1600)
        last = self._order(good, 200)
        orders = first | held | last
        action = self.env["ir.actions.server"].search(
            [("binding_model_id.model", "=", "sale.order"), ("name", "=", "Confirm")]
        )
        self._login(self.salesperson)
        result = self._jsonrpc(
            "/web/action/run",
            action_id=action.id,
            context={
                "active_model": "sale.order",
                "active_id": first.id,
                "active_ids": orders.ids,
            },
        )
        self.assertEqual(orders.mapped("state"), ["sale", "draft", "sale"])
        self.assertEqual(held.credit_state, "held")
        self.assertIn(held.name, str(result))

    def test_list_confirm_with_room_for_one(self):
        orders = self._order(self.customer, 600) | self._order(self.customer, 600)
        self._login(self.salesperson)
        self._button(orders, "action_credit_confirm")
        self.assertEqual(sorted(orders.mapped("state")), ["draft", "sale"])

    def test_controllers_and_salesperson_are_notified(self):
        order, hold = self._held(1600)
        activities = hold.activity_ids
        self.assertIn(self.controller, activities.user_id)
        self.assertNotified(self.salesperson, hold, order)

    def test_named_controller_gets_the_activity(self):
        self.company.sudo().credit_controller_id = self.controller
        _order, hold = self._held(1600)
        self.assertEqual(hold.activity_ids.user_id, self.controller)

    def test_markup_in_names_is_text(self):
        evil = self._customer("<img src=x onerror=alert(1)>", limit=10)
        order, hold = self._held(100, partner=evil)
        texts = [str(order.credit_banner)]
        texts += [str(body) for body in (hold.message_ids | order.message_ids).mapped("body")]
        texts += [str(note) for note in hold.activity_ids.mapped("note")]
        for text in texts:
            self.assertNotIn("<img src", text)
