from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("receivable", "Receivable"),
    ("order", "Order Not Invoiced"),
    ("draft", "Draft Invoice"),
]

# Fields of other models that the view reads: Odoo flushes them before a query.
SOURCES = {
    "account.account": ["account_type"],
    "account.move": ["move_type", "partner_id"],
    "account.move.line": [
        "account_id", "amount_currency", "amount_residual", "amount_residual_currency",
        "balance", "company_id", "currency_id", "date", "date_maturity", "display_type",
        "move_id", "move_name", "name", "parent_state", "partner_id", "reconciled",
    ],
    "res.company": ["currency_id", "parent_path"],
    "res.currency": ["decimal_places"],
    "res.currency.rate": ["company_id", "currency_id", "name", "rate"],
    "res.partner": ["commercial_partner_id"],
    "sale.order": [
        "company_id", "currency_id", "date_order", "invoice_status",
        "name", "partner_invoice_id", "state",
    ],
    "sale.order.line": [
        "display_type", "invoice_lines", "is_downpayment", "name", "order_id", "price_total",
        "price_unit", "discount", "product_uom_qty", "qty_invoiced", "qty_to_invoice",
    ],
}  # fmt: skip


class CreditExposureLine(models.Model):
    """One row per document line that makes a customer owe us; the ledger of exposure.

    Totals of partners, the hold check and every later ledger are sums over it, so each
    document counts once and each figure opens the documents that make it.

    `amount` is in company currency and signed: what lowers the debt (credit notes,
    payments not applied, down payments invoiced for an order) is negative. Foreign
    currency is converted once: posted and draft items at the rate of their entry, orders
    at today's rate, since their invoice is still to come.

    What nobody in accounting posted makes no room: an order never counts less than zero,
    and a draft credit note counts when it is posted.
    """

    _name = "credit.exposure.line"
    _description = "Credit Exposure"
    _auto = False
    _rec_name = "name"
    _order = "days_overdue desc, date_maturity, id"
    _depends = SOURCES

    name = fields.Char("Document", readonly=True)
    label = fields.Char("Description", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, help="The commercial partner."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    kind = fields.Selection(KINDS, readonly=True)
    date = fields.Date(readonly=True)
    date_maturity = fields.Date("Due Date", readonly=True, help="Due date of the instalment.")
    days_overdue = fields.Integer(
        readonly=True,
        aggregator="max",
        help="Days past the due date of the instalment in the company's time zone; 0 when not due.",
    )
    amount = fields.Monetary(
        "Amount (Company Currency)", currency_field="company_currency_id", readonly=True
    )
    amount_currency = fields.Monetary("Amount (Document Currency)", readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    move_line_id = fields.Many2one("account.move.line", "Journal Item", readonly=True)
    move_id = fields.Many2one("account.move", "Journal Entry", readonly=True)
    sale_line_id = fields.Many2one("sale.order.line", "Order Line", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    partner_user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")

    @property
    def _table_query(self):
        return self._get_exposure_sql()

    # ------------------------------------------------------------------ the view

    @api.model
    def _get_exposure_selects(self, partners):
        """{kind: SQL of its rows}. Other areas add kinds here, with the same columns.

        Row ids are `document line id * 8 + a digit of the kind`, so that they are
        unique and stay the same from query to query.

        :param partners: SQL of the table that maps the partner of a document to its
            customer, with `id` and `commercial_partner_id`; every kind joins it
        """
        return {
            "receivable": self._select_receivable(partners),
            "draft": self._select_draft(partners),
            "order": self._select_order(partners),
        }

    @api.model
    def _get_exposure_sql(self, kinds=None, partners=None):
        """The ledger, or some kinds of it, or what it says of some partners, see above."""
        selects = self._get_exposure_selects(partners or SQL("res_partner"))
        return SQL(" UNION ALL ").join(
            select for kind, select in selects.items() if kinds is None or kind in kinds
        )

    @api.model
    def _flush_sources(self):
        """Bring what the view reads to the database, before raw SQL over it."""
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)

    @api.model
    def _receivable_accounts_sql(self):
        # As constants: of an array that is read first, PostgreSQL does not know how many items
        # it finds, and reads all journal items instead of the index of unreconciled ones.
        return SQL("%s", self.env["account.account"]._credit_receivable_ids() or (0,))

    @api.model
    def _select_receivable(self, partners):
        """Open items of the receivable accounts, per instalment, payments not applied negative."""
        return SQL(
            """
            SELECT aml.id::bigint * 8 AS id, aml.move_name AS name, aml.name AS label,
                   partner.commercial_partner_id AS partner_id, aml.company_id,
                   'receivable' AS kind, aml.date, aml.date_maturity,
                   CASE WHEN aml.amount_residual > 0
                        THEN GREATEST(%(today)s - aml.date_maturity, 0) ELSE 0 END AS days_overdue,
                   aml.amount_residual AS amount,
                   aml.amount_residual_currency AS amount_currency, aml.currency_id,
                   aml.id AS move_line_id, aml.move_id,
                   NULL::int AS sale_line_id, NULL::int AS order_id
              FROM account_move_line aml
              JOIN %(partners)s partner ON partner.id = aml.partner_id
             WHERE aml.account_id IN %(accounts)s
               AND aml.reconciled IS NOT TRUE
               AND aml.parent_state = 'posted'
               AND aml.amount_residual <> 0
            """,
            partners=partners,
            today=self.env["res.company"]._credit_today_sql("aml"),
            accounts=self._receivable_accounts_sql(),
        )

    @api.model
    def _select_draft(self, partners):
        """Draft customer invoices, per instalment."""
        return SQL(
            """
            SELECT aml.id::bigint * 8 + 1 AS id,
                   COALESCE(NULLIF(aml.move_name, '/'), '*' || aml.move_id) AS name,
                   aml.name AS label, partner.commercial_partner_id AS partner_id,
                   aml.company_id, 'draft' AS kind, aml.date, aml.date_maturity,
                   0 AS days_overdue, aml.balance AS amount, aml.amount_currency,
                   aml.currency_id, aml.id AS move_line_id, aml.move_id,
                   NULL::int AS sale_line_id, NULL::int AS order_id
              FROM account_move_line aml
              JOIN account_move move ON move.id = aml.move_id
              JOIN %(partners)s partner ON partner.id = aml.partner_id
             WHERE aml.account_id IN %(accounts)s
               AND aml.reconciled IS NOT TRUE
               AND aml.parent_state = 'draft'
               AND aml.display_type = 'payment_term'
               AND move.move_type IN ('out_invoice', 'out_receipt')
               AND aml.balance > 0
            """,
            partners=partners,
            accounts=self._receivable_accounts_sql(),
        )

    @api.model
    def _select_order(self, partners, orders_sql=None):
        """What confirmed orders have not yet turned into invoices, draft ones included.

        :param orders_sql: condition on `so` in place of "confirmed and not invoiced"
        """
        return SQL(
            """
            SELECT sol.id::bigint * 8 + 2 AS id, so.name, sol.name AS label,
                   partner.commercial_partner_id AS partner_id, so.company_id,
                   'order' AS kind, so.date_order::date AS date, NULL::date AS date_maturity,
                   0 AS days_overdue,
                   ROUND(CASE WHEN so.currency_id = company.currency_id THEN rest.amount
                              ELSE rest.amount / %(rate)s END, own.decimal_places) AS amount,
                   rest.amount AS amount_currency, so.currency_id,
                   NULL::int AS move_line_id, NULL::int AS move_id,
                   sol.id AS sale_line_id, so.id AS order_id
              FROM sale_order so
              JOIN res_company company ON company.id = so.company_id
              JOIN res_currency own ON own.id = company.currency_id
              JOIN %(partners)s partner ON partner.id = so.partner_invoice_id
              JOIN sale_order_line sol ON sol.order_id = so.id AND sol.display_type IS NULL
              CROSS JOIN LATERAL (SELECT %(rest)s AS amount) open
              CROSS JOIN LATERAL (
                SELECT CASE WHEN sol.is_downpayment AND sol.product_uom_qty = 0 THEN %(downpayment)s
                            WHEN open.amount < 0 THEN open.amount * %(floor)s
                            ELSE open.amount END AS amount
                OFFSET 0) rest -- keeps PostgreSQL from computing it at every mention
             WHERE %(orders)s AND rest.amount <> 0
            """,
            partners=partners,
            rate=self._order_rate_sql(),
            downpayment=self._order_downpayment_sql("sol"),
            rest=self._order_rest_sql("sol"),
            floor=self._order_floor_sql("sol"),
            orders=orders_sql or SQL("so.state = 'sale' AND so.invoice_status <> 'invoiced'"),
        )

    @api.model
    def _order_rate_sql(self):
        """Units of the order's currency for one of the company's, today, as Odoo looks rates up."""
        rate = """COALESCE((SELECT rate.rate FROM res_currency_rate rate
                             WHERE rate.currency_id = %(currency)s AND rate.name <= %(today)s
                               AND (rate.company_id IS NULL OR rate.company_id = %(root)s)
                             ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                           (SELECT rate.rate FROM res_currency_rate rate
                             WHERE rate.currency_id = %(currency)s
                               AND (rate.company_id IS NULL OR rate.company_id = %(root)s)
                             ORDER BY rate.company_id, rate.name LIMIT 1), 1.0)"""
        values = {
            "today": self.env["res.company"]._credit_today_sql("so"),
            "root": SQL("SPLIT_PART(company.parent_path, '/', 1)::int"),
        }
        return SQL(
            "(%s / %s)",
            SQL(rate, currency=SQL("so.currency_id"), **values),
            SQL(rate, currency=SQL("company.currency_id"), **values),
        )

    @api.model
    def _order_floor_sql(self, alias):
        """Share of the negative lines of an order that its other lines can bear: never below zero."""
        return SQL(
            """(SELECT LEAST(1, COALESCE(SUM(GREATEST(%(rest)s, 0)), 0)
                                / NULLIF(-SUM(LEAST(%(rest)s, 0)), 0))
                  FROM sale_order_line other
                 WHERE other.order_id = %(order)s AND other.display_type IS NULL)""",
            order=SQL.identifier(alias, "order_id"),
            rest=self._order_rest_sql("other"),
        )

    @api.model
    def _order_rest_sql(self, alias):
        """Share of a line, tax included, that no invoice carries yet, in order currency.

        What Odoo will invoice beyond the ordered quantity, because more was delivered,
        counts too. A line that is invoiced beyond its quantity has no rest, whatever its sign.
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
                     THEN LEAST(%(product_uom_qty)s - COALESCE(%(qty_invoiced)s, 0), 0)
                     ELSE GREATEST(%(product_uom_qty)s - COALESCE(%(qty_invoiced)s, 0),
                                   %(qty_to_invoice)s, 0) END
              * CASE WHEN %(product_uom_qty)s <> 0 THEN %(price_total)s / %(product_uom_qty)s
                     ELSE %(price_unit)s * (1 - COALESCE(%(discount)s, 0) / 100.0) END)""",
            **col,
        )

    @api.model
    def _order_downpayment_sql(self, alias):
        """Down payment invoiced and not yet deducted: it lowers the rest, never below zero.

        Odoo's down payment lines have no quantity; one that has is an order line like any
        other. Several lower the rest one after the other.
        """
        invoiced = """SELECT COALESCE(SUM(CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                                          * line.price_total), 0) AS amount
                        FROM sale_order_line_invoice_rel rel
                        JOIN account_move_line line ON line.id = rel.invoice_line_id
                        JOIN account_move move ON move.id = line.move_id
                       WHERE move.state <> 'cancel' AND %(lines)s"""
        line, order = SQL.identifier(alias, "id"), SQL.identifier(alias, "order_id")
        return SQL(
            """(SELECT -LEAST(GREATEST(own.amount, 0),
                              GREATEST(rest.amount - GREATEST(former.amount, 0), 0))
                  FROM (%(own)s) own, (%(former)s) former,
                       (SELECT COALESCE(SUM(%(rest)s), 0) AS amount
                          FROM sale_order_line other
                         WHERE other.order_id = %(order)s AND other.display_type IS NULL
                           AND (other.is_downpayment IS NOT TRUE OR other.product_uom_qty <> 0)
                       ) rest)""",
            own=SQL(invoiced, lines=SQL("rel.order_line_id = %s", line)),
            former=SQL(
                invoiced,
                lines=SQL(
                    "rel.order_line_id IN (SELECT id FROM sale_order_line former"
                    " WHERE former.order_id = %s AND former.is_downpayment"
                    " AND former.product_uom_qty = 0 AND former.id < %s)",
                    order,
                    line,
                ),
            ),
            rest=self._order_rest_sql("other"),
            order=order,
        )

    # ------------------------------------------------------------------ sums

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

    def action_open_document(self):
        """Open the invoice, entry or order behind a row (every figure drills down)."""
        self.ensure_one()
        record = self.order_id or self.move_id
        record.check_access("read")
        return record.get_formview_action()
