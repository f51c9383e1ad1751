from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

# Columns of the sheet: field, width.
COLUMNS = [
    ("partner_id", 32), ("name", 20), ("date", 11), ("date_maturity", 11), ("days", 9),
    ("age_bucket", 15), ("currency_id", 8), ("amount_currency", 15), ("amount", 15), ("net", 15),
    ("overdue", 15), ("chase", 15), ("amount_blocked", 15), ("block_reason", 22), ("stage_id", 20),
    ("user_id", 16), ("salesperson_id", 16), ("date_last_contact", 11), ("date_promised", 11),
    ("reason_id", 20), ("grade_id", 8), ("risk_level", 10), ("customer_type", 18),
    ("amount_class", 12), ("debt_class", 12), ("way", 44), ("score", 8), ("score_why", 44),
]  # fmt: skip

MONEY = ("amount", "net", "overdue", "chase", "amount_blocked")

# Rows are read in pieces: a book of 56,000 items must not sit in memory as records.
CHUNK = 5000


class CollectionLedger(models.Model):
    _inherit = "collection.ledger"

    def action_export_xlsx(self):
        """Export the ledger as a workbook: the selected rows, or all of the list with its filters."""
        self.browse().check_access("read")
        report = self.env.ref("credit_collection.collection_ledger_xlsx_report")
        if self:
            domain = [("id", "in", self.ids)]
        else:
            domain = list(Domain(self.env.context.get("active_domain") or Domain.TRUE))
        # sudo: the report's definition only; the rows are read with the user's rights
        return report.sudo().report_action(None, data={"ledger_domain": domain}, config=False)


