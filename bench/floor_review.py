"""The trade record that the daily review decides by, as SQL written by hand for the books.

One row per customer: days late of the last quarter, 3 and 12 months, orders of the last full
month and of the twelve before it, sales of the year. Beside it goes `floor.EVERYBODY`, the
figures of today, which a review reads as well.
"""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from bench import floor

FACTS = """
WITH family AS MATERIALIZED (
    SELECT id, commercial_partner_id AS customer FROM res_partner
), claim AS MATERIALIZED (
    SELECT line.id, family.customer, line.date, line.balance,
           COALESCE(line.date_maturity, line.date) AS due
      FROM account_move_line line JOIN family ON family.id = line.partner_id
      JOIN account_move move ON move.id = line.move_id
     WHERE line.account_id IN %(accounts)s AND line.company_id = %(company)s
       AND line.parent_state = 'posted' AND line.balance > 0
       AND (move.move_type = 'out_invoice' OR move.move_type = 'entry' AND move.journal_id IN %(general)s)
), settled AS MATERIALIZED (
    SELECT claim.customer, partial.amount, partial.max_date AS day,
           GREATEST(partial.max_date - claim.due, 0) AS late
      FROM claim
      JOIN account_partial_reconcile partial ON partial.debit_move_id = claim.id
      JOIN account_move_line credit ON credit.id = partial.credit_move_id
       AND credit.journal_id IN %(money)s
), unpaid AS MATERIALIZED (
    SELECT upto.day, customer, SUM(amount) AS amount, SUM(amount * (upto.day - due)) AS late
      FROM (SELECT day, customer, due, GREATEST(0, LEAST(open, run - credit)) AS amount
              FROM (SELECT item.*, COALESCE(credit.amount, 0) AS credit,
                           SUM(open) OVER (PARTITION BY item.day, item.customer
                                           ORDER BY item.due, item.id) AS run
                      FROM (SELECT ends.day, claim.customer, claim.id, claim.due,
                                   claim.balance - COALESCE(SUM(partial.amount), 0) AS open
                              FROM (VALUES (%(today)s), (%(quarter_to)s)) AS ends(day)
                              JOIN claim ON claim.date <= ends.day AND claim.due < ends.day
                         LEFT JOIN account_partial_reconcile partial ON partial.debit_move_id = claim.id
                               AND partial.max_date <= ends.day
                             GROUP BY ends.day, claim.customer, claim.id, claim.due, claim.balance
                            HAVING claim.balance > COALESCE(SUM(partial.amount), 0)) item
                 LEFT JOIN (SELECT day, customer, SUM(open) AS amount
                              FROM (SELECT ends.day, family.customer,
                                           -line.balance - COALESCE(SUM(partial.amount), 0) AS open
                                      FROM (VALUES (%(today)s), (%(quarter_to)s)) AS ends(day)
                                      JOIN account_move_line line ON line.date <= ends.day
                                       AND line.account_id IN %(accounts)s AND line.company_id = %(company)s
                                       AND line.parent_state = 'posted' AND line.balance < 0
                                      JOIN family ON family.id = line.partner_id
                                 LEFT JOIN account_partial_reconcile partial
                                        ON partial.credit_move_id = line.id AND partial.max_date <= ends.day
                                     GROUP BY ends.day, family.customer, line.id, line.balance) given
                             GROUP BY day, customer) credit USING (day, customer)) netted
             WHERE run > credit) upto
     GROUP BY upto.day, customer
), late AS (
    SELECT customer.id,
           (COALESCE(quarter.late, 0) + COALESCE(earlier.late, 0))
               / NULLIF(COALESCE(quarter.amount, 0) + COALESCE(earlier.amount, 0), 0) AS quarter,
           (COALESCE(recent.late_3, 0) + COALESCE(now.late, 0))
               / NULLIF(COALESCE(recent.amount_3, 0) + COALESCE(now.amount, 0), 0) AS months_3,
           (COALESCE(recent.late_12, 0) + COALESCE(now.late, 0))
               / NULLIF(COALESCE(recent.amount_12, 0) + COALESCE(now.amount, 0), 0) AS months_12
      FROM res_partner customer
 LEFT JOIN (SELECT customer, SUM(amount) AS amount, SUM(amount * late) AS late FROM settled
             WHERE day BETWEEN %(quarter_from)s AND %(quarter_to)s GROUP BY customer) quarter
        ON quarter.customer = customer.id
 LEFT JOIN (SELECT customer, SUM(amount) AS amount_12, SUM(amount * late) AS late_12,
                   SUM(amount) FILTER (WHERE day >= %(from_3)s) AS amount_3,
                   SUM(amount * late) FILTER (WHERE day >= %(from_3)s) AS late_3
              FROM settled WHERE day BETWEEN %(from_12)s AND %(today)s GROUP BY customer) recent
        ON recent.customer = customer.id
 LEFT JOIN unpaid now ON now.customer = customer.id AND now.day = %(today)s
 LEFT JOIN unpaid earlier ON earlier.customer = customer.id AND earlier.day = %(quarter_to)s
     WHERE customer.commercial_partner_id = customer.id AND customer.active
), sold AS (
    SELECT commercial_partner_id AS customer, SUM(amount_untaxed_signed) AS amount
      FROM account_move
     WHERE company_id = %(company)s AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund')
       AND invoice_date BETWEEN %(year_from)s AND %(today)s
     GROUP BY commercial_partner_id
), ordered AS (
    SELECT customer, SUM(amount) FILTER (WHERE day >= %(month_from)s) AS month,
           SUM(amount) FILTER (WHERE day < %(month_from)s) AS before
      FROM (SELECT family.customer, so.amount_total / COALESCE(NULLIF(so.currency_rate, 0), 1) AS amount,
                   (so.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
              FROM sale_order so JOIN family ON family.id = so.partner_invoice_id
             WHERE so.state = 'sale' AND so.company_id = %(company)s) o
     WHERE day BETWEEN %(before_from)s AND %(month_to)s
     GROUP BY customer
)
SELECT late.id, COALESCE(late.quarter, -1), COALESCE(late.months_3, -1), COALESCE(late.months_12, -1),
       COALESCE(ordered.month, 0), COALESCE(ordered.before, 0), COALESCE(sold.amount, 0)
  FROM late
  LEFT JOIN ordered ON ordered.customer = late.id
  LEFT JOIN sold ON sold.customer = late.id
"""


def parameters(env):
    """Days and journals, looked up before the clock runs."""
    values = floor.parameters(env)
    today, company = values["today"], env.company
    first = today.replace(day=1)
    quarter = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    journals = env["account.journal"].sudo()
    return {
        **values,
        "zone": company._credit_timezones().get(company.id, "UTC"),
        "money": tuple(journals.search([("type", "in", ("bank", "cash", "credit"))]).ids),
        "general": tuple(
            (journals.search([("type", "=", "general")]) - company.currency_exchange_journal_id).ids
        )
        or (0,),
        "quarter_from": quarter - relativedelta(months=3),
        "quarter_to": quarter - timedelta(days=1),
        "from_3": today - relativedelta(months=3) + timedelta(days=1),
        "from_12": today - relativedelta(months=12) + timedelta(days=1),
        "year_from": today.replace(month=1, day=1),
        "month_from": first - relativedelta(months=1),
        "month_to": first - timedelta(days=1),
        "before_from": first - relativedelta(months=13),
    }
