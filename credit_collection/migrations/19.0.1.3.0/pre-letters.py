"""The largest fee of repayment agreements is not below the usual one that a company has."""

from odoo.tools import SQL


def migrate(cr, version):
    cr.execute(
        SQL(
            "ALTER TABLE res_company"
            " ADD COLUMN IF NOT EXISTS collection_agreement_max_fee_rate numeric"
        )
    )
    cr.execute(
        SQL(
            "UPDATE res_company SET collection_agreement_max_fee_rate"
            " = GREATEST(0.05, COALESCE(collection_agreement_fee_rate, 0))"
        )
    )
