from odoo import api, models
from odoo.tools import format_date


class ReceivableConfirmationXlsx(models.AbstractModel):
    _name = "report.credit_collection.receivable_confirmation_xlsx"
    _description = "Workbook of Balance Confirmations"
    _inherit = "report.credit_collection.receivable_xlsx"

    @api.private
    def generate_xlsx_report(self, workbook, data, objs):
        """Write the auditor's report: statistics, letters, balances by currency, differences."""
        for campaign in self.env["receivable.confirmation.campaign"].browse(objs.ids):
            campaign.check_access("read")
            letters = campaign._get_letters()
            formats = self._get_formats(workbook, campaign.currency_id)
            self._write_statistics(workbook, campaign, formats)
            self._write_letters(workbook, letters, formats)
            self._write_balances(workbook, letters, formats)
            self._write_differences(workbook, letters, formats)

    def _get_text(self, record, name):
        """Return the value of a selection in words."""
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")

    def _write_statistics(self, workbook, campaign, formats):
        sheet = workbook.add_worksheet(self.env._("Reply Statistics"))
        title = f"{campaign.name} · {format_date(self.env, campaign.date)}"
        sheet.write_string(0, 0, title, formats["title"])
        parts = campaign._get_parts()
        heads = []
        for _part, name in parts:
            heads += [(name, "number"), (self.env._("%s: amount", name), "money")]
        rows = [
            [
                user.name,
                grade.display_name,
                *(value for part, _name in parts for value in found.get(part, (0, 0.0))),
            ]
            for user, grade, found in campaign._get_statistics()
        ]
        rows[-1][0] = self.env._("Total")
        self._write_table(
            sheet,
            2,
            [(self.env._("Salesperson"), "text"), (self.env._("Grade"), "text"), *heads],
            rows,
            formats,
        )

    def _write_letters(self, workbook, letters, formats):
        self._write_table(
            workbook.add_worksheet(self.env._("Letters")),
            0,
            [
                (self.env._("Number"), "text"),
                (self.env._("Customer"), "text"),
                (self.env._("Salesperson"), "text"),
                (self.env._("Grade"), "text"),
                (self.env._("Our Balance"), "money"),
                (self.env._("Sent on"), "date"),
                (self.env._("Answered on"), "date"),
                (self.env._("Answered by"), "text"),
                (self.env._("Result"), "text"),
                (self.env._("Difference"), "money"),
                (self.env._("Debt Acknowledged on"), "date"),
                (self.env._("Acknowledged"), "money"),
                (self.env._("Remark"), "text"),
            ],
            [
                [
                    letter.name,
                    # sudo: the name of the customer, on a letter the user may read
                    letter.sudo().partner_id.name,
                    letter.user_id.name,
                    letter.grade_id.display_name,
                    letter.amount,
                    letter.sent_at,
                    letter.answered_at,
                    letter.answered_name,
                    self._get_text(letter, "result"),
                    letter.difference if letter.result == "differs" else None,
                    letter.acknowledged_on,
                    letter.acknowledged_amount if letter.acknowledged_on else None,
                    letter.note,
                ]
                for letter in letters
            ],
            formats,
        )

    def _write_balances(self, workbook, letters, formats):
        self._write_table(
            workbook.add_worksheet(self.env._("Balances")),
            0,
            [
                (self.env._("Number"), "text"),
                (self.env._("Customer"), "text"),
                (self.env._("Currency"), "text"),
                (self.env._("Our Balance"), "money"),
                (self.env._("Answer"), "text"),
                (self.env._("Customer's Balance"), "money"),
                (self.env._("Difference"), "money"),
                (self.env._("Explained"), "money"),
                (self.env._("Unexplained"), "money"),
            ],
            [
                [
                    letter.name,
                    # sudo: the name of the customer, on a letter the user may read
                    letter.sudo().partner_id.name,
                    balance.currency_id.name,
                    balance.amount,
                    self._get_text(balance, "answer"),
                    balance.amount - balance.difference if balance.answer else None,
                    balance.difference if balance.answer else None,
                    balance.explained,
                    balance.unexplained,
                ]
                for letter in letters
                for balance in letter.balance_ids
            ],
            formats,
        )

    def _write_differences(self, workbook, letters, formats):
        sheets = letters.reconciliation_ids
        self._write_table(
            workbook.add_worksheet(self.env._("Differences")),
            0,
            [
                (self.env._("Reconciliation Sheet"), "text"),
                (self.env._("Customer"), "text"),
                (self.env._("Status"), "text"),
                (self.env._("Where"), "text"),
                (self.env._("Document"), "text"),
                (self.env._("Date"), "date"),
                (self.env._("Currency"), "text"),
                (self.env._("Amount"), "money"),
                (self.env._("Whose Error"), "text"),
                (self.env._("What Was Done"), "text"),
            ],
            [
                [
                    sheet.name,
                    # sudo: the name of the customer, on a sheet the user may read
                    sheet.sudo().partner_id.name,
                    self._get_text(sheet, "state"),
                    self._get_text(line, "side"),
                    line.name,
                    line.date,
                    line.currency_id.name,
                    line.amount,
                    self._get_text(line, "fault"),
                    line.remedy,
                ]
                for sheet in sheets
                for line in sheet.line_ids
            ],
            formats,
        )
