from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class InsightKpi(models.Model):
    """What collecting costs (P2-03, P3-13), and which customers it lost (P2-28)."""

    _inherit = "insight.kpi"

    # ------------------------------------------------------------------ costs

    @api.model
    def _get_cost_domain(self, company, first, last):
        """Return posted items that are costs of collecting, by the accounts named in Settings."""
        company = company._credit_root().sudo()  # sudo: settings of the company
        accounts, analytics = company.insight_cost_account_ids, company.insight_cost_analytic_ids
        if not accounts and not analytics:
            return Domain.FALSE
        domain = Domain(
            [
                ("company_id", "in", company._credit_entity_ids()),
                ("parent_state", "=", "posted"),
                ("date", ">=", first),
                ("date", "<=", last),
            ]
        )
        if analytics:
            domain &= Domain("distribution_analytic_account_ids", "in", analytics.ids)
        if accounts:
            return domain & Domain("account_id", "in", accounts.ids)
        return domain & Domain("account_id.internal_group", "=", "expense")

    @api.model
    def _sum_costs(self, company, first, last):
        """Return [(month, sales team or None, costs)]; None = all of the company.

        Of an item that is distributed to several analytic accounts each share counts by itself.
        """
        # sudo: figures of the company count every item of its books, and its settings
        items, analytics = (
            self.env["account.move.line"].sudo(),
            company._credit_root().sudo().insight_cost_analytic_ids,
        )
        items.flush_model(
            ["account_id", "analytic_distribution", "balance", "company_id", "date", "parent_state"]
        )
        self.env["crm.team"].flush_model(["insight_analytic_id"])
        query = items._search(self._get_cost_domain(company, first, last))
        return self.env.execute_query(
            SQL(
                """
                WITH cost AS MATERIALIZED (
                    SELECT %(month)s AS month, balance, analytic_distribution
                      FROM account_move_line line WHERE id IN %(items)s),
                part AS (
                    SELECT cost.month, cost.balance * share.value::numeric / 100 AS amount,
                           string_to_array(share.key, ',') AS accounts
                      FROM cost
                CROSS JOIN LATERAL jsonb_each_text(
                           CASE jsonb_typeof(analytic_distribution)
                           WHEN 'object' THEN analytic_distribution ELSE '{}' END) share
                     WHERE %(is_cost)s)
                SELECT month, NULL, SUM(%(amount)s) FROM %(whole)s GROUP BY month
             UNION ALL
                SELECT part.month, team.id, SUM(part.amount)
                  FROM part
                  JOIN crm_team team ON team.insight_analytic_id::text = ANY(part.accounts)
                 GROUP BY 1, 2
                """,
                month=self._month_sql(SQL("line.date")),
                items=query.subselect(),
                is_cost=SQL(
                    "string_to_array(share.key, ',') && %s::text[]", [str(n) for n in analytics.ids]
                )
                if analytics
                else SQL("TRUE"),
                amount=SQL("amount") if analytics else SQL("balance"),
                whole=SQL("part") if analytics else SQL("cost"),
            )
        )

    def action_open_costs(self):
        """Open the entries with costs of the month; of a team those with a share of it, whole."""
        self.ensure_one()
        domain = self._get_cost_domain(self.company_id, self.date_from, self.date)
        if self.scope == "team":
            # sudo: the account of the team
            account = self.team_id.sudo().insight_analytic_id
            domain &= Domain("distribution_analytic_account_ids", "in", account.ids)
        elif self.scope != "company":
            domain = Domain.FALSE
        return self._open(self.env._("Costs of Collecting"), "account.move.line", domain)

    # ------------------------------------------------------------------ customers lost

    @api.model
    def _find_lost(self, company, first, last):
        """Return customers lost after a complaint about collecting, one dict each (P2-28).

        Lost is a customer that had bought in the N days before a complaint and in the N days after it
        neither ordered nor was invoiced; N is a setting. It counts once, by the first complaint
        since it bought, in the month in which these days end, against the collector of the time.

        :return: dicts of contact_id, partner_id, month, user_id (salesperson), collector_id
        """
        company = company._credit_root()
        days = company.sudo().insight_lost_days  # sudo: a setting
        # The days are over: today something may still be bought.
        last = min(last, company._credit_today() - timedelta(days=1))
        contacts = self.env["insight.contact"]
        contacts._flush_sources()
        for model, names in (
            ("sale.order", ["company_id", "date_order", "partner_id", "state"]),
            ("account.move", ["company_id", "date", "move_type", "partner_id", "state"]),
            ("res.partner", ["user_id"]),
        ):
            self.env[model].flush_model(names)
        return self.env.execute_query_dict(
            SQL(
                """
                WITH complaint AS MATERIALIZED (
                    SELECT contact.*
                      FROM (SELECT contact.id, contact.case_id, contact.partner_id, contact.date,
                                   %(day)s AS day
                              FROM collection_contact contact
                             WHERE contact.is_complaint AND contact.addition_to_id IS NULL
                               AND contact.company_id = %(company)s) contact
                     WHERE contact.day BETWEEN %(first)s - 2 * %(days)s AND %(last)s - %(days)s),
                bought AS MATERIALIZED (
                    SELECT partner.commercial_partner_id AS partner_id, deal.day
                      FROM (SELECT partner_id, date AS day FROM account_move
                             WHERE move_type IN ('out_invoice', 'out_receipt') AND state = 'posted'
                               AND company_id IN %(companies)s AND date >= %(first)s - 3 * %(days)s
                         UNION ALL
                            SELECT partner_id, %(order_day)s FROM sale_order deal
                             WHERE state = 'sale' AND company_id IN %(companies)s) deal
                      JOIN res_partner partner ON partner.id = deal.partner_id
                     WHERE partner.commercial_partner_id IN (SELECT partner_id FROM complaint)),
                since AS (
                    SELECT complaint.*,
                           MAX(bought.day) FILTER (WHERE bought.day <= complaint.day) AS last_day,
                           MIN(bought.day) FILTER (WHERE bought.day > complaint.day) AS next_day
                      FROM complaint JOIN bought ON bought.partner_id = complaint.partner_id
                     GROUP BY complaint.id, case_id, complaint.partner_id, date, complaint.day)
                SELECT since.id AS contact_id, since.partner_id,
                       %(month)s AS month, partner.user_id, holder.value AS collector_id
                  FROM since
                  JOIN res_partner partner ON partner.id = since.partner_id
             LEFT JOIN (%(holders)s) holder ON holder.case_id = since.case_id
                   AND since.date >= holder.since AND since.date < holder.until
                 WHERE since.last_day > since.day - %(days)s
                   AND COALESCE(since.next_day, 'infinity') > since.day + %(days)s
                   AND since.day + %(days)s BETWEEN %(first)s AND %(last)s
                   AND NOT EXISTS (
                       SELECT FROM complaint earlier
                        WHERE earlier.partner_id = since.partner_id
                          AND earlier.day >= since.last_day
                          AND (earlier.day, earlier.id) < (since.day, since.id))
                """,
                day=contacts._day_sql(SQL("contact.date"), SQL("contact.company_id")),
                order_day=contacts._day_sql(SQL("deal.date_order"), SQL("deal.company_id")),
                month=self._month_sql(SQL("(since.day + %s)", days)),
                holders=contacts._case_history_sql("user_id"),
                company=company.id,
                companies=company._credit_entity_ids(),
                first=first,
                last=last,
                days=days,
            )
        )

    def _get_lost_ids(self):
        """Return ids of the complaints after which customers of these rows were lost."""
        teams, found = self._get_teams(), []
        for row in self:
            unit = row._get_unit().id
            for lost in self._find_lost(row.company_id, row.date_from, row.date):
                of_scope = {
                    "company": unit,
                    "team": teams.get(lost["user_id"]),
                    "user": lost["user_id"] or False,
                    "collector": lost["collector_id"],
                }
                if of_scope[row.scope] == unit:
                    found.append(lost["contact_id"])
        return found

    def action_open_lost(self):
        """Open the complaints after which customers were lost."""
        self.ensure_one()
        return self._open(
            self.env._("Customers Lost after a Complaint"),
            "collection.contact",
            Domain("id", "in", self._get_lost_ids()),
        )

    # ------------------------------------------------------------------ money of a customer

    @api.model
    def _get_customer_domain(self, company, partner, first, last):
        """Return the receipts of a customer in a period, as `collected` has them."""
        return self._get_collected_domain(company, first, last) & Domain(
            "partner_id.commercial_partner_id", "=", partner.commercial_partner_id.id
        )

    @api.model
    def _get_customer_money(self, company, partner, first, last):
        """Return what a customer paid in a period, without prepayments, in company currency."""
        domain = self._get_customer_domain(company, partner, first, last)
        # sudo: figures of the company count every item of its books
        [[balance]] = self.env["account.move.line"].sudo()._read_group(domain, [], ["balance:sum"])
        prepaid = sum(amount for _month, _user, amount in self._sum_prepaid(company, domain))
        return -(balance or 0.0) - prepaid
