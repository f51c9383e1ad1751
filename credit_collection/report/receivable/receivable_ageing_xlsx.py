from odoo import models


class ReceivableAgeingXlsx(models.AbstractModel):
    _name = "report.credit_collection.receivable_ageing_xlsx"
    _description = "Workbook of the Ageing"
    _inherit = "report.credit_collection.receivable_xlsx"

    def generate_xlsx_report(self, workbook, data, objs):
        """Matrix and open items of each report, a sheet each; amounts in company currency."""
        _ = self.env._
        for report in self.env["receivable.ageing.report"].browse(objs.ids):
            formats = self._get_formats(workbook, report.currency_id)
            names, rows, totals, total = report._get_matrix()
            sheet = workbook.add_worksheet(_("Customers"))
            sheet.write_string(0, 0, report.display_name, formats["title"])
            self._write_table(
                sheet,
                2,
                [(_("Customer"), "text"), *((n, "money") for n in names), (_("Total"), "money")],
                [[p.display_name or _("No customer"), *amounts, s] for p, amounts, s in rows],
                formats,
                [_("Total"), *totals, total],
            )
            sheet = workbook.add_worksheet(_("Open Items"))
            lines = report.line_ids.sorted(
                lambda line: (line.partner_id.id or 0, line.date_maturity, line.id)
            )
            self._write_table(
                sheet,
                0,
                [
                    (_("Customer"), "text"),
                    (_("Document"), "text"),
                    (_("Invoice Date"), "date"),
                    (_("Due Date"), "date"),
                    (_("Days"), "number"),
                    (_("Column"), "text"),
                    (_("Currency"), "text"),
                    (_("Open (Document Currency)"), "money"),
                    (_("Open (Company Currency)"), "money"),
                ],
                [
                    [
                        line.partner_id.display_name or None,
                        line.move_id.display_name or None,
                        line.date_invoice,
                        line.date_maturity,
                        line.days,
                        line.column_id.name,
                        line.currency_id.name,
                        line.amount_currency,
                        line.amount,
                    ]
                    for line in lines
                ],
                formats,
                [_("Total"), *([None] * 7), total],
            )
