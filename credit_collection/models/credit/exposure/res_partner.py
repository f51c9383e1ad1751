from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..terms.res_partner import CREDIT_GROUPS
from .credit_exposure_line import common_sql
from .res_partner_check import STATUSES

FIGURES = (
    "credit_exposure",
    "credit_effective_limit",
    "credit_available",
    "credit_overdue",
    "credit_days_overdue",
)

# Figures after the set-off, which the others need not wait for.
OVERDUE_FIGURES = ("credit_overdue", "credit_days_overdue")

NO_FIGURES = dict.fromkeys(FIGURES, 0)

# The kinds behind a figure, where that is not the whole ledger.
FIGURE_KINDS = {
    "credit_overdue": ("receivable",),
    "credit_days_overdue": ("receivable",),
    "credit_effective_limit": ("receivable",),
}

COMPARISONS = {"<": "<", ">": ">", "<=": "<=", ">=": ">="}


def _figure(kind, name, **options):
    """Return a field of `_get_credit_figures_sql`: read, searched, ordered and summed by that query."""
    if kind is fields.Monetary:
        options["currency_field"] = "credit_currency_id"
    return kind(
        compute="_compute_credit_figures",
        search=lambda self, operator, value: self._search_credit_figure(name, operator, value),
        groups=CREDIT_GROUPS,
        **options,
    )


