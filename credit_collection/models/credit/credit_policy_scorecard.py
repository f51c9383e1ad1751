from odoo import api, fields, models
from odoo.exceptions import UserError

CARDS = {"annual": "annual_scorecard_id", "admission": "admission_scorecard_id"}


class CreditPolicy(models.Model):
    """The scorecards are part of a policy: what a customer is judged by is approved with it (P1-06)."""

    _inherit = "credit.policy"

    annual_scorecard_id = fields.Many2one(
        "credit.scorecard",
        "Scorecard of Reviews",
        domain=[("kind", "=", "annual")],
        default=lambda self: self._default_scorecard("annual"),
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Proposed for yearly and quarterly assessments; empty = the first card of the company.",
    )
    admission_scorecard_id = fields.Many2one(
        "credit.scorecard",
        "Scorecard of Admission",
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
        """The card by which assessments of a kind score; empty where the policy names none."""
        return self[CARDS["admission" if kind == "new" else "annual"]]


class CreditScorecard(models.Model):
    _inherit = "credit.scorecard"

    policy_ids = fields.Many2many(
        "credit.policy", string="Policies in Force", compute="_compute_policy_ids"
    )

    def _compute_policy_ids(self):
        for card in self:
            card.policy_ids = card._get_policies().with_env(self.env)

    def _get_policies(self):
        """Policies with management or in force that score by these cards, as superuser."""
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
        """P1-06: what management approved is changed by a new version, never beneath it.

        :raise UserError: a policy in force, or with management, scores by one of these cards
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
    _inherit = "credit.scorecard.criterion"

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
    _inherit = "credit.scorecard.option"

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
