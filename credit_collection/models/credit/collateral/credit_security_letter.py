from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from .credit_security import LETTER


class CreditSecurity(models.Model):
    """Letters of credit (P4-22): a bank pays for the orders that the letter names.

    A letter raises no limit. It covers its orders up to its amount, each amount once: the
    part that confirmed orders have used is gone, also after payment. An order that is covered
    in full needs no prepayment, no room under the limit and no shorter term; one covered in
    part needs the rest in advance. A frozen or overdue customer is held all the same.

    Credit controllers name the orders, so a salesperson alone covers nothing.
    """

    _inherit = "credit.security"

    order_ids = fields.Many2many(
        "sale.order",
        string="Orders Covered",
        copy=False,
        domain="[('partner_invoice_id', 'child_of', commercial_partner_id),"
        " ('state', 'in', ('draft', 'sent', 'sale')), ('company_id', 'child_of', company_id)]",
        help="Confirmed on the strength of this letter, up to its amount.",
    )
    letter_currency_id = fields.Many2one(
        "res.currency", "Currency of the Letter", help="Empty = company currency."
    )
    letter_value = fields.Monetary(
        "Amount of the Letter",
        currency_field="letter_currency_id",
        tracking=True,
        help="In its own currency; orders are compared with it in this currency.",
    )
    letter_used = fields.Monetary(
        "Used by Orders",
        compute="_compute_letter_used",
        currency_field="letter_unit_id",
        help="Confirmed orders that the letter names, tax included, in its currency.",
    )
    letter_free = fields.Monetary(
        "Available", compute="_compute_letter_used", currency_field="letter_unit_id"
    )
    letter_unit_id = fields.Many2one("res.currency", compute="_compute_letter_used")

    @api.depends(
        "kind", "value", "coverage_percent", "letter_currency_id", "letter_value",
        "order_ids.state", "order_ids.amount_total", "order_ids.currency_id", "company_id",
    )  # fmt: skip
    def _compute_letter_used(self):
        # sudo: all orders count, those of other salespeople too
        for security in self.sudo():
            unit = security.letter_currency_id or security.currency_id
            security.letter_unit_id = unit
            security.letter_used = security._get_letter_used(self.env["sale.order"])
            security.letter_free = max(0.0, security._get_letter_amount() - security.letter_used)

    def _get_letter_amount(self):
        """Return the amount that the letter pays, in its currency."""
        value = self.letter_value if self.letter_currency_id else self.value
        return value * self.coverage_percent / 100.0

    def _get_letter_used(self, besides):
        """Return the amount that confirmed orders took of the letter, in its currency.

        :param besides: `sale.order` that is being checked
        """
        orders = self.order_ids.filtered(lambda order: order.state == "sale") - besides
        return sum(self._in_letter_currency(order) for order in orders)

    def _in_letter_currency(self, order):
        """Return the total of an order in the currency of the letter, at today's rate."""
        company = self.company_id
        return order.currency_id._convert(
            order.amount_total,
            self.letter_currency_id or company.currency_id,
            company,
            company._credit_today(),
        )

    @api.model
    def _get_letter_share(self, order):
        """Return the share (0 to 1) of an order that the valid letters of credit naming it cover."""
        # sudo: a letter counts, whoever confirms the order
        letters = self.sudo().search(
            [
                ("kind", "=", LETTER),
                ("order_ids", "in", order._origin.ids),
                ("company_id", "=", order.company_id._credit_root().id),
                ("commercial_partner_id", "=", order._credit_customer()._origin.id),
                ("cancelled", "=", False),
            ]
        )
        share = 0.0
        for letter in letters.filtered(lambda s: s.state in ("valid", "expiring")):
            total = letter._in_letter_currency(order)
            free = letter._get_letter_amount() - letter._get_letter_used(order._origin)
            if total > 0 and free > 0:
                share += free / total
        return min(1.0, share)

    @api.onchange("letter_currency_id", "letter_value", "company_id")
    def _onchange_letter_value(self):
        if self.letter_currency_id and self.letter_value:
            company = self.company_id or self.env.company
            self.value = self.letter_currency_id._convert(
                self.letter_value, company.currency_id, company, company._credit_today()
            )

    @api.constrains(
        "kind", "guarantor_id", "date_to", "letter_currency_id", "letter_value", "order_ids",
        "partner_id",
    )  # fmt: skip
    def _check_letter(self):
        # sudo: a constraint looks at orders and customer as they are
        for security in self.sudo():
            if security.kind != LETTER:
                if security.order_ids or security.letter_currency_id:
                    raise ValidationError(
                        self.env._(
                            "Only letters of credit cover individual orders; %s is not one.",
                            security.display_name,
                        )
                    )
                continue
            if not security.guarantor_id or not security.date_to:
                raise ValidationError(
                    self.env._(
                        "%s: a letter of credit needs its issuing bank and the day it expires.",
                        security.display_name,
                    )
                )
            if security.letter_currency_id and security.letter_value <= 0:
                raise ValidationError(
                    self.env._(
                        "%(letter)s: enter its amount in %(currency)s.",
                        letter=security.display_name,
                        currency=security.letter_currency_id.name,
                    )
                )
            for order in security.order_ids:
                if order._credit_customer() != security.commercial_partner_id:
                    raise ValidationError(
                        self.env._(
                            "%(letter)s is a letter of %(customer)s; %(order)s is billed to %(other)s.",
                            letter=security.display_name,
                            customer=security.commercial_partner_id.display_name,
                            order=order.name,
                            other=order._credit_customer().display_name,
                        )
                    )

    def _letter_expiry_summary(self):
        """Return the sentence about a letter of credit that ends; False for other securities."""
        if self.kind != LETTER:
            return False
        return self.env._(
            "%(letter)s of %(customer)s expires on %(date)s. Ship the goods and present the "
            "documents to the bank.",
            letter=self.display_name,
            customer=self.commercial_partner_id.display_name,
            date=format_date(self.env, self.date_to),
        )
