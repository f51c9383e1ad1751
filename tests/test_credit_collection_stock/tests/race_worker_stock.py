"""Deliveries validated at the same instant, each in a process with connections of its own.

Run as a program on a database that may be written: `python race_worker_stock.py DATABASE KIND`.
Every delivery adds AMOUNT to the exposure of one customer, who has room for ROOM of them: `over`
sends one piece more than was ordered, `far` goods of orders that do not count as exposure yet.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).parents[2] / "test_credit_collection" / "tests" / "credit" / "hold")
)

from race_worker import AMOUNT, environment, race  # noqa: E402

from odoo import fields  # noqa: E402
from odoo.modules.registry import Registry  # noqa: E402
from odoo.tools import config  # noqa: E402

DELIVERIES = 8
ROOM = 3


def make_deliveries(registry, kind):
    """Commit the orders; return ids of their deliveries, ready to be validated."""
    with registry.cursor() as cursor:
        env = environment(registry, cursor)
        env.company.write({"credit_mode": "enforce", "credit_horizon_days": 30})
        far = kind == "far"
        partner = env["res.partner"].create({"name": "Race", "is_company": True})
        own = 0 if far else DELIVERIES
        partner.write(
            {
                "credit_control": "limit",
                "credit_limit": (own + ROOM) * AMOUNT,
                "credit_term_days": 400,
            }
        )
        house = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
        pickings = env["stock.picking"]
        for number in range(DELIVERIES):
            # One each: they wait for the customer's credit, not for the same goods.
            product = env["product.product"].create(
                {
                    "name": f"Pallet {number}", "type": "consu", "is_storable": True,
                    "invoice_policy": "delivery", "list_price": AMOUNT, "taxes_id": False,
                }
            )  # fmt: skip
            env["stock.quant"]._update_available_quantity(product, house.lot_stock_id, 10)
            order = env["sale.order"].create(
                {
                    "partner_id": partner.id,
                    "commitment_date": far and fields.Datetime.now() + timedelta(days=60),
                    "order_line": [
                        (
                            0,
                            0,
                            {"product_id": product.id, "product_uom_qty": 1, "price_unit": AMOUNT},
                        )
                    ],
                }
            )
            order.action_confirm()
            order.picking_ids.move_ids.quantity = 1 if far else 2
            order.picking_ids.move_ids.picked = True
            pickings |= order.picking_ids
        return pickings.ids


def main(database, kind):
    config.parse_config(["-d", database, "--no-http", "--log-level=error"], setup_logging=True)
    registry = Registry(database)
    ids = make_deliveries(registry, kind)
    outcomes = race(
        registry,
        "button_validate",
        [[id_] for id_ in ids],
        model="stock.picking",
        kwargs={"context": {"skip_sms": True}},
    )
    with registry.cursor() as cursor:
        env = environment(registry, cursor)
        result = {
            "outcomes": outcomes,
            "state": env["stock.picking"].browse(ids).mapped("state"),
            "open_holds": env["credit.hold"].search_count(
                [("picking_id", "in", ids), ("state", "=", "held")]
            ),
        }
    print("RESULT " + json.dumps(result))  # noqa: T201  # pylint: disable=print-used


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
