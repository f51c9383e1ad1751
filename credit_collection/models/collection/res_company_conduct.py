from odoo import fields, models


class ResCompany(models.Model):
    """Conduct towards customers (P2-21) and the tags of the receivables ledger (P2-05)."""

    _inherit = "res.company"

    collection_contact_max = fields.Integer(
        "Contacts per Customer",
        default=3,
        help="Calls, SMS and visits of ours within the days below; more need a reason. 0 = no limit.",
    )
    collection_contact_days = fields.Integer("Within (Days)", default=7)
    collection_hour_from = fields.Float(
        "Contact From", default=8.0, help="In the time zone of the customer, else of the company."
    )
    collection_hour_to = fields.Float("Contact Until", default=20.0)
    collection_amount_a = fields.Monetary(
        "Amount Class A From",
        currency_field="currency_id",
        default=100000.0,
        help="What a customer owes in all, company currency.",
    )
    collection_amount_b = fields.Monetary(
        "Amount Class B From", currency_field="currency_id", default=10000.0
    )
    collection_high_risk_score = fields.Integer(
        "High Risk From (Score)",
        default=60,
        help="Overdue items with this score or more are on the high-risk list.",
    )

    _collection_hours = models.Constraint(
        "CHECK(collection_hour_from >= 0 AND collection_hour_to <= 24"
        " AND collection_hour_from < collection_hour_to)",
        "The hours of contact must lie between 0:00 and 24:00, the first before the last.",
    )
    _collection_contact_limit = models.Constraint(
        "CHECK(collection_contact_max >= 0 AND collection_contact_days >= 1)",
        "The number of contacts cannot be negative, and counts within at least one day.",
    )
    _collection_amount_classes = models.Constraint(
        "CHECK(collection_amount_a >= collection_amount_b AND collection_amount_b >= 0)",
        "Amount class A must begin at or above class B.",
    )
