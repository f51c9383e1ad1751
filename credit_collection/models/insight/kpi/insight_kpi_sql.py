from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .insight_kpi import COUNT_BACK_MONTHS
from .insight_kpi_inputs import MONEY_JOURNALS


class InsightKpi(models.Model):
    """The sums of the inputs: one query per source for all months and salespeople together."""

    _inherit = "insight.kpi"

    @api.model
    def _get_inputs(self, company, months):
        """Return {(month, scope, user id): {input: amount}} for the months given by their last days.

        :param months: last days of months in a row, the earliest first
        """
        result = defaultdict(lambda: defaultdict(float))

        def add(month, user, values):
            for key in ((month, "company", False), (month, "user", user or False)):
                for name, amount in values.items():
                    result[key][name] += amount or 0.0

        for month in months:
            result[month, "company", False]["closing"] += 0.0
        first, last = months[0].replace(day=1), months[-1]
        for month, user, values in self._sum_balances(company, months):
            add(month, user, values)
        collected = self._get_collected_domain(company, first, last)
        for name, domain, sign, day in (
            ("due", self._get_due_domain(company, first, last), 1, "date_maturity"),
            ("collected", collected, -1, "date"),
            (
                "written_off",
                self._get_written_off_domain(company, first, last),
                -1,
                "date",
            ),
        ):
            for month, user, amount in self._sum_items(domain, day):
                add(month, user, {name: sign * amount})
        for month, user, amount in self._sum_prepaid(company, collected):
            add(month, user, {"prepaid": amount})
        self._add_sales(company, months, result)
        return result

    @api.model
    def _month_sql(self, day):
        """Return the last day of the month of a day, both SQL."""
        return SQL("(date_trunc('month', %s) + interval '1 month - 1 day')::date", day)

    @api.model
    def _sum_balances(self, company, months):
        """Return [(month, user id, {input: amount})] of what stands open at the ends of months.

        The balances of a month's end are the opening ones of the next. What of the items overdue at
        the opening was recovered is their net amount then, less the one at the end, less credit
        notes and write-offs of the month that were matched with them.
        """
        ageing = self.env["receivable.ageing"]
        ageing._flush_sources()
        self.env["res.partner"].flush_model(["user_id"])
        today = company._credit_today()
        days = [months[0].replace(day=1) - relativedelta(days=1)]
        days += [min(month, today) for month in months]
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH day(n, day, since) AS (VALUES %(days)s),
                item AS MATERIALIZED (%(items)s),
                credited AS (
                    SELECT partial.debit_move_id AS move_line_id, day.n, SUM(partial.amount) AS amount
                      FROM day
                      JOIN account_partial_reconcile partial
                           ON partial.max_date > day.since AND partial.max_date <= day.day
                      JOIN account_move_line credit ON credit.id = partial.credit_move_id
                       AND credit.date > day.since
                      JOIN account_journal journal ON journal.id = credit.journal_id
                     WHERE journal.type NOT IN %(money)s AND day.n > 0
                     GROUP BY 1, 2
                )
                SELECT item.n, partner.user_id, SUM(item.amount) AS closing,
                       SUM(item.amount) FILTER (WHERE item.is_group) AS closing_group,
                       SUM(item.amount) FILTER (WHERE item.kind = 'note') AS closing_notes,
                       SUM(item.net) FILTER (WHERE item.days > 0 AND item.net > 0
                                               AND NOT item.is_group) AS overdue,
                       SUM(item.net) FILTER (WHERE %(is_overdue)s) AS overdue_items,
                       SUM(GREATEST(item.net - COALESCE(later.net, 0)
                                    - COALESCE(credited.amount, 0), 0))
                           FILTER (WHERE %(is_overdue)s) AS recovered
                  FROM item
                  JOIN day ON day.n = item.n
             LEFT JOIN item later ON later.n = item.n + 1 AND later.move_line_id = item.move_line_id
             LEFT JOIN credited ON credited.n = item.n + 1
                                AND credited.move_line_id = item.move_line_id
             LEFT JOIN res_partner partner ON partner.id = item.partner_id
                 GROUP BY item.n, partner.user_id
                """,
                days=SQL(", ").join(
                    SQL("(%s, %s::date, %s::date)", n, day, days[max(n - 1, 0)])
                    for n, day in enumerate(days)
                ),
                items=SQL(" UNION ALL ").join(
                    SQL(
                        "SELECT %s AS n, kind, move_line_id, partner_id, date_maturity, days, amount,"
                        " net, COALESCE(partner_id, 0) IN %s AS is_group FROM (%s) book",
                        n,
                        tuple(self._get_group_partner_ids()) or (0,),
                        ageing._get_items_sql(company, day),
                    )
                    for n, day in enumerate(days)
                ),
                money=MONEY_JOURNALS,
                is_overdue=self._overdue_item_sql(SQL("day.day")),
            )
        )
        result = []
        for row in rows:
            n, user, recovered = (row.pop(name) for name in ("n", "user_id", "recovered"))
            if n:
                result.append((months[n - 1], user, row))
            if n < len(months):
                opening = {
                    "opening": row["closing"],
                    "opening_group": row["closing_group"],
                    "opening_overdue": row["overdue_items"],
                    "recovered": recovered,
                }
                result.append((months[n], user, opening))
        return result

    @api.model
    def _sum_prepaid(self, company, collected):
        """Return [(month, salesperson, money received before the invoice that it pays)] (P1-16).

        Without an invoice yet it counts where the customer owed nothing of an earlier day.

        :param collected: domain of the receipts
        """
        # sudo: figures of the company count every item of its books
        items = self.env["account.move.line"].sudo()
        items.flush_model()
        self.env["account.partial.reconcile"].flush_model()
        receipts = items._search(
            collected & Domain("balance", "<", 0) & self._get_item_domain(company)
        )
        return self.env.execute_query(
            SQL(
                """
                WITH receipt AS MATERIALIZED (
                    SELECT item.id, item.date, item.amount_residual, item.account_id,
                           partner.commercial_partner_id AS partner_id
                      FROM account_move_line item
                 LEFT JOIN res_partner partner ON partner.id = item.partner_id
                     WHERE item.id IN %(receipts)s)
                SELECT %(month)s, customer.user_id, SUM(prepaid.amount)
                  FROM (SELECT receipt.date, receipt.partner_id, partial.amount
                          FROM receipt
                          JOIN account_partial_reconcile partial ON partial.credit_move_id = receipt.id
                          JOIN account_move_line debit ON debit.id = partial.debit_move_id
                          JOIN account_move move ON move.id = debit.move_id
                         WHERE move.move_type IN ('out_invoice', 'out_receipt')
                           AND debit.date > receipt.date
                     UNION ALL
                        SELECT receipt.date, receipt.partner_id, -receipt.amount_residual
                          FROM receipt
                         WHERE receipt.amount_residual < 0
                           AND NOT EXISTS (
                               SELECT 1 FROM account_move_line debit
                                 JOIN res_partner partner ON partner.id = debit.partner_id
                                WHERE partner.commercial_partner_id = receipt.partner_id
                                  AND debit.account_id = receipt.account_id
                                  AND debit.parent_state = 'posted' AND debit.amount_residual > 0
                                  AND debit.date <= receipt.date)) prepaid
             LEFT JOIN res_partner customer ON customer.id = prepaid.partner_id
                 GROUP BY 1, 2
                """,
                receipts=receipts.subselect(),
                month=self._month_sql(SQL("prepaid.date")),
            )
        )

    @api.model
    def _by_month(self, query, day, *amounts):
        """Return [(month, salesperson of the customer, sum, …)] over records with a `partner_id`.

        :param day: SQL of the day that decides the month
        :param amounts: SQL of what is summed up
        """
        alias = query.table
        partner = query.make_alias(alias, "own_partner")
        query.add_join(
            "LEFT JOIN",
            partner,
            "res_partner",
            SQL("%s = %s", SQL.identifier(partner, "id"), SQL.identifier(alias, "partner_id")),
        )
        customer = query.make_alias(alias, "own_customer")
        query.add_join(
            "LEFT JOIN",
            customer,
            "res_partner",
            SQL(
                "%s = %s",
                SQL.identifier(customer, "id"),
                SQL.identifier(partner, "commercial_partner_id"),
            ),
        )
        month, user = self._month_sql(day), SQL.identifier(customer, "user_id")
        query.groupby = SQL("1, 2")
        return self.env.execute_query(
            query.select(month, user, *(SQL("SUM(%s)", amount) for amount in amounts))
        )

    @api.model
    def _sum_items(self, domain, day):
        # sudo: figures of the company count every item of its books
        items = self.env["account.move.line"].sudo()
        items.flush_model()
        query = items._search(domain)
        return self._by_month(
            query, SQL.identifier(query.table, day), SQL.identifier(query.table, "balance")
        )

    @api.model
    def _sum_sales(self, company, last, months):
        """Return {month: {salesperson: (sales without tax, with tax)}} of some months up to one."""
        # sudo: figures of the company count every invoice of its books
        moves = self.env["account.move"].sudo()
        moves.flush_model()
        query = moves._search(self._get_sales_domain(company, last, months))
        sums = defaultdict(dict)
        for month, user, net, gross in self._by_month(
            query,
            *(
                SQL.identifier(query.table, name)
                for name in ("date", "amount_untaxed_signed", "amount_total_signed")
            ),
        ):
            sums[month][user or False] = (net, gross)
        return sums

    @api.model
    def _add_sales(self, company, months, result):
        """Add sales of each month, of the two before, and the history that count-back needs."""
        sums = self._sum_sales(company, months[-1], len(months) + COUNT_BACK_MONTHS - 1)
        for month in months:
            window = [month + relativedelta(months=-n, day=31) for n in range(COUNT_BACK_MONTHS)]
            users = {user for day in window[:3] for user in sums[day]}
            users |= {user for found, scope, user in result if found == month and scope == "user"}
            for scope, user in [("company", False), *(("user", user) for user in users)]:
                net, gross = (
                    [
                        sum(pair[taxed] for pair in sums[day].values())
                        if scope == "company"
                        else sums[day].get(user, (0.0, 0.0))[taxed]
                        for day in window
                    ]
                    for taxed in (0, 1)
                )
                values = result[month, scope, user]
                values["sales"], values["sales_1"], values["sales_2"] = net[:3]
                values["history"] = gross
                values["sales_gross"] = gross[0]
                values["sales_quarter"] = sum(gross[:3])
