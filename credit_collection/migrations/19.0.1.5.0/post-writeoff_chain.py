"""The tiers of write-offs are for those that the four approvals of clearance do not decide; template P3
has these. Tiers that somebody changed stay.
"""

from odoo import SUPERUSER_ID, api

MODULE = "credit_collection"

OTHER = "('chain', '!=', 'clearance')"

# Tier: its former condition, and the one in its place.
TIERS = {
    "finance": ((False, "[]"), f"[{OTHER}]"),
    "general": ((False, "[]"), f"[{OTHER}]"),
    "executive": (("[('is_large', '=', True)]",), f"[('is_large', '=', True), {OTHER}]"),
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, (before, after) in TIERS.items():
        tier = env.ref(f"{MODULE}.tier_definition_writeoff_{name}", raise_if_not_found=False)
        if tier and tier.definition_domain in before:
            tier.definition_domain = after
    policy = env.ref(f"{MODULE}.credit_policy_template_p3", raise_if_not_found=False)
    if policy:
        policy.writeoff_chain = "clearance"
