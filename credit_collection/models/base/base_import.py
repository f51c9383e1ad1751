from collections import Counter

from odoo import api, models

from odoo.addons.base_import.models.base_import import ImportValidationError

from ...engine import number_texts


class Base(models.AbstractModel):
    """Numbers in our fields come in from a file as they were meant, or are refused with their row.

    Whatever way a file comes: the import page, `load`, CSV or workbook (P4-02).
    """

    _inherit = "base"

    @api.model
    def load(self, fields, data):
        """Load as Odoo does; nothing comes in where a number may mean two things, or none."""
        faults = self._credit_import_faults(fields, data)
        numbers = self._credit_number_fields(fields)
        if numbers:
            data = [list(row) for row in data]
        for index, field in numbers.items():
            for row, text in self._credit_read_numbers(fields, data, index, field).items():
                faults.setdefault(row, (field.name, text))
        if not faults:
            return super().load(fields, data)
        # The other rows are tried, so that all faults are reported at once.
        rows = [row for row in range(len(data)) if row not in faults]
        result = {"messages": []}
        with self.env.cr.savepoint() as savepoint:
            if rows:
                result = super().load(fields, [data[row] for row in rows])
            savepoint.rollback()
        own = [
            {"type": "error", "message": text, "field": name, "rows": {"from": row, "to": row}}
            for row, (name, text) in faults.items()
        ]
        if not self.env.context.get("credit_import"):  # else when all rows are known
            self._credit_name_rows(own)
        messages = self._credit_map_rows(result["messages"], rows) + own
        return {**result, "ids": False, "messages": messages, "nextrow": 0}

    @api.model
    def _credit_import_faults(self, fields, data):
        """Return {row: (field name, text)} of rows that Odoo would misread. Extend."""
        return {}

    @api.model
    def _credit_number_fields(self, fields):
        """Return {number of the column: field} of the numbers that belong to this add-on."""
        result = {}
        for index, path in enumerate(fields):
            model, field = self, None
            for name in path.split("/"):
                field = model._fields.get(name) if model is not None else None
                model = self.env.get(field.comodel_name) if field and field.relational else None
            if (
                field
                and field.type in ("float", "monetary", "integer")
                and "credit_collection" in field._modules
            ):
                result[index] = field
        return result

    @api.model
    def _credit_read_numbers(self, fields, data, index, field):
        """Put the numbers of a column into `data` as Odoo reads them; {row: fault} of the others."""
        rows = [n for n, row in enumerate(data) if row[index] and str(row[index]).strip()]
        # A number that comes as one, by a script, needs no reading.
        rows = [n for n in rows if not isinstance(data[n][index], (int, float))]
        thousands, decimal = self.env.context.get("credit_import_separators") or (None, ".")
        currencies = self.env.company.currency_id
        if field.type == "monetary":
            owner = self.env[field.model_name]
            name = field.get_currency_field(owner)
            prefix = fields[index].rpartition("/")[0]
            named = f"{prefix}/{name}" if prefix else name
            if any(each == named or each.startswith(f"{named}/") for each in fields):
                currencies = currencies.search([])  # pylint: disable=no-search-all
        symbols = [*currencies.mapped("symbol"), *currencies.mapped("name")]
        readings = number_texts.read_numbers(
            [str(data[row][index]) for row in rows], thousands, decimal, symbols
        )
        faults = {}
        for row, reading in zip(rows, readings, strict=True):
            number = reading.number
            if number and field.type == "integer":
                number, _dot, fraction = number.partition(".")
                if fraction.strip("0"):
                    reading = number_texts.Reading(fault=number_texts.UNREADABLE)
            if reading.fault:
                faults[row] = self._credit_describe_reading(
                    field, data[row][index], reading, thousands, decimal
                )
            else:
                data[row][index] = number
        return faults

    @api.model
    def _credit_describe_reading(self, field, text, reading, thousands, decimal):
        values = {"field": field._description_string(self.env), "text": str(text).strip()}
        if reading.fault == number_texts.AMBIGUOUS:
            first, second = reading.meanings
            return self.env._(
                "%(field)s “%(text)s” may mean %(first)s or %(second)s: choose the separators of the"
                " file, or write the number without separator.",
                first=first,
                second=second,
                **values,
            )
        if reading.fault == number_texts.SEPARATOR:
            return self.env._(
                "%(field)s “%(text)s” does not fit the separators: thousands “%(thousands)s”,"
                " decimals “%(decimal)s”.",
                thousands=thousands or "",
                decimal=decimal,
                **values,
            )
        if field.type == "integer":
            return self.env._("%(field)s “%(text)s” is no whole number.", **values)
        return self.env._("%(field)s “%(text)s” is no number.", **values)

    # ------------------------------------------------------------------ rows of the file

    @api.model
    def _credit_line_number(self, row):
        """Return the number by which people find a row in their file, see `base_import.import`."""
        return row + self.env.context.get("credit_import_line", 1)

    @api.model
    def _credit_map_rows(self, messages, rows):
        """Return the messages of some rows, counted as in the file that these rows were taken from."""
        for message in messages:
            span = message.get("rows")
            if span and rows:
                message["rows"] = {side: rows[number] for side, number in span.items()}
        return messages

    @api.model
    def _credit_name_rows(self, messages):
        """Make the import page show message and row.

        Of several faults of one column it shows the rows only, of several rows with one message none.
        """
        messages.sort(key=lambda each: each.get("rows", {}).get("from", -1))
        texts = Counter(message["message"] for message in messages)
        for message in messages:
            message.pop("field", None)
            if "rows" not in message:
                continue
            message["record"] = self._credit_line_number(message["rows"]["from"])
            if texts[message["message"]] > 1:
                message["message"] = self.env._(
                    "Row %(row)s: %(fault)s", row=message["record"], fault=message["message"]
                )


