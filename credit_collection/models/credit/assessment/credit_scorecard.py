from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

SOURCES = [
    ("manual", "Reviewer's Judgment"),
    ("payment_speed", "Payment Punctuality (Days Late)"),
    ("cooperation_years", "Years of Business Relationship"),
    ("disputes", "Disputes (Number)"),
    ("orders", "Orders (Number)"),
    ("breaches", "Late Items in Two Years (Number)"),
    ("current_ratio", "Current Ratio (as Stated)"),
    ("debt_ratio", "Debt Ratio (as Stated, %)"),
    ("profit_margin", "Profit Margin (as Stated, %)"),
]

# Sources that are statements of the customer: source -> field of `credit.investigation` (P4-20).
STATED_SOURCES = {
    "current_ratio": "stated_current_ratio",
    "debt_ratio": "stated_debt_ratio",
    "profit_margin": "stated_profit_margin",
}

CARDS = {"annual": "annual_scorecard_id", "admission": "admission_scorecard_id"}


class CreditScorecard(models.Model):
    """The questions of an assessment: criteria, each with options that give points (P5-03, P2-15).

    A card may be edited until a policy that names it awaits approval or is in force
    (below). An assessment keeps the points and the most points of each
    criterion as they were when it was started and scored.
    """

    _name = "credit.scorecard"
    _inherit = ["credit.company.mixin"]
    _description = "Scorecard"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first scorecard of a type is proposed.")
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("annual", "Periodic Review"), ("admission", "New Customer Onboarding")],
        string="Type",
        required=True,
        default="annual",
    )
    company_id = fields.Many2one("res.company", index=True, help="Empty = all companies.")
    reviewers_min = fields.Integer(
        "Minimum Number of Reviewers",
        default=2,
        help="Minimum number of reviewers who must score before the assessment can be closed.",
        aggregator=None,
    )
    criterion_ids = fields.One2many("credit.scorecard.criterion", "scorecard_id", copy=True)
    max_points = fields.Float("Maximum Points", compute="_compute_max_points")
    note = fields.Text("Guidance for Reviewers", translate=True)

    _reviewers_min_positive = models.Constraint(
        "CHECK(reviewers_min >= 1)", "A scorecard needs at least one reviewer."
    )

    # ---- credit policy scorecard
    policy_ids = fields.Many2many(
        "credit.policy", string="Active Policies", compute="_compute_policy_ids"
    )

    @api.depends("criterion_ids.max_points")
    def _compute_max_points(self):
        for card in self:
            card.max_points = sum(card.criterion_ids.mapped("max_points"))

    @api.model
    def _get_default(self, kind, company):
        """Return the card proposed for an assessment of `kind`; one of the company comes first."""
        cards = self.search(
            [
                ("kind", "=", "admission" if kind == "new" else "annual"),
                ("company_id", "in", [False, company.id]),
            ]
        )
        return cards.sorted(lambda card: not card.company_id)[:1]

    def _check_usable(self):
        """:raise ValidationError: nobody could score by this card"""
        self.ensure_one()
        empty = self.criterion_ids.filtered(lambda c: not c.option_ids)
        if not self.criterion_ids or empty:
            raise ValidationError(
                self.env._(
                    "Scorecard “%(card)s” cannot be used: %(what)s.",
                    card=self.name,
                    what=self.env._("no options for %s", ", ".join(empty.mapped("name")))
                    if empty
                    else self.env._("it has no criteria"),
                )
            )

    def copy_data(self, default=None):
        return [
            {**values, "name": self.env._("%s (copy)", card.name)}
            for card, values in zip(self, super().copy_data(default), strict=True)
        ]

    # ------------------------------------------------------------------ credit policy scorecard

    def _compute_policy_ids(self):
        for card in self:
            card.policy_ids = card._get_policies().with_env(self.env)

    def _get_policies(self):
        """Return policies awaiting approval or in force that score by these cards, as superuser."""
        # sudo: a policy binds the card whoever may read it
        return (
            self.env["credit.policy"]
            .sudo()
            .search(
                [
                    ("state", "in", ("requested", "active")),
                    "|",
                    ("annual_scorecard_id", "in", self.ids),
                    ("admission_scorecard_id", "in", self.ids),
                ]
            )
        )

    def _check_not_approved(self):
        """Refuse changes beneath an approved policy: it takes a new version (P1-06).

        :raise UserError: a policy in force, or awaiting approval, scores by one of these cards
        """
        policies = self.env["credit.policy"] if self.env.su else self._get_policies()
        if policies:
            raise UserError(
                self.env._(
                    "Management approved scorecard “%(card)s” with %(policies)s: duplicate it, and"
                    " name the copy in a new version of the policy.",
                    card=", ".join(self.mapped("name")),
                    policies=", ".join(policies.mapped("display_name")),
                )
            )

    def write(self, vals):
        if not {"kind", "reviewers_min", "company_id"}.isdisjoint(vals):
            self._check_not_approved()
        return super().write(vals)


