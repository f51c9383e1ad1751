from odoo import models


class ReceivableProvisionXlsx(models.AbstractModel):
    _name = "report.credit_collection.receivable_provision_xlsx"
    _description = "Workbook of a Provision"
    _inherit = "report.credit_collection.receivable_xlsx"

    def generate_xlsx_report(self, workbook, data, objs):
        """Pool and allowances, movements and the working, a sheet each; company currency."""
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
        _ = self.env._
        sheet = workbook.add_worksheet(_("Provision"))
        title = f"{provision.name} · {provision.date}"
        sheet.write_string(0, 0, title, formats["title"])
        top = self._write_table(
            sheet,
            2,
            [
                (_("Group"), "text"),
                (_("Column"), "text"),
                (_("Exposure"), "money"),
                (_("Rate"), "percent"),
                (_("Adjustment"), "percent"),
                (_("Rate Used"), "percent"),
                (_("Allowance"), "money"),
                (_("Reason"), "text"),
            ],
            [
                [
                    self._group(line),
                    line.column_name,
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
            [_("Total"), None, sum(provision.line_ids.mapped("exposure")), None, None, None,
             provision.target_pool],
        )  # fmt: skip
        self._write_table(
            sheet,
            top + 1,
            [
                (_("Specific Allowances"), "text"),
                (_("Case"), "text"),
                (_("Exposure"), "money"),
                (_("Expected Loss"), "percent"),
                ("", "text"),
                ("", "text"),
                (_("Allowance"), "money"),
                (_("Reason"), "text"),
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
            [_("Target Allowance"), None, None, None, None, None, provision.target],
        )

    def _write_movements(self, workbook, provision, formats):
        _ = self.env._
        names = ("opening", "charged", "used", "released", "other", "closing")
        self._write_table(
            workbook.add_worksheet(_("Movements")),
            0,
            [
                (provision._fields[f"movement_{name}"]._description_string(self.env), "money")
                for name in names
            ],
            [[provision[f"movement_{name}"] for name in names]],
            formats,
        )

    def _write_working(self, workbook, provision, formats):
        _ = self.env._
        self._write_table(
            workbook.add_worksheet(_("Working of the Rates")),
            0,
            [
                (_("Group"), "text"),
                (_("Column"), "text"),
                (_("Month-End"), "date"),
                (_("Looked at Again"), "date"),
                (_("Stood in the Column"), "money"),
                (_("Still Open, Rolled On"), "money"),
                (_("Roll Rate"), "percent"),
            ],
            [
                [
                    self._group(row),
                    row.column_name,
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
