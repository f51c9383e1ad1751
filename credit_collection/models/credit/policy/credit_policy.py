from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...base.credit_threshold_mixin import RANGES
from ..terms.res_partner import CONTROLS, MAX_LIMIT, SEGMENTS

STATES = [
    ("draft", "Draft"),
    ("requested", "Approval Requested"),
    ("active", "Active"),
    ("retired", "Retired"),
    ("rejected", "Rejected"),
    ("template", "Template"),
]

# Those in which people write a policy.
OPEN_STATES = ("draft", "template")


class CreditPolicy(models.Model):
    """A credit policy: terms per grade, hold rules and thresholds (P1-05, P1-06).

    draft      being written; nothing follows it yet
    requested  awaiting approval by management, frozen
    active     in force, never edited again: a change is a new version
    retired    replaced by a later version, kept to be read
    rejected   refused, kept; a new version takes it up again
    template   copied to become a policy, never in force itself

    | action                 | who                                     | restriction             |
    | write, delete          | administrator, general manager          | draft and template only |
    | load, save as template | administrator, general manager          | one draft per template  |
    | request approval       | administrator, general manager          | grades are complete     |
    | approve, reject        | reviewers of the tiers (general manager)| never the requester     |
    | new version            | administrator, general manager          | one draft at a time     |

    Versions of one policy share `root_id`; a reference to any of them means the version in
    force. The policy of a customer: their own, else that of their segment, else the
    company's, else none (`res.partner._credit_policy`). Approval, versions, their changes
    and look-ups are in credit_policy_version.py, templates in credit_policy_template.py.
    """

    _name = "credit.policy"
    _description = "Credit Policy"
    _inherit = ["credit.company.mixin", "credit.approval.mixin", "credit.threshold.mixin"]
    _order = "code, root_id, version desc, id desc"
    _approval_fields = ("company_id", "replaced_names", "change_note")
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    _state_to = ["active"]
    _cancel_state = "retired"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short sign, P1 for example; shown before the name.")
    version = fields.Integer(default=1, readonly=True, copy=False, aggregator=None)
    state = fields.Selection(
        STATES,
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    description = fields.Html(translate=True)
    change_note = fields.Text(
        "Reason for This Version", copy=False, help="Changes and reasons, for management."
    )
    company_id = fields.Many2one("res.company", index=True, help="Empty = all companies.")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    scope = fields.Selection(
        [
            ("company", "All Customers"),
            ("segment", "A Customer Segment"),
            ("customer", "Chosen Customers"),
        ],
        "Applies to",
        default="company",
        required=True,
        help="All customers: of the company, unless a narrower policy counts for them. Chosen"
        " customers: only those on whose form it is entered.",
    )
    segment = fields.Selection(SEGMENTS, "Customer Segment")
    root_id = fields.Many2one(
        "credit.policy", "First Version", readonly=True, copy=False, index=True
    )
    previous_id = fields.Many2one("credit.policy", "Former Version", readonly=True, copy=False)
    version_count = fields.Integer(compute="_compute_version_count")
    date_from = fields.Date("Active Since", readonly=True, copy=False)
    date_to = fields.Date("Active Until", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", string="Approved by", readonly=True, copy=False)
    approved_at = fields.Datetime("Approved on", readonly=True, copy=False)

    grade_line_ids = fields.One2many("credit.policy.grade", "policy_id", "Grades", copy=True)
    rule_ids = fields.One2many("credit.rule", "policy_id", "Hold Rules", copy=True)

    # Thresholds that no company has of its own; the others: credit.threshold.mixin.
    default_control = fields.Selection(
        CONTROLS,
        "Default Credit Basis",
        default="cash",
        tracking=True,
        help="Set on customers created while this policy is active for all customers. Existing "
        "customers are not changed.",
    )
    limit_default = fields.Monetary(
        "Default Limit",
        tracking=True,
        help="Limit of customers with a limit by default, unless their shared limit or grade has one."
        " Company currency; 0 = none.",
    )
    start_by_default = fields.Boolean(
        "New Customers Take the Default Limit",
        default=True,
        tracking=True,
        help="Where new customers start with a credit limit: it is the default one, not 0.",
    )
    good_conduct_months = fields.Integer(
        "On-Time Payment Required (Months)",
        default=3,
        tracking=True,
        help="Months of on-time payment required before a new customer is granted credit.",
        aggregator=None,
    )

    # P4-25
    application_chain = fields.Selection(
        [
            ("standard", "Finance, Sales, General Manager"),
            ("by_kind", "By Type of Application"),
        ],
        "Approval of Applications",
        default="standard",
        required=True,
        tracking=True,
        help="By type: a change of reviewed terms needs the finance manager and the general manager;"
        " a temporary limit the sales manager first, then both; a new customer all three.",
    )

    risk_prepayment_percent = fields.Float(
        "Prepayment at High Risk (%)",
        tracking=True,
        help="Customers of a high risk level pay this share of an order in advance, also with a"
        " limit; a higher share of their grade prevails. 0 = nothing more.",
        aggregator=None,
    )

    _version_uniq = models.UniqueIndex("(root_id, version)", "This version exists already.")
    _active_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), scope, COALESCE(segment, ''))"
        " WHERE state = 'active' AND scope != 'customer'",
        "Another policy is active for the same customers.",
    )
    _active_version_uniq = models.UniqueIndex(
        "(root_id) WHERE state = 'active'", "Another version of this policy is active."
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            policy.currency_id = (policy.company_id or self.env.company).currency_id

    @api.depends("root_id")
    def _compute_version_count(self):
        groups = self._read_group([("root_id", "in", self.root_id.ids)], ["root_id"], ["__count"])
        counts = {root: count for root, count in groups}
        for policy in self:
            policy.version_count = counts.get(policy.root_id, 1)

    @api.depends("code", "name", "version", "state", "company_id.name")
    def _compute_display_name(self):
        for policy in self:
            name = f"{policy.code} · {policy.name}" if policy.code else policy.name or ""
            if policy.version > 1:
                name = f"{name} (v{policy.version})"
            elif policy.state == "template" and policy.company_id:
                # One beside the template that it was made from.
                name = f"{name} ({policy.company_id.name})"
            policy.display_name = name

    # ------------------------------------------------------------------ checks

    @api.constrains("scope", "segment")
    def _check_segment(self):
        for policy in self:
            if (policy.scope == "segment") != bool(policy.segment):
                raise ValidationError(
                    self.env._(
                        "Policy “%s”: choose a segment if it applies to one, and only then.",
                        policy.name,
                    )
                )

    @api.constrains("good_conduct_months")
    def _check_good_conduct(self):
        for policy in self:
            if not 0 <= policy.good_conduct_months <= 60:
                raise ValidationError(policy._get_out_of_range("good_conduct_months", 0, 60))

    @api.constrains("limit_default")
    def _check_limit_default(self):
        for policy in self:
            if not 0 <= policy.limit_default <= MAX_LIMIT:
                raise ValidationError(policy._get_out_of_range("limit_default", 0, MAX_LIMIT))

    @api.constrains("risk_prepayment_percent")
    def _check_risk_prepayment(self):
        for policy in self:
            if not 0 <= policy.risk_prepayment_percent <= 100:
                raise ValidationError(policy._get_out_of_range("risk_prepayment_percent", 0, 100))

    @api.constrains("credit_term_max_days", "grade_line_ids")
    def _check_term_max(self):
        self.grade_line_ids._check_term_max()

    # ------------------------------------------------------------------ protection

    @api.model
    def _get_content_fields(self):
        """Return the names of the fields that management approves (P1-06). Extend to add to them."""
        return {
            "name", "code", "description", "change_note", "company_id", "scope", "segment",
            "grade_line_ids", "rule_ids", "default_control", "good_conduct_months",
            "credit_new_needs_assessment", "risk_prepayment_percent", "application_chain",
            "limit_default", "start_by_default", *RANGES,
        }  # fmt: skip

    @api.model
    def _get_create_fields(self):
        return self._get_content_fields()

    def _get_open_fields(self):
        return self._get_content_fields() if self.state in OPEN_STATES else set()

    def _may_delete(self):
        return self.state in OPEN_STATES

    def _check_editable(self):
        """Refuse edits of grades and rules unless the policy is a draft."""
        for policy in self:
            if policy.state not in OPEN_STATES and not policy._is_system():
                raise UserError(
                    self.env._(
                        "Policy “%s” is not a draft: make a new version to change it.",
                        policy.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        for policy in policies.filtered(lambda p: not p.root_id):
            policy._system_write({"root_id": policy.id})
        self.env.registry.clear_cache()  # _in_force, _grade_facts
        return policies.with_env(self.env)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if self._is_system():
            return vals_list
        for policy, vals in zip(self, vals_list, strict=True):
            vals.pop("template_id", None)
            vals["name"] = self.env._("%s (copy)", policy.name)
        return vals_list

    # ------------------------------------------------------------------ places of grades

    def _grade_rank(self, grade):
        """Return the place of a grade among those of the policy, 0 = the best; None without a grade.

        Without a policy, or where it does not name the grade, among all active grades.
        """
        if not grade:
            return None
        ids = self.grade_line_ids.sorted("score_min", reverse=True).grade_id.ids
        if grade.id not in ids:
            ids = [id_ for id_, _sequence, _prepaid in grade._ladder()]
        return ids.index(grade.id) if grade.id in ids else None

    def _is_cash_grade(self, grade):
        """Return whether a grade falls back to cash (P4-07): no credit by the policy, or below C."""
        if not grade:
            return False
        line = self._grade_line(grade)
        if line:
            return not line._grants_credit()
        return self._is_last_grade(grade) or grade.id in [row[0] for row in grade._ladder()[-1:]]

    def _is_low_grade(self, grade):
        """Return whether a grade is a medium risk (P1-14): above D, with no credit or nothing better below.

        By its terms, not by its place: a grade put in between changes nothing for others.
        """
        if not self._grade_rank(grade) or self._is_last_grade(grade):
            return False
        line = self._grade_line(grade)
        if not line:
            below = [share for _id, place, share in grade._ladder() if place > grade.sequence]
            return min(below, default=100.0) >= 100.0
        below = self.grade_line_ids.filtered(lambda other: other.score_min < line.score_min)
        return not line._grants_credit() or set(below.mapped("settlement_mode")) <= {"prepaid"}