class CollectionLedgerXlsx(models.AbstractModel):
    """Receivables ledger as a workbook: the rows with totals, and a summary by age and class."""

    _name = "report.credit_collection.collection_ledger_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Receivables Ledger (XLSX)"

    def _get_objs_for_report(self, docids, data):
        ledger = self.env["collection.ledger"]
        if docids:
            return ledger.browse(docids)
        # The client's own domain, searched with the user's rights and rules.
        return ledger.search(Domain((data or {}).get("ledger_domain") or Domain.TRUE))

    @api.private
    def generate_xlsx_report(self, workbook, data, objs):
        """Write the sheets; amounts in company currency, as of today."""
        formats = {
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "note": workbook.add_format({"font_color": "#666666"}),
            "head": workbook.add_format(
                {"bold": True, "bg_color": "#EDEDED", "bottom": 1, "text_wrap": True}
            ),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "money": workbook.add_format({"num_format": "#,##0.00"}),
            "total": workbook.add_format({"bold": True, "top": 1, "num_format": "#,##0.00"}),
            "bold": workbook.add_format({"bold": True, "top": 1}),
        }
        sums = self._write_ledger(workbook, formats, objs)
        self._write_summary(workbook, formats, sums)

    def _write_ledger(self, workbook, formats, rows):
        """Write the sheet of items.

        :return: {(currency name, age, class): [open, net, overdue, items]}
        """
        ledger = self.env["collection.ledger"]
        sheet = workbook.add_worksheet(self.env._("Receivables Ledger"))
        today = format_date(self.env, self.env.company._credit_today())
        sheet.write(0, 0, self.env._("Receivables Ledger"), formats["title"])
        sheet.write(
            1,
            0,
            self.env._(
                "As of %(date)s, %(count)s items; amounts in company currency unless said otherwise.",
                date=today,
                count=len(rows),
            ),
            formats["note"],
        )
        top = 3
        for column, (name, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            label = ledger._fields[name]._description_string(self.env)
            sheet.write(top, column, label, formats["head"])
        sheet.freeze_panes(top + 1, 2)
        labels = {
            name: dict(ledger._fields[name]._description_selection(self.env))
            for name, _width in COLUMNS
            if ledger._fields[name].type == "selection"
        }
        sums, line = {}, top + 1
        for start in range(0, len(rows), CHUNK):
            for row in rows[start : start + CHUNK]:
                for column, (name, _width) in enumerate(COLUMNS):
                    self._write_cell(sheet, line, column, row, name, formats, labels)
                key = (row.company_currency_id.name, row.age_bucket, row.amount_class)
                found = sums.setdefault(key, [0, 0, 0, 0])
                for index, name in enumerate(("amount", "net", "overdue")):
                    found[index] += row[name]
                found[3] += 1
                line += 1
            rows.env.invalidate_all(flush=False)
        if len(rows):
            sheet.autofilter(top, 0, line - 1, len(COLUMNS) - 1)
        self._write_totals(sheet, formats, top + 1, line, sums)
        return sums

    def _write_cell(self, sheet, line, column, row, name, formats, labels):
        value, kind = row[name], row._fields[name].type
        if kind == "many2one":
            sheet.write_string(line, column, value.display_name or "")
        elif kind == "monetary":
            sheet.write_number(line, column, value, formats["money"])
        elif kind == "selection":
            sheet.write_string(line, column, labels[name].get(value, ""))
        elif kind in ("date", "datetime"):
            if value and kind == "datetime":
                value = fields.Datetime.context_timestamp(row, value).date()
            if value:
                sheet.write_datetime(
                    line, column, fields.Datetime.to_datetime(value), formats["date"]
                )
        elif kind == "integer":
            sheet.write_number(line, column, value)
        else:
            sheet.write_string(line, column, value or "")

    def _write_totals(self, sheet, formats, first, line, sums):
        """Write totals as formulas, so that they follow the filter of the sheet; one currency only."""
        if len({currency for currency, _age, _class in sums}) != 1:
            return
        sheet.write(line, 0, self.env._("Total"), formats["bold"])
        names = [name for name, _width in COLUMNS]
        for name in MONEY:
            column = names.index(name)
            letter = chr(ord("A") + column)
            total = {"amount": 0, "net": 1, "overdue": 2}.get(name)
            value = sum(found[total] for found in sums.values()) if total is not None else 0
            sheet.write_formula(
                line,
                column,
                f"=SUBTOTAL(109,{letter}{first + 1}:{letter}{line})",
                formats["total"],
                value,
            )

    def _write_summary(self, workbook, formats, sums):
        """Write age by amount class, one block per company currency."""
        ledger = self.env["collection.ledger"]
        ages = ledger._fields["age_bucket"]._description_selection(self.env)
        classes = ledger._fields["amount_class"]._description_selection(self.env)
        sheet = workbook.add_worksheet(self.env._("Age by Amount Class"))
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 8, 16)
        sheet.write(0, 0, self.env._("Open amount by age and amount class"), formats["title"])
        line = 2
        for currency in sorted({key[0] for key in sums}):
            heads = [currency, *(label for _key, label in classes)]
            heads += [self.env._("Total"), self.env._("Overdue"), self.env._("Items")]
            for column, head in enumerate(heads):
                sheet.write(line, column, head, formats["head"])
            columns = [0.0] * (len(classes) + 3)
            for age, label in ages:
                cells = [sums.get((currency, age, key), [0, 0, 0, 0]) for key, _label in classes]
                values = [cell[0] for cell in cells]
                values += [sum(values), sum(cell[2] for cell in cells), sum(c[3] for c in cells)]
                line += 1
                sheet.write(line, 0, label)
                self._write_figures(sheet, line, values, formats["money"])
                columns = [one + other for one, other in zip(columns, values, strict=True)]
            line += 1
            sheet.write(line, 0, self.env._("Total"), formats["bold"])
            self._write_figures(sheet, line, columns, formats["total"])
            line += 2

    def _write_figures(self, sheet, line, values, style):
        for column, value in enumerate(values[:-1], 1):
            sheet.write_number(line, column, value, style)
        sheet.write_number(line, len(values), values[-1])
