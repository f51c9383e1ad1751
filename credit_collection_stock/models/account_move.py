from odoo import models
from odoo.tools import float_compare, format_date


class AccountMove(models.Model):
    """Due dates of customers who pay N days after delivery follow the goods, after posting as well (P4-24).

    The delivery of an invoice is the one with which all that it bills had left. A later one moves
    the due date of a posted invoice; no delivery makes it earlier than the customer has in hand.
    """

    _inherit = "account.move"

    def _get_credit_goods_day(self):
        self.ensure_one()
        # sudo: deliveries count, whoever invoices
        lines = self.sudo().invoice_line_ids.sale_line_ids
        days = [day for line in lines if (day := self._get_credit_line_day(line))]
        return max(days) if days else None

    def _get_credit_line_day(self, line):
        """Return the day on which the goods of an order line that this invoice bills had left.

        Goods go to the invoices of the line in their order; of an invoice that is not complete yet,
        the last delivery counts. None where nothing left.
        """
        gone = line.move_ids.filtered(
            lambda m: m.state == "done" and m.location_dest_id.usage == "customer"
        ).sorted("date")
        if not gone:
            return None
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        needed = sum(
            item.product_uom_id._compute_quantity(item.quantity, line.product_uom_id)
            for item in line.invoice_lines
            if item.move_id == self or item.move_id._is_credit_before(self)
        )
        left, day = 0.0, None
        for move in gone:
            day = move.date
            left += move.product_uom._compute_quantity(move.quantity, line.product_uom_id)
            if float_compare(left, needed, digits) >= 0:
                break
        return self.company_id._credit_root()._credit_date(day)

    def _is_credit_before(self, other):
        """Return whether this invoice takes goods of an order line before another one does."""
        self.ensure_one()
        return (
            self.move_type == "out_invoice"
            and self.state == "posted"
            and (self.invoice_date or self.date, self.id)
            < (
                other.invoice_date or other.company_id._credit_today(),
                other._origin.id or self.id + 1,
            )
        )

    def _credit_follow_delivery(self):
        """Move the due dates of these posted invoices to those after the delivery, where they are later."""
        for move in self:
            day = move._get_credit_delivery()
            term = move.invoice_payment_term_id
            items = move.line_ids.filtered(lambda i: i.display_type == "payment_term")
            items = items.sorted("date_maturity")
            if not day or not term or not items:
                continue
            dates = sorted(
                part["date"]
                for part in term._compute_terms(
                    date_ref=day,
                    currency=move.currency_id,
                    company=move.company_id,
                    tax_amount=0.0,
                    tax_amount_currency=0.0,
                    untaxed_amount=abs(move.amount_total_signed),
                    untaxed_amount_currency=move.amount_total,
                    sign=1,
                )["line_ids"]
            )
            before = items[-1].date_maturity
            later = [
                (item, date)
                for item, date in zip(items, dates, strict=False)
                if item.date_maturity and date > item.date_maturity and not item.reconciled
            ]
            if len(dates) != len(items) or not later:
                continue
            # The entry stays as it is, but for its due dates.
            for item, date in later:
                item.with_context(skip_invoice_sync=True).date_maturity = date
            due = max(items.mapped("date_maturity"))
            move.with_context(skip_invoice_sync=True).invoice_date_due = due
            move.message_post(
                body=self.env._(
                    "Due date moved from %(before)s to %(due)s: the goods left on %(day)s.",
                    before=format_date(self.env, before),
                    due=format_date(self.env, due),
                    day=format_date(self.env, day),
                )
            )
