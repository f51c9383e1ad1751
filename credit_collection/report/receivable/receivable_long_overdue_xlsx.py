from odoo import api, models
from odoo.tools import format_date


class ReceivableLongOverdueXlsx(models.AbstractModel):
    _name = "report.credit_collection.receivable_long_overdue_xlsx"
    _description = "Workbook of the List over 180 Days"
    _inherit = "report.credit_collection.receivable_xlsx"

    @api.private
    def generate_xlsx_report(self, workbook, data, objs):
        """Write the chosen rows, a sheet per company and quarter; amounts in company currency."""
        rows = self.env["receivable.long.overdue"].browse(objs.ids)
        rows.check_access("read")
        for (company, day), group in rows.grouped(lambda r: (r.company_id, r.date)).items():
            formats = self._get_formats(workbook, company.currency_id)
            sheet = workbook.add_worksheet(f"{day}")
            sheet.write_string(
                0, 0, f"{company.name} · {format_date(self.env, day)}", formats["title"]
            )
            self._write_table(
                sheet,
                2,
                [
                    (self.env._("Customer"), "text"),
                    (self.env._("Salesperson"), "text"),
                    (self.env._("Oldest (Days)"), "number"),
                    (self.env._("Over 180 Days"), "money"),
                    (self.env._("Uncollectible"), "money"),
                    (self.env._("Overdue Reason"), "text"),
                    (self.env._("Explanation"), "text"),
                    (self.env._("Action Taken"), "text"),
                    (self.env._("Preventive Action"), "text"),
                ],
                [
                    [
                        row.partner_id.display_name,
                        row.user_id.name,
                        row.days,
                        row.amount,
                        row.uncollectable_amount,
                        row.reason_id.display_name,
                        row.reason,
                        row.action,
                        row.prevention,
                    ]
                    for row in group
                ],
                formats,
                [
                    self.env._("Total"),
                    None,
                    None,
                    sum(group.mapped("amount")),
                    sum(group.mapped("uncollectable_amount")),
                ],
            )
