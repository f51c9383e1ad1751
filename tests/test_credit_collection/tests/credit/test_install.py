import json
import re

from odoo.tests import BaseCase, tagged

from .. import scratch_db

# Books of a company that never heard of this add-on: a customer with 1000 invoiced and 40 days
# late, a confirmed order of 500, a quotation of 9000 and a limit of 100 in Odoo's own field.
BEFORE = """
from datetime import timedelta
from odoo import fields
today = fields.Date.today()
env.company.account_use_credit_limit = True
product = env["product.product"].create({"name": "Pallet", "type": "service", "taxes_id": False})
partner = env["res.partner"].create(
    {"name": "Old Customer", "is_company": True, "credit_limit": 100.0}
)
def line(price, **values):
    return (0, 0, {"product_id": product.id, "price_unit": price, "tax_ids": False, **values})
move = env["account.move"].create({
    "move_type": "out_invoice", "partner_id": partner.id,
    "invoice_date": today - timedelta(days=70), "invoice_date_due": today - timedelta(days=40),
    "invoice_line_ids": [line(1000.0, quantity=1)],
})
move.action_post()
orders = env["sale.order"].create([
    {"partner_id": partner.id, "order_line": [line(500.0)]},
    {"partner_id": partner.id, "order_line": [line(9000.0)]},
])
orders[0].action_confirm()
env.cr.commit()
"""

AFTER = """
import json
env.invalidate_all()
partner = env["res.partner"].search([("name", "=", "Old Customer")])
confirmed, quotation = env["sale.order"].search([("partner_id", "=", partner.id)], order="id")
result = {
    "mode": env.company.credit_mode,
    "holds": env["credit.hold"].search_count([]),
    "states": [confirmed.credit_state, quotation.credit_state],
    "figures": [
        partner.credit_exposure, partner.credit_overdue, partner.credit_days_overdue,
    ],
    "other_companies": set(env["res.company"].search([]).mapped("credit_mode")) == {"observe"},
}
# Installed in Observe: even an order far over every limit goes through.
partner.write({"credit_control": "limit"})
quotation.action_confirm()
result["confirmed"] = quotation.state
result["observed"] = env["credit.hold"].search([]).mapped("state")
third = quotation.copy()
env.company.credit_mode = "enforce"
third.action_credit_confirm()
result["enforced"] = [third.state, third.credit_state]
env.cr.commit()
print("RESULT " + json.dumps(result))
"""

REMOVED = """
import json
from odoo import fields
partner = env["res.partner"].search([("name", "=", "Old Customer")])
third = env["sale.order"].search([("partner_id", "=", partner.id)], order="id desc", limit=1)
third.action_confirm()
views = {}
for model in ("res.partner", "sale.order", "account.move", "res.company", "res.config.settings",
              "tier.definition", "tier.review"):
    found = env[model].get_views([(False, "form"), (False, "list"), (False, "search")])
    views[model] = "credit_collection" in json.dumps(found, default=str)
module = env["ir.module.module"].search([("name", "=", "credit_collection")])
env.cr.execute("SELECT model FROM ir_model WHERE model LIKE 'credit.%'")
models = [row[0] for row in env.cr.fetchall()]
env.cr.execute(
    "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'credit\\\\_%'"
)
tables = [row[0] for row in env.cr.fetchall()]
env.cr.execute(
    "SELECT table_name || '.' || column_name FROM information_schema.columns"
    " WHERE column_name LIKE 'credit\\\\_%' AND table_schema = 'public'"
    " AND table_name IN ('res_partner', 'res_company', 'sale_order', 'sale_order_line')"
)
columns = sorted(row[0] for row in env.cr.fetchall())
result = {
    "state": third.state, "module": module.state, "views": views, "models": models,
    "tables": tables, "columns": columns, "limit": partner.credit_limit,
    "crons": env["ir.cron"].with_context(active_test=False).search_count(
        [("cron_name", "ilike", "credit:")]),
    "activities": env["mail.activity"].search_count([("res_model", "like", "credit.")]),
    "tiers": env["tier.definition"].with_context(active_test=False).search_count(
        [("model", "like", "credit.")]),
    "reviewing": len(env["res.users"].review_user_count()),
}
partner.write({"comment": "still here"})
env.cr.commit()
print("RESULT " + json.dumps(result))
"""


@tagged("post_install", "-at_install")
class TestInstall(BaseCase):
    """Into books that live already, and out again (section 4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = scratch_db.without_ours()
        cls.addClassCleanup(scratch_db.drop, cls.database)

    def _shell(self, script):
        log = scratch_db.odoo("shell", "-d", self.database, text=script)
        self.assertClean(log)
        found = [line for line in log.splitlines() if "RESULT " in line]
        return json.loads(found[-1].split("RESULT ", 1)[1]) if found else None

    def assertClean(self, log):
        bad = [
            line
            for line in log.splitlines()
            if re.search(r" (ERROR|CRITICAL) |^Traceback|^[\w.]+(Error|Exception): ", line)
        ]
        self.assertFalse(bad, log[-5000:])

    def assertNoWarning(self, log):
        warnings = [
            line for line in log.splitlines() if " WARNING " in line and "credit" in line.lower()
        ]
        self.assertFalse(warnings)

    def test_install_into_living_books_and_uninstall(self):
        self._shell(BEFORE)
        log = scratch_db.odoo("-d", self.database, "-i", "credit_collection", "--stop-after-init")
        self.assertClean(log)
        self.assertNoWarning(log)

        result = self._shell(AFTER)
        self.assertEqual(result["mode"], "observe")
        self.assertTrue(result["other_companies"])
        self.assertEqual(result["holds"], 0)
        self.assertEqual(result["states"], ["clear", "clear"])
        self.assertEqual(result["figures"], [1500.0, 1000.0, 40])
        self.assertEqual(result["confirmed"], "sale")
        self.assertEqual(result["observed"], ["observed"])
        self.assertEqual(result["enforced"], ["draft", "held"])

        log = self._uninstall()
        self.assertClean(log)
        result = self._shell(REMOVED)
        self.assertEqual(result["module"], "uninstalled")
        self.assertEqual(result["state"], "sale", "orders are confirmed as ever")
        self.assertEqual(result["limit"], 100.0, "Odoo's own limit is kept")
        self.assertFalse([model for model, ours in result["views"].items() if ours])
        for left in ("models", "tables", "crons", "activities", "tiers"):
            self.assertFalse(result[left], left)
        # Odoo's own column of the same beginning.
        self.assertEqual(result["columns"], ["res_partner.credit_limit"])

        # And back again, on top of the leftovers of the first time.
        log = scratch_db.odoo("-d", self.database, "-i", "credit_collection", "--stop-after-init")
        self.assertClean(log)

    def _uninstall(self):
        return scratch_db.odoo("module", "uninstall", "-d", self.database, "credit_collection")
