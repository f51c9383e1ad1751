"""Three approvals from the thresholds on (P4-04): the former Division Head and CFO has all three roles.

So nothing stands still; who leaves two of them to others is decided in the users' settings. Tiers that
nobody edited get their new name, and holds are measured by the thresholds of the policy.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

MODULE = "credit_collection"
OLD = "Division Head and CFO"
OLD_DOMAIN = "['|', ('order_amount', '>', 3000000), ('order_term', '>', 100)]"


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    executive, *others = (
        env.ref(f"{MODULE}.group_credit_{name}") for name in ("executive", "division", "treasury")
    )
    for group in others:
        group.user_ids |= executive.user_ids
    for document in ("application", "hold", "writeoff"):
        tier = env.ref(f"{MODULE}.tier_definition_{document}_executive", raise_if_not_found=False)
        if not tier:
            continue
        name = tier.with_context(lang="en_US").name
        if name.startswith(OLD):
            # In English alone: translations are loaded anew right after this.
            env.cr.execute(
                SQL(
                    "UPDATE tier_definition SET name = jsonb_build_object('en_US', %s) WHERE id = %s",
                    name.replace(OLD, "CFO"),
                    tier.id,
                )
            )
            tier.invalidate_recordset(["name"])
        if tier.definition_domain == OLD_DOMAIN:
            tier.definition_domain = "[('is_large', '=', True)]"
    holds = env["credit.hold"].search([("state", "=", "held"), ("order_id", "!=", False)])
    for hold in holds:
        order = hold.order_id
        hold._system_write({"is_large": order._credit_is_large(hold.order_amount)})
    # A request already made keeps the approvals that it was made for.
