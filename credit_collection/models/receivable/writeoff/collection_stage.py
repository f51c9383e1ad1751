from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionStage(models.Model):
    """Claims that were written off have a ladder of their own, by days since then (P1-12)."""

    _inherit = "collection.stage"

    applies_to = fields.Selection(
        selection_add=[("claim", "Written-Off Claims")], ondelete={"claim": "cascade"}
    )

    @api.constrains("applies_to", "days_from", "letter_type_id", "is_key", "needs_plan",
                    "credit_effect")  # fmt: skip
    def _check_claim(self):
        for stage in self.filtered(lambda stage: stage.applies_to == "claim"):
            if (
                stage.days_from < 0
                or stage.letter_type_id
                or stage.is_key
                or stage.needs_plan
                or stage.credit_effect != "none"
            ):
                raise ValidationError(
                    self.env._(
                        "Stage “%s” is for written-off claims: it counts days since the write-off"
                        " and brings an activity, nothing else.",
                        stage.name,
                    )
                )
