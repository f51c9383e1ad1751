"""The decision of the daily run, the worklist and the ledger as SQL written by hand for the books.

These books have one company and the ladder of customers without a policy; what is open, set off and
blocked is the floor's own reading of the definition.
"""

from bench.floor import ITEMS, OPEN

#: Stage of each customer, cases to open or move, and letters by currency.
DECISION = f"""
WITH {OPEN.format(partners="TRUE")}, item AS (
    SELECT *, CASE WHEN follow THEN net ELSE 0 END AS chase
      FROM ({ITEMS}) open_item WHERE cur > 0
), debt AS (
    SELECT customer, MAX(days) FILTER (WHERE chase > 0 AND days > 0) AS days,
           COALESCE(SUM(net) FILTER (WHERE days > 0), 0) AS overdue,
           COALESCE(SUM(chase) FILTER (WHERE days > 0), 0) AS chase
      FROM item GROUP BY customer
), ahead AS (
    SELECT item.customer, MAX(stage.days_from) AS level
      FROM item JOIN debt ON debt.customer = item.customer AND debt.overdue = 0
      JOIN collection_stage stage ON stage.policy_id IS NULL AND stage.active
       AND stage.days_from < 0 AND item.days BETWEEN stage.days_from AND stage.days_to
     WHERE item.chase > 0 GROUP BY item.customer
), placed AS (
    SELECT debt.*, stage.days_from AS level, stage.quiet_days, stage.repeat_days, cas.id AS case_id,
           former.days_from AS case_level
      FROM debt
 LEFT JOIN ahead ON ahead.customer = debt.customer
 LEFT JOIN collection_case cas ON cas.partner_id = debt.customer AND cas.state = 'open'
       AND cas.company_id = %(company)s
 LEFT JOIN collection_stage former ON former.id = cas.stage_id
      JOIN collection_stage stage ON stage.policy_id IS NULL AND stage.active
       AND CASE WHEN debt.overdue > 0 THEN debt.days BETWEEN stage.days_from AND stage.days_to
                ELSE stage.days_from = ahead.level END
), due AS (
    SELECT customer, array_agg(currency_id ORDER BY currency_id)
                     FILTER (WHERE fresh OR repeat_days > 0 AND %(today)s - last >= repeat_days)
                     AS currencies
      FROM (SELECT item.customer, item.currency_id, MAX(repeat_days) AS repeat_days, MAX(asked.last) AS last,
                   bool_or(asked.level IS NULL OR asked.level < placed.level) AS fresh
              FROM placed
              JOIN item ON item.customer = placed.customer AND item.chase > 0
               AND CASE WHEN placed.level >= 0 THEN item.days > 0
                        ELSE item.days BETWEEN placed.level AND 0 END
         LEFT JOIN (SELECT line.move_line_id, MAX(line.level) AS level, MAX(letter.date) AS last
                      FROM collection_letter_line line
                      JOIN collection_letter letter ON letter.id = line.letter_id
                     WHERE letter.state <> 'cancelled' AND letter.company_id = %(company)s
                     GROUP BY line.move_line_id) asked ON asked.move_line_id = item.id
             GROUP BY item.customer, item.currency_id) found
     GROUP BY customer
), recent AS (
    SELECT partner_id, MAX(date) FILTER (WHERE date < %(today)s) AS last
      FROM collection_letter WHERE company_id = %(company)s AND state <> 'cancelled'
     GROUP BY partner_id
)
SELECT placed.customer, placed.level, placed.days, ROUND(placed.overdue, 2), ROUND(placed.chase, 2),
       CASE WHEN placed.case_id IS NULL THEN CASE WHEN placed.overdue > 0 THEN 'open' ELSE 'none' END
            WHEN placed.overdue <= 0 THEN 'close'
            WHEN placed.level > placed.case_level THEN 'advance'
            WHEN placed.level < placed.case_level THEN 'lower' ELSE 'keep' END AS action,
       CASE WHEN (%(today)s - recent.last < placed.quiet_days) IS NOT TRUE
            THEN due.currencies END AS currencies
  FROM placed
  LEFT JOIN due ON due.customer = placed.customer
  LEFT JOIN recent ON recent.partner_id = placed.customer
"""

#: The worklist: the first open cases by rank, with the debts of their customers.
WORKLIST = f"""
WITH top AS (
    SELECT cas.id, cas.partner_id, cas.rank, cas.stage_id, cas.user_id, cas.last_contact_text,
           cas.date_last_contact, cas.rank_facts, partner.complete_name, partner.phone,
           COUNT(*) OVER () AS total
      FROM collection_case cas JOIN res_partner partner ON partner.id = cas.partner_id
     WHERE cas.state = 'open' AND cas.company_id = %(company)s
     ORDER BY cas.rank DESC, cas.id LIMIT 80
), {OPEN.format(partners="partner.commercial_partner_id IN (SELECT partner_id FROM top)")}, item AS (
    {ITEMS}
)
SELECT top.id, ROUND(COALESCE(debt.overdue, 0), 2), COALESCE(debt.days, 0), top.*
  FROM top
  LEFT JOIN (SELECT customer, SUM(net) AS overdue, MAX(days) FILTER (WHERE net > 0) AS days
               FROM item WHERE cur > 0 AND days > 0 GROUP BY customer) debt
         ON debt.customer = top.partner_id
 ORDER BY top.rank DESC, top.id
"""

#: The ledger: the oldest items with the collection data of their customers, and how many
#: there are. The amount credits leave of an item needs all items of its customer.
LEDGER = f"""
WITH {OPEN.format(partners="TRUE")}, item AS (
    SELECT open_item.*, due AS date_maturity, cur AS amount_residual_currency,
           SUM(residual) OVER (PARTITION BY customer) AS total
      FROM ({ITEMS}) open_item
)
SELECT item.id, CASE WHEN item.residual > 0 THEN item.days ELSE 0 END AS days,
       ROUND(item.residual, 2), item.move_id, item.customer, item.date_maturity,
       item.amount_residual_currency, item.currency_id, move.name, customer.complete_name,
       item.net, item.follow,
       CASE WHEN item.total >= 100000 THEN 'A' WHEN item.total >= 10000 THEN 'B' ELSE 'C' END AS class,
       cas.id, cas.stage_id, cas.user_id, cas.date_last_contact, cas.broken_promise_count,
       (customer.credit_grade_id ->> %(key)s)::int, customer.credit_risk_level ->> %(key)s,
       customer.credit_segment ->> %(key)s, promise.date, COUNT(*) OVER () AS total
  FROM item
  JOIN res_partner customer ON customer.id = item.customer
  JOIN account_move move ON move.id = item.move_id
  LEFT JOIN collection_case cas ON cas.partner_id = item.customer AND cas.state = 'open'
        AND cas.company_id = item.company_id
  LEFT JOIN (SELECT move_line_id, MIN(date_promised) AS date FROM collection_promise_line
              WHERE state = 'open' GROUP BY move_line_id) promise ON promise.move_line_id = item.id
 ORDER BY days DESC, item.date_maturity, item.id LIMIT 80
"""
