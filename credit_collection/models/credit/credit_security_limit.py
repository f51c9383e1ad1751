from odoo import api, fields, models
from odoo.tools import format_date

from .credit_security_letter import LETTER

COUNTING = ("valid", "expiring")


class CreditSecurity(models.Model):
    """What a security does to its customer's effective limit, today (P4-21)."""

    _inherit = "credit.security"

    raises_limit = fields.Boolean(compute="_compute_limits")
    limit_without = fields.Monetary(
        "Without This Security",
        compute="_compute_limits",
        help="Approved limit and other securities that are valid today.",
    )
    limit_with = fields.Monetary(
        "With This Security",
        compute="_compute_limits",
        help="While it is valid.",
    )
    limit_note = fields.Text("Effect on the Limit", compute="_compute_limit_note")

    @api.depends("partner_id", "company_id", "amount", "state", "kind")
    def _compute_limits(self):
        for company in self.company_id:
            securities = self.filtered(lambda security, c=company: security.company_id == c)
            # sudo: the limit's value, for who may see the customer's securities
            customers = securities.partner_id.sudo().with_company(company).commercial_partner_id
            figures = customers._get_credit_figures(company)
            for security in securities:
                customer = security.partner_id.sudo().with_company(company).commercial_partner_id
                row = figures.get(customer._origin.id, {})
                stored = security._origin
                counted = (
                    stored.amount
                    if stored.kind != LETTER
                    and stored.state in COUNTING
                    and stored.active
                    and stored.commercial_partner_id == customer._origin
                    else 0.0
                )
                security.raises_limit = security.kind != LETTER and (
                    customer.credit_control not in (False, "none", "cash")
                )
                security.limit_without = float(row.get("credit_effective_limit", 0.0)) - counted
                security.limit_with = security.limit_without + (
                    security.amount if security.kind != LETTER else 0.0
                )
        for security in self.filtered(lambda security: not security.company_id):
            security.raises_limit = False
            security.limit_without = security.limit_with = 0.0

    @api.depends("state", "raises_limit", "limit_without", "limit_with", "date_to", "partner_id")
    @api.depends_context("lang")
    def _compute_limit_note(self):
        for security in self:
            money, note = security.currency_id.format, False
            if security.kind == LETTER:
                if security.state == "expiring":
                    note = self.env._(
                        "Ends on %s. Orders that it covers then need another cover.",
                        format_date(self.env, security.date_to),
                    )
            elif security.partner_id and not security.raises_limit:
                note = self.env._(
                    "This customer has no limit that a security could raise: he pays cash or his"
                    " credit is unlimited."
                )
            elif security.state == "expiring":
                note = self.env._(
                    "Ends on %(date)s. The effective limit then falls from %(now)s to %(then)s.",
                    date=format_date(self.env, security.date_to),
                    now=money(security.limit_with),
                    then=money(security.limit_without),
                )
            elif security.state == "expired" and security.partner_id:
                note = self.env._(
                    "Ended on %(date)s and counts no more: the effective limit is %(now)s.",
                    date=format_date(self.env, security.date_to),
                    now=money(security.limit_without),
                )
            security.limit_note = note
