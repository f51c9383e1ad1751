{
    "name": "Credit & Collection: Dashboards",
    "summary": "Receivables, collection and credit in Odoo's dashboards, with filters",
    "version": "19.0.1.0.0",
    "category": "Accounting/Credit",
    "license": "AGPL-3",
    "author": "Credit & Collection for Odoo",
    "website": "https://github.com/credit-collection/credit-collection",
    "depends": ["credit_collection", "spreadsheet_dashboard"],
    "data": ["data/spreadsheet_dashboard_data.xml"],
    "auto_install": ["credit_collection", "spreadsheet_dashboard"],
}
