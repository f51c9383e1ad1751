from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Fields that the SQL below reads.
SOURCES = {
    "account.account": ["account_type"],
    "account.move.line": [
        "account_id", "amount_currency", "amount_residual", "amount_residual_currency", "balance",
        "company_id", "currency_id", "date", "date_maturity", "invoice_date", "matching_number",
        "move_id", "parent_state", "partner_id", "reconciled",
    ],
    "account.partial.reconcile": [
        "amount", "credit_amount_currency", "credit_move_id", "debit_amount_currency",
        "debit_move_id", "max_date",
    ],
    "res.partner": ["commercial_partner_id"],
}  # fmt: skip

# Columns of an item that the set-off hands on.
COLUMNS = """item.kind, item.move_line_id, item.move_id, item.partner_id, item.account_id,
    item.currency_id, item.date, item.date_invoice, item.date_maturity, item.days AS fixed_days,
    item.amount, item.amount_currency"""

# What the set-off leaves of an item, in company currency.
NET = """CASE WHEN item.kind <> 'receivable' THEN item.amount
    ELSE COALESCE(item.amount / NULLIF(item.amount_currency, 0)
                  * CASE WHEN item.amount_currency > 0 THEN item.net_currency
                         ELSE -item.credit_left END, 0) END"""

BASES = [("due", "Due Date"), ("invoice", "Invoice Date")]


