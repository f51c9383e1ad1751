from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ....engine.indicators import average, rate
from ....engine.targets import get_result
from ..kpi.insight_kpi import SCOPES

# KPI -> (inputs of the part, those taken off it, input of the whole, factor); over several months
# the inputs are summed up first.
RATIOS = {
    "recovery_rate": ("collected", "prepaid", "due", 100.0),
    "overdue_recovery_rate": ("recovered", None, "opening_overdue", 100.0),
    "kept_rate": ("kept", None, "promised", 100.0),
    "complaint_rate": ("complaints", None, "contacts", 100.0),
    "cost_rate": ("costs", None, "collected", 100.0),
    "days_late": ("paid_days", None, "paid", 1.0),
    "collection_period": ("case_days", None, "cases_closed", 1.0),
}

# Customers have no rows of indicators: what they paid comes from the books.
CUSTOMER_METRICS = ("collected", "cleared_rate")

# KPIs of a day: those of the last month count.
OF_A_DAY = ("overdue_rate", "dso", "dispute_rate")

LOWER_IS_BETTER = (
    "complaint_rate", "days_late", "collection_period", "overdue_rate", "dso", "dispute_rate",
    "cost_rate",
)  # fmt: skip

INPUTS = {
    "company_id", "metric", "scope", "user_id", "team_id", "date_from", "date_to", "goal",
    "base_amount", "difficulty", "note", "tier_ids", "partner_id", "campaign", "lost_penalty",
}  # fmt: skip

RESULTS = ("value", "collected", "lost", "reward", "penalty")

# So many misses in a row ask for a review of process and training (P2-28).
MISSES = 3


