from odoo import fields, models

# Thresholds of a policy that count for companies without one: name -> field of the company.
THRESHOLDS = {
    "large_limit": "credit_large_limit",
    "large_term_days": "credit_large_term_days",
    "term_max_days": "credit_term_max_days",
    "first_limit_capital_percent": "credit_first_limit_percent",
    "security_warn_days": "credit_security_warn_days",
    "review_months": "credit_review_months",
    "usage_alert_percent": "credit_alert_percent",
    "late_days": "credit_late_days",
    "warn_orders_percent": "credit_warn_orders_percent",
    "warn_slower_days": "credit_warn_slower_days",
    "risk_medium_days": "credit_risk_medium_days",
    "risk_high_days": "credit_risk_high_days",
    "risk_share_percent": "credit_risk_share_percent",
    "risk_broken_medium": "credit_risk_broken_medium",
    "risk_broken_high": "credit_risk_broken_high",
}


class ResCompany(models.Model):
    """Thresholds of applications and securities, where no policy sets them."""

    _inherit = "res.company"

    credit_large_limit = fields.Monetary(
        "Large Limit",
        currency_field="currency_id",
        default=3000000.0,
        help="A limit above it needs the next level of approval (P4-04). 0 = none.",
    )
    credit_large_term_days = fields.Integer(
        "Long Term (Days)",
        default=100,
        help="A term above it needs the next level of approval (P4-04). 0 = none.",
    )
    credit_term_max_days = fields.Integer(
        "Usual Longest Term (Days)",
        default=60,
        help="An application for a longer term says so to the approvers (P4-06). 0 = none.",
    )
    credit_first_limit_percent = fields.Float(
        "First Limit (% of Registered Capital)",
        default=20.0,
        help="Red line of a first limit (P2-15). 0 = none.",
    )
    credit_security_warn_days = fields.Integer("Warn before a Security Ends (Days)", default=30)
    credit_review_months = fields.Integer("Review Interval (Months)", default=12)
    credit_sales_months = fields.Integer(
        "Months of Sales",
        default=6,
        help="Full months whose invoices give the expected monthly sales of an application.",
    )
    credit_limit_rounding = fields.Monetary(
        "Round Proposed Limits Down To",
        currency_field="currency_id",
        default=1.0,
        help="In company currency; 0 = not rounded.",
    )

    _credit_thresholds_positive = models.Constraint(
        "CHECK(credit_large_limit >= 0 AND credit_large_term_days >= 0 AND credit_term_max_days >= 0"
        " AND credit_security_warn_days >= 0 AND credit_limit_rounding >= 0"
        " AND credit_first_limit_percent BETWEEN 0 AND 100)",
        "Thresholds of credit cannot be negative, nor a percentage above 100.",
    )
    _credit_months_range = models.Constraint(
        "CHECK(credit_sales_months BETWEEN 1 AND 60 AND credit_review_months BETWEEN 1 AND 60)",
        "Choose between 1 and 60 months.",
    )

    def _credit_threshold(self, name, partner=None):
        """A threshold for a customer: of the policy in force for him, else of this company.

        :param name: key of `THRESHOLDS`
        """
        self.ensure_one()
        return self._credit_threshold_of(self.sudo()._credit_policy_for(partner), name)

    def _credit_threshold_of(self, policy, name):
        """The same where the policy in force is known already, or that there is none."""
        return policy[name] if policy else self.sudo()[THRESHOLDS[name]]

    def _credit_policy_for(self, partner):
        """The policy in force for a customer, empty without one."""
        partner = (partner or self.env["res.partner"]).sudo().with_company(self)
        return partner.commercial_partner_id._credit_policy(self)

    def _credit_controllers(self):
        """Active credit controllers of the company."""
        self.ensure_one()
        group = self.env.ref("credit_collection.group_credit_controller").sudo()
        return group.all_user_ids.filtered(
            lambda u: u.active and not u.share and self in u.company_ids
        )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    credit_large_limit = fields.Monetary(
        related="company_id.credit_large_limit",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
    credit_large_term_days = fields.Integer(
        related="company_id.credit_large_term_days", readonly=False
    )
    credit_term_max_days = fields.Integer(related="company_id.credit_term_max_days", readonly=False)
    credit_first_limit_percent = fields.Float(
        related="company_id.credit_first_limit_percent", readonly=False
    )
    credit_security_warn_days = fields.Integer(
        related="company_id.credit_security_warn_days", readonly=False
    )
    credit_review_months = fields.Integer(related="company_id.credit_review_months", readonly=False)
    credit_sales_months = fields.Integer(related="company_id.credit_sales_months", readonly=False)
    credit_limit_rounding = fields.Monetary(
        related="company_id.credit_limit_rounding",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
