from odoo import api, models
from odoo.tools import SQL

from ...base.document_names import get_forms_sql, get_words_sql, names_sql

# Fields that the SQL below reads beyond those of the ledger of exposure.
SOURCES = {
    "account.move": [
        "matched_payment_ids", "narration", "origin_payment_id", "payment_reference",
        "payment_state", "ref", "reversed_entry_id",
    ],
    "account.move.line": ["no_followup"],
    "account.partial.reconcile": [
        "credit_move_id", "debit_amount_currency", "debit_move_id",
    ],
    "account.payment": [
        "amount", "currency_id", "date", "memo", "move_id", "partner_id", "payment_type", "state",
    ],
}  # fmt: skip

# A payment registered without an entry lowers the items it pays for so many days.
PAYMENT_DAYS = 30

# States of a payment that was registered: without an entry Odoo Community calls it paid at once.
REGISTERED_STATES = ("in_process", "paid")

# What is paid first. Of items due on one day the smallest, so that the order of entry is no matter.
OLDEST = SQL("item.date_maturity, item.original, item.move_line_id")


class CreditOpenItem(models.AbstractModel):
    """Open items of customers: the open, set-off and blocked amounts and those to ask; one SQL.

    Holds, figures, runs, cases, letters, promises, sheets, write-offs and the receivables ledger
    all read it, so that they agree with each other and with the ledger of exposure, whose rows
    it starts from. `engine/set_off.py` computes the same in Python, to test against.

    1. *Whose*: items of a company and its branches are one (`root_id`).
    2. *Open* is the residual in the item's own currency, less payments registered of
       it and has no entry yet, for `PAYMENT_DAYS`.
    3. *Set off*: money and credit notes that are not applied. First against the items their text
       names (a credit note: the item it reverses); of credit notes the rest against contested parts;
       then against items of their own currency that may be asked for, the oldest due date first or as
       `_order_sql` says;
       then against blocked ones; the remainder against other currencies at the rate of the day.
    4. *Blocked*: the amounts of `_get_block_selects`, at most the open amount after the set-off.
    5. *To ask* (`chase`) = open − set off − blocked, never below zero.
    6. *Overdue* is open − set off of what is past due, contested or not, unless settings of the company
       leave contested amounts or other receivables out (`_get_due_sql`).
    """

    _name = "credit.open.item"
    _description = "Open Item"

    @api.model
    def _get_block_selects(self):
        """{reason: SQL of the amounts blocked for it}; extend to add reasons. Other areas own them.

        Columns: move_line_id; amount (document currency; NULL = the whole item); start: the open
        amount of the item, set off included, when the amount was blocked. Its decrease
        since then lowers the amount, as money for a promise does. Without a start it is contested:
        credit notes alone lower it. A select speaks of today, and may read `_first_ctes_sql`.
        """
        return {}

    @api.model
    def _contested_partners_sql(self):
        """Return SQL of the ids of customers who contest anything. Extended by who knows disputes."""
        return SQL("SELECT NULL::int WHERE FALSE")

    @api.model
    def _flush_sources(self):
        """Flush the sources of the SQL to the database, before raw SQL over it."""
        self.env["credit.exposure.line"]._flush_sources()
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)

    # ------------------------------------------------------------------ SQL

    @api.model
    def _get_items_sql(
        self,
        companies,
        partner_ids=None,
        with_credits=False,
        overdue=None,
        until=None,
        partners=None,
    ):
        """Return SQL of the open items of the customers of companies, one row per instalment.

        :param companies: the companies of the documents; their branches count as themselves
        :param partner_ids: ids of commercial partners; all when None
        :param with_credits: also the credits not applied, whose `net` and `chase` are 0
        :param overdue: of customers alone with an item past due for more days than this, at less cost
        :param until: only credits dated until this day, as if later money had not come
        :param partners: SQL of a table of partners in place of `partner_ids`
        :return: SQL with columns move_line_id, move_id, partner_id (commercial), company_id
            (the root), total (all that the customer owes the company, company currency),
            currency_id, date, date_maturity, days (since the due date, negative before),
            amount and amount_currency (residual), net and net_currency (open less set off), disputed
            and disputed_currency (the contested part of net), chase and chase_currency (to ask),
            block_codes (array of reasons: `no_followup`, `blocked`, those
            of `_get_block_selects`). Amounts with `_currency` are in the item's currency, the
            others are the same part of its residual in company currency.
        """
        companies = companies._credit_root()
        family, partners = SQL(), partners or SQL()
        if partner_ids is not None:
            # The few partners concerned come first, looked up once, as in the ledger's totals.
            family = SQL(
                "WITH family AS MATERIALIZED (SELECT id, commercial_partner_id FROM res_partner"
                " WHERE commercial_partner_id IN %s)",
                tuple(partner_ids) or (0,),
            )
            partners = SQL("family")
        elif overdue is not None:
            family = SQL(
                "WITH family AS MATERIALIZED (SELECT id, commercial_partner_id FROM res_partner"
                " WHERE commercial_partner_id IN (SELECT line.partner_id FROM (%s) line"
                " WHERE line.amount_currency > 0 AND line.date_maturity < %s - %s))",
                self._select_lines(companies, None),
                self.env["res.company"]._credit_today_sql("line"),
                overdue,
            )
            partners = SQL("family")
        # Subqueries without WITH, and joins that drop no row: PostgreSQL reads and computes only
        # the columns that somebody asks for, and of a page those of its rows alone.
        share = SQL("COALESCE(item.amount / NULLIF(item.amount_currency, 0), 0)")
        return SQL(
            """
            %(family)s
            SELECT item.move_line_id, item.move_id, item.partner_id, item.company_id, item.total,
                   item.currency_id, item.date, item.date_maturity, item.days,
                   item.amount, item.amount_currency,
                   %(share)s * item.net_currency AS net, item.net_currency,
                   %(share)s * item.disputed_currency AS disputed, item.disputed_currency,
                   %(share)s * item.chase_currency AS chase, item.chase_currency,
                   CASE WHEN item.no_followup IS TRUE
                        THEN ARRAY['no_followup'] ELSE ARRAY[]::text[] END
                   || CASE WHEN item.is_blocked THEN ARRAY['blocked'] ELSE ARRAY[]::text[] END
                   || COALESCE(item.reasons, '{}') AS block_codes
              FROM (
                SELECT item.*,
                       LEAST(item.net_currency, item.contested_open) AS disputed_currency,
                       CASE WHEN item.blocked_whole THEN 0
                            ELSE GREATEST(item.net_currency - item.contested - %(promised)s, 0)
                       END AS chase_currency
                  FROM (%(set_off)s) item) item
             WHERE %(which)s
            """,
            family=family,
            share=share,
            promised=self._promised_sql("item.net_currency"),
            set_off=self._select_set_off(companies, partners or None, until),
            which=SQL("TRUE") if with_credits else SQL("item.amount_currency > 0"),
        )

    @api.model
    def _get_listed_sql(self, companies):
        """Return SQL of `_get_items_sql`, credits included, for lists: all rows, some of the columns.

        What is joined by a unique key and read by nobody PostgreSQL does not compute: without
        columns of the set-off this costs a scan of the open items.
        """
        companies = companies._credit_root()
        return SQL(
            """
            SELECT line.move_line_id, line.move_id, line.partner_id, line.company_id, line.total,
                   line.currency_id, line.date, line.date_maturity, line.days, line.amount,
                   line.amount_currency, item.net, item.chase, item.block_codes
              FROM (SELECT line.*, %(days)s AS days,
                           SUM(line.amount) OVER (PARTITION BY line.company_id, line.partner_id) AS total
                      FROM (%(lines)s) line) line
         LEFT JOIN (SELECT DISTINCT ON (item.move_line_id) item.* FROM (%(items)s) item) item
                ON item.move_line_id = line.move_line_id
            """,
            days=self._days_sql(),
            lines=self._select_lines(companies, None),
            items=self._get_items_sql(companies, with_credits=True),
        )

    @api.model
    def _days_sql(self):
        """Return SQL of the days since the due date of `line`, negative before."""
        return SQL("%s - line.date_maturity", self.env["res.company"]._credit_today_sql("line"))

    @api.model
    def _select_set_off(self, companies, partners, until=None):
        """Select open items and credits of companies with their amounts after the set-off, see above."""
        columns = SQL(
            "item.move_line_id, item.move_id, item.partner_id, item.company_id, item.currency_id,"
            " item.date, item.date_maturity, item.days, item.amount, item.amount_currency,"
            " item.no_followup, item.is_blocked, item.blocked_whole, item.reasons, item.amounts,"
            " item.starts"
        )
        credited = SQL(
            "(item.company_id, item.partner_id)"
            " IN (SELECT company_id, partner_id FROM item WHERE amount_currency < 0)"
        )
        # Most customers have no credits: nothing of theirs is set off, nor sorted for it.
        return SQL(
            """
            WITH item AS MATERIALIZED (%(items)s)
            SELECT %(columns)s, item.total, item.contested_left AS contested, item.net_currency,
                   item.credit_left, GREATEST(item.contested_all - item.credited, 0) AS contested_open
              FROM (%(set_off)s) item
             UNION ALL
            SELECT %(columns)s, SUM(item.amount) OVER (PARTITION BY item.company_id, item.partner_id),
                   item.contested, item.left_over, 0, item.contested_all
              FROM item WHERE NOT %(credited)s
            """,
            items=self._select_items(companies, partners, until),
            columns=columns,
            credited=credited,
            set_off=self._set_off_sql(
                SQL("SELECT item.* FROM item WHERE %s", credited),
                self._has_currencies(companies),
                self._order_sql(companies),
            ),
        )

    @api.model
    def _order_sql(self, companies):
        """Return the order in which items of companies are paid by what names none, as SQL of `item`.

        Extended by who knows what a company pays first.
        """
        return OLDEST

    @api.model
    def _set_off_sql(self, items, with_currencies, order):
        """Select items with `net_currency`, `contested_left`, credits with `credit_left`: set off.

        Each step leaves an amount of an item for the next one: `left_over`, `unpaid`, `net_own`.

        :param items: SQL with the columns of `_select_items` and any others
        :param with_currencies: whether there may be more than one currency
        :param order: SQL of `_order_sql`
        """
        own = SQL("PARTITION BY item.company_id, item.partner_id, item.currency_id")
        oldest = SQL("ORDER BY %s ROWS UNBOUNDED PRECEDING", order)
        query = SQL(
            """
            SELECT item.*, item.contested - item.credited AS contested_left,
                   item.left_over - item.credited AS unpaid,
                   SUM(item.credited) OVER own AS credited_all
              FROM (
                SELECT item.*,
                       GREATEST(LEAST(item.contested,
                                      item.notes - item.run_contested + item.contested), 0)
                       AS credited
                  FROM (
                    SELECT item.*,
                           SUM(item.amount) OVER (PARTITION BY item.company_id, item.partner_id) AS total,
                           SUM(item.money) OVER own AS pool, SUM(item.note) OVER own AS notes,
                           SUM(item.money) OVER oldest AS run_money,
                           SUM(item.contested) OVER oldest AS run_contested
                      FROM (%(items)s) item
                    WINDOW own AS (%(own)s), oldest AS (%(own)s %(oldest)s)) item) item
            WINDOW own AS (%(own)s)
            """,
            items=items,
            own=own,
            oldest=oldest,
        )
        query = SQL(
            """
            SELECT item.*, item.pool - item.credited_all AS payable,
                   CASE WHEN item.blocked_whole THEN 0
                        -- A part is promised: money for the item is money for the promise first.
                        WHEN LEAST(item.unpaid, (SELECT MIN(part.start)
                                                   FROM unnest(item.starts) AS part(start)))
                             - item.contested_left > item.promised
                        THEN item.unpaid - item.contested_left
                        ELSE GREATEST(item.unpaid - item.contested_left - item.promised, 0)
                   END AS free
              FROM (SELECT item.*, %(promised)s AS promised FROM (%(query)s) item) item
            """,
            promised=self._promised_sql("item.unpaid"),
            query=query,
        )
        # Amounts to ask for first, then blocked ones, each the oldest first.
        query = SQL(
            """
            SELECT item.*, item.unpaid - item.paid_free - item.paid_blocked AS net_own,
                   item.free - item.paid_free AS free_own
              FROM (
                SELECT item.*,
                       GREATEST(LEAST(item.free, item.payable - item.run_free + item.free), 0)
                       AS paid_free,
                       GREATEST(LEAST(item.unpaid - item.free,
                                      item.payable - item.all_free - item.run_unpaid
                                      + item.run_free + item.unpaid - item.free), 0) AS paid_blocked
                  FROM (
                    SELECT item.*, SUM(item.free) OVER oldest AS run_free,
                           SUM(item.unpaid) OVER oldest AS run_unpaid,
                           SUM(item.free) OVER own AS all_free,
                           SUM(item.unpaid) OVER own AS all_unpaid,
                           ROW_NUMBER() OVER oldest AS place
                      FROM (%(query)s) item
                    WINDOW own AS (%(own)s), oldest AS (%(own)s %(oldest)s)) item) item
            """,
            query=query,
            own=own,
            oldest=oldest,
        )
        if with_currencies:
            query = self._select_other_currencies(query, order)
            net, left = (
                SQL("item.net_other"),
                SQL("item.left_share * (item.payable - item.all_unpaid)"),
            )
        else:
            net, left = SQL("item.net_own"), SQL("item.payable - item.all_unpaid")
        # Of several credits the oldest pays first.
        return SQL(
            """
            SELECT item.*, %(net)s AS net_currency,
                   GREATEST(LEAST(item.money, item.run_money - item.pool + GREATEST(%(left)s, 0)), 0)
                   AS credit_left
              FROM (%(query)s) item
            """,
            net=net,
            left=left,
            query=query,
        )

    @api.model
    def _has_currencies(self, companies):
        """Return whether documents of these companies may be in more than one currency."""
        today = {company: company._credit_today() for company in companies}
        currencies = self.env["res.currency"]
        return any(
            len(currencies._credit_rates(company.id, day)) > 1 for company, day in today.items()
        )

    @api.model
    def _select_other_currencies(self, query, order):
        """Apply the remaining money of a currency to items in others, at the rate of the day.

        Where money is left, nothing of its own currency is.
        """
        customer = SQL("PARTITION BY item.company_id, item.partner_id")
        return SQL(
            """
            SELECT item.*,
                   -- Paid whole is paid whole, whatever the rate rounds to.
                   item.net_own
                   - CASE WHEN item.taken_free >= item.free_value THEN item.free_own
                          ELSE ROUND(item.taken_free * item.rate, item.digits) END
                   - CASE WHEN item.taken_blocked >= item.net_value - item.free_value
                          THEN item.net_own - item.free_own
                          ELSE ROUND(item.taken_blocked * item.rate, item.digits) END AS net_other,
                   -- what part of the money these have left, in every currency alike
                   COALESCE(GREATEST(item.money_left - item.all_net_value, 0)
                            / NULLIF(item.money_left, 0), 0) AS left_share
              FROM (
                SELECT item.*,
                       GREATEST(LEAST(item.free_value, item.money_left - item.run_free_value
                                                       + item.free_value), 0) AS taken_free,
                       GREATEST(LEAST(item.net_value - item.free_value,
                                      item.money_left - item.all_free_value - item.run_net_value
                                      + item.run_free_value + item.net_value - item.free_value), 0)
                       AS taken_blocked
                  FROM (
                    SELECT item.*,
                           SUM(CASE WHEN item.place = 1
                                    THEN GREATEST(item.payable - item.all_unpaid, 0) / item.rate END)
                           OVER customer AS money_left,
                           SUM(item.free_value) OVER customer AS all_free_value,
                           SUM(item.net_value) OVER customer AS all_net_value,
                           SUM(item.free_value) OVER oldest AS run_free_value,
                           SUM(item.net_value) OVER oldest AS run_net_value
                      FROM (SELECT item.*, item.free_own / item.rate AS free_value,
                                   item.net_own / item.rate AS net_value
                              FROM (%(query)s) item) item
                    WINDOW customer AS (%(customer)s),
                           oldest AS (%(customer)s ORDER BY %(oldest)s
                                      ROWS UNBOUNDED PRECEDING)) item) item
            """,
            query=query,
            customer=customer,
            oldest=order,
        )

    @api.model
    def _select_items(self, companies, partners, until):
        """Select open items with their blocked amounts, and credits with their amounts to set off.

        left_over  of an item: the open amount after payments registered and money that names it
        contested  of an item: the part of `left_over` that credit notes pay first
        money      of a credit, positive: its remainder; `note` the same of credit notes
        """
        # Few rows, each computed once, whatever PostgreSQL believes of tables just filled.
        return SQL(
            """
            WITH %(first)s, block AS MATERIALIZED (%(blocks)s)
            SELECT item.*, CASE WHEN item.blocked_whole THEN 0
                                ELSE LEAST(item.left_over, item.contested_all) END AS contested
              FROM (
                SELECT line.*, %(days)s AS days,
                       COALESCE(rate.rate, 1) AS rate, COALESCE(digits.decimal_places, 2) AS digits,
                       block.reasons, block.amounts, block.starts,
                       blocked.id IS NOT NULL AS is_blocked,
                       (line.no_followup IS TRUE OR blocked.id IS NOT NULL
                        OR block.is_whole IS TRUE) AS blocked_whole,
                       %(left_over)s AS left_over, COALESCE(block.contested, 0) AS contested_all,
                       GREATEST(-line.amount_currency - COALESCE(named.amount, 0), 0) AS money,
                       CASE WHEN line.amount_currency < 0
                             AND (SELECT move_type FROM account_move WHERE id = line.move_id) = 'out_refund'
                            THEN GREATEST(-line.amount_currency - COALESCE(named.amount, 0), 0)
                            ELSE 0 END AS note
                  FROM line
             LEFT JOIN account_move blocked ON blocked.id = line.move_id
                       AND blocked.payment_state = 'blocked'
             LEFT JOIN res_currency digits ON digits.id = line.currency_id
             LEFT JOIN %(rates)s AS rate(company_id, currency_id, rate, digits)
                       ON rate.company_id = line.company_id AND rate.currency_id = line.currency_id
             LEFT JOIN block ON block.move_line_id = line.move_line_id
             LEFT JOIN registered ON registered.move_line_id = line.move_line_id
             LEFT JOIN named ON named.move_line_id = line.move_line_id
                       AND named.partner_id = line.partner_id) item
            """,
            days=self._days_sql(),
            first=self._first_ctes_sql(companies, partners, until),
            rates=self.env["credit.exposure.line"]._order_rates_sql(),
            blocks=self._select_blocks(),
            left_over=self._left_over_sql(SQL("line.amount_currency")),
        )

    @api.model
    def _first_ctes_sql(self, companies, partners, until=None):
        """Return the CTEs of the first steps, which block selects may read: line, registered, named."""
        return SQL(
            "line AS MATERIALIZED (%s), registered AS MATERIALIZED (%s), named AS MATERIALIZED (%s)",
            self._select_lines(companies, partners, until),
            self._select_registered(partners),
            self._select_named(),
        )

    @api.model
    def _left_over_sql(self, residual):
        """Return what payments registered and money that names it leave of the residual of an item."""
        return SQL(
            "GREATEST(LEAST(%(residual)s, %(residual)s - COALESCE(registered.amount, 0))"
            " - COALESCE(named.amount, 0), 0)",
            residual=residual,
        )

    @api.model
    def _select_lines(self, companies, partners, until=None):
        """Select the ledger's posted items of companies and their branches, which are one."""
        return SQL(
            "SELECT line.move_line_id, line.move_id, line.partner_id, %(entity)s AS company_id,"
            " line.date, line.date_maturity, line.amount, line.amount_currency, line.currency_id,"
            " line.no_followup, line.name, line.original FROM (%(ledger)s) line"
            " WHERE line.company_id IN %(companies)s %(until)s",
            entity=companies._credit_root_sql(SQL("line.company_id")),
            ledger=self.env["credit.exposure.line"]._select_open_item(
                partners, SQL("aml.no_followup, aml.name, aml.amount_currency AS original")
            ),
            companies=companies._credit_entity_ids(),
            until=SQL("AND (line.amount_currency > 0 OR line.date <= %s)", until)
            if until
            else SQL(),
        )

    # ------------------------------------------------------------------ blocked amounts

    @api.model
    def _select_blocks(self):
        """Select the blocked amount of items, and why, one row per item."""
        blocks = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS reason, block.move_line_id, block.amount, block.start FROM (%s) block",
                reason,
                select,
            )
            for reason, select in self._get_block_selects().items()
        ) or SQL(
            "SELECT NULL::text AS reason, NULL::int AS move_line_id, NULL::numeric AS amount,"
            " NULL::numeric AS start LIMIT 0"
        )
        return SQL(
            """
            SELECT found.move_line_id, bool_or(found.amount IS NULL) AS is_whole,
                   SUM(found.amount) FILTER (WHERE found.start IS NULL) AS contested,
                   array_agg(found.amount) FILTER (WHERE found.start IS NOT NULL) AS amounts,
                   array_agg(found.start) FILTER (WHERE found.start IS NOT NULL) AS starts,
                   array_agg(DISTINCT found.reason ORDER BY found.reason) AS reasons
              FROM (%s) found GROUP BY found.move_line_id
            """,
            blocks,
        )

    @api.model
    def _promised_sql(self, left):
        """Return the promised part of `item` with `left` of it open: its decrease since lowers it."""
        table, name = left.split(".")
        return SQL(
            """
            CASE WHEN item.starts IS NULL THEN 0
                 ELSE (SELECT SUM(GREATEST(part.amount - GREATEST(part.start - %s, 0), 0))
                         FROM unnest(item.amounts, item.starts) AS part(amount, start)) END
            """,
            SQL.identifier(table, name),
        )

    # ------------------------------------------------------------------ first in the set-off

    @api.model
    def _select_registered(self, partners):
        """Select payments of items registered and without an entry yet: move_line_id, amount.

        A payment pays its invoices, the oldest instalment first. An item matched with them
        since it was registered, or of exactly its amount, is taken for its entry.
        """
        today = self.env["res.company"]._credit_today_sql("payment")
        return SQL(
            """
            SELECT item.move_line_id,
                   SUM(GREATEST(LEAST(item.residual, item.paid - item.before), 0)) AS amount
              FROM (
                SELECT aml.id AS move_line_id, aml.amount_residual_currency AS residual,
                       payment.amount - COALESCE(entry.amount, 0) AS paid,
                       COALESCE(SUM(aml.amount_residual_currency) OVER (
                           PARTITION BY payment.id ORDER BY aml.date_maturity, aml.id
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                  FROM account_payment payment
                  JOIN account_move__account_payment pays ON pays.payment_id = payment.id
                  JOIN account_move_line aml ON aml.move_id = pays.invoice_id
                   AND aml.currency_id = payment.currency_id
             LEFT JOIN LATERAL (
                       SELECT SUM(partial.debit_amount_currency) AS amount
                         FROM account_move__account_payment paid
                         JOIN account_move_line owed ON owed.move_id = paid.invoice_id
                         JOIN account_partial_reconcile partial ON partial.debit_move_id = owed.id
                        WHERE paid.payment_id = payment.id
                          AND (partial.create_date > payment.create_date
                               OR partial.debit_amount_currency = payment.amount)) entry ON TRUE
                 WHERE payment.move_id IS NULL AND payment.payment_type = 'inbound'
                   AND payment.state IN %(states)s AND payment.date >= %(today)s - %(days)s
                   AND aml.account_id IN %(accounts)s AND aml.reconciled IS NOT TRUE
                   AND aml.parent_state = 'posted' AND aml.amount_residual_currency > 0
                   %(whose)s
              ) item
             WHERE item.paid > item.before
             GROUP BY item.move_line_id
            """,
            states=REGISTERED_STATES,
            today=today,
            days=PAYMENT_DAYS,
            accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
            whose=SQL("AND payment.partner_id IN (SELECT payer.id FROM %s payer)", partners)
            if partners
            else SQL(),
        )

    @api.model
    def _select_named(self):
        """Select items of `line` that credits name: move_line_id of item and of credit, amount, notes.

        A credit note names the item it reverses. A credit that names several items pays the oldest
        first; an excess of several credits over the open amount of an item goes back to each in
        proportion. Amounts are in the currency of the item or of the credit; `notes` is the part
        from credit notes.
        """
        return SQL(
            """
            SELECT side.move_line_id, pair.partner_id, SUM(side.amount) AS amount,
                   SUM(side.amount) FILTER (WHERE pair.is_note) AS notes
              FROM (
                SELECT pair.*, pair.taken * LEAST(1, pair.owed / NULLIF(
                           SUM(pair.taken) OVER (PARTITION BY pair.debit_id, pair.partner_id), 0)) AS share
                  FROM (
                    SELECT pair.*,
                           GREATEST(LEAST(pair.owed, pair.money / pair.factor - pair.before), 0) AS taken
                      FROM (
                        SELECT pair.*, COALESCE(SUM(pair.owed * pair.factor) OVER (
                                   PARTITION BY pair.credit_id, pair.partner_id
                                   ORDER BY pair.date_maturity, pair.original, pair.debit_id
                                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                               / pair.factor AS before
                          FROM (%(pairs)s) pair) pair) pair
                 WHERE pair.taken > 0) pair
             CROSS JOIN LATERAL (VALUES
                   (pair.debit_id, ROUND(pair.share, pair.digits)),
                   (pair.credit_id, ROUND(CASE WHEN pair.factor = 1 THEN ROUND(pair.share, pair.digits)
                                               ELSE pair.share * pair.factor END, pair.credit_digits))
                   ) AS side(move_line_id, amount)
             GROUP BY side.move_line_id, pair.partner_id
            """,
            pairs=SQL(
                """
                SELECT debit.move_line_id AS debit_id, debit.partner_id, debit.date_maturity,
                       debit.original,
                       debit.amount_currency AS owed,
                       -- subqueries, not joins: those would double the time it takes to plan
                       (SELECT decimal_places FROM res_currency WHERE id = debit.currency_id) AS digits,
                       credit.move_line_id AS credit_id, -credit.amount_currency AS money,
                       (SELECT decimal_places FROM res_currency WHERE id = credit.currency_id)
                       AS credit_digits, credit.is_note,
                       -- units of the credit's currency for one of the item's
                       CASE WHEN debit.currency_id = credit.currency_id THEN 1
                            ELSE %(credit_rate)s / %(debit_rate)s END AS factor
                  FROM (%(credits)s) credit
                  JOIN line debit ON debit.partner_id = credit.partner_id
                   AND debit.company_id = credit.company_id AND debit.amount_currency > 0
                  JOIN account_move move ON move.id = debit.move_id
                 WHERE debit.move_id = credit.reversed_entry_id
                    OR CASE WHEN %(likely)s THEN %(named)s ELSE FALSE END
                """,
                credits=SQL(
                    """
                    SELECT credit.*,
                           regexp_replace(normalize(credit.said, NFKC), '[^0-9]+', '', 'g') AS digits
                      FROM (
                        SELECT credit.*, move.reversed_entry_id,
                               move.move_type = 'out_refund' AS is_note,
                               CONCAT_WS(' ', (SELECT memo FROM account_payment
                                                WHERE id = move.origin_payment_id),
                                         move.ref, credit.name, move.narration) AS said
                          FROM line credit
                          JOIN account_move move ON move.id = credit.move_id
                         WHERE credit.amount_currency < 0
                        OFFSET 0) credit
                     -- What holds no number names none.
                     WHERE normalize(credit.said, NFKC) ~ '[0-9]' OR credit.reversed_entry_id IS NOT NULL
                    """
                ),
                credit_rate=self._rate_sql("credit"),
                debit_rate=self._rate_sql("debit"),
                # Digits of a number are compared first: the exact comparison costs a hundred times more.
                likely=SQL(" OR ").join(
                    SQL(
                        r"strpos(credit.digits, substring(normalize(%s, NFKC) FROM '\d+(?=\D*$)')) > 0",
                        SQL.identifier("move", name),
                    )
                    for name in ("name", "payment_reference", "ref")
                ),
                named=SQL(
                    "(SELECT bool_or(%s) FROM (SELECT %s AS words OFFSET 0) said,"
                    " unnest(ARRAY[move.name, move.payment_reference, move.ref]) AS document(name))",
                    names_sql(
                        SQL("said.words"), SQL("(%s)::text[]", get_forms_sql(SQL("document.name")))
                    ),
                    get_words_sql(SQL("credit.said")),
                ),
            ),
        )

    @api.model
    def _rate_sql(self, alias):
        """Today's rate of the currency of a row, 1 where there is none."""
        return SQL(
            "COALESCE((SELECT rate.rate FROM %(rates)s AS rate(company_id, currency_id, rate, digits)"
            " WHERE rate.company_id = %(company)s AND rate.currency_id = %(currency)s), 1)",
            rates=self.env["credit.exposure.line"]._order_rates_sql(),
            company=SQL.identifier(alias, "company_id"),
            currency=SQL.identifier(alias, "currency_id"),
        )

    # ------------------------------------------------------------------ overdue

    @api.model
    def _get_due_sql(self, company, partner_ids=None, overdue=None):
        """Return SQL of open items as holds and figures see them: partner_id, days, net, net_currency.

        Without contested amounts and other receivables, where the company's settings leave them out.

        :param partner_ids, overdue: see `_get_items_sql`
        """
        company = company._credit_root()
        items = self._get_items_sql(company, partner_ids, overdue=overdue)
        others = self.env["account.account"]._credit_other_ids()
        if others and company.id not in company._credit_ids_with("credit_other_counts", False):
            others = ()
        undisputed = company.id in company._credit_ids_with("credit_disputed_not_overdue")
        if not others and not undisputed:
            return items
        return SQL(
            "SELECT item.partner_id, item.days, %s FROM (%s) item WHERE %s",
            SQL(
                "item.net - item.disputed AS net,"
                " item.net_currency - item.disputed_currency AS net_currency"
            )
            if undisputed
            else SQL("item.net, item.net_currency"),
            items,
            SQL(
                "item.move_line_id NOT IN (SELECT id FROM account_move_line"
                " WHERE account_id IN %s AND reconciled IS NOT TRUE AND amount_residual <> 0)",
                others,
            )
            if others
            else SQL("TRUE"),
        )

    # ------------------------------------------------------------------ rows

    @api.model
    def _get_items(self, company, partner_ids=None):
        """Return rows of `_get_items_sql` as dicts, oldest first."""
        self._flush_sources()
        return self.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) item ORDER BY partner_id, date_maturity, move_line_id",
                self._get_items_sql(company, partner_ids),
            )
        )

    @api.model
    def _get_net(self, company, partner_ids):
        """{journal item id: its amount after the set-off, in its currency, rounded to it}."""
        currencies = self.env["res.currency"]
        return {
            row["move_line_id"]: currencies.browse(row["currency_id"]).round(
                float(row["net_currency"])
            )
            for row in self._get_items(company, partner_ids)
        }

    @api.model
    def _get_past_due(self, company, partner_ids, ages):
        """{customer id: (days of the oldest item, then per age the amount past due for longer)}."""
        return {
            partner_id: figures
            for partner_id, *figures in self.env.execute_query(
                SQL(
                    "SELECT partner_id, COALESCE(MAX(days) FILTER (WHERE net_currency > 0), 0) %s"
                    " FROM (%s) item WHERE days > 0 GROUP BY partner_id",
                    SQL().join(
                        SQL(", COALESCE(SUM(net) FILTER (WHERE days > %s), 0)", age) for age in ages
                    ),
                    self._get_due_sql(company, partner_ids),
                )
            )
        }

    @api.model
    def _get_disputed(self, company, partner_ids):
        """{customer id: (contested amount, past due part of it)} of open items, in company currency."""
        self._flush_sources()
        return {
            partner_id: (float(amount), float(overdue))
            for partner_id, amount, overdue in self.env.execute_query(
                SQL(
                    """SELECT partner_id, SUM(disputed), COALESCE(SUM(disputed) FILTER (WHERE days > 0), 0)
                         FROM (%s) item WHERE disputed_currency > 0 GROUP BY partner_id""",
                    self._get_items_sql(company, partner_ids),
                )
            )
        }

    @api.model
    def _get_overdue(self, company, partner_ids):
        """{customer id: (net, chase, days of the oldest item, number of items, {currency id: chase})}
        of the overdue items: in company currency, then what is to ask in the items' own.
        """
        self._flush_sources()
        return {
            partner_id: figures
            for partner_id, *figures in self.env.execute_query(
                SQL(
                    """
                    SELECT partner_id, SUM(net), SUM(chase), MAX(days), SUM(count)::int,
                           jsonb_object_agg(currency_id, chase_currency)
                      FROM (SELECT partner_id, currency_id, SUM(net) AS net, SUM(chase) AS chase,
                                   SUM(chase_currency) AS chase_currency, MAX(days) AS days,
                                   COUNT(*) AS count
                              FROM (%s) item WHERE days > 0 AND net_currency > 0
                             GROUP BY partner_id, currency_id) item
                     GROUP BY partner_id
                    """,
                    self._get_items_sql(company, partner_ids),
                )
            )
        }
