from odoo import api, fields, models
from odoo.exceptions import ValidationError

REVIEW_FIELDS = {
    "warn_orders_percent",
    "warn_slower_days",
    "risk_medium_days",
    "risk_high_days",
    "risk_share_percent",
    "risk_broken_medium",
    "risk_broken_high",
}


class CreditPolicy(models.Model):
    """Thresholds of early warning (P5-06) and of the risk level (P1-14)."""

    _inherit = "credit.policy"

    warn_orders_percent = fields.Float(
        "Warn When Orders Fall By (%)",
        default=50.0,
        tracking=True,
        help="Orders of the last full month against the customer's own average of the 12 months before.",
    )
    warn_slower_days = fields.Integer(
        "Warn When Paying Slower By (Days)",
        default=10,
        tracking=True,
        help="Weighted days late of the last 3 months against the customer's own 12 months.",
    )
    risk_medium_days = fields.Integer("Medium Risk Above (Days Overdue)", default=30, tracking=True)
    risk_high_days = fields.Integer("High Risk Above (Days Overdue)", default=90, tracking=True)
    risk_share_percent = fields.Float(
        "Medium Risk Above (% of All Receivables)",
        default=5.0,
        tracking=True,
        help="A customer who owes more of what all customers owe is a medium risk while he is overdue.",
    )
    risk_broken_medium = fields.Integer(
        "Medium Risk From (Broken Promises)",
        default=1,
        tracking=True,
        help="Promises to pay that the customer did not keep.",
    )
    risk_broken_high = fields.Integer("High Risk From (Broken Promises)", default=3, tracking=True)

    @api.constrains(*sorted(REVIEW_FIELDS))
    def _check_review_thresholds(self):
        for policy in self:
            for name in sorted(REVIEW_FIELDS):
                high = 100 if name.endswith("_percent") else 3650
                if not 0 <= policy[name] <= high:
                    raise ValidationError(policy._out_of_range(name, 0, high))
            if (
                policy.risk_high_days < policy.risk_medium_days
                or policy.risk_broken_high < policy.risk_broken_medium
            ):
                raise ValidationError(
                    self.env._(
                        "Policy “%s”: a high risk begins later than a medium one.", policy.name
                    )
                )

    @api.model
    def _get_create_fields(self):
        return super()._get_create_fields() | REVIEW_FIELDS

    def _get_open_fields(self):
        opened = super()._get_open_fields()
        return opened | REVIEW_FIELDS if self.state == "draft" else opened

    def _grade_rank(self, grade):
        """Place of a grade among those of the policy, 0 = the best; None without a grade.

        Without a policy, or where it does not name the grade, among all active grades.
        """
        if not grade:
            return None
        ids = self.grade_line_ids.sorted("score_min", reverse=True).grade_id.ids
        if grade.id not in ids:
            ids = [id_ for id_, _sequence, _prepaid in grade._ladder()]
        return ids.index(grade.id) if grade.id in ids else None

    def _is_cash_grade(self, grade):
        """Whether a grade falls back to cash (P4-07): no credit by the policy, or below C."""
        if not grade:
            return False
        line = self._grade_line(grade)
        if line:
            return not line._grants_credit()
        return self._is_last_grade(grade) or grade.id in [row[0] for row in grade._ladder()[-1:]]

    def _is_low_grade(self, grade):
        """Whether a grade is a medium risk (P1-14): above D, with no credit or nothing better below.

        By what it grants, not by its place: a grade put in between changes nothing for others.
        """
        if not self._grade_rank(grade) or self._is_last_grade(grade):
            return False
        line = self._grade_line(grade)
        if not line:
            below = [share for _id, place, share in grade._ladder() if place > grade.sequence]
            return min(below, default=100.0) >= 100.0
        below = self.grade_line_ids.filtered(lambda other: other.score_min < line.score_min)
        return not line._grants_credit() or set(below.mapped("settlement_mode")) <= {"prepaid"}


class ResCompany(models.Model):
    """The same where no policy sets them, and how far the daily run of reviews came."""

    _inherit = "res.company"

    credit_late_days = fields.Integer(
        "Late Payer (Days)",
        default=15,
        help="Average delay of payment, weighted by amount, above which the quarterly review"
        " takes term away.",
        prefetch="credit_review",
    )
    credit_warn_orders_percent = fields.Float(
        "Warn When Orders Fall By (%)", default=50.0, prefetch="credit_review"
    )
    credit_warn_slower_days = fields.Integer(
        "Warn When Paying Slower By (Days)", default=10, prefetch="credit_review"
    )
    credit_risk_medium_days = fields.Integer(
        "Medium Risk Above (Days Overdue)", default=30, prefetch="credit_review"
    )
    credit_risk_high_days = fields.Integer(
        "High Risk Above (Days Overdue)", default=90, prefetch="credit_review"
    )
    credit_risk_share_percent = fields.Float(
        "Medium Risk Above (% of All Receivables)", default=5.0, prefetch="credit_review"
    )
    credit_risk_broken_medium = fields.Integer(
        "Medium Risk From (Broken Promises)", default=1, prefetch="credit_review"
    )
    credit_risk_broken_high = fields.Integer(
        "High Risk From (Broken Promises)", default=3, prefetch="credit_review"
    )
    credit_review_day = fields.Date(
        help="Day of the last daily run of reviews.", prefetch="credit_review"
    )
    credit_review_cursor = fields.Integer(
        help="Last customer of an unfinished daily run of reviews; 0 = none under way.",
        prefetch="credit_review",
    )

    _credit_review_range = models.Constraint(
        "CHECK(credit_late_days BETWEEN 0 AND 3650 AND credit_warn_slower_days BETWEEN 0 AND 3650"
        " AND credit_risk_medium_days BETWEEN 0 AND credit_risk_high_days"
        " AND credit_risk_broken_medium BETWEEN 0 AND credit_risk_broken_high"
        " AND credit_risk_high_days <= 3650 AND credit_warn_orders_percent BETWEEN 0 AND 100"
        " AND credit_risk_share_percent BETWEEN 0 AND 100)",
        "Thresholds of warnings and risk: days from 0 to 3650, medium before high, and 0 to 100 %.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_late_days = fields.Integer(related="company_id.credit_late_days", readonly=False)
    credit_warn_orders_percent = fields.Float(
        related="company_id.credit_warn_orders_percent", readonly=False
    )
    credit_warn_slower_days = fields.Integer(
        related="company_id.credit_warn_slower_days", readonly=False
    )
    credit_risk_medium_days = fields.Integer(
        related="company_id.credit_risk_medium_days", readonly=False
    )
    credit_risk_high_days = fields.Integer(
        related="company_id.credit_risk_high_days", readonly=False
    )
    credit_risk_share_percent = fields.Float(
        related="company_id.credit_risk_share_percent", readonly=False
    )
    credit_risk_broken_medium = fields.Integer(
        related="company_id.credit_risk_broken_medium", readonly=False
    )
    credit_risk_broken_high = fields.Integer(
        related="company_id.credit_risk_broken_high", readonly=False
    )
