"""The floor: the same five figures in raw SQL, written by hand for these books.

What no ORM can beat by much: constants where the add-on must ask (the company, its
receivable accounts, its day), no record rules, no fields that nobody asked for. Written
apart from the add-on's SQL on purpose: `cases.py` asserts that both give the same figures.
"""

from datetime import timedelta

#: How far back the ageing of a past day looks.
PAST_DAYS = 120

#: Open items of {partners}, and what is left of them after the whole definition (docs/architecture.md):
#: payments without an entry; money that names an item by its plain number; then by currency, the
#: oldest due date first, amounts to ask for before blocked ones; then other currencies at today's
#: rate. Blocked: contested, promised, under agreement, excluded, no follow-up. By hand for one
#: company whose texts are plain ASCII and whose promises nobody has paid a part of.
ITEMS = """
SELECT item.*, residual * (
           own_left - CASE WHEN own_left = 0 OR money <= 0 THEN 0 ELSE
               (GREATEST(LEAST(free_worth, money - run_free_worth + free_worth), 0)
                + GREATEST(LEAST(own_worth - free_worth,
                                 money - all_free_worth - run_worth + run_free_worth
                                 + own_worth - free_worth), 0)) * units END) / NULLIF(cur, 0) AS net
  FROM (
    SELECT item.*, SUM(CASE WHEN place = 1 THEN GREATEST(pool - all_free - all_stuck, 0) / units END)
                       OVER (PARTITION BY customer) AS money,
           free_left / units AS free_worth, own_left / units AS own_worth,
           SUM(free_left / units) OVER (PARTITION BY customer) AS all_free_worth,
           SUM(free_left / units) OVER oldest AS run_free_worth,
           SUM(own_left / units) OVER oldest AS run_worth
      FROM (
        SELECT item.*, free - GREATEST(LEAST(free, pool - run_free + free), 0) AS free_left,
               free + stuck - GREATEST(LEAST(free, pool - run_free + free), 0)
               - GREATEST(LEAST(stuck, pool - all_free - run_stuck + stuck), 0) AS own_left
          FROM (
            SELECT item.*, -SUM(LEAST(unspent, 0)) OVER own AS pool,
                   SUM(free) OVER own AS all_free, SUM(stuck) OVER own AS all_stuck,
                   SUM(free) OVER oldest AS run_free, SUM(stuck) OVER oldest AS run_stuck,
                   ROW_NUMBER() OVER oldest AS place
              FROM (
                SELECT item.*, GREATEST(unspent, 0) - GREATEST(LEAST(unspent, blocked), 0) AS free,
                       GREATEST(LEAST(unspent, blocked), 0) AS stuck
                  FROM (
                    SELECT item.*, COALESCE(rate.rate, 1) / COALESCE(own.rate, 1) AS units,
                           cur - COALESCE(registered.amount, 0)
                               - SIGN(cur) * COALESCE(named.amount, 0) AS unspent,
                           CASE WHEN follow THEN COALESCE(block.amount, 0) ELSE ABS(cur) END AS blocked
                      FROM ledger item
                 LEFT JOIN (SELECT DISTINCT ON (currency_id) currency_id, rate FROM res_currency_rate
                             WHERE name <= %(today)s AND (company_id IS NULL OR company_id = %(company)s)
                             ORDER BY currency_id, company_id, name DESC) rate
                           ON rate.currency_id = item.currency_id
                 LEFT JOIN (SELECT DISTINCT ON (currency_id) currency_id, rate FROM res_currency_rate
                             WHERE name <= %(today)s AND (company_id IS NULL OR company_id = %(company)s)
                             ORDER BY currency_id, company_id, name DESC) own
                           ON own.currency_id = %(currency)s
                 LEFT JOIN registered ON registered.id = item.id
                 LEFT JOIN named ON named.id = item.id
                 LEFT JOIN block ON block.id = item.id) item) item
            WINDOW own AS (PARTITION BY customer, currency_id),
                   oldest AS (PARTITION BY customer, currency_id ORDER BY due, original, id
                              ROWS UNBOUNDED PRECEDING)) item) item
    WINDOW oldest AS (PARTITION BY customer ORDER BY due, original, id ROWS UNBOUNDED PRECEDING)) item
"""
#: What `ITEMS` starts from.
OPEN = """
ledger AS MATERIALIZED (
    SELECT partner.commercial_partner_id AS customer, line.id, line.move_id,
           line.currency_id, line.date, line.company_id, line.name AS said,
           line.amount_residual AS residual, line.amount_residual_currency AS cur,
           line.amount_currency AS original,
           COALESCE(line.date_maturity, line.date) AS due,
           %(today)s - COALESCE(line.date_maturity, line.date) AS days,
           line.no_followup IS NOT TRUE AS follow
      FROM account_move_line line
      JOIN res_partner partner ON partner.id = line.partner_id
     WHERE {partners} AND line.account_id IN %(accounts)s
       AND line.reconciled IS NOT TRUE AND line.parent_state = 'posted'
       AND line.company_id = %(company)s AND line.amount_residual <> 0
), registered AS MATERIALIZED (
    SELECT item.id, SUM(payment.amount) AS amount
      FROM account_payment payment
      JOIN account_move__account_payment pays ON pays.payment_id = payment.id
      JOIN ledger item ON item.move_id = pays.invoice_id
     WHERE payment.move_id IS NULL AND payment.payment_type = 'inbound'
       AND payment.state IN ('in_process', 'paid') AND payment.date >= %(today)s - 30
     GROUP BY item.id
), block AS MATERIALIZED (
    SELECT id, SUM(amount) AS amount
      FROM (SELECT item.id, dispute.amount
              FROM collection_dispute dispute JOIN ledger item ON item.move_id = dispute.move_id
             WHERE dispute.state = 'open'
             UNION ALL
            SELECT move_line_id, amount FROM collection_promise_line
             WHERE state = 'open' AND date_limit >= %(today)s
             UNION ALL
            SELECT agreed.move_line_id, item.cur
              FROM collection_agreement_item agreed JOIN ledger item ON item.id = agreed.move_line_id
             WHERE agreed.state = 'active'
             UNION ALL
            SELECT item.id, item.cur
              FROM account_move move JOIN ledger item ON item.move_id = move.id
             WHERE move.collection_excluded_until >= %(today)s) found
     GROUP BY id
), named AS MATERIALIZED (
    SELECT side.id, SUM(side.amount) AS amount
      FROM (SELECT item.*, credited.reversed_entry_id,
                   CONCAT_WS(' ', payment.memo, credited.ref, item.said, credited.narration) AS words
              FROM ledger item
              JOIN account_move credited ON credited.id = item.move_id
         LEFT JOIN account_payment payment ON payment.id = credited.origin_payment_id
             WHERE item.cur < 0) credit
      JOIN ledger debit ON debit.customer = credit.customer AND debit.cur > 0
                     AND debit.currency_id = credit.currency_id
      JOIN account_move move ON move.id = debit.move_id
     CROSS JOIN LATERAL (VALUES (debit.id, LEAST(debit.cur, -credit.cur)),
                                (credit.id, LEAST(debit.cur, -credit.cur))) AS side(id, amount)
     WHERE move.id = credit.reversed_entry_id OR strpos(credit.words, move.name) > 0
        OR strpos(credit.words, move.payment_reference) > 0 OR strpos(credit.words, move.ref) > 0
     GROUP BY side.id
)"""
#: Confirmed orders not invoiced; needs `family`, `rate` and `own`.
UNBILLED = """
    SELECT customer, SUM(rest - ROUND(LEAST(paid_down, rest_currency) / units, 2)) AS amount
      FROM (SELECT family.customer, so.id, units, SUM(goods.rest) AS rest_currency,
                   SUM(ROUND(goods.rest / units, 2)) AS rest,
                   COALESCE(SUM((SELECT SUM(CASE move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                                            * line.price_total)
                                   FROM sale_order_line_invoice_rel rel
                                   JOIN account_move_line line ON line.id = rel.invoice_line_id
                                   JOIN account_move move ON move.id = line.move_id
                                  WHERE rel.order_line_id = sol.id AND move.state <> 'cancel'))
                            FILTER (WHERE sol.is_downpayment), 0) AS paid_down
              FROM sale_order so JOIN family ON family.id = so.partner_invoice_id
              JOIN sale_order_line sol ON sol.order_id = so.id AND sol.display_type IS NULL
              CROSS JOIN LATERAL (
                   SELECT CASE WHEN sol.is_downpayment OR sol.product_uom_qty = 0 THEN 0
                               ELSE GREATEST(product_uom_qty - qty_invoiced, qty_to_invoice, 0)
                                    * price_total / product_uom_qty END AS rest) goods
              LEFT JOIN rate ON rate.currency_id = so.currency_id
              CROSS JOIN LATERAL (SELECT COALESCE(rate.rate, own.rate) / own.rate AS units
                                    FROM own) r
             WHERE so.state = 'sale' AND so.invoice_status <> 'invoiced'
               AND so.company_id = %(company)s
             GROUP BY family.customer, so.id, units) o
     GROUP BY customer
"""
#: Open items of one customer: `family` maps contacts to customers.
FIGURES = (
    """
WITH {open}, family AS MATERIALIZED (
    SELECT id, commercial_partner_id AS customer FROM res_partner WHERE {family}
), rate AS (
    SELECT DISTINCT ON (currency_id) currency_id, rate FROM res_currency_rate
     WHERE name <= %(today)s AND (company_id IS NULL OR company_id = %(company)s)
     ORDER BY currency_id, company_id, name DESC
), own AS (
    SELECT COALESCE((SELECT rate FROM rate WHERE currency_id = %(currency)s), 1) AS rate
), booked AS (
    SELECT family.customer,
           SUM(amount_residual) FILTER (WHERE parent_state = 'posted') AS open,
           SUM(balance) FILTER (WHERE parent_state = 'draft' AND balance > 0) AS draft
      FROM account_move_line line JOIN family ON family.id = line.partner_id
     WHERE account_id IN %(accounts)s AND reconciled IS NOT TRUE AND company_id = %(company)s
       AND (parent_state = 'posted' OR parent_state = 'draft' AND display_type = 'payment_term')
     GROUP BY family.customer
), unbilled AS (
    """
    + UNBILLED
    + """
), held AS (
    SELECT family.customer, SUM(balance) AS amount
      FROM receivable_note note JOIN family ON family.id = note.partner_id
     WHERE standing = 'held' AND company_id = %(company)s
     GROUP BY family.customer
), late AS (
    SELECT customer, SUM(net) AS overdue, MAX(days) FILTER (WHERE net > 0) AS days
      FROM ({items}) item WHERE days > 0 GROUP BY customer
), cover AS (
    SELECT commercial_partner_id AS customer, SUM(amount) AS amount
      FROM credit_security
     WHERE company_id = %(company)s AND active AND cancelled IS NOT TRUE
       AND date_from <= %(today)s AND COALESCE(date_to, %(today)s) >= %(today)s
     GROUP BY commercial_partner_id
), owed AS (
    SELECT customer, SUM(amount) AS amount
      FROM (SELECT customer, COALESCE(open, 0) + COALESCE(draft, 0) AS amount FROM booked
             UNION ALL SELECT customer, amount FROM unbilled
             UNION ALL SELECT customer, amount FROM held) part
     GROUP BY customer
), shared AS (
    SELECT member.partner_id AS customer, shared."limit" - used.amount AS room
      FROM credit_group shared
      JOIN credit_group_member member ON member.group_id = shared.id
      JOIN (SELECT group_id, SUM(COALESCE(owed.amount, 0)) AS amount
              FROM credit_group_member LEFT JOIN owed ON owed.customer = partner_id
             GROUP BY group_id) used ON used.group_id = shared.id
     WHERE shared.active
)
SELECT p.id, exposure, "limit",
       LEAST(CASE control WHEN 'none' THEN 0 ELSE "limit" - exposure END, room) AS available,
       overdue, days
  FROM (SELECT customer.id, COALESCE(late.days, 0) AS days, shared.room,
               COALESCE(credit_control->>%(key)s, 'none') AS control,
               COALESCE(owed.amount, 0) AS exposure,
               CASE WHEN credit_control->>%(key)s IN ('limit', 'frozen', 'blacklist')
                    THEN COALESCE(cover.amount, 0)
                         + CASE WHEN %(today)s BETWEEN (credit_limit_temporary_from->>%(key)s)::date
                                                   AND (credit_limit_temporary_to->>%(key)s)::date
                                THEN COALESCE((credit_limit_temporary->>%(key)s)::numeric, 0)
                                WHEN abroad.rate IS NOT NULL
                                THEN ROUND((credit_limit_amount->>%(key)s)::numeric
                                           * own.rate / abroad.rate, 2)
                                ELSE COALESCE((credit_limit->>%(key)s)::numeric, 0) END
                    ELSE 0 END AS "limit",
               COALESCE(late.overdue, 0) AS overdue
          FROM res_partner customer
    CROSS JOIN own
     LEFT JOIN rate abroad ON abroad.currency_id = (credit_limit_currency_id->>%(key)s)::int
     LEFT JOIN owed ON owed.customer = customer.id
     LEFT JOIN shared ON shared.customer = customer.id
     LEFT JOIN late ON late.customer = customer.id
     LEFT JOIN cover ON cover.customer = customer.id
         WHERE {customers}) p
"""
)
LISTED = FIGURES.format(
    family="""commercial_partner_id IN %(ids)s OR commercial_partner_id IN (
              SELECT other.partner_id FROM credit_group_member other JOIN credit_group_member member
                     ON member.group_id = other.group_id WHERE member.partner_id IN %(ids)s)""",
    open=OPEN.format(partners="partner.commercial_partner_id IN %(ids)s"),
    items=ITEMS,
    customers="customer.id IN %(ids)s",
)
EVERYBODY = FIGURES.format(
    family="TRUE",
    open=OPEN.format(partners="TRUE"),
    items=ITEMS,
    customers="customer.commercial_partner_id = customer.id AND customer.active",
)
OVER_LIMIT = f"SELECT count(*) FROM ({EVERYBODY}) f WHERE available < 0"
#: Whose next order is held, by the rules of these books: more than 15 days overdue, or no credit left.
HELD = f"""SELECT count(*) FROM ({EVERYBODY}
 WHERE control = 'limit' AND (days > 15 OR exposure >= "limit" OR room <= 0)) f"""
