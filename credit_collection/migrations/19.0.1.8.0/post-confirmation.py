"""Template P4 freezes customers who confirm no balance and are overdue (P4-15), unless somebody chose."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    template = env.ref("credit_collection.credit_policy_template_p4", raise_if_not_found=False)
    if template and template.confirmation_freeze == "propose":
        template.confirmation_freeze = "freeze"
