from odoo import api, fields, models

from ....engine.targets import Tier


class InsightTargetTier(models.Model):
    """A step of a target; every step that the value passes adds its reward or penalty."""

    _name = "insight.target.tier"
    _description = "Tier of a Target"
    _inherit = ["credit.approval.line.mixin"]
    _document_field = "target_id"
    _order = "kind desc, threshold, id"

    target_id = fields.Many2one("insight.target", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="target_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="target_id.currency_id")
    kind = fields.Selection(
        [("reward", "Reward"), ("penalty", "Penalty")],
        "Type",
        required=True,
        default="reward",
        help="A reward where the result is better than the threshold, a penalty where it is worse;"
        " exactly at it neither.",
    )
    threshold = fields.Float(required=True, aggregator=None, help="In % or days, as the KPI.")
    basis = fields.Selection(
        [
            ("collected", "% of Collected"),
            ("excess", "% of What Exceeds the Base Figure"),
            ("fixed", "Fixed Amount"),
        ],
        required=True,
        default="collected",
    )
    rate = fields.Float("Share of Basis (%)", digits=(7, 4), aggregator=None)
    amount = fields.Monetary("Fixed Amount")

    _range = models.Constraint(
        "CHECK(rate BETWEEN 0 AND 100 AND amount >= 0)",
        "Rates of tiers are between 0 and 100%, fixed amounts not below zero.",
    )

    @api.model
    def _get_create_fields(self):
        return {"target_id", "kind", "threshold", "basis", "rate", "amount"}

    def _get_open_fields(self):
        self.ensure_one()
        return self._get_create_fields() - {"target_id"} if self._may_delete() else set()

    def _may_delete(self):
        return self.target_id.state == "draft"

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers.target_id._check_draft()
        return tiers

    def _get_tiers(self):
        return [
            Tier(tier.kind == "reward", tier.threshold, tier.basis, tier.rate, tier.amount)
            for tier in self
        ]