#: Neither orders nor drafts decide the overdue amount: the least that must be read.
LATE = f"""
WITH {OPEN.format(partners="TRUE")}
SELECT customer, SUM(net) AS overdue FROM ({ITEMS}) item WHERE days > 0
 GROUP BY customer
"""
OVERDUE = f"""SELECT count(*) FROM ({LATE}) f
                JOIN res_partner p ON p.id = f.customer AND p.active WHERE overdue > 0"""
MOST_OVERDUE = f"""SELECT customer FROM ({LATE}) f
                     JOIN res_partner p ON p.id = f.customer AND p.active
                    WHERE overdue > 0 ORDER BY overdue DESC LIMIT 80"""
#: Open items of a past day, from the reconciliations up to it.
AGEING = """
SELECT line.id, line.balance - COALESCE(debit.amount, 0) + COALESCE(credit.amount, 0), line.date_maturity
  FROM account_move_line line
  LEFT JOIN (SELECT debit_move_id AS id, SUM(amount) AS amount FROM account_partial_reconcile
              WHERE max_date <= %(as_of)s GROUP BY 1) debit ON debit.id = line.id
  LEFT JOIN (SELECT credit_move_id AS id, SUM(amount) AS amount FROM account_partial_reconcile
              WHERE max_date <= %(as_of)s GROUP BY 1) credit ON credit.id = line.id
 WHERE account_id IN %(accounts)s AND company_id = %(company)s AND parent_state = 'posted'
   AND date <= %(as_of)s
   AND line.balance <> COALESCE(debit.amount, 0) - COALESCE(credit.amount, 0)
"""

