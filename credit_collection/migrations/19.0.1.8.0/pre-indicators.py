"""The figures of months became the indicators of the new area: `receivable.figure` is `insight.kpi`."""

import re

from odoo.tools import SQL
from odoo.tools.sql import table_exists

MODELS = {
    "receivable.figure": "insight.kpi",
    "receivable.figure.compute": "insight.kpi.compute",
}
# Columns that name a model: table -> column.
COLUMNS = {
    "ir_model": "model",
    "ir_model_fields": "model",
    "ir_model_data": "model",
    "ir_ui_view": "model",
    "ir_act_window": "res_model",
    "ir_filters": "model_id",
    "ir_exports": "resource",
    "ir_attachment": "res_model",
    "mail_message": "model",
}
# Whole words in XML ids: menus, views, actions, rules, fields; not the figures of customers.
NAME = re.compile(r"(^|_)receivable_figure(?=_|$)")


def migrate(cr, version):
    for old, new in MODELS.items():
        rename_model(cr, old, new)
    rename_xml_ids(cr)


def rename_model(cr, old, new):
    """Rename a model, its table with sequence and indexes, and where it is named."""
    for table, column in COLUMNS.items():
        column = SQL.identifier(column)
        cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE %s = %s",
                SQL.identifier(table),
                column,
                new,
                column,
                old,
            )
        )
    cr.execute(SQL("UPDATE ir_model_fields SET relation = %s WHERE relation = %s", new, old))
    was, to = old.replace(".", "_"), new.replace(".", "_")
    if not table_exists(cr, was) or table_exists(cr, to):
        return
    cr.execute(SQL("ALTER TABLE %s RENAME TO %s", SQL.identifier(was), SQL.identifier(to)))
    cr.execute(
        SQL(
            "SELECT relname, relkind = 'S' FROM pg_class JOIN pg_namespace space ON space.oid = relnamespace"
            " WHERE relkind IN ('i', 'S') AND space.nspname = current_schema"
            " AND starts_with(relname, %s)",
            f"{was}_",
        )
    )
    for name, is_sequence in cr.fetchall():
        own = SQL.identifier(to + name.removeprefix(was))
        what = SQL("SEQUENCE" if is_sequence else "INDEX")
        cr.execute(SQL("ALTER %s %s RENAME TO %s", what, SQL.identifier(name), own))
    cr.execute(
        SQL(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND starts_with(conname, %s)",
            to,
            f"{was}_",
        )
    )
    for (name,) in cr.fetchall():
        cr.execute(
            SQL(
                "ALTER TABLE %s RENAME CONSTRAINT %s TO %s",
                SQL.identifier(to),
                SQL.identifier(name),
                SQL.identifier(to + name.removeprefix(was)),
            )
        )
    cr.execute(
        SQL(
            "UPDATE ir_model_constraint SET name = %s || substr(name, %s) WHERE starts_with(name, %s)",
            to,
            len(was) + 1,
            f"{was}_",
        )
    )


def rename_xml_ids(cr):
    cr.execute(
        "SELECT id, name FROM ir_model_data"
        " WHERE module = 'credit_collection' AND strpos(name, 'receivable_figure') > 0"
    )
    for id_, name in cr.fetchall():
        new = NAME.sub(r"\1insight_kpi", name)
        if new != name:
            cr.execute(SQL("UPDATE ir_model_data SET name = %s WHERE id = %s", new, id_))
