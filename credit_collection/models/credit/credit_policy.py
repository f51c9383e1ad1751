from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .res_partner import CONTROLS, MAX_TERM_DAYS, SEGMENTS

STATES = [
    ("draft", "Draft"),
    ("requested", "Approval Requested"),
    ("active", "In Force"),
    ("retired", "Retired"),
    ("rejected", "Rejected"),
]
# What management approves (P1-06): open to people while the policy is a draft.
CONTENT_FIELDS = {
    "name", "code", "description", "change_note", "company_id", "scope", "segment",
    "grade_line_ids", "rule_ids", "large_limit", "large_term_days", "term_max_days",
    "first_limit_capital_percent", "default_control", "late_days", "security_warn_days",
    "usage_alert_percent", "review_months", "good_conduct_months",
}  # fmt: skip


class CreditPolicy(models.Model):
    """A credit policy: what each grade means, which rules hold, and the thresholds (P1-05, P1-06).

    draft      being written; nothing follows it yet
    requested  with management for approval, frozen
    active     in force, never edited again: a change is a new version
    retired    replaced by a later version, kept to be read
    rejected   refused, kept; a new version takes it up again

    | action                 | who                                     | restriction             |
    | write, load, delete    | administrator, general manager          | draft only              |
    | request approval       | administrator, general manager          | grades are complete     |
    | approve, reject        | reviewers of the tiers (general manager)| never who asked         |
    | new version            | administrator, general manager          | one draft at a time     |

    Versions of one policy share `root_id`; whoever names any of them means the version in
    force. Which policy counts for a customer: his own, else that of his segment, else the
    company's, else none (`res.partner._credit_policy`). Approval, versions and look-ups
    are in credit_policy_flow.py, templates in credit_policy_template.py, what a version
    changes in credit_policy_changes.py.
    """

    _name = "credit.policy"
    _description = "Credit Policy"
    _inherit = ["credit.company.mixin", "credit.approval.mixin"]
    _order = "code, root_id, version desc, id desc"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    _state_to = ["active"]
    _cancel_state = "retired"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short sign, P1 for example; shown before the name.")
    version = fields.Integer(default=1, readonly=True, copy=False)
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False, tracking=True, index=True
    )
    description = fields.Html(translate=True)
    change_note = fields.Text(
        "Reason for This Version", copy=False, help="What changed and why; management reads it."
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
    template_code = fields.Char(
        readonly=True, help="Template this policy was loaded from; tells a second load apart."
    )
    date_from = fields.Date("In Force Since", readonly=True, copy=False)
    date_to = fields.Date("In Force Until", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)

    grade_line_ids = fields.One2many("credit.policy.grade", "policy_id", "Grades", copy=True)
    rule_ids = fields.One2many("credit.rule", "policy_id", "Hold Rules", copy=True)

    # Thresholds; 0 switches one off.
    large_limit = fields.Monetary(
        default=3000000.0,
        tracking=True,
        help="Company currency. A higher limit needs the next level of approval.",
    )
    large_term_days = fields.Integer(
        "Long Term (Days)",
        default=100,
        tracking=True,
        help="A longer term needs the next level of approval.",
    )
    term_max_days = fields.Integer(
        "Longest Usual Term (Days)",
        default=60,
        tracking=True,
        help="No grade grants more; a single customer may get more by application.",
    )
    first_limit_capital_percent = fields.Float(
        "First Limit (% of Registered Capital)",
        default=20.0,
        tracking=True,
        help="Red line for the first limit of a customer.",
    )
    default_control = fields.Selection(
        CONTROLS,
        "New Customers Start With",
        default="cash",
        tracking=True,
        help="Entered on a customer created while the policy is in force for all customers"
        ". Customers who exist already are left as they are.",
    )
    late_days = fields.Integer(
        "Late Payer (Days)",
        default=15,
        tracking=True,
        help="Average delay of payment, weighted by amount, above which the quarterly review"
        " takes term away.",
    )
    security_warn_days = fields.Integer(
        "Warn Before Securities End (Days)", default=30, tracking=True
    )
    usage_alert_percent = fields.Float(
        "Alert at Use of Limit (%)",
        default=80.0,
        tracking=True,
        help="From this share of the effective limit on, a customer is near his limit.",
    )
    review_months = fields.Integer(
        "Review Interval (Months)",
        default=12,
        tracking=True,
        help="For grades that name no interval of their own.",
    )
    good_conduct_months = fields.Integer(
        "Good Conduct (Months)",
        default=3,
        tracking=True,
        help="A new customer pays on time so long before he gets credit.",
    )

    _version_uniq = models.UniqueIndex("(root_id, version)", "This version exists already.")
    _active_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), scope, COALESCE(segment, ''))"
        " WHERE state = 'active' AND scope != 'customer'",
        "Another policy is in force for the same customers.",
    )
    _active_version_uniq = models.UniqueIndex(
        "(root_id) WHERE state = 'active'", "Another version of this policy is in force."
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

    @api.depends("code", "name", "version")
    def _compute_display_name(self):
        for policy in self:
            name = f"{policy.code} · {policy.name}" if policy.code else policy.name or ""
            policy.display_name = f"{name} (v{policy.version})" if policy.version > 1 else name

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

    @api.constrains(
        "large_limit", "large_term_days", "term_max_days", "first_limit_capital_percent",
        "late_days", "security_warn_days", "usage_alert_percent", "review_months",
        "good_conduct_months",
    )  # fmt: skip
    def _check_thresholds(self):
        ranges = {
            "large_limit": (0, None),
            "large_term_days": (0, MAX_TERM_DAYS),
            "term_max_days": (0, MAX_TERM_DAYS),
            "first_limit_capital_percent": (0, 100),
            "late_days": (0, MAX_TERM_DAYS),
            "security_warn_days": (0, MAX_TERM_DAYS),
            "usage_alert_percent": (0, 100),
            "review_months": (1, 60),
            "good_conduct_months": (0, 60),
        }
        for policy in self:
            for name, (low, high) in ranges.items():
                if policy[name] < low or (high is not None and policy[name] > high):
                    raise ValidationError(policy._out_of_range(name, low, high))

    def _out_of_range(self, name, low, high):
        """Message for a threshold of this policy that is out of its range."""
        label = self._fields[name]._description_string(self.env)
        if high is None:
            return self.env._(
                "Policy “%(policy)s”: %(field)s cannot be less than %(low)s.",
                policy=self.name,
                field=label,
                low=low,
            )
        return self.env._(
            "Policy “%(policy)s”: %(field)s must be between %(low)s and %(high)s.",
            policy=self.name,
            field=label,
            low=low,
            high=high,
        )

    @api.constrains("term_max_days", "grade_line_ids")
    def _check_term_max(self):
        self.grade_line_ids._check_term_max()

    # ------------------------------------------------------------------ protection

    @api.model
    def _get_create_fields(self):
        return CONTENT_FIELDS

    def _get_open_fields(self):
        return CONTENT_FIELDS if self.state == "draft" else set()

    def _may_delete(self):
        return self.state == "draft"

    def _check_editable(self):
        """Grades and rules of a policy are edited while it is a draft, by nobody afterwards."""
        for policy in self:
            if policy.state != "draft" and not policy._is_system():
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
            policy._system().root_id = policy
        return policies.with_env(self.env)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if self._is_system():
            return vals_list
        for policy, vals in zip(self, vals_list, strict=True):
            vals.pop("template_code", None)
            vals["name"] = self.env._("%s (copy)", policy.name)
        return vals_list
