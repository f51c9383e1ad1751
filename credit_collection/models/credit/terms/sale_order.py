from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

# Salespeople are told so many days before a closing day.
CLOSING_NOTICE_DAYS = 3

COMPARISONS = {"<": "<", ">": ">", "<=": "<=", ">=": ">="}


class SaleOrder(models.Model):
    """The day by which an order is to be invoiced: the next closing day (P4-23).

    Where a customer who pays from the month end closes on another day than we do, invoices leave
    twice a month: by its day and by ours. Nothing is stored: one SQL serves forms, lists and groups.
    """

    _inherit = "sale.order"

    credit_invoice_by = fields.Date(
        "To Be Invoiced by",
        compute="_compute_credit_invoice_by",
        search="_search_credit_invoice_by",
        groups="base.group_user",
        help="The next closing day, ours or the customer's.",
    )
    credit_closing_day = fields.Integer(
        "Customer's Closing Day",
        compute="_compute_credit_invoice_by",
        search="_search_credit_closing_day",
        groups="base.group_user",
        aggregator=None,
        help="Where it differs from ours and the term counts from the month end: invoiced twice a"
        " month. 31 = the last day of every month.",
    )

    @api.depends("invoice_status", "company_id", "payment_term_id", "partner_invoice_id")
    def _compute_credit_invoice_by(self):
        found = {}
        if self.ids:
            self._credit_flush_closing()
            rows = self.env.execute_query(
                SQL(
                    "SELECT so.id, %s, %s FROM sale_order so WHERE so.id IN %s",
                    self._credit_invoice_by_sql("so"),
                    self._credit_closing_day_sql("so"),
                    tuple(self.ids),
                )
            )
            found = {id_: (day, number) for id_, day, number in rows}
        for order in self:
            order.credit_invoice_by, number = found.get(order._origin.id, (False, 0))
            order.credit_closing_day = number or 0

    def _search_credit_invoice_by(self, operator, value):
        return self._credit_search_closing(self._credit_invoice_by_sql("so"), operator, value)

    def _search_credit_closing_day(self, operator, value):
        day = SQL("COALESCE(%s, 0)", self._credit_closing_day_sql("so"))
        return self._credit_search_closing(day, operator, value)

    @api.model
    def _credit_search_closing(self, column, operator, value):
        if operator in COMPARISONS:
            condition = SQL("%s %s %s", column, SQL(COMPARISONS[operator]), value or None)
            if value == 0:
                condition = SQL("%s %s 0", column, SQL(COMPARISONS[operator]))
        elif operator == "in":
            values = tuple(v for v in value if v or v == 0 and v is not False)
            condition = SQL("%s IN %s", column, values or (None,))
            if False in value and 0 not in values:
                condition = SQL("(%s OR %s IS NULL)", condition, column)
        else:
            return NotImplemented
        self._credit_flush_closing()
        return Domain("id", "in", SQL("(SELECT so.id FROM sale_order so WHERE %s)", condition))

    def _field_to_sql(self, alias, field_expr, query=None):
        if query is None or field_expr not in ("credit_invoice_by", "credit_closing_day"):
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        self._credit_flush_closing()
        if field_expr == "credit_invoice_by":
            return self._credit_invoice_by_sql(alias)
        return self._credit_closing_day_sql(alias)

    @api.model
    def _credit_notify_closing(self, company):
        """Tell each salesperson, some days before a closing day, which of their orders to invoice by it."""
        day = company._credit_today() + timedelta(days=CLOSING_NOTICE_DAYS)
        # sudo: the job reads every order
        orders = self.sudo().search(
            [
                ("company_id", "in", company._credit_entity_ids()),
                ("invoice_status", "=", "to invoice"),
                ("credit_invoice_by", "=", day),
            ],
            order="id",
        )
        for user, own in orders.grouped("user_id").items():
            if not company._credit_usable(user):
                continue
            told = own[0].with_context(lang=user.lang)
            told.message_notify(
                partner_ids=user.partner_id.ids,
                subject=self.with_context(lang=user.lang).env._(
                    "To be invoiced by %(date)s: %(count)s orders",
                    date=format_date(told.env, day),
                    count=len(own),
                ),
                body=", ".join(own.mapped("name")),
            )

    def _credit_flush_closing(self):
        self.env["sale.order"].flush_model(
            ["company_id", "invoice_status", "partner_invoice_id", "payment_term_id"]
        )
        # sudo: what a day is computed from, whoever reads it
        env = self.sudo().env
        env["res.company"].flush_model(["credit_closing_day", "parent_path"])
        env["res.partner"].flush_model(
            ["commercial_partner_id", "credit_closing_day", "credit_term_start"]
        )
        env["account.payment.term.line"].flush_model(["delay_type", "payment_id"])

    @api.model
    def _credit_invoice_by_sql(self, alias):
        """Return SQL of the day by which order `alias` is to be invoiced; NULL where nothing is."""
        today = self.env["res.company"]._credit_today_sql(alias)
        return SQL(
            "(CASE WHEN %s = 'to invoice' THEN LEAST(%s, %s) END)",
            SQL.identifier(alias, "invoice_status"),
            self._credit_closing_sql(self._credit_own_closing_sql(alias), today),
            self._credit_closing_sql(self._credit_closing_day_sql(alias), today),
        )

    @api.model
    def _credit_closing_sql(self, day, today):
        """Return SQL of the first closing day on or after `today`; NULL where `day` is."""
        return SQL(
            """(SELECT MIN(closing.date)
                  FROM (SELECT LEAST(month.first + number.day - 1,
                                     (month.first + INTERVAL '1 month')::date - 1) AS date
                          FROM (SELECT %(day)s AS day) number,
                               (SELECT date_trunc('month', %(today)s)::date AS first
                                 UNION ALL
                                SELECT (date_trunc('month', %(today)s) + INTERVAL '1 month')::date
                               ) month
                         -- LEAST ignores what is not known
                         WHERE number.day IS NOT NULL) closing
                 WHERE closing.date >= %(today)s)""",
            day=day,
            today=today,
        )

    @api.model
    def _credit_own_closing_sql(self, alias):
        return SQL(
            "(SELECT own.credit_closing_day FROM res_company own WHERE own.id = %s)",
            self.env["res.company"]._credit_root_sql(SQL.identifier(alias, "company_id")),
        )

    @api.model
    def _credit_closing_day_sql(self, alias):
        """Return SQL of the closing day of the customer of order `alias` where it counts apart, else NULL.

        It does where it is another than ours and the term is month end: the approved one, or the
        payment term of the order.
        """
        company = SQL.identifier(alias, "company_id")
        return SQL(
            """(SELECT customer.credit_closing_day
                  FROM res_partner contact
                  JOIN res_partner customer ON customer.id = contact.commercial_partner_id
                 WHERE contact.id = %(partner)s
                   AND customer.credit_closing_day > 0
                   AND customer.credit_closing_day <> %(own)s
                   AND (customer.credit_term_start ->> %(root)s::text = 'month_end'
                        OR EXISTS (SELECT FROM account_payment_term_line part
                                    WHERE part.payment_id = %(term)s
                                      AND part.delay_type <> 'days_after')))""",
            partner=SQL.identifier(alias, "partner_invoice_id"),
            own=self._credit_own_closing_sql(alias),
            root=self.env["res.company"]._credit_root_sql(company),
            term=SQL.identifier(alias, "payment_term_id"),
        )
