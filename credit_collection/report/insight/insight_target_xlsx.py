from odoo import api, models
from odoo.exceptions import UserError


class InsightTargetXlsx(models.AbstractModel):
    _name = "report.credit_collection.insight_target_xlsx"
    _description = "Workbook of Targets for Payroll"
    _inherit = "report.credit_collection.receivable_xlsx"

    @api.private
    def generate_xlsx_report(self, workbook, data, objs):
        """Write the approved ones of the chosen targets, a sheet per company; in company currency.

        :raise UserError: none of them is approved
        """
        targets = self.env["insight.target"].browse(objs.ids)
        targets.check_access("read")
        approved = targets.filtered(lambda target: target.state == "approved")
        if not approved:
            raise UserError(
                self.env._("Only approved targets go to payroll; choose some of these.")
            )
        names = {
            field: dict(targets._fields[field]._description_selection(self.env))
            for field in ("scope", "metric")
        }
        for company, group in approved.grouped("company_id").items():
            formats = self._get_formats(workbook, company.currency_id)
            sheet = workbook.add_worksheet(f"{company.id}")
            sheet.write_string(0, 0, company.name, formats["title"])
            self._write_table(
                sheet,
                2,
                [
                    (self.env._("Scope"), "text"),
                    (self.env._("Person or Team"), "text"),
                    (self.env._("KPI"), "text"),
                    (self.env._("From Month"), "date"),
                    (self.env._("To Month"), "date"),
                    (self.env._("Result"), "number"),
                    (self.env._("Collected"), "money"),
                    (self.env._("Reward"), "money"),
                    (self.env._("Penalty"), "money"),
                    (self.env._("To Pay"), "money"),
                ],
                [
                    [
                        names["scope"][target.scope],
                        target._get_payee().name,
                        names["metric"][target.metric],
                        target.date_from,
                        target.date_to,
                        round(target.value, 2),
                        target.collected,
                        target.reward,
                        target.penalty,
                        target.amount,
                    ]
                    for target in group
                ],
                formats,
                [
                    self.env._("Total"), None, None, None, None, None,
                    *(sum(group.mapped(name)) for name in ("collected", "reward", "penalty", "amount")),
                ],
            )  # fmt: skip
