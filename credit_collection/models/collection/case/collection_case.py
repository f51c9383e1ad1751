from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date, html2plaintext

RESULTS = [
    ("collected", "Collected"),
    ("not_due", "No Longer Overdue"),
    ("settled_in_kind", "Settled in Kind"),
    ("written_off", "Written Off"),
    ("uncollectable", "Uncollectible"),
    ("other", "Other"),
]

SUMMARY_LENGTH = 1000

# The collection plan, as a person enters it.
PLAN = (
    "plan_frequency", "plan_date_next", "plan_payment_mode", "plan_prepayment", "plan_guarantee",
    "path",
)  # fmt: skip

# What a person judges; the path follows from it.
JUDGED = ("willingness", "ability")


class CollectionCase(models.Model):
    """The overdue debt of a customer, its collector and stage (one open per customer).

    open    something is overdue; opened, advanced, lowered by facts
    closed  ended with a result; kept, archived after its year (P3-10)

    | action                       | who                              | restriction                |
    | open, advance, lower, close  | daily run (collection_run_apply) | facts alone                |
    | close with a result, reopen  | collection manager               | a result and a note        |
    | take, pause, plan, notes     | collector                        | open cases                 |
    | assign                       | collection manager               | open cases                 |

    A case that a person closed while something was overdue stays closed (`muted_until`): the run
    opens a new one only when another item falls due after that day.
    Assignment: collection_case_assign.py; rank and why: collection_case_rank.py; collection plan:
    collection_case_schedule.py.
    """

    _name = "collection.case"
    _description = "Collection Case"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "rank desc, id"
    _rec_names_search = ["name", "partner_id"]
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        string="Status",
        default="open",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Collector", tracking=True, index=True)
    team_id = fields.Many2one("collection.team", tracking=True, check_company=True)
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    stage_id = fields.Many2one(
        "collection.stage",
        readonly=True,
        tracking=True,
        index=True,
        group_expand="_read_group_stage_ids",
    )
    date_open = fields.Date("Opened on", readonly=True)
    amount_opened = fields.Monetary(
        "Overdue when Opened", readonly=True, help="On the day on which the case was opened."
    )
    date_stage = fields.Date("In This Stage Since", readonly=True)
    date_close = fields.Date("Closed on", readonly=True)
    result = fields.Selection(RESULTS, readonly=True, tracking=True)
    result_note = fields.Text()
    is_key = fields.Boolean("Priority Case", readonly=True, tracking=True)
    is_evasive = fields.Boolean(
        "Unresponsive",
        tracking=True,
        help="Overdue, and answers neither calls nor letters. Orders are put on hold.",
    )
    takeover_state = fields.Selection(
        [("none", "Collector"), ("told", "Team Head Notified"), ("taken", "Handed Over")],
        "Handover",
        default="none",
        required=True,
        readonly=True,
        tracking=True,
        help=(
            "After three months overdue the team head is notified; after six, the case is "
            "handed over to the team."
        ),
    )
    date_pause = fields.Date(
        "Paused until",
        readonly=True,
        tracking=True,
        help="Neither letters nor new activities up to this day.",
    )
    pause_reason = fields.Char("Reason for the Pause", readonly=True, tracking=True)
    pause_user_id = fields.Many2one("res.users", "Paused by", readonly=True, tracking=True)
    pause_start = fields.Date(
        "Paused since", readonly=True, help="First day of pauses that follow each other."
    )
    can_resume = fields.Boolean(compute="_compute_can_resume")
    is_paused = fields.Boolean("Paused", compute="_compute_is_paused", search="_search_is_paused")
    # Written by the run: level and date of its last activity, and the roles it notified.
    activity_level = fields.Integer(readonly=True, aggregator=None)
    date_activity = fields.Date(readonly=True)
    escalation_ids = fields.Many2many(
        "collection.escalation", string="Escalation Rules Applied", readonly=True
    )
    run_line_ids = fields.One2many(
        "collection.run.line",
        "case_id",
        "History of Stages",
        readonly=True,
        domain=[("run_id.state", "!=", "preview")],
    )
    muted_until = fields.Date(
        "Closed Manually on",
        readonly=True,
        help="Items due before this date do not reopen the case.",
    )
    # Order of the worklist; written by the run and by events, see collection_case_rank.py.
    rank = fields.Float(
        readonly=True, aggregator=None, help="Expected benefit of contact; highest first."
    )
    rank_facts = fields.Json(readonly=True)
    # Of one line: lists show it whole to the pointer.
    why = fields.Char("Why Listed", compute="_compute_why")
    date_last_contact = fields.Datetime("Last Contact", readonly=True)
    last_contact_text = fields.Text(readonly=True, help="Note of the last contact.")
    broken_promise_count = fields.Integer("Broken Promises", readonly=True, aggregator=None)

    # As the books are now, from credit.open.item.
    amount_overdue = fields.Monetary("Overdue", compute="_compute_amounts")
    amount_blocked = fields.Monetary(
        "Suspended Amount",
        compute="_compute_amounts",
        help="Disputed, promised, under agreement, excluded.",
    )
    amount_chase = fields.Monetary("To Collect", compute="_compute_amounts")
    chase_currencies = fields.Char(
        "In Currency",
        compute="_compute_amounts",
        help="What is to collect, where invoices are not in the company's currency.",
    )
    days_overdue = fields.Integer(
        compute="_compute_amounts", aggregator="max", help="Of the oldest item still open."
    )
    item_count = fields.Integer("Overdue Items", compute="_compute_amounts")

    contact_ids = fields.One2many("collection.contact", "case_id", "Contacts")
    letter_ids = fields.One2many("collection.letter", "case_id", "Letters")
    promise_ids = fields.One2many("collection.promise", "case_id", "Promises")
    dispute_ids = fields.One2many("collection.dispute", "case_id", "Disputes")
    agreement_ids = fields.One2many("collection.agreement", "case_id", "Repayment Agreements")

    member_ids = fields.One2many("collection.case.member", "case_id", "Project Members")
    can_staff = fields.Boolean(compute="_compute_can_staff")

    _open_once = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'open'",
        "This customer has an open case in this company already.",
    )
    # The first page of the worklist, without sorting all cases.
    _worklist = models.Index("(rank DESC, id) WHERE state = 'open'")

    # ---- Closed cases are archived when their year has ended
    active = fields.Boolean(
        default=True,
        readonly=True,
        help="Cases closed in an earlier year are in the archive, with all they hold.",
    )

    # ---- Mail between customer and case
    date_last_letter = fields.Date("Last Letter", readonly=True)

    # ---- Who may give a case to whom by hand
    can_assign = fields.Boolean(compute="_compute_can_assign")

    @api.depends_context("lang")
    @api.depends("partner_id", "company_id")
    def _compute_amounts(self):
        names = (
            "amount_overdue", "amount_chase", "amount_blocked", "days_overdue", "item_count",
            "chase_currencies",
        )  # fmt: skip
        for company, cases in self._saved(*names).grouped("company_id").items():
            # sudo: sums over items that the user need not see one by one
            found = self.env["credit.open.item"].sudo()._get_overdue(company, cases.partner_id.ids)
            money = company.currency_id.round if company else float
            rows = []
            for case in cases:
                net, chase, days, count, own = found.get(case.partner_id.id, (0, 0, 0, 0, {}))
                rows.append((money(float(net)), money(float(chase)), money(float(net - chase)),
                             days, count, case._format_currencies(own)))  # fmt: skip
            # Into the cache of all at once: a list shows eighty.
            for name, values in zip(names, zip(*rows, strict=True), strict=True):
                self._fields[name]._insert_cache(cases, values)

    def _saved(self, *names):
        """Return those of these cases that are records of the database; others show their figures.

        What a form says while it is filled in names no customer whose figures the user may see.

        :param names: computed fields
        """
        saved = self.filtered(lambda case: isinstance(case.id, int))
        for case in self - saved:
            for name in names:
                case[name] = case._origin[name]
        return saved

    def _format_currencies(self, amounts):
        """Return {currency id: amount} in words; nothing where all is in the company's currency."""
        currencies = (
            self.env["res.currency"]
            .browse(map(int, amounts))
            .filtered(lambda currency: not currency.is_zero(amounts[str(currency.id)]))
        )
        if currencies <= self.currency_id:
            return None
        return " + ".join(
            currency.format(amounts[str(currency.id)]) for currency in currencies.sorted("name")
        )

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        return stages

    def _get_open_fields(self):
        if self.state == "open":
            opened = {"user_id", "team_id", "is_evasive", "result_note", *PLAN, *JUDGED}
            # Rows have rights of their own; whether we sued is not for the collector to say.
            opened |= {"member_ids"} if self.can_staff else set()
            return opened | ({"date_suit"} if self._may_enter_suit() else set())
        review = {"review_course", "review_solution", "review_lesson"}
        return {"result_note"} | (review if self.state == "closed" else set())

    @api.depends("date_pause", "state")
    def _compute_is_paused(self):
        for case in self:
            today = case.company_id._credit_today()
            case.is_paused = bool(
                case.state == "open" and case.date_pause and case.date_pause >= today
            )

    def _search_is_paused(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        today = self.env.company._credit_today()
        return [("state", "=", "open"), ("date_pause", ">=", today)]

    @api.depends("pause_user_id", "is_paused")
    @api.depends_context("uid")
    def _compute_can_resume(self):
        for case in self:
            case.can_resume = case.is_paused and not case._is_paused_above()

    def _is_paused_above(self):
        """Return whether a collection manager paused the case, and the user is none."""
        # sudo: the role of a colleague
        author = self.sudo().pause_user_id
        return bool(
            self.is_paused
            and author
            and author._has_role("collection_manager")
            and not self.env.user._has_role("collection_manager")
        )

    def action_pause(self):
        """Ask until when, and why, these cases pause: collectors and their managers."""
        self._check_may_pause()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause Collection"),
            "res_model": "collection.case.pause",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_ids": self.ids},
        }

    def action_resume(self):
        """End the pause of these cases: collectors and their managers.

        :raise AccessError: a manager paused one, and the user is no manager
        """
        self._check_may_pause()
        for company, cases in self.filtered("is_paused").grouped("company_id").items():
            # The last day stays known: a pause that follows is counted with this one.
            ended = fields.Date.subtract(company._credit_today(), days=1)
            cases._system_write({"date_pause": ended, "pause_reason": False})
        return True

    def _check_may_pause(self):
        """Raise unless the user may pause these cases, all of them open."""
        self.env.user._require_role(
            self.env._("Pausing collection cases"), "collector", "collection_manager"
        )
        self.check_access("write")
        self._check_open()
        for case in self:
            if case._is_paused_above():
                raise AccessError(
                    self.env._(
                        "%(case)s was paused by %(user)s until %(date)s: only a collection manager"
                        " changes that.",
                        case=case.display_name,
                        user=case.sudo().pause_user_id.name,  # sudo: a name
                        date=format_date(self.env, case.date_pause),
                    )
                )

    def _do_pause(self, until, reason):
        """Write neither letters nor new activities up to and including a day.

        Pauses by collectors that follow each other within the days a collector may pause are one.

        :raise AccessError: a manager paused one, and the user is no manager
        :raise ValidationError: no day or reason, a day in the past, or further than the user may;
            a year at most
        """
        self._check_may_pause()
        reason = (reason or "").strip()
        manager = self.env.user._has_role("collection_manager")
        for case in self:
            today = case.company_id._credit_today()
            # sudo: the limit of days is the company's setting
            days = 366 if manager else case.company_id.sudo().collection_pause_max_days
            again = case.date_pause and case.date_pause >= fields.Date.subtract(today, days=days)
            start = case.pause_start if again and case.pause_start and not manager else today
            last = fields.Date.add(start, days=days)
            if not until or not reason or not today <= until <= last:
                raise ValidationError(
                    self.env._(
                        "%(case)s: a pause needs a reason and a last day from today to %(last)s;"
                        " given: %(date)s. Collection managers may pause for up to a year.",
                        case=case.display_name,
                        last=format_date(self.env, last),
                        date=format_date(self.env, until) if until else self.env._("none"),
                    )
                    if last >= today
                    else self.env._(
                        "%(case)s: pauses since %(start)s have used the %(days)s days of a collector."
                        " A collection manager may pause it for up to a year.",
                        case=case.display_name,
                        start=format_date(self.env, start),
                        days=days,
                    )
                )
            case._system_write(
                {
                    "date_pause": until,
                    "pause_reason": reason,
                    "pause_user_id": self.env.user.id,
                    "pause_start": start,
                }
            )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for case in self:
            case.display_name = f"{case.name} · {case.partner_id.display_name or ''}"

    # ---- Actions of people on a case: close it with a result, open it again.

    @api.model
    def _find_open(self, customers, companies, *domain):
        """Open cases of customers in companies, one at most of each pair, that the caller may read.

        :param customers: commercial partners: contacts have no case of their own
        """
        return self.search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "in", companies._credit_root().ids),
                ("state", "=", "open"),
                *domain,
            ]
        )

    def _check_manager(self):
        if not self.env.su:
            self.env.user._require_role(
                self.env._("Managing collection cases"), "collection_manager"
            )

    def action_close(self):
        """Ask with which result these cases are closed: collection managers."""
        self._check_manager()
        self._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close Cases"),
            "res_model": "collection.case.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_ids": self.ids},
        }

    def _do_close(self, result, note=False):
        """Close open cases by hand: items overdue now do not open a case again.

        :param result: key of `RESULTS`
        """
        # sudo: the right was checked before; the case is the system's
        for company, cases in self.sudo().grouped("company_id").items():
            today = company._credit_today()
            cases._system_write(
                {
                    "state": "closed",
                    "result": result,
                    "result_note": note,
                    "date_close": today,
                    "muted_until": today,
                }
            )
            cases.activity_ids.filtered("automated").unlink()
            cases._end_plans()

    def action_reopen(self):
        """Open closed cases again: collection managers.

        :raise UserError: the customer has an open case already
        """
        self._check_manager()
        self.check_access("write")
        # sudo: the right was checked above; the case may have any collector
        for case in self.sudo():
            if case.state == "open":
                continue
            rival = self._find_open(case.partner_id, case.company_id)
            if rival:
                raise UserError(
                    self.env._(
                        "%(customer)s has an open case already: %(case)s.",
                        customer=case.partner_id.display_name,
                        case=rival.name,
                    )
                )
            case._system_write(
                {"state": "open", "active": True, "result": False, "date_close": False,
                 "muted_until": False}
            )  # fmt: skip
            if not case.user_id.active:
                case._reassign()
        self._refresh()
        return True

    # ---- Closed cases are archived when their year has ended (P3-10).

    @api.model
    def _cron_archive(self):
        """Archive the cases that were closed before this year began, per company's calendar."""
        for company in self.env["res.company"].search([("parent_id", "=", False)]):
            self.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "closed"),
                    ("date_close", "<", company._credit_today().replace(month=1, day=1)),
                ]
            )._system_write({"active": False})

    # ---- Mail between customer and case.

    def _message_post_after_hook(self, message, msg_values):
        """Log a mail of the customer that arrives on the case as a contact (P1-08)."""
        result = super()._message_post_after_hook(message, msg_values)
        author = message.author_id
        # sudo: users of a contact are read by administrators only
        if message.message_type == "email" and not any(
            user._is_internal() for user in author.sudo().user_ids
        ):
            # The gateway may run as any user.
            self.env["collection.contact"]._system_create(
                {
                    "case_id": self.id,
                    "user_id": False,
                    "person_id": author.id,
                    "channel": "mail",
                    "direction": "in",
                    "result": "message",
                    "summary": html2plaintext(message.body or "").strip()[:SUMMARY_LENGTH]
                    or message.subject,
                    "is_automatic": True,
                }
            )
        return result

    # ---- Who may assign a case to whom by hand, and name its project members.

    @api.depends_context("uid")
    @api.depends("team_id", "state")
    def _compute_can_staff(self):
        manager = self.env.su or self.env.user._has_role("collection_manager")
        for case in self:
            # sudo: the head of the team, whoever may read it
            head = case.sudo().team_id.head_id == self.env.user
            case.can_staff = case.state == "open" and (manager or head)

    @api.depends_context("uid")
    def _compute_can_assign(self):
        self.can_assign = self.env.su or self.env.user._has_role("collection_manager")

    def write(self, vals):
        if not {"user_id", "team_id"}.isdisjoint(vals) and not self._is_system():
            self._check_may_assign(vals)
        result = super().write(vals)
        if not self._is_system() and not vals.keys().isdisjoint(PLAN):
            self._plan_changed()
        return result

    def _check_may_assign(self, vals):
        """Let collectors take cases for themselves, and managers assign them within the company.

        :raise AccessError: somebody else gives a case away
        :raise ValidationError: the collector does not work in the company of the case
        """
        taking = vals.keys() & {"user_id", "team_id"} == {"user_id"}
        # sudo: settings of teams bind their members
        open_teams = all(case.sudo().team_id.may_take or not case.team_id for case in self)
        if not taking or vals["user_id"] != self.env.user.id or not open_teams:
            self._check_manager()
        user = self.env["res.users"].browse(vals.get("user_id") or []).sudo()  # sudo: companies
        for case in self:
            if user and (
                user.share or not user.active or not case.company_id._credit_has_user(user)
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s.",
                        user=user.name,
                        company=case.company_id.name,
                    )
                )
