from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ...receivable.ageing.receivable_ageing_column import COLUMN_NAMES, COLUMNS
from ..kpi.insight_kpi import MONEY_JOURNALS

# What moves receivables in a month, in the order of the bridge.
MOVEMENTS = ("new", "paid", "credited", "written", "other")

# Columns of the bridge: those before the last add up to it.
BRIDGE = ("opening", "later", *MOVEMENTS, "moved", "closing")


class InsightReport(models.Model):
    """The movement of the aging in a month, from the books."""

    _inherit = "insight.report"

    def _get_bridge(self, month, before):
        """Return [{opening, new, paid, credited, written, other, later, moved, closing}] per bucket.

        Receivables and notes, as the buckets of closed months. Reductions stand where the item was
        that they are matched with at the end of the month; what is not matched, in its own bucket.
        `moved` is what went from bucket to bucket by age or by later matching; all buckets
        together nothing moves. `later` was entered for earlier months after these were closed.

        :param month: the closed month
        :param before: the closed month before; empty: the opening is read from the books
        """
        closing = self._sum_columns(month)
        last = month.date.replace(day=1) - timedelta(days=1)
        books = self._sum_items(month.company_id, last)
        opening = self._sum_columns(before) if before else books
        moves = self._sum_movements(month)
        notes = [
            new - old
            for new, old in zip(
                self._sum_items(month.company_id, month.date, notes=True),
                self._sum_items(month.company_id, last, notes=True),
                strict=True,
            )
        ]
        rows = []
        for index in range(COLUMNS):
            row = {name: moves.get((name, index), 0.0) for name in MOVEMENTS}
            row["other"] += notes[index]
            row["opening"], row["closing"] = opening[index], closing[index]
            row["later"] = books[index] - opening[index]
            known = row["opening"] + row["later"] + sum(row[name] for name in MOVEMENTS)
            row["moved"] = row["closing"] - known
            rows.append({name: month.currency_id.round(value) for name, value in row.items()})
        return rows

    def _sum_columns(self, month):
        sums = self.env["insight.snapshot"]._read_group(
            [("month_id", "=", month.id)], [], [f"{name}:sum" for name in COLUMN_NAMES]
        )
        return [value or 0.0 for value in sums[0]]

    def _sum_items(self, company, day, notes=False):
        """Return the amount per bucket in the books of a day as they are now.

        :param notes: notes alone
        """
        ageing = self.env["receivable.ageing"]
        ageing._flush_sources()
        kinds = tuple(ageing._get_extra_selects(company, day)) if notes else None
        result = [0.0] * COLUMNS
        if kinds == ():
            return result
        for index, amount in self.env.execute_query(
            SQL(
                "SELECT LEAST(column_index, %s), SUM(amount) FROM (%s) item GROUP BY 1",
                COLUMNS - 1,
                ageing._get_items_sql(company, day, kinds),
            )
        ):
            result[index] = float(amount)
        return result

    def _sum_movements(self, month):
        """Return {(movement, bucket): change of the balance} by entries dated in the month."""
        ageing, kpi = self.env["receivable.ageing"], self.env["insight.kpi"]
        company, first, last = month.company_id, month.date.replace(day=1), month.date
        ageing._flush_sources()
        starts = self.env["receivable.ageing.column"]._get_columns(company).mapped("days_from")
        # sudo: figures of the company count every item of its books
        items = self.env["account.move.line"].sudo()
        written = items._search(kpi._get_written_off_domain(company, first, last)).subselect()

        def bucket(item):
            due = SQL(
                "COALESCE(%s, %s)",
                SQL.identifier(item, "date_maturity"),
                SQL.identifier(item, "date"),
            )
            return SQL(
                "LEAST(width_bucket(%s, %s::int[]), %s)",
                ageing._days_sql(due, company, last),
                starts[1:],
                COLUMNS - 1,
            )  # fmt: skip

        rows = self.env.execute_query(
            SQL(
                """
                WITH outside AS MATERIALIZED (%(outside)s),
                applied AS MATERIALIZED (%(applied)s),
                line AS MATERIALIZED (
                    SELECT line.id, line.balance, line.date, line.date_maturity,
                           CASE WHEN line.id IN %(written)s THEN 'written'
                                WHEN journal.type IN %(money)s THEN 'paid'
                                WHEN move.move_type IN ('out_invoice', 'out_receipt') THEN 'new'
                                WHEN move.move_type = 'out_refund' THEN 'credited'
                                ELSE 'other' END AS kind
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                      JOIN account_journal journal ON journal.id = line.journal_id
                     WHERE line.account_id IN %(accounts)s AND line.company_id IN %(companies)s
                       AND line.parent_state = 'posted' AND line.date BETWEEN %(first)s AND %(last)s)
                SELECT kind, bucket, SUM(amount) FROM (
                    SELECT line.kind, %(own)s AS bucket,
                           line.balance + COALESCE((SELECT SUM(applied.amount) FROM applied
                                                     WHERE applied.credit_move_id = line.id), 0) AS amount
                      FROM line
                    UNION ALL
                    SELECT line.kind, %(other)s, -applied.amount
                      FROM applied JOIN line ON line.id = applied.credit_move_id
                      JOIN account_move_line debit ON debit.id = applied.debit_move_id) movement
                GROUP BY 1, 2
                """,
                outside=ageing._outside_sql(),
                applied=ageing._applied_sql(last),
                written=written,
                money=MONEY_JOURNALS,
                accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
                companies=company._credit_entity_ids(),
                first=first,
                last=last,
                own=bucket("line"),
                other=bucket("debit"),
            )
        )
        return {(kind, index): float(amount) for kind, index, amount in rows}

    def _sum_groups(self, months, key, limit):
        """Return rows of sums per group, the largest overdue first; the last is of all others.

        :param months: [this month, last month, a year ago], those missing empty
        :param key: SQL of the group over `snap` and its customer `partner`
        :return: [(group, receivable, overdue, collected, overdue before, overdue a year ago)], others
        """
        now, before, year = (month.id or 0 for month in months)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(key)s, COALESCE(SUM(snap.receivable) FILTER (WHERE snap.month_id = %(now)s), 0),
                       COALESCE(SUM(snap.overdue) FILTER (WHERE snap.month_id = %(now)s), 0),
                       COALESCE(SUM(snap.collected) FILTER (WHERE snap.month_id = %(now)s), 0),
                       COALESCE(SUM(snap.overdue) FILTER (WHERE snap.month_id = %(before)s), 0),
                       COALESCE(SUM(snap.overdue) FILTER (WHERE snap.month_id = %(year)s), 0)
                  FROM insight_snapshot snap LEFT JOIN res_partner partner ON partner.id = snap.partner_id
                 WHERE snap.month_id IN %(months)s
                 GROUP BY 1 ORDER BY 3 DESC, 2 DESC, 1
                """,
                key=key,
                now=now,
                before=before,
                year=year,
                months=(now, before, year),
            )
        )
        rows = [(group, *map(float, amounts)) for group, *amounts in rows]
        rest = [sum(values) for values in zip(*(row[1:] for row in rows[limit:]), strict=True)]
        return rows[:limit], rest

    def _sum_reasons(self, month):
        """Return [(reason id, overdue, invoices)] of the last day of the month, the largest first."""
        ageing, kpi = self.env["receivable.ageing"], self.env["insight.kpi"]
        ageing._flush_sources()
        return self.env.execute_query(
            SQL(
                """
                SELECT move.collection_reason_id, SUM(item.net), COUNT(DISTINCT item.move_id)
                  FROM (%s) item JOIN account_move move ON move.id = item.move_id
                 WHERE %s GROUP BY 1 ORDER BY 2 DESC
                """,
                ageing._get_items_sql(month.company_id, month.date),
                kpi._overdue_item_sql(month.date),
            )
        )
