from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

# A verdict is looked at again for so long: bank statements come late, payments are returned.
REVIEW_DAYS = 60

# Months in which a lowered grade and a broken promise count.
LOOK_BACK_MONTHS = 12


class CollectionPromiseLine(models.Model):
    """Whether promises were kept, by the open amounts of their items after the set-off."""

    _inherit = "collection.promise.line"

    @api.model
    def _evaluate(self, company):
        """Evaluate the promises of a company as the ledger is now; safe to repeat.

        Paid in time is the decrease of the item since the promise, by matching or by money set
        off against it, dated until the days of grace ended. A credit note counts like a
        payment: the customer owes it no more. Paid in full is kept, at once; after the
        days of grace less is partly kept and nothing is broken. An open promise goes with its
        invoice when that is cancelled. For `REVIEW_DAYS` a verdict
        follows the ledger, so that a statement imported late corrects it.

        :return: the lines whose state changed
        """
        rows = self.env.execute_query_dict(self._evaluate_sql(company))
        if not rows:
            return self.browse()
        lines = self.browse([row["id"] for row in rows])._system()
        was_broken = {promise.id for promise in lines.promise_id if promise.is_broken}
        today = company._credit_today()
        changed = self.browse()
        for line, row in zip(lines, rows, strict=True):
            values = {"amount_paid": row["paid"]}
            if row["state"] != row["verdict"]:
                values.update(state=row["verdict"], date_evaluated=today)
                changed |= line
            line.write(values)
        promises = changed.promise_id
        fresh = promises.filtered(lambda p: p.is_broken and p.id not in was_broken)
        fresh.case_id._report_to_sales(
            lambda case: case.env._("%s broke a promise to pay", case.partner_id.name)
        )
        cases = promises.case_id.filtered(lambda case: case.state == "open")
        fresh._schedule_work(
            "credit_collection.mail_activity_collection_promise",
            lambda promise: self.env._("%s was broken", promise.display_name),
        )
        cases._refresh()
        return self.browse(changed.ids)

    @api.model
    def _evaluate_sql(self, company):
        """Return SQL of the lines that need a change: id, state, paid, verdict."""
        self.flush_model()
        whose = SQL(
            """
            line.company_id = %(company)s
            AND (line.state = 'open' OR line.state <> 'cancelled'
                 AND line.date_promised >= %(today)s - %(review)s)
            """,
            company=company.id,
            today=SQL("%s::date", company._credit_today()),
            review=REVIEW_DAYS,
        )
        items, join, left = self._open_in_time_sql(
            company,
            SQL("SELECT partner_id, date_limit FROM collection_promise_line line WHERE %s", whose),
        )
        return SQL(
            """
            %(items)s
            SELECT * FROM (
                SELECT line.id, line.state, line.amount_paid, paid.amount AS paid,
                       CASE WHEN aml.parent_state = 'cancel' THEN 'cancelled'
                            WHEN paid.amount >= line.amount THEN 'kept'
                            WHEN line.date_limit >= %(today)s THEN line.state
                            WHEN paid.amount > 0 THEN 'partly'
                            ELSE 'broken' END AS verdict
                  FROM collection_promise_line line
                  JOIN account_move_line aml ON aml.id = line.move_line_id
                %(join)s
                 CROSS JOIN LATERAL (
                       SELECT GREATEST(line.residual_start - %(left)s, 0) AS amount OFFSET 0) paid
                 WHERE %(whose)s
                   AND (aml.parent_state = 'posted'
                        OR aml.parent_state = 'cancel' AND line.state = 'open')
            ) judged
             WHERE verdict <> state OR paid IS DISTINCT FROM amount_paid
             ORDER BY id
            """,
            items=items,
            join=join,
            left=left,
            today=SQL("%s::date", company._credit_today()),
            whose=whose,
        )

    @api.model
    def _open_in_time_sql(self, company, limits):
        """Return what says how much of an item of a promise or agreement was open in time.

        Money dated after the limit of a line counts as not come: neither what it is matched with,
        nor what it is set off against.

        :param limits: SQL of the lines evaluated: partner_id, date_limit
        :return: SQL of a WITH clause, of its join to `aml` and `line`, and of the open amount, in
            the currency of the item
        """
        items = self.env["credit.open.item"]
        items._flush_sources()
        self.env["account.partial.reconcile"].flush_model(
            ["debit_amount_currency", "debit_move_id", "max_date"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.partner_id, line.date_limit, credit.partner_id IS NOT NULL
                  FROM (SELECT DISTINCT partner_id, date_limit FROM (%(limits)s) line) line
             LEFT JOIN (SELECT partner.commercial_partner_id AS partner_id, MAX(aml.date) AS date
                          FROM account_move_line aml
                          JOIN res_partner partner ON partner.id = aml.partner_id
                         WHERE aml.account_id IN %(accounts)s AND aml.reconciled IS NOT TRUE
                           AND aml.parent_state = 'posted' AND aml.amount_residual < 0
                         GROUP BY partner.commercial_partner_id) credit
                    ON credit.partner_id = line.partner_id AND credit.date > line.date_limit
                """,
                limits=limits,
                accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
            )
        )
        # One more set-off for each day after which money came, of its customers alone.
        customers = {None: {partner_id for partner_id, _limit, _is_late in rows}}
        for partner_id, limit, is_late in rows:
            if is_late:
                customers.setdefault(limit, set()).add(partner_id)
        items = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s::date AS until, item.partner_id, item.move_line_id, item.net_currency"
                " FROM (%s) item",
                until or "infinity",
                items._get_items_sql(company, sorted(ids), until=until),
            )
            for until, ids in customers.items()
        )
        late = SQL(", ").join(
            SQL("(%s::int, %s::date)", partner_id, limit if is_late else None)
            for partner_id, limit, is_late in [*rows, (None, None, False)]
        )
        return (
            SQL(
                "WITH item AS MATERIALIZED (%s), late(partner_id, until) AS (VALUES %s)",
                items,
                late,
            ),
            SQL(
                """
                LEFT JOIN item ON item.move_line_id = aml.id AND item.until = COALESCE(
                          (SELECT late.until FROM late WHERE late.partner_id = line.partner_id
                              AND late.until = line.date_limit), 'infinity')
                """
            ),
            SQL(
                """
                (COALESCE(item.net_currency, 0)
                 + COALESCE((SELECT SUM(partial.debit_amount_currency)
                               FROM account_partial_reconcile partial
                              WHERE partial.debit_move_id = aml.id
                                AND partial.max_date > line.date_limit), 0))
                """
            ),
        )


class CollectionPromise(models.Model):
    _inherit = "collection.promise"

    @api.model
    def _broken_sql(self, company):
        """Return SQL of promises and agreements broken in twelve months: partner_id, date promised."""
        since = company._credit_today() - relativedelta(months=LOOK_BACK_MONTHS)
        return SQL(
            """
            SELECT promise.partner_id, MAX(line.date_promised) AS date
              FROM collection_promise promise
              JOIN collection_promise_line line ON line.promise_id = promise.id
               AND line.state = 'broken'
             WHERE promise.company_id = %(company)s AND promise.is_broken
               AND promise.date_broken >= %(since)s
             GROUP BY promise.id
         UNION ALL
            SELECT agreement.partner_id, agreement.date_end
              FROM collection_agreement agreement
             WHERE agreement.company_id = %(company)s AND agreement.state = 'broken'
               AND agreement.date_end >= %(since)s
            """,
            company=company.id,
            since=since,
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _get_broken_promise_counts(self, partners, company):
        """Return {commercial partner id: promises and agreements broken in the last twelve months}."""
        counts = dict(super()._get_broken_promise_counts(partners, company))
        customers = partners.commercial_partner_id
        for model in ("collection.promise", "collection.promise.line", "collection.agreement"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, COUNT(*) FROM (%s) broken WHERE partner_id IN %s"
                " GROUP BY partner_id",
                self.env["collection.promise"]._broken_sql(company),
                customers._ids or (0,),
            )
        )
        for partner_id, count in rows:
            counts[partner_id] = counts.get(partner_id, 0) + count
        return counts