class InsightTarget(models.Model):
    """What a unit shall reach in a period by one indicator, and what follows (P1-19, P2-03, P3-13, P3-23).

    draft      goal, base figure and tiers are set; the result can be computed at any time
    requested  the period ended, its result is frozen, the approval tiers are at work
    approved   the result counts: it goes to payroll
    rejected, cancelled

    | action                | who                                    | restriction          |
    | work, compute, request| heads of collection, finance managers  | while a draft        |
    | approve, reject       | reviewers of the tier whose turn it is | no author, nobody whom it pays |
    | read                  | these, general management; persons their own | not those of others |

    The result is computed from the indicators of the months (`insight.kpi`), which open their
    documents; of a customer it is what it paid, and who is named is rewarded. Rewards and penalties
    are multiplied by the difficulty; each customer lost after a complaint
    (`insight.kpi._find_lost`, P2-28) adds its own penalty. Targets of one campaign, in months
    that follow each other, are its phases (P3-29).
    """

    _name = "insight.target"
    _description = "Target"
    _inherit = ["credit.company.mixin", "credit.approval.mixin"]
    _order = "date_to desc, id desc"
    _approval_fields = ("metric", "date_from", "date_to", "value", "goal", "collected", "amount")
    _approval_amount = "amount"
    _author_fields = frozenset(INPUTS)
    _draft_state = "draft"
    _check_company_auto = True

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Approval Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        readonly=True,
        required=True,
        default="draft",
        tracking=True,
        index=True,
        copy=False,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    metric = fields.Selection(
        [
            ("recovery_rate", "Recovery Rate (%)"),
            ("overdue_recovery_rate", "Overdue Recovery Rate (%)"),
            ("collected", "Collected"),
            ("cleared_rate", "Cleared (%)"),
            ("kept_rate", "Promises Kept (%)"),
            ("overdue_rate", "Overdue Rate (%)"),
            ("dso", "DSO"),
            ("days_late", "Days Late"),
            ("collection_period", "Average Collection Period (Days)"),
            ("dispute_rate", "Dispute Rate (%)"),
            ("complaint_rate", "Complaint Rate (%)"),
            ("cost_rate", "Cost Rate (%)"),
        ],
        "KPI",
        required=True,
        default="recovery_rate",
    )
    scope = fields.Selection(
        [*SCOPES, ("customer", "Customer")],
        required=True,
        default="company",
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson or Collector",
        ondelete="restrict",
        help="Of a customer: who collects it, and is paid.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('parent_id', '=', False)]",
        check_company=True,
    )
    campaign = fields.Char(help="Clearance campaign; its targets of later months are its phases.")
    team_id = fields.Many2one("crm.team", "Sales Team", ondelete="restrict", check_company=True)
    date_from = fields.Date("From Month", required=True, help="Any day of the first month.")
    date_to = fields.Date("To Month", required=True, help="Any day of the last month.")
    goal = fields.Float(
        aggregator=None, help="In % or days, as the KPI; a result worse than it is a miss."
    )
    base_amount = fields.Monetary(
        "Base Figure", help="Amount to collect; what exceeds it can be rewarded."
    )
    difficulty = fields.Float(
        default=1.0,
        digits=(4, 2),
        aggregator=None,
        help="Multiplies rewards and penalties, as the leaders of collection set it.",
    )
    lost_penalty = fields.Monetary(
        "Deduction per Lost Customer",
        help="For each customer lost after a complaint about collecting.",
    )
    note = fields.Text("Explanation")
    tier_ids = fields.One2many("insight.target.tier", "target_id", "Tiers", copy=True)

    value = fields.Float("Result", readonly=True, copy=False, aggregator=None)
    has_value = fields.Boolean("Has a Result", readonly=True, copy=False)
    collected = fields.Monetary(
        readonly=True, copy=False, help="In the period, without prepayments."
    )
    lost = fields.Integer("Customers Lost", readonly=True, copy=False)
    reward = fields.Monetary(readonly=True, copy=False)
    penalty = fields.Monetary(readonly=True, copy=False)
    amount = fields.Monetary(
        "To Pay", compute="_compute_amount", store=True, help="Reward less penalty."
    )
    is_missed = fields.Boolean("Goal Missed", readonly=True, copy=False)
    computed_at = fields.Datetime("Computed", readonly=True, copy=False)
    can_edit = fields.Boolean(compute="_compute_can_edit")

    _difficulty_range = models.Constraint(
        "CHECK(difficulty BETWEEN 0.1 AND 10)", "The difficulty is between 0.1 and 10."
    )
    _lost_penalty_range = models.Constraint(
        "CHECK(lost_penalty >= 0)", "The deduction per lost customer is not below zero."
    )

    @api.depends("metric", "scope", "user_id", "team_id", "partner_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        for target in self:
            unit = target._get_unit() or target.company_id
            months = [f"{day:%Y-%m}" for day in (target.date_from, target.date_to) if day]
            target.display_name = " ".join(
                [unit.name or "", metrics.get(target.metric, ""), "–".join(dict.fromkeys(months))]
            ).strip()

    @api.depends("reward", "penalty")
    def _compute_amount(self):
        for target in self:
            target.amount = target.currency_id.round(target.reward - target.penalty)

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_edit(self):
        may = self.has_access("write")
        for target in self:
            target.can_edit = may and target.state == "draft"

    @api.constrains("scope", "metric", "user_id", "team_id", "partner_id", "date_from", "date_to")
    def _check_unit(self):
        for target in self:
            if target.date_from > target.date_to:
                raise ValidationError(
                    self.env._(
                        "From Month (%(first)s) cannot be after To Month (%(last)s).",
                        first=format_date(self.env, target.date_from),
                        last=format_date(self.env, target.date_to),
                    )
                )
            named = target._get_unit()
            if target.scope != "company" and not named:
                raise ValidationError(
                    self.env._("%s: name the person, sales team or customer.", target.display_name)
                )
            if target.scope == "customer" and target.metric not in CUSTOMER_METRICS:
                raise ValidationError(
                    self.env._(
                        "%s: of a customer only what it paid is measured; choose Collected or"
                        " Cleared.",
                        target.display_name,
                    )
                )

    def _get_unit(self):
        """Return the person, sales team or customer of the target; none of the company's."""
        self.ensure_one()
        if self.scope == "company":
            return self.env["res.users"]
        return {"team": self.team_id, "customer": self.partner_id}.get(self.scope, self.user_id)

    def _get_payee(self):
        """Return the person or sales team that is paid; the company where nobody is named."""
        self.ensure_one()
        unit = self.user_id if self.scope == "customer" else self._get_unit()
        return unit or self.company_id

    # ------------------------------------------------------------------ what people may write

    def _get_open_fields(self):
        self.ensure_one()
        return INPUTS if self.state == "draft" else set()

    @api.model
    def _get_create_fields(self):
        return INPUTS

    def _may_delete(self):
        return self.state == "draft" and not self.was_requested

    def _check_draft(self):
        for target in self:
            if target.state != "draft":
                raise UserError(
                    self.env._(
                        "%s is no longer a draft and cannot be changed.", target.display_name
                    )
                )

    # ------------------------------------------------------------------ result

    def action_compute(self):
        """Compute the result from the indicators of the months.

        :raise UserError: not a draft, or no indicators of a month yet
        """
        self.check_access("write")
        self._check_draft()
        for target in self:
            target._system_write({**target._get_result(), "computed_at": fields.Datetime.now()})
        return True

    def _get_months(self):
        """Return the last days of the months of the period."""
        self.ensure_one()
        first, last = self.date_from + relativedelta(day=31), self.date_to + relativedelta(day=31)
        days = []
        while first <= last:
            days.append(first)
            first += relativedelta(months=1, day=31)
        return days

    def _get_rows_domain(self):
        self.ensure_one()
        return Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("date", "in", self._get_months()),
                ("scope", "=", self.scope),
                ("user_id", "=", self.user_id.id if self.scope in ("user", "collector") else False),
                ("team_id", "=", self.team_id.id if self.scope == "team" else False),
            ]
        )

    def _get_result(self):
        """Return {value, collected, reward, penalty, …} of the period as the indicators stand now.

        :raise UserError: no indicators of a month are computed
        """
        self.ensure_one()
        # sudo: the result counts, whatever its reader may see of the company
        kpis = self.env["insight.kpi"].sudo()
        if self.scope == "customer":
            collected = kpis._get_customer_money(
                self.company_id, self.partner_id, *self._get_period()
            )
            return self._get_values(
                collected, self._get_value(kpis, collected), len(self._get_lost_ids())
            )
        known = kpis.search(
            [
                ("company_id", "=", self.company_id.id),
                ("date", "in", self._get_months()),
                ("scope", "=", "company"),
            ]
        ).mapped("date")
        if missing := [day for day in self._get_months() if day not in known]:
            raise UserError(
                self.env._(
                    "Compute the KPIs of %s first.", ", ".join(f"{day:%Y-%m}" for day in missing)
                )
            )
        rows = kpis.search(self._get_rows_domain())
        collected = sum(rows.mapped("collected")) - sum(rows.mapped("prepaid"))
        value = self._get_value(rows, collected)
        return self._get_values(collected, value, sum(rows.mapped("lost")))

    def _get_period(self):
        """Return the first and the last day of the months."""
        self.ensure_one()
        return self.date_from + relativedelta(day=1), self.date_to + relativedelta(day=31)

    def _get_values(self, collected, value, lost):
        """Return the values of a result.

        :param lost: customers lost after a complaint
        """
        lower = self.metric in LOWER_IS_BETTER
        reward, penalty = get_result(
            self.tier_ids._get_tiers(), value, collected, self.base_amount, lower
        )
        round_ = self.currency_id.round
        distance = round((value or 0.0) - self.goal, 6)
        return {
            "value": value or 0.0,
            "has_value": value is not None,
            "collected": round_(collected),
            "reward": round_(reward * self.difficulty),
            "penalty": round_(penalty * self.difficulty + lost * self.lost_penalty),
            "lost": lost,
            "is_missed": value is not None and (distance > 0 if lower else distance < 0),
        }

    def _get_value(self, rows, collected):
        """Return the indicator over the months of some rows; None = it has no denominator."""
        if self.metric == "collected":
            return collected
        if self.metric == "cleared_rate":
            return rate(collected, self.base_amount)
        if self.metric in OF_A_DAY:
            last = rows.filtered(lambda row: row.date == self._get_months()[-1])
            return last[self.metric] if last else None
        part, less, whole, factor = RATIOS[self.metric]
        total = sum(rows.mapped(part)) - (sum(rows.mapped(less)) if less else 0.0)
        result = average(total, sum(rows.mapped(whole)))
        return None if result is None else result * factor

    def action_open_rows(self):
        """Open the indicators of the months behind the result; of a customer its receipts."""
        self.ensure_one()
        self.check_access("read")
        if self.scope == "customer":
            domain = self.env["insight.kpi"]._get_customer_domain(
                self.company_id, self.partner_id, *self._get_period()
            )
            return self._open_records(
                "account.action_account_moves_all_a", domain=list(domain), context={}
            )
        return self._open_records(
            "insight_kpi_action", domain=list(self._get_rows_domain()), context={}
        )

    def _get_lost_ids(self):
        """Return ids of the complaints after which customers of the target were lost."""
        self.ensure_one()
        kpis = self.env["insight.kpi"].sudo()  # sudo: as the result
        if self.scope != "customer":
            return kpis.search(self._get_rows_domain())._get_lost_ids()
        return [
            lost["contact_id"]
            for lost in kpis._find_lost(self.company_id, *self._get_period())
            if lost["partner_id"] == self.partner_id.commercial_partner_id.id
        ]

    def action_open_lost(self):
        """Open the complaints after which customers were lost."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "collection_contact_action",
            domain=[("id", "in", self._get_lost_ids())],
            context={"create": False},
        )

    # ------------------------------------------------------------------ approval

    def _check_can_request(self):
        result = super()._check_can_request()
        self._check_draft()
        if self.scope == "customer" and not self.user_id:
            raise UserError(
                self.env._("%s: name who collects the customer and is paid.", self.display_name)
            )
        last = self._get_months()[-1]
        if last >= self.company_id._credit_today():
            raise UserError(
                self.env._(
                    "%(target)s ends on %(day)s: its result is approved afterwards.",
                    target=self.display_name,
                    day=format_date(self.env, last),
                )
            )
        self.action_compute()
        if not self.has_value:
            raise UserError(
                self.env._("%s has no result: nothing was due or done.", self.display_name)
            )
        return result

    def _get_authors(self):
        # Nor the person who is paid by it, or leads the team that is.
        return super()._get_authors() | self.user_id | self.team_id.user_id

    def _get_request_changes(self):
        now = self._get_result()
        return [
            self._get_change_text(name, now[name])
            for name in RESULTS
            if round(self[name] - now[name], 6)
        ]

    def _after_approved(self):
        result = super()._after_approved()
        for target in self.filtered("is_missed"):
            target._ask_review()
        return result

    def _ask_review(self):
        """Ask for a review of process and training after misses in a row (P2-28)."""
        self.ensure_one()
        # sudo: targets of the unit, whoever approved this one
        last = self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("metric", "=", self.metric),
                ("scope", "=", self.scope),
                ("user_id", "=", self.user_id.id),
                ("team_id", "=", self.team_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("state", "=", "approved"),
                ("date_to", "<=", self.date_to),
            ],
            limit=MISSES,
        )
        head = self.company_id._collection_head()
        if len(last) == MISSES and all(last.mapped("is_missed")) and head:
            env = self.with_context(lang=head.lang).env
            # sudo: an activity for the head, whoever approved
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=head.id,
                summary=env._("Missed %s times in a row: review process and training", MISSES),
            )

    def action_cancel(self):
        """Withdraw targets that are not approved."""
        self.check_access("write")
        for target in self:
            target._check_can_end()
            target._cancel_reviews()
            target._system_write({"state": "cancelled"})
        return True
