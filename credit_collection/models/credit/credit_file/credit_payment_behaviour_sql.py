from odoo import api, models
from odoo.tools import SQL, groupby

from ....engine.returns import Credit, Return, take_back

# Fields of other models that the SQL reads.
SOURCES = {
    "account.account": ["account_type"],
    "account.journal": ["type"],
    "account.move": [
        "amount_total_signed", "amount_untaxed_signed", "commercial_partner_id", "invoice_date",
        "journal_id", "move_type", "reversed_entry_id", "state",
    ],
    "account.move.line": [
        "account_id", "amount_residual", "balance", "company_id", "date", "date_maturity", "move_id",
        "parent_state", "partner_id",
    ],
    "account.payment.method.line": ["payment_account_id"],
    "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date"],
    "res.company": ["currency_exchange_journal_id"],
    "res.partner": ["commercial_partner_id"],
    "sale.order": [
        "amount_total", "company_id", "currency_rate", "date_order", "partner_invoice_id", "state",
    ],
}  # fmt: skip


class CreditPaymentBehaviour(models.AbstractModel):
    """The SQL of the trade record: claims, their settlements, and the unpaid part."""

    _inherit = "credit.payment.behaviour"

    @api.model
    def _payment_sql(self, line, move, journal):
        """Return the condition that a credit item is money received. Extend for other ways to pay."""
        return SQL(
            "(%s IN ('bank', 'cash', 'credit') AND %s = 'entry')",
            SQL.identifier(journal, "type"),
            SQL.identifier(move, "move_type"),
        )

    @api.model
    def _return_sql(self, move, journal):
        """Return the condition that a debit item is money that went back: a return or a refund.

        By the journal of a bank, or by an entry whose credits are all on accounts of banks.
        """
        return SQL(
            """(%(move)s.move_type = 'entry' AND (%(journal)s.type IN ('bank', 'cash', 'credit')
                OR %(journal)s.type = 'general' AND (
                   SELECT bool_and(account.account_type = 'asset_cash' OR account.id IN (
                                   SELECT payment_account_id FROM account_payment_method_line
                                    WHERE payment_account_id IS NOT NULL))
                     FROM account_move_line other
                     JOIN account_account account ON account.id = other.account_id
                    WHERE other.move_id = %(move)s.id AND other.balance < 0)))""",
            move=SQL.identifier(move),
            journal=SQL.identifier(journal),
        )

    @api.model
    def _flush_sources(self):
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)

    @api.model
    def _claims_sql(self, customers, company):
        """Return receivable items that ask for money: invoices by instalment, opening entries, returns."""
        return SQL(
            """SELECT aml.id, partner.commercial_partner_id AS partner_id, aml.date, aml.balance,
                      COALESCE(move.invoice_date, aml.date) AS invoice_date,
                      COALESCE(aml.date_maturity, aml.date) AS due, move.id AS move_id,
                      %(is_return)s AS is_return
                 FROM account_move_line aml
                 JOIN account_move move ON move.id = aml.move_id
                 JOIN account_journal journal ON journal.id = move.journal_id
                 JOIN res_company company ON company.id = aml.company_id
                 JOIN res_partner partner ON partner.id = aml.partner_id
                WHERE partner.commercial_partner_id = ANY(%(customers)s)
                  AND aml.company_id IN %(companies)s
                  AND aml.parent_state = 'posted' AND aml.balance > 0
                  AND aml.account_id IN %(accounts)s
                  AND (move.move_type IN ('out_invoice', 'out_receipt')
                       OR (move.move_type = 'entry'
                           AND journal.type IN ('general', 'bank', 'cash', 'credit')
                           AND journal.id <> COALESCE(company.currency_exchange_journal_id, 0)))""",
            is_return=self._return_sql("move", "journal"),
            customers=customers.ids,
            companies=company._credit_entity_ids(),
            accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
        )

    @api.model
    def _get_last_payments(self, partners, company):
        """Return {commercial partner id: (day, amount, id of the entry)} of each customer's last payment.

        In company currency, applied or not; what went back is none, as in the trade record.
        """
        customers = partners.commercial_partner_id
        if not customers.ids:
            return {}
        self._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """WITH asked AS MATERIALIZED (%(asked)s)
                   SELECT DISTINCT ON (partner_id) partner_id, date, amount, move_id FROM (
                      SELECT given.partner_id, given.date, move.id AS move_id,
                             SUM(COALESCE(used.amount, 0) * (1 - COALESCE(back.share, 0))
                                 - item.amount_residual) AS amount
                        FROM (%(given)s) given
                        JOIN account_move_line item ON item.id = given.id
                        JOIN account_move move ON move.id = item.move_id
                        JOIN account_journal journal ON journal.id = move.journal_id
                   LEFT JOIN LATERAL (
                             SELECT SUM(partial.amount) AS amount
                               FROM account_partial_reconcile partial
                               JOIN asked ON asked.id = partial.debit_move_id AND NOT asked.is_return
                              WHERE partial.credit_move_id = given.id) used ON TRUE
                   LEFT JOIN (SELECT credit_id, ROUND(SUM(share), 12) AS share
                                FROM (%(taken)s) taken(return_id, credit_id, share)
                               GROUP BY credit_id) back ON back.credit_id = given.id
                       WHERE given.date <= %(today)s AND %(is_payment)s
                       GROUP BY given.partner_id, given.date, move.id) payment
                    WHERE ROUND(amount, 6) > 0
                    ORDER BY partner_id, date DESC, move_id DESC""",
                asked=self._claims_sql(customers, company),
                given=self._given_sql(customers, company),
                taken=self._taken_sql(customers, company),
                today=company._credit_today(),
                is_payment=self._payment_sql("given", "move", "journal"),
            )
        )
        return {
            partner_id: (day, float(amount), move_id) for partner_id, day, amount, move_id in rows
        }

    @api.model
    def _taken_sql(self, customers, company):
        """Return the rows of `_get_taken_back` as SQL."""
        taken = self._get_taken_back(customers, company)
        if not taken:
            return SQL("SELECT NULL::int, NULL::int, NULL::numeric WHERE FALSE")
        return SQL("VALUES %s", SQL(", ").join(SQL("(%s, %s, %s)", *row) for row in taken))

    @api.model
    def _get_taken_back(self, customers, company):
        """Return [(id of the return, id of the payment, share of the payment that went back)]."""
        return [
            (return_id, credit_id, amount / settled)
            for return_id, credit_id, amount, settled in self._get_taken_amounts(customers, company)
        ]

    @api.model
    def _get_taken_amounts(self, customers, company):
        """Return [(id of the return, id of the payment, amount that went back, amount it had settled)].

        Most customers have no return: then the second query is not asked.
        """
        claims = SQL("WITH claim AS (%s)", self._claims_sql(customers, company))
        returns = self.env.execute_query(
            SQL(
                """%s SELECT partner_id, id, date, amount, undoes FROM (
                      SELECT claim.partner_id, claim.id, claim.date, move.reversed_entry_id AS undoes,
                             claim.balance - COALESCE((
                                 SELECT SUM(partial.amount) FROM account_partial_reconcile partial
                                   JOIN account_move_line credit ON credit.id = partial.credit_move_id
                                  WHERE partial.debit_move_id = claim.id
                                    AND credit.date <= claim.date), 0) AS amount
                        FROM claim JOIN account_move move ON move.id = claim.move_id
                       WHERE claim.is_return) item WHERE amount > 0 ORDER BY partner_id""",
                claims,
            )
        )
        if not returns:
            return []
        back = {
            partner_id: [Return(*row[1:]) for row in rows]
            for partner_id, rows in groupby(returns, lambda row: row[0])
        }
        credits = self.env.execute_query(
            SQL(
                """%(claims)s SELECT given.partner_id, given.id, move.id, given.date, given.amount,
                          -item.amount_residual,
                          CASE WHEN %(is_payment)s THEN COALESCE((
                               SELECT SUM(partial.amount) FROM account_partial_reconcile partial
                                 JOIN claim ON claim.id = partial.debit_move_id AND NOT claim.is_return
                                WHERE partial.credit_move_id = given.id), 0) ELSE 0 END
                     FROM (%(given)s) given
                     JOIN account_move_line item ON item.id = given.id
                     JOIN account_move move ON move.id = item.move_id
                     JOIN account_journal journal ON journal.id = move.journal_id
                    ORDER BY given.partner_id""",
                claims=claims,
                is_payment=self._payment_sql("given", "move", "journal"),
                given=self._given_sql(customers.browse(back), company),
            )
        )
        result = []
        for partner_id, rows in groupby(credits, lambda row: row[0]):
            own = [Credit(*row[1:]) for row in rows]
            settled = {credit.id: credit.settled for credit in own}
            result += [
                (claim_id, credit_id, amount, settled[credit_id])
                for claim_id, credit_id, amount in take_back(back[partner_id], own)
            ]
        return result

    @api.model
    def _returned_claims_sql(self):
        """Return the claims of `asked`; returns fall due as the items `taken` had settled."""
        return SQL(
            """SELECT asked.id, asked.partner_id, asked.date, asked.balance, asked.move_id,
                      asked.is_return, COALESCE(paid.invoice_date, asked.invoice_date) AS invoice_date,
                      COALESCE(paid.due, asked.due) AS due
                 FROM asked
            LEFT JOIN (SELECT taken.return_id, MIN(asked.invoice_date) AS invoice_date,
                              MIN(asked.due) AS due
                         FROM taken
                         JOIN account_partial_reconcile partial ON partial.credit_move_id = taken.credit_id
                         JOIN asked ON asked.id = partial.debit_move_id AND NOT asked.is_return
                        GROUP BY taken.return_id) paid ON paid.return_id = asked.id"""
        )

    @api.model
    def _settled_sql(self):
        """Return the settlements of the claims by payments, one row each; needs `claim` and `taken`.

        Less the part of a payment that went back. Earlier items that a return is matched with are
        the returned payment itself, or the credit that was paid out.
        """
        return SQL(
            """SELECT claim.id AS claim_id, claim.partner_id,
                      partial.amount * (1 - COALESCE(back.share, 0)) AS amount,
                      partial.max_date AS day,
                      partial.max_date - claim.due AS late,
                      partial.max_date - claim.invoice_date AS taken
                 FROM claim
                 JOIN account_partial_reconcile partial ON partial.debit_move_id = claim.id
                 JOIN account_move_line credit ON credit.id = partial.credit_move_id
                 JOIN account_move credit_move ON credit_move.id = credit.move_id
                 JOIN account_journal credit_journal ON credit_journal.id = credit_move.journal_id
            LEFT JOIN (SELECT credit_id, ROUND(SUM(share), 12) AS share FROM taken GROUP BY credit_id) back
                      ON back.credit_id = credit.id AND NOT claim.is_return
                WHERE COALESCE(back.share, 0) < 1
                  AND NOT (claim.is_return AND credit.date <= claim.date) AND %s""",
            self._payment_sql("credit", "credit_move", "credit_journal"),
        )

    @api.model
    def _given_sql(self, customers, company):
        """Return receivable items in the customer's favour: payments, credit notes."""
        return SQL(
            """SELECT aml.id, partner.commercial_partner_id AS partner_id, aml.date, -aml.balance AS amount
                 FROM account_move_line aml
                 JOIN res_partner partner ON partner.id = aml.partner_id
                WHERE partner.commercial_partner_id = ANY(%(customers)s)
                  AND aml.company_id IN %(companies)s
                  AND aml.parent_state = 'posted' AND aml.balance < 0
                  AND aml.account_id IN %(accounts)s""",
            customers=customers.ids,
            companies=company._credit_entity_ids(),
            accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
        )

    @api.model
    def _overdue_sql(self):
        """Return items past due and unpaid at the end of each period, credits paying the oldest.

        Needs `claim`, `given` and `ends`, the different last days of the periods. The part of
        a credit not applied on a day: itself since its date, less its settlements up to then.
        """
        return SQL(
            """SELECT date_to, partner_id, id AS claim_id, late,
                      GREATEST(0, LEAST(open, upto - unapplied)) AS amount
                 FROM (SELECT item.*, COALESCE(credit.amount, 0) AS unapplied,
                              SUM(open) OVER (PARTITION BY item.date_to, item.partner_id
                                              ORDER BY item.due, item.id) AS upto
                         FROM (SELECT ends.date_to, claim.id, claim.partner_id, claim.due,
                                      ends.date_to - claim.due AS late,
                                      claim.balance - COALESCE((
                                          SELECT SUM(partial.amount) FROM account_partial_reconcile partial
                                           WHERE partial.debit_move_id = claim.id
                                             AND partial.max_date <= ends.date_to), 0) AS open
                                 FROM claim
                                 JOIN ends ON claim.date <= ends.date_to AND claim.due < ends.date_to
                              ) item
                    LEFT JOIN (SELECT ends.date_to, event.partner_id, SUM(event.amount) AS amount
                                 FROM (SELECT partner_id, date AS day, amount FROM given
                                       UNION ALL
                                       SELECT given.partner_id, partial.max_date, -partial.amount
                                         FROM given
                                         JOIN account_partial_reconcile partial
                                           ON partial.credit_move_id = given.id) event
                                 JOIN ends ON event.day <= ends.date_to
                                GROUP BY ends.date_to, event.partner_id
                              ) credit ON credit.date_to = item.date_to
                                      AND credit.partner_id = item.partner_id
                        WHERE item.open > 0) netted
                WHERE upto > unapplied"""
        )

    @api.model
    def _with_sql(self, customers, company, periods):
        """Return the common table expressions period, ends, claim, given, settled and overdue."""
        return SQL(
            "WITH period(n, date_from, date_to) AS (VALUES %(periods)s),"
            " ends AS (SELECT DISTINCT date_to FROM period),"
            " taken(return_id, credit_id, share) AS (%(taken)s), asked AS MATERIALIZED (%(asked)s),"
            " claim AS MATERIALIZED (%(claims)s), given AS MATERIALIZED (%(given)s),"
            " settled AS MATERIALIZED (%(settled)s), overdue AS (%(overdue)s)",
            periods=SQL(", ").join(
                SQL("(%s, %s::date, %s::date)", n, start, end)
                for n, (start, end) in enumerate(periods)
            ),
            taken=self._taken_sql(customers, company),
            asked=self._claims_sql(customers, company),
            claims=self._returned_claims_sql(),
            given=self._given_sql(customers, company),
            settled=self._settled_sql(),
            overdue=self._overdue_sql(),
        )

    @api.model
    def _periods_sql(self, customers, company, periods):
        return SQL(
            """%(with)s
            SELECT customer.id AS partner_id, period.n,
                   COALESCE(paid.amount, 0) AS paid_amount, COALESCE(paid.count, 0) AS paid_count,
                   COALESCE(late.amount, 0) AS overdue_amount,
                   -- Early days count only where nothing is late (engine/scoring.py).
                   COALESCE(NULLIF(COALESCE(paid.late, 0) + COALESCE(late.late, 0), 0), paid.early)
                     / NULLIF(COALESCE(paid.amount, 0) + COALESCE(late.amount, 0), 0) AS days_late,
                   COALESCE(NULLIF(paid.late, 0), paid.early) / NULLIF(paid.amount, 0)
                     AS days_late_paid,
                   paid.taken / NULLIF(paid.amount, 0) AS days_to_pay,
                   COALESCE(sold.amount, 0) AS sales, COALESCE(sold.billed, 0) AS billed,
                   COALESCE(ordered.count, 0) AS order_count,
                   COALESCE(ordered.amount, 0) AS order_amount
              FROM period CROSS JOIN unnest(%(customers)s) AS customer(id)
         LEFT JOIN (SELECT period.n, partner_id, SUM(amount)::float AS amount,
                           COUNT(DISTINCT claim_id) AS count,
                           SUM(amount * GREATEST(late, 0))::float AS late,
                           SUM(amount * LEAST(late, 0))::float AS early,
                           SUM(amount * taken)::float AS taken
                      FROM settled JOIN period ON day BETWEEN date_from AND date_to
                     GROUP BY period.n, partner_id) paid
                ON paid.n = period.n AND paid.partner_id = customer.id
         LEFT JOIN (SELECT date_to, partner_id, SUM(amount)::float AS amount,
                           SUM(amount * late)::float AS late
                      FROM overdue GROUP BY date_to, partner_id) late
                ON late.date_to = period.date_to AND late.partner_id = customer.id
         LEFT JOIN (SELECT period.n, move.commercial_partner_id AS partner_id,
                           SUM(move.amount_untaxed_signed)::float AS amount,
                           SUM(move.amount_total_signed)::float AS billed
                      FROM account_move move JOIN period ON move.invoice_date BETWEEN date_from AND date_to
                     WHERE move.state = 'posted' AND move.company_id IN %(companies)s
                       AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                       AND move.commercial_partner_id = ANY(%(customers)s)
                     GROUP BY period.n, move.commercial_partner_id) sold
                ON sold.n = period.n AND sold.partner_id = customer.id
         LEFT JOIN (SELECT period.n, partner.commercial_partner_id AS partner_id, COUNT(*) AS count,
                           SUM(so.amount_total / COALESCE(NULLIF(so.currency_rate, 0), 1))::float AS amount
                      FROM sale_order so
                      JOIN res_partner partner ON partner.id = so.partner_invoice_id
                      JOIN period ON %(order_day)s BETWEEN date_from AND date_to
                     WHERE so.state = 'sale' AND so.company_id IN %(companies)s
                       AND partner.commercial_partner_id = ANY(%(customers)s)
                     GROUP BY period.n, partner.commercial_partner_id) ordered
                ON ordered.n = period.n AND ordered.partner_id = customer.id""",
            **{"with": self._with_sql(customers, company, periods)},
            customers=customers.ids,
            companies=company._credit_entity_ids(),
            order_day=self._order_day_sql(company),
        )

    @api.model
    def _order_day_sql(self, company):
        """Return the day of the order `so` in the company's time zone."""
        return SQL(
            "(so.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            company._credit_timezones().get(company.id, "UTC"),
        )
