"""Checkpoints: rules say by checkpoint what they do. Orders are checked as before.

As new databases have it, the rules for frozen and blacklisted customers hold deliveries where they
hold orders; without Inventory nothing is delivered.
"""


def migrate(cr, version):
    """Give the rules of the basis of credit, those of policies as well, their action at delivery."""
    cr.execute(
        "UPDATE credit_rule SET delivery_action = action"
        " WHERE rule_type = 'control' AND delivery_action IS NULL"
    )
