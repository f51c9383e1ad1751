from odoo.fields import Command

from odoo.addons.test_credit_collection.tests.credit.hold.gate_case import GateCase


class DeliveryCase(GateCase):
    """Orders of goods, their deliveries, and who validates them: `cls.warehouse`."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("stock.group_stock_manager")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls._user("warehouse", "stock.group_stock_user")
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Pallet",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "delivery",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
            }
        )
        cls.house = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.env["stock.quant"]._update_available_quantity(cls.goods, cls.house.lot_stock_id, 10_000)
        cls.customer_place = cls.env.ref("stock.stock_location_customers")

    @classmethod
    def _sold(cls, partner=None, qty=10, **values):
        """A confirmed order of goods at 100 each, and its delivery."""
        order = cls._order(
            partner or cls.customer,
            0,
            confirm=True,
            term=cls.term_now,
            order_line=[cls._line(100.0, qty, product=cls.goods)],
            **values,
        )
        return order, order.picking_ids

    def _take(self, picking, qty=None):
        """Enter the quantity that is picked, all by default."""
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if qty is None else qty
        picking.move_ids.picked = True

    def _validate(self, pickings, user=None, **context):
        """Press Validate as the warehouse does: True, or the action that came back."""
        context = {"skip_sms": True, **context}
        result = (
            pickings.with_user(user or self.warehouse).with_context(**context).button_validate()
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _validate_part(self, picking, qty, backorder=True):
        """Validate part of a delivery and answer the question about the backorder."""
        self._take(picking, qty)
        action = self._validate(picking)
        self.assertEqual(action["res_model"], "stock.backorder.confirmation")
        wizard = (
            self.env["stock.backorder.confirmation"]
            .with_user(self.warehouse)
            .with_context(**action["context"])
            .create({})
        )
        result = wizard.process() if backorder else wizard.process_cancel_backorder()
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _freeze(self, partner=None, control="frozen"):
        self._decide(partner or self.customer, credit_control=control)
        self.env.invalidate_all()

    def _delivery_hold(self, picking):
        """The holds of a delivery, newest first."""
        return self.env["credit.hold"].sudo().search([("picking_id", "=", picking.id)])

    def assertWaits(self, picking, hold_state="held"):
        """The goods are here, and one hold says why."""
        self.env.invalidate_all()
        self.assertNotIn(picking.state, ("done", "cancel"))
        self.assertFalse(picking.move_ids.filtered(lambda move: move.state == "done"))
        if hold_state:
            self.assertEqual(self._delivery_hold(picking)[:1].state, hold_state)

    def assertLeft(self, picking):
        self.env.invalidate_all()
        self.assertEqual(picking.state, "done")
