from odoo import api, models


class ReceivableInterestXlsx(models.AbstractModel):
    _name = "report.credit_collection.receivable_interest_xlsx"
    _description = "Workbook of Accrued Interest"
    _inherit = "report.credit_collection.receivable_xlsx"

    @api.private
    def generate_xlsx_report(self, workbook, data, objs):
        """Write the items of each day, a sheet per document; totals in company currency."""
        closings = self.env["receivable.interest.closing"].browse(objs.ids)
        closings.check_access("read")
        for closing in closings:
            formats = self._get_formats(workbook, closing.currency_id)
            sheet = workbook.add_worksheet(f"{closing.date} {closing.id}")
            # sudo: the company's name, for users of a branch alone
            title = f"{closing.company_id.sudo().name} · {closing.display_name}"
            sheet.write_string(0, 0, title, formats["title"])
            self._write_table(
                sheet,
                2,
                [
                    (self.env._("Customer"), "text"),
                    (self.env._("Document"), "text"),
                    (self.env._("Due Date"), "date"),
                    (self.env._("Days"), "number"),
                    (self.env._("Currency"), "text"),
                    (self.env._("Accrued"), "money"),
                    (self.env._("Accrued (Company Currency)"), "money"),
                ],
                [
                    [
                        line.partner_id.display_name,
                        # sudo: the number of the document only
                        line.sudo().move_id.name,
                        line.date_maturity,
                        line.days,
                        line.currency_id.name,
                        line.amount,
                        line.balance,
                    ]
                    for line in closing.line_ids
                ],
                formats,
                [self.env._("Total"), None, None, None, None, None, closing.amount],
            )
