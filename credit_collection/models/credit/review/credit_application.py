from odoo import fields, models

from .credit_review_proposal import ACTIVITY


class CreditApplication(models.Model):
    """Applications that the quarterly review proposed: once per customer and quarter."""

    _inherit = "credit.application"
    _draft_activities = (ACTIVITY,)

    review_key = fields.Char(
        "Review Period", readonly=True, copy=False, help="Quarter whose review proposed it."
    )

    _review_once = models.UniqueIndex(
        "(partner_id, company_id, review_key) WHERE review_key IS NOT NULL",
        "The review of this quarter proposed something for this customer already.",
    )

    def _may_delete(self):
        # Cancelled, never deleted: the next run would propose it anew.
        return super()._may_delete() and not self.review_key

    def _get_decision_source(self):
        return "review" if self.review_key else super()._get_decision_source()
