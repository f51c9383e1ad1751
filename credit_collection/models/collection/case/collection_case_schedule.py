from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...credit.policy.credit_policy_grade import SETTLEMENT_MODES
from .collection_case import PLAN

ASKED = "mail_activity_collection_plan"

NOTICE = "mail_activity_key_case"

LEVELS = [("high", "High"), ("low", "Low")]

PATHS = [
    ("negotiation", "Negotiated Repayment"),
    ("mediation", "Third-Party Mediation"),
    ("suit", "Lawsuit"),
]

# (willingness, ability) to pay: the path proposed.
PROPOSED = {
    ("high", "high"): "negotiation",
    ("high", "low"): "negotiation",
    ("low", "low"): "mediation",
    ("low", "high"): "suit",
}

# Working days to make the plan that a stage requires.
PLAN_DAYS = 2


class CollectionCase(models.Model):
    """The collection plan (催收方案, P1-09, P1-20): how often the customer is contacted, and on which
    terms supply goes on.

    A stage asks the collector for it. Finance and Legal are notified when a case becomes a
    priority case, when the plan of one changes, and when it is late.
    """

    _inherit = "collection.case"

    plan_required = fields.Boolean(related="stage_id.needs_plan", string="Plan Required")
    plan_frequency = fields.Integer("Contact Every (Days)", tracking=True, aggregator=None)
    plan_date_next = fields.Date(
        "Next Contact Due",
        tracking=True,
        help="Moves forward with each logged contact.",
    )
    plan_payment_mode = fields.Selection(SETTLEMENT_MODES, "Interim Payment Method", tracking=True)
    plan_prepayment = fields.Float("Interim Prepayment (%)", tracking=True, aggregator=None)
    plan_guarantee = fields.Char(
        "Guarantee Requested", tracking=True, help="Which guarantee, and from whom."
    )
    # From day 31 on (P2-24)
    willingness = fields.Selection(LEVELS, "Willingness to Pay", tracking=True)
    ability = fields.Selection(LEVELS, "Ability to Pay", tracking=True)
    path = fields.Selection(
        PATHS,
        compute="_compute_path",
        store=True,
        readonly=False,
        tracking=True,
        index="btree_not_null",
        help="Proposed from willingness and ability to pay: willing = negotiation; unwilling and"
        " able = lawsuit; neither = third-party mediation.",
    )
    date_suit = fields.Date(
        "Lawsuit Filed on",
        tracking=True,
        help="Entered by Legal or a collection manager. A letter that announced a lawsuit without"
        " one is on the list of conduct.",
    )
    can_enter_suit = fields.Boolean(compute="_compute_can_enter_suit")
    plan_date_due = fields.Date(
        "Plan Due on", readonly=True, help="By when the collector makes the plan of this stage."
    )
    has_plan = fields.Boolean("Planned", compute="_compute_has_plan")
    # The day whose delay Finance and Legal know of, and since when they know of a priority case.
    plan_date_late = fields.Date(readonly=True)
    date_key_notified = fields.Date("Finance and Legal Notified on", readonly=True)

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_enter_suit(self):
        for case in self:
            case.can_enter_suit = case.state == "open" and case._may_enter_suit()

    def _may_enter_suit(self):
        return self.env.su or self.env.user._has_role("legal", "collection_manager")

    @api.depends("plan_frequency", "plan_date_next")
    def _compute_has_plan(self):
        for case in self:
            case.has_plan = bool(case.plan_frequency and case.plan_date_next)

    @api.depends("willingness", "ability")
    def _compute_path(self):
        for case in self:
            case.path = PROPOSED.get((case.willingness, case.ability), case.path)

    @api.constrains("plan_frequency", "plan_prepayment")
    def _check_plan(self):
        for case in self:
            for name, high in (("plan_frequency", 365), ("plan_prepayment", 100)):
                if not 0 <= case[name] <= high:
                    raise ValidationError(
                        self.env._(
                            "%(case)s: %(field)s must be between 0 and %(high)s (%(value)s).",
                            case=case.name,
                            field=self._fields[name]._description_string(self.env),
                            high=high,
                            value=case[name],
                        )
                    )

    @api.constrains("date_suit")
    def _check_date_suit(self):
        for case in self:
            if case.date_suit and case.date_suit > case.company_id._credit_today():
                raise ValidationError(
                    self.env._(
                        "%(case)s: Lawsuit Filed on %(date)s is still to come.",
                        case=case.name,
                        date=format_date(self.env, case.date_suit),
                    )
                )

    @api.constrains("plan_date_next")
    def _check_plan_date(self):
        for case in self:
            if case.plan_date_next and case.plan_date_next < case.company_id._credit_today():
                raise ValidationError(
                    self.env._(
                        "%(case)s: Next Contact by: %(date)s is in the past; choose today or later.",
                        case=case.name,
                        date=format_date(self.env, case.plan_date_next),
                    )
                )

    # ------------------------------------------------------------------ events

    def _plan_changed(self):
        """Notify Finance and Legal of the plan that a person entered, and end the request for it."""
        planned = self.filtered("has_plan")
        self.env["collection.task"]._unassign(planned, ASKED)
        planned._system_write({"plan_date_due": False, "plan_date_late": False})
        for case in self.filtered("is_key"):
            people = case._get_plan_people() - self.env.user
            for user in people:
                # sudo: a notice of the system, in the language of who gets it
                told = case.sudo().with_context(lang=user.lang)
                told._notify_users(
                    user, told.env._("The collection plan was changed. %s", told._get_plan_text())
                )

    def _end_plans(self):
        """End what is asked and told about the plans of cases that close."""
        self.env["collection.task"]._unassign(self, ASKED, NOTICE)

    def _plan_followed(self):
        """Move the next contact on by the interval of the plan: somebody contacted the customer today."""
        for case in self.filtered(lambda case: case.state == "open" and case.has_plan):
            today = case.company_id._credit_today()
            case._system_write({"plan_date_next": today + timedelta(days=case.plan_frequency)})

    def _get_plan_people(self):
        """Return the users of Finance and Legal who learn of a priority case; of one team and company."""
        company, team = self.company_id, self.sudo().team_id  # sudo: the people of the team
        return (
            company._collection_usable(team.finance_user_id) or company._collection_finance()
        ) | (
            company._collection_usable(team.legal_user_id)
            or company._collection_role_users("legal")[:1]
        )

    def _get_plan_text(self):
        """Return the plan in words, in the language of the environment."""
        self.ensure_one()
        labels = {name: self._fields[name]._description_string(self.env) for name in PLAN}
        modes = dict(self._fields["plan_payment_mode"]._description_selection(self.env))
        paths = dict(self._fields["path"]._description_selection(self.env))
        shown = {
            "plan_frequency": self.plan_frequency,
            "plan_date_next": self.plan_date_next and format_date(self.env, self.plan_date_next),
            "plan_payment_mode": modes.get(self.plan_payment_mode),
            "plan_prepayment": self.plan_prepayment and f"{self.plan_prepayment:g}",
            "plan_guarantee": self.plan_guarantee,
            "path": paths.get(self.path),
        }
        return "; ".join(f"{labels[name]}: {shown[name]}" for name in PLAN if shown[name])

    def _report_to_sales(self, summary):
        """Give the head of sales a task on each of these cases (P1-08).

        :param summary: function of a case, returns the text in the language of its environment
        """
        # sudo: the head of sales is notified, whoever caused it
        for company, cases in self.sudo().grouped("company_id").items():
            self.env["collection.task"]._assign(
                cases,
                company._collection_sales_head(),
                "mail_activity_sales_report",
                summary,
                company._collection_add_workdays(company._credit_today(), 1),
                lambda case: case.last_contact_text or "",
            )

    # ------------------------------------------------------------------ after each run

    @api.model
    def _follow_plans(self, company):
        """Ask for plans; notify Finance and Legal of priority cases and of late plans. Again: no change."""
        today = company._credit_today()
        # Those that a plan or a notice concerns, not all cases of a company.
        cases = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                "|",
                "|",
                ("is_key", "=", True),
                ("date_key_notified", "!=", False),
                ("stage_id.needs_plan", "=", True),
            ]
        )
        cases.filtered(lambda case: case.date_key_notified and not case.is_key)._system_write(
            {"date_key_notified": False}
        )
        key = cases.filtered("is_key")
        fresh = key.filtered(lambda case: not case.date_key_notified)
        fresh._notify_plan_people(
            company, lambda case: case.env._("%s is a priority case", case.partner_id.name)
        )
        fresh._system_write({"date_key_notified": today})
        self._ask_plans(
            company, cases.filtered(lambda case: case.plan_required and not case.has_plan)
        )
        late = key.filtered(lambda case: case._get_plan_delay(today))
        late._notify_plan_people(
            company,
            lambda case: case.env._("%s: the collection plan is late", case.partner_id.name),
        )
        for day, found in late.grouped(lambda case: case._get_plan_delay(today)).items():
            found._system_write({"plan_date_late": day})

    def _get_plan_delay(self, today):
        """Return the day on which plan or contact was due, where that is over and nobody knows yet."""
        day = self.plan_date_next if self.has_plan else self.plan_date_due
        late = day and day < today and day != self.plan_date_late and not self.is_paused
        return day if late else None

    def _ask_plans(self, company, cases):
        """Ask the collectors for the plans of cases, each once."""
        cases = cases.filtered(lambda case: not case.plan_date_due)
        deadline = company._collection_add_workdays(company._credit_today(), PLAN_DAYS)
        for user, found in cases.grouped("user_id").items():
            # A salesperson who has the case reads it only.
            owner = company._collection_usable(user).filtered(lambda u: u._has_role("collector"))
            self.env["collection.task"]._assign(
                found,
                owner or company._collection_head(found.team_id[:1]),
                ASKED,
                lambda case: case.env._("%s: make a collection plan", case.partner_id.name),
                deadline,
                lambda case: case.env._(
                    "How often and when next the customer is contacted; another payment method, a"
                    " guarantee, prepayment."
                ),
            )
        cases._system_write({"plan_date_due": deadline})

    def _notify_plan_people(self, company, summary):
        """Give Finance and Legal a notice of each of these cases, as an activity."""
        deadline = company._collection_add_workdays(company._credit_today(), 1)
        for cases in self.grouped("team_id").values():
            for user in cases[:1]._get_plan_people():
                self.env["collection.task"]._assign(
                    cases,
                    user,
                    NOTICE,
                    summary,
                    deadline,
                    lambda case: case._get_plan_text() if case.has_plan else "",
                )
