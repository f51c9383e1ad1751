from odoo import api, models
from odoo.tools import SQL

# Fields of other models that the SQL reads.
SOURCES = {
    "account.account": ["account_type"],
    "account.journal": ["type"],
    "account.move": [
        "amount_total_signed", "amount_untaxed_signed", "commercial_partner_id", "invoice_date",
        "journal_id", "move_type", "state",
    ],
    "account.move.line": [
        "account_id", "balance", "company_id", "date", "date_maturity", "move_id",
        "parent_state", "partner_id",
    ],
    "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date"],
    "res.company": ["currency_exchange_journal_id"],
    "res.partner": ["commercial_partner_id"],
    "sale.order": [
        "amount_total", "company_id", "currency_rate", "date_order", "partner_invoice_id", "state",
    ],
}  # fmt: skip


class CreditPaymentBehaviour(models.AbstractModel):
    """The SQL of the trade record: claims, what settled them, what stayed unpaid."""

    _inherit = "credit.payment.behaviour"

    @api.model
    def _payment_sql(self, line, move, journal):
        """Condition: a credit item is money received. Extend for other ways to pay."""
        return SQL(
            "(%s IN ('bank', 'cash', 'credit') AND %s = 'entry')",
            SQL.identifier(journal, "type"),
            SQL.identifier(move, "move_type"),
        )

    @api.model
    def _flush_sources(self):
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)

    @api.model
    def _claims_sql(self, customers, company):
        """Receivable items that ask for money: instalments of invoices, opening entries."""
        return SQL(
            """SELECT aml.id, partner.commercial_partner_id AS partner_id, aml.date, aml.balance,
                      COALESCE(move.invoice_date, aml.date) AS invoice_date,
                      COALESCE(aml.date_maturity, aml.date) AS due, move.id AS move_id
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
                       OR (move.move_type = 'entry' AND journal.type = 'general'
                           AND journal.id <> COALESCE(company.currency_exchange_journal_id, 0)))""",
            customers=customers.ids,
            companies=company._credit_entity_ids(),
            accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
        )

    @api.model
    def _settled_sql(self):
        """What payments settled of the claims, one row per settlement; needs `claim`."""
        return SQL(
            """SELECT claim.id AS claim_id, claim.partner_id, partial.amount, partial.max_date AS day,
                      GREATEST(partial.max_date - claim.due, 0) AS late,
                      partial.max_date - claim.invoice_date AS taken
                 FROM claim
                 JOIN account_partial_reconcile partial ON partial.debit_move_id = claim.id
                 JOIN account_move_line credit ON credit.id = partial.credit_move_id
                 JOIN account_move credit_move ON credit_move.id = credit.move_id
                 JOIN account_journal credit_journal ON credit_journal.id = credit_move.journal_id
                WHERE %s""",
            self._payment_sql("credit", "credit_move", "credit_journal"),
        )

    @api.model
    def _given_sql(self, customers, company):
        """Receivable items that the customer has with us: payments, credit notes."""
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
        """Past due and unpaid at the end of each period, credits not applied paying the oldest.

        Needs `claim`, `given` and `ends`, the different last days of the periods. What of a
        credit is not applied on a day: itself since its date, less what it settled up to then.
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
        """The common table expressions period, ends, claim, given, settled and overdue."""
        return SQL(
            "WITH period(n, date_from, date_to) AS (VALUES %(periods)s),"
            " ends AS (SELECT DISTINCT date_to FROM period),"
            " claim AS MATERIALIZED (%(claims)s), given AS MATERIALIZED (%(given)s),"
            " settled AS MATERIALIZED (%(settled)s), overdue AS (%(overdue)s)",
            periods=SQL(", ").join(
                SQL("(%s, %s::date, %s::date)", n, start, end)
                for n, (start, end) in enumerate(periods)
            ),
            claims=self._claims_sql(customers, company),
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
                   (COALESCE(paid.late, 0) + COALESCE(late.late, 0))
                     / NULLIF(COALESCE(paid.amount, 0) + COALESCE(late.amount, 0), 0) AS days_late,
                   paid.late / NULLIF(paid.amount, 0) AS days_late_paid,
                   paid.taken / NULLIF(paid.amount, 0) AS days_to_pay,
                   COALESCE(sold.amount, 0) AS sales, COALESCE(sold.billed, 0) AS billed,
                   COALESCE(ordered.count, 0) AS order_count,
                   COALESCE(ordered.amount, 0) AS order_amount
              FROM period CROSS JOIN unnest(%(customers)s) AS customer(id)
         LEFT JOIN (SELECT period.n, partner_id, SUM(amount)::float AS amount,
                           COUNT(DISTINCT claim_id) AS count,
                           SUM(amount * late)::float AS late, SUM(amount * taken)::float AS taken
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
        """Day of the order `so` in the company's time zone."""
        return SQL(
            "(so.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            company._credit_timezones().get(company.id, "UTC"),
        )
