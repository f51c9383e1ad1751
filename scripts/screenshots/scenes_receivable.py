"""Screens of receivables: ageing, figures, provisions, write-offs, claims, recoveries, notes, old debts."""

LIST = ".o_list_view .o_data_row"
ANY = ".o_list_view, .o_kanban_view, .o_view_nocontent, .o_form_view, .o_pivot, .o_graph_view"
FORM = ".o_form_view .o_form_sheet, .o_form_view .o_form_editable"
TAB = "document.querySelector('a.nav-link[name={}]').click()"
# By the menu to the dialog of the ageing, and from there to its screen.
AGEING = """(async () => {{
    const press = async name => {{
        for (let i = 0; i < 50 && !document.querySelector(name); i++) {{
            await new Promise(done => setTimeout(done, 200));
        }}
        // The dialog opens with a calendar; the pointer closes it.
        await new Promise(done => setTimeout(done, 800));
        document.querySelector(name).dispatchEvent(new PointerEvent("pointerdown", {{bubbles: true}}));
        document.querySelector(name).click();
    }};
    await press("[data-menu-xmlid='credit_collection.menu_receivable']");
    await press("[data-menu-xmlid='credit_collection.receivable_ageing_report_menu']");
    await press(".modal button[name={}]");
    await new Promise(done => setTimeout(done, 3000));
}})()"""
ACTION = "/odoo/action-credit_collection."
FIGURES = ACTION + "insight_kpi_action"
PROVISIONS = ACTION + "receivable_provision_action"
OVER_180 = ACTION + "receivable_long_overdue_action"
NOTES = "/odoo/notes-receivable"
CLAIMS = "/odoo/written-off-claims"

# name: logins, path with {external id}, text that must be on it, script before the picture
SCENES = {
    "ageing-matrix": ("accountant auditor", FIGURES, LIST, AGEING.format("action_open_matrix")),
    "ageing-items": ("accountant gm", FIGURES, LIST, AGEING.format("action_open_items")),
    "figures": ("finance auditor collector", FIGURES, LIST, ""),
    "figures-graph": ("finance", FIGURES + "?view_type=graph", ".o_graph_view", ""),
    "figures-pivot": ("finance", FIGURES + "?view_type=pivot", ".o_pivot", ""),
    "figure": ("finance accountant", FIGURES + "/{figures}", FORM, ""),
    "over-180": ("collector controller accountant", OVER_180, LIST, ""),
    "over-180-one": ("collector", OVER_180 + "/{long_overdue}", FORM, ""),
    "provisions": ("controller accountant finance", PROVISIONS, LIST, ""),
    "provision-draft": ("controller accountant auditor", PROVISIONS + "/{provision_draft}", FORM, ""),
    "provision-specific": ("controller", PROVISIONS + "/{provision_draft}", FORM, TAB.format("specific")),
    "provision-working": ("controller", PROVISIONS + "/{provision_posted}", FORM, TAB.format("working")),
    "provision-movements": ("controller", PROVISIONS + "/{provision_draft}", FORM, TAB.format("movements")),
    "provision-accounts": ("controller", PROVISIONS + "/{provision_posted}", FORM, TAB.format("accounts")),
    "writeoffs": ("sales collector finance accountant", "/odoo/write-offs", ANY, ""),
    "writeoffs-kanban": ("finance", "/odoo/write-offs?view_type=kanban", ".o_kanban_record", ""),
    "writeoffs-decide": ("finance gm", ACTION + "receivable_writeoff_action_decide", ANY, ""),
    "writeoff-requested": ("sales2 finance", "/odoo/write-offs/{writeoff_requested}", FORM, ""),
    "writeoff-approved": ("sales accountant", "/odoo/write-offs/{writeoff_approved}", FORM, ""),
    "claims": ("collector accountant", CLAIMS, LIST, ""),
    "claims-kanban": ("collector", CLAIMS + "?view_type=kanban", ".o_kanban_record", ""),
    "recoveries": ("accountant auditor", "/odoo/recoveries", LIST, ""),
    "recovery": ("accountant", "/odoo/recoveries/{recovery}", FORM, ""),
    "notes": ("accountant controller sales", NOTES, LIST, ""),
    "notes-kanban": ("accountant", NOTES + "?view_type=kanban", ".o_kanban_record", ""),
    "notes-calendar": ("accountant", NOTES + "?view_type=calendar", ".o_calendar_view", ""),
    "notes-pivot": ("accountant", NOTES + "?view_type=pivot", ".o_pivot", ""),
    "note-in-hand": ("accountant sales", NOTES + "/{note_in_hand}", FORM, ""),
    "note-discounted": ("accountant", NOTES + "/{note_discounted}", FORM, TAB.format("steps")),
    "note-dishonoured": ("accountant", NOTES + "/{note_dishonoured}", FORM, TAB.format("steps")),
    "interest-notes": ("controller accountant sales2", "/odoo/interest-notes", ANY, ""),
    "interest-note": ("controller accountant finance", "/odoo/interest-notes/{interest_proposed}", FORM, ""),
    "confirmations": ("accountant auditor", "/odoo/balance-confirmations", LIST, ""),
    "confirmation-differs": (
        "accountant", "/odoo/balance-confirmation-letters/{confirmation_differs}", FORM, ""),
    "reconciliations": ("accountant salesmanager", "/odoo/reconciliation-sheets", LIST, ""),
    "statements": ("head", "/odoo/statements-sent", LIST, ""),
    "statement": ("accountant", "/odoo/statements-sent/{statement}", FORM, ""),
    "interest-terms": ("controller", "/odoo/interest-terms", LIST, ""),
    "accrued-interest": ("accountant", "/odoo/accrued-interest/new", FORM, ""),
    "case-reopened": ("collector", "/odoo/collection-cases/{case:guiyang}", FORM, ""),
    "partner-written-off": ("collector", "/odoo/res.partner/{lanzhou}", FORM, TAB.format("credit")),
    "invoice-dishonoured": (
        "accountant", "/odoo/action-account.action_move_out_invoice_type/{debt_guiyang}", FORM, ""),
    "receivable-settings": (
        "admin", ACTION + "res_config_settings_action", ".app_settings_block",
        "[...document.querySelectorAll('.app_settings_block h2')].at(-3)?.scrollIntoView()"),
    "ageing-columns": ("admin", ACTION + "receivable_ageing_column_action", LIST, ""),
    "writeoff-reasons": ("admin", ACTION + "receivable_writeoff_reason_action", LIST, ""),
}  # fmt: skip
