import json

from odoo.tests import BaseCase, get_db_name, tagged

from odoo.addons.test_credit_collection.tests import scratch_db

# A delivery on hold for goods beyond the order, one for a frozen customer.
BEFORE = """
env.company.credit_mode = "enforce"
house = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
goods = env["product.product"].create({
    "name": "Pallet", "type": "consu", "is_storable": True, "invoice_policy": "delivery",
    "list_price": 100.0, "taxes_id": False,
})
env["stock.quant"]._update_available_quantity(goods, house.lot_stock_id, 100)
for name, quantity in (("Over", 2), ("Frozen", 1)):
    partner = env["res.partner"].create({"name": name + " Alone", "is_company": True})
    partner.write({"credit_control": "limit", "credit_limit": 100.0, "credit_term_days": 400})
    order = env["sale.order"].create({
        "partner_id": partner.id,
        "order_line": [(0, 0, {"product_id": goods.id, "product_uom_qty": 1, "price_unit": 100.0})],
    })
    order.action_confirm()
    if name == "Frozen":
        partner.credit_control = "frozen"
    order.picking_ids.move_ids.quantity = quantity
    order.picking_ids.move_ids.picked = True
    order.picking_ids.with_context(skip_sms=True).button_validate()
    assert order.picking_ids.state != "done", name
assert env["credit.hold"].search_count([("checkpoint", "=", "delivery"), ("state", "=", "held")]) == 2
env.cr.commit()
"""

AFTER = """
import json
holds = env["credit.hold"].search([("checkpoint", "=", "delivery")])
partner = env["res.partner"].search([("name", "=", "Frozen Alone")])
order = env["sale.order"].search([("partner_id", "=", partner.id)])
result = {
    "states": sorted(holds.mapped("state")),
    "read": len(holds.web_read({"display_name": {}, "reason_summary": {}, "reason_type": {},
                                "reason_ids": {"fields": {"rule_type": {}, "description": {}}}})),
    "rules": env["credit.rule"].with_context(active_test=False).search_count(
        [("rule_type", "=", "overdelivery")]),
}
for view in ("form", "list", "kanban", "search", "pivot"):
    try:
        env["credit.hold"].get_view(False, view)
    except Exception as error:
        result.setdefault("views", []).append(view + str(error))
env["credit.hold"]._cron_recheck()
holds._do_recheck()
env["credit.hold"]._recheck_partners(holds.partner_id)
# Goods leave as in Odoo alone, a frozen customer's order is on hold as before.
order.picking_ids.with_context(skip_sms=True).button_validate()
result["left"] = order.picking_ids.state
second = order.copy()
second.action_credit_confirm()
result["second"] = [second.state, second.credit_state]
partner.write({"credit_control": "limit", "credit_limit": 1000.0})
result["cleared"] = second.credit_state
rule = env["credit.rule"].search([("rule_type", "=", "control")], limit=1)
rule.write({"invoice_action": "warn"})
result["mode"] = env["res.config.settings"].create({}).credit_mode
env.cr.commit()
print("RESULT " + json.dumps(result))
"""


@tagged("post_install", "-at_install")
class TestUninstallAlone(BaseCase):
    """The add-on of deliveries leaves, the main one stays and works; the holds stay on record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = scratch_db.copy_of(get_db_name())
        cls.addClassCleanup(scratch_db.drop, cls.database)

    def _shell(self, script):
        log = scratch_db.odoo("shell", "-d", self.database, text=script)
        self.assertNotIn("Traceback", log, log[-3000:])
        found = [line for line in log.splitlines() if "RESULT " in line]
        return json.loads(found[-1].split("RESULT ", 1)[1]) if found else None

    def test_holds_of_deliveries_stay_and_break_nothing(self):
        self._shell(BEFORE)
        log = scratch_db.odoo("module", "uninstall", "-d", self.database, "credit_collection_stock")
        self.assertNotIn("Traceback", log, log[-3000:])
        result = self._shell(AFTER)
        self.assertEqual(
            result,
            {
                "states": ["cancelled", "cancelled"],
                "read": 2,
                "rules": 0,
                "left": "done",
                "second": ["draft", "held"],
                "cleared": "clear",
                "mode": "enforce",
            },
        )