class BaseImport(models.TransientModel):
    """Odoo's import page hands our numbers on as they stand in the file; `load` reads them.

    Odoo reads "13,75" as 1375 and "50.000" as 50, and stops at the first cell of a column that
    is none, without its row. For terms the same goes for days.
    """

    _inherit = "base_import.import"

    def execute_import(self, fields, columns, options, dryrun=False):
        """Import as Odoo does, and report every fault of our columns with its line of the file."""
        self.ensure_one()
        # Lines above the first row that is read: messages name lines of the file.
        above = (options.get("skip") or 0) + bool(options.get("has_headers"))
        wizard = self.with_context(
            credit_import_line=above + 1,
            credit_import_separators=[
                options.get("float_thousand_separator"),
                options.get("float_decimal_separator") or ".",
            ],
        )
        return super(BaseImport, wizard).execute_import(fields, columns, options, dryrun=dryrun)

    def _parse_float_from_data(self, data, index, name, options):
        if self.env[self.res_model]._credit_number_fields([name]):
            return None
        parse = super()._parse_float_from_data
        if not self.env.context.get("credit_import"):
            return parse(data, index, name, options)
        return self._credit_parse_cells(
            data, index, lambda line: parse([line], index, name, options)
        )

    def _parse_date_from_data(self, data, index, name, field_type, options):
        parse = super()._parse_date_from_data
        if not self.env.context.get("credit_import"):
            return parse(data, index, name, field_type, options)
        return self._credit_parse_cells(
            data, index, lambda line: parse([line], index, name, field_type, options)
        )

    def _credit_parse_cells(self, data, index, parse):
        for line in data:
            text = line[index]
            try:
                parse(line)
            except ImportValidationError:
                line[index] = text

    def _get_mapping_suggestion(self, header, fields_tree, header_types, mapping_fields):
        """Suggest by the header without blanks around it, or several inside."""
        header = " ".join(header.split())
        return super()._get_mapping_suggestion(header, fields_tree, header_types, mapping_fields)
