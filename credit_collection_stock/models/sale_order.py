from odoo import models


class SaleOrder(models.Model):
    """Who sells finds the holds of an order's deliveries on the order."""

    _inherit = "sale.order"

    def _compute_credit_hold_count(self):
        result = super()._compute_credit_hold_count()
        for order in self:
            # sudo: a count only
            order.credit_hold_count += len(order.sudo()._credit_delivery_holds())
        return result

    def _credit_delivery_holds(self):
        return self.picking_ids.credit_hold_ids

    def action_open_credit_holds(self):
        """Open the holds of this order and of its deliveries that the user may read."""
        self.ensure_one()
        self.check_access("read")
        # sudo: the transfers of the order; the list shows of their holds those that the user may read
        deliveries = self.sudo()._credit_delivery_holds().sudo(False)
        return self._open_records("credit_hold_action", self.credit_hold_ids | deliveries)
