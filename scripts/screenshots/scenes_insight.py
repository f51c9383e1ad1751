"""Screens of insight: overview, closed months, figures, targets, alerts, monthly report, meeting."""

LIST = ".o_list_view .o_data_row"
ANY = ".o_list_view, .o_kanban_view, .o_view_nocontent, .o_form_view, .o_pivot, .o_graph_view"
FORM = ".o_form_view .o_form_sheet, .o_form_view .o_form_editable"
OVERVIEW = ".o_credit_overview section"
ACTION = "/odoo/action-credit_collection."
REPORT = "/odoo/receivables-reports/{report}"
# Opens the section of that number, with its chart.
SECTION = (
    "document.querySelectorAll('.o_field_widget[name=section_ids] .o_data_row')[{}]"
    ".querySelector('.o_data_cell').click(); new Promise(done => setTimeout(done, 3000))"
)

# name: logins, path with {external id}, text that must be on it, script before the picture
SCENES = {
    "overview": (
        "controller collector head finance gm sales salesmanager accountant auditor",
        "/odoo/credit-overview", OVERVIEW, ""),
    "months": ("finance auditor", ACTION + "insight_month_action", LIST, ""),
    "month": ("finance", ACTION + "insight_month_action/{month}", FORM, ""),
    "snapshots": ("finance", ACTION + "insight_snapshot_action", LIST, ""),
    "check": ("finance", ACTION + "insight_check_action/{check}", FORM, ""),
    "targets": ("head finance", ACTION + "insight_target_action", LIST, ""),
    "target": ("head", ACTION + "insight_target_action/{target}", FORM, ""),
    "alerts": ("finance", ACTION + "insight_alert_action", ANY, ""),
    "report": ("finance gm", REPORT, FORM, ""),
    "report-section": ("finance", REPORT, FORM, SECTION.format(6)),
    "meeting": ("controller", "/odoo/credit-meetings/{meeting}", FORM, ""),
    "decisions": ("controller collector", ACTION + "insight_meeting_decision_action", ANY, ""),
    "library": ("head", "/odoo/case-library", ANY, ""),
}  # fmt: skip
