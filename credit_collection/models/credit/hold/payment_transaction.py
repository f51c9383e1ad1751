from odoo import models

from .sale_order_gate import CreditHoldError


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Place an order that credit control holds on hold; never raise: the money received is booked."""
        confirmed = self.env["sale.order"]
        for transaction in self:
            try:
                with self.env.cr.savepoint():
                    confirmed |= super(
                        PaymentTransaction, transaction
                    )._check_amount_and_confirm_order()
            except CreditHoldError as refusal:
                for order in transaction.sale_order_ids:
                    if order.id in refusal.verdicts:
                        self.env["credit.hold"]._place_on_hold(order, refusal.verdicts[order.id])
        return confirmed

    def _post_process(self):
        result = super()._post_process()
        # The payment may cure an order on hold.
        # sudo: the payment is the customer's, who has no rights on orders
        self.sudo().sale_order_ids._credit_recheck_holds()
        return result
