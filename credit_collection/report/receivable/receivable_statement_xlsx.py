from odoo import api, models


class ReceivableStatementXlsx(models.AbstractModel):
    _name = "report.credit_collection.receivable_statement_xlsx"
    _description = "Workbook of Statements of Account"
    _inherit = "report.credit_collection.receivable_xlsx"

    @api.private
    def generate_xlsx_report(self, workbook, data, objs):
        """Write balances, rows and notes, a sheet each; amounts in the currency of the row.

        In the language of the customer, or of the user where there are several.
        """
        for report in self.env["receivable.statement.report"].browse(objs.ids):
            documents = report._get_documents()
            lang = documents[0][1] if len(documents) == 1 else self.env.lang
            own = self.with_context(lang=lang)
            own._write_statements(workbook, report.with_context(lang=lang), documents)

    def _write_statements(self, workbook, report, documents):
        found = [(customer, one) for customer, _lang, accounts in documents for one in accounts]
        digits = max(
            [one.currency for _customer, one in found] or [report.company_id.currency_id],
            key=lambda currency: currency.decimal_places,
        )
        formats = self._get_formats(workbook, digits)
        is_activity = report.kind == "activity"
        customer, currency = (self.env._("Customer"), "text"), (self.env._("Currency"), "text")
        sheet = workbook.add_worksheet(self.env._("Balances"))
        title = report._get_titles(self.env.lang)[0]
        # sudo: the company's name, for users of a branch alone
        sheet.write_string(0, 0, f"{report.company_id.sudo().name} · {title}", formats["title"])
        period = [
            (self.env._("Opening Balance"), "money"),
            (self.env._("Invoices and Entries"), "money"),
            (self.env._("Payments and Credit Notes"), "money"),
        ]
        self._write_table(
            sheet,
            2,
            [
                customer,
                currency,
                *(period if is_activity else ()),
                (self.env._("Closing Balance"), "money"),
                *((name, "money") for name in report._get_bucket_names(self.env.lang)),
                (self.env._("Unapplied"), "money"),
                (self.env._("Overdue"), "money"),
                (self.env._("Notes"), "money"),
                (self.env._("Interest and Fees in the Balance"), "money"),
                (self.env._("Accrued Interest, Not Yet Billed"), "money"),
            ],
            [
                [
                    partner.display_name,
                    one.currency.name,
                    *((one.opening, one.charged, -one.credited) if is_activity else ()),
                    one.closing,
                    *one.ages,
                    one.credit,
                    one.overdue,
                    one.noted,
                    one.interest,
                    one.accrued,
                ]
                for partner, one in found
            ],
            formats,
        )
        if is_activity:
            self._write_rows(workbook, self.env._("Movements"), "movements", found, formats)
        self._write_rows(workbook, self.env._("Open Items"), "items", found, formats)
        if any(one.notes for _partner, one in found):
            self._write_rows(workbook, self.env._("Notes"), "notes", found, formats)

    def _write_rows(self, workbook, name, rows, found, formats):
        """Write a sheet of movements, open items or notes of all accounts."""
        kinds = self.env["receivable.statement"]._get_kinds()
        columns = [
            (self.env._("Customer"), "text"),
            (self.env._("Currency"), "text"),
            (self.env._("Date"), "date"),
            (self.env._("Type"), "text"),
            (self.env._("Document"), "text"),
            (self.env._("Reference"), "text"),
            (self.env._("Due Date"), "date"),
            (self.env._("Days Overdue"), "number"),
            (self.env._("Original Amount"), "money"),
            (self.env._("Applied to"), "text"),
            (self.env._("Amount"), "money") if rows == "movements" else (self.env._("Open"), "money"),
        ]  # fmt: skip
        if rows == "movements":
            columns.append((self.env._("Balance"), "money"))
        self._write_table(
            workbook.add_worksheet(name),
            0,
            columns,
            [
                [
                    partner.display_name,
                    one.currency.name,
                    row.date,
                    kinds[row.kind],
                    row.name,
                    row.ref,
                    row.date_maturity,
                    row.days if row.days > 0 and row.amount > 0 else None,
                    row.original,
                    ", ".join(
                        f"{applied.name}: {one.currency.format(applied.amount)}"
                        for applied in row.applied
                    ),
                    row.amount,
                    *((row.balance,) if rows == "movements" else ()),
                ]
                for partner, one in found
                for row in getattr(one, rows)
            ],
            formats,
        )
