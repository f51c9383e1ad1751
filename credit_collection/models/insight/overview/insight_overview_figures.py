from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

# What the next days bring: limits, papers, promises and receipts.
DAYS_AHEAD = 30

HELD = Domain("state", "in", ("held", "requested"))

TO_DECIDE = Domain("state", "=", "requested") & Domain("can_review", "=", True)

# Customers of the credit lists, as their action has them.
CUSTOMERS = Domain("is_company", "=", True) | Domain("parent_id", "=", False)

# Of `credit_status`: customers that somebody should look at, worst first.
STATUSES = ("blocked", "held_overdue", "held_limit", "overdue", "over", "near")

OVER_LIMIT = Domain("credit_available", "<", 0)


class InsightOverview(models.AbstractModel):
    """The blocks of the page."""

    _inherit = "insight.overview"

    @api.model
    def _get_blocks_of_roles(self):
        """Hook: [(method of a block, roles that see it)] in the order of the page."""
        return [
            (
                "_get_decide_block",
                (
                    "controller",
                    "sales_manager",
                    "finance_manager",
                    "general_manager",
                    "division_head",
                    "treasury",
                    "executive",
                    "collection_manager",
                ),
            ),
            ("_get_credit_block", ("controller",)),
            ("_get_collector_block", ("collector",)),
            ("_get_collection_block", ("collection_manager",)),
            (
                "_get_receivables_block",
                ("finance_manager", "general_manager", "division_head", "treasury", "executive"),
            ),
            ("_get_sales_block", ("salesperson",)),
        ]

    @api.model
    def _get_decide_block(self, company):
        """Documents that wait for the decision of the user."""
        own = self._of_company(company)
        lists = {
            "credit.hold": self.env._("Orders on Hold"),
            "credit.application": self.env._("Applications"),
            "collection.agreement": self.env._("Repayment Agreements"),
            "receivable.writeoff": self.env._("Write-Offs"),
            "insight.target": self.env._("Targets"),
        }
        return self._block(
            "decide",
            self.env._("To Decide"),
            self.env._("Nothing waits for your decision."),
            [
                figure
                for model, label in lists.items()
                for figure in self._figures(
                    model,
                    own,
                    f"{model.replace('.', '_')}_action",
                    [(model, label, TO_DECIDE, False, "warning")],
                )
            ],
        )

    # ------------------------------------------------------------------ credit control

    @api.model
    def _get_credit_block(self, company):
        """Held orders by age, what ends soon, customers near and over their limits."""
        today = company._credit_today()
        soon = today + relativedelta(days=DAYS_AHEAD)
        holds = self._get_hold_figures(company, HELD)
        ages = self._figures(
            "credit.hold",
            self._of_company(company) & HELD,
            "credit_hold_action",
            [
                (f"age_{key}", label, condition, "order_amount", False)
                for key, label, condition in self._get_hold_ages()
            ],
        )
        customers = CUSTOMERS & self._of_customers(company)
        over, by_status = self._count_statuses(company, customers)
        labels = dict(
            self.env["res.partner"]._fields["credit_status"]._description_selection(self.env)
        )
        statuses = [
            self._row(
                status,
                labels[status],
                by_status[status],
                "res_partner_action_credit",
                customers & Domain("credit_status", "=", status),
            )
            for status in STATUSES
            if by_status[status]
        ]
        near = Domain("credit_status", "=", "near")
        return self._block(
            "credit",
            self.env._("Credit Control"),
            self.env._("No order is on hold, no limit is reached, and nothing ends soon."),
            [
                *holds,
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
                    customers & near,
                    tone="warning",
                ),
                *self._figures(
                    "res.partner",
                    customers,
                    "res_partner_action_credit",
                    [
                        (
                            "limit_end",
                            self.env._("Limits That End within 30 Days"),
                            Domain("credit_limit_end", ">=", today)
                            & Domain("credit_limit_end", "<=", soon),
                            False,
                            "warning",
                        ),
                        (
                            "review",
                            self.env._("Reviews Due"),
                            Domain("credit_review_date", "<=", today),
                            False,
                            "warning",
                        ),
                    ],
                ),
                *self._figures(
                    "credit.document",
                    self._of_company(company) | Domain("company_id", "=", False),
                    "credit_document_action",
                    [
                        (
                            "papers",
                            self.env._("Documents Expired or Expiring"),
                            Domain("state", "in", ("expired", "expiring")),
                            False,
                            "warning",
                        )
                    ],
                ),
                *self._figures(
                    "credit.security",
                    self._of_company(company),
                    "credit_security_action",
                    [
                        (
                            "securities",
                            self.env._("Collateral Expiring"),
                            Domain("state", "=", "expiring"),
                            False,
                            "warning",
                        )
                    ],
                ),
            ],
            charts=[
                (
                    "ages",
                    self.env._("Orders on Hold by Age"),
                    ages if any(r["amount"] for r in ages) else [],
                ),
                ("statuses", self.env._("Customers to Look At"), statuses),
            ],
        )

    @api.model
    def _of_customers(self, company):
        return Domain("company_id", "=", False) | self._of_company(company)

    @api.model
    def _get_hold_figures(self, company, held):
        """Number and amount of held orders."""
        return self._figures(
            "credit.hold",
            self._of_company(company) & held,
            "credit_hold_action",
            [
                ("held", self.env._("Orders on Hold"), Domain.TRUE, False, "danger"),
                ("held_amount", self.env._("Amount on Hold"), Domain.TRUE, "order_amount", False),
            ],
        )

    @api.model
    def _get_hold_ages(self):
        """Return [(key, label, condition)]: holds by age, without gaps."""
        now = fields.Datetime.now()
        day, three, seven = (now - relativedelta(days=days) for days in (1, 3, 7))
        return [
            ("1", self.env._("Up to 1 Day"), Domain("date", ">=", day)),
            ("3", self.env._("1–3 Days"), Domain("date", "<", day) & Domain("date", ">=", three)),
            ("7", self.env._("3–7 Days"), Domain("date", "<", three) & Domain("date", ">=", seven)),
            ("old", self.env._("Over 7 Days"), Domain("date", "<", seven)),
        ]

    # ------------------------------------------------------------------ collecting

    @api.model
    def _get_collector_block(self, company):
        """Work of the collector today, and what came in of it."""
        own, user = self._of_company(company), self.env.user
        today = company._credit_today()
        mine = own & Domain("user_id", "=", user.id)
        promises = own & Domain("state", "=", "open") & Domain("case_id.user_id", "=", user.id)
        money, receipts = self._get_collected_by_me(company)
        return self._block(
            "collector",
            self.env._("My Collection"),
            self.env._(
                "You have no open case. Cases come with the daily run or from your team head."
            ),
            [
                *self._figures(
                    "collection.case",
                    mine & Domain("state", "=", "open"),
                    "collection_case_action",
                    [
                        (
                            "todo",
                            self.env._("To Do Today"),
                            Domain("work_state", "=", "todo"),
                            False,
                            "warning",
                        ),
                        (
                            "done",
                            self.env._("Done Today"),
                            Domain("work_state", "=", "done"),
                            False,
                            "success",
                        ),
                        ("cases", self.env._("My Open Cases"), Domain.TRUE, False, False),
                    ],
                ),
                *self._figures(
                    "collection.promise.line",
                    promises,
                    "collection_promise_line_action",
                    [
                        (
                            "due",
                            self.env._("Promises Due by Today"),
                            Domain("date_promised", "<=", today),
                            False,
                            "warning",
                        ),
                        (
                            "due_soon",
                            self.env._("Promises of the Next 7 Days"),
                            Domain("date_promised", ">", today)
                            & Domain("date_promised", "<=", today + relativedelta(days=7)),
                            False,
                            False,
                        ),
                    ],
                ),
                *self._figures(
                    "collection.letter",
                    own & Domain("is_test", "=", False) & Domain("collector_id", "=", user.id),
                    "collection_letter_action",
                    [
                        (
                            "bounced",
                            self.env._("Letters That Came Back"),
                            Domain("state", "=", "bounced"),
                            False,
                            "danger",
                        )
                    ],
                ),
                self._row(
                    "collected",
                    self.env._("Collected This Month"),
                    money,
                    "account.action_account_moves_all_a",
                    receipts,
                    "balance",
                    value=company.currency_id.format(-money),
                    tone="success",
                ),
            ],
        )

    @api.model
    def _get_collection_block(self, company):
        """Stages, load of the team, broken promises, runs."""
        own = self._of_company(company)
        today = company._credit_today()
        cases = own & Domain("state", "=", "open")
        month = Domain("date_promised", ">=", today.replace(day=1)) & Domain(
            "date_promised", "<=", today
        )
        rows = ("collection.case", cases, "collection_case_action")
        by_stage = self.env._("Open Cases by Stage")
        by_collector = self.env._("Open Cases by Collector")
        no_stage, nobody = self.env._("No Stage"), self.env._("Without a Collector")
        return self._block(
            "collection",
            self.env._("Team of Collection"),
            self.env._("No case is open. The daily run opens cases when amounts are overdue."),
            [
                *self._figures(
                    "collection.case",
                    cases,
                    "collection_case_action",
                    [
                        ("all_cases", self.env._("Open Cases"), Domain.TRUE, False, False),
                        (
                            "nobody",
                            self.env._("Without a Collector"),
                            Domain("user_id", "=", False),
                            False,
                            "warning",
                        ),
                        (
                            "paused",
                            self.env._("Paused"),
                            Domain("is_paused", "=", True),
                            False,
                            False,
                        ),
                    ],
                ),
                *self._figures(
                    "collection.promise.line",
                    own,
                    "collection_promise_line_action",
                    [
                        (
                            "broken",
                            self.env._("Promises Broken This Month"),
                            Domain("state", "in", ("broken", "partly")) & month,
                            False,
                            "danger",
                        ),
                        (
                            "kept",
                            self.env._("Promises Kept This Month"),
                            Domain("state", "=", "kept") & month,
                            False,
                            "success",
                        ),
                    ],
                ),
                *self._figures(
                    "collection.letter",
                    own & Domain("is_test", "=", False),
                    "collection_letter_action",
                    [
                        (
                            "not_sent",
                            self.env._("Letters Not Sent"),
                            Domain("state", "=", "ready") & Domain("failure", "!=", False),
                            False,
                            "danger",
                        ),
                        (
                            "came_back",
                            self.env._("Letters That Came Back"),
                            Domain("state", "=", "bounced"),
                            False,
                            "danger",
                        ),
                    ],
                ),
                *self._figures(
                    "collection.run",
                    own
                    & Domain("is_test", "=", False)
                    & Domain("date", ">=", today - relativedelta(days=7)),
                    "collection_run_action",
                    [
                        ("runs", self.env._("Runs of 7 Days"), Domain.TRUE, False, False),
                        (
                            "run_faults",
                            self.env._("Runs with Errors"),
                            Domain("error_count", ">", 0)
                            | Domain("state", "in", ("failed", "stopped")),
                            False,
                            "danger",
                        ),
                    ],
                ),
            ],
            charts=[
                ("stages", by_stage, self._group_rows(*rows, "stage_id", no_name=no_stage)),
                ("load", by_collector, self._group_rows(*rows, "user_id", no_name=nobody)),
            ],
        )

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
        totals, buckets, customers = self._sum_ledger(own, soon)
        receivable, overdue, expected = totals
        names = dict(ledger._fields["age_bucket"]._description_selection(self.env))
        month = self.env["insight.month"].search(
            [("company_id", "=", company.id), ("is_current", "=", True), ("date", "<", today)],
            limit=1,
        )
        before = [("month_id", "=", month.id)]
        label = month and self.env._("End of %s", month.date.strftime("%Y-%m"))
        last = {
            name: [
                self._row(
                    f"{name}_before", label, month[name], "insight_snapshot_action", before, name
                )
            ]
            if month
            else []
            for name in ("receivable", "overdue")
        }
        promised = (
            own
            & Domain("state", "=", "open")
            & Domain("date_promised", "<=", today + relativedelta(days=DAYS_AHEAD))
        )
        opened = Domain("amount", "!=", 0)
        past = Domain("overdue", ">", 0)
        rate = 100.0 * overdue / receivable if receivable > 0 else 0.0
        return self._block(
            "receivables",
            title,
            empty,
            [
                self._row(
                    "receivable",
                    self.env._("Receivables"),
                    receivable,
                    "collection_ledger_action",
                    own & opened,
                    "amount",
                    notes=last["receivable"],
                ),
                self._row(
                    "overdue",
                    self.env._("Overdue"),
                    overdue,
                    "collection_ledger_action",
                    own & past,
                    "overdue",
                    tone="danger",
                    notes=last["overdue"],
                ),
                self._row(
                    "rate",
                    self.env._("Overdue Rate"),
                    overdue,
                    "collection_ledger_action",
                    own & past,
                    "overdue",
                    value=f"{rate:.1f} %",
                    notes=[
                        *self._get_rate_before(month, label),
                        *self._get_target_notes(company, today, "overdue_rate", "%"),
                    ],
                ),
                *self._get_dso(company, today),
                self._row(
                    "expected",
                    self.env._("Due within 30 Days"),
                    expected,
                    "collection_ledger_action",
                    own & soon,
                    "net",
                ),
                *self._figures(
                    "insight.alert",
                    own,
                    "insight_alert_action",
                    [
                        (
                            "alerts",
                            self.env._("Open Alerts"),
                            Domain("state", "=", "open"),
                            False,
                            "danger",
                        )
                    ],
                ),
            ],
            charts=[
                (
                    "ageing",
                    self.env._("Aging"),
                    [
                        self._row(
                            bucket,
                            names[bucket],
                            buckets[bucket],
                            "collection_ledger_action",
                            own & Domain("age_bucket", "=", bucket),
                            "amount",
                        )
                        for bucket in names
                        if bucket in buckets
                    ],
                )
            ],
            lists=[
                (
                    "largest",
                    self.env._("Largest Receivables"),
                    [
                        self._row(
                            str(partner.id),
                            partner.display_name,
                            amount,
                            "collection_ledger_action",
                            own & Domain("partner_id", "=", partner.id),
                            "amount",
                        )
                        for partner, amount in customers
                    ],
                ),
                (
                    "promised",
                    self.env._("Promised within 30 Days"),
                    self._currency_rows(
                        "collection.promise.line",
                        promised,
                        "collection_promise_line_action",
                        "amount",
                    ),
                ),
            ],
        )

    @api.model
    def _get_rate_before(self, month, label):
        """The overdue rate of the last closed month, as a note."""
        if not month or month.receivable <= 0:
            return []
        rate = 100.0 * month.overdue / month.receivable
        return [
            self._row(
                "rate_before",
                label,
                month.overdue,
                "insight_snapshot_action",
                [("month_id", "=", month.id)],
                "overdue",
                value=f"{rate:.1f} %",
            )
        ]

    @api.model
    def _get_dso(self, company, today):
        """DSO of the last computed month, beside its target."""
        kpi = self.env["insight.kpi"]
        if not kpi.has_access("read"):
            return []
        month = [("company_id", "=", company.id), ("scope", "=", "company"), ("date", "<", today)]
        row = kpi.search([*month, ("has_sales", "=", True)], limit=1)
        if not row:
            return []
        # sudo: a setting of the company
        goal = company.sudo().receivable_dso_target
        notes = self._get_target_notes(company, today, "dso", self.env._("days"))
        if goal and not notes:
            notes = [
                self._row(
                    "dso_goal",
                    self.env._("Target"),
                    1,
                    "insight_kpi_action",
                    [("id", "=", row.id)],
                    value=self.env._("%s days", goal),
                )
            ]
        return [
            self._row(
                "dso",
                self.env._("DSO of %s", row.date.strftime("%Y-%m")),
                1,
                "insight_kpi_action",
                [("id", "=", row.id)],
                value=self.env._("%s days", f"{row.dso:.1f}"),
                notes=notes,
            )
        ]

    @api.model
    def _get_target_notes(self, company, today, metric, unit):
        """The company's target of an indicator for today, as a note."""
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
                value=f"{target.goal:g} {unit}",
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
        partners = self.env["res.partner"].search(customers)
        by_status = Counter(partners.mapped("credit_status"))
        labels = dict(partners._fields["credit_status"]._description_selection(self.env))
        whole = own & Domain("partner_id.user_id", "=", user.id)
        return self._block(
            "sales",
            self.env._("My Customers"),
            self.env._(
                "You have no customers yet. A customer is yours when it names you as salesperson."
            ),
            [
                self._row(
                    "customers",
                    self.env._("My Customers"),
                    len(partners),
                    "res_partner_action_credit",
                    customers,
                ),
                *self._get_hold_figures(company, HELD & mine),
                *self._figures(
                    "collection.ledger",
                    whole,
                    "collection_ledger_action_sale",
                    [
                        ("my_receivable", self.env._("Receivables"), Domain.TRUE, "amount", False),
                        (
                            "my_overdue",
                            self.env._("Overdue"),
                            Domain("overdue", ">", 0),
                            "overdue",
                            "danger",
                        ),
                    ],
                ),
                *self._figures(
                    "credit.application",
                    own & mine,
                    "credit_application_action",
                    [
                        (
                            "applications",
                            self.env._("Open Applications"),
                            Domain("state", "in", ("draft", "requested")),
                            False,
                            False,
                        )
                    ],
                ),
            ],
            charts=[
                (
                    "my_statuses",
                    self.env._("My Customers by Credit Status"),
                    [
                        self._row(
                            status,
                            labels[status],
                            by_status[status],
                            "res_partner_action_credit",
                            customers & Domain("credit_status", "=", status),
                        )
                        for status in labels
                        if by_status[status]
                    ],
                )
            ],
        )
