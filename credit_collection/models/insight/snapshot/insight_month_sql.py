from odoo import models
from odoo.tools import SQL

from ...receivable.ageing.receivable_ageing_column import COLUMN_NAMES, COLUMNS

# Amounts of a row.
AMOUNTS = (
    "receivable", "receivable_currency", "note", "overdue", "orders", "credit_limit", "provision",
    "written_off", "collected", *COLUMN_NAMES,
)  # fmt: skip


class InsightMonth(models.Model):
    """The rows of a closed month, in one statement from the queries of the other areas."""

    _inherit = "insight.month"

    def _insert_rows(self):
        """Write the rows of this version: each customer and currency once; all sources are flushed."""
        self.ensure_one()
        former = self.former_id
        partners = self.env["res.partner"].with_company(self.company_id)
        names = [SQL.identifier(name) for name in AMOUNTS]
        self.env.execute_query(
            SQL(
                """
                INSERT INTO insight_snapshot (
                    month_id, company_id, date, partner_id, currency_id, user_id, segment, grade_id,
                    %(names)s, change, create_uid, create_date, write_uid, write_date)
                SELECT %(month)s, %(company)s, %(date)s, fact.partner_id, fact.currency_id,
                       CASE WHEN known.id IS NULL THEN partner.user_id ELSE known.user_id END,
                       CASE WHEN known.id IS NULL THEN %(segment)s ELSE known.segment END,
                       CASE WHEN known.id IS NULL THEN %(grade)s ELSE known.grade_id END,
                       %(facts)s, fact.receivable - COALESCE(before.receivable, fact.receivable * %(first)s),
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (SELECT partner_id, currency_id, %(sums)s FROM (%(sources)s) source
                         GROUP BY partner_id, currency_id) fact
             LEFT JOIN res_partner partner ON partner.id = fact.partner_id
             LEFT JOIN (SELECT DISTINCT ON (partner_id) id, partner_id, user_id, segment, grade_id
                          FROM insight_snapshot WHERE month_id = %(former)s
                         ORDER BY partner_id, id) known ON known.partner_id = fact.partner_id
             LEFT JOIN insight_snapshot before ON before.month_id = %(former)s
                       AND before.partner_id IS NOT DISTINCT FROM fact.partner_id
                       AND before.currency_id = fact.currency_id
             RETURNING NULL
                """,
                names=SQL(", ").join(names),
                facts=SQL(", ").join(SQL("fact.%s", name) for name in names),
                sums=SQL(", ").join(SQL("COALESCE(SUM(%s), 0) AS %s", n, n) for n in names),
                month=self.id,
                company=self.company_id.id,
                date=self.date,
                former=former.id or 0,
                # A first version is no change of another one.
                first=0 if former else 1,
                segment=partners._field_to_sql("partner", "credit_segment"),
                grade=partners._field_to_sql("partner", "credit_grade_id"),
                uid=self.env.uid,
                now=self.env.cr.now(),
                sources=SQL(" UNION ALL ").join(
                    self._source_sql(amounts, query) for amounts, query in self._get_sources()
                ),
            )
        )
        self.env["insight.snapshot"].invalidate_model()
        self.invalidate_recordset(["line_ids"])

    def _source_sql(self, amounts, query):
        """Select rows of a source with all amounts of a row, those it does not have as NULL.

        :param amounts: {name of an amount: SQL of its sum over the rows of `query`}
        :param query: SQL with columns partner_id and currency_id
        """
        return SQL(
            "SELECT item.partner_id, item.currency_id, %s FROM (%s) item GROUP BY 1, 2",
            SQL(", ").join(
                SQL("%s AS %s", amounts.get(name, SQL("NULL::numeric")), SQL.identifier(name))
                for name in AMOUNTS
            ),
            query,
        )

    def _get_sources(self):
        """Return [(amounts, query)] as `_source_sql` takes them: every figure by the query it has."""
        kpi = self.env["insight.kpi"]
        first = self.date.replace(day=1)
        one = SQL("SUM(item.amount)")
        index = SQL("LEAST(item.column_index, %s)", COLUMNS - 1)
        sources = [
            (
                {
                    "receivable": SQL("SUM(item.amount) FILTER (WHERE item.kind = 'receivable')"),
                    "receivable_currency": SQL(
                        "SUM(item.amount_currency) FILTER (WHERE item.kind = 'receivable')"
                    ),
                    "note": SQL("SUM(item.amount) FILTER (WHERE item.kind = 'note')"),
                    "overdue": SQL(
                        "SUM(item.net) FILTER (WHERE %s)", kpi._overdue_item_sql(self.date)
                    ),
                    **{
                        name: SQL("SUM(item.amount) FILTER (WHERE %s = %s)", index, number)
                        for number, name in enumerate(COLUMN_NAMES)
                    },
                },
                self.env["receivable.ageing"]._get_items_sql(self.company_id, self.date),
            ),
            (
                {"collected": one},
                self._items_sql(kpi._get_collected_domain(self.company_id, first, self.date)),
            ),
            (
                {"written_off": one},
                self._items_sql(kpi._get_written_off_domain(self.company_id, first, self.date)),
            ),
        ]
        provision = self.env["receivable.provision"]._get_effective(self.company_id, self.date)
        if provision:
            sources.append(({"provision": one}, provision._get_shares_sql()))
        if self.former_id:
            kept = {
                name: SQL("SUM(item.%s)", SQL.identifier(name))
                for name in ("orders", "credit_limit")
            }
            rows = SQL("SELECT * FROM insight_snapshot WHERE month_id = %s", self.former_id.id)
            sources.append((kept, rows))
        elif self.has_terms:
            sources += [
                ({"orders": one}, self._orders_sql()),
                ({"credit_limit": one}, self._limits_sql()),
            ]
        return sources

    def _items_sql(self, domain):
        """Select journal items of a domain with their customer; money received is positive."""
        # sudo: figures of the company count every item of its books
        items = self.env["account.move.line"].sudo()
        return SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id, line.currency_id, -line.balance AS amount
              FROM account_move_line line LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.id IN %s
            """,
            items._search(domain).subselect(),
        )

    def _orders_sql(self):
        # sudo: figures of the company count every order
        lines = self.env["credit.exposure.line"].sudo()
        return SQL(
            "SELECT line.partner_id, line.currency_id, line.amount FROM (%s) line"
            " WHERE line.company_id IN %s",
            lines._get_exposure_sql(("order",)),
            self.company_id._credit_entity_ids(),
        )

    def _limits_sql(self):
        # sudo: limits of every customer
        partners = self.env["res.partner"].sudo()
        return SQL(
            """
            SELECT granted.partner_id, %(currency)s AS currency_id, granted.amount
              FROM (SELECT customer.id AS partner_id, %(limit)s AS amount
                      FROM res_partner customer
                     WHERE customer.commercial_partner_id = customer.id OFFSET 0) granted
             WHERE granted.amount <> 0
            """,
            currency=self.company_id.currency_id.id,
            limit=partners._credit_effective_limit_sql("customer", self.company_id),
        )

    def _differs(self, former):
        """Return whether any amount of a row is another than in the former version."""
        names = SQL(", ").join(SQL.identifier(name) for name in AMOUNTS)
        rows = SQL(
            "SELECT partner_id, currency_id, %s FROM insight_snapshot WHERE month_id = ", names
        )
        return bool(
            self.env.execute_query(
                SQL("(%s %s) EXCEPT (%s %s) LIMIT 1", rows, self.id, rows, former.id)
            )
        )
