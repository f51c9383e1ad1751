from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ....engine import indicators

INPUTS = (
    "opening", "opening_group", "opening_overdue", "recovered", "closing", "closing_group",
    "closing_notes", "overdue", "overdue_30",
    "overdue_items", "due", "collected", "prepaid", "written_off", "sales", "sales_1", "sales_2",
    "sales_gross", "sales_quarter", "paid", "promised", "kept", "disputed", "contact_money",
    "costs",
)  # fmt: skip

# Inputs that are no amounts of money.
COUNTS = (
    "paid_days", "overdue_days", "cases_closed", "case_days", "disputes_closed", "dispute_days", "contacts",
    "complaints", "lost",
)  # fmt: skip

COUNT_BACK_MONTHS = 24

# Whom a row is about.
SCOPES = [
    ("company", "Company"),
    ("team", "Sales Team"),
    ("user", "Salesperson"),
    ("collector", "Collector"),
]

MONEY_JOURNALS = ("bank", "cash", "credit")

# Results of cases that ended because the customer paid.
PAID_RESULTS = ("collected", "not_due")


class InsightKpi(models.Model):
    """Indicators of a month, for the company, sales teams and persons (P1-16…P1-19, P2-03, P4-01).

    One row per company, month and unit: salesperson (the customer's present one), sales team of
    the salesperson, or collector. Money counts for the collector who had the case when it came.
    A row keeps its inputs beside its results, both are computed anew with the month, and every
    input opens its documents. Amounts are in company currency, rates in %.

    Closing receivables are the books' balance, notes included, of today while the month runs;
    overdue amounts are net of credits, which pay the oldest item first (P4-14). The one of all other
    screens, without notes, is `overdue_items`; rates use `overdue`, with notes. Its rate, DSO and
    the index of effectiveness exclude the group's own companies, sales and receivables alike
    (P4-01). Days of sales count to the day of the balances.
    """

    _name = "insight.kpi"
    _description = "Receivables KPIs"
    _inherit = ["credit.protected.mixin"]
    _order = "date desc, scope, user_id"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Month", required=True, readonly=True, help="Its last day.")
    date_from = fields.Date("First Day", required=True, readonly=True)
    date_closing = fields.Date(
        "Balances of",
        readonly=True,
        help="Last day of the month, or the day it was computed in it.",
    )
    scope = fields.Selection(SCOPES, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Salesperson or Collector",
        readonly=True,
        ondelete="restrict",
        help="Salesperson of the customers, or the collector who had their cases.",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="restrict")
    computed_at = fields.Datetime("Computed", readonly=True)
    active = fields.Boolean(default=True, readonly=True, help="Former versions are archived.")
    version = fields.Integer(default=1, readonly=True, aggregator=None)
    reason = fields.Char("Reason for Recomputing", readonly=True)
    vat_factor = fields.Float("VAT Factor", digits=(6, 4), readonly=True, aggregator=None)
    dso_target = fields.Float(
        "Target DSO", readonly=True, aggregator=None, help="When it was computed; 0 = no target."
    )
    is_over_target = fields.Boolean(
        "Over Target", readonly=True, help="DSO is longer than its target."
    )

    # Inputs
    opening = fields.Monetary("Opening Receivables incl. Notes", readonly=True)
    opening_group = fields.Monetary(
        "Opening: Intercompany", readonly=True, help="Owed by companies of this database."
    )
    opening_overdue = fields.Monetary(
        readonly=True, help="As in the receivables ledger, a month before."
    )
    recovered = fields.Monetary(
        "Recovered of Opening Overdue",
        readonly=True,
        help="What was paid in the month of the items overdue at its start, credit notes and write-offs"
        " matched with them excluded.",
    )
    closing = fields.Monetary("Receivables incl. Notes", readonly=True)
    closing_notes = fields.Monetary(
        "Of Which Notes", readonly=True, help="Notes receivable on hand; their invoices are paid."
    )
    closing_group = fields.Monetary(
        "Of Which Intercompany",
        readonly=True,
        help="Owed by companies of this database; not in DSO.",
    )
    overdue = fields.Monetary(
        "Overdue incl. Notes",
        readonly=True,
        help="At the end, net of unapplied credits; without intercompany.",
    )
    overdue_items = fields.Monetary(
        "Overdue",
        readonly=True,
        help="As in the receivables ledger: without notes on hand, intercompany included.",
    )
    overdue_30 = fields.Monetary(
        "Overdue up to 30 Days", readonly=True, help="Of the overdue amount without notes."
    )
    due = fields.Monetary(
        "Due in the Month", readonly=True, help="Installments of invoices that fall due in it."
    )
    collected = fields.Monetary(
        readonly=True, help="Received in the month by bank and cash, applied or not."
    )
    prepaid = fields.Monetary(
        "Of Which Prepayments",
        readonly=True,
        help="Received before the invoice that they pay, or without one; not recovered.",
    )
    written_off = fields.Monetary(
        readonly=True, help="Deducted from receivables against allowance or bad-debt expense."
    )
    sales = fields.Monetary(
        "Monthly Sales", readonly=True, help="Of the month, without tax and group."
    )
    sales_1 = fields.Monetary("Sales a Month Before", readonly=True)
    sales_2 = fields.Monetary("Sales Two Months Before", readonly=True)
    sales_gross = fields.Monetary("Sales with Tax", readonly=True, help="Of the month, no group.")
    sales_quarter = fields.Monetary(
        "Sales with Tax, Three Months", readonly=True, help="This month and the two before."
    )
    days_quarter = fields.Integer("Days of the Three Months", readonly=True, aggregator=None)

    # Inputs of collecting
    paid = fields.Monetary(
        "Invoices Paid", readonly=True, help="By money matched with invoices in the month."
    )
    paid_days = fields.Float(
        "Paid × Days Late", readonly=True, aggregator=None, help="Early payments count below zero."
    )
    promised = fields.Monetary(
        readonly=True, help="Promised for days of the month, once promises are evaluated."
    )
    kept = fields.Monetary("Of Which Paid in Time", readonly=True)
    disputed = fields.Monetary("In Dispute", readonly=True, help="Open at the end of the month.")
    disputes_closed = fields.Integer("Disputes Settled", readonly=True)
    dispute_days = fields.Integer("Days to Settle Them", readonly=True, aggregator=None)
    cases_closed = fields.Integer(
        "Cases Paid", readonly=True, help="Closed in the month because the customer paid."
    )
    case_days = fields.Integer("Days They Were Open", readonly=True, aggregator=None)
    contacts = fields.Integer(readonly=True, help="Contacts and letters of the month.")
    complaints = fields.Integer(readonly=True, help="Contacts in which the customer complained.")
    lost = fields.Integer(
        "Customers Lost after a Complaint",
        readonly=True,
        help="Had bought, and nothing was ordered or invoiced in the days of Settings after a complaint;"
        " counted in the month in which these days end.",
    )
    contact_money = fields.Monetary(
        "Received after Contacts",
        readonly=True,
        help="Within seven days of a contact; each receipt belongs to the last contact before it.",
    )

    costs = fields.Monetary(
        "Costs of Collecting",
        readonly=True,
        help="Posted on the accounts named in Settings; of a sales team, the share distributed to its"
        " analytic account. Nothing of salespeople and collectors.",
    )
    overdue_days = fields.Float(
        "Overdue × Days",
        readonly=True,
        aggregator=None,
        help="Amounts overdue in the month × their days overdue in it, up to its end or to their payment.",
    )
    capital_rate = fields.Float(
        "Cost of Capital (% a Year)", readonly=True, aggregator=None, help="When it was computed."
    )

    # Results
    has_due = fields.Boolean("Has Due Amounts", readonly=True)
    has_sales = fields.Boolean(
        readonly=True, help="Without sales, DSO cannot be calculated and shows 0."
    )
    recovery_rate = fields.Float(
        "Recovery Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Collected, without prepayments, ÷ due in the month; above 100% when arrears are paid.",
    )
    overdue_recovery_rate = fields.Float(
        "Overdue Recovery Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Recovered of what was overdue at the start of the month ÷ that overdue amount.",
    )
    overdue_rate = fields.Float(
        "Overdue Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Overdue ÷ closing, both including notes and excluding intercompany.",
    )
    overdue_30_rate = fields.Float(
        "Overdue up to 30 Days (%)",
        readonly=True,
        aggregator="avg",
        help="Overdue up to 30 days ÷ closing receivables without intercompany.",
    )
    bad_debt_rate = fields.Float(
        "Bad-Debt Rate (%)", readonly=True, aggregator="avg", help="Written off ÷ its denominator."
    )
    overdue_base = fields.Monetary(
        "Denominator of the Overdue Rate",
        compute="_compute_bases",
        help="Closing receivables incl. notes, without intercompany.",
    )
    bad_debt_base = fields.Monetary(
        "Denominator of the Bad-Debt Rate",
        compute="_compute_bases",
        help="Closing receivables incl. notes; without intercompany where Settings say so.",
    )
    is_rate_trade = fields.Boolean(
        "Bad-Debt Rate without Intercompany", readonly=True, help="When it was computed."
    )
    rate_note = fields.Text("How the Rates Are Computed", compute="_compute_bases")
    dso = fields.Float(
        "DSO",
        readonly=True,
        aggregator="avg",
        help="Receivables ÷ (average sales of three months × VAT factor) × 30.",
    )
    dso_simple = fields.Float(
        "Simple DSO",
        readonly=True,
        aggregator="avg",
        help="Receivables ÷ sales with tax of three months × their days.",
    )
    dso_count_back = fields.Float("Count-Back DSO", readonly=True, aggregator="avg")
    is_count_back_open = fields.Boolean(
        "Lower Bound Only",
        readonly=True,
        help="Receivables exceed the sales of two years, so the true value may be higher.",
    )
    dso_best = fields.Float(
        "Best Possible DSO",
        readonly=True,
        aggregator="avg",
        help="Amount not due ÷ tax-included sales of three months × their days.",
    )
    days_delinquent = fields.Float(
        "Average Days Delinquent", readonly=True, aggregator="avg", help="Simple less best DSO."
    )
    days_late = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Of what was paid in the month, weighted by amount: amount × days after the due date ÷ amount.",
    )
    collection_period = fields.Float(
        "Average Collection Period (Days)",
        readonly=True,
        aggregator="avg",
        help="From the opening of a case to its closing, of cases closed in the month by payment.",
    )
    complaint_rate = fields.Float(
        "Complaint Rate (%)", readonly=True, aggregator="avg", help="Complaints ÷ contacts."
    )
    kept_rate = fields.Float(
        "Promises Kept (%)", readonly=True, aggregator="avg", help="Paid in time ÷ promised."
    )
    dispute_rate = fields.Float(
        "Dispute Rate (%)",
        readonly=True,
        aggregator="avg",
        help="In dispute ÷ closing receivables without intercompany.",
    )
    dispute_period = fields.Float(
        "Days to Settle a Dispute",
        readonly=True,
        aggregator="avg",
        help="Of those settled in the month.",
    )
    contact_yield = fields.Monetary(
        "Received per Contact",
        readonly=True,
        aggregator="avg",
        help="Received after contacts ÷ contacts.",
    )
    cost_rate = fields.Float(
        "Cost Rate (%)", readonly=True, aggregator="avg", help="Costs of collecting ÷ collected."
    )
    overdue_cost = fields.Monetary(
        "Cost of Overdue Capital",
        readonly=True,
        help="Overdue × days × cost of capital ÷ 360; charged to the sales team.",
    )
    cei = fields.Float(
        "Collection Effectiveness (%)",
        readonly=True,
        aggregator="avg",
        help=(
            "(opening + sales − closing) ÷ (opening + sales − not due) × 100, excluding "
            "intercompany."
        ),
    )

    _once = models.UniqueIndex(
        "(company_id, date, scope, COALESCE(user_id, 0), COALESCE(team_id, 0)) WHERE active",
        "These KPIs already exist.",
    )

    @api.depends("date", "user_id", "team_id", "scope", "company_id")
    def _compute_display_name(self):
        for figure in self:
            who = figure.company_id if figure.scope == "company" else figure._get_unit()
            figure.display_name = f"{figure.date:%Y-%m} {who.name or ''}".strip()

    @api.depends("closing", "closing_group", "is_rate_trade")
    @api.depends_context("lang")
    def _compute_bases(self):
        for figure in self:
            trade = figure.closing - figure.closing_group
            figure.overdue_base = trade
            figure.bad_debt_base = trade if figure.is_rate_trade else figure.closing
            money = figure.currency_id.format
            without = self.env._("closing receivables including notes, without intercompany")
            figure.rate_note = "\n".join(
                (
                    self.env._(
                        "Overdue rate: overdue including notes ÷ %(what)s (%(amount)s).",
                        what=without,
                        amount=money(trade),
                    ),
                    self.env._(
                        "Bad-debt rate: written off in the month ÷ %(what)s (%(amount)s).",
                        what=without
                        if figure.is_rate_trade
                        else self.env._("closing receivables including notes and intercompany"),
                        amount=money(figure.bad_debt_base),
                    ),
                )
            )

    def _get_unit(self):
        """Return the person or sales team of the row; none in the company's."""
        self.ensure_one()
        return self.team_id if self.scope == "team" else self.user_id

    # ------------------------------------------------------------------ computing

    @api.model
    def _check_may_compute(self):
        self.env.user._require_role(
            self.env._("Computing KPIs"), "controller", "finance_manager", "accountant"
        )

    @api.model
    def _compute_months(self, company, date_from, date_to, reason=None):
        """Compute the rows of the months from the one of `date_from` to that of `date_to`, anew.

        Rows computed after their month ended are closed: where something changed, the former row is
        archived and a new version says why.

        :return: the rows
        :raise UserError: the months are in the wrong order, more than five years or to come; a closed
            month would change and there is no reason
        """
        first = date_from + relativedelta(day=1)
        last = date_to + relativedelta(day=31)
        company = company._credit_root()
        today = company._credit_today()
        if first > last or first > today or last > first + relativedelta(years=5):
            raise UserError(
                self.env._(
                    "Choose months in order that have begun, five years at most: %(first)s to "
                    "%(last)s.",
                    first=format_date(self.env, first),
                    last=format_date(self.env, last),
                )
            )
        last = min(last, today + relativedelta(day=31))
        months, day = [], first
        while day <= last:
            months.append(day + relativedelta(day=31))
            day += relativedelta(months=1)
        # sudo: rows are the system's; the caller checked the rights
        figures = self.sudo()._system().with_context(active_test=True)
        company = company.sudo()  # sudo: rates and targets of the company
        inputs = figures._get_inputs(company, months)
        known = {
            (row.date, row.scope, row._get_unit().id): row
            for row in figures.search([("company_id", "=", company.id), ("date", "in", months)])
        }
        common = {
            "company_id": company.id,
            "computed_at": fields.Datetime.now(),
            "vat_factor": company.receivable_vat_factor,
            "dso_target": company.receivable_dso_target,
            "is_rate_trade": company.receivable_rate_trade,
            "capital_rate": company.insight_capital_rate,
        }
        rows, new, replaced = figures.browse(), [], figures.browse()
        for key in sorted(inputs, key=lambda key: (key[0], key[1], key[2] or 0)):
            month, scope, unit = key
            vals = {
                **common,
                "date": month,
                "date_from": month + relativedelta(day=1),
                "date_closing": min(month, today),
                "scope": scope,
                "user_id": unit if scope != "team" else False,
                "team_id": unit if scope == "team" else False,
                **figures._get_values(company, month, inputs[key]),
            }
            row = known.pop((month, scope, unit or False), None)
            if not row:
                new.append(vals)
            elif not row._is_closed():
                # The same record: links to it go on working.
                row.write(vals)
                rows |= row
            elif row._differs(vals):
                replaced |= row
                new.append({**vals, "version": row.version + 1, "reason": reason})
            else:
                rows |= row
        gone = figures.union(*known.values())
        replaced |= gone.filtered(lambda row: row._is_closed())
        if replaced and not reason:
            raise UserError(
                self.env._(
                    "These months are closed, and their figures would change: %s. Give a reason.",
                    ", ".join(f"{month:%Y-%m}" for month in sorted(set(replaced.mapped("date")))),
                )
            )
        (gone - replaced).unlink()
        replaced.write({"active": False})
        replaced.flush_recordset()
        return self.browse((rows | figures.create(new)).ids)

    def _is_closed(self):
        """Return whether the row was computed when the late entries of its month were in."""
        self.ensure_one()
        if not self.computed_at:
            return False
        zone = self.with_context(tz=self.company_id._credit_timezones().get(self.company_id.id))
        day = fields.Datetime.context_timestamp(zone, self.computed_at).date()
        days = self.company_id.sudo().insight_close_days  # sudo: a setting
        return day > self.date + relativedelta(days=days)

    def _differs(self, vals):
        """Return whether values of this row, computed anew, are others."""
        self.ensure_one()
        return any(
            round(self[name] - value, 4) if isinstance(value, float) else self[name] != value
            for name, value in vals.items()
            if self._fields[name].type in ("monetary", "float", "integer", "boolean")
        )

    @api.model
    def _cron_close(self):
        """Compute the last month of each company, once, some days after it ended; raise its alerts."""
        # sudo: a job of all companies
        companies = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        for company in companies.filtered(lambda c: c.credit_mode != "off"):
            month = company._insight_last_ended()
            # sudo: the job's own rows
            rows = self.sudo().search([("company_id", "=", company.id), ("date", "=", month)])
            if not any(row._is_closed() for row in rows):
                self._compute_months(company, month, month)
            # Each once, also where people computed the month before the job did.
            self.env["insight.alert"]._raise(company, month)

    def action_open_former(self):
        """Open the former versions of a month that was computed again after it was closed."""
        self.ensure_one()
        domain = [
            ("company_id", "=", self.company_id.id),
            ("date", "=", self.date),
            ("scope", "=", self.scope),
            ("user_id", "=", self.user_id.id),
            ("team_id", "=", self.team_id.id),
            ("active", "=", False),
        ]
        return self._open(self.env._("Former Versions"), self._name, domain, "list,form")

    @api.model
    def _get_values(self, company, month, values):
        """Return values of a row: its inputs as they come, and the results of the formulas."""
        own = {name: company.currency_id.round(values.get(name, 0.0)) for name in INPUTS}
        counts = {name: values.get(name, 0) for name in COUNTS}
        history = values.get("history", [])
        # Sales of a month that runs are those of its days so far.
        end = min(month, company._credit_today())
        days = (end - (month + relativedelta(months=-2, day=1))).days + 1
        trade = own["closing"] - own["closing_group"]
        current = trade - own["overdue"]
        count_back, is_open = indicators.dso_count_back(
            trade,
            [
                (sales, (month + relativedelta(months=-n, day=31) if n else end).day)
                for n, sales in enumerate(history)
            ],
        )
        months_sales = [own["sales"], own["sales_1"], own["sales_2"]]
        results = {
            "recovery_rate": indicators.rate(own["collected"] - own["prepaid"], own["due"]),
            "overdue_recovery_rate": indicators.rate(own["recovered"], own["opening_overdue"]),
            "overdue_rate": indicators.rate(own["overdue"], trade),
            "overdue_30_rate": indicators.rate(own["overdue_30"], trade),
            "bad_debt_rate": indicators.rate(
                own["written_off"], trade if company.receivable_rate_trade else own["closing"]
            ),
            "dso": indicators.dso_policy(trade, months_sales, company.receivable_vat_factor),
            "dso_simple": indicators.dso(trade, own["sales_quarter"], days),
            "dso_best": indicators.dso(current, own["sales_quarter"], days),
            "days_delinquent": indicators.days_delinquent(
                trade, current, own["sales_quarter"], days
            ),
            "cei": indicators.effectiveness(
                own["opening"] - own["opening_group"], own["sales_gross"], trade, current
            ),
            "dso_count_back": count_back,
            "days_late": indicators.average(counts["paid_days"], own["paid"]),
            "collection_period": indicators.average(counts["case_days"], counts["cases_closed"]),
            "complaint_rate": indicators.rate(counts["complaints"], counts["contacts"]),
            "kept_rate": indicators.rate(own["kept"], own["promised"]),
            "dispute_rate": indicators.rate(own["disputed"], trade),
            "dispute_period": indicators.average(counts["dispute_days"], counts["disputes_closed"]),
            "contact_yield": indicators.average(own["contact_money"], counts["contacts"]),
            "cost_rate": indicators.rate(own["costs"], own["collected"]),
            "overdue_cost": company.currency_id.round(
                indicators.capital_cost(counts["overdue_days"], company.insight_capital_rate)
            ),
        }
        return {
            **own,
            **counts,
            **{name: value or 0.0 for name, value in results.items()},
            "days_quarter": days,
            "is_count_back_open": is_open,
            "is_over_target": bool(results["dso"])
            and 0 < company.receivable_dso_target < results["dso"],
            "has_due": bool(own["due"]),
            "has_sales": results["dso"] is not None,
        }

    # ---- Every input of a figure opens the documents behind it.

    def _get_user_domain(self, path):
        """Return the condition on documents: customers of the unit; all in the company's row.

        A collector has cases, and neither sales nor due dates.
        """
        self.ensure_one()
        if self.scope == "company":
            return Domain.TRUE
        if self.scope == "collector":
            return Domain.FALSE
        customer = f"{path}.commercial_partner_id.user_id"
        if self.scope == "team":
            return Domain(f"{customer}.sale_team_id", "=", self.team_id.id)
        domain = Domain(customer, "=", self.user_id.id)
        # Items without a customer have no salesperson, either, e.g. an entry by hand.
        return domain if self.user_id else domain | Domain(path, "=", False)

    def _open(self, name, model, domain, views="list,pivot,form"):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": f"{name}: {self.display_name}",
            "res_model": model,
            "view_mode": views,
            "domain": list(domain),
            "context": {"create": False},
        }

    def action_open_sales(self):
        """Open the invoices and credit notes of the three months behind DSO."""
        self.ensure_one()
        domain = self._get_sales_domain(self.company_id, self.date, months=3)
        return self._open(
            self.env._("Sales of Three Months"),
            "account.move",
            domain & self._get_user_domain("partner_id"),
        )

    def action_open_due(self):
        """Open the instalments that fell due in the month."""
        domain = self._get_due_domain(self.company_id, self.date_from, self.date)
        return self._open(
            self.env._("Due"), "account.move.line", domain & self._get_user_domain("partner_id")
        )

    def action_open_collected(self):
        """Open the receipts of the month; of a collector those that came while they had the case."""
        domain = self._get_collected_domain(self.company_id, self.date_from, self.date)
        if self.scope == "collector":
            domain = Domain("id", "in", self._get_case_money(domain))
        else:
            domain &= self._get_user_domain("partner_id")
        return self._open(self.env._("Collected"), "account.move.line", domain)

    def action_open_written_off(self):
        """Open the items written off in the month."""
        domain = self._get_written_off_domain(self.company_id, self.date_from, self.date)
        return self._open(
            self.env._("Written Off"),
            "account.move.line",
            domain & self._get_user_domain("partner_id"),
        )
