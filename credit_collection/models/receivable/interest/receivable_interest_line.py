from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import format_date, formatLang

from .receivable_interest import ENDED
from .receivable_interest_accrual import SOURCES_OF_TERMS

KINDS = [
    ("interest", "Interest"),
    ("lump", "Fixed Sum"),
    ("letter", "Reminder Fee"),
    ("agreement", "Agreement Fee"),
    ("cost", "Lawyer's Fee"),
    ("correction", "Correction"),
]


class ReceivableInterestLine(models.Model):
    """What an interest note charges on an instalment: interest of some days, or a fee."""

    _name = "receivable.interest.line"
    _description = "Line of an Interest Note"
    _inherit = ["credit.approval.line.mixin"]
    _document_field = "note_id"
    _order = "note_id, id"

    note_id = fields.Many2one(
        "receivable.interest", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="note_id.state")
    partner_id = fields.Many2one(related="note_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="note_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="note_id.currency_id")
    kind = fields.Selection(KINDS, "Type", required=True, readonly=True)
    move_line_id = fields.Many2one(
        "account.move.line", "Item", readonly=True, index=True, ondelete="restrict"
    )
    move_id = fields.Many2one(
        related="move_line_id.move_id", string="Document", store=True, index="btree_not_null"
    )
    letter_id = fields.Many2one(
        "collection.letter", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    agreement_line_id = fields.Many2one(
        "collection.agreement.line",
        "Installment",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    corrects_id = fields.Many2one(
        "receivable.interest.line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Line of a posted note that charged what was rightly disputed.",
    )
    dispute_id = fields.Many2one(
        "collection.dispute", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    term_id = fields.Many2one(
        "receivable.interest.term", "Terms", readonly=True, index=True, ondelete="restrict"
    )
    source = fields.Selection(SOURCES_OF_TERMS, "Terms of", readonly=True)
    date_maturity = fields.Date("Due Date", readonly=True)
    original = fields.Monetary("Installment Amount", readonly=True, aggregator=None)
    period_ids = fields.One2many(
        "receivable.interest.period", "line_id", "Calculation by Period", readonly=True
    )
    date_from = fields.Date("From", compute="_compute_days", store=True)
    date_to = fields.Date("Until", compute="_compute_days", store=True)
    days = fields.Integer(compute="_compute_days", store=True, aggregator=None)
    calculation = fields.Text(compute="_compute_calculation")
    amount_computed = fields.Monetary("Computed Amount", readonly=True)
    amount_waived = fields.Monetary("Waived")
    waive_reason = fields.Char("Reason of the Waiver")
    amount = fields.Monetary("To Charge", compute="_compute_amount", store=True)
    charges = fields.Boolean(compute="_compute_charges", store=True)

    _waived_range = models.Constraint(
        "CHECK(amount_waived BETWEEN 0 AND GREATEST(amount_computed, 0))",
        "What is waived lies between zero and the amount computed.",
    )
    _lump_once = models.UniqueIndex(
        "(move_line_id) WHERE kind = 'lump' AND charges",
        "The fixed sum of this installment was charged already.",
    )
    _letter_once = models.UniqueIndex(
        "(letter_id) WHERE kind = 'letter' AND charges",
        "The fee of this letter was charged already.",
    )
    _cost_once = models.UniqueIndex(
        "(letter_id) WHERE kind = 'cost' AND charges",
        "The lawyer's fee of this letter was charged already.",
    )
    _correction_once = models.UniqueIndex(
        "(corrects_id, dispute_id) WHERE kind = 'correction' AND charges",
        "What this dispute takes off that line is corrected already.",
    )
    _agreement_once = models.UniqueIndex(
        "(agreement_line_id) WHERE kind = 'agreement' AND charges",
        "The fee of this installment was charged already.",
    )

    @api.depends("period_ids.date_from", "period_ids.date_to")
    def _compute_days(self):
        for line in self:
            periods = line.period_ids
            line.date_from = min(periods.mapped("date_from"), default=False)
            line.date_to = max(periods.mapped("date_to"), default=False)
            line.days = sum(periods.mapped("days"))

    @api.depends("amount_computed", "amount_waived")
    def _compute_amount(self):
        for line in self:
            line.amount = line.currency_id.round(line.amount_computed - line.amount_waived)

    @api.depends("note_id.state")
    def _compute_charges(self):
        for line in self:
            line.charges = line.note_id.state not in ENDED

    @api.depends_context("lang")
    @api.depends("period_ids", "kind", "letter_id", "agreement_line_id", "dispute_id")
    def _compute_calculation(self):
        # sudo: numbers of letters and agreements, for users who may read the note
        for line in self.sudo():
            line.calculation = line._get_calculation()

    def _get_calculation(self):
        """Return how the amount came about, in the language of the context."""
        self.ensure_one()
        if self.kind == "lump":
            return self.env._("Once for late payment, %s", self.term_id.name)
        if self.kind == "letter":
            return f"{self.letter_id.type_id.name} {self.letter_id.name}"
        if self.kind == "cost":
            return self.env._(
                "%(letter)s of %(firm)s, %(date)s",
                letter=f"{self.letter_id.type_id.name} {self.letter_id.name}",
                firm=self.letter_id.firm_id.name,
                date=format_date(self.env, self.letter_id.signed_date),
            )
        if self.kind == "correction":
            head = self.env._(
                "%(dispute)s was accepted; charged by %(note)s",
                dispute=self.dispute_id.display_name,
                note=self.corrects_id.note_id.name,
            )
            return "\n".join([head, *(period._get_text() for period in self.period_ids)])
        if self.kind == "agreement":
            return self.env._(
                "%(agreement)s, installment %(number)s due on %(date)s",
                agreement=self.agreement_line_id.agreement_id.name,
                number=self.agreement_line_id.number,
                date=format_date(self.env, self.agreement_line_id.date_due),
            )
        return "\n".join(period._get_text() for period in self.period_ids)

    @api.depends("kind", "move_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            # sudo: the number of the document only
            line.display_name = f"{kinds[line.kind]} {line.sudo().move_id.name or ''}".strip()

    @api.constrains("amount_waived", "waive_reason")
    def _check_reason(self):
        for line in self:
            if line.amount_waived and not (line.waive_reason or "").strip():
                raise ValidationError(
                    self.env._("%s: enter why the amount is waived.", line.display_name)
                )

    def _get_open_fields(self):
        editable = self.note_id.state == "draft" and self.note_id.has_access("write")
        return {"amount_waived", "waive_reason"} if editable else set()

    def _prepare_invoice_line(self):
        """Return values of the invoice's line: the calculation stands in its text."""
        self.ensure_one()
        company = self.company_id
        # What is taken back comes off the account that it went to.
        charged = self.corrects_id.kind or self.kind
        fee = charged != "interest" and company.receivable_fee_account_id
        account = fee or company._receivable_booking_account("receivable_interest_account_id")
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        name = f"{kind} {self.move_id.name or ''}".strip()
        return {
            "name": f"{name}\n{self._get_calculation()}",
            "account_id": account.id,
            "quantity": 1.0,
            # of a credit note: positive, too
            "price_unit": abs(self.amount),
            "tax_ids": [Command.set(company.receivable_interest_tax_id.ids)],
        }


class ReceivableInterestPeriod(models.Model):
    """Days of an instalment that a note charges: principal and rate do not change over them.

    The database keeps each day of an instalment from being charged twice, whoever asks at once.
    """

    _name = "receivable.interest.period"
    _description = "Days of Late Interest"
    _inherit = ["credit.protected.mixin"]
    _order = "line_id, date_from"

    line_id = fields.Many2one(
        "receivable.interest.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="line_id.partner_id", store=True, index=True)
    currency_id = fields.Many2one(related="line_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line", "Item", required=True, readonly=True, index=True, ondelete="restrict"
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("Until", required=True, readonly=True)
    days = fields.Integer(readonly=True, aggregator=None)
    principal = fields.Monetary(readonly=True, aggregator=None)
    rate = fields.Float("% per Year", digits=(16, 4), readonly=True, aggregator=None)
    rate_id = fields.Many2one(
        "receivable.reference.rate", "Reference Rate", readonly=True, index="btree_not_null",
        ondelete="restrict",
    )  # fmt: skip
    year_days = fields.Integer("Days of the Year", readonly=True, aggregator=None)
    amount = fields.Float(
        "Interest", digits=(16, 6), readonly=True, help="Not rounded: rounded once per installment."
    )
    charges = fields.Boolean(compute="_compute_charges", store=True)

    _charged_once = models.Constraint(
        "EXCLUDE USING gist (int4range(move_line_id, move_line_id, '[]') WITH &&,"
        " daterange(date_from, date_to, '[]') WITH &&) WHERE (charges)",
        "Interest of these days was charged on this installment already.",
    )

    @api.depends("line_id.charges", "line_id.kind")
    def _compute_charges(self):
        for period in self:
            # A correction takes days off; those that it corrects stay charged.
            period.charges = period.line_id.charges and period.line_id.kind != "correction"

    def _get_text(self):
        """Return the calculation of these days, in the language of the context."""
        self.ensure_one()
        return self.env._(
            "%(first)s to %(last)s: %(days)s days × %(principal)s × %(rate)s%% / %(year)s = %(amount)s",
            first=format_date(self.env, self.date_from),
            last=format_date(self.env, self.date_to),
            days=self.days,
            principal=self.currency_id.format(self.principal),
            rate=f"{self.rate:g}",
            year=self.year_days,
            amount=formatLang(self.env, self.amount, digits=3),
        )
