from odoo import api, fields, models
from odoo.exceptions import ValidationError

GRADE_CONDITIONS = [
    ("none", "Any"),
    ("lowered", "Downgraded Within 12 Months"),
    ("grades", "One of These"),
]

NOTIFY_ROLES = [("head", "Team Head"), ("legal", "Legal"), ("finance", "Finance")]


class CollectionEscalation(models.Model):
    """When a case becomes a key target beside the stages (P2-06): every condition set must hold.

    The daily run notifies the role once per case, by an activity. When the conditions no longer
    hold, the case is no key target any more, unless its stage makes it one.
    """

    _name = "collection.escalation"
    _description = "Escalation Rule"
    _inherit = ["credit.policy.part.mixin"]
    _order = "policy_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    policy_id = fields.Many2one(
        "credit.policy",
        index=True,
        ondelete="cascade",
        help="Empty = for customers without an active policy.",
    )
    template_key = fields.Char(readonly=True, copy=True)
    days_over = fields.Integer(
        "More Than Days Overdue", help="Of the oldest item; 0 = any age.", aggregator=None
    )
    share_over = fields.Float(
        "Over Share of Receivables (%)",
        help="Customer's share of all receivables of the company; 0 = any share.",
        aggregator=None,
    )
    grade_condition = fields.Selection(
        GRADE_CONDITIONS, "Credit Grade", default="none", required=True
    )
    grade_ids = fields.Many2many("credit.grade", string="Grades")
    is_key = fields.Boolean("Priority Case", default=True)
    notify_role = fields.Selection(NOTIFY_ROLES, "Notify", help="Gets an activity, once per case.")

    @api.constrains(
        "days_over", "share_over", "grade_condition", "grade_ids", "is_key", "notify_role"
    )
    def _check_conditions(self):
        for rule in self:
            if rule.days_over < 0 or not 0 <= rule.share_over <= 100:
                raise ValidationError(
                    self.env._(
                        "Escalation “%s”: days cannot be negative, and a share lies between 0 "
                        "and 100%%.",
                        rule.name,
                    )
                )
            if (rule.grade_condition == "grades") != bool(rule.grade_ids):
                raise ValidationError(
                    self.env._(
                        "Escalation “%s”: choose the grades only if its condition is a grade.",
                        rule.name,
                    )
                )
            if not (rule.days_over or rule.share_over or rule.grade_condition != "none"):
                raise ValidationError(
                    self.env._(
                        (
                            "Escalation “%s” has no condition and would apply to every case. Add "
                            "one."
                        ),
                        rule.name,
                    )
                )
            if not (rule.is_key or rule.notify_role):
                raise ValidationError(
                    self.env._(
                        "Escalation “%s” has no effect. Mark the case as priority or choose a "
                        "role to notify.",
                        rule.name,
                    )
                )
