"""The dashboards install themselves, in databases too that had Odoo's dashboards before we had ours.

Odoo looks at what installs itself only where one of its dependencies is installed anew.
"""

from odoo import SUPERUSER_ID, api

ADDON = "credit_collection_dashboard"


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    addon = env["ir.module.module"].search([("name", "=", ADDON), ("state", "=", "uninstalled")])
    states = set(addon.dependencies_id.mapped("state"))
    if addon and states <= {"installed", "to upgrade"}:
        addon.button_install()  # the update that runs this script loads it at its end
