from odoo import api, models

from .account_payment_term import Delivery


class AccountMove(models.Model):
    """Due dates of customers who pay N days after delivery follow the delivery (P4-24)."""

    _inherit = "account.move"

    @api.depends("delivery_date", "partner_id")
    def _compute_needed_terms(self):
        days = {move: day for move in self if (day := move._get_credit_delivery())}
        for move, day in days.items():
            super(
                AccountMove, move.with_context(credit_delivery=Delivery(day))
            )._compute_needed_terms()
        others = self.filtered(lambda move: move not in days)
        return super(AccountMove, others)._compute_needed_terms()

    def _get_credit_delivery(self):
        """Return the day of delivery from which the term of an invoice counts (date), else None.

        The last delivery of the lines of its orders where stock says so, else the delivery date on
        the invoice, else the one agreed in the order, at the latest the day of the invoice: what is
        still to be delivered cannot be promised ahead by those who sell.
        """
        self.ensure_one()
        if self.move_type != "out_invoice":
            return None
        root = self.company_id._credit_root()
        # sudo: approved terms bind all who write invoices
        customer = self.partner_id.commercial_partner_id.sudo().with_company(root)
        if customer.credit_term_start != "delivery":
            return None
        # sudo: deliveries and orders count, whoever invoices
        lines = self.sudo().line_ids.sale_line_ids
        moments = []
        if "move_ids" in lines._fields:  # sale_stock
            moments = lines.move_ids.filtered(
                lambda m: m.state == "done" and m.location_dest_id.usage == "customer"
            ).mapped("date")
        if moments:
            return root._credit_date(max(moments))
        if self.delivery_date:
            return self.delivery_date
        agreed = [day for day in lines.order_id.mapped("commitment_date") if day]
        billed = self.invoice_date or root._credit_today()
        return min(root._credit_date(max(agreed)), billed) if agreed else None