class ReceivableAgeing(models.AbstractModel):
    """Open items of the receivable accounts as they stood on any day; the SQL stands here once.

    Residuals are rebuilt from the reconciliations. A reconciliation belongs to the books of
    a day when both of its items do, that is from its `max_date` on, both posted. The books are
    those of the legal entity: items of branches stand beside those of their root. It takes the
    same amount from both, so the sum of all items **is** the posted balance of the receivable
    accounts on that day, to the cent, exchange differences included: an item paid in its own
    currency whose difference is booked later stands with the difference alone.
    """

    _name = "receivable.ageing"
    _description = "Aging of Receivables"

    @api.model
    def _get_extra_selects(self, company, as_of):
        """Return {kind: SQL of its rows}: kinds beside the receivable accounts; extend for notes.

        Columns as those of `_get_book_sql`. `days` NULL counts from the dates of the row; a
        number stands as it is when the ageing counts from due dates. `move_line_id` may be NULL.
        """
        return {}

    @api.model
    def _flush_sources(self):
        """Flush the sources of the SQL to the database, before raw SQL over it."""
        self.env["credit.open.item"]._flush_sources()
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)

    # ------------------------------------------------------------------ SQL

    @api.model
    def _get_book_sql(self, company, as_of, partners=None):
        """Return open items of the receivable accounts on a day, signed, one row per journal item.

        Columns: kind, move_line_id, move_id, partner_id (commercial, NULL without one),
        account_id, currency_id, date, date_invoice, date_maturity, days (NULL), amount
        (company currency), amount_currency.

        :param partners: commercial partners, whose items alone are read; all when None
        """
        return SQL(
            """
            WITH outside AS MATERIALIZED (%(outside)s)
            SELECT 'receivable' AS kind, line.id AS move_line_id, line.move_id,
                   partner.commercial_partner_id AS partner_id, line.account_id, line.currency_id,
                   line.date, COALESCE(line.invoice_date, line.date) AS date_invoice,
                   COALESCE(line.date_maturity, line.date) AS date_maturity, NULL::int AS days,
                   line.balance - COALESCE(debit.amount, 0) + COALESCE(credit.amount, 0) AS amount,
                   line.amount_currency - COALESCE(debit.amount_currency, 0)
                   + COALESCE(credit.amount_currency, 0) AS amount_currency
              FROM account_move_line line
         LEFT JOIN (SELECT debit_move_id AS id, SUM(amount) AS amount,
                           SUM(debit_amount_currency) AS amount_currency
                      FROM (%(applied)s) applied WHERE TRUE %(debit)s
                     GROUP BY debit_move_id) debit ON debit.id = line.id
         LEFT JOIN (SELECT credit_move_id AS id, SUM(amount) AS amount,
                           SUM(credit_amount_currency) AS amount_currency
                      FROM (%(applied)s) applied WHERE TRUE %(credit)s
                     GROUP BY credit_move_id) credit ON credit.id = line.id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.account_id IN %(accounts)s AND line.company_id IN %(companies)s
               AND line.parent_state = 'posted' AND line.date <= %(as_of)s %(whose)s
               AND (line.balance <> COALESCE(debit.amount, 0) - COALESCE(credit.amount, 0)
                    OR line.amount_currency <> COALESCE(debit.amount_currency, 0)
                                               - COALESCE(credit.amount_currency, 0))
            """,
            outside=self._outside_sql(),
            applied=self._applied_sql(as_of),
            debit=self._whose_sql(partners, "debit_move_id"),
            credit=self._whose_sql(partners, "credit_move_id"),
            whose=self._whose_sql(partners),
            accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
            companies=company._credit_entity_ids(),
            as_of=as_of,
        )

    @api.model
    def _get_parts_sql(self, company, as_of, partners=None):
        """Return the items of `_get_book_sql` in parts, for sums: what is open now, and matches undone.

        A part is Odoo's residual of now, or a match that the books of the day had not: later, or
        with an item outside. Near today these are few, and nothing is put together per item: for
        sums of all customers in a fraction of the time. Columns and parameters as `_get_book_sql`.
        """
        columns = SQL(
            "line.id, line.move_id, line.partner_id, line.account_id, line.currency_id, line.date,"
            " line.invoice_date, line.date_maturity"
        )
        posted = SQL(
            "line.account_id IN %s AND line.company_id IN %s"
            " AND line.parent_state = 'posted' AND line.date <= %s %s",
            self.env["credit.exposure.line"]._receivable_accounts_sql(),
            company._credit_entity_ids(),
            as_of,
            self._whose_sql(partners),
        )
        # Two lists of a side each, not one with OR: PostgreSQL looks up the few matched outside.
        undone = [
            SQL(
                "SELECT %s AS id, %s AS amount, %s AS amount_currency"
                " FROM account_partial_reconcile WHERE %s",
                SQL.identifier(f"{side}_move_id"),
                SQL(f"{sign}amount"),
                SQL(f"{sign}{side}_amount_currency"),
                which,
            )
            for side, other, sign in (("debit", "credit", "+"), ("credit", "debit", "-"))
            for which in (
                SQL("max_date > %s", as_of),
                SQL(
                    "max_date <= %s AND %s IN (%s)",
                    as_of,
                    SQL.identifier(f"{other}_move_id"),
                    self._outside_sql(),
                ),
            )
        ]
        return SQL(
            """
            SELECT 'receivable' AS kind, line.id AS move_line_id, line.move_id,
                   partner.commercial_partner_id AS partner_id, line.account_id, line.currency_id,
                   line.date, COALESCE(line.invoice_date, line.date) AS date_invoice,
                   COALESCE(line.date_maturity, line.date) AS date_maturity, NULL::int AS days,
                   line.amount, line.amount_currency
              FROM (SELECT %(columns)s, line.amount_residual AS amount,
                           line.amount_residual_currency AS amount_currency
                      FROM account_move_line line
                     WHERE line.reconciled IS NOT TRUE AND %(posted)s
                 UNION ALL
                    SELECT %(columns)s, undone.amount, undone.amount_currency
                      FROM (%(undone)s) undone
                      JOIN account_move_line line ON line.id = undone.id
                     WHERE %(posted)s) line
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
            """,
            columns=columns,
            posted=posted,
            undone=SQL(" UNION ALL ").join(undone),
        )

    @api.model
    def _applied_sql(self, as_of):
        """Select the reconciliations that belong to the books of a day; needs the CTE `outside`."""
        return SQL(
            """SELECT * FROM account_partial_reconcile
                WHERE max_date <= %s AND debit_move_id NOT IN (SELECT id FROM outside)
                  AND credit_move_id NOT IN (SELECT id FROM outside)""",
            as_of,
        )

    @api.model
    def _whose_sql(self, partners, item=None):
        """Return the condition that journal items are of these customers, their contacts included.

        :param partners: commercial partners; all when None
        :param item: column with the id of the journal item; None: `line` is the journal item
        """
        if partners is None:
            return SQL()
        own = SQL(
            "partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id IN %s)",
            tuple(partners.ids) or (0,),
        )
        if item is None:
            return SQL("AND line.%s", own)
        return SQL(
            "AND %s IN (SELECT id FROM account_move_line WHERE %s)", SQL.identifier(item), own
        )

    @api.model
    def _outside_sql(self):
        """Select items that are matched and yet not in the books, as Odoo matches drafts too: a match
        with them is none. Of another legal entity it matches none."""
        return SQL(
            """SELECT id FROM account_move_line
                WHERE account_id IN %s AND parent_state <> 'posted' AND matching_number IS NOT NULL""",
            self.env["credit.exposure.line"]._receivable_accounts_sql(),
        )

    @api.model
    def _days_sql(self, start, company, as_of):
        """Return days from a date to `as_of`, as the company counts them (`engine.ageing.days_between`)."""
        # sudo: the count of days binds users who may not read settings
        if company.sudo().receivable_days_method == "30/360":
            return SQL(
                "(%(now)s - (EXTRACT(YEAR FROM %(start)s)::int * 360"
                " + EXTRACT(MONTH FROM %(start)s)::int * 30"
                " + LEAST(EXTRACT(DAY FROM %(start)s)::int, 30)))",
                now=as_of.year * 360 + as_of.month * 30 + min(as_of.day, 30),
                start=start,
            )
        return SQL("(%s::date - %s)", as_of, start)

    @api.model
    def _get_items_sql(self, company, as_of, kinds=None, basis="due", partners=None, with_net=True):
        """Return SQL of a company's open items on a day, with days and column.

        `net` is the amount of a debit after the set-off of `credit.open.item` (P4-14), or of a credit
        (negative). The nets of a customer add up to the balance, as the amounts do, but for
        exchange differences: money in one currency is no debt because a rate moved. Notes stand
        as they are: they are a payment already.

        :param company: the company of the books, or a branch of it
        :param as_of: the day (date)
        :param kinds: kinds to take, `receivable` and those of `_get_extra_selects`; all when None
        :param basis: "due" or "invoice": the date from which days count
        :param partners: commercial partners, whose items alone are read; all when None
        :param with_net: without, nothing is set off, `net` is NULL, and rows are parts of items: for sums
        :return: SQL with the columns of `_get_book_sql` and days, column_index, net
        """
        if basis not in dict(BASES):
            raise ValueError(f"basis must be due or invoice, not {basis!r}")
        starts = self.env["receivable.ageing.column"]._get_columns(company).mapped("days_from")
        if not starts:
            raise UserError(self.env._("The aging has no buckets. Define them in Configuration."))
        # Sums need no items, only their parts.
        book = self._get_book_sql if with_net else self._get_parts_sql
        selects = {
            "receivable": book(company, as_of, partners),
            **self._get_extra_selects(company, as_of),
        }
        counted = SQL("date_maturity" if basis == "due" else "date_invoice")
        days = self._days_sql(SQL("item.%s", counted), company, as_of)
        items = SQL(" UNION ALL ").join(
            SQL("(%s)", select)
            for kind, select in selects.items()
            if kinds is None or kind in kinds
        )
        if partners is not None:
            ids = tuple(partners.ids) or (0,)
            items = SQL("SELECT * FROM (%s) item WHERE partner_id IN %s", items, ids)
        return SQL(
            """
            SELECT item.kind, item.move_line_id, item.move_id, item.partner_id, item.account_id,
                   item.currency_id, item.date, item.date_invoice, item.date_maturity,
                   item.amount, item.amount_currency, item.days,
                   width_bucket(item.days, %(starts)s::int[]) AS column_index,
                   %(net)s AS net
              FROM (SELECT item.*, %(days)s AS days FROM (%(items)s) item) item
            """,
            # Items below the second column stand in the first.
            starts=starts[1:],
            days=SQL("COALESCE(item.fixed_days, %s)", days) if basis == "due" else days,
            net=SQL(NET if with_net else "NULL::numeric"),
            items=self._set_off_sql(company, as_of, items, partners)
            if with_net
            else SQL("SELECT %s FROM (%s) item", SQL(COLUMNS), items),
        )

    @api.model
    def _set_off_sql(self, company, as_of, items, partners=None):
        """Select items of a day with their amounts after the set-off, as of that day.

        For today blocked amounts and named items are known, and read from `credit.open.item`; on
        another day money pays its own currency, the oldest item first or as the company says, then
        the others.
        """
        open_items = self.env["credit.open.item"]
        company = company._credit_root()
        if as_of == company._credit_today():
            return SQL(
                """
                SELECT %s, COALESCE(today.net_currency, item.amount_currency) AS net_currency,
                       COALESCE(today.credit_left, -item.amount_currency) AS credit_left
                  FROM (%s) item
             LEFT JOIN (%s) today ON today.move_line_id = item.move_line_id
                """,
                SQL(COLUMNS),
                items,
                open_items._select_set_off(company, self._family_sql(partners)),
            )
        rates = self.env["res.currency"]._credit_rates(company.id, as_of)
        values = SQL(", ").join(
            SQL("(%s, %s::numeric)", currency_id, rate) for currency_id, rate, _digits in rates
        )
        return open_items._set_off_sql(
            SQL(
                """
                SELECT %(columns)s, item.amount_currency AS original, 0 AS company_id,
                       FALSE AS blocked_whole, 0::numeric AS contested,
                       NULL::numeric[] AS amounts, NULL::numeric[] AS starts, 0::numeric AS note,
                       CASE WHEN item.kind = 'receivable'
                            THEN GREATEST(item.amount_currency, 0) ELSE 0 END AS left_over,
                       CASE WHEN item.kind = 'receivable'
                            THEN GREATEST(-item.amount_currency, 0) ELSE 0 END AS money,
                       COALESCE(rate.rate, 1) AS rate, COALESCE(currency.decimal_places, 2) AS digits
                  FROM (%(items)s) item
             LEFT JOIN res_currency currency ON currency.id = item.currency_id
             LEFT JOIN (VALUES %(rates)s) AS rate(currency_id, rate)
                       ON rate.currency_id = item.currency_id
                """,
                columns=SQL(COLUMNS),
                items=items,
                rates=values,
            ),
            len(rates) > 1,
            open_items._order_sql(company),
        )

    @api.model
    def _family_sql(self, partners):
        """Return SQL of a table of these customers and their contacts; None of all."""
        if partners is None:
            return None
        return SQL(
            "(SELECT id, commercial_partner_id FROM res_partner WHERE commercial_partner_id IN %s)",
            tuple(partners.ids) or (0,),
        )

    # ------------------------------------------------------------------ rows

    @api.model
    def _get_items(self, company, as_of, kinds=None, basis="due"):
        """Return rows of `_get_items_sql` as dicts, customer by customer, oldest first."""
        self._flush_sources()
        return self.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) item ORDER BY partner_id, date_maturity, move_line_id",
                self._get_items_sql(company, as_of, kinds, basis),
            )
        )

    @api.model
    def _get_kinds(self, company, as_of, with_extra=True):
        """Return kinds of an ageing: the receivable accounts alone, or with notes."""
        return None if with_extra else ("receivable",)

    @api.model
    def _get_balance(self, company, as_of):
        """Return the posted balance of the receivable accounts on a day, straight from the books."""
        return self._get_balances(company, [as_of])[0]

    @api.model
    def _get_balances(self, company, days):
        """Return the posted balance of the receivable accounts on each of some days, in one scan."""
        if not days:
            return []
        self._flush_sources()
        [balances] = self.env.execute_query(
            SQL(
                "SELECT %s FROM account_move_line"
                " WHERE account_id IN %s AND company_id IN %s AND parent_state = 'posted'",
                SQL(", ").join(
                    SQL("COALESCE(SUM(balance) FILTER (WHERE date <= %s), 0)", day) for day in days
                ),
                self.env["credit.exposure.line"]._receivable_accounts_sql(),
                company._credit_entity_ids(),
            )
        )
        return list(balances)
