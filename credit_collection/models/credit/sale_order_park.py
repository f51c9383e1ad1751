from odoo import models

from .sale_order_gate import CreditHoldError


class SaleOrder(models.Model):
    """The friendly doors: where a person or a customer confirms, a refusal becomes a hold.

    Doors: the Confirm button of any view (controllers/dataset.py), the list action,
    `_validate_order` (portal signature, web shop) and online payment
    (payment_transaction.py).
    """

    _inherit = "sale.order"

    def action_credit_confirm(self):
        """Confirm these orders one by one and park those that break a rule.

        What any user with the right to confirm may do; the gate decides.

        :return: a notification that names the parked orders, or True
        """
        parked = self.browse()
        for order in self:
            parked |= order._credit_confirm_or_park()
        if not parked:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Held by credit control"),
                "message": self.env._("Parked as quotation: %s.", ", ".join(parked.mapped("name")))
                if len(self) == 1
                else self.env._(
                    "Parked as quotation: %s. Open an order to see the reasons and to apply for"
                    " a release.",
                    ", ".join(parked.mapped("name")),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _credit_confirm_or_park(self):
        """Confirm one order, or park it where the gate refuses.

        The refusal is caught outside the savepoint, so nothing of the attempt stays but
        the hold. Any other error goes through: it is not ours.

        :return: the order if it was parked
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.action_confirm()
        except CreditHoldError as refusal:
            self.env["credit.hold"]._park(self, refusal.verdicts[self.id])
            return self
        return self.browse()

    def _validate_order(self):
        # Portal signature and web shop: the customer's signature stays, the order waits.
        result = None
        for order in self:
            try:
                with self.env.cr.savepoint():
                    result = super(SaleOrder, order)._validate_order()
            except CreditHoldError as refusal:
                self.env["credit.hold"]._park(order, refusal.verdicts[order.id])
        return result
