from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.date_utils import end_of, start_of

from ..overview.insight_overview import Figure
from ..overview.insight_overview_figures import DAYS_AHEAD, HELD

# Window of the trade record.
MONTHS = 12

# Rows of a list; the number beside it opens all.
SHOWN = 8


class InsightGlance(models.AbstractModel):
    """The blocks of the page, from `_get_facts`; each model is asked once."""

    _inherit = "insight.glance"

    @api.model
    def _get_facts(self, customer, company):
        """Return what several parts of the page read of a customer.

        :return: dict of `customer`, `company`, `today`, `whole` (condition of documents), `figures`
            (row of `res.partner._get_credit_figures`), `case`, `holds`, `promises` (open lines),
            `ends` ([(label, date, record)], the first to end first)
        """
        today = company._credit_today()
        whole = self.env["insight.overview"]._of_company(company) & Domain(
            "partner_id", "=", customer.id
        )
        figures = customer._get_credit_figures_and_status(company).get(customer.id, {})
        facts = {
            "customer": customer,
            "company": company,
            "today": today,
            "whole": whole,
            "figures": {
                name: float(value) if isinstance(value, Decimal) else value
                for name, value in figures.items()
            },
            "case": self.env["collection.case"]._find_open(customer, company),
            "holds": self.env["credit.hold"].search_fetch(whole & HELD, limit=SHOWN),
            "promises": self.env["collection.promise.line"].search_fetch(
                whole & Domain("state", "=", "open"), order="date_promised, id", limit=SHOWN
            ),
        }
        return {**facts, "ends": self._get_ends(facts)}

    @api.model
    def _get_ends(self, facts):
        """Return [(label, date, record)] of what ended or ends within 30 days, the first first."""
        customer, company = facts["customer"], facts["company"]
        last = facts["today"] + relativedelta(days=DAYS_AHEAD)
        own = Domain("company_id", "=", company.id)
        ends = [
            (self.env._("Temporary Limit"), customer.credit_limit_temporary_to, customer),
            (self.env._("Credit Limit"), customer.credit_limit_end, customer),
            (self.env._("Next Credit Review"), customer.credit_review_date, customer),
        ]
        securities, papers = self.env["credit.security"], self.env["credit.document"]
        if securities.has_access("read"):
            # What ended long ago is history.
            since = facts["today"] - relativedelta(days=DAYS_AHEAD)
            kinds = dict(securities._fields["kind"]._description_selection(self.env))
            ends += [
                (f"{kinds[one.kind]} {one.name}", one.date_to, one)
                for one in securities.search(
                    own
                    & Domain("commercial_partner_id", "=", customer.id)
                    & Domain("cancelled", "=", False)
                    & Domain("date_to", ">=", since)
                    & Domain("date_to", "<=", last)
                )
            ]
        if papers.has_access("read"):
            ends += [
                (
                    " ".join(filter(None, [one.type_id.display_name, one.reference])),
                    one.date_valid,
                    one,
                )
                for one in papers.search(
                    own & Domain("partner_id", "=", customer.id) & Domain("date_valid", "<=", last)
                )
            ]
        return sorted((one for one in ends if one[1] and one[1] <= last), key=lambda one: one[1])

    # ------------------------------------------------------------------ credit

    @api.model
    def _get_credit_block(self, facts):
        """The limit as a sum, and what uses it."""
        make, customer, company = self.env["insight.overview"], facts["customer"], facts["company"]
        figures, whole = facts["figures"], facts["whole"] & Domain("counts", "=", True)
        lines, money = self.env["credit.exposure.line"], company.currency_id.format
        kinds = dict(lines._fields["kind"]._description_selection(self.env))
        controls = dict(customer._fields["credit_control"]._description_selection(self.env))
        control = customer.credit_control or "none"
        limit, used = (
            figures.get("credit_effective_limit", 0.0),
            figures.get("credit_exposure", 0.0),
        )
        left = figures.get("credit_available", 0.0)
        # sudo: parts of a limit that the user sees
        known = customer.sudo()
        parts = zip(
            known._credit_limit_rows(company, facts["today"]),
            (customer, *known._credit_counting_securities(company, facts["today"])),
            strict=False,
        )
        rows = [
            make._row(
                "limit",
                self.env._("Effective Limit"),
                limit,
                "credit_decision_action",
                Domain("company_id", "=", company.id) & Domain("partner_id", "=", customer.id),
                value=controls[control] if control in ("none", "cash") else money(limit),
            ),
            make._row(
                "exposure",
                self.env._("Exposure"),
                used,
                "credit_exposure_line_action",
                whole,
                "amount",
            ),
        ]
        if control not in ("none", "cash") or figures.get("shared_limit") is not None:
            rows.append(
                make._row(
                    "available",
                    self.env._("Credit Available"),
                    left,
                    "credit_exposure_line_action",
                    whole,
                    value=money(left),
                    tone="danger" if left < 0 else "success",
                )
            )
        return make._block(
            "credit",
            self.env._("Limit and Exposure"),
            self.env._("The customer has no limit, owes nothing and has no open order."),
            rows,
            lists=[
                (
                    "limit_parts",
                    self.env._("Limit as a Sum"),
                    [
                        self._document_row(
                            f"part_{number}", label, money(amount), record, amount=float(amount)
                        )
                        for number, ((label, amount), record) in enumerate(parts)
                    ],
                ),
                (
                    "kinds",
                    self.env._("Exposure by Type"),
                    [
                        make._row(
                            f"kind_{kind}",
                            kinds[kind],
                            amount,
                            "credit_exposure_line_action",
                            whole & Domain("kind", "=", kind),
                            "amount",
                        )
                        for kind, amount in lines._read_group(whole, ["kind"], ["amount:sum"])
                    ],
                ),
            ],
        )

    # ------------------------------------------------------------------ receivables

    @api.model
    def _get_owed_block(self, facts):
        """What is open, overdue and to collect, and how old it is."""
        make, whole = self.env["insight.overview"], facts["whole"]
        ages = self._get_ages(facts["customer"], facts["company"])
        buckets = (
            self.env["collection.ledger"]._fields["age_bucket"]._description_selection(self.env)
        )
        past = Domain("days", ">", 0)

        def row(key, label, amount, domain, measure="amount", **options):
            found = whole & domain
            return make._row(
                key, label, amount, "collection_ledger_action", found, measure, **options
            )

        def total(number):
            return sum(amounts[number] for amounts in ages.values())

        overdue, days = total(1), facts["figures"].get("credit_days_overdue")
        late = ("overdue", self.env._("Overdue"), overdue, Domain("overdue", ">", 0), "overdue")
        notes = []
        if overdue and days:
            notes = [row("days", self.env._("Days Overdue"), *late[2:], value=str(days))]
        return make._block(
            "owed",
            self.env._("Receivables"),
            self.env._("The customer owes nothing."),
            [
                row("receivable", self.env._("Receivables"), total(0), Domain.TRUE),
                row(*late, tone="danger", notes=notes),
                row(
                    "chase",
                    self.env._("To Collect"),
                    total(2),
                    past & Domain("chase", ">", 0),
                    "chase",
                    tone="warning",
                ),
                row(
                    "blocked",
                    self.env._("Suspended"),
                    total(3),
                    past & Domain("amount_blocked", ">", 0),
                    "amount_blocked",
                ),
            ],
            charts=[
                (
                    "ages",
                    self.env._("Aging"),
                    [
                        row(f"age_{key}", label, ages[key][0], Domain("age_bucket", "=", key))
                        for key, label in buckets
                        if key in ages
                    ],
                )
            ],
        )

    @api.model
    def _get_ages(self, customer, company):
        """Return {age bucket: (open, overdue, to collect of it, suspended of it)} of a customer.

        From the SQL of the ledger, for this customer alone: the list behind a number has to read all.
        """
        self.env.flush_all()
        # sudo: who sees the page sees the customer's items, see `_check_customer`
        items = self.env["collection.ledger"].sudo()._get_ledger_sql(company, customer.ids)
        rows = self.env.execute_query(
            SQL(
                """SELECT age_bucket, SUM(amount), SUM(GREATEST(overdue, 0)),
                          COALESCE(SUM(chase) FILTER (WHERE days > 0 AND chase > 0), 0),
                          COALESCE(SUM(amount_blocked)
                                   FILTER (WHERE days > 0 AND amount_blocked > 0), 0)
                     FROM (%s) item GROUP BY age_bucket""",
                items,
            )
        )
        return {bucket: tuple(map(float, amounts)) for bucket, *amounts in rows}

    # ------------------------------------------------------------------ promised, agreed, disputed

    @api.model
    def _get_agreed_block(self, facts):
        """Open promises, instalments of agreements and disputes, and how promises were kept.

        Only what there is: most customers have none of most.
        """
        make, whole, today = self.env["insight.overview"], facts["whole"], facts["today"]
        opened = Domain("state", "=", "open")
        lately = Domain("date_promised", ">=", today - relativedelta(months=MONTHS))
        broken = Domain("state", "in", ("broken", "partly"))
        disputes, due = self.env["collection.dispute"], self.env["collection.agreement.line"]
        figures = [
            *make._figures(
                "collection.promise.line",
                whole,
                "collection_promise_line_action",
                Figure("promised", self.env._("Open Promises"), opened),
                Figure(
                    "due",
                    self.env._("Promises Due by Today"),
                    opened & Domain("date_promised", "<=", today),
                    tone="warning",
                ),
                Figure(
                    "broken",
                    self.env._("Promises Broken in 12 Months"),
                    broken & lately,
                    tone="danger",
                ),
                Figure(
                    "kept",
                    self.env._("Promises Kept in 12 Months"),
                    Domain("state", "=", "kept") & lately,
                    tone="success",
                ),
            ),
            *make._figures(
                "collection.dispute",
                whole,
                "collection_dispute_action",
                Figure("disputes", self.env._("Open Disputes"), opened, tone="warning"),
                Figure("disputed", self.env._("Disputed Amount"), opened, "amount_company"),
            ),
            *make._figures(
                "collection.agreement",
                whole,
                "collection_agreement_action",
                Figure(
                    "agreements", self.env._("Active Agreements"), Domain("state", "=", "active")
                ),
            ),
        ]
        return make._block(
            "agreed",
            self.env._("Promises, Disputes and Agreements"),
            self.env._("Nothing is promised, disputed or agreed on."),
            [row for row in figures if row["amount"]],
            lists=[
                (
                    "promises",
                    self.env._("Open Promises"),
                    [
                        self._dated_row(line.date_promised, line.move_id.name,
                                        line.currency_id.format(line.amount), line.promise_id, line.id)
                        # sudo: the numbers of the invoices that were promised
                        for line in facts["promises"].sudo()
                    ],
                ),
                (
                    "installments",
                    self.env._("Installments Due"),
                    [
                        self._dated_row(line.date_due, line.display_name,
                                        line.currency_id.format(line.amount_due),
                                        line.agreement_id, line.id)
                        for line in due.search_fetch(
                            whole & opened & Domain("agreement_id.state", "=", "active"),
                            order="date_due, id",
                            limit=SHOWN,
                        )
                    ],
                ),
                (
                    "objections",
                    self.env._("Open Disputes"),
                    [
                        self._dated_row(one.deadline, one.name, one.currency_id.format(one.amount),
                                        one, one.id)
                        for one in disputes.search_fetch(
                            whole & opened, order="deadline, id", limit=SHOWN
                        )
                    ],
                ),
            ],
        )  # fmt: skip

    @api.model
    def _dated_row(self, day, label, value, record, key):
        """Return a row of a document with its day."""
        words = [format_date(self.env, day) if day else "", label or ""]
        return self._document_row(str(key), " · ".join(filter(None, words)), value, record)

    # ------------------------------------------------------------------ payment behaviour

    @api.model
    def _get_behaviour_block(self, facts):
        """How late the customer pays, against the year before and by month: one query."""
        customer, company, today = facts["customer"], facts["company"], facts["today"]
        behaviour = self.env["credit.payment.behaviour"]
        year = today - relativedelta(months=MONTHS)
        months = [today - relativedelta(months=back) for back in reversed(range(MONTHS))]
        now, before, *series = behaviour._get_periods(
            customer,
            company,
            [
                (year + relativedelta(days=1), today),
                (year - relativedelta(months=MONTHS) + relativedelta(days=1), year),
                *((start_of(day, "month"), min(end_of(day, "month"), today)) for day in months),
            ],
        )[customer.id]
        opens = (customer, "action_open_credit_settled")
        labels = {
            "days_late": self.env._("Average Days Late"),
            "days_to_pay": self.env._("Days to Pay"),
        }
        figures = [
            self._document_row(
                key,
                label,
                self._in_days(now[key]),
                *opens,
                tone=key == "days_late" and ("danger" if now[key] > 0 else "success"),
                notes=[
                    self._document_row(
                        f"{key}_before",
                        self.env._("Year Before"),
                        self._in_days(before[key]),
                        customer,
                        "action_open_credit_behaviour",
                    )
                ]
                if before[key] is not None
                else [],
            )
            for key, label in labels.items()
            if now[key] is not None
        ]
        if now["paid_amount"]:
            figures.append(
                self._document_row(
                    "paid",
                    self.env._("Paid in 12 Months"),
                    company.currency_id.format(now["paid_amount"]),
                    *opens,
                )
            )
        paid = behaviour._get_last_payments(customer, company).get(customer.id)
        if paid:
            day, amount, _move_id = paid
            payments = facts["whole"] & Domain("kind", "in", ("payment", "returned"))
            last = [
                self.env["insight.overview"]._row(
                    key, label, 1, "collection_timeline_action", payments, value=value
                )
                for key, label, value in (
                    ("last", self.env._("Last Payment"), company.currency_id.format(amount)),
                    ("last_on", self.env._("Date"), format_date(self.env, day)),
                )
            ]
            figures.append({**last[0], "notes": last[1:]})
        late = [
            self._document_row(
                f"month_{MONTHS - 1 - number}",
                month["date_from"].strftime("%Y-%m"),
                self._in_days(month["days_late"]),
                *opens,
                args=[MONTHS - 1 - number],
                amount=float(month["days_late"]),
            )
            for number, month in enumerate(series)
            if month["days_late"] is not None
        ]
        return self.env["insight.overview"]._block(
            "behaviour",
            self.env._("Payment Behavior"),
            self.env._("Nothing was paid or due in the last 12 months."),
            figures,
            charts=[("late", self.env._("Average Days Late by Month"), late)],
        )

    @api.model
    def _in_days(self, days):
        return self.env._("%s days", f"{days:.0f}")

    # ------------------------------------------------------------------ holds, and what ends

    @api.model
    def _get_holds_block(self, facts):
        """Orders on hold."""
        return self.env["insight.overview"]._block(
            "holds",
            self.env._("Orders on Hold"),
            self.env._("No order is on hold."),
            self.env["insight.overview"]._get_hold_figures(
                facts["company"], HELD & Domain("partner_id", "=", facts["customer"].id)
            ),
            lists=[
                (
                    "held",
                    self.env._("Orders on Hold"),
                    [
                        self._document_row(
                            str(hold.id),
                            f"{hold.order_name}: {hold.reason_summary or ''}",
                            hold.currency_id.format(hold.order_amount),
                            hold,
                        )
                        for hold in facts["holds"]
                    ],
                )
            ],
        )

    @api.model
    def _get_ends_block(self, facts):
        """Limits, reviews, collateral and papers that ended or end soon."""
        return self.env["insight.overview"]._block(
            "ends",
            self.env._("Ends within 30 Days"),
            self.env._("No limit, review, collateral or document ends within 30 days."),
            lists=[
                (
                    "ends",
                    self.env._("Limits, Collateral and Documents"),
                    [
                        self._document_row(
                            f"{record._name}_{record.id}_{day}_{number}",
                            label,
                            format_date(self.env, day),
                            record,
                        )
                        for number, (label, day, record) in enumerate(facts["ends"])
                    ],
                )
            ],
        )
