from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of collection."""

    _inherit = "res.config.settings"

    # When the run works and letters may go
    collection_run_mode = fields.Selection(related="company_id.collection_run_mode", readonly=False)
    collection_run_hour = fields.Float(related="company_id.collection_run_hour", readonly=False)
    collection_hour_from = fields.Float(related="company_id.collection_hour_from", readonly=False)
    collection_hour_to = fields.Float(related="company_id.collection_hour_to", readonly=False)
    collection_contact_max = fields.Integer(
        related="company_id.collection_contact_max", readonly=False
    )
    collection_contact_days = fields.Integer(
        related="company_id.collection_contact_days", readonly=False
    )
    collection_letter_confirm = fields.Boolean(
        related="company_id.collection_letter_confirm", readonly=False
    )
    collection_thanks = fields.Boolean(related="company_id.collection_thanks", readonly=False)
    collection_receipt = fields.Boolean(related="company_id.collection_receipt", readonly=False)
    collection_bank_guard_days = fields.Integer(
        related="company_id.collection_bank_guard_days", readonly=False
    )
    # Collectors
    collection_assign_order = fields.Selection(
        related="company_id.collection_assign_order", readonly=False
    )
    collection_case_user_id = fields.Many2one(
        related="company_id.collection_case_user_id", readonly=False
    )
    collection_own_portfolio = fields.Boolean(
        related="company_id.collection_own_portfolio", readonly=False
    )
    # Authority of collectors
    collection_promise_grace_days = fields.Integer(
        related="company_id.collection_promise_grace_days", readonly=False
    )
    collection_promise_max_days = fields.Integer(
        related="company_id.collection_promise_max_days", readonly=False
    )
    collection_exclusion_max_days = fields.Integer(
        related="company_id.collection_exclusion_max_days", readonly=False
    )
    collection_pause_max_days = fields.Integer(
        related="company_id.collection_pause_max_days", readonly=False
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
    collection_agreement_max_fee_rate = fields.Float(
        related="company_id.collection_agreement_max_fee_rate", readonly=False
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
    # Confirmation sheets
    collection_sheet_enabled = fields.Boolean(
        related="company_id.collection_sheet_enabled", readonly=False
    )
    collection_sheet_day = fields.Integer(related="company_id.collection_sheet_day", readonly=False)
    collection_sheet_answer_days = fields.Integer(
        related="company_id.collection_sheet_answer_days", readonly=False
    )
    collection_sheet_route_days = fields.Integer(
        related="company_id.collection_sheet_route_days", readonly=False
    )
    collection_finance_user_id = fields.Many2one(
        related="company_id.collection_finance_user_id", readonly=False
    )
    collection_accounting_user_id = fields.Many2one(
        related="company_id.collection_accounting_user_id", readonly=False
    )
    collection_sales_head_id = fields.Many2one(
        related="company_id.collection_sales_head_id", readonly=False
    )
    # Takeover, key customers, ledger
    collection_takeover_notify_days = fields.Integer(
        related="company_id.collection_takeover_notify_days", readonly=False
    )
    collection_takeover_days = fields.Integer(
        related="company_id.collection_takeover_days", readonly=False
    )
    collection_evidence_days = fields.Integer(
        related="company_id.collection_evidence_days", readonly=False
    )
    collection_key_sales = fields.Monetary(
        related="company_id.collection_key_sales",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
    collection_amount_a = fields.Monetary(
        related="company_id.collection_amount_a",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
    collection_amount_b = fields.Monetary(
        related="company_id.collection_amount_b",
        currency_field="credit_company_currency_id",
        readonly=False,
    )
    collection_leader_id = fields.Many2one(
        related="company_id.collection_leader_id", readonly=False
    )
    collection_leader_deputy_id = fields.Many2one(
        related="company_id.collection_leader_deputy_id", readonly=False
    )
    collection_leader_ids = fields.Many2many(
        related="company_id.collection_leader_ids", readonly=False
    )
    collection_suit_days = fields.Integer(related="company_id.collection_suit_days", readonly=False)
    collection_watch_days = fields.Integer(
        related="company_id.collection_watch_days", readonly=False
    )
    collection_dormant_days = fields.Integer(
        related="company_id.collection_dormant_days", readonly=False
    )
    collection_worklist_order = fields.Selection(
        related="company_id.collection_worklist_order", readonly=False, required=True
    )
    collection_high_risk_score = fields.Integer(
        related="company_id.collection_high_risk_score", readonly=False
    )
