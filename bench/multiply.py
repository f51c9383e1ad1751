"""Copies of the seeded cell by INSERT ... SELECT: `python -m bench.multiply DATABASE CELLS`.

Every column is copied as Odoo stored it; ids and what refers to copied rows are moved
along, names made unique. Rows of one kind lie together, those of one customer apart, as
in books that grew over years. Runs as the cluster's superuser, who may leave out foreign
key checks; indexes are built afterwards.
"""

import sys

import psycopg2

from bench.seed import CLONED

NUMBER = (
    "(CASE WHEN {m}.name LIKE {m}.sequence_prefix || '%%' THEN {m}.sequence_prefix"
    " || {m}.sequence_number + c.n * 1000 ELSE {m}.name END)"
)
#: Columns not copied as they are: {table: {column: expression}}; `s` is the row, `c.n` the cell.
OVERRIDES = {
    "res_partner": {
        "name": "s.name || ' ' || c.n",
        "complete_name": "s.complete_name || ' ' || c.n",
        # limits differ, so that sums that mix customers up are noticed
        "credit_limit": "(SELECT jsonb_object_agg(key, value::numeric + c.n)"
        " FROM jsonb_each_text(s.credit_limit))",
    },
    "account_move": {
        "name": NUMBER.format(m="s"),
        "sequence_number": "s.sequence_number + c.n * 1000",
    },
    "account_move_line": {
        "move_name": f"(SELECT {NUMBER.format(m='m')} FROM account_move m WHERE m.id = s.move_id)",
        "sequence_number": "s.sequence_number + c.n * 1000",
        "matching_number": "CASE WHEN s.full_reconcile_id IS NOT NULL THEN {full_reconcile_id}::text"
        " WHEN s.matching_number LIKE 'P%%' THEN (SELECT 'P' || r.first + c.n FROM"
        " bench_rank_account_partial_reconcile r WHERE 'P' || r.id = s.matching_number)"
        " ELSE s.matching_number END",
    },
    "account_payment": {
        "name": f"(SELECT {NUMBER.format(m='m')} FROM account_move m WHERE m.id = s.move_id)",
    },
    "sale_order": {"name": "s.name || '-' || c.n", "access_token": "NULL"},
}


def fetch(cr, query, *args):
    """All rows of a query."""
    cr.execute(query, args or None)
    return cr.fetchall()


def columns(cr, table):
    """Names of the columns of a table that can be written."""
    rows = fetch(
        cr,
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND table_schema = 'public' AND is_generated = 'NEVER' ORDER BY ordinal_position",
        table,
    )
    return [row[0] for row in rows]


def references(cr, table):
    """{column: cloned table it refers to}."""
    rows = fetch(
        cr,
        """SELECT att.attname, con.confrelid::regclass::text FROM pg_constraint con
             JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
            WHERE con.contype = 'f' AND con.conrelid = %s::regclass""",
        table,
    )
    return {column: target for column, target in rows if target in CLONED}


def link_tables(cr):
    """Tables of many2many relations with at least one cloned side."""
    rows = fetch(
        cr,
        """SELECT DISTINCT con.conrelid::regclass::text FROM pg_constraint con
            WHERE con.contype = 'f' AND con.confrelid = ANY(%s::regclass[])""",
        list(CLONED),
    )
    return [table for (table,) in rows if len(columns(cr, table)) == 2]


def rank(cr, table, cells):
    """Give each row of the cell the range of ids of its copies."""
    cr.execute(
        f"""CREATE TEMP TABLE bench_rank_{table} AS
            SELECT id, (SELECT max(id) FROM {table})
                       + (row_number() OVER (ORDER BY id) - 1) * {cells} AS first
              FROM {table} WHERE id > (SELECT last FROM bench_mark WHERE name = %s)""",
        [table],
    )
    cr.execute(f"ALTER TABLE bench_rank_{table} ADD PRIMARY KEY (id)")
    cr.execute(f"ANALYZE bench_rank_{table}")


def copy(cr, table, cells, linked=False):
    """Insert the copies of one table's rows."""
    refs = references(cr, table)
    # Where only one side is copied, the other is kept: tax of an invoice line.
    joins, exprs = [], {}
    for i, (column, target) in enumerate(sorted(refs.items())):
        joins.append(f"LEFT JOIN bench_rank_{target} r{i} ON r{i}.id = s.{column}")
        exprs[column] = f"COALESCE(r{i}.first + c.n, s.{column})"
    for column, expr in OVERRIDES.get(table, {}).items():
        exprs[column] = expr.format(**exprs).replace("%%", "%")
    if linked:
        needed = " OR ".join(f"r{i}.id IS NOT NULL" for i in range(len(refs)))
        source, order = f"{table} s CROSS JOIN cells c {' '.join(joins)} WHERE {needed}", "c.n"
    else:
        exprs["id"] = "own.first + c.n"
        source = (
            f"{table} s JOIN bench_rank_{table} own ON own.id = s.id"
            f" CROSS JOIN cells c {' '.join(joins)}"
        )
        order = "own.first, c.n"
    names = columns(cr, table)
    cr.execute(
        f"""WITH cells AS (SELECT generate_series(1, {cells - 1}) AS n)
            INSERT INTO {table} ({", ".join(f'"{name}"' for name in names)})
            SELECT {", ".join(exprs.get(name, f's."{name}"') for name in names)}
              FROM {source} ORDER BY {order}"""
    )
    return cr.rowcount


def without_indexes(cr, table):
    """Drop the indexes that no constraint needs and return their definitions."""
    rows = fetch(
        cr,
        """SELECT idx.indexrelid::regclass::text, pg_get_indexdef(idx.indexrelid) FROM pg_index idx
            WHERE idx.indrelid = %s::regclass AND NOT EXISTS (
                  SELECT FROM pg_constraint con WHERE con.conindid = idx.indexrelid)""",
        table,
    )
    for name, _definition in rows:
        cr.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in rows]


def multiply(database, cells):
    """Fill the database up to so many cells; print its contents then."""
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cr:
        cr.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        links = link_tables(cr)
        for table in CLONED:
            rank(cr, table, cells)
        for table in (*CLONED, *links):
            definitions = without_indexes(cr, table) if cells > 10 else []
            copy(cr, table, cells, linked=table in links)
            for definition in definitions:
                cr.execute(definition)
        for table in CLONED:
            cr.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
    connection.close()
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    with connection.cursor() as cr:
        cr.execute("VACUUM ANALYZE")
    connection.close()


if __name__ == "__main__":
    multiply(sys.argv[1], int(sys.argv[2]))
