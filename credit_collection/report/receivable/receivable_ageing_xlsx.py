from odoo import api, models


class ReceivableAgeingXlsx(models.AbstractModel):
    _name = "report.credit_collection.receivable_ageing_xlsx"
    _description = "Workbook of the Aging"
    _inherit = "report.credit_collection.receivable_xlsx"

    def _get_blocks(self, report):
        """Return the blocks of columns: (titles, amounts per customer, totals), with notes three (P4-29)."""
        total = self.env._("Total")
        titles = {"amount": ""}
        if report._shows_notes():
            titles = {
                "amount_receivable": self.env._("Receivables"),
                "amount_note": self.env._("Notes"),
                "amount": total,
            }
        blocks = []
        for measure, title in titles.items():
            names, rows, totals, whole = report._get_matrix(measure)
            heads = [f"{title} {name}" for name in names] if title else names
            blocks.append(
                (
                    [*heads, title or total],
                    [[*amounts, sum_] for _partner, amounts, sum_ in rows],
                    [*totals, whole],
                )
            )
        return blocks

    @api.private
    def generate_xlsx_report(self, workbook, data, objs):
        """Write matrix and open items of each report, a sheet each; amounts in company currency."""
        for report in self.env["receivable.ageing.report"].browse(objs.ids):
            formats = self._get_formats(workbook, report.currency_id)
            _names, rows, _totals, total = report._get_matrix()
            blocks = self._get_blocks(report)
            sheet = workbook.add_worksheet(self.env._("Customers"))
            sheet.write_string(0, 0, report.display_name, formats["title"])
            self._write_table(
                sheet,
                2,
                [
                    (self.env._("Customer"), "text"),
                    *((title, "money") for block in blocks for title in block[0]),
                ],
                [
                    [
                        partner.display_name or self.env._("No customer"),
                        *(amount for block in blocks for amount in block[1][index]),
                    ]
                    for index, (partner, _amounts, _sum) in enumerate(rows)
                ],
                formats,
                [self.env._("Total"), *(amount for block in blocks for amount in block[2])],
            )
            if report.contingent:
                below = 4 + len(rows)
                label = report._fields["contingent"]._description_string(self.env)
                sheet.write_string(below, 0, label, formats["text"])
                sheet.write_number(below, 1, report.contingent, formats["money"])
            self._write_service_managers(workbook, report, formats)
            sheet = workbook.add_worksheet(self.env._("Open Items"))
            lines = report.line_ids.sorted(
                lambda line: (line.partner_id.id or 0, line.date_maturity, line.id)
            )
            self._write_table(
                sheet,
                0,
                [
                    (self.env._("Customer"), "text"),
                    (self.env._("Service Manager"), "text"),
                    (self.env._("Approved Term (Days)"), "number"),
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
                        line.service_manager_id.name or None,
                        line.term_days,
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
                [self.env._("Total"), *([None] * 9), total],
            )

    def _write_service_managers(self, workbook, report, formats):
        """Write the ageing per service manager, where customers have one (P5-14)."""
        rows, totals, total = report._get_service_rows()
        if not rows:
            return
        names = report._get_matrix()[0]
        self._write_table(
            workbook.add_worksheet(self.env._("Service Managers")),
            0,
            [
                (self.env._("Service Manager"), "text"),
                *((name, "money") for name in names),
                (self.env._("Total"), "money"),
            ],
            [
                [user.name or self.env._("No service manager"), *amounts, sum_]
                for user, amounts, sum_ in rows
            ],
            formats,
            [self.env._("Total"), *totals, total],
        )
