from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from ...credit.policy.credit_rule import AMOUNT_MIN
from ...credit.terms.res_partner import SEGMENTS

# Roles that act at a stage; the case knows the users.
ROLES = [
    ("collector", "Collector"),
    ("salesperson", "Salesperson"),
    ("head", "Team Head"),
    ("finance", "Finance"),
    ("legal", "Legal"),
]

CHANNELS = [
    ("mail", "Email"),
    ("print", "Print"),
    ("sms", "SMS"),
    ("call", "Call"),
    ("visit", "Visit"),
]

LETTER_CHANNELS = ("mail", "print", "sms")

# A stage that has no end.
OPEN_END = 9999

FIRST_DAY = -90


class CollectionStage(models.Model):
    """A stage of collection (P1-08, P1-09, P1-11, P2-01, P2-07): first day, role and actions.

    A ladder is the stages of one policy, or those without a policy; days do not overlap. A
    policy in force that names no stage has its customers on the ladder without a policy. Stages
    of a segment are a ladder of their own for its customers (P2-12), the others for the rest.
    Stages of a policy are edited while it is a draft (`credit.policy._check_editable`).

    `days_from` is the level of a stage: an item is asked for once per level, so that a new
    version of a policy, whose stages are other records, asks nobody twice.
    """

    _name = "collection.stage"
    _description = "Collection Stage"
    _inherit = ["credit.policy.part.mixin"]
    _order = "policy_id, segment nulls first, days_from, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    policy_id = fields.Many2one(
        "credit.policy",
        index=True,
        ondelete="cascade",
        help="Empty = for customers without an active policy.",
    )
    segment = fields.Selection(
        SEGMENTS,
        "Customer Segment",
        help="Empty = for the segments without collection stages of their own in this policy.",
    )
    policy_state = fields.Selection(related="policy_id.state", string="Policy Status")
    template_key = fields.Char(readonly=True, copy=True)
    # A later area adds what else has a ladder.
    applies_to = fields.Selection(
        [("overdue", "Overdue Items")],
        default="overdue",
        required=True,
        help="What the days are counted of.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    days_from = fields.Integer(
        "From Day",
        required=True,
        aggregator=None,
        help="Days overdue; negative = before the due date.",
    )
    days_to = fields.Integer(
        "To Day",
        required=True,
        default=OPEN_END,
        aggregator=None,
        help="9999 = the stage has no end.",
    )
    role = fields.Selection(ROLES, "Responsible Role", required=True, default="collector")
    activity_type_id = fields.Many2one("mail.activity.type", help="Empty = no activity.")
    activity_days = fields.Integer("Deadline (Working Days)", default=2, aggregator=None)
    activity_note = fields.Text("Task", translate=True)
    letter_type_id = fields.Many2one("collection.letter.type", "Letter", help="Empty = no letter.")
    careful_type_id = fields.Many2one(
        "collection.letter.type",
        "Letter to New and High-Risk Customers",
        help="In place of the letter. The others get the activity, too, where the stage lies before"
        " the due date.",
    )
    new_months = fields.Integer(
        "Months as New Customer",
        default=12,
        aggregator=None,
        help="Since the first invoice.",
    )
    channel = fields.Selection(
        CHANNELS,
        help="How the letter is sent or the customer is contacted: a call or a visit becomes an "
        "activity of the responsible role.",
    )
    amount_min = fields.Monetary(
        "Minimum Amount",
        default=AMOUNT_MIN,
        help="Company currency. Smaller debts are not collected and open no case.",
    )
    quiet_days = fields.Integer(
        "Minimum Days Between Letters",
        default=7,
        aggregator=None,
        help="Minimum number of days between two letters to the same customer.",
    )
    repeat_days = fields.Integer(
        "Repeat After (Days)",
        aggregator=None,
        help="While the stage lasts; 0 = each item once per stage.",
    )
    credit_effect = fields.Selection(
        [("none", "None"), ("warn", "Warn"), ("freeze", "Put Orders on Hold")],
        string="Effect on Credit",
        default="none",
        required=True,
        help="Hold Orders: a hold rule of the type “Collection Stage” stops new orders while the"
        " customer's case is here.",
    )
    is_key = fields.Boolean(
        "Priority Case", help="Marks the case as a priority case when it reaches this stage."
    )

    needs_plan = fields.Boolean(
        "Requires a Collection Plan",
        help="The collector must enter a collection plan when a case reaches this stage.",
    )

    def _compute_currency_id(self):
        for stage in self:
            stage.currency_id = (stage.policy_id.company_id or self.env.company).currency_id

    # ------------------------------------------------------------------ checks

    @api.constrains(
        "days_from", "days_to", "activity_days", "quiet_days", "repeat_days", "amount_min",
        "new_months",
    )  # fmt: skip
    def _check_days(self):
        for stage in self:
            if not FIRST_DAY <= stage.days_from <= stage.days_to <= OPEN_END:
                raise ValidationError(
                    self.env._(
                        "Stage “%(stage)s”: from day %(first)s to day %(last)s is no period; days lie"
                        " between %(low)s and %(high)s, and the first is not after the last.",
                        stage=stage.name,
                        first=stage.days_from,
                        last=stage.days_to,
                        low=FIRST_DAY,
                        high=OPEN_END,
                    )
                )
            if stage.days_from < 0 < stage.days_to:
                raise ValidationError(
                    self.env._(
                        "Stage “%s” starts before the due date and ends after it. Split it into "
                        "two stages.",
                        stage.name,
                    )
                )
            for name in (
                "activity_days", "quiet_days", "repeat_days", "amount_min", "new_months",
            ):  # fmt: skip
                if stage[name] < 0:
                    raise ValidationError(
                        self.env._(
                            "Stage “%(stage)s”: %(field)s cannot be negative (%(value)s).",
                            stage=stage.name,
                            field=self._fields[name]._description_string(self.env),
                            value=stage[name],
                        )
                    )

    @api.constrains(
        "days_from",
        "letter_type_id",
        "careful_type_id",
        "channel",
        "activity_type_id",
        "credit_effect",
        "needs_plan",
    )
    def _check_means(self):
        for stage in self:
            if stage.careful_type_id and (
                not stage.letter_type_id or stage.careful_type_id.audience != "customer"
            ):
                raise ValidationError(
                    self.env._(
                        "Stage “%s”: the letter to new and high-risk customers goes to customers, in"
                        " place of the letter of the stage. Choose that one, too.",
                        stage.name,
                    )
                )
            if stage.letter_type_id.audience == "agreement":
                raise ValidationError(
                    self.env._(
                        "Stage “%(stage)s”: “%(letter)s” is not sent by a run. Create it manually.",
                        stage=stage.name,
                        letter=stage.letter_type_id.name,
                    )
                )
            if stage.letter_type_id and stage.channel in ("call", "visit"):
                raise ValidationError(
                    self.env._(
                        "Stage “%(stage)s”: a letter is sent by email, post or SMS, not by "
                        "%(channel)s. For a letter and a call, choose an activity besides the "
                        "letter.",
                        stage=stage.name,
                        channel=dict(self._fields["channel"]._description_selection(self.env))[
                            stage.channel
                        ],
                    )
                )
            if stage.days_from < 0 and (
                stage.credit_effect != "none" or stage.is_key or stage.needs_plan
            ):
                raise ValidationError(
                    self.env._(
                        "Stage “%s” lies before the due date, where a customer has no case yet: it can"
                        " send a letter and bring an activity, nothing else.",
                        stage.name,
                    )
                )

    @api.constrains("days_from", "days_to", "policy_id", "segment", "applies_to", "active")
    def _check_overlap(self):
        stages = self.search([("policy_id", "in", [*self.policy_id.ids, False])])
        for ladder in stages.grouped(
            lambda stage: (stage.policy_id, stage.segment, stage.applies_to)
        ).values():
            ordered = ladder.sorted("days_from")
            for former, later in zip(ordered, ordered[1:], strict=False):
                if later.days_from <= former.days_to:
                    raise ValidationError(
                        self.env._(
                            "Stages %(stages)s overlap: both count for day %(day)s.",
                            stages=format_list(self.env, [f"“{former.name}”", f"“{later.name}”"]),
                            day=later.days_from,
                        )
                    )

    # ------------------------------------------------------------------ whose ladder

    @api.model
    def _get_ladder(self, partner, company, applies_to="overdue"):
        """Return the stages that a customer goes through in a company, in their order.

        :param partner: commercial partner
        :param applies_to: key of the field
        """

        def fits(stage):
            return stage.applies_to == applies_to

        # sudo: a ladder binds customers whom, and policies that, the user may not read
        stages = partner.sudo()._credit_policy(company).stage_ids.filtered(fits)
        # sudo: as above
        stages = stages or self.sudo().search([("policy_id", "=", False)]).filtered(fits)
        # sudo: as above
        segment = company._credit_in(partner.sudo()).credit_segment
        own = stages.filtered(lambda stage: segment and stage.segment == segment)
        return own or stages.filtered(lambda stage: not stage.segment)

    # ------------------------------------------------------------------ its actions

    def _get_activity_type(self):
        """Return the activity that the stage brings: its own, or the one of a call or a visit."""
        self.ensure_one()
        if self.activity_type_id or self.channel not in ("call", "visit"):
            return self.activity_type_id
        name = {"call": "mail_activity_data_call", "visit": "mail_activity_data_meeting"}
        return self.env.ref(f"mail.{name[self.channel]}", raise_if_not_found=False) or (
            self.env["mail.activity.type"].search([("res_model", "=", False)], limit=1)
        )

    def _get_letter_channel(self):
        """Return the channel of the stage's letter; mail by default."""
        self.ensure_one()
        return self.channel if self.channel in LETTER_CHANNELS else "mail"
