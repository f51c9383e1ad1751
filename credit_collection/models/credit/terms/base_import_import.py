from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError


class BaseImport(models.TransientModel):
    """A number or a day that cannot be read is told with its row, as every other fault of a file.

    Odoo's import stops at the first such cell of a column and does not say where it stands;
    left as it is, the cell is refused by `load`, row by row.
    """

    _inherit = "base_import.import"

    def execute_import(self, fields, columns, options, dryrun=False):
        """Odoo's own, which of terms tells every fault with its line of the file."""
        self.ensure_one()
        wizard = self
        if self.env.context.get("credit_import"):
            # Lines above the first row that is read: messages name lines of the file.
            above = (options.get("skip") or 0) + bool(options.get("has_headers"))
            wizard = self.with_context(credit_import_line=above + 1)
        return super(BaseImport, wizard).execute_import(fields, columns, options, dryrun=dryrun)

    def _parse_float_from_data(self, data, index, name, options):
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