class ResPartner(models.Model):
    """Figures of a customer, summed from the ledger of exposure on demand.

    Nothing is stored: one query serves a whole list, and the same SQL serves the
    search and the order of lists. A contact shows the figures of its customer.
    """

    _inherit = "res.partner"

    # Odoo's own currency of a contact is no column: sums of groups ask for one.
    credit_currency_id = fields.Many2one("res.currency", compute="_compute_credit_currency_id")
    credit_exposure = _figure(
        fields.Monetary,
        "credit_exposure",
        help=(
            "Open receivables, uninvoiced confirmed orders and draft invoices, less unapplied "
            "payments."
        ),
    )
    credit_effective_limit = _figure(
        fields.Monetary,
        "credit_effective_limit",
        string="Effective Limit",
        help=(
            "Approved limit plus valid collateral; 0 for cash customers. Not used for unlimited "
            "customers."
        ),
    )
    credit_available = _figure(
        fields.Monetary,
        "credit_available",
        help="Effective limit less exposure, or what a shared limit of the group leaves if that is less;"
        " negative when over the limit. Not used for unlimited customers.",
    )
    credit_overdue = _figure(
        fields.Monetary,
        "credit_overdue",
        help="Amount past its due date, less unapplied payments and credits.",
    )
    credit_days_overdue = _figure(
        fields.Integer,
        "credit_days_overdue",
        string="Days Overdue",
        aggregator="max",
        help="Of the oldest open installment.",
    )
    credit_other = fields.Monetary(
        "Other Receivables",
        currency_field="credit_currency_id",
        compute="_compute_credit_other",
        groups=CREDIT_GROUPS,
        help="Open items on receivable accounts marked “Non Trade”, such as freight paid in advance.",
    )
    credit_other_counts = fields.Boolean(
        "Other Receivables Count", compute="_compute_credit_other", groups=CREDIT_GROUPS
    )
    credit_usage = fields.Float(
        "Credit Utilization (%)",
        compute="_compute_credit_usage",
        groups=CREDIT_GROUPS,
        aggregator=None,
    )
    credit_status = fields.Selection(
        STATUSES,
        compute="_compute_credit_figures",
        search="_search_credit_status",
        groups=CREDIT_GROUPS,
        help="What the next order of this customer would meet, by the hold rules.",
    )

    @api.depends_context("company")
    def _compute_credit_currency_id(self):
        self.credit_currency_id = self.env.company.currency_id

    @api.depends_context("company")
    @api.depends(
        "commercial_partner_id", "credit_control", "credit_grade_id", "credit_segment",
        "credit_policy_id",
    )  # fmt: skip
    def _compute_credit_figures(self):
        customer_ids = [partner.commercial_partner_id._origin.id for partner in self]
        customers = self.browse(id_ for id_ in dict.fromkeys(customer_ids) if id_)
        figures = customers._get_credit_figures_and_status(self.env.company)
        rows = [figures.get(id_, NO_FIGURES) for id_ in customer_ids]
        for name in (*FIGURES, "credit_status"):
            # Into the cache at once: 400 assignments take longer than the query of a list.
            field = self._fields[name]
            convert = {"integer": int, "monetary": float}.get(field.type, lambda value: value)
            field._insert_cache(self, [convert(row.get(name)) for row in rows])

    @api.depends_context("company")
    @api.depends("credit_exposure", "credit_effective_limit")
    def _compute_credit_usage(self):
        for partner in self:
            limit, exposure = partner.credit_effective_limit, partner.credit_exposure
            partner.credit_usage = 100.0 * exposure / limit if limit else 0.0

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_credit_other(self):
        company = self.env.company._credit_root()
        sums = {}
        if self.env["account.account"]._credit_other_ids():
            # sudo: a figure of the customer, as the others
            sums = dict(
                self.env["credit.exposure.line"]
                .sudo()
                ._read_group(
                    [
                        ("partner_id", "in", self.commercial_partner_id.ids),
                        ("company_id", "in", company._credit_entity_ids()),
                        ("kind", "=", "other"),
                    ],
                    ["partner_id"],
                    ["amount:sum"],
                )
            )
        self.credit_other_counts = company.credit_other_counts
        for partner in self:
            partner.credit_other = sums.get(partner.commercial_partner_id, 0.0)

    # ------------------------------------------------------------------ the one query

    @api.model
    def _credit_security_sql(self, alias, company):
        """Return SQL of the addition of securities to the limit of customer `alias`. Extend to add kinds."""
        return SQL("0")

    @api.model
    def _credit_approved_limit_sql(self, alias, company):
        """Return SQL of the own limit of customer `alias`, at today's rate.

        Extended by the default and the temporary limit.
        """
        # sudo: the limit's value only, for users who may see the effective limit
        model = self.sudo().with_company(company)
        limit = SQL("COALESCE(%s, 0)::numeric", model._field_to_sql(alias, "credit_limit"))
        currencies, _defaults = self._credit_limit_uses(company.id)
        # Rates as constants, as in `_order_rates_sql`; of limits that there are.
        rates = self.env["res.currency"]._credit_rates_now(company) if currencies else ()
        amount = SQL("COALESCE(%s, 0)::numeric", model._field_to_sql(alias, "credit_limit_amount"))
        cases = SQL(" ").join(
            SQL("WHEN %s THEN ROUND(%s / %s::numeric, %s)", id_, amount, rate, digits)
            for id_, rate, digits in rates
            if id_ in currencies
        )
        if not cases:
            return limit
        currency = model._field_to_sql(alias, "credit_limit_currency_id")
        return SQL("CASE %s %s ELSE %s END", currency, cases, limit)

    @api.model
    def _credit_effective_limit_sql(self, alias, company):
        """Return the effective limit of a customer: approved plus securities, 0 for cash customers."""
        return SQL(
            "CASE WHEN %(control)s IN ('none', 'cash') THEN 0 ELSE %(limit)s + %(security)s END",
            control=self._credit_control_sql(alias, company),
            limit=self._credit_approved_limit_sql(alias, company),
            security=self._credit_security_sql(alias, company),
        )

    @api.model
    def _credit_shared_sql(self, alias, company, partner_ids=None):
        """Return the parts of a shared limit in the query of figures.

        :param partner_ids: ids of the customers of the query, all when None
        :return: (SQL of further joins, SQL of the shared limit, SQL of its use), the last
            two NULL for customers without one
        """
        return SQL(""), SQL("NULL::numeric"), SQL("NULL::numeric")

    @api.model
    def _credit_columns_sql(self, alias, company, partner_ids=None):
        """Return further columns of the query of figures, each after a comma. Extend to add some.

        :param partner_ids: see `_credit_shared_sql`
        :return: (SQL, kinds of exposure that it reads as `total.kind_<kind>`)
        """
        return SQL(), ()

    @api.model
    def _credit_control_sql(self, alias, company):
        # sudo: figures are computed for everybody; their fields say who reads them
        model = self.sudo().with_company(company)
        return SQL("COALESCE(%s, 'none')", model._field_to_sql(alias, "credit_control"))

    @api.model
    def _get_credit_figures_sql(
        self, company, partner_ids=None, beyond=(), kinds=None, gross=False
    ):
        """Return one row per commercial partner with all credit figures in company currency.

        :param company: any company of the legal entity
        :param partner_ids: ids of commercial partners, all when None
        :param beyond: see `credit.exposure.line._get_totals_sql`
        :param kinds: see there; figures that need other kinds are wrong then
        :param gross: see there; overdue amounts are wrong then
        """
        company = company._credit_root()
        # sudo: figures are computed for everybody; their fields say who reads them
        lines = self.env["credit.exposure.line"].sudo()
        control = self._credit_control_sql("customer", company)
        limit = self._credit_effective_limit_sql("customer", company)
        shared_join, shared_limit, shared_use = self._credit_shared_sql(
            "customer", company, partner_ids
        )
        columns, by_kind = self._credit_columns_sql("customer", company, partner_ids)
        common = []
        totals = lines._get_totals_sql(company, partner_ids, beyond, kinds, gross, by_kind, common)
        return SQL(
            """%(common)s SELECT customer.id,
                      COALESCE(total.exposure, 0) AS credit_exposure,
                      granted.amount AS credit_effective_limit,
                      COALESCE(LEAST(
                          CASE WHEN %(control)s <> 'none'
                               THEN granted.amount - COALESCE(total.exposure, 0) END,
                          %(shared_limit)s - %(shared_use)s), 0) AS credit_available,
                      %(shared_limit)s AS shared_limit, %(shared_use)s AS shared_use,
                      COALESCE(total.overdue_0, 0) AS credit_overdue,
                      CASE WHEN total.overdue_0 > 0 THEN total.oldest ELSE 0 END AS credit_days_overdue,
                      COALESCE(total.receivable, 0) AS receivable
                      %(beyond)s %(columns)s
                 FROM res_partner customer
                   -- OFFSET 0: computed once, though it is used twice
           CROSS JOIN LATERAL (SELECT %(limit)s AS amount OFFSET 0) granted
            LEFT JOIN (%(totals)s) total ON total.partner_id = customer.id
                      %(shared_join)s
                WHERE customer.commercial_partner_id = customer.id AND %(partners)s""",
            limit=limit,
            control=control,
            shared_join=shared_join,
            shared_limit=shared_limit,
            shared_use=shared_use,
            beyond=SQL().join(
                SQL(
                    ", COALESCE(total.%(col)s, 0) AS %(col)s", col=SQL.identifier(f"overdue_{days}")
                )
                for days in sorted({*beyond} - {0})
            ),
            columns=columns,
            common=common_sql(common),
            totals=totals,
            partners=SQL("TRUE")
            if partner_ids is None
            else SQL("customer.id IN %s", tuple(partner_ids) or (0,)),
        )

    def _flush_credit_sources(self):
        # sudo: values computed on the way read past the user
        env = self.sudo().env
        env["credit.open.item"]._flush_sources()
        env["res.partner"].flush_model(
            [
                "commercial_partner_id",
                "credit_control",
                "credit_grade_id",
                "credit_limit",
                "credit_limit_amount",
                "credit_limit_currency_id",
                "credit_limit_default",
                "credit_policy_id",
                "credit_segment",
            ]  # fmt: skip
        )

    def _get_credit_figures(self, company, beyond=()):
        """Return {commercial partner id: row} of these customers in one query, two where some are overdue.

        Nobody waits for the set-off of customers who have nothing to set off.

        :return: dicts with the columns of `_get_credit_figures_sql`
        """
        ids = [id_ for id_ in self.ids if isinstance(id_, int)]
        if not ids:
            return {}
        # A check has flushed all there is: asking each source once more costs more than this.
        if self.env._field_dirty or self.env.fields_to_compute():
            self._flush_credit_sources()
        rows = self.env.execute_query_dict(
            self._get_credit_figures_sql(company, ids, beyond, gross=True)
        )
        figures = {row["id"]: row for row in rows}
        overdue = [id_ for id_, row in figures.items() if row["credit_overdue"]]
        if overdue:
            ages = {0: "credit_overdue", **{days: f"overdue_{days}" for days in beyond if days}}
            # sudo: figures are computed for everybody; their fields say who reads them
            sums = self.env["credit.open.item"].sudo()._get_past_due(company, overdue, list(ages))
            for id_ in overdue:
                days, *amounts = sums.get(id_, (0, *(0 for _age in ages)))
                figures[id_].update(zip(ages.values(), amounts, strict=True))
                figures[id_]["credit_days_overdue"] = days
        return figures

    # ------------------------------------------------------------------ search and order

    @api.model
    def _search_credit_figure(self, name, operator, value):
        self._check_field_access(self._fields[name], "read")
        if operator in COMPARISONS:
            condition = SQL(
                "%s %s %s", SQL.identifier("figure", name), SQL(COMPARISONS[operator]), value or 0
            )
        elif operator == "in":
            condition = SQL(
                "%s IN %s", SQL.identifier("figure", name), tuple(v or 0 for v in value) or (None,)
            )
        else:
            return NotImplemented
        company = self.env.company
        self._flush_credit_sources()
        return Domain(
            "commercial_partner_id",
            "in",
            SQL(
                "(SELECT figure.id FROM (%s) figure WHERE %s)",
                self._get_credit_figures_sql(
                    company, kinds=FIGURE_KINDS.get(name), gross=name not in OVERDUE_FIGURES
                ),
                condition,
            ),
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        # Of 50 columns of a partner few are ours.
        if not field_expr.startswith("credit_"):
            return super()._field_to_sql(alias, field_expr, query)
        if field_expr == "credit_currency_id":
            return SQL("%s", self.env.company.currency_id.id)
        if field_expr == "credit_status" and query is not None:
            self._check_field_access(self._fields[field_expr], "read")
            self._flush_credit_sources()
            table = query.make_alias(alias, field_expr)
            if table not in query._joins:
                query.add_join(
                    "LEFT JOIN",
                    table,
                    SQL("(%s)", self._get_credit_status_sql(self.env.company)),
                    SQL(
                        "%s = %s",
                        SQL.identifier(alias, "commercial_partner_id"),
                        SQL.identifier(table, "id"),
                    ),
                )
            return SQL.identifier(table, field_expr)
        if field_expr in FIGURES and query is not None:
            self._check_field_access(self._fields[field_expr], "read")
            self._flush_credit_sources()
            kinds = FIGURE_KINDS.get(field_expr)
            gross = field_expr not in OVERDUE_FIGURES
            name = "_".join(["credit_figures", *(kinds or ()), *(() if gross else ("net",))])
            table = query.make_alias(alias, name)
            if table not in query._joins:
                query.add_join(
                    "LEFT JOIN",
                    table,
                    SQL(
                        "(%s)",
                        self._get_credit_figures_sql(self.env.company, kinds=kinds, gross=gross),
                    ),
                    SQL(
                        "%s = %s",
                        SQL.identifier(alias, "commercial_partner_id"),
                        SQL.identifier(table, "id"),
                    ),
                )
            return SQL.identifier(table, field_expr)
        return super()._field_to_sql(alias, field_expr, query)

    def action_open_credit_overdue(self):
        """Open the items past their due date, and the credits that are not applied to them yet."""
        action, companies = self._credit_open_exposure(), self.env["res.company"]
        action["domain"] = [
            *action["domain"],
            # what settings leave out of the overdue amount is no part of it, or a negative one
            *Domain("days_overdue", ">", 0)
            & Domain("kind", "=", "disputed")
            & Domain("company_id", "in", companies._credit_ids_with("credit_disputed_not_overdue"))
            | Domain("counts", "=", True)
            & Domain("kind", "in", ("receivable", "other"))
            & (Domain("days_overdue", ">", 0) | Domain("amount", "<", 0)),
        ]
        return action

    def action_open_credit_exposure(self):
        """Open the document lines behind the exposure of this customer."""
        action = self._credit_open_exposure()
        action["domain"] = [*action["domain"], ("counts", "=", True)]
        return action

    def action_open_credit_other(self):
        """Open this customer's items on accounts for other receivables, whether they count or not."""
        return self._credit_open_exposure("other")

    def _credit_open_exposure(self, kind=None):
        """Open the document lines of this customer, of one kind or all."""
        self.ensure_one()
        self.check_access("read")
        domain = [
            ("partner_id", "=", self.commercial_partner_id.id),
            ("company_id", "in", self.env.company._credit_entity_ids()),
        ]
        return self._open_records(
            "credit_exposure_line_action",
            domain=[*domain, ("kind", "=", kind)] if kind else domain,
        )
