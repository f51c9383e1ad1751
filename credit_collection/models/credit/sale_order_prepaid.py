from odoo import models


class SaleOrder(models.Model):
    """What is paid for an order before it goes out (P1-05, P4-03)."""

    _inherit = "sale.order"

    def _credit_prepaid(self, exposure):
        """Paid for this order so far, in company currency.

        Down payments as far as they are paid, and a credit balance of the customer that is
        not another quotation's; or what was paid online for the order, if that is more (its
        payment may already be part of either).
        """
        self.ensure_one()
        invoices = self.order_line.filtered("is_downpayment").invoice_lines.move_id.filtered(
            lambda move: move.state == "posted"
        )
        paid_down = -sum(
            move.direction_sign * (abs(move.amount_total_signed) - abs(move.amount_residual_signed))
            for move in invoices
        )
        online = sum(self._credit_online(tx) for tx in self.transaction_ids) if self.id else 0.0
        balance = max(0.0, -exposure)
        if self.company_id.currency_id.compare_amounts(balance, 0) > 0:
            balance = max(0.0, balance - self._credit_online_of_others())
        return max(paid_down + balance, online)

    def _credit_online(self, transaction):
        """What an online payment brought this order, in company currency.

        Refunds taken off; of a payment for several orders the order's share. Money in the
        books that was applied to anything but the order's own invoices is gone.
        """
        self.ensure_one()
        if transaction.state not in ("authorized", "done"):
            return 0.0
        refunds = transaction.child_transaction_ids.filtered(
            lambda tx: tx.operation == "refund" and tx.state in ("pending", "authorized", "done")
        )
        amount = max(0.0, transaction.amount + sum(refunds.mapped("amount"))) / self._credit_rate()
        if move := transaction.payment_id.move_id:
            items = move.line_ids.filtered(
                lambda line: (
                    line.account_type == "asset_receivable" and line.parent_state == "posted"
                )
            )
            own = items.matched_debit_ids.filtered(
                lambda partial: partial.debit_move_id.move_id in self.invoice_ids
            )
            kept = sum(own.mapped("amount")) - sum(items.mapped("amount_residual"))
            amount = min(amount, max(0.0, kept))
        orders = transaction.sale_order_ids
        if len(orders) > 1:
            worth = sum(orders.mapped("amount_total"))
            amount *= self.amount_total / worth if worth else 0.0
        return amount

    def _credit_online_of_others(self):
        """Of the customer's credit balance what was paid online for his other quotations."""
        self.ensure_one()
        others = self.search(
            [
                ("id", "not in", self._origin.ids),
                ("company_id", "=", self.company_id.id),
                ("partner_invoice_id.commercial_partner_id", "=", self._credit_customer().id),
                ("state", "in", ("draft", "sent")),
                ("transaction_ids.state", "=", "done"),
            ]
        )
        return sum(
            order._credit_online(tx)
            for order in others
            for tx in order.transaction_ids.filtered("payment_id")
        )

    def _credit_online_unbooked(self):
        """Paid online for this order and not in the books yet, in company currency.

        Odoo confirms an order before it books the payment that came with it.
        """
        self.ensure_one()
        transactions = self.transaction_ids.filtered(
            lambda tx: tx.state in ("authorized", "done") and not tx.payment_id
        )
        return sum(self._credit_online(tx) for tx in transactions)
