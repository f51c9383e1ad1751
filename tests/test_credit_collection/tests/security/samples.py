from odoo import fields
from odoo.tools import SQL

KINDS = ("own", "other", "foreign")
OURS = ("credit.", "collection.", "receivable.", "insight.")


class Samples:
    """Three records of every model: a person's own, a colleague's, another company's.

    Records of the add-on are rows put in by SQL: what may be read is a matter of companies,
    customers and people, not of whether a document makes sense. Checks and unique keys of
    the tables are dropped for it, which ends with the test's transaction.
    """

    def __init__(self, env, links):
        """:param links: {model: {kind: id}} of records that exist"""
        self.env = env
        self.links = links
        self.rows = {}
        self.any = {}

    def records(self, name):
        """{kind: record} of a model, empty where it has none."""
        model = self.env[name].sudo()
        if name in self.links:
            return {kind: model.browse(record) for kind, record in self.links[name].items()}
        if model._abstract or model._transient or not model._auto:
            return self._view_records(model)
        if not name.startswith(OURS):
            return {}
        return {kind: model.browse(self._row(name, kind)) for kind in KINDS}

    def _view_records(self, model):
        """Rows of a model over a query, by their customer."""
        if model._abstract or model._transient or "partner_id" not in model._fields:
            return {}
        result = {}
        for kind, partner in self.links["res.partner"].items():
            found = model.with_context(allowed_company_ids=list(self.links["res.company"].values()))
            found = found.search([("partner_id", "=", partner)], limit=1)
            if found:
                result[kind] = found.with_env(self.env)
        return result

    def _row(self, name, kind):
        if (name, kind) not in self.rows:
            table = self.env[name]._table
            if name != "credit.lock":  # the gate relies on its key
                self._drop_checks(table)
            ((row,),) = self.env.execute_query(SQL("SELECT nextval(%s)", f"{table}_id_seq"))
            self.rows[name, kind] = row
            values = {"id": row, **self._values(self.env[name], kind, (name, kind))}
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (%s) VALUES (%s)",
                    SQL.identifier(table),
                    SQL(", ").join(map(SQL.identifier, values)),
                    SQL(", ").join(SQL("%s", value) for value in values.values()),
                )
            )
            self._fill_relations(self.env[name], kind, row)
        return self.rows[name, kind]

    def _drop_checks(self, table):
        dropped = self.env.execute_query(
            SQL(
                "SELECT conname FROM pg_constraint"
                " WHERE contype IN ('c', 'u', 'f', 'x') AND conrelid = %s::regclass",
                table,
            )
        )
        for (constraint,) in dropped:
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s DROP CONSTRAINT %s",
                    SQL.identifier(table),
                    SQL.identifier(constraint),
                )
            )
        indexes = self.env.execute_query(
            SQL(
                "SELECT indexrelid::regclass::text FROM pg_index"
                " WHERE indisunique AND NOT indisprimary AND indrelid = %s::regclass",
                table,
            )
        )
        for (index,) in indexes:
            self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))

    def _values(self, model, kind, _key):
        values = {}
        for name, field in model._fields.items():
            if not field.store or not field.column_type or name == "id":
                continue
            value = self._value(model, field, kind)
            if value is not None:
                values[name] = value
        return values

    def _value(self, model, field, kind):
        if field.type == "many2one":
            return self._link(field.comodel_name, kind, field.required)
        if field.company_dependent or field.type in ("json", "binary", "reference"):
            return None
        if field.type == "selection":
            options = field.get_values(self.env)
            return options[0] if options else None
        if field.type in ("char", "text", "html"):
            return (
                fields.Json().convert_to_column({"en_US": "x"}, model) if field.translate else "x"
            )
        return {
            "boolean": field.name == "active",
            "integer": 1,
            "float": 1.0,
            "monetary": 1.0,
            "date": "2026-01-01",
            "datetime": "2026-01-01 00:00:00",
        }.get(field.type)

    def _link(self, comodel, kind, required):
        if comodel in self.links:
            return self.links[comodel].get(kind)
        if comodel.startswith(OURS) and self.env[comodel]._auto:
            return self._row(comodel, kind)
        if not required and comodel != "res.currency":
            return None
        if comodel not in self.any:
            self.any[comodel] = self.env[comodel].sudo().search([], limit=1).id
        return self.any[comodel]

    def _fill_relations(self, model, kind, row):
        """Many people and customers: those of the kind."""
        for field in model._fields.values():
            link = self.links.get(field.comodel_name, {}).get(kind)
            if field.type == "many2many" and field.store and field.relation and link:
                self.env.cr.execute(
                    SQL(
                        "INSERT INTO %s (%s, %s) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                        SQL.identifier(field.relation),
                        SQL.identifier(field.column1),
                        SQL.identifier(field.column2),
                        row,
                        link,
                    )
                )
