"""The shipped type Framework Contract is a contract whose term is compared (P4-26)."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    kind = env.ref("credit_collection.credit_document_type_contract", raise_if_not_found=False)
    if kind:
        kind.is_contract = True
