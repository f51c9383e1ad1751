"""Screens of the credit file: policies, applications, assessments, securities, history, reviews."""

LIST = ".o_list_view .o_data_row"
ANY_LIST = ".o_list_view"
FORM = ".o_form_view .o_form_sheet, .o_form_view .o_form_editable"
TAB = "document.querySelector('a.nav-link[name={}]').click()"
ACTION = "/odoo/action-credit_collection."
HANGZHOU = "/odoo/credit-customers/{hangzhou}"

# name: logins, path with {external id}, what must be on it, script before the picture
SCENES = {
    "policies": ("admin gm auditor controller", "/odoo/credit-policies", LIST, ""),
    "policy": ("admin auditor", "/odoo/credit-policies/{policy}", FORM, ""),
    "policy-rules": ("gm", "/odoo/credit-policies/{policy}", FORM, TAB.format("rules")),
    "policy-thresholds": ("gm", "/odoo/credit-policies/{policy}", FORM, TAB.format("thresholds")),
    "policy-draft": ("admin", "/odoo/credit-policies/{policy_export}", FORM, ""),
    "policy-load": ("admin", ACTION + "credit_policy_load_action", ".o_form_view",
                    "document.querySelectorAll('.o_dialog .o_radio_input')[2].click()"),
    "grades": ("admin", ACTION + "credit_grade_action", LIST, ""),
    "scorecards": ("admin", ACTION + "credit_scorecard_action", LIST, ""),
    "scorecard": ("admin", ACTION + "credit_scorecard_action/1", FORM, ""),
    "paper-types": ("admin", ACTION + "credit_document_type_action", LIST, ""),
    "settings": ("admin", ACTION + "res_config_settings_action", ".app_settings_block", ""),
    "applications": ("controller sales", "/odoo/credit-applications", LIST, ""),
    "applications-decide": ("salesmanager", ACTION + "credit_application_action_decide", LIST, ""),
    "application": ("sales salesmanager finance gm auditor controller cfo",
                    "/odoo/credit-applications/{application_requested}", FORM, ""),
    "application-papers": ("sales salesmanager", "/odoo/credit-applications/{application_requested}", FORM,
                           TAB.format("papers")),
    "application-reason": ("salesmanager", "/odoo/credit-applications/{application_requested}", FORM,
                           TAB.format("documents")),
    "application-approved": ("sales2", "/odoo/credit-applications/{application_approved}", FORM,
                             TAB.format("approvals")),
    "application-new": ("sales controller", "/odoo/credit-applications/new", FORM, ""),
    "application-to-sign": ("sales controller", "/odoo/credit-applications/{application_to_sign}", FORM,
                            TAB.format("signature")),
    "application-portal": ("customer", "/my/credit-applications/{application_to_sign}", "#introduction, table", ""),
    "applications-portal": ("customer", "/my/credit-applications", "table", ""),
    "assessment-groups": ("admin controller", ACTION + "credit_assessment_group_action", LIST, ""),
    "sign-offs": ("gm", ACTION + "credit_assessment_signoff_action", ANY_LIST, ""),
    "assessments": ("controller", "/odoo/credit-assessments", LIST, ""),
    "assessment": ("controller salesmanager auditor", "/odoo/credit-assessments/{assessment}", FORM, ""),
    "assessment-papers": ("controller", "/odoo/credit-assessments/{assessment}", FORM,
                          TAB.format("documents")),
    "scores": ("salesmanager finance", "/odoo/credit-scores", ANY_LIST, ""),
    "score-sheet": ("salesmanager", "/odoo/credit-scores", LIST,
                    "document.querySelector('.o_data_row .o_data_cell').click()"),
    "papers": ("controller sales", "/odoo/credit-papers", LIST, ""),
    "investigations": ("controller", "/odoo/credit-investigations", LIST, ""),
    "securities": ("controller auditor", "/odoo/credit-securities", LIST, ""),
    "security": ("controller", "/odoo/credit-securities/{security_ending}", FORM, ""),
    "shared-limits": ("controller", "/odoo/credit-shared-limits", LIST, ""),
    "shared-limit": ("controller auditor", "/odoo/credit-shared-limits/{shared_limit}", FORM, ""),
    "history": ("controller auditor", "/odoo/credit-history", LIST, ""),
    "warnings": ("controller sales", "/odoo/credit-warnings", LIST, ""),
    "warning": ("controller", "/odoo/credit-warnings/{warnings}", FORM, ""),
    "partner-hangzhou": ("controller accountant sales2", HANGZHOU, FORM, TAB.format("credit")),
    "credit-file": ("controller sales2 auditor finance accountant gm",
                    ACTION + "res_partner_action_credit_file/{hangzhou}", FORM, ""),
    "behaviour": ("controller", ACTION + "res_partner_action_credit_file/{hangzhou}", FORM,
                  "document.querySelector('button[name=action_open_credit_behaviour]').click()"),
    "import": ("controller", "/odoo/credit-customers", LIST,
               "document.querySelector('button[name=action_import_credit_terms]').click()"),
}  # fmt: skip