#: The matrix of a day: each customer and currency in six columns and in all. Residuals of today, and
#: what was matched since comes back; sums need no order and no items.
SCREEN = """
SELECT partner.commercial_partner_id, currency_id,
       COALESCE(SUM(amount) FILTER (WHERE age = 0), 0), COALESCE(SUM(amount) FILTER (WHERE age = 1), 0),
       COALESCE(SUM(amount) FILTER (WHERE age = 2), 0), COALESCE(SUM(amount) FILTER (WHERE age = 3), 0),
       COALESCE(SUM(amount) FILTER (WHERE age = 4), 0), COALESCE(SUM(amount) FILTER (WHERE age = 5), 0),
       SUM(amount)
  FROM (SELECT item.*, width_bucket(%(day)s - due, ARRAY[1, 31, 61, 91, 181]) AS age
          FROM (SELECT partner_id, currency_id, COALESCE(date_maturity, date) AS due,
                       amount_residual AS amount
                  FROM account_move_line
                 WHERE account_id IN %(accounts)s AND company_id = %(company)s
                   AND parent_state = 'posted' AND date <= %(day)s AND reconciled IS NOT TRUE
             UNION ALL
                SELECT line.partner_id, line.currency_id, COALESCE(line.date_maturity, line.date),
                       part.amount
                  FROM (SELECT debit_move_id AS id, amount FROM account_partial_reconcile
                         WHERE max_date > %(day)s
                     UNION ALL
                        SELECT credit_move_id, -amount FROM account_partial_reconcile
                         WHERE max_date > %(day)s) part
                  JOIN account_move_line line ON line.id = part.id
                 WHERE account_id IN %(accounts)s AND company_id = %(company)s
                   AND parent_state = 'posted' AND date <= %(day)s) item) item
  JOIN res_partner partner ON partner.id = item.partner_id
 GROUP BY 1, 2
"""


