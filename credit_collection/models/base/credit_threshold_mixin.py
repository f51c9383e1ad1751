from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Least and greatest value of each threshold; None = no end.
RANGES = {
    "credit_large_limit": (0, None),
    "credit_large_term_days": (0, 3650),
    "credit_term_max_days": (0, 3650),
    "credit_first_limit_percent": (0, 100),
    "credit_release_days": (1, 365),
    "credit_late_days": (0, 3650),
    "credit_security_warn_days": (0, 3650),
    "credit_alert_percent": (0, 100),
    "credit_review_months": (1, 60),
    "credit_warn_orders_percent": (0, 100),
    "credit_warn_slower_days": (0, 3650),
    "credit_risk_medium_days": (0, 3650),
    "credit_risk_high_days": (0, 3650),
    "credit_risk_share_percent": (0, 100),
    "credit_risk_broken_medium": (0, 3650),
    "credit_risk_broken_high": (0, 3650),
}


class CreditThresholdMixin(models.AbstractModel):
    """The figures from which on more people decide, somebody is warned or the risk is higher.

    A policy in force sets them for its customers, the company for all others: the same fields
    on both, read with `res.company._credit_threshold`. 0 switches one off, save for
    `credit_review_months` and `credit_release_days`. Amounts are in company currency
    (`currency_id` of the model).
    """

    _name = "credit.threshold.mixin"
    _description = "Thresholds of Credit Control"

    # The company's; each model has its own way to it.
    currency_id = fields.Many2one("res.currency")

    # Approval (P4-04, P4-06) and the first limit (P2-15)
    credit_large_limit = fields.Monetary(
        "Large Limit",
        default=3000000.0,
        tracking=True,
        help="Company currency. From this limit on, and for orders on hold from this amount on, an"
        " additional approval is needed. 0 = none.",
        prefetch="credit",
    )
    credit_large_term_days = fields.Integer(
        "Extended Term Above (Days)",
        default=100,
        tracking=True,
        help="Longer terms need an additional approval: days after the invoice, or after the end of"
        " its month. 0 = none.",
        aggregator=None,
        prefetch="credit",
    )
    credit_term_max_days = fields.Integer(
        "Maximum Standard Term (Days)",
        default=60,
        tracking=True,
        help="No grade grants more; approvers are told when an application exceeds it: days after"
        " the invoice, or after the end of its month. 0 = none.",
        aggregator=None,
        prefetch="credit",
    )
    credit_first_limit_percent = fields.Float(
        "Initial Limit Cap (% of Registered Capital)",
        default=20.0,
        tracking=True,
        help="Maximum initial limit of a customer. 0 = none.",
        aggregator=None,
        prefetch="credit",
    )
    # P1-02, P5-02
    credit_new_needs_assessment = fields.Boolean(
        "New Customers Need an Assessment",
        default=True,
        tracking=True,
        help="A credit application of a new customer needs a finished assessment of type New"
        " Customer that every department on it has signed.",
        prefetch="credit",
    )
    # Releases (P4-10)
    credit_release_days = fields.Integer(
        "Release Valid (Days)",
        default=30,
        tracking=True,
        help="How long an approved release, or a request for one, stays valid.",
        aggregator=None,
        prefetch="credit",
    )
    # Reviews (P4-07) and warnings (P5-06)
    credit_review_months = fields.Integer(
        "Review Interval (Months)",
        default=12,
        tracking=True,
        help="For customers whose grade names no interval of its own.",
        aggregator=None,
        prefetch="credit",
    )
    credit_late_days = fields.Integer(
        "Late Payer from (Days)",
        default=15,
        tracking=True,
        help="Average delay of payment, weighted by amount, above which the quarterly review"
        " takes term away.",
        aggregator=None,
        prefetch="credit",
    )
    credit_alert_percent = fields.Float(
        "Utilization Alert (%)",
        default=80.0,
        tracking=True,
        help="From this share of the effective limit on, a customer is near the limit.",
        aggregator=None,
    )
    credit_security_warn_days = fields.Integer(
        "Warn Before Collateral Expires (Days)",
        default=30,
        tracking=True,
        help=(
            "Number of days before its end at which collateral is shown as expiring, with an "
            "activity."
        ),
        aggregator=None,
        prefetch="credit",
    )
    credit_warn_orders_percent = fields.Float(
        "Warn When Orders Fall By (%)",
        default=50.0,
        tracking=True,
        help="Orders of the last full month against the customer's own average of the 12 months before."
        " As far upward warns too: at 50%, half or double.",
        aggregator=None,
        prefetch="credit",
    )
    credit_warn_slower_days = fields.Integer(
        "Warn When Paying Slower By (Days)",
        default=10,
        tracking=True,
        help="Weighted days late of the last 3 months against the customer's own 12 months.",
        aggregator=None,
        prefetch="credit",
    )
    # Risk level (P1-14)
    credit_risk_medium_days = fields.Integer(
        "Medium Risk Above (Days Overdue)",
        default=30,
        tracking=True,
        help="Of the oldest overdue item of a customer. 0 = off.",
        aggregator=None,
        prefetch="credit",
    )
    credit_risk_high_days = fields.Integer(
        "High Risk Above (Days Overdue)",
        default=90,
        tracking=True,
        help="Of the oldest overdue item of a customer. 0 = off.",
        aggregator=None,
        prefetch="credit",
    )
    credit_risk_share_percent = fields.Float(
        "Medium Risk Above (% of All Receivables)",
        default=5.0,
        tracking=True,
        help="An overdue customer with a larger share of total receivables is rated medium risk.",
        aggregator=None,
        prefetch="credit",
    )
    credit_risk_broken_medium = fields.Integer(
        "Medium Risk From (Broken Promises)",
        default=1,
        tracking=True,
        help="Promises to pay that the customer did not keep. 0 = off.",
        aggregator=None,
        prefetch="credit",
    )
    credit_risk_broken_high = fields.Integer(
        "High Risk From (Broken Promises)",
        default=3,
        tracking=True,
        help="Promises to pay that the customer did not keep. 0 = off.",
        aggregator=None,
        prefetch="credit",
    )

    @api.constrains(*RANGES)
    def _check_credit_thresholds(self):
        for record in self:
            for name, (low, high) in RANGES.items():
                if record[name] < low or (high is not None and record[name] > high):
                    raise ValidationError(record._get_out_of_range(name, low, high))
            if (
                record.credit_risk_high_days < record.credit_risk_medium_days
                or record.credit_risk_broken_high < record.credit_risk_broken_medium
            ):
                raise ValidationError(
                    self.env._(
                        "“%s”: a high risk begins later than a medium one.", record.display_name
                    )
                )

    def _get_out_of_range(self, name, low, high):
        """Return the message for threshold `name` of this record, which must lie from `low` to `high`."""
        values = {
            "record": self.display_name,
            "field": self._fields[name]._description_string(self.env),
            "low": low,
            "high": high,
        }
        if high is None:
            return self.env._("“%(record)s”: %(field)s cannot be less than %(low)s.", **values)
        return self.env._("“%(record)s”: %(field)s must be between %(low)s and %(high)s.", **values)
