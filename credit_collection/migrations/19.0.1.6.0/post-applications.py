"""Approval by type of application, grades bounded by late items and the composite card on template P4.

The sales manager's tier is for applications that it decides after finance, which all are until a policy
says otherwise. Tiers, and values of the template, that somebody changed stay.
"""

from odoo import SUPERUSER_ID, api

MODULE = "credit_collection"

DOMAIN = "[('sales_approval', '=', 'after')]"

# Grade of template P4 -> late items within two years from which it is the best one (P4-33).
BREACHES = {"b": 1, "c": 2}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    tier = env.ref(f"{MODULE}.tier_definition_application_sales", raise_if_not_found=False)
    if tier and tier.definition_domain in (False, "[]"):
        tier.definition_domain = DOMAIN
    template = env.ref(f"{MODULE}.credit_policy_template_p4", raise_if_not_found=False)
    if not template:
        return
    template.application_chain = "by_kind"
    if template.annual_scorecard_id == template._default_scorecard("annual"):
        template.annual_scorecard_id = env.ref(f"{MODULE}.credit_scorecard_composite")
    for code, count in BREACHES.items():
        line = env.ref(f"{MODULE}.credit_policy_template_p4_grade_{code}", raise_if_not_found=False)
        if line and not line.breach_from:
            line.breach_from = count
