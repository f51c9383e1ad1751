from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of ageing, figures, write-off and notes."""

    _inherit = "res.config.settings"

    receivable_days_method = fields.Selection(
        related="company_id.receivable_days_method", readonly=False
    )
    receivable_vat_factor = fields.Float(related="company_id.receivable_vat_factor", readonly=False)
    receivable_dso_target = fields.Float(related="company_id.receivable_dso_target", readonly=False)
    receivable_rate_trade = fields.Boolean(
        related="company_id.receivable_rate_trade", readonly=False
    )
    receivable_statement_frequency = fields.Selection(
        related="company_id.receivable_statement_frequency", readonly=False
    )
    receivable_statement_mode = fields.Selection(
        related="company_id.receivable_statement_mode", readonly=False
    )
    receivable_statement_day = fields.Integer(
        related="company_id.receivable_statement_day", readonly=False
    )
    receivable_statement_kind = fields.Selection(
        related="company_id.receivable_statement_kind", readonly=False
    )
    # Accounts and journal
    receivable_allowance_account_id = fields.Many2one(
        related="company_id.receivable_allowance_account_id", readonly=False
    )
    receivable_bad_debt_account_id = fields.Many2one(
        related="company_id.receivable_bad_debt_account_id", readonly=False
    )
    receivable_recovery_account_id = fields.Many2one(
        related="company_id.receivable_recovery_account_id", readonly=False
    )
    receivable_journal_id = fields.Many2one(
        related="company_id.receivable_journal_id", readonly=False
    )
    # Write-off
    receivable_allowance_use = fields.Selection(
        related="company_id.receivable_allowance_use", readonly=False
    )
    receivable_recovery_to = fields.Selection(
        related="company_id.receivable_recovery_to", readonly=False
    )
    receivable_small_limit = fields.Monetary(
        related="company_id.receivable_small_limit",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
    receivable_large_writeoff = fields.Monetary(
        related="company_id.receivable_large_writeoff",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
    receivable_claim_months = fields.Integer(
        related="company_id.receivable_claim_months", readonly=False
    )
    # Notes
    receivable_note_account_id = fields.Many2one(
        related="company_id.receivable_note_account_id", readonly=False
    )
    receivable_note_interest_account_id = fields.Many2one(
        related="company_id.receivable_note_interest_account_id", readonly=False
    )
    receivable_note_fee_account_id = fields.Many2one(
        related="company_id.receivable_note_fee_account_id", readonly=False
    )
    receivable_contingent_counts = fields.Boolean(
        related="company_id.receivable_contingent_counts", readonly=False
    )
    receivable_note_remind_days = fields.Integer(
        related="company_id.receivable_note_remind_days", readonly=False
    )
    # Balance confirmations
    receivable_confirmation_days = fields.Integer(
        related="company_id.receivable_confirmation_days", readonly=False
    )
    receivable_confirmation_remind_days = fields.Integer(
        related="company_id.receivable_confirmation_remind_days", readonly=False
    )
    receivable_confirmation_rotation = fields.Boolean(
        related="company_id.receivable_confirmation_rotation", readonly=False
    )
    receivable_confirmation_month_1 = fields.Selection(
        related="company_id.receivable_confirmation_month_1", readonly=False
    )
    receivable_confirmation_month_2 = fields.Selection(
        related="company_id.receivable_confirmation_month_2", readonly=False
    )
    # Late interest and fees
    receivable_interest_term_id = fields.Many2one(
        related="company_id.receivable_interest_term_id", readonly=False
    )
    receivable_interest_run = fields.Selection(
        related="company_id.receivable_interest_run", readonly=False
    )
    receivable_interest_days = fields.Integer(
        related="company_id.receivable_interest_days", readonly=False
    )
    receivable_interest_account_id = fields.Many2one(
        related="company_id.receivable_interest_account_id", readonly=False
    )
    receivable_fee_account_id = fields.Many2one(
        related="company_id.receivable_fee_account_id", readonly=False
    )
    receivable_interest_tax_id = fields.Many2one(
        related="company_id.receivable_interest_tax_id", readonly=False
    )
    receivable_interest_journal_id = fields.Many2one(
        related="company_id.receivable_interest_journal_id", readonly=False
    )
    receivable_interest_shown = fields.Boolean(
        related="company_id.receivable_interest_shown", readonly=False
    )
    receivable_accrual_account_id = fields.Many2one(
        related="company_id.receivable_accrual_account_id", readonly=False
    )
    receivable_accrual_reverses = fields.Boolean(
        related="company_id.receivable_accrual_reverses", readonly=False
    )
    receivable_payment_order = fields.Selection(
        related="company_id.receivable_payment_order", readonly=False
    )
