from dateutil.relativedelta import relativedelta

from odoo import fields, models


class ResCompany(models.Model):
    """Confirmation sheets and takeover: days, thresholds, people (P2-18, P3-02 to P3-07)."""

    _inherit = "res.company"

    collection_sheet_enabled = fields.Boolean(
        "Overdue Confirmation Sheets",
        help="Every month each salesperson confirms his overdue items (P3-03).",
        prefetch="collection",
    )
    collection_sheet_day = fields.Integer(
        "Day of the Overdue Notice",
        default=3,
        help="Day of the month, moved to the next working day; the sheet follows on the working"
        " day after.",
        prefetch="collection",
    )
    collection_sheet_answer_days = fields.Integer(
        "Working Days to Answer", default=5, prefetch="collection"
    )
    collection_sheet_route_days = fields.Integer(
        "Working Days to Route", default=3, prefetch="collection"
    )
    # Months that are dealt with; a day that was missed is made up for once.
    collection_notice_period = fields.Date(readonly=True, prefetch="collection")
    collection_sheet_period = fields.Date(readonly=True, prefetch="collection")

    collection_finance_user_id = fields.Many2one(
        "res.users",
        "Routes Answers",
        help="Finance: routes the answers; empty = the responsible controller.",
        prefetch="collection",
    )
    collection_accounting_user_id = fields.Many2one(
        "res.users",
        "Clears Book Differences",
        help="Accounting: clears differences of the books, and disputes about them; empty = Finance.",
        prefetch="collection",
    )
    collection_sales_head_id = fields.Many2one(
        "res.users",
        "Head of Sales",
        help="Told of late answers, gets disputes about price, quantity and quality; empty = a sales"
        " manager.",
        prefetch="collection",
    )

    collection_takeover_tell_days = fields.Integer(
        "Tell the Team Head over (Days)",
        default=90,
        help="Days overdue; 0 = never (P3-06).",
        prefetch="collection",
    )
    collection_takeover_days = fields.Integer(
        "Team Takes over above (Days)",
        default=180,
        help="Days overdue; 0 = never (P3-06).",
        prefetch="collection",
    )
    collection_evidence_days = fields.Integer(
        "Working Days to Hand in Evidence",
        default=5,
        help="After a takeover (P3-07).",
        prefetch="collection",
    )
    collection_key_sales = fields.Monetary(
        "Key Customer from Yearly Sales of",
        currency_field="currency_id",
        help="Twelve full months, tax included, in company currency; their cases are followed up"
        " every week."
        " 0 = no key customers (P2-18).",
        prefetch="collection",
    )

    _collection_sheet_days = models.Constraint(
        "CHECK(collection_sheet_day BETWEEN 1 AND 28 AND collection_sheet_answer_days BETWEEN 1 AND 60"
        " AND collection_sheet_route_days BETWEEN 1 AND 60 AND collection_evidence_days BETWEEN 1 AND 60)",
        "The day of the month is 1 to 28, deadlines are 1 to 60 working days.",
    )
    _collection_takeover_positive = models.Constraint(
        "CHECK(collection_takeover_tell_days >= 0 AND collection_takeover_days >= 0"
        " AND collection_key_sales >= 0)",
        "Thresholds of the takeover and of key customers cannot be negative.",
    )

    def write(self, vals):
        starting = self.filtered(lambda company: not company.collection_sheet_enabled)
        result = super().write(vals)
        if vals.get("collection_sheet_enabled"):
            for company in starting:
                # Days gone by before they were wanted are not made up for.
                yesterday = company._credit_today() - relativedelta(days=1)
                company.collection_notice_period = company._collection_sheet_month(yesterday)
                company.collection_sheet_period = company._collection_sheet_month(yesterday, 1)
        return result

    # ------------------------------------------------------------------ days

    def _collection_notice_day(self, month):
        """Day of the Overdue Notice of a month (first of month): the 3rd, or the next working day."""
        day = month + relativedelta(day=self.collection_sheet_day)
        return self._collection_add_workdays(day, 0)

    def _collection_sheet_month(self, day, later=0):
        """First day of the last month whose notice, or sheet with `later` = 1, was due by `day`."""
        month = day + relativedelta(day=1)
        for _try in range(3):
            due = self._collection_notice_day(month)
            if (self._collection_add_workdays(due, later) if later else due) <= day:
                return month
            month -= relativedelta(months=1)
        return month

    # ------------------------------------------------------------------ people

    def _collection_usable(self, users):
        """Those of `users` who can be given work in this company."""
        return users.filtered(lambda u: u.active and not u.share and self in u.company_ids)

    def _collection_group_users(self, *xmlids):
        """Usable users of the first of some groups that has any; the system's own user never."""
        for xmlid in xmlids:
            # sudo: who has a role is read by the system
            users = self._collection_usable(self.env.ref(xmlid).sudo().all_user_ids)
            people = users.filtered(lambda u: u != self.env.ref("base.user_root"))
            if people:
                return people.sorted("id")
        return self.env["res.users"].sudo()

    def _collection_team(self):
        """The team whose head gets what has no owner."""
        return self.env["collection.team"].sudo().search([("company_id", "=", self.id)])[:1]

    def _collection_head(self, team=None):
        """Head of collection: of a team, else of the first team, else a collection manager."""
        self.ensure_one()
        for found in (team, self._collection_team()):
            head = found and self._collection_usable(found.sudo().head_id)
            if head:
                return head
        return self._collection_group_users(
            "credit_collection.group_collection_manager",
            "credit_collection.group_credit_controller",
        )[:1]

    def _collection_finance(self):
        """Who routes the answers of the sheets."""
        chosen = self.sudo().collection_finance_user_id or self.sudo().credit_controller_id
        return (
            self._collection_usable(chosen)
            or self._collection_group_users("credit_collection.group_credit_controller")[:1]
            or self._collection_head()
        )

    def _collection_accounting(self):
        """Who clears differences of the books."""
        return (
            self._collection_usable(self.sudo().collection_accounting_user_id)
            or self._collection_finance()
        )

    def _collection_sales_head(self):
        """Head of sales."""
        return (
            self._collection_usable(self.sudo().collection_sales_head_id)
            or self._collection_group_users("credit_collection.group_credit_sales_manager")[:1]
            or self._collection_head()
        )

    def _collection_owner(self, user):
        """Who answers for the customers of a salesperson: he, or the head when there is none (P3-02)."""
        return self._collection_usable(user) or self._collection_head()


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_sheet_enabled = fields.Boolean(
        related="company_id.collection_sheet_enabled", readonly=False
    )
    collection_sheet_day = fields.Integer(related="company_id.collection_sheet_day", readonly=False)
    collection_sheet_answer_days = fields.Integer(
        related="company_id.collection_sheet_answer_days", readonly=False
    )
    collection_sheet_route_days = fields.Integer(
        related="company_id.collection_sheet_route_days", readonly=False
    )
    collection_finance_user_id = fields.Many2one(
        related="company_id.collection_finance_user_id", readonly=False
    )
    collection_accounting_user_id = fields.Many2one(
        related="company_id.collection_accounting_user_id", readonly=False
    )
    collection_sales_head_id = fields.Many2one(
        related="company_id.collection_sales_head_id", readonly=False
    )
    collection_takeover_tell_days = fields.Integer(
        related="company_id.collection_takeover_tell_days", readonly=False
    )
    collection_takeover_days = fields.Integer(
        related="company_id.collection_takeover_days", readonly=False
    )
    collection_evidence_days = fields.Integer(
        related="company_id.collection_evidence_days", readonly=False
    )
    collection_key_sales = fields.Monetary(
        related="company_id.collection_key_sales",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
