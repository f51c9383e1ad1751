"""The fixed sum of Directive 2011/7/EU is in euros; terms that notes were computed by stay as they are."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    term = env.ref("credit_collection.receivable_interest_term_directive", raise_if_not_found=False)
    if term and term.lump == 40 and not term.lump_currency_id and not term.is_used:
        term.lump_currency_id = env.ref("base.EUR")
