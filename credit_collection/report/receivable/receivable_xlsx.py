from odoo import models

WIDE, NARROW = 32, 16


class ReceivableXlsx(models.AbstractModel):
    """Tables in workbooks: text is written as text, so that no name becomes a formula."""

    _name = "report.credit_collection.receivable_xlsx"
    _description = "Workbook of Receivables"
    _inherit = "report.report_xlsx.abstract"

    def _get_formats(self, workbook, currency):
        money = f"#,##0.{'0' * currency.decimal_places}" if currency.decimal_places else "#,##0"
        return {
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "head": workbook.add_format({"bold": True, "border": 1, "bg_color": "#DDDDDD"}),
            "total": workbook.add_format({"bold": True, "num_format": money, "top": 1}),
            "money": workbook.add_format({"num_format": money}),
            "percent": workbook.add_format({"num_format": "0.00%"}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "text": workbook.add_format({}),
            "number": workbook.add_format({}),
        }

    def _write_table(self, sheet, top, columns, rows, formats, totals=None, kinds=None):
        """Write a table from row `top` on; return the first free row.

        :param columns: [(title, kind)], kind a key of `_get_formats`
        :param rows: lists of values in the order of the columns; None and False stay empty
        :param totals: one more row in bold
        :param kinds: kind of the numbers of each row where it is not that of their column, or None
        """
        for index, (title, kind) in enumerate(columns):
            sheet.write_string(top, index, title, formats["head"])
            sheet.set_column(index, index, WIDE if kind == "text" else NARROW)
        body = [(row, None) for row in rows] + ([(totals, formats["total"])] if totals else [])
        for offset, (row, forced) in enumerate(body, top + 1):
            of_row = kinds[offset - top - 1] if kinds and not forced else None
            for index, value in enumerate(row):
                kind = columns[index][1]
                kind = of_row if of_row and kind != "text" else kind
                if value is None or value is False:
                    continue
                style = formats[kind] if kind == "percent" else forced or formats[kind]
                if isinstance(value, str):
                    sheet.write_string(offset, index, value, style)
                elif kind == "date":
                    sheet.write_datetime(offset, index, value, style)
                else:
                    sheet.write_number(offset, index, value, style)
        return top + 1 + len(body)
