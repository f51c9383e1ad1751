from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..terms.res_partner import SEGMENTS

# Where documents are checked, and the field of a rule that says what it does there. The goods are
# checked by the add-on for Inventory.
CHECKPOINTS = [("order", "Order"), ("delivery", "Delivery"), ("invoice", "Invoice")]
ACTION_FIELDS = {
    "order": "action",
    "delivery": "delivery_action",
    "invoice": "invoice_action",
}
ACTIONS = [("off", "Off"), ("warn", "Warn"), ("hold", "Hold")]

# Less than this, in the company's currency, asks nobody and holds no order, by default.
AMOUNT_MIN = 1.0


class RuleValues(NamedTuple):
    """A rule as the check uses it: read once and kept, so that a confirmation need not read it."""

    id: int
    rule_type: str
    action: str
    days: int
    amount_min: float
    tolerance_percent: float
    tolerance_amount: float
    percent: float
    count: int
    company_id: int
    grade_ids: frozenset
    segment: str
    policy_id: int

    @property
    def scope_rank(self):
        """How narrow the scope is; of the rules of one type the narrowest counts."""
        return (
            bool(self.policy_id),
            bool(self.grade_ids) + bool(self.segment),
            bool(self.company_id),
        )


class CreditRule(models.Model):
    """A hold rule: scope, condition, and its action at each checkpoint.

    A rule that is on works; nothing else must be switched on but the company's mode.
    Where its action at a checkpoint is empty, it says nothing there. Of the others of one type,
    those with the narrowest scope count for a customer, also when their action is "off": so a
    grade or segment can be excluded from a general rule.
    A rule of a policy counts only for customers under that policy, while it is in force,
    and is narrower than any rule without one; it is edited while the policy is a draft.

    To add a type: extend `rule_type` and write `_check_<rule_type>(rule, facts, order)`, see
    credit_rule_check.py.
    """

    _name = "credit.rule"
    _inherit = ["credit.company.mixin"]
    _description = "Hold Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    rule_type = fields.Selection(
        [
            ("limit", "Over the Effective Limit"),
            ("overdue", "Overdue Items"),
            ("term", "Payment Term Longer Than Approved"),
            ("term_rank", "Payment Term Riskier Than Approved"),
            ("prepayment", "Cash Customer: Prepayment Missing"),
            ("control", "Customer Frozen or Blacklisted"),
            ("payer", "Invoiced to Another Customer"),
            ("manual", "On Hold by Credit Control"),
            ("usage", "Use of the Limit"),
            ("sublimit", "Over a Sub-Limit"),
            ("amount", "Amount of the Order"),
            ("first", "First Order of a Customer"),
            ("review", "Limit Ended or Review Overdue"),
            ("horizon", "Delivery Far Away"),
        ],
        required=True,
    )
    action = fields.Selection(
        ACTIONS,
        "At Order",
        default="hold",
        help="When an order is confirmed. Empty: this rule says nothing there.",
    )
    delivery_action = fields.Selection(
        ACTIONS,
        "At Delivery",
        help="When goods leave for the customer. Empty: this rule says nothing there.",
    )
    invoice_action = fields.Selection(
        ACTIONS,
        "At Invoice",
        help="When an invoice is posted that no confirmed order covers. Empty: this rule says nothing "
        "there.",
    )
    tolerance_percent = fields.Float(
        "Tolerance (%)",
        help="Percentage over the effective limit that is tolerated.",
        aggregator=None,
    )
    tolerance_amount = fields.Monetary(help="In company currency, on top of the tolerance in %.")
    days = fields.Integer(
        "More Than Days",
        help="Overdue: grace days after the due date. Term: days allowed beyond the approved term. "
        "Limit ended or review overdue: days after that date. Broken promises: days looked back. "
        "Delivery far away: days until the delivery.",
        aggregator=None,
    )
    amount_min = fields.Monetary(
        "Above Amount",
        default=AMOUNT_MIN,
        help="Overdue or disputed amounts, or orders, up to this one, in company currency, are "
        "ignored.",
    )
    percent = fields.Float(
        "Above (%)", help="Share of the effective limit in use, with the order.", aggregator=None
    )
    count = fields.Integer("At Least", default=1, aggregator=None)
    company_id = fields.Many2one("res.company", index=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    grade_ids = fields.Many2many("credit.grade", string="Grades", help="Empty = all grades.")
    segment = fields.Selection(SEGMENTS, "Customer Segment", help="Empty = all segments.")
    policy_id = fields.Many2one(
        "credit.policy",
        ondelete="cascade",
        index="btree_not_null",
        help="Counts for customers under this policy; empty = whatever their policy.",
    )
    template_key = fields.Char(readonly=True, help="Key of the rule in the policy's template.")

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    @api.constrains(
        "rule_type", "action", "delivery_action", "invoice_action", "days", "amount_min",
        "tolerance_percent", "tolerance_amount", "percent", "count",
    )  # fmt: skip
    def _check_threshold(self):
        for rule in self:
            for name in (
                "days", "amount_min", "tolerance_percent", "tolerance_amount", "percent", "count",
            ):  # fmt: skip
                if rule[name] < 0:
                    raise ValidationError(
                        self.env._(
                            "Rule “%(rule)s”: %(field)s cannot be negative (%(value)s).",
                            rule=rule.name,
                            field=rule._fields[name]._description_string(self.env),
                            value=rule[name],
                        )
                    )
            if rule.tolerance_percent > 1000:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: a tolerance of %(value)s%% would disable the limit. "
                        "Enter a lower value.",
                        rule=rule.name,
                        value=rule.tolerance_percent,
                    )
                )
            acts = any(rule[name] in ("warn", "hold") for name in ACTION_FIELDS.values())
            if acts and (
                (rule.rule_type == "usage" and not 0 < rule.percent <= 100)
                or (rule.rule_type == "amount" and not rule.amount_min)
            ):
                raise ValidationError(
                    self.env._(
                        "Rule “%s” has no threshold. Enter a share of the limit between 0 and 100%%, "
                        "or the amount above which orders are put on hold.",
                        rule.name,
                    )
                )
            if rule.rule_type == "overdue" and acts and not rule.days and not rule.amount_min:
                raise ValidationError(
                    self.env._(
                        "Rule “%s” has no threshold. Set the days overdue or the amount above "
                        "which orders are put on hold.",
                        rule.name,
                    )
                )

    # ------------------------------------------------------------------ the rules in force

    @api.model
    @tools.ormcache("company_id", "checkpoint")
    def _get_rules(self, company_id, checkpoint="order"):
        """Return the rules of a company that say anything at a checkpoint, "off" too, as `RuleValues`."""
        action = ACTION_FIELDS[checkpoint]
        company_id = self.env["res.company"]._credit_roots().get(company_id)
        policies = set(self.env["credit.policy"]._in_force(company_id).values())
        # sudo: the rules bind users who may not read them
        rules = self.sudo().search(
            Domain(action, "!=", False)
            & Domain("company_id", "in", [False, company_id])
            & Domain("policy_id", "in", [False, *policies])
        )
        return tuple(
            RuleValues(
                **{
                    name: rule[name]
                    for name in RuleValues._fields
                    if name not in ("action", "company_id", "grade_ids", "policy_id")
                },
                action=rule[action],
                company_id=rule.company_id.id,
                policy_id=rule.policy_id.id,
                grade_ids=frozenset(rule.grade_ids.ids),
            )
            for rule in rules
        )

    @api.model
    def _select_for_customer(self, rules, customer):
        """Return the rules that count for a customer: per type the narrowest scope, those that are on.

        :param rules: result of `_get_rules`
        :param customer: commercial partner in the company and rights of the check
        """
        return self._select_for_terms(
            rules,
            customer.credit_grade_id.id,
            customer.credit_segment,
            customer._credit_policy(customer.env.company).id,
        )

    @api.model
    def _select_for_terms(self, rules, grade_id, segment, policy_id):
        """Return the same for all customers of a grade and a segment under a policy in force."""
        matching = [
            rule
            for rule in rules
            if (not rule.policy_id or rule.policy_id == policy_id)
            and (not rule.grade_ids or grade_id in rule.grade_ids)
            and (not rule.segment or rule.segment == segment)
        ]
        narrowest = {}
        for rule in matching:
            narrowest[rule.rule_type] = max(narrowest.get(rule.rule_type, ()), rule.scope_rank)
        return [
            rule
            for rule in matching
            if rule.action != "off" and rule.scope_rank == narrowest[rule.rule_type]
        ]

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.policy_id._check_editable()
        self.env.registry.clear_cache()  # _get_rules
        return rules

    def write(self, vals):
        if vals.keys() - {"sequence"}:  # dragged in a list of many rules
            self.policy_id._check_editable()
        result = super().write(vals)
        if "policy_id" in vals:
            self.policy_id._check_editable()
        self.env.registry.clear_cache()  # _get_rules
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()  # _get_rules
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        # The public entry point for translations goes past `write`.
        self.policy_id._check_editable()
        return super()._update_field_translations(field_name, translations, digest, source_lang)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self.policy_id._check_editable()

    def _describe(self):
        """Return the rule in words, as it is kept on a hold."""
        self.ensure_one()
        parts = [self.name]
        if self.tolerance_percent:
            parts.append(self.env._("tolerance %s%%", self.tolerance_percent))
        if self.tolerance_amount:
            parts.append(self.env._("tolerance %s", self.currency_id.format(self.tolerance_amount)))
        if self.days:
            parts.append(self.env._("more than %s days", self.days))
        if self.amount_min:
            parts.append(self.env._("above %s", self.currency_id.format(self.amount_min)))
        if self.percent:
            parts.append(self.env._("above %s%%", f"{self.percent:g}"))
        if self.count > 1:
            parts.append(self.env._("at least %s", self.count))
        return ", ".join(parts)
