from odoo import api, models
from odoo.tools import format_date


class ReceivableProvisionXlsx(models.AbstractModel):
    _name = "report.credit_collection.receivable_provision_xlsx"
    _description = "Workbook of a Provision"
    _inherit = "report.credit_collection.receivable_xlsx"

    @api.private
    def generate_xlsx_report(self, workbook, data, objs):
        """Write pool and allowances, movements and the working, a sheet each; company currency."""
        for provision in self.env["receivable.provision"].browse(objs.ids):
            provision.check_access("read")
            formats = self._get_formats(workbook, provision.currency_id)
            self._write_pool(workbook, provision, formats)
            self._write_movements(workbook, provision, formats)
            self._write_working(workbook, provision, formats)

    def _group(self, row):
        return row.grade_id.display_name or dict(
            row._fields["segment"]._description_selection(self.env)
        ).get(row.segment, "")

    def _write_pool(self, workbook, provision, formats):
        sheet = workbook.add_worksheet(self.env._("Provision"))
        title = f"{provision.name} · {format_date(self.env, provision.date)}"
        sheet.write_string(0, 0, title, formats["title"])
        top = self._write_table(
            sheet,
            2,
            [
                (self.env._("Grade or Segment"), "text"),
                (self.env._("Bucket"), "text"),
                (self.env._("Amount Owed"), "money"),
                (self.env._("Rate"), "percent"),
                (self.env._("Adjustment"), "percent"),
                (self.env._("Rate Used"), "percent"),
                (self.env._("Allowance"), "money"),
                (self.env._("Reason"), "text"),
            ],
            [
                [
                    self._group(line),
                    line.column_label,
                    line.exposure,
                    line.base_rate / 100,
                    line.adjustment / 100,
                    line.rate / 100,
                    line.amount,
                    line.reason,
                ]
                for line in provision.line_ids
            ],
            formats,
            [self.env._("Total"), None, sum(provision.line_ids.mapped("exposure")), None, None, None,
             provision.target_pool],
        )  # fmt: skip
        self._write_table(
            sheet,
            top + 1,
            [
                (self.env._("Specific Allowances"), "text"),
                (self.env._("Case"), "text"),
                (self.env._("Amount Owed"), "money"),
                (self.env._("Expected Loss"), "percent"),
                ("", "text"),
                ("", "text"),
                (self.env._("Allowance"), "money"),
                (self.env._("Reason"), "text"),
            ],
            [
                [
                    line.partner_id.display_name,
                    line.case_id.display_name,
                    line.exposure,
                    line.percent / 100,
                    None,
                    None,
                    line.amount,
                    line.reason,
                ]
                for line in provision.specific_ids
            ],
            formats,
            [self.env._("Target Allowance"), None, None, None, None, None, provision.target],
        )

    def _write_movements(self, workbook, provision, formats):
        names = ("opening", "charged", "used", "released", "other", "closing")
        self._write_table(
            workbook.add_worksheet(self.env._("Roll-Forward")),
            0,
            [
                (provision._fields[f"movement_{name}"]._description_string(self.env), "money")
                for name in names
            ],
            [[provision[f"movement_{name}"] for name in names]],
            formats,
        )

    def _write_working(self, workbook, provision, formats):
        self._write_table(
            workbook.add_worksheet(self.env._("Rate Calculation")),
            0,
            [
                (self.env._("Grade or Segment"), "text"),
                (self.env._("Bucket"), "text"),
                (self.env._("Month-End"), "date"),
                (self.env._("Looked at Again"), "date"),
                (self.env._("Opening Amount in Bucket"), "money"),
                (self.env._("Still Open, Rolled Forward"), "money"),
                (self.env._("Roll Rate"), "percent"),
            ],
            [
                [
                    self._group(row),
                    row.column_label,
                    row.date,
                    row.date_rolled,
                    row.amount_stood,
                    row.amount_rolled,
                    row.rate / 100,
                ]
                for row in provision.roll_ids
            ],
            formats,
        )
