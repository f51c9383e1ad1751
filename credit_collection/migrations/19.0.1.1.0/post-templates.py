"""Policies know the record that they were loaded from, no longer the code of a template."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists


def migrate(cr, version):
    if not column_exists(cr, "credit_policy", "template_code"):
        return
    cr.execute(
        SQL(
            """
            UPDATE credit_policy policy
               SET template_id = data.res_id
              FROM ir_model_data data
             WHERE data.module = 'credit_collection'
               AND data.model = 'credit.policy'
               AND data.name = 'credit_policy_template_' || LOWER(policy.template_code)
            """
        )
    )
