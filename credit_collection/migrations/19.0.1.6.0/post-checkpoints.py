"""Checkpoints: rules say by checkpoint what they do. Orders are checked as before.

As new databases have it, the rules for frozen and blacklisted customers hold deliveries where they
hold orders; without Inventory nothing is delivered. The shipped rules warn of invoices that no
order covers.
"""

from odoo.tools import SQL

SHIPPED = ("credit_rule_control", "credit_rule_limit", "credit_rule_overdue")


def migrate(cr, version):
    """Give the rules of the basis of credit, those of policies as well, their action at delivery."""
    cr.execute(
        "UPDATE credit_rule SET delivery_action = action"
        " WHERE rule_type = 'control' AND delivery_action IS NULL"
    )
    cr.execute(
        SQL(
            """UPDATE credit_rule SET invoice_action = 'warn'
                 FROM ir_model_data data
                WHERE data.module = 'credit_collection' AND data.model = 'credit.rule'
                  AND data.name IN %s AND data.res_id = credit_rule.id
                  AND invoice_action IS NULL AND action IN ('warn', 'hold')""",
            SHIPPED,
        )
    )
