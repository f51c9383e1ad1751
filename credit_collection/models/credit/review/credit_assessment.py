from odoo import fields, models

from .credit_review_proposal import ACTIVITY


class CreditAssessment(models.Model):
    """Assessments that a review opened: once per customer and year or quarter."""

    _inherit = "credit.assessment"
    _draft_activities = (ACTIVITY,)

    review_key = fields.Char(
        "Review Period", readonly=True, copy=False, help="Year or quarter that is reviewed."
    )

    _review_once = models.UniqueIndex(
        "(partner_id, company_id, review_key) WHERE review_key IS NOT NULL",
        "This review was opened for this customer already.",
    )
