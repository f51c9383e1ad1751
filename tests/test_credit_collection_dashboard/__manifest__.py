{
    "name": "Credit & Collection: Tests of Dashboards",
    "summary": "Tests of Credit & Collection: Dashboards",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "AGPL-3",
    "author": "Credit & Collection for Odoo",
    "website": "https://github.com/credit-collection/credit-collection",
    "depends": ["credit_collection_dashboard", "test_credit_collection"],
}
