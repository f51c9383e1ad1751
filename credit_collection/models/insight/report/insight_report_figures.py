from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...receivable.ageing.receivable_ageing_column import COLUMN_NAMES
from .insight_report_sql import BRIDGE

# Groups that a table lists; the others are one row.
LISTED = 20
TOP = 10

# Customers that a suggestion prints; its button opens all.
PRINTED = 10

TREND_MONTHS = 12

# Amounts of a customer that suggestions look at.
AMOUNTS = ("receivable", "overdue", "collected", "credit_limit", "provision")

# Sections by group: the group over `snap` (row of the closed month) and `partner` (its customer).
GROUPS = {
    "customer": ("res.partner", "snap.partner_id"),
    "industry": ("res.partner.industry", "partner.industry_id"),
    "salesperson": ("res.users", "snap.user_id"),
    "segment": (None, "snap.segment"),
    "grade": ("credit.grade", "snap.grade_id"),
}

# Figures of the totals: (name, kind, whether the closed month has it; else the KPIs of the company).
TOTALS = (
    ("receivable", "money", True),
    ("overdue", "money", True),
    ("collected", "money", True),
    ("written_off", "money", True),
    ("provision", "money", True),
    ("sales", "money", False),
    ("overdue_rate", "percent", False),
    ("recovery_rate", "percent", False),
    ("overdue_recovery_rate", "percent", False),
    ("bad_debt_rate", "percent", False),
    ("dso", "number", False),
)


def _title(key, kind="money"):
    return {"t": key, "k": kind}


def _share(part, whole):
    return 100.0 * part / whole if whole else None


