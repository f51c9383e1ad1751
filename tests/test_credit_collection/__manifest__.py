{
    "name": "Credit & Collection: Tests",
    "summary": "Tests of Credit & Collection and the models that only tests need",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "AGPL-3",
    "author": "Credit & Collection for Odoo",
    "website": "https://github.com/credit-collection/credit-collection",
    "depends": ["credit_collection"],
    "assets": {"web.assets_tests": ["test_credit_collection/static/tests/tours/**/*.js"]},
}
