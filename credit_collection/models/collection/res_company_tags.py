from odoo import fields, models


class ResCompany(models.Model):
    """Thresholds of the tags and of the score of the receivables ledger (P2-05)."""

    _inherit = "res.company"

    collection_amount_a = fields.Monetary(
        "Amount Class A From",
        currency_field="currency_id",
        default=100000.0,
        help="What a customer owes in all, company currency.",
        prefetch="collection",
    )
    collection_amount_b = fields.Monetary(
        "Amount Class B From", currency_field="currency_id", default=10000.0, prefetch="collection"
    )
    collection_high_risk_score = fields.Integer(
        "High Risk From (Score)",
        default=60,
        help="Overdue items with this score or more are on the high-risk list.",
        prefetch="collection",
    )

    _collection_amount_classes = models.Constraint(
        "CHECK(collection_amount_a >= collection_amount_b AND collection_amount_b >= 0)",
        "Amount class A must begin at or above class B.",
    )
