from odoo import api, models


class ReceivableAgeingXlsx(models.AbstractModel):
    _name = "report.credit_collection.receivable_ageing_xlsx"
    _description = "Workbook of the Aging"
    _inherit = "report.credit_collection.receivable_xlsx"

    @api.private
    def generate_xlsx_report(self, workbook, data, objs):
        """Write matrix and open items of each report, a sheet each; amounts in company currency."""
        for report in self.env["receivable.ageing.report"].browse(objs.ids):
            formats = self._get_formats(workbook, report.currency_id)
            names, rows, totals, total = report._get_matrix()
            sheet = workbook.add_worksheet(self.env._("Customers"))
            sheet.write_string(0, 0, report.display_name, formats["title"])
            self._write_table(
                sheet,
                2,
                [
                    (self.env._("Customer"), "text"),
                    *((n, "money") for n in names),
                    (self.env._("Total"), "money"),
                ],
                [
                    [p.display_name or self.env._("No customer"), *amounts, s]
                    for p, amounts, s in rows
                ],
                formats,
                [self.env._("Total"), *totals, total],
            )
            if report.contingent:
                below = 4 + len(rows)
                label = report._fields["contingent"]._description_string(self.env)
                sheet.write_string(below, 0, label, formats["text"])
                sheet.write_number(below, 1, report.contingent, formats["money"])
            sheet = workbook.add_worksheet(self.env._("Open Items"))
            lines = report.line_ids.sorted(
                lambda line: (line.partner_id.id or 0, line.date_maturity, line.id)
            )
            self._write_table(
                sheet,
                0,
                [
                    (self.env._("Customer"), "text"),
                    (self.env._("Document"), "text"),
                    (self.env._("Invoice Date"), "date"),
                    (self.env._("Due Date"), "date"),
                    (self.env._("Age (Days)"), "number"),
                    (self.env._("Bucket"), "text"),
                    (self.env._("Currency"), "text"),
                    (self.env._("Open (Document Currency)"), "money"),
                    (self.env._("Open (Company Currency)"), "money"),
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
                [self.env._("Total"), *([None] * 7), total],
            )
