from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of credit control; those of the other areas are in files of their own."""

    _inherit = "res.config.settings"

    credit_company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of Credit Amounts"
    )
    credit_mode = fields.Selection(related="company_id.credit_mode", readonly=False)
    credit_policy_id = fields.Many2one(related="company_id.credit_policy_id")
    credit_default_control = fields.Selection(
        related="company_id.credit_default_control", readonly=False
    )
    credit_supply_group_id = fields.Many2one(
        related="company_id.credit_supply_group_id", readonly=False
    )
    credit_controller_id = fields.Many2one(
        related="company_id.credit_controller_id", readonly=False
    )
    credit_release_days = fields.Integer(related="company_id.credit_release_days", readonly=False)
    credit_pay_release = fields.Selection(related="company_id.credit_pay_release", readonly=False)
    credit_prepaid_passes = fields.Boolean(
        related="company_id.credit_prepaid_passes", readonly=False
    )
    credit_horizon_days = fields.Integer(related="company_id.credit_horizon_days", readonly=False)
    credit_closing_day = fields.Integer(related="company_id.credit_closing_day", readonly=False)
    credit_release_confirm = fields.Boolean(
        related="company_id.credit_release_confirm", readonly=False
    )
    credit_controller_ceiling = fields.Monetary(
        related="company_id.credit_controller_ceiling",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
    credit_other_counts = fields.Boolean(related="company_id.credit_other_counts", readonly=False)
    credit_disputed_not_overdue = fields.Boolean(
        related="company_id.credit_disputed_not_overdue", readonly=False
    )
    credit_disputed_not_exposed = fields.Boolean(
        related="company_id.credit_disputed_not_exposed", readonly=False
    )
    credit_sign_first = fields.Boolean(related="company_id.credit_sign_first", readonly=False)
    credit_sales_months = fields.Integer(related="company_id.credit_sales_months", readonly=False)
    credit_limit_rounding = fields.Monetary(
        related="company_id.credit_limit_rounding",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
    # Thresholds, see credit.threshold.mixin
    credit_large_limit = fields.Monetary(
        related="company_id.credit_large_limit",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
    credit_large_term_days = fields.Integer(
        related="company_id.credit_large_term_days", readonly=False
    )
    credit_term_max_days = fields.Integer(related="company_id.credit_term_max_days", readonly=False)
    credit_new_needs_assessment = fields.Boolean(
        related="company_id.credit_new_needs_assessment", readonly=False
    )
    credit_first_limit_percent = fields.Float(
        related="company_id.credit_first_limit_percent", readonly=False
    )
    credit_review_months = fields.Integer(related="company_id.credit_review_months", readonly=False)
    credit_late_days = fields.Integer(related="company_id.credit_late_days", readonly=False)
    credit_alert_percent = fields.Float(related="company_id.credit_alert_percent", readonly=False)
    credit_security_warn_days = fields.Integer(
        related="company_id.credit_security_warn_days", readonly=False
    )
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