class CreditScorecardCriterion(models.Model):
    """One question of a card. With a source, the ledger proposes the option."""

    _name = "credit.scorecard.criterion"
    _inherit = ["credit.company.mixin"]
    _description = "Scorecard Criterion"
    _order = "scorecard_id, sequence, id"

    scorecard_id = fields.Many2one(
        "credit.scorecard", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    max_points = fields.Float("Maximum Points", required=True, default=25.0, aggregator=None)
    source = fields.Selection(
        SOURCES,
        required=True,
        default="manual",
        help="Source of the proposal: the ledger, or the reviewer.",
    )
    option_ids = fields.One2many("credit.scorecard.option", "criterion_id", copy=True)

    _max_points_positive = models.Constraint(
        "CHECK(max_points > 0)", "The most points of a criterion must be above zero."
    )

    @api.constrains("max_points")
    def _check_max_points(self):
        self.option_ids._check_points()

    @api.constrains("source", "option_ids")
    def _check_ranges(self):
        for criterion in self.filtered(lambda c: c.source != "manual"):
            bounds = criterion.option_ids.mapped("value_from")
            if len(set(bounds)) < len(bounds):
                raise ValidationError(
                    self.env._(
                        "Criterion “%s” is filled from the ledger: no two of its options may "
                        "start at the same figure.",
                        criterion.name,
                    )
                )

    # ------------------------------------------------------------------ credit policy scorecard

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria.scorecard_id._check_not_approved()
        return criteria

    def write(self, vals):
        if not {"scorecard_id", "max_points", "source"}.isdisjoint(vals):
            self.scorecard_id._check_not_approved()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self.scorecard_id._check_not_approved()


class CreditScorecardOption(models.Model):
    """One answer to a criterion and the points it gives."""

    _name = "credit.scorecard.option"
    _inherit = ["credit.company.mixin"]
    _description = "Scorecard Option"
    _order = "criterion_id, points desc, id"

    criterion_id = fields.Many2one(
        "credit.scorecard.criterion", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="criterion_id.company_id", store=True)
    name = fields.Char(required=True, translate=True)
    points = fields.Float(required=True, aggregator=None)
    value_from = fields.Float(
        "From",
        help="For criteria filled from the ledger: the figure from which this option applies.",
        aggregator=None,
    )
    value_to = fields.Float(
        "Below",
        compute="_compute_value_to",
        help="Where the next option starts; 0 for the last one, which has no end.",
    )

    @api.depends("value_from", "criterion_id.option_ids.value_from")
    def _compute_value_to(self):
        for option in self:
            option.value_to = min(
                (
                    other.value_from
                    for other in option.criterion_id.option_ids
                    if other.value_from > option.value_from
                ),
                default=0.0,
            )

    @api.depends("name", "points")
    def _compute_display_name(self):
        for option in self:
            option.display_name = f"{option.points:g} · {option.name}"

    @api.constrains("points", "criterion_id", "value_from")
    def _check_points(self):
        for option in self:
            criterion = option.criterion_id
            if not 0 <= option.points <= criterion.max_points:
                raise ValidationError(
                    self.env._(
                        "Option “%(option)s” gives %(points)s points; criterion “%(criterion)s”"
                        " allows 0 to %(max)s.",
                        option=option.name,
                        points=option.points,
                        criterion=criterion.name,
                        max=criterion.max_points,
                    )
                )
        self.criterion_id._check_ranges()

    # ------------------------------------------------------------------ credit policy scorecard

    @api.model_create_multi
    def create(self, vals_list):
        options = super().create(vals_list)
        options.criterion_id.scorecard_id._check_not_approved()
        return options

    def write(self, vals):
        if not {"criterion_id", "points", "value_from"}.isdisjoint(vals):
            self.criterion_id.scorecard_id._check_not_approved()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self.criterion_id.scorecard_id._check_not_approved()


class CreditPolicy(models.Model):
    """The scorecards are part of a policy: the criteria for customers are approved with it (P1-06)."""

    _inherit = "credit.policy"

    annual_scorecard_id = fields.Many2one(
        "credit.scorecard",
        "Review Scorecard",
        domain=[("kind", "=", "annual")],
        default=lambda self: self._default_scorecard("annual"),
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Proposed for yearly and quarterly assessments; empty = the first card of the company.",
    )
    admission_scorecard_id = fields.Many2one(
        "credit.scorecard",
        "New Customer Scorecard",
        domain=[("kind", "=", "admission")],
        default=lambda self: self._default_scorecard("admission"),
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Proposed for assessments of new customers; empty = the first card of the company.",
    )

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | set(CARDS.values())

    @api.model
    def _default_scorecard(self, kind):
        cards = self.env["credit.scorecard"]
        return cards.search([("kind", "=", kind), ("company_id", "=", False)], limit=1)

    def _scorecard(self, kind):
        """Return the card for assessments of a kind; empty where the policy names none."""
        return self[CARDS["admission" if kind == "new" else "annual"]]
