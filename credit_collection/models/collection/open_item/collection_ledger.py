from odoo import api, fields, models
from odoo.tools import SQL, Query

from ...credit.exposure.credit_exposure_line import SOURCES as EXPOSURE_SOURCES
from ...credit.exposure.credit_open_item import SOURCES as ITEM_SOURCES

# Named so that groups, which the database sorts by name, stand in order of age.
AGE_BUCKETS = [
    ("credit", "Unapplied"),
    ("current", "Not Due"),
    ("d030", "1–30 Days"),
    ("d060", "31–60 Days"),
    ("d090", "61–90 Days"),
    ("d180", "91–180 Days"),
    ("d365", "181–365 Days"),
    ("older", "Over 365 Days"),
]

# Last day of each bucket of overdue items, and its points of the score.
AGE_LIMITS = [(30, "d030"), (60, "d060"), (90, "d090"), (180, "d180"), (365, "d365")]

AGE_POINTS = {"d030": 10, "d060": 20, "d090": 25, "d180": 30, "d365": 35, "older": 40}

CLASS_POINTS = {"A": 25, "B": 15, "C": 5}

TYPE_POINTS = {"individual": 5, "sme": 3, "export": 3}

RISK_POINTS = {"high": 20, "medium": 10}

EVASIVE_POINTS = 10

BROKEN_POINTS = 5  # per broken promise; evasive and broken together at most 10

# Classes of debts (P3-27), named so that groups stand in this order; see `_debt_class_sql`.
DEBT_CLASSES = [
    ("1_normal", "Normal"),
    ("2_watch", "Special Mention"),
    ("3_overdue", "Overdue"),
    ("4_dormant", "Dormant"),
]

CASE_FIELDS = [
    "partner_id", "company_id", "state", "stage_id", "user_id", "team_id", "date_last_contact",
    "broken_promise_count", "is_evasive", "is_key",
]  # fmt: skip


def age_bucket_sql(days):
    """Return SQL of the age bucket of `days` (SQL, days overdue)."""
    return SQL(
        "(CASE WHEN %(days)s <= 0 THEN 'current' %(limits)s ELSE 'older' END)",
        days=days,
        limits=SQL(" ").join(
            SQL("WHEN %s <= %s THEN %s", days, limit, bucket) for limit, bucket in AGE_LIMITS
        ),
    )


