import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ....engine import rotation

_logger = logging.getLogger(__name__)

# Customers whose accounts are read at once.
BATCH = 500


class ReceivableStatementRun(models.Model):
    """A mailing of statements: to those whose turn it is, or to chosen customers.

    Whose turn it is in the month of its last day follows from the frequency of each customer. The
    documents are in receivable_statement_document.py.
    """

    _name = "receivable.statement.run"
    _description = "Mailing of Statements"
    _inherit = ["receivable.statement.mixin", "collection.mailing.run.mixin"]
    _order = "date_to desc, id desc"
    _job = "credit_collection.ir_cron_receivable_statement_send"

    scope = fields.Selection(
        [("due", "By Frequency"), ("chosen", "Chosen Customers")],
        "Customers to Send to",
        default="due",
        required=True,
        help="By Frequency: customers with monthly statements, and those with quarterly statements in"
        " their month of the quarter.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "receivable_statement_run_partner_rel",
        string="Customers",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    document_ids = fields.One2many(
        "receivable.statement.document", "run_id", "Statements", readonly=True
    )

    _automatic_once = models.UniqueIndex(
        "(company_id, date_to) WHERE is_automatic", "The mailing of this month already exists."
    )

    @api.depends("date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Statements as of %s", format_date(self.env, run.date_to))

    @api.constrains("scope", "partner_ids")
    def _check_chosen(self):
        for run in self:
            if run.scope == "chosen" and not run.partner_ids:
                raise ValidationError(self.env._("Choose the customers to send statements to."))

    def _get_parameters(self):
        names = {"kind", "date_from", "date_to", "scope", "partner_ids"}
        return super()._get_parameters() | names

    # ------------------------------------------------------------------ what is sent

    def _create_documents(self):
        """Create the statements of a preview, for customers with balance or movement.

        :raise AccessError: customers were chosen whose account the user may not see
        """
        self.ensure_one()
        customers = self._get_customers()
        documents = self.env["receivable.statement.document"]
        for start in range(0, len(customers), BATCH):
            part = customers[start : start + BATCH]
            found = self._find_accounts(part)
            documents._system_create(
                [
                    self._prepare_document(customer, found[customer.id])
                    for customer in part
                    if customer.id in found
                ]
            )

    def _get_customers(self):
        """Return the customers to look at: the chosen ones, or those whose turn it is."""
        if self.scope == "chosen":
            customers = self.partner_ids.commercial_partner_id
            if not self.env.user._is_superuser():
                # The user's own rights: runs work as the superuser.
                customers.sudo(False)._receivable_check_accounts(self.company_id)
            return customers.sorted("id")
        ageing, statements = self.env["receivable.ageing"], self.env["receivable.statement"]
        ageing._flush_sources()
        selects = [ageing._get_book_sql(self.company_id, self.date_to)]
        selects += ageing._get_extra_selects(self.company_id, self.date_to).values()
        if self.kind == "activity":
            selects.append(
                statements._movements_sql(self.company_id, None, self.date_from, self.date_to)
            )
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT partner_id FROM (%s) item WHERE partner_id IS NOT NULL"
                " ORDER BY partner_id",
                SQL(" UNION ALL ").join(
                    SQL("(SELECT partner_id FROM (%s) part)", select) for select in selects
                ),
            )
        )
        customers = self.env["res.partner"].browse(row[0] for row in rows)
        frequencies = customers._get_statement_frequencies(self.company_id)
        return customers.filtered(
            lambda one: rotation.is_due(frequencies[one.id], one.id, self.date_to)
        )

    def _prepare_document(self, customer, accounts):
        """Prepare the values of a customer's statement."""
        documents = self.env["receivable.statement.document"]
        return {
            "run_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": customer.id,
            "kind": self.kind,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "channel": documents._choose_channel(customer),
            **documents._get_figures(accounts, self.company_id, self.date_to),
        }

    # ------------------------------------------------------------------ each month

    @api.model
    def _cron_create(self):
        """Hourly: create the mailing of last month on its day, where the company wants it."""
        wanted = [("receivable_statement_mode", "!=", "manual"), ("parent_id", "=", False)]
        # sudo: the job goes over all companies
        for company in self.env["res.company"].sudo().search(wanted):
            today = company._credit_today()
            end = today + relativedelta(day=1, days=-1)
            month_end = (today + relativedelta(day=31)).day
            if today.day < min(company.receivable_statement_day, month_end) or self.search_count(
                [
                    ("company_id", "=", company.id),
                    ("is_automatic", "=", True),
                    ("date_to", "=", end),
                ]
            ):
                continue
            try:
                with self.env.cr.savepoint():
                    self._create_scheduled(company, end)
            except Exception:
                _logger.exception("Statements of %s could not be prepared", company.name)
                self.env.invalidate_all(flush=False)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _create_scheduled(self, company, end):
        """Create the mailing of a month; it starts, or people are asked to look at it.

        :param end: last day of the month
        """
        # sudo: the system mails for the company
        run = (
            self.sudo()
            ._system()
            .create(
                {
                    "company_id": company.id,
                    "is_automatic": True,
                    "kind": company.receivable_statement_kind,
                    "date_from": end.replace(day=1),
                    "date_to": end,
                }
            )
        )
        run._create_documents()
        run.invalidate_recordset(["document_ids"])
        if not run.document_ids:
            return
        if company.receivable_statement_mode == "automatic":
            run._do_start()
            return
        users = self.env.user._get_by_role("collection_manager").filtered(
            lambda user: company in user.company_ids
        )
        run._notify_users(
            users,
            self.env._(
                "%(run)s: %(count)s statements are ready. Look at them and start the mailing.",
                run=run.display_name,
                count=len(run.document_ids),
            ),
        )
