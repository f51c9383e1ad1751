import logging

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class InsightCheck(models.Model):
    """The nightly comparison of a company's three views on what customers owe.

    Receivables of the ledger of exposure (items without a customer, which it leaves out, beside
    them), open items of the ageing, and the posted balance of the receivable accounts: each is
    another query, and each must give the same amount. All posted entries count, those of days
    to come as well.
    """

    _name = "insight.check"
    _description = "Nightly Check"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "company_id"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    checked_at = fields.Datetime("Last Checked", readonly=True)
    exposure = fields.Monetary(
        "Exposure: Receivables",
        readonly=True,
        help="Posted items of customers in the ledger of exposure, those of other receivables included.",
    )
    nobody = fields.Monetary(
        "Items without a Customer", readonly=True, help="In no exposure: manual entries."
    )
    ageing = fields.Monetary("Aging: Open Items", readonly=True, help="Without notes.")
    balance = fields.Monetary(
        "Receivable Accounts", readonly=True, help="Posted balance in the general ledger."
    )
    difference_exposure = fields.Monetary(
        "Exposure Less Books", readonly=True, help="Items without a customer counted in."
    )
    difference_ageing = fields.Monetary("Aging Less Books", readonly=True)
    is_zero = fields.Boolean("Agrees", readonly=True)
    zero_at = fields.Datetime(
        "Last Zero", readonly=True, help="When both differences were last zero."
    )

    _company = models.UniqueIndex("(company_id)", "The company has its check already.")

    @api.model
    def _cron_daily(self):
        """Compare the books of each company; one company's fault stops no other."""
        # sudo: a job of all companies
        companies = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    self._compare(company)
            except Exception:
                _logger.exception("Nightly check of company %s failed", company.id)
            if not cron._commit_progress(1):
                break

    @api.model
    def _compare(self, company):
        """Compare the books of a company, keep the result, ask for a look where they differ."""
        company = company._credit_root()
        # sudo: the check is the system's
        checks = self.sudo().with_company(company)
        check = checks.search([("company_id", "=", company.id)]) or checks._system_create(
            {"company_id": company.id}
        )
        now = fields.Datetime.now()
        amounts = checks._get_amounts(company)
        differences = {
            "difference_exposure": amounts["exposure"] + amounts["nobody"] - amounts["balance"],
            "difference_ageing": amounts["ageing"] - amounts["balance"],
        }
        is_zero = all(company.currency_id.is_zero(amount) for amount in differences.values())
        check._system_write(
            {
                **amounts,
                **differences,
                "checked_at": now,
                "is_zero": is_zero,
                **({"zero_at": now} if is_zero else {}),
            }
        )
        if is_zero:
            check.activity_unlink(["mail.mail_activity_data_todo"])
        elif not check.activity_ids:
            check._ask_finance()
        return check

    @api.model
    def _get_amounts(self, company):
        """Return exposure, nobody, ageing and balance of everything that is posted today."""
        ageing, lines = self.env["receivable.ageing"], self.env["credit.exposure.line"]
        ageing._flush_sources()
        lines._flush_sources()
        day = self._get_last_day(company)
        [(exposure,)] = self.env.execute_query(
            SQL("SELECT COALESCE(SUM(amount), 0) FROM (%s) line", self._posted_sql(company))
        )
        [(total, nobody)] = self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM(amount), 0),"
                " COALESCE(SUM(amount) FILTER (WHERE partner_id IS NULL), 0) FROM (%s) item",
                ageing._get_book_sql(company, day),
            )
        )
        return {
            "exposure": exposure,
            "nobody": nobody,
            "ageing": total,
            "balance": ageing._get_balance(company, day),
        }

    @api.model
    def _get_last_day(self, company):
        """Return the latest day that anything is posted or matched on: everything counts from it on."""
        [(day,)] = self.env.execute_query(
            SQL(
                "SELECT GREATEST(%s, (SELECT MAX(date) FROM account_move_line"
                " WHERE account_id IN %s AND company_id IN %s AND parent_state = 'posted'))",
                company._credit_today(),
                self.env["credit.exposure.line"]._receivable_accounts_sql(),
                company._credit_entity_ids(),
            )
        )
        return day

    def _ask_finance(self):
        self.ensure_one()
        managers = self.env["res.users"]._get_by_role("finance_manager")
        user = managers.filtered(lambda user: user.active and self.company_id in user.company_ids)[
            :1
        ]
        money = self.currency_id.format
        told = self.with_context(lang=user.lang)
        told.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=(user or self.env.ref("base.user_admin")).id,
            summary=told.env._("Exposure, aging and books differ"),
            note=told.env._(
                "Exposure less books: %(exposure)s. Aging less books: %(ageing)s.",
                exposure=money(self.difference_exposure),
                ageing=money(self.difference_ageing),
            ),
        )

    def action_check(self):
        """Compare the books now.

        :raise AccessError: the user may not compute figures
        """
        self.ensure_one()
        self.check_access("read")
        self.env["insight.kpi"]._check_may_compute()
        self._compare(self.company_id)
        return True

    def action_open_customers(self):
        """Open the customers whose exposure and ageing differ."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers That Differ"),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", self._get_customers())],
            "context": {"create": False},
        }

    def _get_customers(self):
        """Return ids of customers whose exposure is another than the sum of their open items."""
        ageing = self.env["receivable.ageing"]
        ageing._flush_sources()
        self.env["credit.exposure.line"]._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id FROM (
                    SELECT partner_id, amount FROM (%s) line
                 UNION ALL
                    SELECT partner_id, -amount FROM (%s) item WHERE partner_id IS NOT NULL) part
                 GROUP BY partner_id HAVING ROUND(SUM(amount), 6) <> 0
                """,
                self._posted_sql(self.company_id),
                ageing._get_book_sql(self.company_id, self._get_last_day(self.company_id)),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _posted_sql(self, company):
        """Select the posted items of the ledger of exposure, other receivables left out of it as well."""
        # sudo: the comparison is of the whole books
        lines = self.env["credit.exposure.line"].sudo()
        selects = [lines._get_exposure_sql(("receivable",), sums=True)]
        if lines._other_apart_sql():
            selects.append(lines._select_receivable(SQL("res_partner"), apart=True, sums=True))
        return SQL(
            "SELECT * FROM (%s) line WHERE kind IN ('receivable', 'other') AND company_id IN %s",
            SQL(" UNION ALL ").join(selects),
            company._credit_entity_ids(),
        )
