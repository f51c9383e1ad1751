from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class InsightKpi(models.Model):
    """What collecting costs (P2-03, P3-13)."""

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
        items.flush_model()
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
