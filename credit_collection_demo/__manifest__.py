{
    "name": "Credit & Collection: Demo Company",
    "summary": "A company with customers, invoices, held orders, collection cases and users"
    " to try Credit & Collection with; for a database of its own",
    "version": "19.0.1.0.0",
    "category": "Accounting/Credit",
    "license": "AGPL-3",
    "author": "Credit & Collection for Odoo",
    "website": "https://github.com/credit-collection/credit-collection",
    "depends": ["credit_collection"],
    "external_dependencies": {"bin": ["wkhtmltopdf"]},
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
}
