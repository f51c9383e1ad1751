from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError


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
