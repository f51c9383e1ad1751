from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .insight_overview import Figure

# What the next days bring: limits, papers, promises and receipts.
DAYS_AHEAD = 30

HELD = Domain("state", "in", ("held", "requested"))

# Customers of the credit lists, as their action has them.
CUSTOMERS = Domain("is_company", "=", True) | Domain("parent_id", "=", False)

# Of `credit_status`: customers that somebody should look at, worst first.
STATUSES = ("blocked", "held_overdue", "held_limit", "overdue", "over", "near")

OVER_LIMIT = Domain("credit_available", "<", 0)

NEAR_LIMIT = Domain("credit_status", "=", "near")


class InsightOverview(models.AbstractModel):
    """The blocks with figures: credit control, receivables, customers of a salesperson."""

    _inherit = "insight.overview"

    # ------------------------------------------------------------------ credit control

    @api.model
    def _get_credit_block(self, company):
        """Held orders by age, what ends soon, customers near and over their limits."""
        own, today = self._of_company(company), company._credit_today()
        ends = Domain("credit_limit_end", ">=", today) & Domain(
            "credit_limit_end", "<=", today + relativedelta(days=DAYS_AHEAD)
        )
        review = Domain("credit_review_date", "<=", today)
        expired = Domain("state", "in", ("expired", "expiring"))
        expiring = Domain("state", "=", "expiring")
        holds = ("credit.hold", own & HELD, "credit_hold_action")
        ages = self._figures(*holds, *self._get_hold_ages())
        customers = CUSTOMERS & self._of_customers(company)
        listed = ("res_partner_action_credit", customers)
        over, by_status = self._count_statuses(company, customers)
        return self._block(
            "credit",
            self.env._("Credit Control"),
            self.env._("No order is on hold, no limit is reached, and nothing ends soon."),
            [
                *self._get_hold_figures(company, HELD),
                self._row(
                    "over",
                    self.env._("Customers over Limit"),
                    over,
                    "res_partner_action_credit",
                    customers & OVER_LIMIT,
                    tone="danger",
                ),
                self._row(
                    "near",
                    self.env._("Customers near Limit"),
                    by_status["near"],
                    "res_partner_action_credit",
                    customers & NEAR_LIMIT,
                    tone="warning",
                ),
                *self._figures(
                    "res.partner",
                    customers,
                    "res_partner_action_credit",
                    Figure(
                        "limit_end",
                        self.env._("Limits That End within 30 Days"),
                        ends,
                        tone="warning",
                    ),
                    Figure("review", self.env._("Reviews Due"), review, tone="warning"),
                ),
                *self._figures(
                    "credit.document",
                    own | Domain("company_id", "=", False),
                    "credit_document_action",
                    Figure(
                        "papers",
                        self.env._("Documents Expired or Expiring"),
                        expired,
                        tone="warning",
                    ),
                ),
                *self._figures(
                    "credit.security",
                    own,
                    "credit_security_action",
                    Figure(
                        "securities", self.env._("Collateral Expiring"), expiring, tone="warning"
                    ),
                ),
            ],
            charts=[
                (
                    "ages",
                    self.env._("Orders on Hold by Age"),
                    ages if any(row["amount"] for row in ages) else [],
                ),
                (
                    "statuses",
                    self.env._("Customers to Look At"),
                    self._status_rows(by_status, STATUSES, *listed),
                ),
            ],
        )

    @api.model
    def _of_customers(self, company):
        return Domain("company_id", "=", False) | self._of_company(company)

    @api.model
    def _status_rows(self, counts, statuses, xmlid, customers):
        """Return rows of a chart: customers of each of some credit statuses."""
        field = self.env["res.partner"]._fields["credit_status"]
        labels = dict(field._description_selection(self.env))
        return [
            self._row(
                status,
                labels[status],
                counts[status],
                xmlid,
                customers & Domain("credit_status", "=", status),
            )
            for status in statuses or labels
            if counts[status]
        ]

    @api.model
    def _get_hold_figures(self, company, held):
        """Number and amount of held orders."""
        return self._figures(
            "credit.hold",
            self._of_company(company) & held,
            "credit_hold_action",
            Figure("held", self.env._("Orders on Hold"), tone="danger"),
            Figure("held_amount", self.env._("Amount on Hold"), measure="order_amount"),
        )

    @api.model
    def _get_hold_ages(self):
        """Return figures of holds by age, without gaps."""
        now = fields.Datetime.now()
        day, three, seven = (
            Domain("date", "<", now - relativedelta(days=days)) for days in (1, 3, 7)
        )
        return [
            Figure(f"age_{key}", label, condition, "order_amount")
            for key, label, condition in (
                ("1", self.env._("Up to 1 Day"), ~day),
                ("3", self.env._("1–3 Days"), day & ~three),
                ("7", self.env._("3–7 Days"), three & ~seven),
                ("old", self.env._("Over 7 Days"), seven),
            )
        ]

    # ------------------------------------------------------------------ receivables

    @api.model
    def _get_receivables_block(self, company):
        """Receivables and overdue beside the last closed month and the targets; who owes most."""
        ledger, own = self.env["collection.ledger"], self._of_company(company)
        today = company._credit_today()
        empty = self.env._(
            "No invoice is open: receivables appear here with the first posted invoice."
        )
        title = self.env._("Receivables")
        if not ledger.has_access("read"):
            return self._block("receivables", title, empty)
        soon = Domain("days", "<=", 0) & Domain("days", ">=", -DAYS_AHEAD) & Domain("net", ">", 0)
        (receivable, overdue, expected), buckets, customers = self._sum_ledger(own, soon)
        names = dict(ledger._fields["age_bucket"]._description_selection(self.env))
        past = own & Domain("overdue", ">", 0)
        rate = 100.0 * overdue / receivable if receivable > 0 else 0.0
        before = self._get_month_notes(company, today)

        def row(key, label, amount, domain, measure="amount", **options):
            return self._row(
                key, label, amount, "collection_ledger_action", domain, measure, **options
            )

        return self._block(
            "receivables",
            title,
            empty,
            [
                row(
                    "receivable",
                    title,
                    receivable,
                    own & Domain("amount", "!=", 0),
                    notes=before["receivable"],
                ),
                row(
                    "overdue",
                    self.env._("Overdue"),
                    overdue,
                    past,
                    "overdue",
                    tone="danger",
                    notes=before["overdue"],
                ),
                row(
                    "rate",
                    self.env._("Overdue of Receivables"),
                    overdue,
                    past,
                    "overdue",
                    value=f"{rate:.1f}%",
                    notes=before["rate"],
                ),
                *self._get_kpi_figures(company, today),
                row("expected", self.env._("Due within 30 Days"), expected, own & soon, "net"),
                *self._figures(
                    "insight.alert",
                    own,
                    "insight_alert_action",
                    Figure(
                        "alerts",
                        self.env._("Open Alerts"),
                        Domain("state", "=", "open"),
                        tone="danger",
                    ),
                ),
            ],
            charts=[
                (
                    "ageing",
                    self.env._("Aging"),
                    [
                        row(key, name, buckets[key], own & Domain("age_bucket", "=", key))
                        for key, name in names.items()
                        if key in buckets
                    ],
                )
            ],
            lists=[
                (
                    "largest",
                    self.env._("Largest Receivables"),
                    [
                        row(
                            str(partner.id),
                            partner.display_name,
                            amount,
                            own & Domain("partner_id", "=", partner.id),
                        )
                        for partner, amount in customers
                    ],
                ),
                (
                    "promised",
                    self.env._("Promised within 30 Days"),
                    self._currency_rows(
                        "collection.promise.line",
                        own
                        & Domain("state", "=", "open")
                        & Domain("date_promised", "<=", today + relativedelta(days=DAYS_AHEAD)),
                        "collection_promise_line_action",
                        "amount",
                    ),
                ),
            ],
        )

    @api.model
    def _get_month_notes(self, company, today):
        """Return {receivable, overdue, rate: notes with the figure of the last closed month}."""
        month = self.env["insight.month"].search(
            [("company_id", "=", company.id), ("is_current", "=", True), ("date", "<", today)],
            limit=1,
        )
        notes = {"receivable": [], "overdue": [], "rate": []}
        if not month:
            return notes
        label = self.env._("End of %s", month.date.strftime("%Y-%m"))

        def note(key, name, **options):
            before = [("month_id", "=", month.id)]
            row = self._row(
                f"{key}_before",
                label,
                month[name],
                "insight_snapshot_action",
                before,
                name,
                **options,
            )
            notes[key].append(row)

        note("receivable", "receivable")
        note("overdue", "overdue")
        if month.receivable > 0:
            note("rate", "overdue", value=f"{100.0 * month.overdue / month.receivable:.1f}%")
        return notes

    @api.model
    def _get_kpi_figures(self, company, today):
        """Overdue rate and DSO of the last computed month, beside their targets.

        The overdue rate is the one of targets and alerts (P1-17): with notes, without intercompany.
        """
        kpi = self.env["insight.kpi"]
        if not kpi.has_access("read"):
            return []
        month = [("company_id", "=", company.id), ("scope", "=", "company"), ("date", "<", today)]
        row = kpi.search(month, limit=1)
        figures = []
        if row:
            figures.append(
                self._row(
                    "overdue_rate",
                    self.env._("Overdue Rate of %s", row.date.strftime("%Y-%m")),
                    1,
                    "insight_kpi_action",
                    [("id", "=", row.id)],
                    value=f"{row.overdue_rate:.1f}%",
                    notes=self._get_target_notes(company, today, "overdue_rate", "{}%"),
                )
            )
        row = row if row.has_sales else kpi.search([*month, ("has_sales", "=", True)], limit=1)
        if not row:
            return figures
        opened = ("insight_kpi_action", [("id", "=", row.id)])
        # sudo: a setting of the company
        goal = company.sudo().receivable_dso_target
        notes = self._get_target_notes(company, today, "dso", self.env._("%s days", "{}"))
        if goal and not notes:
            value = self.env._("%s days", goal)
            notes = [self._row("dso_goal", self.env._("Target"), 1, *opened, value=value)]
        figures.append(
            self._row(
                "dso",
                self.env._("DSO of %s", row.date.strftime("%Y-%m")),
                1,
                *opened,
                value=self.env._("%s days", f"{row.dso:.1f}"),
                notes=notes,
            )
        )
        return figures

    @api.model
    def _get_target_notes(self, company, today, metric, form):
        """The company's target of an indicator for today, as a note; `{}` in `form` is the number."""
        targets = self.env["insight.target"]
        if not targets.has_access("read"):
            return []
        target = targets.search(
            [
                ("company_id", "=", company.id),
                ("metric", "=", metric),
                ("scope", "=", "company"),
                ("state", "not in", ("rejected", "cancelled")),
                ("date_from", "<=", today),
                ("date_to", ">=", today.replace(day=1)),
            ],
            limit=1,
        )
        return [
            self._row(
                f"{metric}_target",
                self.env._("Target"),
                1,
                "insight_target_action",
                [("id", "=", target.id)],
                value=form.format(f"{target.goal:g}"),
            )
            for target in target
            if target.goal
        ]

    # ------------------------------------------------------------------ sales

    @api.model
    def _get_sales_block(self, company):
        """The customers of a salesperson and their held orders."""
        user, own = self.env.user, self._of_company(company)
        mine = Domain("user_id", "=", user.id)
        customers = CUSTOMERS & self._of_customers(company) & mine
        listed = ("res_partner_action_credit", customers)
        partners = self.env["res.partner"].search(customers)
        by_status = Counter(partners.mapped("credit_status"))
        late = Domain("overdue", ">", 0)
        pending = Domain("state", "in", ("draft", "requested"))
        return self._block(
            "sales",
            self.env._("My Customers"),
            self.env._(
                "You have no customers yet. A customer is yours when it names you as salesperson."
            ),
            [
                self._row("customers", self.env._("My Customers"), len(partners), *listed),
                *self._get_hold_figures(company, HELD & mine),
                *self._figures(
                    "collection.ledger",
                    own & Domain("partner_id.user_id", "=", user.id),
                    "collection_ledger_action_sale",
                    Figure("my_receivable", self.env._("Receivables"), measure="amount"),
                    Figure("my_overdue", self.env._("Overdue"), late, "overdue", "danger"),
                    table=self._get_my_ledger_sql(company),
                ),
                *self._figures(
                    "credit.application",
                    own & mine,
                    "credit_application_action",
                    Figure("applications", self.env._("Open Applications"), pending),
                ),
            ],
            charts=[
                (
                    "my_statuses",
                    self.env._("My Customers by Credit Status"),
                    self._status_rows(by_status, None, *listed),
                )
            ],
        )
