from odoo import api, models


class InsightReportXlsx(models.AbstractModel):
    _name = "report.credit_collection.insight_report_xlsx"
    _description = "Workbook of Monthly Reports"
    _inherit = "report.credit_collection.receivable_xlsx"

    @api.private
    def generate_xlsx_report(self, workbook, data, objs):
        """Write a sheet per table of the reports, in the language of the user."""
        reports = self.env["insight.report"].browse(objs.ids)
        reports.check_access("read")
        for report in reports:
            formats = self._get_formats(workbook, report.currency_id)
            formats["count"] = formats["number"]
            kinds = dict(report.section_ids._fields["kind"]._description_selection(self.env))
            for section in report.section_ids:
                title = kinds[section.kind]
                # Sheets have at most 31 characters; several reports in a workbook each their own.
                suffix = f" {report.id}" if len(reports) > 1 else ""
                sheet = workbook.add_worksheet(f"{title[: 31 - len(suffix)]}{suffix}")
                sheet.write_string(0, 0, f"{report.display_name} · {title}", formats["title"])
                if section.comment:
                    sheet.write_string(1, 0, section.comment, formats["text"])
                self._write_section(sheet, section, formats)

    def _write_section(self, sheet, section, formats):
        table, terms = section.table, section._get_terms()
        columns = [(section._say(column, terms), column["k"]) for column in table["columns"]]

        def values(cells, kind=None):
            result = []
            for cell, (_title, own) in zip(cells, columns, strict=True):
                if own == "text":
                    result.append(section._say(cell, terms))
                elif cell is not None and (kind or own) == "percent":
                    result.append(cell / 100.0)  # as workbooks keep percentages
                else:
                    result.append(cell)
            return result

        self._write_table(
            sheet,
            2,
            columns,
            [values(row["c"], row.get("k")) for row in table["rows"]],
            formats,
            values(table["total"]) if table.get("total") else None,
            [row.get("k") for row in table["rows"]],
        )
