"""Figures of past months get the totals of the ledger beside those with notes."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    figures = env["insight.kpi"]
    rows = figures.search([("date_closing", "!=", False)])
    for (company, day), month in rows.grouped(lambda r: (r.company_id, r.date_closing)).items():
        sums = {
            user: values
            for _month, user, values in figures._sum_balances(company, [day])
            if "closing_notes" in values
        }
        for row in month:
            parts = sums.values() if row.scope == "company" else [sums.get(row.user_id.id or None)]
            row._system_write(
                {
                    name: sum(part[name] or 0.0 for part in parts if part)
                    for name in ("closing_notes", "overdue_items")
                }
            )
