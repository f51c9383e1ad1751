from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ....engine.review import BREACH_MONTHS
from ....engine.scoring import deviates
from .credit_scorecard import STATED_SOURCES

WINDOW_MONTHS = {"new": 12, "yearly": 12, "quarterly": 3}

# A statement may differ from the ledger by so much before it is pointed out.
TOLERANCE_PERCENT = 20.0

TOLERANCE_YEARS = 1.0

CAPITAL_PERCENT = 20.0  # P2-15, where no policy says otherwise


class CreditAssessment(models.Model):
    """The trade record of an assessment, its documents, and their contradictions (P4-19)."""

    _inherit = "credit.assessment"

    # Trade record as it was when the assessment was started, in company currency.
    date_from = fields.Date("Trading History from", readonly=True, copy=False)
    ledger_days_late = fields.Float(
        "Days Late",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Average weighted by amount; unpaid items past due count as late so far. Negative ="
        " before the due date.",
    )
    ledger_days_to_pay = fields.Float(
        "Days to Pay",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="From invoice to payment, weighted by amount.",
    )
    ledger_paid_amount = fields.Monetary("Paid", readonly=True, copy=False)
    ledger_overdue_amount = fields.Monetary(
        "Overdue as of Date",
        readonly=True,
        copy=False,
        help="On the day of the assessment; unapplied credits pay the oldest item first.",
    )
    ledger_sales = fields.Monetary(
        "Invoiced", readonly=True, copy=False, help="Without tax, credit notes deducted."
    )
    ledger_first_invoice = fields.Date("First Invoice", readonly=True, copy=False)
    ledger_years = fields.Float(
        "Years of Business Relationship", readonly=True, copy=False, aggregator="avg"
    )
    ledger_order_count = fields.Integer("Orders", readonly=True, copy=False)
    ledger_order_amount = fields.Monetary("Ordered", readonly=True, copy=False)
    ledger_dispute_count = fields.Integer("Disputes", readonly=True, copy=False)
    ledger_breach_count = fields.Integer(
        "Late Items in Two Years",
        readonly=True,
        copy=False,
        help="Paid later than the grace days of the grade, or past due by more and unpaid.",
    )
    ledger_limit = fields.Monetary("Credit Limit", readonly=True, copy=False)
    frozen_contradictions = fields.Text("Recorded Discrepancies", readonly=True, copy=False)
    frozen_documents = fields.Text(readonly=True, copy=False)

    document_ids = fields.Many2many(
        "credit.document", compute="_compute_document_ids", string="Customer Documents"
    )
    investigation_ids = fields.Many2many(
        "credit.investigation", compute="_compute_document_ids", string="Investigations"
    )
    documents_text = fields.Text("Incomplete Documents", compute="_compute_texts")
    contradictions = fields.Text(
        "Discrepancies",
        compute="_compute_texts",
        help="Where documents and statements do not match the trading history. Frozen when closed.",
    )

    def _prepare_book_values(self):
        """Freeze the trade record and create a line per criterion with the proposal of the ledger."""
        self.ensure_one()
        months = WINDOW_MONTHS[self.kind]
        figures = self.env["credit.payment.behaviour"]._get_figures(
            self.partner_id, self.company_id, self.date, months
        )[self.partner_id.id]
        late = self.env["credit.payment.behaviour"]._get_late_items(
            self.partner_id, self.company_id, BREACH_MONTHS, self.date
        )
        figures["breach_count"] = len(late[self.partner_id.id])
        stated = self.env["credit.investigation"]._get_statements(
            self.partner_id, self.company_id, self.date
        )
        figures.update({name: value for name, (value, _row) in stated.items()})
        lines = self.env["credit.assessment.line"]
        customer = self.company_id._credit_in(self.partner_id)
        return {
            "date_from": figures["date_from"],
            "ledger_days_late": figures["days_late"] or 0.0,
            "ledger_days_to_pay": figures["days_to_pay"] or 0.0,
            "ledger_paid_amount": figures["paid_amount"],
            "ledger_overdue_amount": figures["overdue_amount"],
            "ledger_sales": figures["sales"],
            "ledger_first_invoice": figures["first_invoice"],
            "ledger_years": figures["cooperation_years"] or 0.0,
            "ledger_order_count": figures["order_count"],
            "ledger_order_amount": figures["order_amount"],
            "ledger_dispute_count": figures["dispute_count"],
            "ledger_breach_count": figures["breach_count"],
            **self._prepare_form_figures(figures),
            "ledger_limit": customer.credit_approved_limit
            if customer.credit_control != "cash"
            else 0.0,
            "line_ids": [
                Command.create(lines._prepare_line_values(criterion, figures))
                for criterion in self.scorecard_id.criterion_ids
            ],
        }

    def _get_ledger_action(self, source):
        """Return the action that opens the documents behind a figure of the trade record."""
        self.ensure_one()
        if not self.date_from:
            raise UserError(self.env._("The figures are computed when the assessment is started."))
        if source in STATED_SOURCES:
            stated = self.env["credit.investigation"]._get_statements(
                self.partner_id, self.company_id, self.date
            )
            row = stated.get(STATED_SOURCES[source], (0.0, None))[1]
            if not row:
                raise UserError(self.env._("There are no documents to show for this figure."))
            row = row.with_env(self.env)
            row.check_access("read")
            return row.get_formview_action()
        action = self.env["credit.payment.behaviour"]._get_open_action(
            source, self.partner_id, self.company_id, self.date_from, self.date
        )
        if not action:
            raise UserError(self.env._("There are no documents to show for this figure."))
        return action

    def action_open_payments(self):
        """Open the instalments behind the speed of payment."""
        self.check_access("read")
        return self._get_ledger_action("payment_speed")

    def action_open_orders(self):
        """Open the orders of the window."""
        self.check_access("read")
        return self._get_ledger_action("orders")

    def action_open_invoices(self):
        """Open the invoices since the first."""
        self.check_access("read")
        return self._get_ledger_action("cooperation_years")

    # ------------------------------------------------------------------ documents

    def action_open_checklist(self):
        """Open the documents of the customer, to attach and to date them."""
        self.ensure_one()
        self.check_access("read")
        action = self.partner_id._credit_open_documents("credit_document_action")
        action["domain"] = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        return action

    def _get_documents(self):
        """Return the documents on the checklist of this assessment, as superuser."""
        self.ensure_one()
        return self.env["credit.document"]._get_checklist(
            self.partner_id, self.company_id, self.kind
        )

    @api.depends("partner_id", "company_id", "kind", "date")
    def _compute_document_ids(self):
        for assessment in self:
            documents = assessment._get_documents().with_env(self.env)
            investigations = self.env["credit.investigation"].search(
                [
                    ("partner_id", "=", assessment.partner_id.id),
                    ("company_id", "=", assessment.company_id.id),
                    ("date", "<=", assessment.date),
                ]
            )
            assessment.document_ids = documents._filtered_access("read")
            assessment.investigation_ids = investigations

    @api.depends(
        "state",
        "partner_id",
        "company_id",
        "kind",
        "date",
        "frozen_contradictions",
        "frozen_documents",
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        for assessment in self:
            if assessment.state in ("done", "cancelled") or not assessment.partner_id:
                assessment.contradictions = assessment.frozen_contradictions
                assessment.documents_text = assessment.frozen_documents
            else:
                # sudo: reviewers see contradictions, whatever documents they may open
                sentences = assessment.sudo()._get_contradictions()
                assessment.contradictions = "\n".join(sentences)
                assessment.documents_text = "\n".join(assessment._get_documents()._get_sentences())

    def _prepare_frozen_texts(self):
        self.ensure_one()
        return {
            "frozen_contradictions": self.contradictions,
            "frozen_documents": self.documents_text,
        }

    # ------------------------------------------------------------------ contradictions

    def _get_contradictions(self):
        """Return contradictions of statements and trade record (P4-19), a sentence each.

        Extend to compare more.
        """
        self.ensure_one()
        stated = self.env["credit.investigation"]._get_statements(
            self.partner_id, self.company_id, self.date
        )
        figures = self._get_year_figures()
        return [
            *self._contradictions_of_sales(stated, figures),
            *self._contradictions_of_years(stated, figures),
            *self._contradictions_of_capital(stated),
            *[s for d in self._get_documents() if d.state == "expired" for s in d._get_sentences()],
        ]

    def _get_year_figures(self):
        """Return the trade record of twelve months: statements are of a year, whatever the window is."""
        return self.env["credit.payment.behaviour"]._get_figures(
            self.partner_id, self.company_id, self.date, 12
        )[self.partner_id.id]

    def _contradictions_of_sales(self, stated, figures):
        money = self.currency_id.format
        turnover, row = stated.get("stated_turnover", (0.0, None))
        if row and self.currency_id.compare_amounts(figures["sales"], turnover) > 0:
            yield self.env._(
                "Turnover of %(stated)s a year was stated on %(date)s; we alone invoiced %(actual)s"
                " in twelve months.",
                stated=money(turnover),
                date=format_date(self.env, row.date),
                actual=money(figures["sales"]),
            )
        purchases, row = stated.get("stated_purchases", (0.0, None))
        if row and deviates(purchases, figures["sales"], TOLERANCE_PERCENT):
            yield self.env._(
                "Purchases from us of %(stated)s a year were stated on %(date)s; invoiced in twelve"
                " months: %(actual)s.",
                stated=money(purchases),
                date=format_date(self.env, row.date),
                actual=money(figures["sales"]),
            )

    def _contradictions_of_years(self, stated, figures):
        years, row = stated.get("stated_years", (0.0, None))
        actual = figures["cooperation_years"]
        if row and actual is None:
            yield self.env._(
                "%(stated)s years of business were stated on %(date)s, but there is no invoice.",
                stated=f"{years:g}",
                date=format_date(self.env, row.date),
            )
        # the statement was true on its own day
        elif row and abs(years + self._years_since(row.date) - actual) >= TOLERANCE_YEARS:
            yield self.env._(
                "%(stated)s years of business were stated on %(date)s, but the first invoice is "
                "dated %(first)s.",
                stated=f"{years:g}",
                date=format_date(self.env, row.date),
                first=format_date(self.env, figures["first_invoice"]),
            )

    def _years_since(self, day):
        delta = relativedelta(self.date, day)
        return delta.years + delta.months / 12.0

    def _contradictions_of_capital(self, stated):
        capital, row = stated.get("stated_capital", (0.0, None))
        percent = self._get_capital_percent()
        limit = self.company_id._credit_in(self.partner_id).credit_approved_limit
        if row and self.currency_id.compare_amounts(limit, capital * percent / 100.0) > 0:
            yield self.env._(
                "The limit of %(limit)s is more than %(percent)s%% of the registered capital of "
                "%(capital)s stated on %(date)s.",
                limit=self.currency_id.format(limit),
                percent=f"{percent:g}",
                capital=self.currency_id.format(capital),
                date=format_date(self.env, row.date),
            )

    def _get_capital_percent(self):
        """Return the share of the registered capital that a first limit may reach, by policy (P2-15)."""
        policy = self.policy_id
        return policy.credit_first_limit_percent if policy else CAPITAL_PERCENT
