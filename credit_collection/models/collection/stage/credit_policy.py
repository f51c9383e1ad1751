from odoo import api, fields, models


class CreditPolicy(models.Model):
    """The ladder of collection is part of a policy: approved, versioned, loaded with it."""

    _inherit = "credit.policy"

    stage_ids = fields.One2many("collection.stage", "policy_id", "Stages", copy=True)
    escalation_ids = fields.One2many("collection.escalation", "policy_id", copy=True)

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | {"stage_ids", "escalation_ids"}

    @api.model
    def _get_summary_fields(self):
        return {
            **super()._get_summary_fields(),
            "collection.stage": ["days_from", "days_to", "role", "credit_effect"],
            "collection.escalation": ["days_over", "share_over", "grade_condition"],
        }
