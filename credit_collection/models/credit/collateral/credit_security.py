from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

STATES = [
    ("future", "Not Valid Yet"),
    ("valid", "Valid"),
    ("expiring", "Expiring"),
    ("expired", "Expired"),
    ("cancelled", "Cancelled"),
]

LETTER = "letter_of_credit"

COUNTING = ("valid", "expiring")


class CreditSecurity(models.Model):
    """A guarantee, deposit, mortgage, credit insurance or letter of credit (P1-05, P4-21, P4-22).

    While valid it raises the customer's effective limit by value x coverage, in company currency
    and from the first to the last day in the company's time zone. The state follows from the
    dates, so nothing has to run for a security to stop counting:

    future, valid, expiring (within the warning days before its end), expired, cancelled.

    A letter of credit raises no limit: a bank pays for the orders that it names. It covers them up
    to its amount, each amount once: the part that confirmed orders have used is gone, also after
    payment. An order that is covered in full needs no prepayment, no room under the limit and no
    shorter term; one covered in part needs the rest in advance. A frozen or overdue customer is
    held all the same.

    Entered by credit controllers, so a salesperson alone covers nothing; salespeople and auditors
    read.
    """

    _name = "credit.security"
    _description = "Collateral"
    _inherit = ["credit.company.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True
    _long_dates = ("date_from", "date_to")

    name = fields.Char("Reference", required=True, tracking=True, help="Number of the document.")
    kind = fields.Selection(
        [
            ("guarantee", "Guarantee"),
            ("deposit", "Deposit"),
            ("mortgage", "Mortgage"),
            ("insurance", "Credit Insurance"),
            ("letter_of_credit", "Letter of Credit"),
        ],
        string="Type",
        required=True,
        default="guarantee",
        tracking=True,
    )
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, tracking=True
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    value = fields.Monetary(required=True, tracking=True, help="In company currency.")
    coverage_percent = fields.Float(
        "Coverage (%)",
        default=100.0,
        tracking=True,
        help="Share of the value that raises the limit; of an insurance, the share it pays.",
        aggregator="avg",
    )
    amount = fields.Monetary(
        "Counts for", compute="_compute_amount", store=True, help="Value x coverage."
    )
    insurer_id = fields.Many2one("res.partner", tracking=True)
    guarantor_id = fields.Many2one("res.partner", tracking=True)
    date_from = fields.Date(
        "Valid From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date("Valid To", tracking=True, help="Last day; empty = without an end.")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    note = fields.Text()
    cancelled = fields.Boolean(readonly=True, copy=False, tracking=True)
    warned_for = fields.Date(
        readonly=True, copy=False, help="The end for which credit control was warned."
    )
    state = fields.Selection(
        STATES, string="Status", compute="_compute_state", search="_search_state"
    )

    _value_positive = models.Constraint("CHECK(value >= 0)", "Collateral cannot be negative.")
    _coverage_range = models.Constraint(
        "CHECK(coverage_percent BETWEEN 0 AND 100)", "Coverage must be between 0 and 100%."
    )
    _counting_idx = models.Index("(commercial_partner_id, company_id) WHERE cancelled IS NOT TRUE")

    # ---- The effect of a security on its customer's effective limit, today
    raises_limit = fields.Boolean(compute="_compute_limits")
    limit_without = fields.Monetary(
        "Limit Without This Collateral",
        compute="_compute_limits",
        help="Approved limit and other collateral that is valid today.",
    )
    limit_with = fields.Monetary(
        "Limit With This Collateral",
        compute="_compute_limits",
        help="While it is valid.",
    )
    limit_note = fields.Text("Effect on the Limit", compute="_compute_limit_note")

    @api.depends("value", "coverage_percent")
    def _compute_amount(self):
        for security in self:
            security.amount = security.value * security.coverage_percent / 100.0

    @api.constrains("partner_id", "company_id")
    def _check_customer_company(self):
        for security in self:
            security.company_id._credit_check_customer(security.partner_id)

    @api.depends("date_from", "date_to", "cancelled", "company_id")
    def _compute_state(self):
        for security in self:
            company = security.company_id or self.env.company
            today, end = company._credit_today(), security.date_to
            if security.cancelled:
                security.state = "cancelled"
            elif security.date_from and security.date_from > today:
                security.state = "future"
            elif end and end < today:
                security.state = "expired"
            elif end and end <= security._warn_date():
                security.state = "expiring"
            else:
                security.state = "valid"

    def _warn_date(self):
        """Return the last end for which credit control is warned today."""
        self.ensure_one()
        company = self.company_id or self.env.company
        days = company._credit_threshold("credit_security_warn_days", self.partner_id)
        return company._credit_today() + relativedelta(days=days)

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Days to warn and time zones differ by company: found among the candidates by date.
        securities = self.search(Domain("cancelled", "in", [True, False]))
        return Domain("id", "in", securities.filtered(lambda s: s.state in value).ids)

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for security in self:
            if security.date_to and security.date_to < security.date_from:
                raise ValidationError(
                    self.env._(
                        "%(security)s ends on %(end)s, before its start date. Correct the dates.",
                        security=security.display_name,
                        end=format_date(self.env, security.date_to),
                    )
                )

    @api.constrains("kind", "insurer_id")
    def _check_insurer(self):
        for security in self:
            if security.kind == "insurance" and not security.insurer_id:
                raise ValidationError(self.env._("%s: name the insurer.", security.display_name))

    @api.constrains("guarantor_id", "partner_id")
    def _check_guarantor(self):
        for security in self:
            guarantor = security.guarantor_id.commercial_partner_id
            if guarantor and guarantor == security.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%s cannot be their own guarantor. Choose another guarantor.",
                        guarantor.display_name,
                    )
                )

    # ------------------------------------------------------------------ effects

    @api.model_create_multi
    def create(self, vals_list):
        securities = super().create(vals_list)
        securities.commercial_partner_id._credit_collateral_changed()
        return securities

    def write(self, vals):
        customers = self.commercial_partner_id
        result = super().write(vals)
        if "date_to" in vals or vals.get("cancelled"):
            self.activity_unlink(["credit_collection.mail_activity_credit_security"])
        (self.commercial_partner_id | customers)._credit_collateral_changed()
        return result

    def action_cancel(self):
        """Cancel securities given back or called: they stop counting at once and are kept as records."""
        self.check_access("write")
        self.write({"cancelled": True})
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for security in self:
            if security.state != "future":
                raise ValidationError(
                    self.env._(
                        "%s has been used for credit and cannot be deleted. Cancel it instead.",
                        security.display_name,
                    )
                )

    @api.model
    def _cron_expiry(self):
        """Daily: warn credit control of securities that end soon, once for each end."""
        # sudo: the job runs for every company
        securities = self.sudo().search(
            [("cancelled", "=", False), ("date_to", "!=", False)], order="id"
        )
        due = securities.filtered(
            lambda s: s.state in ("expiring", "expired") and s.warned_for != s.date_to
        )
        due._warn_expiry()

    def _warn_expiry(self):
        for security in self:
            company = security.company_id
            controllers = company.credit_controller_id or company._credit_controllers()
            for user in controllers:
                security.activity_schedule(
                    "credit_collection.mail_activity_credit_security",
                    date_deadline=security.date_to,
                    user_id=user.id,
                    summary=security.with_context(lang=user.lang)._expiry_summary(),
                )
            security.warned_for = security.date_to

    def _expiry_summary(self):
        return self._letter_expiry_summary() or self.env._(
            "%(security)s of %(customer)s ends on %(date)s; the limit falls by %(amount)s.",
            security=self.display_name,
            customer=self.commercial_partner_id.display_name,
            date=format_date(self.env, self.date_to),
            amount=self.currency_id.format(self.amount),
        )

    # ---- The effect of a security on its customer's effective limit, today (P4-21).

    @api.depends("partner_id", "company_id", "amount", "state", "kind")
    def _compute_limits(self):
        for company in self.company_id:
            securities = self.filtered(lambda security, c=company: security.company_id == c)
            # sudo: the limit's value, for users who may see the customer's securities
            customers = securities.partner_id.sudo().with_company(company).commercial_partner_id
            figures = customers._get_credit_figures(company)
            for security in securities:
                # sudo: the limit's value, for users who may see the security
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
                        "Ends on %s. Orders it covers then need other collateral.",
                        format_date(self.env, security.date_to),
                    )
            elif security.partner_id and not security.raises_limit:
                note = self.env._(
                    "Collateral has no effect: this customer is cash-only or has unlimited credit."
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

    # ------------------------------------------------------------------ letters of credit

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
