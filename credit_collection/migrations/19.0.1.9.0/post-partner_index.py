"""Indexes of company-dependent fields of partners go: see `credit/terms/res_partner_sql.py`."""

from odoo import SUPERUSER_ID, api
from odoo.tools.sql import drop_index, make_index_name


def migrate(cr, version):
    partners = api.Environment(cr, SUPERUSER_ID, {})["res.partner"]
    for field in partners._fields.values():
        if field.company_dependent and not field.index:
            drop_index(cr, make_index_name(partners._table, field.name), partners._table)
