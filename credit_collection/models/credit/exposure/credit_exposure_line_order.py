from odoo import api, models
from odoo.tools import SQL


class CreditExposureLine(models.Model):
    """The ledger of exposure: confirmed orders that are not invoiced."""

    _inherit = "credit.exposure.line"

    @api.model
    def _select_order(self, partners, orders_sql=None, divided=False, sums=False, common=None):
        """Select the part of confirmed orders not yet invoiced to the same customer.

        A down payment invoiced and not yet deducted lowers the rest; Odoo's down payment
        lines have no quantity, one that has is an order line like any other. Several lower
        it one after the other. Negative lines count as far as the others can bear them. So
        an order is never below zero.

        Sums over the lines of an order are windows rather than subqueries: PostgreSQL plans
        this several times a second. They are by customer and company as well, which divides
        nothing more, but lets conditions on these through.

        :param orders_sql: condition on `so` in place of "confirmed and not invoiced"
        :param divided: what is delivered of a line is a row of its own; the sum is the same
        :param sums: the columns of `SUMMED` alone
        :param common: list to which the steps are added as common table expressions of the whole
            statement: a subquery is copied at each level around it before PostgreSQL plans it
        """
        columns = {
            name: f"item.{name}"
            for name in (
                "name", "label", "partner_id", "company_id", "date", "currency_id", "sale_line_id",
                "order_id",
            )
        }  # fmt: skip
        if divided:
            return SQL(
                """
                SELECT %s
                  FROM %s item
                 CROSS JOIN LATERAL (
                       SELECT ROUND(item.rest / COALESCE(item.rate, 1), COALESCE(item.digits, 2)) AS rest,
                              ROUND(item.gone / COALESCE(item.rate, 1), COALESCE(item.digits, 2)) AS gone
                       OFFSET 0) own
                 CROSS JOIN LATERAL (VALUES
                       (2, 'order', own.rest - own.gone, item.rest - item.gone),
                       (4, 'delivered', own.gone, item.gone)) part (digit, kind, amount, amount_currency)
                 WHERE part.amount <> 0
                """,
                self._columns_sql(
                    sums,
                    **columns,
                    id="item.sale_line_id::bigint * 8 + part.digit",
                    kind="part.kind",
                    amount="part.amount",
                    amount_currency="part.amount_currency",
                ),
                self._select_order_items(partners, orders_sql, self._order_gone_sql(), common),
            )
        return SQL(
            """
            SELECT %s
              FROM %s item
             WHERE item.rest <> 0
            """,
            self._columns_sql(
                sums,
                **columns,
                id="item.sale_line_id::bigint * 8 + 2",
                kind="'order'",
                amount="ROUND(item.rest / COALESCE(item.rate, 1), COALESCE(item.digits, 2))",
                amount_currency="item.rest",
            ),
            self._select_order_items(partners, orders_sql, SQL(), common),
        )

    @api.model
    def _select_order_items(self, partners, orders_sql, gone, common):
        """Select the lines of these orders with `rest`, see `_select_order`, in parentheses or by name.

        :param gone: SQL of a further column, of `worth`, `carried` and `sol`, or nothing
        """

        def step(name, query):
            if common is None:
                return SQL("(%s)", query)
            common.append(SQL("%s AS MATERIALIZED (%s)", SQL.identifier(name), query))
            return SQL.identifier(name)

        ahead = self._order_ahead_sql()
        lines = SQL(
            """
            SELECT so.name AS order_name, so.date_order::date AS date, so.company_id,
                   so.currency_id, partner.commercial_partner_id, rate.digits, rate.rate,
                   sol.id, sol.order_id, sol.name, sol.product_id, sol.product_uom_id,
                   sol.product_uom_qty, sol.qty_delivered, sol.is_downpayment,
                   sol.price_total, sol.price_unit, sol.discount %(ahead)s
              FROM sale_order so
              JOIN %(partners)s partner ON partner.id = so.partner_invoice_id
              JOIN sale_order_line sol ON sol.order_id = so.id AND sol.display_type IS NULL
         LEFT JOIN %(rates)s AS rate(company_id, currency_id, rate, digits)
                   ON rate.company_id = so.company_id AND rate.currency_id = so.currency_id
             WHERE %(orders)s
            %(fence)s
            """,
            partners=partners,
            ahead=SQL(", %s AS ahead", ahead) if ahead else SQL(),
            rates=self._order_rates_sql(),
            orders=orders_sql or SQL("so.credit_open"),
            # Few customers, named already: joined apart, which takes a fifth less to plan. Of all,
            # conditions of lists must get through.
            fence=SQL() if partners.code == "res_partner" else SQL("OFFSET 0"),
        )
        amounts = SQL(
            """
            SELECT sol.order_id, sol.order_name AS name, sol.company_id, sol.currency_id,
                   sol.date, sol.id AS sale_line_id, sol.name AS label,
                   sol.commercial_partner_id AS partner_id,
                   sol.digits, sol.rate, worth.is_down, value.amount, value.invoiced %(gone)s
              FROM %(lines)s sol
             CROSS JOIN LATERAL (%(worth)s) worth
             CROSS JOIN LATERAL (%(carried)s) carried
             -- OFFSET 0 keeps PostgreSQL from computing these at every mention
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN worth.is_down THEN 0
                               ELSE worth.sign * GREATEST(
                                    GREATEST(worth.quantity - carried.quantity, 0)
                                    * worth.price - carried.draft, 0) END AS amount,
                          CASE WHEN worth.is_down THEN carried.value END AS invoiced
                   OFFSET 0) value
            """,
            lines=step("order_line", lines),
            worth=self._order_worth_sql(bool(ahead)),
            carried=self._order_carried_sql(partners),
            gone=gone,
        )
        items = SQL(
            """
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
              FROM %s line
            WINDOW whole AS (PARTITION BY line.order_id, line.partner_id, line.company_id),
                   former AS (PARTITION BY line.order_id, line.partner_id, line.company_id
                              ORDER BY line.sale_line_id
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
            """,
            step("order_amount", amounts),
        )
        return step("order_item", items)

    @api.model
    def _order_ahead_sql(self):
        """Return the condition of an order `so` that does not count yet, nothing where all count."""
        by_moment = {}
        for company_id, moment in self.env["res.company"]._credit_horizons().items():
            by_moment.setdefault(moment, []).append(company_id)
        if not by_moment:
            return None
        cases = SQL(" OR ").join(
            SQL("(so.company_id IN %s AND so.commitment_date >= %s)", tuple(ids), moment)
            for moment, ids in by_moment.items()
        )
        return SQL("((%s) IS TRUE)", cases)

    @api.model
    def _order_gone_sql(self):
        """Return the part of `rest` that is delivered: drafts bill it first."""
        return SQL(
            """, CASE WHEN worth.is_down OR worth.sign < 0 THEN 0
                      ELSE LEAST(value.amount,
                                 GREATEST((LEAST(sol.qty_delivered, worth.quantity) - carried.quantity)
                                          * worth.price - carried.draft, 0)) END AS gone"""
        )

    @api.model
    def _order_rates_sql(self):
        """Return today's rates and the digits to round to, per company and currency, as constants:
        looked up in the query they would double the time it takes to plan.
        """
        # sudo: rates of every company, as constants
        companies = self.env["res.company"].sudo()
        currencies = self.env["res.currency"]
        rows = [
            SQL("(%s, %s, %s::numeric, %s)", company.id, currency_id, rate, digits)
            for company in companies.browse(companies._credit_timezones())
            for currency_id, rate, digits in currencies._credit_rates_now(company)
        ]
        return SQL("(VALUES %s)", SQL(", ").join(rows))

    @api.model
    def _order_worth_sql(self, ahead=False):
        """Of an order line `sol`: the total to be invoiced, as `quantity` × `price` × `sign`.

        `quantity` and `price` (a unit, tax included, in order currency) are positive. Deliveries
        beyond the ordered quantity count where the product is invoiced by delivery.
        Goods to come back lower nothing: Odoo leaves them out of the invoice, and they count
        when their credit note is posted. Nothing here is read that Odoo lets others type in.

        :param ahead: some orders, those with `sol.ahead`, count as far as they are delivered alone
        """
        return SQL(
            """SELECT unit.is_down, unit.direction, SIGN(unit.price * unit.direction) AS sign,
                      ABS(unit.price) AS price,
                      CASE WHEN unit.direction < 0 AND unit.price > 0 THEN 0
                           WHEN sol.qty_delivered > GREATEST(sol.product_uom_qty, 0)
                                AND (SELECT template.invoice_policy FROM product_product product
                                       JOIN product_template template
                                         ON template.id = product.product_tmpl_id
                                      WHERE product.id = sol.product_id) = 'delivery'
                           THEN sol.qty_delivered %(ahead)s
                           ELSE ABS(sol.product_uom_qty) END AS quantity
                 FROM (SELECT (sol.is_downpayment IS TRUE AND sol.product_uom_qty = 0) AS is_down,
                              CASE WHEN sol.product_uom_qty < 0 THEN -1 ELSE 1 END AS direction,
                              CASE WHEN sol.product_uom_qty <> 0
                                   THEN sol.price_total / sol.product_uom_qty
                                   ELSE sol.price_unit * (1 - COALESCE(sol.discount, 0) / 100.0)
                                   END AS price
                       OFFSET 0) unit
               OFFSET 0""",
            ahead=SQL(
                "WHEN sol.ahead"
                " THEN LEAST(ABS(sol.product_uom_qty), GREATEST(sol.qty_delivered, 0))"
            )
            if ahead
            else SQL(),
        )

    @api.model
    def _order_carried_sql(self, partners):
        """Return the part of an order line `sol` that invoices of the same customer carry.

        `quantity`: the posted quantity, at whatever price accounting invoiced it. `draft`: the value of
        drafts, up to the quantity they name at the order's price: a draft at price 0 carries
        nothing. `value`: of all invoices not cancelled, for down payments. In order currency; lines
        on the invoice of another customer carry nothing of this order.
        """
        return SQL(
            """SELECT COALESCE(SUM(part.quantity) FILTER (WHERE part.is_posted), 0) AS quantity,
                      COALESCE(SUM(GREATEST(LEAST(worth.sign * part.value,
                                                  part.quantity * worth.price), 0))
                               FILTER (WHERE part.is_draft), 0) AS draft,
                      COALESCE(SUM(part.value), 0) AS value
                 FROM (SELECT move.state = 'draft' AND move.move_type = 'out_invoice' AS is_draft,
                              move.state = 'posted' OR move.payment_state = 'invoicing_legacy'
                                  AS is_posted,
                              worth.direction * %(sign)s * invoiced.quantity
                                  * CASE WHEN invoiced.product_uom_id IS NULL OR sol.product_uom_id IS NULL
                                              OR invoiced.product_uom_id = sol.product_uom_id THEN 1
                                         ELSE (SELECT unit.factor FROM uom_uom unit
                                                WHERE unit.id = invoiced.product_uom_id)
                                            / (SELECT unit.factor FROM uom_uom unit
                                                WHERE unit.id = sol.product_uom_id) END
                                  AS quantity,
                              %(sign)s * invoiced.price_total
                                  * CASE WHEN invoiced.currency_id = sol.currency_id THEN 1
                                         ELSE COALESCE(sol.rate, 1)
                                              / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                                         END AS value
                         FROM sale_order_line_invoice_rel rel
                         JOIN account_move_line invoiced ON invoiced.id = rel.invoice_line_id
                         JOIN account_move move ON move.id = invoiced.move_id
                        WHERE rel.order_line_id = sol.id
                          AND (move.state <> 'cancel' OR move.payment_state = 'invoicing_legacy')
                          -- subqueries, not joins: those would double the time it takes to plan
                          AND (SELECT debtor.commercial_partner_id FROM %(partners)s debtor
                                WHERE debtor.id = move.partner_id) = sol.commercial_partner_id
                       -- what `quantity` needs is planned once, though it is used twice
                       OFFSET 0) part""",
            partners=partners,
            sign=SQL(
                "CASE move.move_type WHEN 'out_invoice' THEN 1 WHEN 'out_refund' THEN -1 ELSE 0 END"
            ),
        )

    @api.model
    def _get_order_kinds(self, order):
        """Return {kind: addition of an order to the exposure now}: orders, and what is delivered."""
        self._flush_sources()
        query = self._select_order(
            SQL("res_partner"), SQL("so.id IN %s", (order.id,)), divided=True
        )
        return {
            kind: float(amount)
            for kind, amount in self.env.execute_query(
                SQL("SELECT line.kind, SUM(line.amount) FROM (%s) line GROUP BY line.kind", query)
            )
        }

    @api.model
    def _get_order_amounts(self, orders):
        """Return {order id: (company currency, order currency)}: its addition to the exposure now.

        From the view's own SQL, as if each order were confirmed.
        """
        if not orders:
            return {}
        self._flush_sources()
        rows = self.env.execute_query(
            SQL(
                "SELECT order_id, SUM(amount), SUM(amount_currency) FROM (%s) line GROUP BY order_id",
                self._select_order(SQL("res_partner"), SQL("so.id IN %s", tuple(orders.ids))),
            )
        )
        return {order: (float(amount), float(currency)) for order, amount, currency in rows}
