from odoo import api, fields, models

from ..credit.credit_policy import CONTENT_FIELDS
from .credit_policy_stage_data import ESCALATIONS, RULES, STAGES

# Parts of a policy that this area adds: part -> (field of the policy, model).
PARTS = {
    "stage": ("stage_ids", "collection.stage"),
    "escalation": ("escalation_ids", "collection.escalation"),
}
# What management approves goes by the protection of the policy itself.
CONTENT_FIELDS.update(field for field, _model in PARTS.values())


class CreditPolicy(models.Model):
    """The ladder of collection is part of a policy: approved, versioned, loaded with it."""

    _inherit = "credit.policy"

    stage_ids = fields.One2many("collection.stage", "policy_id", "Stages", copy=True)
    escalation_ids = fields.One2many("collection.escalation", "policy_id", copy=True)

    # ------------------------------------------------------------------ templates

    @api.model
    def _get_templates(self):
        return {
            code: {
                **template,
                "rules": {**template["rules"], **RULES},
                "stages": STAGES.get(code, {}),
                "escalations": ESCALATIONS.get(code, {}),
            }
            for code, template in super()._get_templates().items()
        }

    @api.model
    def _get_template_values(self, code, segment=False):
        template = self._get_templates()[code]
        return {
            **super()._get_template_values(code, segment),
            "stage": template["stages"],
            "escalation": template["escalations"],
        }

    def _get_template_record(self, part, key):
        if part not in PARTS:
            return super()._get_template_record(part, key)
        records = self[PARTS[part][0]].with_context(active_test=False)
        return records.filtered(lambda record: record.template_key == key)[:1]

    @api.model
    def _get_part_model(self, part):
        return self.env[PARTS[part][1]] if part in PARTS else super()._get_part_model(part)

    @api.model
    def _get_part_name(self, part, key, values, code):
        if part == "stage":
            return self.env._("Stage “%s”", self._in_lang(values["name"]))
        if part == "escalation":
            return self.env._("Escalation “%s”", self._in_lang(values["name"]))
        return super()._get_part_name(part, key, values, code)

    @api.model
    def _get_part_summary(self, part):
        return {
            "stage": ["days_from", "days_to", "role", "credit_effect"],
            "escalation": ["days_over", "share_over", "grade_condition"],
        }.get(part) or super()._get_part_summary(part)

    @api.model
    def _get_coded(self):
        return {
            **super()._get_coded(),
            "letters": ("letter_type_id", "collection.letter.type", "code", False),
            "activities": ("activity_type_id", "mail.activity.type", "category", False),
        }
