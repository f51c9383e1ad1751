from odoo import Command, api, fields, models
from odoo.exceptions import UserError

# Each statement of a PDF is converted by itself: more take longer than a browser waits.
MAX_PRINTED = 200


class ReceivableStatementReport(models.TransientModel):
    """Statements of account of some customers, made for one user: parameters here, figures on paper."""

    _name = "receivable.statement.report"
    _inherit = ["receivable.statement.mixin", "credit.company.dialog"]
    _description = "Statement of Account"
    _transient_max_hours = 24.0
    _check_company_auto = True

    partner_ids = fields.Many2many(
        "res.partner",
        "receivable_statement_report_partner_rel",
        string="Customers",
        required=True,
        default=lambda self: self._default_partners(),
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        help="Their contacts and branches are included.",
    )

    @api.model
    def _default_partners(self):
        """Return the customers of the records from which the menu Actions opens the dialog."""
        model = self.env.context.get("active_model")
        if model not in ("res.partner", "collection.case", "collection.ledger"):
            return self.env["res.partner"]
        records = self.env[model].browse(self.env.context.get("active_ids") or [])
        records.check_access("read")
        return records.commercial_partner_id if model == "res.partner" else records.partner_id

    # ------------------------------------------------------------------ what is printed

    def _get_documents(self):
        """Return [(customer, language, [Account])] in the order of names, for paper and workbook.

        Of several customers those without balance and movement get none.

        :raise AccessError: another user's report, a company or a customer that the user may not see
        :raise UserError: nothing to state
        """
        self.ensure_one()
        self.check_access("read")
        self.company_id._credit_check_chosen()
        customers = self.partner_ids.commercial_partner_id
        customers._receivable_check_accounts(self.company_id)
        found = self._find_accounts(customers)
        kept = customers if len(customers) == 1 else customers.filtered(lambda p: p.id in found)
        if not kept:
            raise UserError(
                self.env._("There is no statement: no chosen customer has a balance or a movement.")
            )
        languages = {code for code, _name in self.env["res.lang"].get_installed()}
        return [
            (
                customer,
                customer.lang if customer.lang in languages else self.env.lang,
                found.get(customer.id, []),
            )
            for customer in kept.sorted(lambda p: ((p.name or "").lower(), p.id))
        ]

    def _get_file_name(self):
        """Return the name of the file, without its ending."""
        self.ensure_one()
        customers = self.partner_ids.commercial_partner_id
        parts = [self.env._("Statement of Account"), str(self.date_to)]
        if len(customers) == 1:
            parts.insert(1, customers.name or "")
        return " ".join(part.replace("/", "-") for part in parts)

    # ------------------------------------------------------------------ buttons

    def action_print(self):
        """Print the statements as one PDF, each in the language of its customer.

        :raise AccessError: see `_get_documents`
        :raise UserError: nothing to state, or too many statements for one file
        """
        documents = self._get_documents()
        if len(documents) > MAX_PRINTED:
            raise UserError(
                self.env._(
                    "%(count)s statements are too many for one PDF: choose at most %(most)s"
                    " customers, or export a workbook.",
                    count=len(documents),
                    most=MAX_PRINTED,
                )
            )
        return self.env.ref("credit_collection.action_report_receivable_statement").report_action(
            self
        )

    def action_export(self):
        """Export the statements as a workbook.

        :raise AccessError: see `_get_documents`
        :raise UserError: nothing to state
        """
        self._get_documents()
        return self.env.ref("credit_collection.action_xlsx_receivable_statement").report_action(
            self
        )

    def action_mail(self):
        """Open a mailing of these statements, to be looked at and started.

        :raise AccessError: see `_get_documents`; the user may not mail to customers
        :raise UserError: nothing to state
        """
        self._get_documents()
        runs = self.env["receivable.statement.run"]
        runs._check_may_run()
        run = runs.create(
            {
                "company_id": self.company_id.id,
                "scope": "chosen",
                "partner_ids": [Command.set(self.partner_ids.commercial_partner_id.ids)],
                "kind": self.kind,
                "date_from": self.date_from,
                "date_to": self.date_to,
            }
        )
        run.action_preview()
        return self._open_records("receivable_statement_run_action", run)
