"""Thresholds of policies get the names that companies have (credit.threshold.mixin).

Columns, fields and their external ids are renamed, so that values and the history of
changes (mail.tracking.value) stay.
"""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, rename_column

RENAMED = {
    "large_limit": "credit_large_limit",
    "large_term_days": "credit_large_term_days",
    "term_max_days": "credit_term_max_days",
    "first_limit_capital_percent": "credit_first_limit_percent",
    "late_days": "credit_late_days",
    "security_warn_days": "credit_security_warn_days",
    "usage_alert_percent": "credit_alert_percent",
    "review_months": "credit_review_months",
    "warn_orders_percent": "credit_warn_orders_percent",
    "warn_slower_days": "credit_warn_slower_days",
    "risk_medium_days": "credit_risk_medium_days",
    "risk_high_days": "credit_risk_high_days",
    "risk_share_percent": "credit_risk_share_percent",
    "risk_broken_medium": "credit_risk_broken_medium",
    "risk_broken_high": "credit_risk_broken_high",
}
# Views that are part of others now; those that name the old fields would stop the update.
MERGED_VIEWS = (
    "credit_policy_view_form_review",
    "res_config_settings_view_form_application",
    "res_config_settings_view_form_review",
    "collection_run_view_settings",
    "res_config_settings_view_form_collection_facts",
    "res_config_settings_view_form_collection_sheet",
    "res_config_settings_view_form_ledger",
    "res_config_settings_view_form_writeoff",
)


def migrate(cr, version):
    # Their records go at the end of the update, as those of all that is no longer shipped.
    cr.execute(
        SQL(
            """
            UPDATE ir_ui_view SET active = FALSE
             WHERE id IN (SELECT res_id FROM ir_model_data
                           WHERE module = 'credit_collection' AND model = 'ir.ui.view' AND name IN %s)
            """,
            MERGED_VIEWS,
        )
    )
    for old, new in RENAMED.items():
        if not column_exists(cr, "credit_policy", old):
            continue
        rename_column(cr, "credit_policy", old, new)
        cr.execute(
            SQL(
                "UPDATE ir_model_fields SET name = %s WHERE model = 'credit.policy' AND name = %s",
                new,
                old,
            )
        )
        cr.execute(
            SQL(
                "UPDATE ir_model_data SET name = %s WHERE module = 'credit_collection' AND name = %s",
                f"field_credit_policy__{new}",
                f"field_credit_policy__{old}",
            )
        )
