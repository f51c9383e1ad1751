from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("receivable", "Receivable"),
    ("other", "Other Receivable"),
    ("order", "Order Not Delivered"),
    ("delivered", "Delivered Not Invoiced"),
    ("draft", "Draft Invoice"),
    ("disputed", "Disputed"),
]

# Columns of the ledger, with the value of kinds that have none; and those that sums need: the check of
# every order plans them anew.
COLUMNS = {
    "id": None, "name": None, "label": None, "partner_id": None, "company_id": None, "kind": None,
    "date": None, "date_maturity": "NULL::date", "days_overdue": "0", "amount": None,
    "amount_currency": None, "currency_id": None, "move_line_id": "NULL::int",
    "move_id": "NULL::int", "sale_line_id": "NULL::int", "order_id": "NULL::int",
}  # fmt: skip
SUMMED = ("partner_id", "company_id", "kind", "days_overdue", "amount")

# Fields of other models that the view reads: Odoo flushes them before a query.
SOURCES = {
    "account.account": ["account_type", "non_trade"],
    "account.move": ["invoice_currency_rate", "move_type", "partner_id", "payment_state", "state"],
    "account.move.line": [
        "account_id", "amount_currency", "amount_residual", "amount_residual_currency",
        "balance", "company_id", "currency_id", "date", "date_maturity", "display_type",
        "move_id", "move_name", "name", "parent_state", "partner_id", "price_total",
        "product_uom_id", "quantity", "reconciled",
    ],
    "product.product": ["product_tmpl_id"],
    "product.template": ["invoice_policy"],
    "res.company": ["currency_id", "parent_path"],
    "res.currency": ["decimal_places"],
    "res.currency.rate": ["company_id", "currency_id", "name", "rate"],
    "res.partner": ["commercial_partner_id"],
    "sale.order": [
        "commitment_date", "company_id", "credit_open", "currency_id", "date_order", "name",
        "partner_invoice_id", "state",
    ],
    "sale.order.line": [
        "discount", "display_type", "invoice_lines", "is_downpayment", "name", "order_id",
        "price_total", "price_unit", "product_id", "product_uom_id", "product_uom_qty",
        "qty_delivered",
    ],
    "uom.uom": ["factor"],
}  # fmt: skip


def common_sql(expressions):
    """Return SQL of the beginning of a statement with these common table expressions, if any."""
    return SQL("WITH %s", SQL(", ").join(expressions)) if expressions else SQL()


