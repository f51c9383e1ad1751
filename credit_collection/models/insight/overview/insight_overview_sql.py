from collections import Counter

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .insight_overview import Figure

LARGEST = 10


class InsightOverview(models.AbstractModel):
    """Sums that several numbers of a block share: one query each."""

    _inherit = "insight.overview"

    @api.model
    def _count_statuses(self, company, customers):
        """Return customers over their limits, and {credit status: customers}, from one query.

        Both come from one reading of the figures, as search and groups of the list would have it.
        """
        partners = self.env["res.partner"]
        found = partners._search(customers)
        partners._flush_credit_sources()
        numbers, rows = partners._credit_treatments(company)
        figures = partners._get_credit_figures_sql(
            company, None, partners._credit_treatment_days(numbers)
        )
        counts = self.env.execute_query(
            SQL(
                """WITH figure AS MATERIALIZED (%(figures)s)
                   SELECT status.credit_status, COUNT(*),
                          COUNT(*) FILTER (WHERE figure.credit_available < 0)
                     FROM (%(found)s) found
                     JOIN figure ON figure.id = found.commercial_partner_id
                     JOIN (%(statuses)s) status ON status.id = figure.id
                    GROUP BY 1""",
                figures=figures,
                found=found.select(SQL.identifier(found.table, "commercial_partner_id")),
                statuses=partners._credit_status_of_sql(
                    company, numbers, rows, SQL("SELECT * FROM figure")
                ),
            )
        )
        return (
            sum(over for _status, _count, over in counts),
            Counter({status: count for status, count, _over in counts}),
        )

    @api.model
    def _sum_ledger(self, own, soon):
        """Return sums of the ledger from one query.

        :return: (receivable, overdue, due soon), {age bucket: amount}, [(customer, amount)] of the largest
        """
        ledger = self.env["collection.ledger"]
        query = ledger._search(own)
        bucket, partner, amount, overdue, net = (
            SQL.identifier(query.table, name)
            for name in ("age_bucket", "partner_id", "amount", "overdue", "net")
        )
        due = Domain(soon).optimize_full(ledger)._to_sql(ledger, query.table, query)
        query.groupby = SQL("GROUPING SETS ((), (%s), (%s))", bucket, partner)
        rows = self.env.execute_query(
            query.select(
                SQL("GROUPING(%s, %s)", bucket, partner),
                bucket,
                partner,
                SQL("COALESCE(SUM(%s), 0)", amount),
                SQL("COALESCE(SUM(GREATEST(%s, 0)), 0)", overdue),
                SQL("COALESCE(SUM(%s) FILTER (WHERE %s), 0)", net, due),
            )
        )
        totals, buckets, customers = (0.0, 0.0, 0.0), {}, []
        for grouping, age, partner_id, *sums in rows:
            if grouping == 3:
                totals = tuple(map(float, sums))
            elif grouping == 1:
                buckets[age] = float(sums[0])
            elif partner_id and sums[0] > 0:
                customers.append((float(sums[0]), partner_id))
        largest = sorted(customers, reverse=True)[:LARGEST]
        # sudo: names of customers whose items the user reads
        partners = self.env["res.partner"].sudo().browse(id_ for _amount, id_ in largest)
        amounts = [amount for amount, _id in largest]
        return totals, buckets, list(zip(partners, amounts, strict=True))

    @api.model
    def _get_my_ledger_sql(self, company):
        """Return SQL of the ledger of the user's customers: the set-off of all others is not read."""
        # sudo: ids alone, archived customers too; record rules apply to the rows
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        mine = partners.search([("user_id", "=", self.env.uid)]).commercial_partner_id
        return self.env["collection.ledger"]._get_ledger_sql(company, mine.ids or [0])

    @api.model
    def _get_collected_by_me(self, company):
        """Return what came in this month while the user had the cases, and the items it stands in.

        As the balance of these items: a receipt is a credit, below zero.
        """
        kpi, today = self.env["insight.kpi"], company._credit_today()
        items = self.env["account.move.line"]
        if not (kpi.has_access("read") and items.has_access("read")):
            return 0.0, Domain.FALSE
        row = kpi.new({"company_id": company.id, "user_id": self.env.uid, "scope": "collector"})
        receipts = Domain(
            "id",
            "in",
            row._get_case_money(kpi._get_collected_domain(company, today.replace(day=1), today)),
        )
        amounts = self._measure(
            "account.move.line", receipts, [Figure("sum", "", measure="balance")]
        )
        return amounts["sum"], receipts
