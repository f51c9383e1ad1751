import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...receivable.ageing.receivable_ageing_column import COLUMN_NAMES, COLUMNS

_logger = logging.getLogger(__name__)

# Sums of its rows that a closed month keeps.
TOTALS = (
    "receivable", "note", "overdue", "orders", "credit_limit", "provision", "written_off", "collected",
)  # fmt: skip

# Months that the job makes up for: those of three years.
CATCH_UP_MONTHS = 36

# Amounts of a row.
AMOUNTS = (
    "receivable", "receivable_currency", "note", "overdue", "orders", "credit_limit", "provision",
    "written_off", "collected", *COLUMN_NAMES,
)  # fmt: skip


class InsightMonth(models.Model):
    """A closed month of a company: when and why it was frozen, and the sums of its rows (P1-15).

    A version and its rows are made in one transaction, and nobody edits them. What is entered,
    changed or matched in the books of the month afterwards makes a version of its own; the
    former one stays, and the difference opens the documents behind it.

    Orders and limits are those of the day when the month was closed for the first time, since Odoo
    keeps no history of orders; months closed later than their time have none.
    """

    _name = "insight.month"
    _description = "Closed Month"
    _inherit = ["credit.protected.mixin"]
    _order = "date desc, company_id, version desc"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Month", required=True, readonly=True, help="Its last day.")
    version = fields.Integer(required=True, readonly=True, aggregator=None)
    is_current = fields.Boolean("Current Version", default=True, readonly=True)
    former_id = fields.Many2one("insight.month", "Former Version", readonly=True)
    cause = fields.Selection(
        [
            ("close", "Month closed"),
            ("books", "Books of the month changed"),
            ("manual", "Closed again manually"),
        ],
        "Made Because",
        required=True,
        readonly=True,
    )
    reason = fields.Char("Reason for Closing Again", readonly=True)
    frozen_at = fields.Datetime("Month Closed on", required=True, readonly=True)
    has_terms = fields.Boolean(
        "Orders and Limits Known", readonly=True, help="Those of the day the month was closed."
    )
    column_days = fields.Json("First Days of the Aging Buckets", readonly=True)
    column_names = fields.Char(
        "Aging Buckets", compute="_compute_column_names", help="As the month was closed."
    )
    line_ids = fields.One2many("insight.snapshot", "month_id", "Customers", readonly=True)
    customer_count = fields.Integer("Number of Customers", readonly=True)

    receivable = fields.Monetary("Receivables", readonly=True)
    note = fields.Monetary("Notes", readonly=True)
    overdue = fields.Monetary(readonly=True, help="As in the receivables ledger: net of credits.")
    orders = fields.Monetary("Open Orders", readonly=True)
    credit_limit = fields.Monetary("Effective Limits", readonly=True)
    provision = fields.Monetary("Allowance", readonly=True)
    written_off = fields.Monetary(readonly=True)
    collected = fields.Monetary(readonly=True)
    balance = fields.Monetary(
        "Receivable Accounts", readonly=True, help="Posted balance of the last day in the ledger."
    )
    difference = fields.Monetary(
        "Receivables Less Books",
        compute="_compute_difference",
        help="Anything but zero is an error.",
    )
    change = fields.Monetary(
        "Change Since Former Version",
        readonly=True,
        help="Of receivables, against the ledger as it was.",
    )
    change_entered = fields.Monetary(
        "Of Which Entered Since",
        readonly=True,
        help="Entries of the month that are younger than the former version.",
    )
    explanation = fields.Text(compute="_compute_difference")

    _version = models.UniqueIndex("(company_id, date, version)", "This month is closed already.")
    _current = models.UniqueIndex(
        "(company_id, date) WHERE is_current", "This month is closed already."
    )

    @api.depends("date", "version", "company_id")
    def _compute_display_name(self):
        for month in self:
            version = f" (v{month.version})" if month.version > 1 else ""
            month.display_name = f"{month.date:%Y-%m} {month.company_id.name or ''}{version}"

    @api.depends("column_days")
    @api.depends_context("lang")
    def _compute_column_names(self):
        columns = self.env["receivable.ageing.column"]
        for month in self:
            month.column_names = " | ".join(columns._get_range_names(month.column_days or []))

    @api.depends("receivable", "balance", "change", "change_entered", "former_id")
    @api.depends_context("lang")
    def _compute_difference(self):
        for month in self:
            money = month.currency_id.format
            month.difference = month.receivable - month.balance
            month.explanation = month.former_id and self.env._(
                "Receivables changed by %(change)s: entries of the month that were entered after"
                " %(former)s %(entered)s; entries changed, reset or deleted since %(rest)s.",
                change=money(month.change),
                former=month.former_id.display_name,
                entered=money(month.change_entered),
                rest=money(month.change - month.change_entered),
            )

    # ------------------------------------------------------------------ closing

    @api.model
    def _close(self, company, date, cause="close", reason=None):
        """Freeze a month, or its next version, where anything differs from the former one.

        All in the caller's transaction: killed halfway, nothing is there.

        :param date: last day of the month
        :param cause: a value of `cause`
        :return: the new version, or none when nothing changed
        :raise UserError: the month did not end yet
        """
        company = company._credit_root()
        if date >= company._credit_today():
            raise UserError(
                self.env._(
                    "%s has not ended yet: it cannot be closed.", format_date(self.env, date)
                )
            )
        # sudo: closed months are the system's
        months = self.sudo().with_company(company)
        former = months.search(
            [("company_id", "=", company.id), ("date", "=", date), ("is_current", "=", True)]
        )
        former._system_write({"is_current": False})
        former.flush_recordset()
        columns = self.env["receivable.ageing.column"]._get_columns(company)
        month = months._system_create(
            {
                "company_id": company.id,
                "date": date,
                "version": former.version + 1,
                "former_id": former.id,
                "cause": cause,
                "reason": reason,
                "frozen_at": self.env.cr.now().replace(microsecond=0),
                "has_terms": former.has_terms if former else date == company._insight_last_ended(),
                "column_days": columns.mapped("days_from"),
                "balance": self.env["receivable.ageing"]._get_balance(company, date),
            }
        )
        self.env.flush_all()
        month._insert_rows()
        if former and not month._differs(former):
            month._system_unlink()
            former._system_write({"is_current": True})
            return self.browse()
        month._sum_rows()
        return month.with_env(self.env)

    @api.model
    def _get_due(self, company):
        """Return [(last day, cause)] of months to close: those that ended, those whose books changed."""
        # sudo: a job of all companies
        closed = self.sudo().search([("company_id", "=", company.id), ("is_current", "=", True)])
        last = company._insight_last_ended()
        day = max(closed.mapped("date"), default=last + relativedelta(months=-1, day=31))
        day = max(day, last - relativedelta(months=CATCH_UP_MONTHS))
        due = []
        while (day := day + relativedelta(months=1, day=31)) <= last:
            due.append((day, "close"))
        balances = self.env["receivable.ageing"]._get_balances(company, closed.mapped("date"))
        return due + [
            (month.date, "books")
            for month, balance in zip(closed, balances, strict=True)
            if company.currency_id.compare_amounts(balance, month.balance)
        ]

    @api.model
    def _cron_daily(self):
        """Close months that ended, and versions of those whose books changed; commit month by month."""
        # sudo: a job of all companies
        companies = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        due = [
            (company, *what)
            for company in companies.filtered(lambda company: company.credit_mode != "off")
            for what in self._get_due(company)
        ]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for company, day, cause in due:
            try:
                with self.env.cr.savepoint():
                    self._close(company, day, cause)
            except Exception:
                _logger.exception("Closing %s of company %s failed", day, company.id)
            if not cron._commit_progress(1):
                break

    # ------------------------------------------------------------------ screens

    def action_open_rows(self):
        """Open the customers of this version."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "insight_snapshot_action", domain=[("month_id", "=", self.id)], context={}
        )

    def action_open_changed(self):
        """Open the customers whose receivables differ from the former version."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "insight_snapshot_action",
            domain=[("month_id", "=", self.id), ("change", "!=", 0)],
            context={},
        )

    def action_open_documents(self):
        """Open the entries that explain the difference to the former version.

        Of the customers that differ: dated up to the end of the month and entered, changed or
        matched after the former version was made.
        """
        self.ensure_one()
        self.check_access("read")
        since = self.former_id.frozen_at or self.frozen_at
        # sudo: which customers differ; the entries are read with the user's rights
        customers = self.sudo().line_ids.filtered("change").partner_id
        matched = Domain("create_date", ">=", since) & Domain("max_date", "<=", self.date)
        domain = (
            Domain("company_id", "in", self.company_id._credit_entity_ids())
            & Domain("date", "<=", self.date)
            & Domain("line_ids.account_id.account_type", "=", "asset_receivable")
            & (
                Domain("commercial_partner_id", "in", customers.ids)
                | Domain("partner_id", "=", False)
            )
            & (
                Domain("write_date", ">=", since)
                | Domain("line_ids.matched_debit_ids", "any", matched)
                | Domain("line_ids.matched_credit_ids", "any", matched)
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents of %s", self.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": list(domain),
            "context": {"create": False},
        }

    def action_open_former(self):
        """Open the former version."""
        self.ensure_one()
        self.former_id.check_access("read")
        return self.former_id.get_formview_action()

    # ------------------------------------------------------------------ sums

    def _sum_rows(self):
        """Keep the sums of the rows, and what of their change was entered since the former version."""
        self.ensure_one()
        sums = self.env["insight.snapshot"]._read_group(
            [("month_id", "=", self.id)],
            [],
            [*(f"{name}:sum" for name in TOTALS), "change:sum", "partner_id:count_distinct"],
        )[0]
        *amounts, change, customers = sums
        self._system_write(
            {
                **dict(zip(TOTALS, amounts, strict=True)),
                "customer_count": customers,
                "change": change,
                "change_entered": self._sum_entered(),
            }
        )

    def _sum_entered(self):
        if not self.former_id:
            return 0.0
        [(amount,)] = self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM(balance), 0) FROM account_move_line WHERE account_id IN %s"
                " AND company_id IN %s AND parent_state = 'posted' AND date <= %s AND create_date >= %s",
                self.env["credit.exposure.line"]._receivable_accounts_sql(),
                self.company_id._credit_entity_ids(),
                self.date,
                self.former_id.frozen_at,
            )
        )
        return amount

    # ------------------------------------------------------------------ rows

    def _insert_rows(self):
        """Write the rows of this version: each customer and currency once; all sources are flushed."""
        self.ensure_one()
        former = self.former_id
        partners = self.env["res.partner"].with_company(self.company_id)
        names = [SQL.identifier(name) for name in AMOUNTS]
        self.env.execute_query(
            SQL(
                """
                INSERT INTO insight_snapshot (
                    month_id, company_id, date, partner_id, currency_id, user_id, segment, grade_id,
                    %(names)s, change, create_uid, create_date, write_uid, write_date)
                SELECT %(month)s, %(company)s, %(date)s, fact.partner_id, fact.currency_id,
                       CASE WHEN known.id IS NULL THEN partner.user_id ELSE known.user_id END,
                       CASE WHEN known.id IS NULL THEN %(segment)s ELSE known.segment END,
                       CASE WHEN known.id IS NULL THEN %(grade)s ELSE known.grade_id END,
                       %(facts)s, fact.receivable - COALESCE(before.receivable, fact.receivable * %(first)s),
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (SELECT partner_id, currency_id, %(sums)s FROM (%(sources)s) source
                         GROUP BY partner_id, currency_id) fact
             LEFT JOIN res_partner partner ON partner.id = fact.partner_id
             LEFT JOIN (SELECT DISTINCT ON (partner_id) id, partner_id, user_id, segment, grade_id
                          FROM insight_snapshot WHERE month_id = %(former)s
                         ORDER BY partner_id, id) known ON known.partner_id = fact.partner_id
             LEFT JOIN insight_snapshot before ON before.month_id = %(former)s
                       AND before.partner_id IS NOT DISTINCT FROM fact.partner_id
                       AND before.currency_id = fact.currency_id
             RETURNING NULL
                """,
                names=SQL(", ").join(names),
                facts=SQL(", ").join(SQL("fact.%s", name) for name in names),
                sums=SQL(", ").join(SQL("COALESCE(SUM(%s), 0) AS %s", n, n) for n in names),
                month=self.id,
                company=self.company_id.id,
                date=self.date,
                former=former.id or 0,
                # A first version is no change of another one.
                first=0 if former else 1,
                segment=partners._field_to_sql("partner", "credit_segment"),
                grade=partners._field_to_sql("partner", "credit_grade_id"),
                uid=self.env.uid,
                now=self.env.cr.now(),
                sources=SQL(" UNION ALL ").join(
                    self._source_sql(amounts, query) for amounts, query in self._get_sources()
                ),
            )
        )
        self.env["insight.snapshot"].invalidate_model()
        self.invalidate_recordset(["line_ids"])

    def _source_sql(self, amounts, query):
        """Select rows of a source with all amounts of a row, those it does not have as NULL.

        :param amounts: {name of an amount: SQL of its sum over the rows of `query`}
        :param query: SQL with columns partner_id and currency_id
        """
        return SQL(
            "SELECT item.partner_id, item.currency_id, %s FROM (%s) item GROUP BY 1, 2",
            SQL(", ").join(
                SQL("%s AS %s", amounts.get(name, SQL("NULL::numeric")), SQL.identifier(name))
                for name in AMOUNTS
            ),
            query,
        )

    def _get_sources(self):
        """Return [(amounts, query)] as `_source_sql` takes them: every figure by the query it has."""
        kpi = self.env["insight.kpi"]
        first = self.date.replace(day=1)
        one = SQL("SUM(item.amount)")
        index = SQL("LEAST(item.column_index, %s)", COLUMNS - 1)
        sources = [
            (
                {
                    "receivable": SQL("SUM(item.amount) FILTER (WHERE item.kind = 'receivable')"),
                    "receivable_currency": SQL(
                        "SUM(item.amount_currency) FILTER (WHERE item.kind = 'receivable')"
                    ),
                    "note": SQL("SUM(item.amount) FILTER (WHERE item.kind = 'note')"),
                    "overdue": SQL(
                        "SUM(item.net) FILTER (WHERE %s)", kpi._overdue_item_sql(self.date)
                    ),
                    **{
                        name: SQL("SUM(item.amount) FILTER (WHERE %s = %s)", index, number)
                        for number, name in enumerate(COLUMN_NAMES)
                    },
                },
                self.env["receivable.ageing"]._get_items_sql(self.company_id, self.date),
            ),
            (
                {"collected": one},
                self._items_sql(kpi._get_collected_domain(self.company_id, first, self.date)),
            ),
            (
                {"written_off": one},
                self._items_sql(kpi._get_written_off_domain(self.company_id, first, self.date)),
            ),
        ]
        provision = self.env["receivable.provision"]._get_effective(self.company_id, self.date)
        if provision:
            sources.append(({"provision": one}, provision._get_shares_sql()))
        if self.former_id:
            kept = {
                name: SQL("SUM(item.%s)", SQL.identifier(name))
                for name in ("orders", "credit_limit")
            }
            rows = SQL("SELECT * FROM insight_snapshot WHERE month_id = %s", self.former_id.id)
            sources.append((kept, rows))
        elif self.has_terms:
            sources += [
                ({"orders": one}, self._orders_sql()),
                ({"credit_limit": one}, self._limits_sql()),
            ]
        return sources

    def _items_sql(self, domain):
        """Select journal items of a domain with their customer; money received is positive."""
        # sudo: figures of the company count every item of its books
        items = self.env["account.move.line"].sudo()
        return SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id, line.currency_id, -line.balance AS amount
              FROM account_move_line line LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.id IN %s
            """,
            items._search(domain).subselect(),
        )

    def _orders_sql(self):
        # sudo: figures of the company count every order
        lines = self.env["credit.exposure.line"].sudo()
        return SQL(
            "SELECT line.partner_id, line.currency_id, line.amount FROM (%s) line"
            " WHERE line.company_id IN %s",
            lines._get_exposure_sql(("order",)),
            self.company_id._credit_entity_ids(),
        )

    def _limits_sql(self):
        # sudo: limits of every customer
        partners = self.env["res.partner"].sudo()
        return SQL(
            """
            SELECT granted.partner_id, %(currency)s AS currency_id, granted.amount
              FROM (SELECT customer.id AS partner_id, %(limit)s AS amount
                      FROM res_partner customer
                     WHERE customer.commercial_partner_id = customer.id OFFSET 0) granted
             WHERE granted.amount <> 0
            """,
            currency=self.company_id.currency_id.id,
            limit=partners._credit_effective_limit_sql("customer", self.company_id),
        )

    def _differs(self, former):
        """Return whether any amount of a row is another than in the former version."""
        names = SQL(", ").join(SQL.identifier(name) for name in AMOUNTS)
        rows = SQL(
            "SELECT partner_id, currency_id, %s FROM insight_snapshot WHERE month_id = ", names
        )
        return bool(
            self.env.execute_query(
                SQL("(%s %s) EXCEPT (%s %s) LIMIT 1", rows, self.id, rows, former.id)
            )
        )
