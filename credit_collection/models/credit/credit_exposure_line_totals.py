from odoo import api, models
from odoo.tools import SQL


class CreditExposureLine(models.Model):
    """The ledger of exposure summed up by customer, for checks and screens."""

    _inherit = "credit.exposure.line"

    @api.model
    def _get_totals_sql(self, company, partner_ids=None, beyond=(), kinds=None):
        """SQL of one row per customer with every sum that the checks and screens show.

        What is past due is netted with credits not yet applied, which pay the oldest item
        first (P4-14), and is never negative.

        :param company: the company of the documents
        :param partner_ids: ids of commercial partners; all when None
        :param beyond: numbers of days N, each giving a column `overdue_N`
        :param kinds: kinds to sum; all when None. What is overdue needs `receivable` alone.
        :return: SQL with columns partner_id, exposure, receivable, overdue, days_overdue, overdue_N
        """
        columns = [
            SQL(
                ", GREATEST(COALESCE(SUM(line.amount) FILTER (WHERE line.kind = 'receivable'"
                " AND line.amount > 0 AND line.days_overdue > %s), 0)"
                " + COALESCE(SUM(line.amount) FILTER (WHERE line.kind = 'receivable'"
                " AND line.amount < 0), 0), 0) AS %s",
                days,
                SQL.identifier(f"overdue_{days}"),
            )
            for days in sorted({0, *beyond})
        ]
        # The few partners concerned come first, looked up once: a condition on the customer
        # alone has PostgreSQL read through all partners, once for every kind.
        family = SQL()
        if partner_ids is not None:
            family = SQL(
                "WITH family AS MATERIALIZED (SELECT id, commercial_partner_id FROM res_partner"
                " WHERE commercial_partner_id IN %s)",
                tuple(partner_ids) or (0,),
            )
        return SQL(
            """%(family)s
               SELECT line.partner_id, SUM(line.amount) AS exposure,
                      COALESCE(SUM(line.amount) FILTER (WHERE line.kind = 'receivable'), 0) AS receivable,
                      MAX(line.days_overdue) AS oldest
                      %(columns)s
                 FROM (%(view)s) line
                WHERE line.company_id = %(company)s
                GROUP BY line.partner_id""",
            columns=SQL().join(columns),
            family=family,
            view=self._get_exposure_sql(kinds, SQL("family") if family else None),
            company=company.id,
        )
