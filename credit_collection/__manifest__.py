{
    "name": "Credit & Collection",
    "summary": "Credit limits that hold orders, releases with approval, collections,"
    " write-off and provision",
    "version": "19.0.1.0.0",
    "category": "Accounting/Credit & Collection",
    "license": "AGPL-3",
    "author": "Credit & Collection for Odoo",
    "website": "https://github.com/credit-collection/credit-collection",
    "depends": [
        "sale_management",
        "account",
        "mail",
        "portal",
        "base_tier_validation",
        "report_xlsx",
    ],
    "data": [
        # roles and access
        "security/credit_collection_groups.xml",
        "security/ir.model.access.csv",
        "security/credit_rules.xml",
        # area credit
        "data/credit_data.xml",
        "data/credit_grade_data.xml",
        "data/credit_rule_data.xml",
        "data/credit_tier_data.xml",
        "data/credit_mail_template_data.xml",
        "report/credit/credit_hold_report.xml",
        "views/credit/credit_exposure_line_views.xml",
        "views/credit/credit_grade_views.xml",
        "views/credit/credit_rule_views.xml",
        "views/credit/credit_hold_views.xml",
        "views/credit/res_partner_views.xml",
        "views/credit/sale_order_views.xml",
        "views/credit/sale_portal_templates.xml",
        "views/credit/res_config_settings_views.xml",
        "views/credit_collection_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["credit_collection/static/src/scss/*.scss"],
    },
    "application": True,
}