class CreditExposureLine(models.Model):
    """One row per document line that makes a customer owe us; the ledger of exposure.

    Totals of partners, the hold check and every later ledger are sums over it, so each
    document counts once and each figure opens the documents that make it.

    `amount` is in company currency and signed: rows that lower the debt (credit notes,
    payments not applied, down payments invoiced for an order) is negative. Foreign
    currency is converted once: posted and draft items at the rate of their entry, orders
    at today's rate, since their invoice is still to come. What is delivered of an order line and
    on no invoice is a row of its own.

    Rows are of the company of their document, whom record rules show them to; sums are of
    the legal entity, whoever asks (`res.company._credit_root`).

    `counts` is false for rows that are shown beside the exposure because a setting leaves them out
    of it; no sum has them.

    Documents that accounting has not posted make no room: an order never counts less than zero,
    a draft takes no more out of its order than it bills, and a draft credit note counts when
    it is posted.
    """

    _name = "credit.exposure.line"
    _inherit = "credit.query.mixin"
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
    kind = fields.Selection(KINDS, string="Type", readonly=True)
    counts = fields.Boolean(
        "Counts in Exposure",
        readonly=True,
        help="Rows that a setting leaves out of the exposure are shown beside it.",
    )
    date = fields.Date(readonly=True)
    date_maturity = fields.Date("Due Date", readonly=True, help="Due date of the installment.")
    days_overdue = fields.Integer(
        readonly=True,
        aggregator="max",
        help=(
            "Days past the due date of the installment in the company's time zone; 0 when not due."
        ),
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
        query = SQL(
            "SELECT line.*, TRUE AS counts FROM (%s) line", self._get_exposure_sql(divided=True)
        )
        apart = self._get_apart_selects(SQL("res_partner"))
        if apart:
            query = SQL(
                "%s UNION ALL SELECT line.*, FALSE AS counts FROM (%s) line",
                query,
                SQL(" UNION ALL ").join(apart),
            )
        return query

    # ------------------------------------------------------------------ the view

    @api.model
    def _columns_sql(self, sums, **columns):
        """Return the columns of a kind's rows: all of the ledger in its order, or those of `SUMMED`.

        :param columns: {name: its SQL, as text where it has no values}
        """
        values = {name: columns.get(name, COLUMNS[name]) for name in (SUMMED if sums else COLUMNS)}
        return SQL(", ").join(
            SQL("%s AS %s", value, SQL(name))
            if isinstance(value, SQL)
            else SQL(f"{value} AS {name}")
            for name, value in values.items()
        )

    @api.model
    def _get_exposure_selects(self, partners, sums=False, divided=False, common=None):
        """Return {kind: SQL of its rows}. Other areas add kinds here, by `_columns_sql`.

        Draft invoices come with the receivables: the same scan of journal items finds both. What is
        delivered and not invoiced comes with the orders; only the view tells it apart.

        Row ids are `document line id * 8 + a digit of the kind`, so that they are
        unique and stay the same from query to query.

        :param partners: SQL of the table that maps the partner of a document to its
            customer, with `id` and `commercial_partner_id`; every kind joins it
        :param sums: the columns of `SUMMED` alone
        :param divided, common: see `_select_order`
        """
        selects = {
            "receivable": self._select_receivable(partners, sums=sums),
            "order": self._select_order(partners, None, divided, sums, common),
        }
        companies = self.env["res.company"]._credit_ids_with("credit_disputed_not_exposed")
        if companies:
            selects["disputed"] = self._select_disputed(partners, companies, sums)
        return selects

    @api.model
    def _get_apart_selects(self, partners):
        """Return [SQL of rows shown beside the exposure] with the same columns. Extend to add some."""
        selects = []
        if self._other_apart_sql():
            selects.append(self._select_receivable(partners, apart=True))
        companies = self.env["res.company"]
        # Left out of what is overdue alone: the click on that shows them.
        beside = {
            *companies._credit_ids_with("credit_disputed_not_overdue"),
        } - {*companies._credit_ids_with("credit_disputed_not_exposed")}
        if beside:
            selects.append(self._select_disputed(partners, tuple(beside)))
        return selects

    @api.model
    def _get_pending_kinds(self):
        """Return the kinds that are no debt yet, and what lowers none. Extend for others."""
        return {"order", "delivered", "draft", "disputed"}

    @api.model
    def _get_exposure_sql(self, kinds=None, partners=None, divided=False, sums=False, common=None):
        """Return the SQL of the ledger, of some kinds or partners only, see above.

        :param divided: tell delivered goods apart: sums need no two rows per order line, and are
            quicker without
        :param sums: the columns of `SUMMED` alone
        :param common: see `_select_order`
        """
        partners = partners or SQL("res_partner")
        selects = self._get_exposure_selects(partners, sums, divided=divided, common=common)
        return SQL(" UNION ALL ").join(
            select for kind, select in selects.items() if kinds is None or kind in kinds
        )

    @api.model
    def _flush_sources(self):
        """Flush the sources of the view to the database, before raw SQL over it."""
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)

    @api.model
    def _receivable_accounts_sql(self):
        # As constants: of an array that is read first, PostgreSQL does not know how many items
        # it finds, and reads all journal items instead of the index of unreconciled ones.
        return SQL("%s", self.env["account.account"]._credit_receivable_ids() or (0,))

    @api.model
    def _other_apart_sql(self):
        """Return the condition that item `aml` is an other receivable left out; None = there are none."""
        others = self.env["account.account"]._credit_other_ids()
        companies = others and self.env["res.company"]._credit_ids_with(
            "credit_other_counts", False
        )
        if not companies:
            return None
        return SQL("(aml.account_id IN %s AND aml.company_id IN %s)", others, companies)

    @api.model
    def _select_receivable(self, partners, apart=False, sums=False):
        """Select open items of the receivable accounts, per instalment, and draft invoices.

        Payments and credit notes not applied are negative. An entry without a due date, such
        as an opening balance, is due on its own date. Of drafts only customer invoices
        have payment terms on a receivable account with a debit.

        :param apart: other receivables that are left out of the exposure, in place of what counts
        """
        others = self.env["account.account"]._credit_other_ids()
        left_out = self._other_apart_sql()
        posted = SQL("'receivable'")
        if others:
            posted = SQL("CASE WHEN aml.account_id IN %s THEN 'other' ELSE %s END", others, posted)
        return SQL(
            """
            SELECT %(columns)s
              FROM account_move_line aml
              JOIN %(partners)s partner ON partner.id = aml.partner_id
             WHERE aml.account_id IN %(accounts)s
               AND aml.reconciled IS NOT TRUE
               AND (aml.parent_state = 'posted' AND aml.amount_residual <> 0
                    OR aml.parent_state = 'draft' AND aml.display_type = 'payment_term'
                       AND aml.balance > 0)
               %(which)s
            """,
            partners=partners,
            columns=self._columns_sql(
                sums,
                id="aml.id::bigint * 8 + CASE WHEN aml.parent_state = 'draft' THEN 1 ELSE 0 END",
                name=(
                    "CASE WHEN aml.parent_state = 'draft'"
                    " THEN COALESCE(NULLIF(aml.move_name, '/'), '*' || aml.move_id)"
                    " ELSE aml.move_name END"
                ),
                label="aml.name",
                partner_id="partner.commercial_partner_id",
                company_id="aml.company_id",
                kind=SQL("CASE WHEN aml.parent_state = 'draft' THEN 'draft' ELSE %s END", posted),
                date="aml.date",
                date_maturity="COALESCE(aml.date_maturity, aml.date)",
                days_overdue=SQL(
                    "CASE WHEN aml.amount_residual > 0 AND aml.parent_state = 'posted'"
                    " THEN GREATEST(%s - COALESCE(aml.date_maturity, aml.date), 0) ELSE 0 END",
                    self.env["res.company"]._credit_today_sql("aml"),
                ),
                amount=(
                    "CASE WHEN aml.parent_state = 'draft' THEN aml.balance"
                    " ELSE aml.amount_residual END"
                ),
                amount_currency=(
                    "CASE WHEN aml.parent_state = 'draft' THEN aml.amount_currency"
                    " ELSE aml.amount_residual_currency END"
                ),
                currency_id="aml.currency_id",
                move_line_id="aml.id",
                move_id="aml.move_id",
            ),
            which=SQL("AND %s %s", SQL() if apart else SQL("NOT"), left_out) if left_out else SQL(),
            accounts=self._receivable_accounts_sql(),
        )

    @api.model
    def _select_disputed(self, partners, companies, sums=False):
        """Select what is contested of open items, negative: what is left of it after the set-off.

        :param companies: ids of companies that leave it out
        """
        items = self.env["credit.open.item"]
        contested = SQL(
            "(SELECT partner.id, partner.commercial_partner_id FROM %s partner"
            " WHERE partner.commercial_partner_id IN (%s))",
            partners,
            items._contested_partners_sql(),
        )
        return SQL(
            """
            SELECT %s
              FROM (%s) item
              JOIN account_move_line aml ON aml.id = item.move_line_id
             WHERE item.disputed_currency > 0
            """,
            self._columns_sql(
                sums,
                id="aml.id::bigint * 8 + 5",
                name="aml.move_name",
                label="aml.name",
                partner_id="item.partner_id",
                company_id="aml.company_id",
                kind="'disputed'",
                date="aml.date",
                date_maturity="item.date_maturity",
                days_overdue="GREATEST(item.days, 0)",
                amount=(
                    """-ROUND(item.disputed, (
                       SELECT digits.decimal_places FROM res_company company
                         JOIN res_currency digits ON digits.id = company.currency_id
                        WHERE company.id = aml.company_id))"""
                ),
                amount_currency="-item.disputed_currency",
                currency_id="item.currency_id",
                move_line_id="aml.id",
                move_id="aml.move_id",
            ),
            items._get_items_sql(
                # sudo: settings of companies, whoever asks
                self.env["res.company"].sudo().browse(companies),
                partners=contested,
            ),
        )

    @api.model
    def _select_open_item(self, partners=None, columns=None):
        """Select the receivables of the ledger alone, for sums over posted items.

        Its columns are those of the table, so that PostgreSQL knows how many rows it finds:
        of `kind` it does not, and plans for a handful.

        :param partners: see `_get_exposure_selects`
        :param columns: SQL of further columns, of `aml` or `partner`
        """
        return SQL(
            """
            SELECT aml.id AS move_line_id, aml.move_id, aml.company_id,
                   partner.commercial_partner_id AS partner_id, aml.date,
                   COALESCE(aml.date_maturity, aml.date) AS date_maturity,
                   aml.amount_residual AS amount, aml.amount_residual_currency AS amount_currency,
                   aml.currency_id %(columns)s
              FROM account_move_line aml
              JOIN %(partners)s partner ON partner.id = aml.partner_id
             WHERE aml.account_id IN %(accounts)s AND aml.reconciled IS NOT TRUE
               AND aml.parent_state = 'posted' AND aml.amount_residual <> 0
            """,
            columns=SQL(", %s", columns) if columns else SQL(),
            partners=partners or SQL("res_partner"),
            accounts=self._receivable_accounts_sql(),
        )

    def action_open_document(self):
        """Open the invoice, entry or order behind a row (every figure drills down)."""
        self.ensure_one()
        record = self.order_id or self.move_id
        record.check_access("read")
        return record.get_formview_action()

    # ---- The ledger of exposure summed up by customer, for checks and screens.

    @api.model
    def _get_totals_sql(
        self, company, partner_ids=None, beyond=(), kinds=None, gross=False, by_kind=(), common=None
    ):
        """Return SQL of one row per customer with every sum that the checks and screens show.

        Past due is the part that `credit.open.item` leaves after credits not applied (P4-14).

        :param company: a company of the legal entity of the documents
        :param partner_ids: ids of commercial partners; all when None
        :param beyond: numbers of days N, each giving a column `overdue_N`
        :param kinds: kinds to sum; all when None
        :param gross: amounts past due before the set-off, at less cost
        :param by_kind: kinds that are summed apart, too, each giving a column `kind_<kind>`
        :param common: list that gets the common table expressions which the caller puts first in its
            statement, where it is of a few partners; without it they are part of what is returned
        :return: SQL with columns partner_id, exposure, receivable, oldest (days), overdue_0, overdue_N
        """
        ages = sorted({0, *beyond})
        if gross:
            amount = "COALESCE(SUM(line.amount) FILTER (WHERE line.amount > 0 AND line.days_overdue > %s), 0)"
        else:
            amount = "SUM(item.net) FILTER (WHERE item.days > %s)"
        names = [SQL.identifier(f"overdue_{days}") for days in ages]
        columns = [
            SQL(f", {amount} AS %s", days, name) for days, name in zip(ages, names, strict=True)
        ]
        others = self.env["account.account"]._credit_other_ids()
        of_kinds = [SQL.identifier(f"kind_{kind}") for kind in by_kind]
        totals = SQL(
            "line.partner_id, SUM(line.amount) AS exposure,"
            " COALESCE(SUM(line.amount) FILTER (WHERE line.kind IN %s), 0) AS receivable %s",
            ("receivable", "other") if others else ("receivable",),
            SQL().join(
                SQL(
                    ", COALESCE(SUM(line.amount) FILTER (WHERE line.kind = %s), 0) AS %s",
                    kind,
                    name,
                )
                for kind, name in zip(by_kind, of_kinds, strict=True)
            ),
        )
        oldest = SQL(", MAX(line.days_overdue) AS oldest")
        # The few partners concerned come first, looked up once: a condition on the customer
        # alone has PostgreSQL read through all partners, once for every kind.
        own = [] if common is None else common
        if partner_ids is not None:
            own.append(
                SQL(
                    "family AS MATERIALIZED (SELECT id, commercial_partner_id FROM res_partner"
                    " WHERE commercial_partner_id IN %s)",
                    tuple(partner_ids) or (0,),
                )
            )
        view = self._get_exposure_sql(
            kinds,
            None if partner_ids is None else SQL("family"),
            divided=not {"order", "delivered"}.isdisjoint(by_kind),
            sums=True,
            common=None if partner_ids is None or kinds and "order" not in kinds else own,
        )
        totals = SQL(
            """%(first)s
               SELECT %(totals)s FROM (%(view)s) line
                WHERE line.company_id IN %(companies)s
                GROUP BY line.partner_id""",
            first=SQL() if common is not None else common_sql(own),
            totals=SQL().join([totals, oldest, *columns]) if gross else totals,
            view=view,
            companies=company._credit_entity_ids(),
        )
        if gross:
            return totals
        # Two sums under one grouping: PostgreSQL cannot know how few customers are overdue, and of
        # a join it makes a loop within a loop.
        return SQL(
            """SELECT sums.partner_id, SUM(sums.exposure) AS exposure, SUM(sums.receivable) AS receivable,
                      MAX(sums.oldest) AS oldest %(sums)s
                 FROM (SELECT total.*, NULL::int AS oldest %(none)s FROM (%(totals)s) total
                        UNION ALL
                       SELECT item.partner_id, NULL, NULL %(no_kinds)s,
                              MAX(item.days) FILTER (WHERE item.net_currency > 0) %(columns)s
                         FROM (%(items)s) item WHERE item.days > 0
                        GROUP BY item.partner_id) sums
                GROUP BY sums.partner_id""",
            totals=totals,
            sums=SQL().join(
                SQL(", SUM(sums.%(name)s) AS %(name)s", name=name) for name in (*of_kinds, *names)
            ),
            no_kinds=SQL().join(SQL(", NULL") for _name in of_kinds),
            none=SQL().join(SQL(", NULL::numeric AS %s", name) for name in names),
            columns=SQL().join(columns),
            items=self.env["credit.open.item"]._get_due_sql(company, partner_ids, overdue=0),
        )
