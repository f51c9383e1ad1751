from odoo import models

from .credit_hold import OPEN_STATES
from .sale_order_gate import CreditHoldError


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Place an order that credit control holds on hold; never raise: the money received is booked."""
        confirmed = self.env["sale.order"]
        for transaction in self:
            try:
                with transaction._undone_on_error():
                    confirmed |= super(
                        PaymentTransaction, transaction
                    )._check_amount_and_confirm_order()
            except CreditHoldError as refusal:
                for order in transaction.sale_order_ids:
                    if order.id in refusal.verdicts:
                        self.env["credit.hold"]._place_on_hold(order, refusal.verdicts[order.id])
        return confirmed

    def _credit_open_holds(self):
        """Return {transaction: hold} of those that pay to clear a hold of their own customer."""
        # sudo: the payment is the customer's, who has no rights on holds
        holds = self.env["credit.hold"].sudo()
        found = {}
        for transaction in self.filtered(lambda tx: tx.state == "done" and not tx.sale_order_ids):
            # Odoo adds -1, -2 … to the reference of the link.
            names = {transaction.reference, transaction.reference.rpartition("-")[0]}
            found[transaction] = holds.search(
                [
                    ("name", "in", list(names)),
                    ("state", "in", OPEN_STATES),
                    ("company_id", "=", transaction.company_id._credit_root().id),
                    ("partner_id", "=", transaction.partner_id.commercial_partner_id.id),
                ]
            )
        return found

    def _post_process(self):
        paying = self._credit_open_holds()
        result = super()._post_process()
        for hold in paying.values():
            hold._do_recheck()
            hold._confirm_paid()
        # The payment may cure an order on hold.
        # sudo: the payment is the customer's, who has no rights on orders
        self.sudo().sale_order_ids._credit_recheck_holds()
        return result
