from odoo import api, models
from odoo.tools import SQL

# Fields that the SQL below reads beyond those of the ledger of exposure.
SOURCES = {
    "account.move": ["payment_state"],
    "account.move.line": ["no_followup"],
}

# Payment states of an invoice that nobody is reminded of, whatever its residual says.
SETTLED_STATES = ("in_payment", "paid", "reversed", "blocked")


class CollectionItem(models.AbstractModel):
    """Open items of customers, and what of them may be chased today; the SQL stands here once.

    Runs, cases, letters, promises, sheets and the receivables ledger all read it, so that
    they agree with each other and with the ledger of exposure, whose rows it starts from.
    """

    _name = "collection.item"
    _description = "Open Item"

    @api.model
    def _get_rest_selects(self):
        """{reason: SQL of what rests for it}; extend to add reasons.

        Columns: move_line_id, amount (document currency; NULL = the whole item). What rests
        is not chased, the remainder of the item is. A select speaks of today.
        """
        return {}

    @api.model
    def _flush_sources(self):
        """Bring what the SQL reads to the database, before raw SQL over it."""
        self.env["credit.exposure.line"]._flush_sources()
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)

    @api.model
    def _get_items_sql(self, companies, partner_ids=None, with_credits=False):
        """SQL of the open items of the customers of companies, one row per instalment.

        Credits not applied pay the oldest item first (P4-14), as in `credit_overdue`; what
        of an item they leave is `net`. `chase` is what of `net` may be asked for today.

        :param companies: the company or companies of the documents
        :param partner_ids: ids of commercial partners; all when None
        :param with_credits: also the credits not applied, whose `net` and `chase` are 0
        :return: SQL with columns move_line_id, move_id, partner_id (commercial), company_id,
            total (what the customer owes the company in all), currency_id, date, date_maturity,
            days (since the due date, negative before), amount and
            amount_currency (residual), net and net_currency, chase and chase_currency,
            rests (array of reasons: `no_followup`, `in_payment`, those of `_get_rest_selects`)
        """
        family = partners = SQL()
        if partner_ids is not None:
            # The few partners concerned come first, looked up once, as in the ledger's totals.
            family = SQL(
                "WITH family AS MATERIALIZED (SELECT id, commercial_partner_id FROM res_partner"
                " WHERE commercial_partner_id IN %s)",
                tuple(partner_ids) or (0,),
            )
            partners = SQL("family")
        # Subqueries without WITH, and joins that drop no row: PostgreSQL reads and computes only
        # the columns that somebody asks for, and of a page those of its rows alone.
        return SQL(
            """
            SELECT item.move_line_id, item.move_id, item.partner_id, item.company_id, item.total,
                   item.currency_id, item.date, item.date_maturity, item.days,
                   item.amount, item.amount_currency, item.net, item.net_currency,
                   CASE WHEN item.amount = 0 THEN 0
                        ELSE item.amount * item.chase_currency / NULLIF(item.amount_currency, 0)
                   END AS chase,
                   item.chase_currency,
                   CASE WHEN item.no_followup IS TRUE
                        THEN ARRAY['no_followup'] ELSE ARRAY[]::text[] END
                   || CASE WHEN item.settled THEN ARRAY['in_payment'] ELSE ARRAY[]::text[] END
                   || COALESCE(item.reasons, '{}') AS rests
              FROM (
                SELECT item.*, rest.reasons,
                       move.payment_state IN %(settled)s AS settled,
                       CASE WHEN item.no_followup IS TRUE OR move.payment_state IN %(settled)s
                                 OR rest.whole THEN 0
                            ELSE GREATEST(item.net_currency - COALESCE(rest.amount, 0), 0)
                       END AS chase_currency
                  FROM (
                    SELECT item.*, item.net / item.amount * item.amount_currency AS net_currency
                      FROM (
                        SELECT item.*,
                               GREATEST(LEAST(item.amount, item.run_amount - item.credit), 0) AS net
                          FROM (%(open)s) item) item) item
             LEFT JOIN account_move move ON move.id = item.move_id
             LEFT JOIN (%(rests)s) rest ON rest.move_line_id = item.move_line_id) item
             WHERE %(which)s
            """,
            settled=SETTLED_STATES,
            open=self._select_open_items(companies, family, partners or None),
            rests=self._select_rests(),
            which=SQL("TRUE") if with_credits else SQL("item.amount > 0"),
        )

    @api.model
    def _select_open_items(self, companies, family, partners):
        """Open items with what their customer owes before them, and what pays them."""
        return SQL(
            """
            %(family)s
            SELECT line.*, COALESCE(%(today)s - line.date_maturity, 0) AS days,
                   SUM(GREATEST(line.amount, 0)) OVER oldest_first AS run_amount,
                   SUM(line.amount) OVER customer AS total,
                   -SUM(LEAST(line.amount, 0)) OVER customer AS credit
              FROM (%(ledger)s) line
             WHERE line.company_id IN %(companies)s
            WINDOW customer AS (PARTITION BY line.company_id, line.partner_id),
                   oldest_first AS (PARTITION BY line.company_id, line.partner_id
                                    ORDER BY line.date_maturity, line.move_line_id
                                    ROWS UNBOUNDED PRECEDING)
            """,
            family=family,
            today=self.env["res.company"]._credit_today_sql("line"),
            ledger=self.env["credit.exposure.line"]._select_open_item(
                partners, SQL("aml.no_followup")
            ),
            companies=tuple(companies.ids) or (0,),
        )

    @api.model
    def _select_rests(self):
        """What rests of items, and why, one row per item."""
        rests = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS reason, rest.move_line_id, rest.amount FROM (%s) rest", reason, select
            )
            for reason, select in self._get_rest_selects().items()
        ) or SQL(
            "SELECT NULL::text AS reason, NULL::int AS move_line_id, NULL::numeric AS amount LIMIT 0"
        )
        return SQL(
            """
            SELECT found.move_line_id, bool_or(found.amount IS NULL) AS whole,
                   SUM(found.amount) AS amount, array_agg(DISTINCT found.reason) AS reasons
              FROM (%s) found GROUP BY found.move_line_id
            """,
            rests,
        )

    @api.model
    def _get_items(self, company, partner_ids=None):
        """Rows of `_get_items_sql` as dicts, oldest first."""
        self._flush_sources()
        return self.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) item ORDER BY partner_id, date_maturity, move_line_id",
                self._get_items_sql(company, partner_ids),
            )
        )

    @api.model
    def _get_overdue(self, company, partner_ids):
        """{customer id: (net, chase, days of the oldest item, number of items)} of what is overdue."""
        self._flush_sources()
        return {
            partner_id: figures
            for partner_id, *figures in self.env.execute_query(
                SQL(
                    "SELECT partner_id, SUM(net), SUM(chase), MAX(days), COUNT(*)"
                    " FROM (%s) item WHERE days > 0 GROUP BY partner_id",
                    self._get_items_sql(company, partner_ids),
                )
            )
        }
