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

    @api.depends("needed_terms")
    def _compute_invoice_date_due(self):
        # Odoo's delivery date of a posted invoice follows the order: its items do not, nor does this.
        posted = self.filtered(lambda m: m.state == "posted" and m._credit_pays_from_delivery())
        result = super(AccountMove, self - posted)._compute_invoice_date_due()
        for move in posted:
            items = move.line_ids.filtered(lambda item: item.display_type == "payment_term")
            days = [day for day in items.mapped("date_maturity") if day]
            move.invoice_date_due = max(days, default=move.invoice_date_due)
        return result

    def _credit_pays_from_delivery(self):
        """Return whether this is an invoice of a customer who pays N days after delivery."""
        self.ensure_one()
        company_id = self.company_id.id
        root_id = self.company_id._credit_roots().get(company_id, company_id)
        if self.move_type != "out_invoice" or not self.partner_id._credit_uses_delivery(root_id):
            return False
        # sudo: approved terms bind all who write invoices
        customer = self.partner_id.sudo().with_company(root_id)
        return customer.commercial_partner_id.credit_term_start == "delivery"

    def _get_credit_delivery(self):
        """Return the day of delivery from which the term of an invoice counts (date), else None.

        The delivery of its goods where stock says so, else the delivery date on the invoice, else
        the one agreed in the order, at the latest the day of the invoice: what is still to be
        delivered cannot be promised ahead by those who sell.
        """
        self.ensure_one()
        if not self._credit_pays_from_delivery():
            return None
        root = self.company_id._credit_root()
        if day := self._get_credit_goods_day():
            return day
        if self.delivery_date:
            return self.delivery_date
        # sudo: orders count, whoever invoices
        lines = self.sudo().line_ids.sale_line_ids
        agreed = [day for day in lines.order_id.mapped("commitment_date") if day]
        billed = self.invoice_date or root._credit_today()
        return min(root._credit_date(max(agreed)), billed) if agreed else None

    def _get_credit_goods_day(self):
        """Hook: return the day on which the goods of this invoice left (date), None where unknown."""
        return None
