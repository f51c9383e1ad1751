from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

# Each statement of a PDF is converted by itself: more take longer than a browser waits.
MAX_PRINTED = 200


class ReceivableStatementReport(models.TransientModel):
    """Statements of account of some customers, made for one user: parameters here, figures on paper."""

    _name = "receivable.statement.report"
    _inherit = ["credit.company.mixin"]
    _description = "Statement of Account"
    _transient_max_hours = 24.0
    _check_company_auto = True
    _long_dates = ("date_from",)

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain="[('id', 'in', allowed_company_ids)]",
        ondelete="cascade",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "receivable_statement_report_partner_rel",
        string="Customers",
        required=True,
        default=lambda self: self._default_partners(),
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        help="Their contacts and branches are included.",
    )
    kind = fields.Selection(
        [("open", "Open Items"), ("activity", "Activity of a Period")],
        "Type",
        required=True,
        default="open",
        help="Open Items: what is unpaid on the day. Activity: opening balance, every invoice, credit"
        " note and payment of the period, closing balance.",
    )
    date_from = fields.Date(
        "Period from",
        default=lambda self: self.env.company._credit_today() + relativedelta(months=-3, day=1),
    )
    date_to = fields.Date(
        "As of", required=True, default=lambda self: self.env.company._credit_today()
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

    @api.constrains("kind", "date_from", "date_to", "company_id")
    def _check_period(self):
        for report in self:
            today = report.company_id._credit_today()
            if report.date_to > today:
                raise ValidationError(
                    self.env._(
                        "As of %(day)s: a statement ends today, %(today)s, at the latest.",
                        day=format_date(self.env, report.date_to),
                        today=format_date(self.env, today),
                    )
                )
            if report.kind != "activity":
                continue
            if not report.date_from:
                raise ValidationError(self.env._("Enter the first day of the period."))
            if report.date_from > report.date_to:
                raise ValidationError(
                    self.env._(
                        "The period begins on %(start)s, after its last day %(end)s.",
                        start=format_date(self.env, report.date_from),
                        end=format_date(self.env, report.date_to),
                    )
                )

    # ------------------------------------------------------------------ what is printed

    def _get_documents(self):
        """Return [(customer, language, [Account])] in the order of names, for paper and workbook.

        Of several customers those without balance and movement get none.

        :raise AccessError: another user's report, a company or a customer that the user may not see
        :raise UserError: nothing to state
        """
        self.ensure_one()
        self.check_access("read")
        if self.company_id not in self.env.companies.root_id:
            # sudo: the company's name only
            raise AccessError(self.env._("Switch to %s first.", self.company_id.sudo().name))
        customers = self.partner_ids.commercial_partner_id
        customers._receivable_check_accounts(self.company_id)
        start = self.date_from if self.kind == "activity" else self.date_to
        found = self.env["receivable.statement"]._get_accounts(
            self.company_id, customers, start, self.date_to
        )
        if self.kind == "open":
            found = {
                key: kept
                for key, accounts in found.items()
                if (kept := [one for one in accounts if one.items or one.notes])
            }
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

    def _get_titles(self, lang):
        """Return the heading of a statement and what it lists, in a language."""
        env = self.with_context(lang=lang).env
        end = format_date(env, self.date_to, lang_code=lang)
        title = env._("Statement of Account as of %s", end)
        if self.kind == "activity":
            return title, env._(
                "All movements from %(start)s to %(end)s. Payments and credit notes are negative.",
                start=format_date(env, self.date_from, lang_code=lang),
                end=end,
            )
        return title, env._(
            "All items open on this day. Payments and credit notes not yet applied are negative."
        )

    def _get_bucket_names(self, lang):
        """Return the names of the columns of the ageing in a language."""
        buckets = self.env["receivable.ageing.column"]._get_columns(self.company_id)
        return buckets.with_context(lang=lang).mapped("name")

    def _get_pay_links(self, accounts):
        """Return {journal entry id: link by which its invoice is paid online}; none where it cannot."""
        company = self.company_id
        if not company._collection_can_pay_online():
            return {}
        ids = {row.move_id for one in accounts for row in one.items if row.kind == "invoice"}
        # sudo: links of the invoices that the statement lists
        moves = self.env["account.move"].sudo().browse(ids)
        return {
            move.id: move.get_base_url() + move.get_portal_url()
            for move in moves
            if move.amount_residual > 0
        }

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
