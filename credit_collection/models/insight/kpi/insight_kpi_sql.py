from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .insight_kpi import COUNT_BACK_MONTHS, MONEY_JOURNALS, PAID_RESULTS


class InsightKpi(models.Model):
    """The sums of the inputs: one query per source for all months and salespeople together."""

    _inherit = "insight.kpi"

    @api.model
    def _get_inputs(self, company, months):
        """Return {(month, scope, id of the user or sales team): {input: amount}}.

        Rows of salespeople are those of their customers, and of a sales team those of its members.
        Rows of collectors are those of the cases that they had: balances on the day, money when it
        came, contacts at their time.

        :param months: last days of months in a row, the earliest first
        """
        result = defaultdict(lambda: defaultdict(float))
        teams = self._get_teams()

        def add(month, user, values, collector=False):
            keys = [("company", False), ("user", user or False)]
            keys += [("team", teams[user])] if user in teams else []
            for key in keys + ([("collector", collector)] if collector else []):
                for name, amount in values.items():
                    result[(month, *key)][name] += amount or 0.0

        for month in months:
            result[month, "company", False]["closing"] += 0.0
        first, last = months[0].replace(day=1), months[-1]
        self.env["insight.contact"]._flush_sources()
        self.env["res.partner"].flush_model(["commercial_partner_id", "user_id"])
        for month, user, collector, values in self._sum_balances(company, months):
            add(month, user, values, collector)
        collected = self._get_collected_domain(company, first, last)
        for name, domain, sign, day in (
            ("due", self._get_due_domain(company, first, last), 1, "date_maturity"),
            ("collected", collected, -1, "date"),
            ("written_off", self._get_written_off_domain(company, first, last), -1, "date"),
        ):
            for month, user, amount in self._sum_items(domain, day):
                add(month, user, {name: sign * amount})
        for month, user, amount in self._sum_prepaid(company, collected):
            add(month, user, {"prepaid": amount})
        for month, collector, amount in self._sum_case_money(company, collected):
            result[month, "collector", collector]["collected"] += amount
        for month, team, amount in self._sum_costs(company, first, last):
            result[(month, "team", team) if team else (month, "company", False)]["costs"] += amount
        for source in (self._sum_paid, self._sum_cases, self._sum_promises, self._sum_contacts):
            for row in source(company, first, last):
                month, user, collector = (row.pop(n) for n in ("month", "user_id", "collector_id"))
                add(month, user, row, collector)
        for row in self._find_lost(company, first, last):
            add(row["month"], row["user_id"], {"lost": 1}, row["collector_id"])
        for row in self._sum_disputes(company, months):
            add(row.pop("month"), row.pop("user_id"), row, row.pop("collector_id"))
        self._add_sales(company, months, teams, result)
        return result

    @api.model
    def _get_teams(self):
        """Return {salesperson: sales team} as they are now."""
        # sudo: the teams of everybody
        users = self.env["res.users"].sudo().with_context(active_test=False)
        return {
            user.id: team.id
            for team, members in users._read_group(
                [("sale_team_id", "!=", False)], ["sale_team_id"], ["id:recordset"]
            )
            for user in members
        }

    @api.model
    def _month_sql(self, day):
        """Return the last day of the month of a day, both SQL."""
        return SQL("(date_trunc('month', %s) + interval '1 month - 1 day')::date", day)

    @api.model
    def _sum_balances(self, company, months):
        """Return [(month, salesperson, collector, {input: amount})] of what stands open at month-ends.

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
                held AS (
                    SELECT DISTINCT ON (day.n, partner_id) day.n, partner_id, user_id
                      FROM day
                      JOIN (%(holders)s) holder ON day.day >= holder.since AND day.day < holder.until
                       AND day.day < COALESCE(holder.closed, 'infinity')
                     ORDER BY day.n, partner_id, holder.since DESC),
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
                SELECT item.n, partner.user_id, held.user_id AS collector_id,
                       SUM(item.amount) AS closing,
                       SUM(item.amount) FILTER (WHERE item.is_group) AS closing_group,
                       SUM(item.amount) FILTER (WHERE item.kind = 'note') AS closing_notes,
                       SUM(item.net) FILTER (WHERE item.days > 0 AND item.net > 0
                                               AND NOT item.is_group) AS overdue,
                       SUM(item.net) FILTER (WHERE %(is_overdue)s) AS overdue_items,
                       SUM(item.net) FILTER (WHERE %(is_overdue)s
                                             AND day.day - item.date_maturity <= 30) AS overdue_30,
                       SUM(item.net * LEAST(day.day - item.date_maturity, day.day - day.since))
                           FILTER (WHERE %(is_overdue)s) AS overdue_days,
                       SUM(GREATEST(item.net - COALESCE(later.net, 0)
                                    - COALESCE(credited.amount, 0), 0))
                           FILTER (WHERE %(is_overdue)s) AS recovered
                  FROM item
                  JOIN day ON day.n = item.n
             LEFT JOIN item later ON later.n = item.n + 1 AND later.move_line_id = item.move_line_id
             LEFT JOIN credited ON credited.n = item.n + 1
                                AND credited.move_line_id = item.move_line_id
             LEFT JOIN res_partner partner ON partner.id = item.partner_id
             LEFT JOIN held ON held.n = item.n AND held.partner_id = item.partner_id
                 GROUP BY item.n, partner.user_id, held.user_id
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
                holders=self._holders_sql(company),
                is_overdue=self._overdue_item_sql(SQL("day.day")),
            )
        )
        result = []
        for row in rows:
            n, user, collector, recovered = (
                row.pop(name) for name in ("n", "user_id", "collector_id", "recovered")
            )
            if n:
                result.append((months[n - 1], user, collector, row))
            if n < len(months):
                opening = {
                    "opening": row["closing"],
                    "opening_group": row["closing_group"],
                    "opening_overdue": row["overdue_items"],
                    "recovered": recovered,
                }
                result.append((months[n], user, collector, opening))
        return result

    @api.model
    def _sum_prepaid(self, company, collected):
        """Return [(month, salesperson, money received before the invoice that it pays)] (P1-16).

        Without an invoice yet it counts where the customer owed nothing of an earlier day.

        :param collected: domain of the receipts
        """
        # sudo: figures of the company count every item of its books
        items = self.env["account.move.line"].sudo()
        items.flush_model(
            [
                "account_id", "amount_residual", "balance", "company_id", "date", "move_id",
                "parent_state", "partner_id",
            ]
        )  # fmt: skip
        self.env["account.partial.reconcile"].flush_model(
            ["amount", "credit_move_id", "debit_move_id"]
        )
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
        query = items._search(domain)  # flushes what it asks for
        items.flush_model([day, "balance", "partner_id"])
        return self._by_month(
            query, SQL.identifier(query.table, day), SQL.identifier(query.table, "balance")
        )

    @api.model
    def _sum_sales(self, company, last, months):
        """Return {month: {salesperson: (sales without tax, with tax)}} of some months up to one."""
        # sudo: figures of the company count every invoice of its books
        moves = self.env["account.move"].sudo()
        query = moves._search(self._get_sales_domain(company, last, months))
        moves.flush_model(["date", "amount_untaxed_signed", "amount_total_signed", "partner_id"])
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
    def _add_sales(self, company, months, teams, result):
        """Add sales of each month, of the two before, and the history that count-back needs."""
        sums = self._sum_sales(company, months[-1], len(months) + COUNT_BACK_MONTHS - 1)
        by_key = defaultdict(dict)  # (scope, id): {day: [sales without tax, with tax]}
        for day, users in sums.items():
            for user, pair in users.items():
                keys = [("company", False), ("user", user)]
                keys += [("team", teams[user])] if user in teams else []
                for key in keys:
                    total = by_key[key].setdefault(day, [0.0, 0.0])
                    total[0] += pair[0]
                    total[1] += pair[1]
        for month in months:
            window = [month + relativedelta(months=-n, day=31) for n in range(COUNT_BACK_MONTHS)]
            keys = {key for key, days in by_key.items() if not days.keys().isdisjoint(window[:3])}
            keys |= {key[1:] for key in result if key[0] == month and key[1] != "collector"}
            for key in keys:
                net, gross = zip(*(by_key[key].get(day, (0.0, 0.0)) for day in window), strict=True)
                values = result[(month, *key)]
                values["sales"], values["sales_1"], values["sales_2"] = net[:3]
                values["history"] = gross
                values["sales_gross"] = gross[0]
                values["sales_quarter"] = sum(gross[:3])

    # ---- What collecting brings: of invoices paid, cases, promises, disputes and contacts.

    @api.model
    def _holders_sql(self, company):
        """Select who had a case of a customer, and when: partner_id, user_id, since, until, closed (days).

        Days run from `since` to the one before `until`; the day on which the case was closed is one.
        """
        day = self.env["insight.contact"]._day_sql
        return SQL(
            """
            SELECT * FROM (
                SELECT kase.partner_id, held.value AS user_id, kase.date_close AS closed,
                       CASE WHEN isfinite(held.since) THEN GREATEST(%(since)s, kase.date_open)
                            ELSE COALESCE(kase.date_open, '-infinity') END AS since,
                       LEAST(CASE WHEN isfinite(held.until) THEN %(until)s
                                  ELSE 'infinity'::date END, kase.date_close + 1) AS until
                  FROM (%(history)s) held
                  JOIN collection_case kase ON kase.id = held.case_id
                 WHERE kase.company_id = %(company)s AND held.value IS NOT NULL) holder
             WHERE since < until
            """,
            since=day(SQL("held.since"), SQL("kase.company_id")),
            until=day(SQL("held.until"), SQL("kase.company_id")),
            history=self.env["insight.contact"]._case_history_sql("user_id"),
            company=company._credit_root().id,
        )

    @api.model
    def _case_money_sql(self, company, collected):
        """Select receipts with the collector who had the case when they came: id, date, amount, user_id."""
        # sudo: figures of the company count every item of its books
        items = self.env["account.move.line"].sudo()
        return SQL(
            """
            SELECT line.id, line.date, -line.balance AS amount, holder.user_id
              FROM account_move_line line
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN LATERAL (
                   SELECT user_id FROM holder
                    WHERE holder.partner_id = partner.commercial_partner_id
                      AND line.date >= holder.since AND line.date < holder.until
                    ORDER BY since DESC LIMIT 1) holder ON TRUE
             WHERE line.id IN %s
            """,
            items._search(collected).subselect(),
        )

    def _get_case_money(self, collected):
        """Return ids of the receipts of a collector's row."""
        self.ensure_one()
        return [
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    "WITH holder AS MATERIALIZED (%s) SELECT id FROM (%s) receipt WHERE user_id = %s",
                    self._holders_sql(self.company_id),
                    self._case_money_sql(self.company_id, collected),
                    self.user_id.id,
                )
            )
        ]

    @api.model
    def _sum_case_money(self, company, collected):
        """Return [(month, collector, money received while they had the case)]."""
        return self.env.execute_query(
            SQL(
                "WITH holder AS MATERIALIZED (%s)"
                " SELECT %s, user_id, SUM(amount) FROM (%s) receipt GROUP BY 1, 2",
                self._holders_sql(company),
                self._month_sql(SQL("receipt.date")),
                self._case_money_sql(company, collected),
            )
        )

    @api.model
    def _sum_paid(self, company, first, last):
        """Return what was paid of invoices in each month, amount × days late (early: below zero), and
        × days overdue in the month."""
        self.env["account.partial.reconcile"].flush_model(
            ["amount", "credit_move_id", "debit_move_id", "max_date"]
        )
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT %(month)s AS month, customer.user_id, NULL AS collector_id,
                       SUM(partial.amount) AS paid,
                       SUM(partial.amount * (
                           partial.max_date - COALESCE(debit.date_maturity, debit.date))) AS paid_days,
                       SUM(partial.amount * GREATEST(partial.max_date - GREATEST(
                           COALESCE(debit.date_maturity, debit.date),
                           date_trunc('month', partial.max_date)::date - 1), 0)) AS overdue_days
                  FROM account_partial_reconcile partial
                  JOIN account_move_line debit ON debit.id = partial.debit_move_id
                  JOIN account_move move ON move.id = debit.move_id
                  JOIN account_move_line credit ON credit.id = partial.credit_move_id
                  JOIN account_journal journal ON journal.id = credit.journal_id
             LEFT JOIN res_partner partner ON partner.id = debit.partner_id
             LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
                 WHERE partial.max_date BETWEEN %(first)s AND %(last)s
                   AND debit.account_id IN %(accounts)s AND debit.company_id IN %(companies)s
                   AND move.move_type IN ('out_invoice', 'out_receipt')
                   AND debit.parent_state = 'posted' AND credit.parent_state = 'posted'
                   AND journal.type IN %(money)s
                 GROUP BY 1, 2
                """,
                month=self._month_sql(SQL("partial.max_date")),
                first=first,
                last=last,
                accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
                companies=company._credit_entity_ids(),
                money=MONEY_JOURNALS,
            )
        )

    @api.model
    def _sum_cases(self, company, first, last):
        """Return cases closed in each month because money came, and the days they were open."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT %(month)s AS month, partner.user_id, kase.user_id AS collector_id,
                       COUNT(*) AS cases_closed, SUM(kase.date_close - kase.date_open) AS case_days
                  FROM collection_case kase JOIN res_partner partner ON partner.id = kase.partner_id
                 WHERE kase.company_id = %(company)s AND kase.result IN %(paid)s
                   AND kase.date_close BETWEEN %(first)s AND %(last)s
                 GROUP BY 1, 2, 3
                """,
                month=self._month_sql(SQL("kase.date_close")),
                company=company._credit_root().id,
                paid=PAID_RESULTS,
                first=first,
                last=last,
            )
        )

    @api.model
    def _sum_promises(self, company, first, last):
        """Return what was promised for each month, once judged, and what of it was paid in time."""
        self.env["collection.promise.line"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT %(month)s AS month, partner.user_id, line.user_id AS collector_id,
                       SUM(line.amount * COALESCE(item.balance / NULLIF(item.amount_currency, 0), 1))
                       AS promised,
                       SUM(LEAST(line.amount_paid, line.amount)
                           * COALESCE(item.balance / NULLIF(item.amount_currency, 0), 1)) AS kept
                  FROM collection_promise_line line
                  JOIN account_move_line item ON item.id = line.move_line_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.company_id = %(company)s AND line.state IN ('kept', 'partly', 'broken')
                   AND line.date_promised BETWEEN %(first)s AND %(last)s
                 GROUP BY 1, 2, 3
                """,
                month=self._month_sql(SQL("line.date_promised")),
                company=company._credit_root().id,
                first=first,
                last=last,
            )
        )

    @api.model
    def _sum_contacts(self, company, first, last):
        """Return contacts of each month, complaints among them, and the money that came of them."""
        contacts = self.env["insight.contact"]
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT %(month)s AS month, partner.user_id, contact.user_id AS collector_id,
                       COUNT(*) AS contacts, SUM(contact.is_complaint::int) AS complaints,
                       SUM(contact.amount) AS contact_money
                  FROM (%(contacts)s) contact
                  JOIN res_partner partner ON partner.id = contact.partner_id
                 WHERE contact.date BETWEEN %(first)s AND %(last)s
                 GROUP BY 1, 2, 3
                """,
                month=self._month_sql(SQL("contact.date")),
                contacts=contacts._get_contacts_sql(company._credit_root(), first),
                first=first,
                last=last,
            )
        )

    @api.model
    def _sum_disputes(self, company, months):
        """Return disputes open at the end of each month, in full, and those settled in it with their days."""
        self.env["collection.dispute"].flush_model()
        today = company._credit_today()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT day.month, partner.user_id, kase.user_id AS collector_id,
                       SUM(dispute.amount * COALESCE(
                           move.amount_total_signed / NULLIF(move.amount_total, 0), 1))
                       FILTER (WHERE dispute.date_close IS NULL OR dispute.date_close > day.day)
                       AS disputed,
                       COUNT(*) FILTER (WHERE %(settled)s) AS disputes_closed,
                       SUM(dispute.days_to_resolve) FILTER (WHERE %(settled)s) AS dispute_days
                  FROM (VALUES %(days)s) day(month, day)
                  JOIN collection_dispute dispute ON dispute.date <= day.day
                   AND (dispute.date_close IS NULL
                        OR dispute.date_close >= date_trunc('month', day.month))
                  JOIN account_move move ON move.id = dispute.move_id
                  JOIN res_partner partner ON partner.id = dispute.partner_id
             LEFT JOIN collection_case kase ON kase.id = dispute.case_id
                 WHERE dispute.company_id = %(company)s
                 GROUP BY 1, 2, 3
                """,
                settled=SQL(
                    "dispute.state IN ('accepted', 'rejected') AND dispute.date_close <= day.day"
                ),
                days=SQL(", ").join(
                    SQL("(%s::date, %s::date)", month, min(month, today)) for month in months
                ),
                company=company._credit_root().id,
            )
        )
