from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# Task of the special team, and its field of collection.team (P1-11).
TEAM_TASKS = (
    ("mail_activity_special_sales", "sales_user_id"),
    ("mail_activity_special_finance", "finance_user_id"),
    ("mail_activity_special_legal", "legal_user_id"),
    ("mail_activity_special_credit", "credit_user_id"),
)

TEAM_DAYS = 5

WEEKLY_COLLECTION = "mail_activity_weekly_collection"

WEEKLY_FINANCE = "mail_activity_weekly_finance"

HIGH_RISK = "mail_activity_high_risk"

# Confirmed by doing the activity: activity type -> field of the case.
CONFIRMS = {WEEKLY_COLLECTION: "date_followup_collection", WEEKLY_FINANCE: "date_followup_finance"}

NOTIFIED_TASK = "mail_activity_takeover_told"

# Cases filed at a time, so that memory stays flat on a first day.
BATCH = 500


class CollectionCase(models.Model):
    """Takeover, special team (P1-11) and weekly follow-up of key customers (P2-18) of a case."""

    _inherit = "collection.case"

    date_special_team = fields.Date(
        "Task Force Since", readonly=True, help="Sales, Finance and Legal got their tasks."
    )
    filing_ids = fields.One2many("collection.filing", "case_id", "Handovers")
    filing_count = fields.Integer("Handover Count", compute="_compute_filing_count")
    is_key_customer = fields.Boolean(
        "Key Account", readonly=True, help="Yearly sales above the threshold of the company."
    )
    date_followup = fields.Date("Follow-up for Week of", readonly=True, help="Monday of the week.")
    date_followup_collection = fields.Date("Follow-up by Collection", readonly=True)
    date_followup_finance = fields.Date("Follow-up by Finance", readonly=True)
    followup_state = fields.Selection(
        [
            ("none", "None"),
            ("open", "To Confirm"),
            ("half", "Confirmed by One"),
            ("done", "Confirmed by Both"),
        ],
        "Weekly Follow-up",
        compute="_compute_followup_state",
    )
    date_high_risk = fields.Date(
        "High-risk Alert on",
        readonly=True,
        tracking=True,
        help="Key account that is overdue and unresponsive.",
    )

    @api.depends("filing_ids")
    def _compute_filing_count(self):
        for case in self:
            case.filing_count = len(case.filing_ids)

    @api.depends("date_followup", "date_followup_collection", "date_followup_finance")
    def _compute_followup_state(self):
        for case in self:
            week = case.date_followup
            done = [
                day
                for day in (case.date_followup_collection, case.date_followup_finance)
                if week and day and day >= week
            ]
            case.followup_state = ("open", "half", "done")[len(done)] if week else "none"

    def _get_collector(self):
        """Return the owner of the case: its collector, else the salesperson (P3-02)."""
        self.ensure_one()
        return self.user_id or self.salesperson_id

    # ------------------------------------------------------------------ buttons

    def action_apply_takeover(self):
        """Open the application for an early takeover by the team (逾期清收申请, P3-06)."""
        self.ensure_one()
        self.check_access("read")
        filing = self.env["collection.filing"].search(
            [("case_id", "=", self.id), ("state", "not in", ("rejected", "cancelled"))], limit=1
        )
        if filing:
            return filing.get_formview_action()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Handover Request"),
            "res_model": "collection.filing",
            "view_mode": "form",
            "context": {"default_case_id": self.id},
        }

    def action_open_filings(self):
        """Open the takeover filings of this case."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records("collection_filing_action", self.filing_ids)

    def action_special_team(self):
        """Give Sales, Finance and Legal their task on this case, once (P1-11).

        :raise AccessError: neither collector of the case nor head nor collection manager
        """
        self.check_access("read")
        user = self.env.user
        for case in self:
            # sudo: the head of the team, seen or not
            people = case.user_id | case.sudo().company_id._collection_head(case.team_id)
            if user not in people and not user._has_role("collection_manager"):
                raise AccessError(
                    self.env._("%s: its collector or the team head calls the team.", case.name)
                )
            if case.state != "open":
                raise UserError(self.env._("%s is closed.", case.name))
        self._start_special_team()
        return True

    def _start_special_team(self):
        """Create three tasks per case that has none yet. Set-based."""
        task = self.env["collection.task"]
        # sudo: tasks go to people of other departments
        for company, found in (
            self.sudo().filtered(lambda c: not c.date_special_team).grouped("company_id").items()
        ):
            today = company._credit_today()
            deadline = company._collection_add_workdays(today, TEAM_DAYS)
            for team, cases in found.grouped("team_id").items():
                head = company._collection_head(team)
                for kind, name in TEAM_TASKS:
                    if name == "credit_user_id" and not team[name]:
                        continue  # the head has no task of a specialist who is not named
                    task._assign(
                        cases,
                        company._collection_usable(team[name]) or head,
                        kind,
                        lambda case, kind=kind: case._get_team_summary(kind),
                        deadline,
                    )
            found._system_write({"date_special_team": today})

    def _get_team_summary(self, kind):
        texts = {
            "mail_activity_special_sales": self.env._(
                "%s: visit the customer and obtain a payment plan", self.partner_id.name
            ),
            "mail_activity_special_finance": self.env._(
                "%s: reconcile the account and get the balance confirmed", self.partner_id.name
            ),
            "mail_activity_special_credit": self.env._(
                "%s: review credit limit, term and orders on hold", self.partner_id.name
            ),
            "mail_activity_special_legal": self.env._(
                "%s: secure evidence; prepare legal letter, lawsuit or arbitration",
                self.partner_id.name,
            ),
        }
        return texts[kind]

    # ------------------------------------------------------------------ key customers

    @api.model
    def _follow_up_key_customers(self, company):
        """Mark key customers; once a week a task for collector and Finance on each case (P2-18)."""
        key_ids = self._get_key_customers(company)
        cases = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                "|",
                ("partner_id", "in", key_ids),
                ("is_key_customer", "=", True),
            ]
        )
        keys = set(key_ids)
        key = cases.filtered(lambda case: case.partner_id.id in keys)
        (key.filtered(lambda case: not case.is_key_customer))._system_write(
            {"is_key_customer": True}
        )
        (cases - key).filtered("is_key_customer")._system_write({"is_key_customer": False})
        today = company._credit_today()
        monday = today - timedelta(days=today.weekday())
        due = key.filtered(lambda case: case.date_followup != monday).with_user(SUPERUSER_ID)
        # Given by the system, whoever started the run: only such a task confirms, see below.
        task = self.env["collection.task"].with_user(SUPERUSER_ID)
        deadline = max(
            company._collection_add_workdays(monday, 4), company._collection_add_workdays(today, 0)
        )
        finance = company._collection_finance()
        for user, part in due.grouped("user_id").items():
            owner = company._collection_usable(user) or company._collection_head()
            task._assign(part, owner, WEEKLY_COLLECTION, self._weekly_summary, deadline)
        task._assign(due, finance, WEEKLY_FINANCE, self._weekly_summary, deadline)
        due._system_write({"date_followup": monday})
        self._alert_high_risk(key.filtered(lambda c: c.is_evasive and not c.date_high_risk), today)

    def _weekly_summary(self, case):
        # The same words every week: while one is open, no second one comes.
        return case.env._("%s: weekly follow-up of a key account", case.partner_id.name)

    def _alert_high_risk(self, cases, today):
        """Notify the credit controller of late and evasive customers, once per case."""
        for company, found in cases.grouped("company_id").items():
            chosen = company._collection_usable(company.credit_controller_id)
            for user in chosen or company._credit_controllers():
                self.env["collection.task"]._assign(
                    found,
                    user,
                    HIGH_RISK,
                    lambda case: case.env._(
                        "High risk: key account %s is overdue and unresponsive",
                        case.partner_id.name,
                    ),
                    today + timedelta(days=1),
                )
            found._system_write({"date_high_risk": today})

    # ------------------------------------------------------------------ collection run takeover

    @api.model
    def _apply_takeover(self, company):
        """Notify the head of cases over three months, file those over six. Again: no change."""
        notify_days, take_days = (
            company.collection_takeover_notify_days,
            company.collection_takeover_days,
        )
        bounds = [days for days in (notify_days, take_days) if days]
        if not bounds:
            return
        self.flush_model(["partner_id", "company_id", "state", "takeover_state"])
        # sudo: the takeover counts every open item
        items = self.env["credit.open.item"].sudo()
        items._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """SELECT kase.id, oldest.days, kase.takeover_state
                     FROM collection_case kase
                     JOIN (SELECT item.partner_id, MAX(item.days) AS days
                             FROM (%s) item WHERE item.net > 0
                         GROUP BY item.partner_id) oldest ON oldest.partner_id = kase.partner_id
                    WHERE kase.company_id = %s AND kase.state = 'open'
                      AND kase.takeover_state <> 'taken' AND oldest.days > %s
                 ORDER BY oldest.days DESC, kase.id""",
                items._get_items_sql(company, overdue=min(bounds)),
                company.id,
                min(bounds),
            )
        )
        taken = [case for case, days, _state in rows if take_days and days > take_days]
        notified = [
            case
            for case, days, state in rows
            if notify_days
            and days > notify_days
            and state == "none"
            and not (take_days and days > take_days)
        ]
        self.browse(notified)._notify_head(company)
        for start in range(0, len(taken), BATCH):
            self.env["collection.filing"]._file_mandatory(self.browse(taken[start : start + BATCH]))

    def _notify_head(self, company):
        if not self:
            return
        deadline = company._collection_add_workdays(company._credit_today(), 3)
        for team, cases in self.grouped("team_id").items():
            self.env["collection.task"]._assign(
                cases,
                company._collection_head(team),
                NOTIFIED_TASK,
                lambda case: case.env._(
                    "%s: long overdue, arrange support for the collector", case.partner_id.name
                ),
                deadline,
            )
        self.with_context(tracking_disable=len(self) > 1)._system_write({"takeover_state": "told"})

    # ------------------------------------------------------------------ key customers

    @api.model
    def _get_key_customers(self, company):
        """Return ids of customers with an open case and yearly sales of at least the threshold (P2-18).

        Sales are those of `res.partner._credit_monthly_sales`, over the last twelve full months;
        the threshold is that of the customer's policy, else of the company.
        """
        partners = self.search([("company_id", "=", company.id), ("state", "=", "open")]).partner_id
        today = company._credit_today()
        # sudo: the run reads the sales of every customer
        moves = self.env["account.move"].sudo()
        found = []
        for policy, part in partners.grouped(lambda p: p._credit_policy(company)).items():
            threshold = policy.collection_key_sales or company.collection_key_sales
            if company.currency_id.compare_amounts(threshold, 0) > 0:
                groups = moves._read_group(
                    part._credit_sales_domain(company, 12, today),
                    ["commercial_partner_id"],
                    having=[("amount_total_signed:sum", ">=", threshold)],
                )
                found += [partner.id for (partner,) in groups]
        return found


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Confirm a weekly follow-up for its side when it is done (P2-18).

        Only the task of the run, done by its assignee, or by a manager.
        """
        manager = self.env.user._has_role("collection_manager")
        done = {
            name: self.env["collection.case"].browse(
                self.filtered(
                    lambda activity, kind=kind: (
                        activity.res_model == "collection.case"
                        and activity.create_uid.id == SUPERUSER_ID
                        and (manager or activity.user_id == self.env.user)
                        and activity.activity_type_id == self.env.ref(f"credit_collection.{kind}")
                    )
                ).mapped("res_id")
            )
            for kind, name in CONFIRMS.items()
        }
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for name, cases in done.items():
            # sudo: doing the task is the confirmation
            for company, found in cases.exists().sudo().grouped("company_id").items():
                found._system_write({name: company._credit_today()})
        return result
