"""The floor of closed months and indicators, in raw SQL written by hand for these books.

Everything is known in advance: no notes, no intercompany, no write-offs, no provision, columns as they ship,
money paid oldest item first within its currency; who has a case does not change.
"""

from datetime import timedelta

from bench import floor

MONTHS = 12

#: Open items of a past day with what credits leave of them.
_ITEMS = """
SELECT item.*, GREATEST(LEAST(GREATEST(cur, 0), run - pool), 0) * amount / NULLIF(cur, 0) AS net
  FROM (
    SELECT item.*, -SUM(LEAST(cur, 0)) OVER own AS pool, SUM(GREATEST(cur, 0)) OVER oldest AS run
      FROM (
        SELECT line.id, partner.commercial_partner_id AS customer, line.currency_id,
               {day}::date - COALESCE(line.date_maturity, line.date) AS days,
               COALESCE(line.date_maturity, line.date) AS due,
               line.balance - COALESCE(debit.amount, 0) + COALESCE(credit.amount, 0) AS amount,
               line.amount_currency - COALESCE(debit.cur, 0) + COALESCE(credit.cur, 0) AS cur
          FROM account_move_line line
     LEFT JOIN (SELECT debit_move_id AS id, SUM(amount) AS amount, SUM(debit_amount_currency) AS cur
                  FROM account_partial_reconcile WHERE max_date <= {day} GROUP BY 1) debit
               ON debit.id = line.id
     LEFT JOIN (SELECT credit_move_id AS id, SUM(amount) AS amount, SUM(credit_amount_currency) AS cur
                  FROM account_partial_reconcile WHERE max_date <= {day} GROUP BY 1) credit
               ON credit.id = line.id
     LEFT JOIN res_partner partner ON partner.id = line.partner_id
         WHERE account_id IN %(accounts)s AND line.company_id = %(company)s
           AND parent_state = 'posted' AND date <= {day}
           AND line.balance <> COALESCE(debit.amount, 0) - COALESCE(credit.amount, 0)) item
    WINDOW own AS (PARTITION BY customer, currency_id),
           oldest AS (PARTITION BY customer, currency_id ORDER BY due, id)) item
"""
#: A month of all customers, written to a table; indexes as those of ours.
TABLE = """
CREATE TEMP TABLE IF NOT EXISTS bench_month (
    id serial PRIMARY KEY, customer int, currency_id int, user_id int, segment varchar, grade int,
    receivable numeric, cur numeric, overdue numeric, b1 numeric, b2 numeric, b3 numeric, b4 numeric,
    b5 numeric, b6 numeric, orders numeric, "limit" numeric, collected numeric) ON COMMIT DROP;
CREATE INDEX ON bench_month (customer, currency_id);
CREATE INDEX ON bench_month (customer);
"""
FREEZE = (
    TABLE
    + """
INSERT INTO bench_month (
    customer, currency_id, user_id, segment, grade, receivable, cur, overdue, b1, b2, b3, b4, b5, b6,
    orders, "limit", collected)
WITH family AS MATERIALIZED (SELECT id, commercial_partner_id AS customer FROM res_partner),
rate AS (
    SELECT DISTINCT ON (currency_id) currency_id, rate FROM res_currency_rate
     WHERE name <= %(today)s AND (company_id IS NULL OR company_id = %(company)s)
     ORDER BY currency_id, company_id, name DESC),
own AS (SELECT COALESCE((SELECT rate FROM rate WHERE currency_id = %(currency)s), 1) AS rate)
SELECT fact.customer, fact.currency_id, partner.user_id, partner.credit_segment ->> %(key)s,
       (partner.credit_grade_id ->> %(key)s)::int, SUM(a), SUM(c), SUM(o), SUM(b1), SUM(b2), SUM(b3),
       SUM(b4), SUM(b5), SUM(b6), SUM(orders), SUM(lim), SUM(money)
  FROM (
    SELECT customer, currency_id, SUM(amount) AS a, SUM(cur) AS c,
           SUM(net) FILTER (WHERE days > 0 AND net > 0) AS o,
           SUM(amount) FILTER (WHERE days < 1) AS b1,
           SUM(amount) FILTER (WHERE days BETWEEN 1 AND 30) AS b2,
           SUM(amount) FILTER (WHERE days BETWEEN 31 AND 60) AS b3,
           SUM(amount) FILTER (WHERE days BETWEEN 61 AND 90) AS b4,
           SUM(amount) FILTER (WHERE days BETWEEN 91 AND 180) AS b5,
           SUM(amount) FILTER (WHERE days > 180) AS b6,
           NULL::numeric AS orders, NULL::numeric AS lim, NULL::numeric AS money
      FROM ("""
    + _ITEMS.format(day="%(as_of)s")
    + """) item GROUP BY 1, 2
 UNION ALL
    SELECT customer, %(currency)s, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, amount, NULL, NULL
      FROM ("""
    + floor.UNBILLED
    + """) open_order
 UNION ALL
    SELECT id, %(currency)s, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           (credit_limit ->> %(key)s)::numeric, NULL
      FROM res_partner WHERE commercial_partner_id = id AND credit_limit ->> %(key)s <> '0'
 UNION ALL
    SELECT partner.commercial_partner_id, line.currency_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           NULL, NULL, NULL, -SUM(line.balance)
      FROM account_move_line line JOIN account_journal journal ON journal.id = line.journal_id
 LEFT JOIN res_partner partner ON partner.id = line.partner_id
     WHERE account_id IN %(accounts)s AND line.company_id = %(company)s AND parent_state = 'posted'
       AND journal.type IN ('bank', 'cash', 'credit')
       AND line.date BETWEEN date_trunc('month', %(as_of)s::date) AND %(as_of)s
     GROUP BY 1, 2) fact
LEFT JOIN res_partner partner ON partner.id = fact.customer
GROUP BY 1, 2, 3, 4, 5;
SELECT customer, SUM(receivable) FROM bench_month
 WHERE customer IS NOT NULL AND receivable <> 0 GROUP BY 1
"""
)


