"""Fields and models get the field's terms; values, history, saved filters and exports stay."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, index_exists, make_index_name, rename_column

# Model, name before, name now: also of models that inherit the field.
FIELDS = [
    ("account.move", "collection_leave_out_until", "collection_excluded_until"),
    ("account.move", "collection_leave_out_reason", "collection_exclusion_reason"),
    ("account.bank.statement.line", "collection_leave_out_until", "collection_excluded_until"),
    ("account.bank.statement.line", "collection_leave_out_reason", "collection_exclusion_reason"),
    ("collection.case", "amount_rest", "amount_blocked"),
    ("collection.case", "date_silent", "muted_until"),
    ("collection.case", "last_contact_words", "last_contact_label"),
    ("collection.case", "last_words", "last_contact_text"),
    ("collection.escalation", "tell_role", "notify_role"),
    ("collection.ledger", "rest", "amount_blocked"),
    ("collection.ledger", "rest_why", "block_reason"),
    ("collection.ledger", "rests", "block_codes"),
    ("collection.letter", "conduct_warning", "contact_policy_warning"),
    ("collection.letter.line", "rests", "block_codes"),
    ("collection.promise.line", "date_judged", "date_evaluated"),
    ("credit.assessment", "book_days_late", "ledger_days_late"),
    ("credit.assessment", "book_days_to_pay", "ledger_days_to_pay"),
    ("credit.assessment", "book_dispute_count", "ledger_dispute_count"),
    ("credit.assessment", "book_first_invoice", "ledger_first_invoice"),
    ("credit.assessment", "book_limit", "ledger_limit"),
    ("credit.assessment", "book_order_amount", "ledger_order_amount"),
    ("credit.assessment", "book_order_count", "ledger_order_count"),
    ("credit.assessment", "book_overdue_amount", "ledger_overdue_amount"),
    ("credit.assessment", "book_paid_amount", "ledger_paid_amount"),
    ("credit.assessment", "book_sales", "ledger_sales"),
    ("credit.assessment", "book_years", "ledger_years"),
    ("credit.assessment.line", "book_option_id", "ledger_option_id"),
    ("credit.assessment.line", "book_text", "ledger_text"),
    ("credit.assessment.line", "book_value", "ledger_value"),
    ("credit.assessment.line", "has_book", "is_in_ledger"),
    ("credit.assessment.score", "book_option_id", "ledger_option_id"),
    ("credit.assessment.score", "book_text", "ledger_text"),
    ("credit.hold", "spent_at", "consumed_at"),
    ("credit.hold", "used_at", "confirmed_at"),
    ("credit.lock", "passages", "confirmation_count"),
    ("res.company", "collection_leave_out_max_days", "collection_exclusion_max_days"),
    ("res.company", "collection_takeover_tell_days", "collection_takeover_notify_days"),
    ("res.config.settings", "collection_leave_out_max_days", "collection_exclusion_max_days"),
    ("res.config.settings", "collection_takeover_tell_days", "collection_takeover_notify_days"),
    ("res.partner", "collection_last_words", "collection_last_contact_text"),
    ("res.users", "collection_last_words", "collection_last_contact_text"),
]
# Rows of both are made anew when they are needed.
MODELS = {"collection.leave.out": "collection.exclusion", "credit.gate": "credit.lock"}
TABLES = ("account_move_collection_leave_out_rel", "collection_leave_out", "credit_gate")
# Methods of buttons, in views that this update has not reached yet, and in changed ones.
METHODS = {
    "action_collection_leave_out": "action_collection_exclude",
    "action_make_sheets": "action_create_sheets",
    "action_open_papers": "action_open_checklist",
    "action_open_resting": "action_open_blocked",
    "action_take": "action_assign_to_me",
}
# Why a run wrote no letter, and the blocks of a line of a letter.
CODES = {"left_out": "excluded", "rests": "other_block"}


def migrate(cr, version):
    for old, new in MODELS.items():
        rename_model(cr, old, new)
    for name in TABLES:
        cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(name)))
    for model, old, new in FIELDS:
        rename_field(cr, model, old, new)
    for old, new in METHODS.items():
        rename_in_views(cr, None, old, new)
    for old, new in CODES.items():
        rename_code(cr, old, new)
    # The text with which applications are mailed, in each language, also of copies.
    cr.execute(
        SQL(
            """
            UPDATE mail_template
               SET body_html = replace(body_html::text, %(old)s, %(new)s)::jsonb
             WHERE strpos(body_html::text, %(old)s) > 0
            """,
            old="_get_terms_words",
            new="_get_terms_text",
        )
    )


def rename_model(cr, old, new):
    cr.execute(SQL("UPDATE ir_model SET model = %s WHERE model = %s", new, old))
    cr.execute(SQL("UPDATE ir_model_fields SET model = %s WHERE model = %s", new, old))
    names = [old.replace(".", "_"), new.replace(".", "_")]
    cr.execute(
        SQL(
            """
            UPDATE ir_model_data
               SET name = regexp_replace(name, '^(model|field)_' || %(old)s, '\\1_' || %(new)s)
             WHERE module = 'credit_collection'
               AND (name = 'model_' || %(old)s OR starts_with(name, 'field_' || %(old)s || '__'))
            """,
            old=names[0],
            new=names[1],
        )
    )


def rename_field(cr, model, old, new):
    table = model.replace(".", "_")
    if column_exists(cr, table, old):
        rename_column(cr, table, old, new)
        index = make_index_name(table, old)
        if index_exists(cr, index):
            to = SQL.identifier(make_index_name(table, new))
            cr.execute(SQL("ALTER INDEX %s RENAME TO %s", SQL.identifier(index), to))
    cr.execute(
        SQL(
            "UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s",
            new,
            model,
            old,
        )
    )
    cr.execute(
        SQL(
            "UPDATE ir_model_data SET name = %s WHERE module = 'credit_collection' AND name = %s",
            f"field_{table}__{new}",
            f"field_{table}__{old}",
        )
    )
    rename_in_views(cr, model, old, new)
    # In saved filters and exports: the name itself, and behind a dot or a slash the end of a path.
    texts = {"model": model, "own": rf"\m{old}\M", "path": rf"(?<=_ids?[./]){old}\M", "new": new}
    cr.execute(
        SQL(
            """
            UPDATE ir_filters
               SET domain = regexp_replace(domain, which.pattern, %(new)s, 'g'),
                   context = regexp_replace(context, which.pattern, %(new)s, 'g'),
                   sort = regexp_replace(sort, which.pattern, %(new)s, 'g')
              FROM (VALUES (TRUE, %(own)s), (FALSE, %(path)s)) which(is_own, pattern)
             WHERE (ir_filters.model_id = %(model)s) = which.is_own
               AND concat_ws(' ', domain, context, sort) ~ which.pattern
            """,
            **texts,
        )
    )
    cr.execute(
        SQL(
            """
            UPDATE ir_exports_line line
               SET name = regexp_replace(line.name, which.pattern, %(new)s, 'g')
              FROM ir_exports export,
                   (VALUES (TRUE, %(own)s), (FALSE, %(path)s)) which(is_own, pattern)
             WHERE export.id = line.export_id AND (export.resource = %(model)s) = which.is_own
               AND line.name ~ which.pattern
            """,
            **texts,
        )
    )
    # Settings of branches that post-branches lists.
    if model == "res.company":
        cr.execute(
            SQL(
                """
                UPDATE ir_config_parameter SET value = replace(value, %s, %s)
                 WHERE key = 'credit_collection.branch_settings'
                """,
                f'"{old}"',
                f'"{new}"',
            )
        )


def rename_in_views(cr, model, old, new):
    """Views of the model and of this module: those loaded first are checked with all that inherit them."""
    # A word of plain English stands in texts, too.
    pattern = rf"\m{old}\M" if "_" in old else rf'(?<=name=\\"){old}(?=\\")'
    cr.execute(
        SQL(
            """
            UPDATE ir_ui_view
               SET arch_db = regexp_replace(arch_db::text, %(pattern)s, %(new)s, 'g')::jsonb
             WHERE arch_db::text ~ %(pattern)s
               AND (model = %(model)s OR id IN (
                    SELECT res_id FROM ir_model_data
                     WHERE module = 'credit_collection' AND model = 'ir.ui.view'))
            """,
            pattern=pattern,
            new=new,
            model=model,
        )
    )


def rename_code(cr, old, new):
    selection = "selection__collection_run_line__skip__"
    cr.execute(SQL("UPDATE collection_run_line SET skip = %s WHERE skip = %s", new, old))
    cr.execute(
        SQL(
            """
            UPDATE collection_run
               SET skip_counts = skip_counts - %(old)s
                                 || jsonb_build_object(%(new)s, skip_counts -> %(old)s)
             WHERE skip_counts -> %(old)s IS NOT NULL
            """,
            old=old,
            new=new,
        )
    )
    cr.execute(
        SQL(
            """
            UPDATE collection_letter_line
               SET block_codes = array_to_string(
                       array_replace(string_to_array(block_codes, ','), %(old)s, %(new)s), ',')
             WHERE %(old)s = ANY(string_to_array(block_codes, ','))
            """,
            old=old,
            new=new,
        )
    )
    cr.execute(
        SQL(
            """
            UPDATE ir_model_fields_selection value SET value = %s
              FROM ir_model_fields field
             WHERE field.id = value.field_id AND field.model = 'collection.run.line'
               AND field.name = 'skip' AND value.value = %s
            """,
            new,
            old,
        )
    )
    cr.execute(
        SQL(
            "UPDATE ir_model_data SET name = %s WHERE module = 'credit_collection' AND name = %s",
            selection + new,
            selection + old,
        )
    )
