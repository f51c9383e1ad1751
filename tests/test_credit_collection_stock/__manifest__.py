{
    "name": "Credit & Collection: Tests of Deliveries",
    "summary": "Tests of Credit & Collection: Deliveries",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "AGPL-3",
    "author": "Credit & Collection for Odoo",
    "website": "https://github.com/credit-collection/credit-collection",
    "depends": [
        "credit_collection_stock",
        "test_credit_collection",
        "stock_dropshipping",
        "stock_picking_batch",
    ],
    "assets": {"web.assets_tests": ["test_credit_collection_stock/static/tests/tours/**/*.js"]},
}
