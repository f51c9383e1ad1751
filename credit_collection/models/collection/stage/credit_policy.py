from odoo import api, fields, models


class CreditPolicy(models.Model):
    """The ladder of collection is part of a policy: approved, versioned, loaded with it."""

    _inherit = "credit.policy"

    stage_ids = fields.One2many("collection.stage", "policy_id", "Stages", copy=True)
    escalation_ids = fields.One2many("collection.escalation", "policy_id", copy=True)
    collection_key_sales = fields.Monetary(
        "Key Account from Yearly Sales of",
        tracking=True,
        help="Twelve full months, tax included, in company currency; their cases are followed up "
        "every week. 0 = the amount in the settings.",
    )

    collection_pace_high = fields.Integer(
        "Days between Contacts at High Risk (%)",
        default=100,
        required=True,
        tracking=True,
        help="Share of the days between letters and repeated activities that the collection stages"
        " name; 50 = twice as often.",
        aggregator=None,
    )
    collection_pace_low = fields.Integer(
        "Days between Contacts at Low Risk (%)",
        default=100,
        required=True,
        tracking=True,
        help="200 = half as often as the collection stages name.",
        aggregator=None,
    )

    _pace_range = models.Constraint(
        "CHECK(collection_pace_high BETWEEN 10 AND 1000 AND collection_pace_low BETWEEN 10 AND 1000)",
        "Days between contacts: from 10 to 1000% of those of the stage.",
    )
    _key_sales_positive = models.Constraint(
        "CHECK(collection_key_sales >= 0)", "Yearly sales of key accounts cannot be negative."
    )

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | {
            "stage_ids", "escalation_ids", "collection_key_sales", "collection_pace_high",
            "collection_pace_low",
        }  # fmt: skip

    @api.model
    def _get_summary_fields(self):
        return {
            **super()._get_summary_fields(),
            "collection.stage": ["segment", "days_from", "days_to", "role", "credit_effect"],
            "collection.escalation": ["days_over", "share_over", "grade_condition"],
        }
