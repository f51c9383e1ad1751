from odoo import api, models
from odoo.tools import SQL


class CreditExposureLine(models.Model):
    """The ledger of exposure: confirmed orders that are not invoiced."""

    _inherit = "credit.exposure.line"

    @api.model
    def _select_order(self, partners, orders_sql=None):
        """What confirmed orders have not yet turned into invoices, draft ones included.

        A down payment invoiced and not yet deducted lowers the rest; Odoo's down payment
        lines have no quantity, one that has is an order line like any other. Several lower
        it one after the other. Negative lines count as far as the others can bear them. So
        an order is never below zero.

        Sums over the lines of an order are windows rather than subqueries: PostgreSQL plans
        this several times a second. They are by customer and company as well, which divides
        nothing more, but lets conditions on these through.

        :param orders_sql: condition on `so` in place of "confirmed and not invoiced"
        """
        return SQL(
            """
            SELECT item.sale_line_id::bigint * 8 + 2 AS id, item.name, item.label,
                   item.partner_id, item.company_id, 'order' AS kind, item.date,
                   NULL::date AS date_maturity, 0 AS days_overdue,
                   ROUND(item.rest / COALESCE(item.rate, 1), COALESCE(item.digits, 2)) AS amount,
                   item.rest AS amount_currency, item.currency_id,
                   NULL::int AS move_line_id, NULL::int AS move_id,
                   item.sale_line_id, item.order_id
              FROM (
                SELECT line.*,
                       CASE WHEN line.is_down
                            THEN -LEAST(
                                GREATEST(line.invoiced, 0),
                                GREATEST(
                                    COALESCE(SUM(line.amount) FILTER (WHERE NOT line.is_down)
                                             OVER whole, 0)
                                    - GREATEST(COALESCE(SUM(line.invoiced) OVER former, 0), 0),
                                    0))
                            WHEN line.amount < 0
                            THEN line.amount * LEAST(1, SUM(GREATEST(line.amount, 0)) OVER whole
                                                        / -SUM(LEAST(line.amount, 0)) OVER whole)
                            ELSE line.amount END AS rest
                  FROM (
                    SELECT so.id AS order_id, so.name, so.company_id, so.currency_id,
                           so.date_order::date AS date, sol.id AS sale_line_id, sol.name AS label,
                           partner.commercial_partner_id AS partner_id,
                           rate.digits, rate.rate,
                           value.is_down, value.amount, value.invoiced
                      FROM sale_order so
                      JOIN %(partners)s partner ON partner.id = so.partner_invoice_id
                      JOIN sale_order_line sol ON sol.order_id = so.id AND sol.display_type IS NULL
                 LEFT JOIN %(rates)s AS rate(company_id, currency_id, rate, digits)
                           ON rate.company_id = so.company_id AND rate.currency_id = so.currency_id
                     -- OFFSET 0 keeps PostgreSQL from computing these at every mention
                     CROSS JOIN LATERAL (
                           SELECT %(down)s AS is_down, %(rest)s AS amount,
                                  CASE WHEN %(down)s THEN %(invoiced)s END AS invoiced
                           OFFSET 0) value
                     WHERE %(orders)s
                  ) line
                WINDOW whole AS (PARTITION BY line.order_id, line.partner_id, line.company_id),
                       former AS (PARTITION BY line.order_id, line.partner_id, line.company_id
                                  ORDER BY line.sale_line_id
                                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
              ) item
             WHERE item.rest <> 0
            """,
            partners=partners,
            rates=self._order_rates_sql(),
            down=SQL("(sol.is_downpayment IS TRUE AND sol.product_uom_qty = 0)"),
            invoiced=self._order_invoiced_sql("sol"),
            rest=self._order_rest_sql("sol"),
            orders=orders_sql or SQL("so.state = 'sale' AND so.invoice_status <> 'invoiced'"),
        )

    @api.model
    def _order_rates_sql(self):
        """Today's rates and the digits to round to, per company and currency, as constants:
        looked up in the query they would double the time it takes to plan.
        """
        companies = self.env["res.company"].sudo()
        currencies = self.env["res.currency"]
        rows = [
            SQL("(%s, %s, %s::numeric, %s)", company.id, currency_id, rate, digits)
            for company in companies.browse(companies._credit_timezones())
            for currency_id, rate, digits in currencies._credit_rates(
                company.id, company._credit_today()
            )
        ]
        return SQL("(VALUES %s)", SQL(", ").join(rows))

    @api.model
    def _order_rest_sql(self, alias):
        """Share of a line, tax included, that no invoice carries yet, in order currency.

        What Odoo will invoice beyond the ordered quantity, because more was delivered,
        counts too. Goods to come back lower nothing: Odoo leaves them out of the invoice, and
        they count when their credit note is posted. A line that is invoiced beyond its quantity
        has no rest, whatever its sign.
        """
        col = {
            name: SQL.identifier(alias, name)
            for name in (
                "product_uom_qty", "qty_to_invoice", "qty_invoiced",
                "price_total", "price_unit", "discount",
            )
        }  # fmt: skip
        return SQL(
            """(CASE WHEN %(product_uom_qty)s < 0
                     THEN CASE WHEN %(price_total)s < 0 THEN 0
                               ELSE LEAST(%(product_uom_qty)s - COALESCE(%(qty_invoiced)s, 0), 0) END
                     ELSE GREATEST(%(product_uom_qty)s - COALESCE(%(qty_invoiced)s, 0),
                                   %(qty_to_invoice)s, 0) END
              * CASE WHEN %(product_uom_qty)s <> 0 THEN %(price_total)s / %(product_uom_qty)s
                     ELSE %(price_unit)s * (1 - COALESCE(%(discount)s, 0) / 100.0) END)""",
            **col,
        )

    @api.model
    def _order_invoiced_sql(self, alias):
        """What the invoices of an order line carry, credit notes taken off."""
        return SQL(
            """(SELECT COALESCE(SUM(CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                                    * invoice_line.price_total), 0)
                  FROM sale_order_line_invoice_rel rel
                  JOIN account_move_line invoice_line ON invoice_line.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = invoice_line.move_id
                 WHERE rel.order_line_id = %s AND move.state <> 'cancel')""",
            SQL.identifier(alias, "id"),
        )

    @api.model
    def _get_order_amounts(self, orders):
        """{order id: what it adds to the exposure now} in company currency, from the view's own SQL."""
        if not orders:
            return {}
        self._flush_sources()
        rows = self.env.execute_query(
            SQL(
                "SELECT order_id, SUM(amount) FROM (%s) line GROUP BY order_id",
                self._select_order(SQL("res_partner"), SQL("so.id IN %s", tuple(orders.ids))),
            )
        )
        return dict(rows)
