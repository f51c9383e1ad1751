from odoo import fields, models


class ResCompany(models.Model):
    """What collectors may agree on alone, and the days of grace (P2-02)."""

    _inherit = "res.company"

    collection_promise_grace_days = fields.Integer(
        "Grace of a Promise (Days)",
        default=2,
        help="A promise is judged this many days after the promised day: money needs time to arrive.",
        prefetch="collection",
    )
    collection_promise_max_days = fields.Integer(
        "Longest Promise (Days)",
        default=30,
        help="How far ahead a collector may take a promise; a collection manager is not limited.",
        prefetch="collection",
    )
    collection_leave_out_max_days = fields.Integer(
        "Longest Time Left out (Days)", default=90, prefetch="collection"
    )
    collection_agreement_grace_days = fields.Integer(
        "Grace of an Instalment (Days)", default=2, prefetch="collection"
    )
    collection_agreement_max_days = fields.Integer(
        "Longest Agreement (Days)",
        default=95,  # three instalments a month apart end on day 92
        help="From the day of the agreement to the last instalment, by a collector alone.",
        prefetch="collection",
    )
    collection_agreement_max_instalments = fields.Integer(
        "Most Instalments", default=6, prefetch="collection"
    )
    collection_agreement_max_amount = fields.Monetary(
        "Largest Agreement",
        currency_field="currency_id",
        default=100000.0,
        help="Principal that a collector may agree on alone, in company currency.",
        prefetch="collection",
    )
    collection_agreement_fee_rate = fields.Float(
        "Usual Fee (% per Day)", digits=(16, 4), default=0.02, prefetch="collection"
    )
    collection_agreement_free_count = fields.Integer(
        "Instalments without a Fee",
        default=3,
        help="The usual fee is due from the next instalment on (P2-13).",
        prefetch="collection",
    )
    collection_agreement_max_waiver = fields.Monetary(
        "Largest Fee Waived",
        currency_field="currency_id",
        default=0.0,
        help="How far below the usual fee a collector may go alone, in company currency.",
        prefetch="collection",
    )
    collection_agreement_sign_days = fields.Integer(
        "Signature within (Days)",
        default=7,
        help="The collector is reminded of an agreement that is not signed by then.",
        prefetch="collection",
    )
    collection_release_needs_agreement = fields.Boolean(
        "Reason B Needs an Agreement",
        help="An application for release for reason B must name a repayment agreement that is in"
        " force or was kept (P4-10).",
        prefetch="collection",
    )

    _collection_facts_range = models.Constraint(
        "CHECK(collection_promise_grace_days BETWEEN 0 AND 31"
        " AND collection_agreement_grace_days BETWEEN 0 AND 31"
        " AND collection_promise_max_days BETWEEN 0 AND 365"
        " AND collection_leave_out_max_days BETWEEN 1 AND 730"
        " AND collection_agreement_max_days BETWEEN 0 AND 3650"
        " AND collection_agreement_max_instalments BETWEEN 0 AND 60"
        " AND collection_agreement_sign_days BETWEEN 0 AND 90)",
        "Days of collection are out of range: grace 0 to 31, promise 0 to 365, left out 1 to 730,"
        " agreement 0 to 3650, signature 0 to 90; instalments 0 to 60.",
    )
    _collection_facts_positive = models.Constraint(
        "CHECK(collection_agreement_max_amount >= 0 AND collection_agreement_max_waiver >= 0"
        " AND collection_agreement_fee_rate BETWEEN 0 AND 1"
        " AND collection_agreement_free_count >= 0)",
        "Amounts of a collector's authority cannot be negative; the usual fee is 0 to 1 % per day.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_promise_grace_days = fields.Integer(
        related="company_id.collection_promise_grace_days", readonly=False
    )
    collection_promise_max_days = fields.Integer(
        related="company_id.collection_promise_max_days", readonly=False
    )
    collection_leave_out_max_days = fields.Integer(
        related="company_id.collection_leave_out_max_days", readonly=False
    )
    collection_agreement_grace_days = fields.Integer(
        related="company_id.collection_agreement_grace_days", readonly=False
    )
    collection_agreement_max_days = fields.Integer(
        related="company_id.collection_agreement_max_days", readonly=False
    )
    collection_agreement_max_instalments = fields.Integer(
        related="company_id.collection_agreement_max_instalments", readonly=False
    )
    collection_agreement_max_amount = fields.Monetary(
        related="company_id.collection_agreement_max_amount",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
    collection_agreement_fee_rate = fields.Float(
        related="company_id.collection_agreement_fee_rate", readonly=False
    )
    collection_agreement_free_count = fields.Integer(
        related="company_id.collection_agreement_free_count", readonly=False
    )
    collection_agreement_max_waiver = fields.Monetary(
        related="company_id.collection_agreement_max_waiver",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
    collection_agreement_sign_days = fields.Integer(
        related="company_id.collection_agreement_sign_days", readonly=False
    )
    collection_release_needs_agreement = fields.Boolean(
        related="company_id.collection_release_needs_agreement", readonly=False
    )