#: What statements of customers say of the quarter before that day: balances before it, items open
#: at its end, movements, and what was applied to what.
_OWN = """
 WHERE line.account_id IN %(accounts)s AND line.company_id = %(company)s
   AND line.parent_state = 'posted' AND line.partner_id IN %(ids)s
"""
_OPEN = (
    """
SELECT line.id, line.move_id, line.partner_id, line.currency_id, line.date, line.date_maturity,
       move.name, move.ref, move.move_type, line.amount_currency,
       line.amount_currency - COALESCE(debit.amount, 0) + COALESCE(credit.amount, 0) AS open
  FROM account_move_line line
  JOIN account_move move ON move.id = line.move_id
  LEFT JOIN (SELECT debit_move_id AS id, SUM(debit_amount_currency) AS amount
               FROM account_partial_reconcile WHERE max_date <= {day}
              GROUP BY 1) debit ON debit.id = line.id
  LEFT JOIN (SELECT credit_move_id AS id, SUM(credit_amount_currency) AS amount
               FROM account_partial_reconcile WHERE max_date <= {day}
              GROUP BY 1) credit ON credit.id = line.id
"""
    + _OWN
    + """
   AND line.date <= {day}
   AND line.amount_currency <> COALESCE(debit.amount, 0) - COALESCE(credit.amount, 0)
"""
)
STATEMENTS = (
    _OPEN.format(day="%(as_of)s"),
    "SELECT partner_id, currency_id, SUM(open) FROM ("
    + _OPEN.format(day="%(before)s")
    + ") item GROUP BY 1, 2",
    """
SELECT line.id, line.move_id, line.partner_id, line.currency_id, line.date, line.date_maturity,
       move.name, move.ref, move.move_type, line.amount_currency
  FROM account_move_line line
  JOIN account_move move ON move.id = line.move_id
"""
    + _OWN
    + "AND line.date > %(before)s AND line.date <= %(as_of)s ORDER BY line.date, line.id",
    """
SELECT line.id, other.name, part.max_date, part.debit_amount_currency, part.credit_amount_currency
  FROM account_move_line line
  JOIN account_partial_reconcile part ON line.id IN (part.debit_move_id, part.credit_move_id)
  JOIN account_move_line matched
    ON matched.id = part.debit_move_id + part.credit_move_id - line.id
  JOIN account_move other ON other.id = matched.move_id
"""
    + _OWN
    + "AND part.max_date <= %(as_of)s",
)


