"""Branches have the settings of their root; differences are kept for post-branches to list."""

import json

from odoo.tools import SQL
from odoo.tools.sql import table_columns

KEY = "credit_collection.branch_settings"
# How far runs have come, no settings.
RUN_STATE = {
    "credit_review_day", "credit_review_cursor", "collection_notice_period",
    "collection_sheet_period",
}  # fmt: skip
# Values of settings without meaning.
EMPTY = {None, "", "0", "0.0", "0.00", "0.0000", "false"}


def migrate(cr, version):
    names = sorted(
        name
        for name in table_columns(cr, "res_company")
        if name.startswith(("credit_", "collection_", "receivable_")) and name not in RUN_STATE
    )
    join = SQL(
        "root.id = split_part(branch.parent_path, '/', 1)::int AND branch.parent_id IS NOT NULL"
    )
    found = []
    for name in names:
        column = SQL.identifier(name)
        cr.execute(
            SQL(
                """
                SELECT branch.id, %(name)s, branch.%(column)s::text, root.%(column)s::text
                  FROM res_company branch JOIN res_company root ON %(join)s
                 WHERE branch.%(column)s IS DISTINCT FROM root.%(column)s
                """,
                name=name,
                column=column,
                join=join,
            )
        )
        rows = cr.fetchall()
        found += [row for row in rows if not EMPTY.issuperset(row[2:])]
    # At once: checks of the table compare settings with each other.
    values = SQL(", ").join(
        SQL("%(column)s = root.%(column)s", column=SQL.identifier(name)) for name in names
    )
    cr.execute(SQL("UPDATE res_company branch SET %s FROM res_company root WHERE %s", values, join))
    if not found:
        return
    cr.execute(
        SQL(
            """INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)
               ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value""",
            KEY,
            json.dumps(found),
        )
    )
