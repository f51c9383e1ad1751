"""A closed month keeps the first days of its ageing buckets, not their names in one language."""

import json
import re

from odoo.tools.sql import column_exists


def migrate(cr, version):
    if not column_exists(cr, "insight_month", "column_names"):
        return
    cr.execute("SELECT DISTINCT column_names FROM insight_month WHERE column_names IS NOT NULL")
    for (names,) in cr.fetchall():
        # "0 (not due) | 1–30 | over 30": the last begins the day after
        days = [int(re.search(r"-?\d+", name).group()) for name in names.split(" | ")]
        days[-1] += 1
        cr.execute(
            "UPDATE insight_month SET column_days = %s WHERE column_names = %s",
            (json.dumps(days), names),
        )
    cr.execute("ALTER TABLE insight_month DROP COLUMN column_names")
