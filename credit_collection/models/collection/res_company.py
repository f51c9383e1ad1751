from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

ASSIGN_ORDERS = [
    ("territory", "Customer's Collector, then Territory, Salesperson, Round-Robin"),
    ("salesperson", "Customer's Collector, then Salesperson, Territory, Round-Robin"),
]


class ResCompany(models.Model):
    """How a company collects: run, people, authority of collectors, sheets, takeover, ledger."""

    _inherit = "res.company"

    # Times and recipients of letters (P2-21)
    collection_run_mode = fields.Selection(
        [("manual", "Manual"), ("automatic", "Automatic (Daily)")],
        "Collection Run",
        default="manual",
        required=True,
        help="Automatic (Daily): the run starts once a day. Manual: a person reviews a preview "
        "and starts it.",
        prefetch="collection",
    )
    collection_run_hour = fields.Float(
        "Run at",
        default=6.0,
        help="Time of day in the company's time zone, or soon after.",
        prefetch="collection",
    )
    collection_hour_from = fields.Float(
        "Contact from",
        default=8.0,
        prefetch="collection",
        help="Letters go out from this time of day on, in the company's time zone.",
    )
    collection_hour_to = fields.Float(
        "Contact until",
        default=20.0,
        help="Letters go out between these hours only, in the company's time zone.",
        prefetch="collection",
    )
    collection_contact_max = fields.Integer(
        "Maximum Contacts per Customer",
        default=7,
        help="Letters and contacts that were logged; 0 = no limit.",
        prefetch="collection",
    )
    collection_contact_days = fields.Integer(
        "Period (Days)",
        default=7,
        prefetch="collection",
        help="Days in which contacts of a customer are counted, 1 to 365.",
    )
    collection_letter_confirm = fields.Boolean(
        "Second Person Confirms Letters",
        default=True,
        help="Each letter of a type that needs Legal (final demand, letter before legal action,"
        " lawyer's letter) is confirmed by a collection manager or Legal who did not write it.",
        prefetch="collection",
    )
    # Notes that a payment came
    collection_thanks = fields.Boolean(
        "Thank for Overdue Payments",
        help="A customer whose payment is applied to overdue invoices receives a note of thanks,"
        " once per payment.",
        prefetch="collection",
    )
    collection_receipt = fields.Boolean(
        "Confirm Promised Payments",
        help="A customer who promised a payment and pays in time receives a note that it came, once"
        " per payment.",
        prefetch="collection",
    )
    collection_thanks_since = fields.Date(
        "Notes on Payments Since",
        compute="_compute_collection_thanks_since",
        store=True,
        help="Payments before this day are not spoken of.",
        prefetch="collection",
    )
    collection_bank_guard_days = fields.Integer(
        "Bank Reconciliation Check (Days)",
        default=7,
        help="Hold back letters while a bank or cash journal has not been reconciled for this "
        "many days, as payments may not be recorded yet. 0 = off.",
        prefetch="collection",
    )
    # Collectors (P3-02)
    collection_assign_order = fields.Selection(
        ASSIGN_ORDERS,
        "Assignment Order",
        default="territory",
        required=True,
        prefetch="collection",
        help="How a collector is chosen for a new case.",
    )
    collection_case_user_id = fields.Many2one(
        "res.users",
        "Default Collector",
        help="Gets the cases that no team and no salesperson takes; empty = the responsible"
        " controller, else a collection manager.",
        prefetch="collection",
    )
    collection_own_portfolio = fields.Boolean(
        "Collectors See Only Their Own Customers",
        help="Cases, letters, contacts, promises, interest notes, write-offs and confirmations of"
        " other collectors' customers are hidden from a collector.",
        prefetch="collection",
    )
    # Authority of collectors alone, and the days of grace (P2-02)
    collection_promise_grace_days = fields.Integer(
        "Promise Grace Period (Days)",
        default=2,
        help=(
            "A promise counts as broken only this many days after its due date, to allow for "
            "bank transfer time."
        ),
        prefetch="collection",
    )
    collection_promise_max_days = fields.Integer(
        "Maximum Promise Period (Days)",
        default=30,
        help="How far ahead a collector may take a promise; a collection manager is not limited.",
        prefetch="collection",
    )
    collection_exclusion_max_days = fields.Integer(
        "Maximum Exclusion (Days)",
        default=90,
        prefetch="collection",
        help="How far ahead an invoice can be excluded from collection, 1 to 730 days.",
    )
    collection_pause_max_days = fields.Integer(
        "Maximum Pause by a Collector (Days)",
        default=14,
        prefetch="collection",
        help="How many days a collector may pause a case, pauses that follow each other taken together;"
        " a collection manager up to a year.",
    )
    collection_agreement_grace_days = fields.Integer(
        "Installment Grace Period (Days)",
        default=2,
        prefetch="collection",
        help=(
            "An installment is evaluated this many days after its due date, to allow for bank "
            "transfer time."
        ),
    )
    collection_agreement_max_days = fields.Integer(
        "Maximum Agreement Duration (Days)",
        default=95,  # three instalments a month apart end on day 92
        help="From the day of the agreement to the last installment, by a collector alone.",
        prefetch="collection",
    )
    collection_agreement_max_instalments = fields.Integer(
        "Maximum Installments",
        default=6,
        prefetch="collection",
        help="How many installments a collector may agree on alone.",
    )
    collection_agreement_max_amount = fields.Monetary(
        "Maximum Agreement Amount",
        currency_field="currency_id",
        default=100000.0,
        help="Principal that a collector may agree on alone, in company currency.",
        prefetch="collection",
    )
    collection_agreement_fee_rate = fields.Float(
        "Standard Fee (% per Day)",
        digits=(16, 4),
        default=0.02,
        prefetch="collection",
        help="On the amount of an installment, per day; proposed in a new agreement.",
    )
    collection_agreement_max_fee_rate = fields.Float(
        "Largest Fee (% per Day)",
        digits=(16, 4),
        default=0.05,
        prefetch="collection",
        help="Maximum fee of any agreement, whoever approves it. 0.05% per day is 18% per year.",
    )
    collection_agreement_free_count = fields.Integer(
        "Installments without a Fee",
        default=3,
        help="The standard fee is due from the next installment on.",
        prefetch="collection",
    )
    collection_agreement_max_waiver = fields.Monetary(
        "Maximum Fee Waiver",
        currency_field="currency_id",
        default=0.0,
        help="Fee amount a collector may waive without approval, in company currency.",
        prefetch="collection",
    )
    collection_agreement_sign_days = fields.Integer(
        "Signature Deadline (Days)",
        default=7,
        help="An active agreement lapses without the signed copy by then; the collector is reminded"
        " two days before. 0 = it needs no copy.",
        prefetch="collection",
    )
    collection_release_needs_agreement = fields.Boolean(
        "Reason B Needs an Agreement or a Promise",
        default=True,
        help="A release request for reason B needs a repayment agreement that is active or was "
        "fulfilled, or a promise to pay that is open. Off: a description or a file is enough.",
        prefetch="collection",
    )
    # Confirmation sheets (P3-03 to P3-05)
    collection_sheet_enabled = fields.Boolean(
        "Overdue Confirmation Sheets",
        help="Every month, salespeople confirm their overdue items.",
        prefetch="collection",
    )
    collection_sheet_day = fields.Integer(
        "Overdue Summary Sent on Day",
        default=3,
        help="Day of the month, moved to the next working day; the sheet follows on the working"
        " day after.",
        prefetch="collection",
    )
    collection_sheet_answer_days = fields.Integer(
        "Working Days to Answer",
        default=5,
        prefetch="collection",
        help="From the sheet to the salesperson's answer; later ones are late.",
    )
    collection_sheet_route_days = fields.Integer(
        "Working Days to Assign",
        default=3,
        prefetch="collection",
        help="From the answer until Finance has given it to whoever deals with it.",
    )
    # Months that are dealt with; a missed day is made up for once.
    collection_notice_period = fields.Date(
        "Past-Due Notice Period", readonly=True, prefetch="collection"
    )
    collection_sheet_period = fields.Date(readonly=True, prefetch="collection")
    # Clearance leadership group (清欠领导小组, P3-24)
    collection_leader_id = fields.Many2one(
        "res.users",
        "Head of the Leadership Group",
        help="The president: heads the group that receives the monthly clearance reports.",
        prefetch="collection",
    )
    collection_leader_deputy_id = fields.Many2one(
        "res.users", "Deputy Head", help="The CFO.", prefetch="collection"
    )
    collection_leader_ids = fields.Many2many(
        "res.users",
        "collection_leader_rel",
        string="Division Leaders",
        domain=[("share", "=", False)],
        help="Further members of the leadership group.",
    )
    collection_finance_user_id = fields.Many2one(
        "res.users",
        "Answers Assigned by",
        help="Finance: assigns the answers. Empty = the responsible controller.",
        prefetch="collection",
    )
    collection_accounting_user_id = fields.Many2one(
        "res.users",
        "Responsible for Ledger Differences",
        help="Accounting: clears ledger differences and disputes about them. Empty = Finance.",
        prefetch="collection",
    )
    collection_sales_head_id = fields.Many2one(
        "res.users",
        "Head of Sales",
        help="Is notified of late answers and assigned disputes about price, quantity and "
        "quality. Empty = a sales manager.",
        prefetch="collection",
    )
    # Takeover and key customers (P2-18, P3-06, P3-07)
    collection_takeover_notify_days = fields.Integer(
        "Notify Team Head after (Days)",
        default=90,
        help="Days overdue; 0 = never.",
        prefetch="collection",
    )
    collection_takeover_days = fields.Integer(
        "Hand Over to Team after (Days)",
        default=180,
        help="Days overdue; 0 = never.",
        prefetch="collection",
    )
    collection_evidence_days = fields.Integer(
        "Working Days to Submit Evidence",
        default=5,
        help="After a handover.",
        prefetch="collection",
    )
    collection_key_sales = fields.Monetary(
        "Key Account from Yearly Sales of",
        currency_field="currency_id",
        help="Twelve full months, tax included, in company currency; their cases are followed up "
        "every week. 0 = no key accounts.",
        prefetch="collection",
    )
    # Tags and score of the receivables ledger (P2-05)
    collection_amount_a = fields.Monetary(
        "Amount Class A From",
        currency_field="currency_id",
        default=100000.0,
        help="Total debt of the customer, in company currency.",
        prefetch="collection",
    )
    collection_amount_b = fields.Monetary(
        "Amount Class B From",
        currency_field="currency_id",
        default=10000.0,
        prefetch="collection",
        help="Total debt of the customer, in company currency; smaller debts are class C.",
    )
    collection_high_risk_score = fields.Integer(
        "High Risk From (Score)",
        default=60,
        help="Overdue items with this score or more are on the high-risk list.",
        prefetch="collection",
    )

    # Classes of debts (P3-27)
    collection_watch_days = fields.Integer(
        "Class Special Mention up to (Days)",
        default=30,
        help="Days overdue. Longer, or with a large amount or a customer of bad standing: class"
        " Overdue.",
        prefetch="collection",
    )
    collection_dormant_days = fields.Integer(
        "Class Dormant after (Days)",
        default=365,
        help="Days overdue; debts of unresponsive customers after the days of class Special Mention.",
        prefetch="collection",
    )
    # Audit of conduct (P2-30)
    collection_suit_days = fields.Integer(
        "Lawsuit Filed within (Days)",
        default=30,
        help="After the deadline of a letter that announces a lawsuit. Later, the letter is on the"
        " list of conduct as a false promise.",
        prefetch="collection",
    )
    # Order of the worklist (P2-05)
    collection_worklist_order = fields.Selection(
        [("gain", "Expected Result of a Call"), ("score", "High-Risk Score")],
        "Worklist Ordered by",
        default="gain",
        required=True,
        help="High-Risk Score: the customers of the high-risk list come first.",
        prefetch="collection",
    )

    _collection_hours_range = models.Constraint(
        "CHECK(collection_run_hour >= 0 AND collection_run_hour < 24 AND collection_hour_from >= 0"
        " AND collection_hour_from < collection_hour_to AND collection_hour_to <= 24)",
        "Hours lie between 0:00 and 24:00, and the first is before the last.",
    )
    _collection_limits_positive = models.Constraint(
        "CHECK(collection_contact_max >= 0 AND collection_contact_days BETWEEN 1 AND 365"
        " AND collection_bank_guard_days >= 0)",
        "Limits of contacts and of the bank guard cannot be negative; contacts count within 1 to"
        " 365 days.",
    )
    _collection_resolution_range = models.Constraint(
        "CHECK(collection_promise_grace_days BETWEEN 0 AND 31"
        " AND collection_agreement_grace_days BETWEEN 0 AND 31"
        " AND collection_promise_max_days BETWEEN 0 AND 365"
        " AND collection_exclusion_max_days BETWEEN 1 AND 730"
        " AND collection_pause_max_days BETWEEN 0 AND 366"
        " AND collection_agreement_max_days BETWEEN 0 AND 3650"
        " AND collection_agreement_max_instalments BETWEEN 0 AND 60"
        " AND collection_agreement_sign_days BETWEEN 0 AND 90)",
        "Collection days are out of range: grace period 0 to 31, promise 0 to 365, exclusion 1 "
        "to 730, pause 0 to 366, agreement 0 to 3650, signature 0 to 90; installments 0 to 60.",
    )
    _collection_resolution_positive = models.Constraint(
        "CHECK(collection_agreement_max_amount >= 0 AND collection_agreement_max_waiver >= 0"
        " AND collection_agreement_fee_rate BETWEEN 0 AND collection_agreement_max_fee_rate"
        " AND collection_agreement_max_fee_rate BETWEEN 0 AND 1"
        " AND collection_agreement_free_count >= 0)",
        "Amounts of a collector's authority cannot be negative; the maximum fee must be between "
        "0 and 1% per day, and the standard fee cannot exceed it.",
    )
    _collection_sheet_days = models.Constraint(
        "CHECK(collection_sheet_day BETWEEN 1 AND 28 AND collection_sheet_answer_days BETWEEN 1 AND 60"
        " AND collection_sheet_route_days BETWEEN 1 AND 60 AND collection_evidence_days BETWEEN 1 AND 60)",
        "The day of the month is 1 to 28, deadlines are 1 to 60 working days.",
    )
    _collection_takeover_positive = models.Constraint(
        "CHECK(collection_takeover_notify_days >= 0 AND collection_takeover_days >= 0"
        " AND collection_key_sales >= 0)",
        "Thresholds of the handover and of key accounts cannot be negative.",
    )
    _collection_amount_classes = models.Constraint(
        "CHECK(collection_amount_a >= collection_amount_b AND collection_amount_b >= 0)",
        "Amount class A must begin at or above class B.",
    )

    _collection_debt_classes = models.Constraint(
        "CHECK(collection_watch_days >= 0 AND collection_dormant_days > collection_watch_days"
        " AND collection_suit_days >= 0)",
        "Class Dormant must begin after class Special Mention ends, and days cannot be negative.",
    )

    @api.depends("collection_thanks", "collection_receipt")
    def _compute_collection_thanks_since(self):
        for company in self:
            if not (company.collection_thanks or company.collection_receipt):
                company.collection_thanks_since = False
            elif not company.collection_thanks_since:
                company.collection_thanks_since = company._credit_today()

    def write(self, vals):
        starting = self.filtered(lambda company: not company.collection_sheet_enabled)
        result = super().write(vals)
        if vals.get("collection_sheet_enabled"):
            for company in starting:
                # Days before the setting are not made up for.
                yesterday = company._credit_today() - relativedelta(days=1)
                company.collection_notice_period = company._collection_sheet_month(yesterday)
                company.collection_sheet_period = company._collection_sheet_month(yesterday, 1)
        if "collection_worklist_order" in vals:
            # sudo: the order of every collector's worklist
            cases = self.env["collection.case"].sudo()
            cases.search([("company_id", "in", self.ids), ("state", "=", "open")])._refresh()
        return result

    # ------------------------------------------------------------------ where to pay

    def _collection_get_banks(self, currency):
        """Return the accounts to pay to in a currency: those in it, else those without one."""
        self.ensure_one()
        # sudo: printed for customers
        banks = self.sudo().partner_id.bank_ids
        return banks.filtered(lambda bank: bank.currency_id == currency) or banks.filtered(
            lambda bank: not bank.currency_id
        )

    def _collection_can_pay_online(self):
        """Return whether the company takes payments online, so that invoices can be paid by link."""
        self.ensure_one()
        # sudo: providers are the administrator's
        providers = self.env["payment.provider"].sudo()
        return bool(
            providers.search_count(
                [("company_id", "parent_of", self.id), ("state", "!=", "disabled")], limit=1
            )
        )

    # ------------------------------------------------------------------ days and hours

    def _collection_add_workdays(self, day, days):
        """Return the day that is `days` working days after `day`, by the company's working calendar.

        Day 0 is `day` itself, or the next working day when nobody works on it.
        """
        self.ensure_one()
        calendar = self.resource_calendar_id
        if not calendar:
            return day + timedelta(days=days)
        zone = pytz.timezone(calendar.tz or "UTC")
        # Working days from `day` on, `day` included when it is one.
        start = zone.localize(datetime.combine(day, time.min))
        is_workday = self._collection_is_workday(day)
        planned = calendar.plan_days(
            days + 1 if is_workday else max(days, 1), start, compute_leaves=True
        )
        return planned.astimezone(zone).date() if planned else day + timedelta(days=days)

    def _collection_is_workday(self, day):
        """Return whether the company works on a day."""
        self.ensure_one()
        calendar = self.resource_calendar_id
        if not calendar:
            return day.weekday() < 5
        zone = pytz.timezone(calendar.tz or "UTC")
        start = zone.localize(datetime.combine(day, time.min))
        stop = zone.localize(datetime.combine(day, time.max))
        return bool(calendar._work_intervals_batch(start, stop)[False])

    def _collection_notice_day(self, month):
        """Return day of the Overdue Notice of a month (first of month): the 3rd, or the next working day."""
        day = month + relativedelta(day=self.collection_sheet_day)
        return self._collection_add_workdays(day, 0)

    def _collection_sheet_month(self, day, later=0):
        """Return first day of the last month whose notice, or sheet with `later` = 1, was due by `day`."""
        month = day + relativedelta(day=1)
        for _try in range(3):
            due = self._collection_notice_day(month)
            if (self._collection_add_workdays(due, later) if later else due) <= day:
                return month
            month -= relativedelta(months=1)
        return month

    def _collection_hour(self):
        """Return the time of day in the company's time zone, in hours."""
        self.ensure_one()
        zone = self._credit_zone()
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        return now.hour + now.minute / 60.0

    def _collection_may_contact_now(self):
        """Return whether letters may go out at this time of the day (P2-21)."""
        self.ensure_one()
        return self.collection_hour_from <= self._collection_hour() < self.collection_hour_to

    def _collection_guard_journals(self):
        """Return journals with bank lines whose newest reconciled line is too old: no letters go."""
        self.ensure_one()
        # sudo: journals that the user may not read count as well
        journals = self.env["account.journal"].sudo()
        if not self.collection_bank_guard_days:
            return journals
        self.env["account.bank.statement.line"].flush_model(
            ["company_id", "is_reconciled", "journal_id", "move_id"]
        )
        self.env["account.move"].flush_model(["state", "date"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.journal_id
                  FROM account_bank_statement_line line
                  JOIN account_move move ON move.id = line.move_id AND move.state = 'posted'
                  JOIN account_journal journal ON journal.id = line.journal_id AND journal.active
                 WHERE line.company_id IN %s
                 GROUP BY line.journal_id
                HAVING COALESCE(MAX(move.date) FILTER (WHERE line.is_reconciled), '1900-01-01') < %s
                """,
                self._credit_entity_ids(),
                self._credit_today() - timedelta(days=self.collection_bank_guard_days),
            )
        )
        return journals.browse(row[0] for row in rows)

    # ------------------------------------------------------------------ people

    def _collection_usable(self, users):
        """Return those of `users` who can be given work in this company."""
        return self._credit_usable(users)

    def _collection_role_users(self, *roles):
        """Return usable users of the first of some roles that has any; the system's own user never."""
        for role in roles:
            users = self._collection_usable(self.env["res.users"]._get_by_role(role))
            people = users.filtered(lambda u: u != self.env.ref("base.user_root"))
            if people:
                return people.sorted("id")
        # sudo: the same rights as with users that are found
        return self.env["res.users"].sudo()

    def _collection_team(self):
        """Return the team whose head gets work without an owner."""
        # sudo: people named in the settings are found whoever asks
        return (
            self.env["collection.team"]
            .sudo()
            .search([("company_id", "=", self._credit_root().id)])[:1]
        )

    def _collection_head(self, team=None):
        """Return the head of collection: of a team, else of the first team, else a collection manager."""
        self.ensure_one()
        for found in (team, self._collection_team()):
            # sudo: heads are found whoever asks
            head = found and self._collection_usable(found.sudo().head_id)
            if head:
                return head
        return self._collection_role_users("collection_manager", "controller")[:1]

    def _collection_finance(self):
        """Return the users who route the answers of the sheets."""
        # sudo: people named in the settings are found whoever asks
        chosen = self.sudo().collection_finance_user_id or self.sudo().credit_controller_id
        return (
            self._collection_usable(chosen)
            or self._collection_role_users("controller")[:1]
            or self._collection_head()
        )

    def _collection_accounting(self):
        """Return the users who clear differences of the ledger."""
        # sudo: people named in the settings are found whoever asks
        return (
            self._collection_usable(self.sudo().collection_accounting_user_id)
            or self._collection_finance()
        )

    def _collection_sales_head(self):
        """Return the head of sales."""
        # sudo: people named in the settings are found whoever asks
        return (
            self._collection_usable(self.sudo().collection_sales_head_id)
            or self._collection_role_users("sales_manager")[:1]
            or self._collection_head()
        )

    def _collection_leaders(self):
        """Return the leadership group: head, deputy and division leaders (P3-24)."""
        # sudo: people named in the settings are found whoever asks
        company = self.sudo()
        return self._collection_usable(
            company.collection_leader_id
            | company.collection_leader_deputy_id
            | company.collection_leader_ids
        )

    def _collection_owner(self, user):
        """Return the owner of a salesperson's customers: this user if usable, else the head (P3-02)."""
        return self._collection_usable(user) or self._collection_head()
