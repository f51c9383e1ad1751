"""Conduct of applications (P4-05): those from before were proposed without it and keep their proposal."""

from odoo.tools.sql import column_exists, create_column

COLUMNS = ("conduct_months", "late_count", "late_days", "breach_count")


def migrate(cr, version):
    for column in COLUMNS:
        # A column that is there is not computed when the field comes.
        if not column_exists(cr, "credit_application", column):
            create_column(cr, "credit_application", column, "int4")
