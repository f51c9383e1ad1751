from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .delivery_case import DeliveryCase


@tagged("post_install", "-at_install")
class TestDeliveryGate(DeliveryCase):
    """Customer frozen after confirmation: no way delivers, and all do when the freeze ends (P1-05)."""

    def test_an_order_held_by_credit_control_delivers_nothing(self):
        order, picking = self._sold()
        controller = self._user(
            "warehouse controller",
            "credit_collection.group_credit_controller,stock.group_stock_user",
        )
        selected = {"active_model": "stock.picking", "active_ids": picking.ids}
        wizards = self.env["credit.order.stop"].with_user(controller).with_context(**selected)
        wizards.create({"reason": "Rumours"}).action_hold()
        self._take(picking)
        self._validate(picking)
        self.assertWaits(picking)
        self.assertEqual(self._delivery_hold(picking).reason_ids.rule_type, "manual")
        order.with_user(self.controller).action_credit_stop_end()
        self.assertEqual(self._delivery_hold(picking).state, "cleared")
        self._validate(picking)
        self.assertLeft(picking)

    def test_button(self):
        order, picking = self._sold()
        self._freeze()
        result = self._validate(picking)
        self.assertEqual(result["tag"], "display_notification")
        self.assertIn(picking.name, result["params"]["message"])
        self.assertWaits(picking)
        hold = self._delivery_hold(picking)
        self.assertRecordValues(
            hold,
            [
                {
                    "checkpoint": "delivery",
                    "order_id": False,
                    "order_name": picking.name,
                    "partner_id": self.customer.id,
                    "user_id": self.salesperson.id,
                    "order_amount": 1000.0,
                    "reason_type": "control",
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertRecordValues(order.sudo(), [{"state": "sale", "credit_state": "clear"}])
        self._decide(self.customer, credit_control="limit")
        self.env.invalidate_all()
        self.assertEqual(hold.state, "cleared")
        self.assertIs(self._validate(picking), True)
        self.assertLeft(picking)

    def test_warehouse_reads_one_sentence_and_no_figures(self):
        _order, picking = self._sold()
        self._freeze()
        self._validate(picking)
        shown = picking.with_user(self.warehouse)
        self.assertEqual(shown.credit_state, "held")
        self.assertIn(self.salesperson.name, shown.credit_notice)
        self.assertNotIn("1,000", shown.credit_notice)
        self.assertFalse(shown.credit_can_open_hold)
        self.assertTrue(picking.with_user(self.controller).credit_can_open_hold)
        found = self.env["stock.picking"].with_user(self.warehouse)
        self.assertIn(picking, found.search([("credit_state", "=", "held")]))
        self.assertNotIn(picking, found.search([("credit_state", "=", "clear")]))
        self.assertNotIn(picking, found.search([("credit_state", "!=", "held")]))

    def test_salesperson_and_controllers_are_notified(self):
        _order, picking = self._sold()
        self._freeze()
        self._validate(picking)
        hold = self._delivery_hold(picking)
        mail = (
            self.env["mail.mail"]
            .sudo()
            .search([("res_id", "=", hold.id), ("subject", "ilike", "Credit hold: delivery")])
        )
        self.assertEqual(mail.recipient_ids, self.salesperson.partner_id)
        self.assertIn(picking.name, mail.subject)
        self.assertIn(self.controller, hold.activity_ids.user_id)
        self._decide(self.customer, credit_control="limit")
        self.assertNotified(self.salesperson, hold, words=(picking.name,))

    def test_rpc_repeated_is_one_hold(self):
        _order, picking = self._sold()
        self._freeze()
        self._validate(picking)
        self._validate(picking)
        self.assertEqual(len(self._delivery_hold(picking)), 1)

    def test_direct_calls(self):
        """Other add-ons and the scheduler call what ends at the moves; users may write their state."""
        _order, picking = self._sold()
        self._freeze()
        self._take(picking)
        moves = picking.move_ids
        ways = {
            "transfer": lambda: picking._action_done(),
            "moves": lambda: moves._action_done(),
            "cancel_backorder": lambda: moves._action_done(cancel_backorder=True),
            "superuser": lambda: moves.sudo()._action_done(),
            "state": lambda: moves.with_user(self.warehouse).write({"state": "done"}),
            "context": lambda: moves.with_context(
                skip_credit=True, credit_checked_moves=moves.ids, force=True, install_mode=True
            )._action_done(),
        }
        for name, way in ways.items():
            with self.subTest(way=name):
                message = self.refused(way)
                self.assertIn(picking.name, message)
                self.assertWaits(picking, hold_state=None)
        self._decide(self.customer, credit_control="limit")
        ways["transfer"]()
        self.assertLeft(picking)

    def test_created_as_done(self):
        self._freeze()
        values = {
            "product_id": self.goods.id,
            "product_uom": self.goods.uom_id.id,
            "product_uom_qty": 3,
            "quantity": 3,
            "picked": True,
            "partner_id": self.customer.id,
            "location_id": self.house.lot_stock_id.id,
            "location_dest_id": self.customer_place.id,
        }
        Move = self.env["stock.move"]
        with self.assertRaises(UserError), self.cr.savepoint():
            Move.create({**values, "state": "done"})
        with self.assertRaises(UserError), self.cr.savepoint():
            Move.create(values)._action_done()

    def test_more_on_a_transfer_that_is_done(self):
        _order, picking = self._sold(qty=5)
        self._validate(picking)
        self.assertLeft(picking)
        self._freeze()
        line = picking.move_ids.move_line_ids
        with self.assertRaises(UserError), self.cr.savepoint():
            line.quantity = 7
        with self.assertRaises(UserError), self.cr.savepoint():
            picking.move_ids.quantity = 7
        with self.assertRaises(UserError), self.cr.savepoint():
            line.copy({"quantity": 2, "move_id": picking.move_ids.id, "picking_id": picking.id})
        # Less is a correction.
        line.quantity = 4

    def test_partial_and_backorder(self):
        _order, picking = self._sold(qty=10)
        self.assertIsNot(self._validate_part(picking, 7), False)
        self.assertLeft(picking)
        rest = picking.backorder_ids
        self.assertEqual(rest.move_ids.product_uom_qty, 3)
        self._freeze()
        self._validate(rest)
        self.assertWaits(rest)
        self._decide(self.customer, credit_control="limit")
        self._validate(rest)
        self.assertLeft(rest)

    def test_backorder_question_of_a_frozen_customer(self):
        for backorder in (True, False):
            with self.subTest(backorder=backorder):
                _order, picking = self._sold(qty=4)
                self._freeze()
                self._validate_part(picking, 3, backorder=backorder)
                self.assertWaits(picking)
                self.assertFalse(picking.backorder_ids)
                # what is still to be delivered, once
                self.assertEqual(self._delivery_hold(picking).order_amount, 400.0)
                self._decide(self.customer, credit_control="limit")

    def test_several_at_once_wait_alone(self):
        other = self._customer("Broad & Daughters", limit=50_000)
        _order, stopped = self._sold()
        _order, free = self._sold(other)
        self._freeze()
        self._validate(stopped | free)
        self.assertWaits(stopped)
        self.assertLeft(free)

    def test_batch(self):
        _order, stopped = self._sold()
        _order, free = self._sold(self._customer("Broad & Daughters", limit=50_000))
        batch = self.env["stock.picking.batch"].create(
            {"picking_ids": [Command.set((stopped | free).ids)], "company_id": self.company.id}
        )
        batch.action_confirm()
        self._freeze()
        self._take(stopped | free)
        batch.with_user(self.warehouse).with_context(skip_sms=True).action_done()
        self.env.invalidate_all()
        self.assertWaits(stopped)
        self.assertLeft(free)

    def test_dropship(self):
        supplier = self.env.ref("stock.stock_location_suppliers")
        kind = self.env["stock.picking.type"].search(
            [("code", "=", "dropship"), ("company_id", "=", self.company.id)], limit=1
        )
        self._freeze()
        picking = self._transfer(kind, supplier, self.customer_place)
        self._validate(picking)
        self.assertWaits(picking)
        self._decide(self.customer, credit_control="limit")
        self._validate(picking)
        self.assertLeft(picking)

    def _transfer(self, kind, source, target, partner=None):
        """A transfer without an order."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": (partner or self.customer).id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.goods.id,
                            "product_uom_qty": 2,
                            "product_uom": self.goods.uom_id.id,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        self._take(picking)
        return picking

    def test_transfer_without_order(self):
        self._freeze(control="blacklist")
        picking = self._transfer(
            self.house.out_type_id, self.house.lot_stock_id, self.customer_place
        )
        self._validate(picking)
        self.assertWaits(picking)
        self.assertEqual(self._delivery_hold(picking).partner_id, self.customer)

    def test_a_transfer_of_an_order_may_be_held_alone(self):
        order, picking = self._sold()
        picking.sudo().credit_stop_reason = "This one only"
        self._take(picking)
        self._validate(picking)
        self.assertWaits(picking)
        self.assertFalse(order.credit_stop_reason)
        picking.sudo().credit_stop_reason = False
        self._validate(picking)
        self.assertLeft(picking)

    def test_transfer_without_order_is_held_by_credit_control(self):
        picking = self._transfer(
            self.house.out_type_id, self.house.lot_stock_id, self.customer_place
        )
        controller = self._user(
            "warehouse controller",
            "credit_collection.group_credit_controller,stock.group_stock_user",
        )
        picking.with_user(self.warehouse).write({"credit_stop_reason": "Mine"})
        self.assertFalse(picking.credit_stop_reason, "typed in by a client")
        with self.assertRaises(AccessError):
            picking.with_user(self.warehouse)._credit_stop("Mine", False)
        selected = {"active_model": "stock.picking", "active_ids": picking.ids}
        wizards = self.env["credit.order.stop"].with_user(controller).with_context(**selected)
        # The browser takes commands alone, no list of ids.
        defaults = wizards.default_get(["picking_ids"])
        self.assertEqual(defaults["picking_ids"], [Command.set(picking.ids)])
        dialog = Form(wizards)
        dialog.reason = "Samples are over"
        dialog.save().action_hold()
        self.env.invalidate_all()
        hold = self._delivery_hold(picking)
        self.assertEqual((hold.state, hold.reason_ids.rule_type), ("held", "manual"))
        self.assertIn("Samples are over", hold.reason_summary)
        self._validate(picking)
        self.assertWaits(picking)
        with self.assertRaises(AccessError):
            picking.with_user(self.warehouse).action_credit_stop_end()
        picking.with_user(controller).action_credit_stop_end()
        self.assertEqual(hold.state, "cleared")
        self._validate(picking)
        self.assertLeft(picking)
        with self.assertRaisesRegex(UserError, "done or cancelled"):
            picking.with_user(controller)._credit_stop("Too late", False)

    def test_a_transfer_without_a_contact_is_held_as_well(self):
        picking = self._transfer(
            self.house.out_type_id, self.house.lot_stock_id, self.customer_place
        )
        picking.partner_id = picking.move_ids.partner_id = False
        controller = self._user(
            "warehouse controller",
            "credit_collection.group_credit_controller,stock.group_stock_user",
        )
        picking.with_user(controller)._credit_stop("Whose are they?", False)
        self.env.invalidate_all()
        hold = self._delivery_hold(picking)
        self.assertEqual((hold.state, hold.partner_id), ("held", self.company.partner_id))
        self._validate(picking)
        self.assertWaits(picking)
        picking.with_user(controller).action_credit_stop_end()
        self.assertEqual(hold.state, "cleared")
        self._validate(picking)
        self.assertLeft(picking)

    def test_what_goes_to_no_customer_is_not_held(self):
        picking = self._transfer(
            self.house.in_type_id,
            self.env.ref("stock.stock_location_suppliers"),
            self.house.lot_stock_id,
        )
        with self.assertRaisesRegex(UserError, "no delivery to a customer"):
            picking.with_user(self.controller).sudo(False)._credit_stop("Mine", False)

    def test_another_address_is_checked_as_well(self):
        """Goods of a free customer's order do not go to a frozen one."""
        _order, picking = self._sold(self._customer("Front & Co", limit=50_000))
        picking.partner_id = self.customer
        self._freeze()
        self._validate(picking)
        self.assertWaits(picking)

    def test_returns_and_receipts_pass(self):
        _order, picking = self._sold(qty=5)
        self._validate(picking)
        self._freeze()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(
                active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
            )
            .create({})
        )
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self._take(back)
        self._validate(back)
        self.assertLeft(back)
        supplier = self.env.ref("stock.stock_location_suppliers")
        receipt = self._transfer(self.house.in_type_id, supplier, self.house.lot_stock_id)
        self._validate(receipt)
        self.assertLeft(receipt)

    def test_picking_passes_unless_the_policy_stops_it(self):
        self.house.delivery_steps = "pick_ship"
        for stop in (False, True):
            with self.subTest(stop=stop):
                self._decide(self.customer, credit_control="limit", credit_limit=100_000)
                _order, pickings = self._sold(qty=1)
                pick = pickings.filtered(lambda p: p.location_dest_id.usage != "customer")
                self.company.sudo().credit_stop_picking = stop
                self._freeze()
                self._validate(pick)
                if stop:
                    self.assertWaits(pick)
                    continue
                self.assertLeft(pick)
                ship = (_order.picking_ids - pick) | pick.move_ids.move_dest_ids.picking_id
                self._validate(ship)
                self.assertWaits(ship)

    def test_modes(self):
        _order, picking = self._sold(qty=2)
        _order, second = self._sold(qty=2)
        self._freeze()
        self.company.sudo().credit_mode = "observe"
        self._validate(picking)
        self.assertLeft(picking)
        self.assertEqual(self._delivery_hold(picking).state, "observed")
        self.company.sudo().credit_mode = "off"
        self._validate(second)
        self.assertLeft(second)
        self.assertFalse(self._delivery_hold(second))

    def test_rule_that_warns_and_rule_that_is_off(self):
        order, picking = self._sold(qty=2)
        _order, second = self._sold(qty=2)
        self._freeze()
        rule = self.env.ref("credit_collection.credit_rule_control").sudo()
        rule.delivery_action = "warn"
        self._validate(picking)
        self.assertLeft(picking)
        self.assertIn(picking.name, "".join(order.message_ids.mapped("body")))
        rule.delivery_action = "off"
        self._validate(second)
        self.assertLeft(second)
        # Orders are held as before.
        self.assertRaises(UserError, self._order(self.customer, 1).action_confirm)

    def test_rules_of_orders_do_not_stop_deliveries(self):
        """What surprises nobody: overdue items and a lower limit stop the next order alone."""
        _order, picking = self._sold()
        self._decide(self.customer, credit_limit=1)
        self._invoice(self.customer, 500, days_overdue=90)
        self._validate(picking)
        self.assertLeft(picking)

    def test_overdue_rule_at_delivery(self):
        _order, picking = self._sold(qty=2)
        invoice = self._invoice(self.customer, 500, days_overdue=90)
        self.env.ref("credit_collection.credit_rule_overdue").sudo().delivery_action = "hold"
        self._validate(picking)
        hold = self._delivery_hold(picking)
        self.assertWaits(picking)
        self.assertRecordValues(hold, [{"cure_collect": 500.0, "reason_type": "overdue"}])
        self._pay(invoice)
        self.assertEqual(hold.state, "cleared")
        self._validate(picking)
        self.assertLeft(picking)

    def test_chatter_of_a_delivery_tells_no_figures(self):
        """Limits, debts and what approvers say of them are on the hold, not in the warehouse."""
        _order, picking = self._sold()
        self._invoice(self.customer, 500, days_overdue=90)
        self.env.ref("credit_collection.credit_rule_overdue").sudo().delivery_action = "hold"
        self._validate(picking)
        hold = self._delivery_hold(picking)
        self.assertIn("500.00", hold.reason_summary)
        self._request(hold)
        hold.with_user(self.sales_manager).reject_tier()
        self.env.invalidate_all()
        self.assertEqual(hold.state, "rejected")
        said = " ".join(picking.with_user(self.warehouse).message_ids.mapped("body"))
        self.assertIn("on credit hold since", said)
        self.assertIn("rejected the release", said)
        self.assertNotIn("500.00", said)

    def test_order_counts_and_opens_the_holds_of_its_deliveries(self):
        order, picking = self._sold()
        self._freeze()
        self._validate(picking)
        hold = self._delivery_hold(picking)
        order = order.with_user(self.salesperson)
        self.assertEqual(order.credit_hold_count, 1)
        self.assertEqual(order.action_open_credit_holds()["res_id"], hold.id)

    def test_cancelled_delivery_ends_its_hold(self):
        _order, picking = self._sold()
        self._freeze()
        self._validate(picking)
        picking.action_cancel()
        self.assertEqual(self._delivery_hold(picking).state, "cancelled")

    def test_more_than_was_ordered(self):
        """Limit 1,000, order of 10 × 100: an eleventh is beyond it, unless there is room."""
        _order, picking = self._sold(qty=10)
        self._take(picking, 11)
        self._validate(picking)
        self.assertWaits(picking)
        hold = self._delivery_hold(picking)
        self.assertRecordValues(hold, [{"reason_type": "overdelivery", "order_amount": 1100.0}])
        self.assertIn("100.00", hold.reason_summary)
        self._decide(self.customer, credit_limit=1100)
        self.env.invalidate_all()
        self.assertEqual(hold.state, "cleared")
        self._validate(picking)
        self.assertLeft(picking)

    def test_more_than_was_ordered_in_two_steps(self):
        _order, picking = self._sold(qty=10)
        self._validate_part(picking, 7)
        rest = picking.backorder_ids
        self._take(rest, 3)
        self._validate(rest)
        self.assertLeft(rest)
        # Nothing is left to deliver: a further transfer of the order is beyond it.
        more = self._transfer(self.house.out_type_id, self.house.lot_stock_id, self.customer_place)
        more.move_ids.sale_line_id = _order.order_line
        self._validate(more)
        self.assertWaits(more)

    def test_more_of_a_customer_without_limit(self):
        _order, picking = self._sold(self._customer("Unlimited Inc."), qty=10)
        self._take(picking, 12)
        self._validate(picking)
        self.assertLeft(picking)

    def test_queries_of_a_delivery_of_five_lines(self):
        """At most 6 queries more than where credit control is off."""
        self._decide(self.customer, credit_limit=1_000_000)

        def sold():
            order = self._order(
                self.customer,
                0,
                confirm=True,
                order_line=[self._line(100.0, 1, product=self.goods) for _i in range(5)],
            )
            self._take(order.picking_ids)
            return order.picking_ids

        counts = {}
        for mode in ("off", "enforce", "off", "enforce"):
            self.company.sudo().credit_mode = mode
            # Kept in memory until a setting changes.
            self.env["credit.rule"].sudo()._get_rules(self.company.id, "delivery")
            picking = sold()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            picking.with_user(self.warehouse).with_context(skip_sms=True).button_validate()
            self.env.flush_all()
            counts[mode] = self.cr.sql_log_count - before
            self.assertEqual(picking.state, "done")
        self.assertLessEqual(counts["enforce"] - counts["off"], 6, counts)
