"""Promises and disputes in force count from the open amount after the set-off (issue of open items)."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    items = env["credit.open.item"]
    items._flush_sources()
    companies = env["res.company"].search([("parent_id", "=", False)])
    # Money that lay there before a promise was given keeps it no more than before.
    env.cr.execute(
        SQL(
            """
            WITH item AS MATERIALIZED (%s)
            UPDATE collection_promise_line line
               SET residual_start = GREATEST(line.residual_start - LEAST(
                       item.amount_currency - item.net_currency,
                       (SELECT COALESCE(-SUM(credit.amount_currency), 0) FROM item credit
                         WHERE credit.partner_id = item.partner_id
                           AND credit.company_id = item.company_id
                           AND credit.currency_id = item.currency_id
                           AND credit.amount_currency < 0 AND credit.date <= line.date)), 0)
              FROM item
             WHERE item.move_line_id = line.move_line_id AND line.state = 'open'
            """,
            items._get_items_sql(companies, with_credits=True),
        )
    )
    # Amounts credited before a dispute are no part of it.
    env.cr.execute(
        SQL(
            "UPDATE collection_dispute SET credited_start = (%s) WHERE state = 'open'",
            items._credited_sql(SQL("collection_dispute.move_id")),
        )
    )