def month_end(day):
    """The last day of the month of a day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def months(company):
    """Last days of the months up to the last one that ended, the latest last."""
    days, day = [], company._credit_today().replace(day=1) - timedelta(days=1)
    for _n in range(MONTHS):
        days.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return days[::-1]


def indicators(days):
    """SQL of the inputs of a year: balances of 13 days, sales of 35 months, due, collected, paid."""
    first = days[0].replace(day=1)
    before = first - timedelta(days=1)
    balances = " UNION ALL ".join(
        f"SELECT '{day}'::date AS day, customer, id, amount, days, net"
        f" FROM ({_ITEMS.format(day=repr(str(day)))}) item"
        for day in (before, *days)
    )
    start = days[-1].replace(day=1).replace(year=days[-1].year - 3)
    items = """account_move_line line JOIN account_journal journal ON journal.id = line.journal_id
               LEFT JOIN res_partner partner ON partner.id = line.partner_id
               LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
         WHERE account_id IN %(accounts)s AND line.company_id = %(company)s AND parent_state = 'posted'"""
    return f"""
WITH item AS MATERIALIZED ({balances})
SELECT 'closing', item.day, user_id, SUM(item.amount),
       SUM(item.net) FILTER (WHERE item.days > 0 AND item.net > 0),
       SUM(GREATEST(item.net - COALESCE(later.net, 0), 0)) FILTER (WHERE item.days > 0 AND item.net > 0)
  FROM item LEFT JOIN res_partner partner ON partner.id = item.customer
  LEFT JOIN item later ON later.id = item.id
       AND later.day = (date_trunc('month', item.day) + interval '2 months - 1 day')::date
 GROUP BY 2, 3
 UNION ALL
SELECT 'sales', date_trunc('month', date)::date, customer.user_id, SUM(amount_untaxed_signed),
       SUM(amount_total_signed), NULL
  FROM account_move move JOIN res_partner customer ON customer.id = move.commercial_partner_id
 WHERE move.company_id = %(company)s AND state = 'posted'
   AND move_type IN ('out_invoice', 'out_refund', 'out_receipt') AND date BETWEEN '{start}' AND '{days[-1]}'
 GROUP BY 2, 3
 UNION ALL
SELECT 'due', date_trunc('month', date_maturity)::date, customer.user_id, SUM(balance), NULL, NULL
  FROM {items} AND display_type = 'payment_term' AND date_maturity BETWEEN '{first}' AND '{days[-1]}'
 GROUP BY 2, 3
 UNION ALL
SELECT 'collected', date_trunc('month', line.date)::date, customer.user_id, -SUM(balance), NULL, NULL
  FROM {items} AND journal.type IN ('bank', 'cash', 'credit')
   AND line.date BETWEEN '{first}' AND '{days[-1]}'
 GROUP BY 2, 3
 UNION ALL
SELECT 'paid', date_trunc('month', partial.max_date)::date, customer.user_id, SUM(partial.amount),
       SUM(partial.amount * (partial.max_date - debit.date_maturity)), NULL
  FROM account_partial_reconcile partial
  JOIN account_move_line debit ON debit.id = partial.debit_move_id
  JOIN account_move_line credit ON credit.id = partial.credit_move_id
  JOIN account_journal journal ON journal.id = credit.journal_id
  JOIN res_partner partner ON partner.id = debit.partner_id
  JOIN res_partner customer ON customer.id = partner.commercial_partner_id
 WHERE journal.type IN ('bank', 'cash', 'credit') AND partial.max_date BETWEEN '{first}' AND '{days[-1]}'
   AND debit.company_id = %(company)s
 GROUP BY 2, 3
"""


#: Credit control: customers over their limits, and those that are late by more than 15 days.
CREDIT = f"""SELECT count(*) FILTER (WHERE available < 0), count(*) FILTER (WHERE days > 15)
               FROM ({floor.EVERYBODY}) f"""
#: Receivables: all, by age, by customer.
RECEIVABLES = f"""
WITH {floor.OPEN.format(partners="TRUE")}
SELECT width_bucket(days, ARRAY[1, 31, 61, 91, 181, 366]) AS age, customer, SUM(residual),
       SUM(net) FILTER (WHERE days > 0 AND net > 0),
       SUM(net) FILTER (WHERE days BETWEEN -30 AND 0 AND net > 0)
  FROM ({floor.ITEMS}) item GROUP BY GROUPING SETS ((), (1), (2))
"""
#: What the customers of a salesperson owe, and how each stands to its limit: nothing of others is read.
SALES = (
    f"""WITH {floor.OPEN.format(partners="partner.commercial_partner_id IN %(ids)s")}
        SELECT SUM(residual), SUM(net) FILTER (WHERE days > 0 AND net > 0)
          FROM ({floor.ITEMS}) item""",
    floor.LISTED,
)
