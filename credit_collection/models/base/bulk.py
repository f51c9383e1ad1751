"""Many rows of a model in one statement, for the daily run: no chatter, no query per record.

And the numbers they get, in one go where the sequence may have gaps.
"""

from odoo import fields
from odoo.tools import SQL

from odoo.addons.base.models.ir_sequence import _update_nogap


def insert(model, rows, conflict=None):
    """Insert records with their defaults; stored computed fields follow.

    Every row names the same fields. For models whose records the system alone writes.

    :param rows: values as for `create`, many2one fields as ids
    :param conflict: SQL after ON CONFLICT, to leave out rows that are there already
    :return: the records, without those left out
    """
    if not rows:
        return model.browse()
    stored = {
        name: field
        for name, field in model._fields.items()
        if field.column_type and field.store and name != "id"
    }
    now = fields.Datetime.now()
    log = {"create_uid": model.env.uid, "create_date": now, "write_uid": model.env.uid,
           "write_date": now}  # fmt: skip
    given = {name for name in stored if name in rows[0]}
    plain = [name for name, field in stored.items() if not field.compute and not field.related]
    fixed = {
        name: value
        for name, value in {
            **model.default_get([n for n in plain if n not in given]),
            **log,
        }.items()
        if name in stored and name not in given
    }
    columns = [*given, *fixed]
    constants = [stored[n].convert_to_column_insert(v, model, fixed) for n, v in fixed.items()]
    dummies = {}
    params = []
    for row in rows:
        for name in given:
            field = stored[name]
            owner = _get_currency_owner(model, field, row, dummies) if row[name] else None
            params.append(field.convert_to_column_insert(row[name], owner or model, None))
        params += constants
    # One template with all values: an SQL object per value costs more than the statement.
    template = f"({', '.join(['%s'] * len(columns))})"
    found = model.env.execute_query(
        SQL(
            "INSERT INTO %s (%s) VALUES %s %s RETURNING id",
            SQL.identifier(model._table),
            SQL(", ").join(SQL.identifier(name) for name in columns),
            SQL(", ".join([template] * len(rows)), *params),
            SQL("ON CONFLICT %s DO NOTHING", conflict) if conflict else SQL(),
        )
    )
    records = model.browse(row[0] for row in found)
    for name, field in stored.items():
        if (field.compute or field.related) and name not in given:
            model.env.add_to_compute(field, records)
    return records


def _get_currency_owner(model, field, row, known):
    """Return a record with the currency that `field` of the row is rounded to; None for other fields.

    One per currency, or per record that the currency is read from: Odoo makes one per value.
    """
    if field.type != "monetary":
        return None
    name = field.get_currency_field(model)
    currency = model._fields[name]
    if name not in row and currency.related:
        name = currency.related.split(".")[0]
    if name not in row:
        return None
    key = name, row[name]
    if key not in known:
        known[key] = model.new({name: row[name]})
    return known[key]


def take_names(env, code, company, date, count):
    """Return names for new documents of a sequence, in one go where it may have gaps.

    :param code: code of the sequence; the company's own before the shared one
    """
    # sudo: sequences are the administrator's
    sequence = (
        env["ir.sequence"]
        .sudo()
        .search(
            [("code", "=", code), ("company_id", "in", [company.id, False])],
            order="company_id",
            limit=1,
        )
    )
    if not sequence:
        return ["/"] * count
    source, table = sequence, f"ir_sequence_{sequence.id:03d}"
    if sequence.use_date_range:
        source = sequence._get_current_sequence(date)
        table = f"{table}_{source.id:03d}"
    if sequence.implementation == "standard":
        numbers = [
            number
            for (number,) in env.execute_query(
                SQL("SELECT nextval(%s) FROM generate_series(1, %s)", table, count)
            )
        ]
    else:
        step = sequence.number_increment
        first = _update_nogap(source, step * count)
        numbers = range(first, first + step * count, step)
    prefix, suffix = sequence._get_prefix_suffix(
        date, source.date_from if sequence.use_date_range else None
    )
    return [f"{prefix}{number:0{sequence.padding}d}{suffix}" for number in numbers]