class InsightReport(models.Model):
    """The tables of a monthly report, as they are frozen. Called as superuser, by `_draft`."""

    _inherit = "insight.report"

    def _get_tables(self):
        """Return {section: table as `insight.report.section` keeps it}."""
        self.ensure_one()
        months = self._get_months()
        now = months[self.date]
        before = months.get(self.date + relativedelta(months=-1, day=31), now.browse())
        year = months.get(self.date + relativedelta(years=-1, day=31), now.browse())
        tables = {
            "totals": self._get_totals(now, before, year),
            "ageing": self._get_ageing(now, before),
            "bridge": self._get_bridge_table(now, before),
            "reason": self._get_reasons(now),
            "stage": self._get_effect("stage"),
            "channel": self._get_effect("channel"),
            "unit": self._get_charges(),
            "trend": self._get_trend(months),
            "largest": self._get_top(now, "receivable"),
            "worst": self._get_top(now, "overdue"),
            "suggestion": self._get_suggestion_table(),
        }
        for kind in GROUPS:
            tables[kind] = self._get_group(kind, [now, before, year])
        return tables

    def _get_months(self):
        """Return {last day: current version} of this month and those of a year before."""
        found = self.env["insight.month"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("is_current", "=", True),
                ("date", ">=", self.date + relativedelta(years=-1, day=31)),
                ("date", "<=", self.date),
            ]
        )
        return {month.date: month for month in found | self.month_id}

    def _get_kpis(self, first):
        """Return {last day: indicators of the company} from a day on."""
        rows = self.env["insight.kpi"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("scope", "=", "company"),
                ("date", ">=", first),
                ("date", "<=", self.date),
            ]
        )
        return {row.date: row for row in rows}

    def _get_names(self, records):
        """Return {id: text cell}, in every installed language where the name is translated."""
        field = records._fields.get("name")
        if field is None or not field.translate:
            return {record.id: record.display_name for record in records}
        names = {record.id: {"n": {}} for record in records}
        for code, _name in self.env["res.lang"].get_installed():
            for record in records.with_context(lang=code):
                names[record.id]["n"][code] = record.display_name
        return names

    # ------------------------------------------------------------------ totals

    def _get_totals(self, now, before, year):
        kpis = self._get_kpis(year.date or self.date + relativedelta(years=-1, day=31))
        goals = self._get_goals()

        def value(month, day, name, of_month):
            row = month if of_month else kpis.get(day, self.env["insight.kpi"])
            return row[name] if row else None

        days = (
            self.date,
            self.date + relativedelta(months=-1, day=31),
            self.date + relativedelta(years=-1, day=31),
        )
        rows = []
        for name, kind, of_month in TOTALS:
            this, last, past = (
                value(month, day, name, of_month)
                for month, day in zip((now, before, year), days, strict=True)
            )
            change = None if this is None or last is None else this - last
            cells = [{"t": name}, this, last, change, past, goals.get(name)]
            rows.append({"c": cells, "k": kind})
        return {
            "columns": [
                _title("item", "text"), _title("now"), _title("before"), _title("change"),
                _title("year"), _title("target"),
            ],
            "rows": rows,
        }  # fmt: skip

    def _get_goals(self):
        """Return {indicator: goal} of the company's targets for the month."""
        targets = self.env["insight.target"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("scope", "=", "company"),
                ("state", "not in", ("rejected", "cancelled")),
                ("date_from", "<=", self.date),
                ("date_to", ">=", self.date.replace(day=1)),
            ]
        )
        return {target.metric: target.goal for target in targets if target.goal}

    # ------------------------------------------------------------------ by group

    def _get_group(self, kind, months):
        model, key = GROUPS[kind]
        # The key is one of the constants above.
        rows, rest = self._sum_groups(months, SQL(key), LISTED)  # pylint: disable=sql-injection
        if model:
            names = self._get_names(self.env[model].browse([row[0] for row in rows if row[0]]))
        else:
            names = {row[0]: {"t": f"segment.{row[0]}"} for row in rows if row[0]}
        cells = [[names.get(group, {"t": "none"}), *amounts] for group, *amounts in rows]
        total = [sum(values) for values in zip(*(row[1:] for row in rows), strict=True)]
        if rest:
            cells.append([{"t": "rest"}, *rest])
            total = [one + other for one, other in zip(total, rest, strict=True)]

        def with_rate(row):
            return [*row[:3], _share(row[2], row[1]), *row[3:]]

        return {
            "columns": [
                _title(kind, "text"), _title("receivable"), _title("overdue"), _title("rate", "percent"),
                _title("collected"), _title("overdue_before"), _title("overdue_year"),
            ],
            "rows": [{"c": with_rate(row)} for row in cells],
            "total": with_rate([{"t": "total"}, *total]) if total else None,
        }  # fmt: skip

    def _get_top(self, month, order):
        rows = self.env["insight.snapshot"]._read_group(
            [("month_id", "=", month.id), (order, ">", 0)],
            ["partner_id"],
            ["receivable:sum", "overdue:sum", "credit_limit:sum", "collected:sum"],
            order=f"{order}:sum DESC",
            limit=TOP,
        )
        return {
            "columns": [
                _title("customer", "text"), _title("receivable"), _title("overdue"),
                _title("limit"), _title("collected"), _title("share", "percent"),
            ],
            "rows": [
                {
                    "c": [
                        partner.name or {"t": "none"}, receivable, overdue, limit, collected,
                        _share({"receivable": receivable, "overdue": overdue}[order], month[order]),
                    ]
                }
                for partner, receivable, overdue, limit, collected in rows
            ],
        }  # fmt: skip

    # ------------------------------------------------------------------ aging

    def _get_buckets(self):
        """Return the names of the buckets as text cells; the last stands for all that are older."""
        columns = self.env["receivable.ageing.column"]._get_columns(self.company_id)
        columns = columns[: len(COLUMN_NAMES)]
        names = [{"n": {}} for _column in columns]
        for code, _name in self.env["res.lang"].get_installed():
            for cell, column in zip(names, columns.with_context(lang=code), strict=True):
                cell["n"][code] = column.name
        return names

    def _get_ageing(self, now, before):
        this, last = self._sum_columns(now), self._sum_columns(before)
        whole = sum(this)
        rows = [
            {"c": [name, this[index], last[index] if before else None, _share(this[index], whole)]}
            for index, name in enumerate(self._get_buckets())
        ]
        return {
            "columns": [
                _title("bucket", "text"), _title("now"), _title("before"), _title("share", "percent"),
            ],
            "rows": rows,
            "total": [{"t": "total"}, whole, sum(last) if before else None, _share(whole, whole)],
        }  # fmt: skip

    def _get_bridge_table(self, now, before):
        rows = self._get_bridge(now, before)
        total = [self.currency_id.round(sum(row[name] for row in rows)) for name in BRIDGE]
        return {
            "columns": [_title("bucket", "text"), *(_title(name) for name in BRIDGE)],
            "rows": [
                {"c": [bucket, *(row[name] for name in BRIDGE)]}
                for bucket, row in zip(self._get_buckets(), rows, strict=False)
            ],
            "total": [{"t": "total"}, *total],
        }

    def _get_reasons(self, month):
        rows = self._sum_reasons(month)
        names = self._get_names(
            self.env["collection.reason"].browse([row[0] for row in rows if row[0]])
        )
        whole = float(sum(row[1] for row in rows))
        return {
            "columns": [
                _title("reason", "text"), _title("overdue"), _title("share", "percent"),
                _title("items", "count"),
            ],
            "rows": [
                {
                    "c": [
                        names.get(reason, {"t": "none"}), float(amount),
                        _share(float(amount), whole), count,
                    ]
                }
                for reason, amount, count in rows
            ],
        }  # fmt: skip

    # ------------------------------------------------------------------ collection, trend

    def _get_effect(self, kind):
        """Return what contacts of the month brought, by stage or channel."""
        group = {"stage": "stage_id", "channel": "channel"}[kind]
        rows = self.env["insight.contact"]._read_group(
            Domain("company_id", "=", self.company_id.id)
            & Domain("date", ">=", self.date.replace(day=1))
            & Domain("date", "<=", self.date),
            [group],
            ["__count", "amount:sum", "success:avg"],
        )
        if kind == "stage":
            stages = self.env["collection.stage"].union(*(row[0] for row in rows))
            names = self._get_names(stages)
        else:
            names = {row[0]: {"t": f"channel.{row[0]}"} for row in rows if row[0]}
        return {
            "columns": [
                _title(kind, "text"), _title("contacts", "count"), _title("received"),
                _title("success", "percent"),
            ],
            "rows": [
                {
                    "c": [
                        names.get(key if kind == "channel" else key.id, {"t": "none"}),
                        count, amount or 0.0, success,
                    ]
                }
                for key, count, amount, success in rows
            ],
        }  # fmt: skip

    def _get_charges(self):
        """Return what the month costs each sales team: of collecting, of capital, of approved targets."""
        month = [("company_id", "=", self.company_id.id), ("date", "=", self.date)]
        kpis = self.env["insight.kpi"].search([*month, ("scope", "=", "team")])
        members = self.env["insight.kpi"]._get_teams()
        bonus = dict.fromkeys(kpis.team_id.ids, 0.0)
        for target in self.env["insight.target"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "approved"),
                ("date_to", ">=", self.date.replace(day=1)),
                ("date_to", "<=", self.date),
            ]
        ):
            team = target.team_id.id if target.scope == "team" else members.get(target.user_id.id)
            if team:
                bonus[team] = bonus.get(team, 0.0) + target.amount
        rows = {row.team_id.id: (row.costs, row.overdue_cost) for row in kpis}
        names = self._get_names(self.env["crm.team"].browse(bonus))
        cells = []
        for team, amount in bonus.items():
            sums = [*rows.get(team, (0.0, 0.0)), amount]
            if any(sums):
                cells.append([names[team], *sums, sum(sums)])
        total = [sum(values) for values in zip(*(row[1:] for row in cells), strict=True)]
        return {
            "columns": [
                _title("unit", "text"), _title("costs"), _title("overdue_cost"), _title("bonus"),
                _title("charged"),
            ],
            "rows": [{"c": row} for row in cells],
            "total": [{"t": "total"}, *total] if cells else None,
        }  # fmt: skip

    def _get_trend(self, months):
        kpis = self._get_kpis(self.date + relativedelta(years=-1, day=31))
        rows = []
        for back in range(TREND_MONTHS - 1, -1, -1):
            day = self.date + relativedelta(months=-back, day=31)
            month, kpi = months.get(day), kpis.get(day)
            if not month and not kpi:
                continue
            # Months that were never closed: of their indicators, as receivables without notes.
            receivable = month.receivable if month else kpi.closing - kpi.closing_notes
            overdue = month.overdue if month else kpi.overdue_items
            rows.append(
                {
                    "c": [
                        f"{day:%Y-%m}",
                        receivable,
                        overdue,
                        _share(overdue, receivable),
                        kpi.dso if kpi else None,
                        kpi.recovery_rate if kpi else None,
                    ]
                }
            )
        return {
            "columns": [
                _title("month", "text"), _title("receivable"), _title("overdue"),
                _title("rate", "percent"), _title("dso", "number"), _title("recovery_rate", "percent"),
            ],
            "rows": rows,
        }  # fmt: skip

    # ------------------------------------------------------------------ suggestions

    def _get_suggestions(self):
        """Return values of the suggestions of the month, each with the rows behind it."""
        starts = (
            self.env["receivable.ageing.column"]._get_columns(self.company_id).mapped("days_from")
        )
        aged = {
            days: SQL(" + ").join(
                [
                    SQL("0"),
                    *(
                        SQL.identifier(name)
                        for name, start in zip(COLUMN_NAMES, starts, strict=False)
                        if start > days
                    ),
                ]
            )
            for days in (30, 90, 365)
        }
        former = self.env["insight.month"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("is_current", "=", True),
                ("date", "<", self.date),
                ("date", ">=", self.date + relativedelta(months=-2, day=31)),
            ]
        )
        last = former.filtered(lambda m: m.date == self.date + relativedelta(months=-1, day=31))
        cases = self.env["collection.case"]
        cases.flush_model(["partner_id", "company_id", "state"])
        rules = {
            "no_case": SQL(
                "aged_30 > 0 AND overdue > 0 AND NOT EXISTS (SELECT FROM collection_case held WHERE"
                " held.partner_id = fact.partner_id AND held.company_id = %s AND held.state = 'open')",
                self.company_id.id,
            ),
            "grown": SQL("overdue_before > 0 AND overdue >= 1.5 * overdue_before"),
            "over_limit": SQL("credit_limit > 0 AND receivable > credit_limit"),
            "stuck": SQL("aged_90 > 0 AND overdue > 0 AND collected = 0 AND collected_before = 0"),
            "allowance": SQL("aged_365 > 0 AND aged_365 > provision"),
        }
        found = []
        for rule, condition in rules.items():
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT ids, overdue FROM (
                        SELECT partner_id, array_agg(id) FILTER (WHERE month_id = %(now)s) AS ids,
                               %(sums)s,
                               SUM(overdue) FILTER (WHERE month_id = %(last)s) AS overdue_before,
                               COALESCE(SUM(collected) FILTER (WHERE month_id <> %(now)s), 0)
                                   AS collected_before
                          FROM insight_snapshot
                         WHERE month_id IN %(months)s AND partner_id IS NOT NULL
                         GROUP BY partner_id) fact
                     WHERE ids IS NOT NULL AND %(condition)s ORDER BY overdue DESC, partner_id
                    """,
                    now=self.month_id.id,
                    last=last.id or 0,
                    months=(self.month_id.id, *former.ids),
                    condition=condition,
                    sums=SQL(", ").join(
                        SQL(
                            "COALESCE(SUM(%s) FILTER (WHERE month_id = %s), 0) AS %s",
                            value,
                            self.month_id.id,
                            SQL.identifier(name),
                        )
                        for name, value in (
                            *((amount, SQL.identifier(amount)) for amount in AMOUNTS),
                            *((f"aged_{days}", value) for days, value in aged.items()),
                        )
                    ),
                )  # fmt: skip
            )
            if rows:
                found.append(
                    {
                        "rule": rule,
                        "count": len(rows),
                        "amount": float(sum(row[1] for row in rows)),
                        "row_ids": [id_ for row in rows for id_ in row[0]],
                    }
                )
        return found

    def _get_suggestion_table(self):
        """Return the suggestions with the customers behind each, the most overdue first."""
        rows = []
        for suggestion in self.suggestion_ids:
            sums = self.env["insight.snapshot"]._read_group(
                [("id", "in", suggestion.row_ids)],
                ["partner_id"],
                ["receivable:sum", "overdue:sum", "credit_limit:sum"],
                order="overdue:sum DESC, receivable:sum DESC",
                limit=PRINTED,
            )
            rows += [
                {"c": [{"t": f"rule.{suggestion.rule}"}, partner.name or "", *amounts]}
                for partner, *amounts in sums
            ]
        return {
            "columns": [
                _title("suggestion", "text"), _title("customer", "text"), _title("receivable"),
                _title("overdue"), _title("limit"),
            ],
            "rows": rows,
        }  # fmt: skip
