"""Figures of past months get the totals of the ledger beside those with notes."""

from collections import defaultdict

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    figures = env["insight.kpi"]
    rows = figures.search([("date_closing", "!=", False)])
    for (company, day), month in rows.grouped(lambda r: (r.company_id, r.date_closing)).items():
        sums = defaultdict(lambda: defaultdict(float))
        for _month, user, _collector, values in figures._sum_balances(company, [day]):
            for name in ("closing_notes", "overdue_items"):
                sums[user][name] += values.get(name) or 0.0
        for row in month:
            parts = sums.values() if row.scope == "company" else [sums[row.user_id.id or None]]
            row._system_write(
                {
                    name: sum(part[name] for part in parts)
                    for name in ("closing_notes", "overdue_items")
                }
            )
