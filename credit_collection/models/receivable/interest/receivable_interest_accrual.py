from datetime import date, timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

# Fields that the SQL below reads beyond those of the ageing.
SOURCES = {
    "account.move": [
        "collection_dispute_id", "move_type", "origin_payment_id", "receivable_document",
        "receivable_interest_term_id", "statement_line_id",
    ],
    "collection.agreement": ["date_active", "date_end", "state"],
    "collection.agreement.item": ["agreement_id", "move_line_id"],
    "collection.dispute": ["state"],
    "credit.policy": ["receivable_interest_term_id", "root_id"],
    "receivable.interest": ["move_id"],
    "receivable.interest.period": ["charges", "date_from", "date_to", "move_line_id"],
    "receivable.interest.term": None,
    "receivable.reference.rate": None,
    "res.partner": ["credit_interest_term_id", "credit_policy_id", "credit_segment"],
}  # fmt: skip

# From the first to the last day of rates that have none.
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)

SOURCES_OF_TERMS = [
    ("invoice", "Invoice"),
    ("customer", "Customer"),
    ("policy", "Credit Policy"),
    ("company", "Company"),
]


class ReceivableInterestAccrual(models.AbstractModel):
    """Late interest of instalments until a day, day by day, as reconciliations leave them.

    One SQL for all customers; `engine/interest.py` says the same of one instalment in Python, to
    test against. The due date bears no interest, the day of receipt does. What came within the
    grace period bears none. Interest bears no interest: invoices of interest notes are left out.
    Days that a note charges, and days of a repayment agreement in force, which has terms of its
    own, are left out; a credit note for an accepted dispute counts from the due date on, as if the
    part that was rightly disputed had never been owed. Amounts are in the currency of the
    instalment, not rounded.
    """

    _name = "receivable.interest.accrual"
    _description = "Accrued Late Interest"

    @api.model
    def _get_periods(self, company, as_of, partners=None, charged=False, without=None):
        """Return the days that bear interest, one row per instalment and unchanged stretch of days.

        :param company: the company of the books, or a branch of it
        :param as_of: last day (date)
        :param partners: commercial partners; all when None
        :param charged: also days that notes charge already
        :param without: disputes that count as not accepted
        :return: dicts by customer, currency, instalment and day: move_line_id, move_id, partner_id,
            currency_id, date_maturity, original, term_id, source, date_from, date_to, days,
            principal, rate (percent a year), rate_id, year_days, amount (not rounded)
        :raise UserError: a term follows a reference rate that is unknown on one of the days
        """
        self._flush_sources()
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) period"
                " ORDER BY partner_id, currency_id, date_maturity, move_line_id, date_from",
                self._get_periods_sql(company, as_of, partners, charged, without),
            )
        )
        for row in rows:
            if row["rate"] is None:
                self._refuse_unknown(row)
        return rows

    @api.model
    def _get_amounts(self, company, as_of, partners=None, charged=False):
        """Return {move line id: accrued interest}, rounded once per instalment in its currency."""
        self._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT period.move_line_id, period.currency_id, SUM(period.amount),
                       MIN(CASE WHEN period.rate IS NULL THEN period.move_line_id END)
                  FROM (%s) period GROUP BY 1, 2
                """,
                self._get_periods_sql(company, as_of, partners, charged),
            )
        )
        currencies = self.env["res.currency"].browse({row[1] for row in rows}).grouped("id")
        result = {}
        for line_id, currency_id, amount, unknown in rows:
            if unknown:
                self._get_periods(company, as_of, partners, charged)  # names the rate
            result[line_id] = currencies[currency_id].round(float(amount))
        return result

    @api.model
    def _refuse_unknown(self, row):
        # sudo: names for the message
        term = self.env["receivable.interest.term"].sudo().browse(row["term_id"])
        raise UserError(
            self.env._(
                "“%(reference)s” has no rate on %(day)s, which %(terms)s needs. Enter it under"
                " Configuration, Reference Rates.",
                reference=term.reference_id.name,
                day=format_date(self.env, row["date_from"]),
                terms=term.name,
            )
        )

    @api.model
    def _flush_sources(self):
        self.env["receivable.ageing"]._flush_sources()
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)

    # ------------------------------------------------------------------ SQL

    @api.model
    def _get_periods_sql(self, company, as_of, partners=None, charged=False, without=None):
        """Return SQL of `_get_periods`, in no order; the rate is NULL where it is unknown."""
        company = company._credit_root()
        ageing = self.env["receivable.ageing"]
        return SQL(
            """
            WITH outside AS MATERIALIZED (%(outside)s),
            term (id, grace_days, quiet_days) AS MATERIALIZED (VALUES %(terms)s),
            rate (term_id, first, last, percent, rate_id, year_days) AS MATERIALIZED (VALUES %(rates)s),
            struck AS MATERIALIZED (
                SELECT line.id
                  FROM collection_dispute dispute
                  JOIN account_move move ON move.collection_dispute_id = dispute.id
                  JOIN account_move_line line ON line.move_id = move.id
                 WHERE dispute.state = 'accepted' %(without)s),
            debtor AS MATERIALIZED (%(debtors)s),
            item AS MATERIALIZED (
                SELECT chosen.*, chosen.due + term.grace_days AS until,
                       chosen.due + term.quiet_days AS quiet
                  FROM (%(items)s OFFSET 0) chosen  -- terms are looked up once per item
                  JOIN term ON term.id = chosen.term_id
                 WHERE chosen.due + term.grace_days < %(as_of)s),
            change AS (
                SELECT id, day, SUM(amount) AS amount
                  FROM (SELECT id, due AS day, original AS amount FROM item
                        UNION ALL
                        SELECT item.id,
                               CASE WHEN applied.max_date <= item.until
                                         OR applied.credit_move_id IN (SELECT id FROM struck)
                                    THEN item.due ELSE applied.max_date END,
                               -applied.debit_amount_currency
                          FROM (%(applied)s) applied
                          JOIN item ON item.id = applied.debit_move_id) event
                 GROUP BY id, day),
            balance AS (
                SELECT id, day + 1 AS first, COALESCE(LEAD(day) OVER own, %(as_of)s) AS last,
                       SUM(amount) OVER own AS principal
                  FROM change WINDOW own AS (PARTITION BY id ORDER BY day)),
            stretch AS MATERIALIZED (
                SELECT balance.id, balance.principal, rate.percent, rate.rate_id, rate.year_days,
                       GREATEST(balance.first, item.quiet + 1, rate.first) AS first,
                       LEAST(balance.last, rate.last) AS last
                  FROM balance
                  JOIN item ON item.id = balance.id
                  JOIN rate ON rate.term_id = item.term_id
                       AND rate.first <= balance.last AND rate.last >= balance.first
                 WHERE balance.principal > 0
                   AND GREATEST(balance.first, item.quiet + 1, rate.first)
                       <= LEAST(balance.last, rate.last))
            SELECT item.id AS move_line_id, item.move_id, item.partner_id, item.currency_id,
                   item.due AS date_maturity, item.original, item.term_id, item.source,
                   lower(span.days) AS date_from, upper(span.days) - 1 AS date_to,
                   upper(span.days) - lower(span.days) AS days, stretch.principal,
                   stretch.percent AS rate, stretch.rate_id, stretch.year_days,
                   stretch.principal * stretch.percent / 100
                   * (upper(span.days) - lower(span.days)) / stretch.year_days AS amount
              FROM stretch
              JOIN item ON item.id = stretch.id
             CROSS JOIN LATERAL unnest(
                   datemultirange(daterange(stretch.first, stretch.last, '[]'))
                   - COALESCE((SELECT range_agg(days) FROM (%(taken)s) taken), '{}')) span (days)
            """,
            outside=ageing._outside_sql(),
            terms=self._terms_sql(),
            rates=self._rates_sql(as_of),
            debtors=self._debtors_sql(company),
            items=self._items_sql(company, as_of, partners),
            applied=ageing._applied_sql(as_of),
            taken=self._taken_sql(as_of, charged),
            without=SQL("AND dispute.id NOT IN %s", without._ids) if without else SQL(),
            as_of=SQL("%s::date", as_of),
        )

    @api.model
    def _get_terms(self):
        # sudo: terms bind users who may not read them
        return self.env["receivable.interest.term"].sudo().with_context(active_test=False)

    @api.model
    def _terms_sql(self):
        """Return VALUES (id, grace days, days after the due date without interest) of terms."""
        rows = [
            SQL(
                "(%s, %s, %s)",
                term.id,
                term.grace_days,
                term.grace_days if term.grace_from == "grace" else 0,
            )
            for term in self._get_terms().search([("kind", "!=", "none")])
        ]
        return SQL(", ").join(rows or [SQL("(0, 0, 0)")])

    @api.model
    def _rates_sql(self, as_of):
        """Return VALUES (term, first and last day, percent a year, id of the rate, days of the year).

        Percent is NULL on days before the first known rate.
        """
        rows = []
        for term in self._get_terms().search([("kind", "!=", "none")]):
            for first, last, percent, rate_id in self._get_spans(term):
                for start, end, year_days in self._get_years(term, first, last, as_of):
                    rows.append(
                        SQL(
                            "(%s, %s::date, %s::date, %s::numeric, %s::int, %s)",
                            term.id, start, end, percent, rate_id, year_days,
                        )
                    )  # fmt: skip
        nothing = SQL("(0, %s::date, %s::date, 0::numeric, NULL::int, 365)", FIRST, LAST)
        return SQL(", ").join(rows or [nothing])

    @api.model
    def _get_spans(self, term):
        """Return [(first day, last day, percent or None, id of the reference rate or None)] of terms."""
        if term.kind == "fixed":
            return [(FIRST, LAST, str(term.rate), None)]
        rates = term.reference_id.rate_ids.sorted("date")
        spans, last = [], LAST
        for rate in reversed(rates):
            percent = rate.rate * term.factor if term.kind == "factor" else rate.rate + term.points
            # Below zero nobody owes us for being paid late.
            spans.append((rate.date, last, f"{max(percent, 0.0):.8f}", rate.id))
            last = rate.date - timedelta(days=1)
        return [*spans, (FIRST, last, None, None)]

    @api.model
    def _get_years(self, term, first, last, as_of):
        """Yield (first day, last day, days of the year) of a span, by year where days are actual."""
        if term.day_count != "actual":
            yield first, last, int(term.day_count)
            return
        for year in range(max(first.year, as_of.year - 60), min(last.year, as_of.year) + 1):
            start, end = date(year, 1, 1), date(year, 12, 31)
            yield max(first, start), min(last, end), (end - start).days + 1

    @api.model
    def _debtors_sql(self, company):
        """Select contacts with their customer and its terms: id, partner_id, own_term, policy_term."""
        # sudo: the columns of customers, whoever asks
        customers = self.env["res.partner"].sudo().with_company(company)
        return SQL(
            """
            SELECT contact.id, partner.id AS partner_id, %(own)s AS own_term,
                   %(by_policy)s AS policy_term
              FROM res_partner contact
              JOIN res_partner partner ON partner.id = contact.commercial_partner_id
         LEFT JOIN credit_policy policy ON policy.id = %(policy)s
            """,
            own=customers._field_to_sql("partner", "credit_interest_term_id"),
            by_policy=self._policy_term_sql(
                company, customers._field_to_sql("partner", "credit_segment")
            ),
            policy=customers._field_to_sql("partner", "credit_policy_id"),
        )

    @api.model
    def _items_sql(self, company, as_of, partners):
        """Select instalments of invoices due before a day, of contacts in the CTE `debtor`: id, move_id,
        partner_id, currency_id, due, original, term_id, source."""
        return SQL(
            """
            SELECT line.id, line.move_id, debtor.partner_id, line.currency_id,
                   COALESCE(line.date_maturity, line.date) AS due, line.amount_currency AS original,
                   COALESCE(move.receivable_interest_term_id, debtor.own_term, debtor.policy_term,
                            %(company_term)s) AS term_id,
                   CASE WHEN move.receivable_interest_term_id IS NOT NULL THEN 'invoice'
                        WHEN debtor.own_term IS NOT NULL THEN 'customer'
                        WHEN debtor.policy_term IS NOT NULL THEN 'policy' ELSE 'company' END AS source
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN debtor ON debtor.id = line.partner_id
             WHERE line.account_id IN %(accounts)s AND line.company_id IN %(companies)s
               AND line.parent_state = 'posted' AND line.amount_currency > 0
               AND COALESCE(line.date_maturity, line.date) < %(as_of)s %(whose)s
               AND (move.move_type IN ('out_invoice', 'out_receipt')
                    OR move.move_type = 'entry' AND move.origin_payment_id IS NULL
                       AND move.statement_line_id IS NULL AND move.receivable_document IS NULL)
               AND line.move_id NOT IN (
                   SELECT move_id FROM receivable_interest WHERE move_id IS NOT NULL)
            """,
            company_term=SQL("%s::int", company.receivable_interest_term_id.id or None),
            accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
            companies=company._credit_entity_ids(),
            as_of=SQL("%s::date", as_of),
            whose=self.env["receivable.ageing"]._whose_sql(partners),
        )

    @api.model
    def _policy_term_sql(self, company, segment):
        """Return SQL of the term of the policy in force for a customer: `policy` is a version of their
        own choice, else that of their segment, else the company's; NULL where it has none."""
        # sudo: policies bind users who may not read them
        policies = self.env["credit.policy"].sudo()
        found = policies._in_force(company.id)
        terms = {
            key: policies.browse(id_).receivable_interest_term_id.id or None
            for key, id_ in found.items()
        }
        if not any(terms.values()):
            return SQL("NULL::int")
        cases = [
            SQL("WHEN policy.root_id = %s THEN %s::int", key, term)
            for key, term in terms.items()
            if isinstance(key, int)
        ]
        cases += [
            SQL("WHEN %s = %s THEN %s::int", segment, key, term)
            for key, term in terms.items()
            if isinstance(key, str) and key != "company"
        ]
        other = SQL("%s::int", terms.get("company"))
        return SQL("(CASE %s ELSE %s END)", SQL(" ").join(cases), other) if cases else other

    @api.model
    def _taken_sql(self, as_of, charged):
        """Select days (range) of item `stretch` without interest.

        Those of a repayment agreement from the day after it came into force until it ended, and
        those that a note charges, waived ones included.
        """
        agreed = SQL(
            """
            SELECT daterange(agreement.date_active, COALESCE(agreement.date_end, %(as_of)s), '(]') AS days
              FROM collection_agreement_item covered
              JOIN collection_agreement agreement ON agreement.id = covered.agreement_id
             WHERE covered.move_line_id = stretch.id
               AND agreement.date_active <= COALESCE(agreement.date_end, %(as_of)s)
            """,
            as_of=SQL("%s::date", as_of),
        )
        if charged:
            return agreed
        return SQL(
            "%s UNION ALL SELECT daterange(date_from, date_to, '[]') FROM receivable_interest_period"
            " WHERE move_line_id = stretch.id AND charges",
            agreed,
        )
