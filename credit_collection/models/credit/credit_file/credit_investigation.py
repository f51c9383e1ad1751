from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_date

# Figures that a customer states; 0 = not stated. Those of `SIGNED` may be below zero.
STATED = (
    "stated_turnover", "stated_purchases", "stated_capital", "stated_years",
    "stated_current_ratio", "stated_debt_ratio", "stated_profit_margin",
)  # fmt: skip

SIGNED = {"stated_profit_margin"}

# Topics that are facts of public registers (P2-25).
REGISTER_TOPICS = ("litigation", "related", "tax", "insolvency")


class CreditInvestigation(models.Model):
    """A finding about a customer, with its date, author and source (P1-02, P5-06).

    The figures a customer states here are compared with the trade record at each
    assessment (P4-19). The newest statement of each figure counts. Findings are changed by their
    author and by credit controllers; others note their own.
    """

    _name = "credit.investigation"
    _description = "Credit Investigation"
    _inherit = [
        "credit.customer.mixin", "credit.attachment.mixin", "credit.input.mixin", "mail.thread",
        "mail.activity.mixin",
    ]  # fmt: skip
    _frozen_when = {"attachment_ids": [("state", "=", "checked")]}
    _order = "date desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("parent_id", "=", False)],
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        "res.users", "Investigated by", required=True, default=lambda self: self.env.user
    )
    source = fields.Selection(
        [
            ("visit", "Site Visit"),
            ("statements", "Financial Statements"),
            ("association", "Trade Association"),
            ("agency", "Rating Agency"),
            ("suppliers_banks", "Suppliers and Banks"),
            ("register", "Public Register"),
            ("other", "Other"),
        ],
        required=True,
        default="visit",
        tracking=True,
    )
    topic = fields.Selection(
        [
            ("basic", "Basic Information"),
            ("business", "Business"),
            ("financial", "Finances"),
            ("record", "Credit Record"),
            ("litigation", "Litigation"),
            ("related", "Debt of a Related Firm"),
            ("tax", "Tax Grade"),
            ("insolvency", "Insolvency or Enforcement"),
            ("leadership", "Change of Leadership or Staff"),
        ],
        default="business",
    )
    note = fields.Text("Findings", required=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    stated_turnover = fields.Monetary(
        help="Yearly sales of the customer, as stated, in company currency; 0 = not stated."
    )
    stated_purchases = fields.Monetary(
        help="Yearly purchases from us stated by the customer, in company currency; 0 = not stated."
    )
    stated_capital = fields.Monetary(
        "Registered Capital", help="In company currency; 0 = not stated."
    )
    stated_years = fields.Float(
        "Years of Business Relationship",
        help="Stated by the customer; 0 = not stated.",
        aggregator=None,
    )

    # The ability to pay, from financial statements (P4-20)
    stated_current_ratio = fields.Float(
        "Current Ratio",
        help="Current assets divided by current liabilities; 0 = not stated.",
        aggregator=None,
    )
    stated_debt_ratio = fields.Float(
        "Debt Ratio (%)", help="Liabilities in percent of assets; 0 = not stated.", aggregator=None
    )
    stated_profit_margin = fields.Float(
        "Profit Margin (%)",
        help="Net profit in percent of sales, below zero for a loss; 0 = not stated.",
        aggregator=None,
    )
    # Facts of public registers (P2-25)
    is_register_fact = fields.Boolean("Register Fact", compute="_compute_is_register_fact")
    amount = fields.Monetary("Amount Concerned", help="In company currency; 0 = none stated.")
    related_name = fields.Char("Related Firm", help="Where the fact is about another firm.")
    register_reference = fields.Char("Case or Entry No.")
    register_name = fields.Char("Register", help="Company register, court, tax office, …")
    url = fields.Char("Link")

    @api.depends("source", "topic")
    def _compute_is_register_fact(self):
        for row in self:
            row.is_register_fact = row.source == "register" or row.topic in REGISTER_TOPICS

    @api.constrains("url")
    def _check_url(self):
        for row in self:
            if row.url and not row.url.lower().startswith(("http://", "https://")):
                raise ValidationError(
                    self.env._("The link must begin with https:// or http://: %s", row.url)
                )

    @api.depends("source", "date", "is_form")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["source"]._description_selection(self.env))
        form = self._fields["is_form"]._description_string(self.env)
        for row in self:
            what = form if row.is_form else labels.get(row.source, "")
            row.display_name = f"{format_date(self.env, row.date)} {what}"

    @api.constrains("date", "amount", *STATED)
    def _check_values(self):
        for row in self:
            if row.date > row.company_id._credit_today():
                raise ValidationError(
                    self.env._(
                        "An investigation cannot be of a later day than today: %s.",
                        format_date(self.env, row.date),
                    )
                )
            for name in ("amount", *STATED):
                if row[name] < 0 and name not in SIGNED:
                    raise ValidationError(
                        self.env._(
                            "%(field)s cannot be negative: %(value)s.",
                            field=row._fields[name]._description_string(self.env),
                            value=row[name],
                        )
                    )

    def write(self, vals):
        # The remark of who checks a form is open to them alone.
        free = ("message_", "activity_", "website_message_", "rating_", "check_note")
        if any(not name.startswith(free) for name in vals):
            self._check_is_author()
        result = super().write(vals)
        self._note_writers(vals)
        return result

    def _check_is_author(self):
        if foreign := self._get_foreign():
            raise AccessError(
                self.env._(
                    "These findings about %(customer)s were noted by %(user)s: note your own.",
                    customer=foreign[0].partner_id.display_name,
                    user=foreign[0].create_uid.name,
                )
            )

    def _get_foreign(self):
        """Return those that the user may not change."""
        if self.env["res.partner"]._credit_may_decide():
            return self.browse()
        # A form that the job asks for has the author it was made for.
        return self.filtered(
            lambda row: (
                self.env.user != row.create_uid
                and not (row.is_form and self.env.user == row.user_id)
            )
        )

    @api.model
    def _get_statements(self, partner, company, as_of):
        """Return the newest figure stated of each kind up to a day.

        :return: {field: (value, investigation)} for the figures stated at all
        """
        # sudo: figures that customers stated, for scores
        rows = self.sudo().search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("date", "<=", as_of),
            ]
        )
        found = {}
        for name in STATED:
            row = rows.filtered(name)[:1]
            if row:
                found[name] = (row[name], row)
        return found