class CollectionLedger(models.Model):
    """Receivables ledger (P1-13): every open item with its collection data.

    One row per open instalment and per credit not applied, from the one SQL of open items,
    so that the sum of `amount` is the receivable part of the ledger of exposure. Three tags
    (P2-05), age, amount class of the customer and customer type, and a score from 0 to 100
    order the high-risk list; see `_score_sql`. Age, amount and standing together make one of
    four classes (P3-27).
    """

    _name = "collection.ledger"
    _inherit = "credit.query.mixin"
    _description = "Receivables Ledger"
    _auto = False
    _rec_name = "name"
    _order = "days desc, date_maturity, id"
    _depends = {
        **EXPOSURE_SOURCES,
        "account.move": [
            *EXPOSURE_SOURCES["account.move"],
            *ITEM_SOURCES["account.move"],
        ],
        "account.move.line": [
            *EXPOSURE_SOURCES["account.move.line"],
            *ITEM_SOURCES["account.move.line"],
        ],
        "res.partner": [
            *EXPOSURE_SOURCES["res.partner"],
            "credit_grade_id", "credit_risk_level", "credit_segment", "collection_user_id",
        ],
        "res.company": [
            *EXPOSURE_SOURCES["res.company"],
            "collection_amount_a", "collection_amount_b", "collection_high_risk_score",
            "collection_watch_days", "collection_dormant_days",
        ],
        "collection.case": CASE_FIELDS,
        "collection.promise.line": ["move_line_id", "date_promised", "state"],
    }  # fmt: skip

    move_line_id = fields.Many2one("account.move.line", "Item", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    name = fields.Char(related="move_id.name", string="Document")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True)
    date_maturity = fields.Date("Due Date", readonly=True, help="Of the installment.")
    days = fields.Integer(
        "Days Overdue", readonly=True, aggregator="max", help="Negative before the due date."
    )
    amount = fields.Monetary(
        "Amount Due",
        currency_field="company_currency_id",
        readonly=True,
        help="Amount due in company currency; unapplied credits are negative.",
    )
    amount_currency = fields.Monetary("Open (Document Currency)", readonly=True, aggregator=None)
    net = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Remainder after unapplied credits pay the oldest item first.",
    )
    overdue = fields.Monetary(
        currency_field="company_currency_id", readonly=True, help="`Net` of what is past due."
    )
    chase = fields.Monetary(
        "To Collect",
        currency_field="company_currency_id",
        readonly=True,
        help="Part that can be collected today.",
    )
    amount_blocked = fields.Monetary(
        "Suspended Amount",
        currency_field="company_currency_id",
        readonly=True,
        help="Disputed, promised, under agreement, excluded, in payment.",
    )
    block_codes = fields.Char("Suspension Codes", readonly=True)
    case_id = fields.Many2one("collection.case", readonly=True)
    stage_id = fields.Many2one("collection.stage", readonly=True)
    user_id = fields.Many2one("res.users", "Collector", readonly=True)
    is_key = fields.Boolean("Priority Case", readonly=True)
    date_last_contact = fields.Datetime("Last Contact", readonly=True)
    date_promised = fields.Date("Promised for", readonly=True)
    grade_id = fields.Many2one("credit.grade", readonly=True)
    risk_level = fields.Selection(
        selection=lambda self: self.env["res.partner"]._fields["credit_risk_level"].selection,
        string="Risk",
        readonly=True,
    )
    age_bucket = fields.Selection(AGE_BUCKETS, "Age", readonly=True)
    amount_class = fields.Selection(
        [("A", "A (large)"), ("B", "B (medium)"), ("C", "C (small)")],
        readonly=True,
        help="By the customer's total debt; thresholds in Settings.",
    )
    customer_type = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]._fields["credit_segment"]._description_selection(self.env)
        ),
        readonly=True,
    )
    score = fields.Integer(
        readonly=True,
        aggregator="max",
        help="0 to 100: age up to 40, amount class up to 25, customer type up to 5, risk of the"
        " customer up to 20, unresponsive or broken promises up to 10.",
    )
    is_high_risk = fields.Boolean("High Risk", readonly=True)
    debt_class = fields.Selection(
        DEBT_CLASSES,
        "Class",
        readonly=True,
        help="Special mention: overdue, or not yet due and the customer is at high risk, unresponsive"
        " or broke a promise. Overdue: for longer than the days of Settings, or overdue with a large amount"
        " or such a customer. Dormant: for longer than the second number of days, or beyond class"
        " Special Mention and unresponsive.",
    )
    reason_id = fields.Many2one(related="move_id.collection_reason_id", string="Overdue Reason")
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id", string="Country")

    # ---- The ledger in words
    score_why = fields.Char("Why This Score", compute="_compute_score_why")
    block_reason = fields.Char("Suspension Reason", compute="_compute_block_reason")

    @property
    def _table_query(self):
        return self._get_ledger_sql(self._get_companies())

    # ------------------------------------------------------------------ the view

    @api.model
    def _get_companies(self):
        """Return the companies whose ledger the user reads."""
        companies = self.env.companies
        if self.env.su:
            # sudo: the superuser reads the ledger of every company
            companies = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        return companies._credit_root()

    def _fetch_query(self, query, fields):
        """Compute the columns of a page for its customers alone: the set-off needs no others."""
        found = self.env.execute_query(
            query.select(
                SQL.identifier(self._table, "id"),
                self._field_to_sql(self._table, "partner_id", query),
            )
        )
        rows = self.browse(row_id for row_id, _partner_id in found)
        if rows:
            ledger = self._get_ledger_sql(
                self._get_companies(), sorted({partner_id for _row_id, partner_id in found})
            )
            page = Query(self.env, self._table, SQL("(%s)", ledger))
            page.add_where(SQL("%s IN %s", SQL.identifier(self._table, "id"), rows._ids))
            super()._fetch_query(page, fields)
        return rows

    @api.model
    def _get_ledger_sql(self, companies, partner_ids=None):
        """Return SQL of the ledger of companies; see the fields for the columns.

        :param partner_ids: ids of commercial partners; all when None
        """
        items = self.env["credit.open.item"]
        return SQL(
            """SELECT row.*,
                      row.is_due AND row.score >= company.collection_high_risk_score AS is_high_risk,
                      %(debt_class)s AS debt_class
                 FROM (
                    SELECT tagged.*, %(score)s AS score
                      FROM (
                        SELECT item.move_line_id AS id, item.move_line_id, item.move_id,
                               item.partner_id, item.company_id, item.currency_id, item.date,
                               item.date_maturity,
                               CASE WHEN item.amount > 0 THEN item.days ELSE 0 END AS days,
                               item.amount, item.amount_currency, item.net,
                               CASE WHEN item.days > 0 THEN item.net ELSE 0 END AS overdue,
                               item.chase, item.net - item.chase AS amount_blocked,
                               NULLIF(array_to_string(item.block_codes, ','), '') AS block_codes,
                               item.days > 0 AND item.net > 0 AS is_due,
                               debt.id AS case_id, debt.stage_id, debt.is_key, debt.is_evasive,
                               debt.broken_promise_count, debt.date_last_contact,
                               COALESCE(debt.user_id, %(collector)s) AS user_id,
                               promise.date_promised,
                               %(grade)s AS grade_id, %(risk)s AS risk_level,
                               %(segment)s AS customer_type,
                               CASE WHEN item.amount <= 0 THEN 'credit' ELSE %(age)s END AS age_bucket,
                               CASE WHEN item.total >= company.collection_amount_a THEN 'A'
                                    WHEN item.total >= company.collection_amount_b THEN 'B'
                                    ELSE 'C' END AS amount_class
                          FROM (%(items)s) item
                     LEFT JOIN res_company company ON company.id = item.company_id
                     LEFT JOIN res_partner partner ON partner.id = item.partner_id
                     LEFT JOIN collection_case debt ON debt.partner_id = item.partner_id
                               AND debt.company_id = item.company_id AND debt.state = 'open'
                     LEFT JOIN (SELECT move_line_id, MIN(date_promised) AS date_promised
                                  FROM collection_promise_line WHERE state = 'open'
                                 GROUP BY move_line_id) promise
                               ON promise.move_line_id = item.move_line_id
                      ) tagged
                 ) row
            LEFT JOIN res_company company ON company.id = row.company_id""",
            items=items._get_listed_sql(companies)
            if partner_ids is None
            else items._get_items_sql(companies, partner_ids, with_credits=True),
            score=self._score_sql("tagged"),
            debt_class=self._debt_class_sql("row", "company"),
            age=age_bucket_sql(SQL("item.days")),
            collector=self._by_company_sql("collection_user_id", companies),
            grade=self._by_company_sql("credit_grade_id", companies),
            risk=self._by_company_sql("credit_risk_level", companies),
            segment=self._by_company_sql("credit_segment", companies),
        )

    @api.model
    def _by_company_sql(self, name, companies):
        """Return SQL of a field of `partner` that each company decides, for the company of the row."""
        partners = self.env["res.partner"].sudo()  # sudo: the column only
        field = partners._fields[name]
        value = SQL("partner.%s ->> item.company_id::text", SQL.identifier(name))
        if field.type == "many2one":
            value = SQL("(%s)::int", value)
        fallbacks = []
        for company in companies:
            fallback = field.get_company_dependent_fallback(partners.with_company(company))
            fallback = fallback.id if field.type == "many2one" else fallback
            if fallback:
                fallbacks.append(SQL("WHEN %s THEN %s", company.id, fallback))
        if not fallbacks:
            return value
        return SQL("COALESCE(%s, CASE item.company_id %s END)", value, SQL(" ").join(fallbacks))

    @api.model
    def _score_sql(self, alias):
        """Return SQL of the score of a row, 0 where nothing is overdue; the points stand above."""

        def points(column, table):
            cases = SQL(" ").join(
                SQL("WHEN %s THEN %s", key, value) for key, value in table.items()
            )
            return SQL("CASE %s %s ELSE 0 END", SQL.identifier(alias, column), cases)

        return SQL(
            """(CASE WHEN NOT %(due)s THEN 0 ELSE
                  %(age)s + %(amount)s + %(type)s + %(risk)s
                  + LEAST(CASE WHEN %(evasive)s THEN %(evasive_points)s ELSE 0 END
                          + %(broken_points)s * COALESCE(%(broken)s, 0), 10) END)""",
            due=SQL.identifier(alias, "is_due"),
            age=points("age_bucket", AGE_POINTS),
            amount=points("amount_class", CLASS_POINTS),
            type=points("customer_type", TYPE_POINTS),
            risk=points("risk_level", RISK_POINTS),
            evasive=SQL.identifier(alias, "is_evasive"),
            evasive_points=EVASIVE_POINTS,
            broken=SQL.identifier(alias, "broken_promise_count"),
            broken_points=BROKEN_POINTS,
        )

    @api.model
    def _debt_class_sql(self, row, company):
        """Return SQL of the class of a row by age, amount and standing (P3-27)."""
        return SQL(
            """(CASE WHEN %(row)s.is_due AND (%(row)s.days > %(company)s.collection_dormant_days
                          OR %(row)s.is_evasive
                             AND %(row)s.days > %(company)s.collection_watch_days) THEN '4_dormant'
                     WHEN %(row)s.is_due AND (%(row)s.days > %(company)s.collection_watch_days
                          OR %(row)s.amount_class = 'A' OR %(bad)s) THEN '3_overdue'
                     WHEN %(row)s.is_due OR %(row)s.net > 0 AND %(bad)s THEN '2_watch'
                     ELSE '1_normal' END)""",
            row=SQL.identifier(row),
            company=SQL.identifier(company),
            bad=SQL(
                "(%(row)s.risk_level = 'high' OR %(row)s.is_evasive"
                " OR %(row)s.broken_promise_count > 0)",
                row=SQL.identifier(row),
            ),
        )

    # ------------------------------------------------------------------ buttons

    def action_open_document(self):
        """Open the invoice or entry of the row."""
        self.ensure_one()
        self.check_access("read")
        self.move_id.check_access("read")
        return self.move_id.get_formview_action()

    def action_open_case(self):
        """Open the collection case of the customer."""
        self.ensure_one()
        self.check_access("read")
        self.case_id.check_access("read")
        return self.case_id.get_formview_action()

    def action_ask(self):
        """Release items that Odoo marked No Follow-Up: opens the form for the reason.

        :raise AccessError: the user is neither accountant nor collection manager
        """
        self.check_access("read")
        return self.env["collection.ask"]._open(self)

    # ---- The ledger in words: why a row has its score, and why an item is blocked.

    @api.depends_context("lang")
    @api.depends("score", "age_bucket", "amount_class", "customer_type", "risk_level")
    def _compute_score_why(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("age_bucket", "amount_class", "customer_type", "risk_level")
        }
        for row in self:
            if not row.score:
                row.score_why = False
                continue
            parts = [
                (labels["age_bucket"][row.age_bucket], AGE_POINTS.get(row.age_bucket, 0)),
                (
                    self.env._("amount class %s", row.amount_class),
                    CLASS_POINTS.get(row.amount_class, 0),
                ),
            ]
            if row.customer_type in TYPE_POINTS:
                parts.append(
                    (labels["customer_type"][row.customer_type], TYPE_POINTS[row.customer_type])
                )
            if row.risk_level in RISK_POINTS:
                parts.append(
                    (
                        self.env._("risk: %s", labels["risk_level"][row.risk_level]),
                        RISK_POINTS[row.risk_level],
                    )
                )
            left = row.score - sum(points for _label, points in parts)
            if left > 0:
                parts.append((self.env._("unresponsive or broken promises"), left))
            row.score_why = " + ".join(f"{label} {points}" for label, points in parts)

    @api.depends_context("lang")
    @api.depends("block_codes")
    def _compute_block_reason(self):
        # The texts of a run about letters it did not send.
        labels = dict(
            self.env["collection.run.line"]._fields["skip"]._description_selection(self.env)
        )
        for row in self:
            row.block_reason = ", ".join(
                labels.get(code, code) for code in (row.block_codes or "").split(",") if code
            )