#: Interest until today of every invoice due before, at 1.5 times two rates, rounded per instalment.
INTEREST = """
WITH item AS MATERIALIZED (
    SELECT line.id, COALESCE(line.date_maturity, line.date) AS due,
           line.amount_currency AS amount
      FROM account_move_line line
      JOIN account_move move ON move.id = line.move_id AND move.origin_payment_id IS NULL
           AND move.statement_line_id IS NULL AND move.move_type IN ('out_invoice', 'entry')
     WHERE line.account_id IN %(accounts)s AND line.company_id = %(company)s
       AND line.parent_state = 'posted' AND line.amount_currency > 0
       AND COALESCE(line.date_maturity, line.date) < %(today)s),
change AS (
    SELECT id, day, SUM(amount) AS amount
      FROM (SELECT id, due AS day, amount FROM item
            UNION ALL
            SELECT item.id, GREATEST(match.max_date, item.due), -match.debit_amount_currency
              FROM account_partial_reconcile match
              JOIN item ON item.id = match.debit_move_id WHERE match.max_date <= %(today)s) event
     GROUP BY id, day),
balance AS (
    SELECT id, day + 1 AS first, COALESCE(LEAD(day) OVER own, %(today)s) AS last,
           SUM(amount) OVER own AS principal
      FROM change WINDOW own AS (PARTITION BY id ORDER BY day))
SELECT balance.id, ROUND(SUM(
           principal * percent / 100
           * (LEAST(balance.last, rate.last) - GREATEST(balance.first, rate.first) + 1) / 365), 2)
  FROM balance
  JOIN (VALUES (date '1900-01-01', date '2025-05-19', 4.65),
               (date '2025-05-20', date '2999-12-31', 4.5)) rate (first, last, percent)
       ON rate.first <= balance.last AND rate.last >= balance.first
 WHERE principal > 0 AND GREATEST(balance.first, rate.first) <= LEAST(balance.last, rate.last)
 GROUP BY balance.id
"""


def parameters(env, ids=()):
    """Constants of the company, so that the floor need not look them up."""
    receivable = [("account_type", "=", "asset_receivable")]
    company = env.company
    return {
        "ids": tuple(ids) or (0,),
        "company": company.id,
        "currency": company.currency_id.id,
        "key": str(company.id),
        "today": company._credit_today(),
        "as_of": company._credit_today() - timedelta(days=PAST_DAYS),
        "before": company._credit_today() - timedelta(days=PAST_DAYS + 90),
        "accounts": tuple(env["account.account"].sudo().search(receivable).ids),
    }
