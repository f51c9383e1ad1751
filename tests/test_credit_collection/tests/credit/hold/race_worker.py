"""Twenty confirmations at the same instant, each in a process with connections of its own.

Run as a program on a database that may be written: `python race_worker.py DATABASE METHOD ROOM`,
with `shared` as a last word for customers of two companies who share a limit.
Loads the registry once, commits one customer with room for ROOM orders and twenty quotations,
then forks one process per order. Prints what each of them saw as one line of JSON.
"""

import json
import logging
import multiprocessing
import os
import sys
import time

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service.model import execute_cr
from odoo.tools import config

ORDERS = 20
LISTS = 12  # all of them win, one after the other: as many as Odoo's five attempts serve on a busy machine
LIMITS = 5  # shared limits that want the same customer
AMOUNT = 100.0


class Parked(logging.Handler):
    """Count PostgreSQL's reports of deadlocks, retried or not."""

    def __init__(self):
        super().__init__()
        self.deadlocks = 0

    def emit(self, record):
        self.deadlocks += "deadlock" in record.getMessage().lower()


def environment(registry, cursor):
    return api.Environment(cursor, SUPERUSER_ID, {})


def make_orders(registry, room, customers=1, number=ORDERS):
    """Commit so many quotations of AMOUNT; return lists of order ids, one list per customer."""
    with registry.cursor() as cursor:
        env = environment(registry, cursor)
        env.company.credit_mode = "enforce"
        product = env["product.product"].create(
            {"name": "Pallet", "type": "service", "taxes_id": False, "list_price": AMOUNT}
        )
        orders = []
        for customer in range(customers):
            partner = env["res.partner"].create({"name": f"Race {customer}", "is_company": True})
            partner.write(
                {
                    "credit_control": "limit",
                    "credit_limit": room * AMOUNT,
                    "credit_term_days": 400,
                }
            )
            line = {"product_id": product.id, "product_uom_qty": 1, "price_unit": AMOUNT}
            orders.append(
                env["sale.order"]
                .create(
                    [
                        {"partner_id": partner.id, "order_line": [(0, 0, line)]}
                        for _number in range(number)
                    ]
                )
                .ids
            )
        return orders


def make_shared_orders(registry, room):
    """Commit quotations of AMOUNT of two customers in two companies, who share a limit of `room` orders."""
    with registry.cursor() as cursor:
        env = environment(registry, cursor)
        ours = env.company
        theirs = env["res.company"].create(
            {"name": "Race sister", "currency_id": ours.currency_id.id}
        )
        (ours | theirs).credit_mode = "enforce"
        product = env["product.product"].create(
            {"name": "Pallet", "type": "service", "taxes_id": False, "list_price": AMOUNT}
        )
        partners = env["res.partner"].create(
            [{"name": f"Race member {number}", "is_company": True} for number in range(2)]
        )
        for company in ours | theirs:
            partners.with_company(company).credit_control = "none"
        env["credit.group"].create(
            {
                "name": "Race group",
                "limit": room * AMOUNT,
                "company_id": ours.id,
                "company_ids": [(6, 0, (ours | theirs).ids)],
                "line_ids": [(0, 0, {"partner_id": partner.id}) for partner in partners],
            }
        )
        line = {"product_id": product.id, "product_uom_qty": 1, "price_unit": AMOUNT}
        orders = env["sale.order"]
        for number in range(ORDERS):
            company = (ours | theirs)[number % 2]
            orders |= orders.with_company(company).create(
                {
                    "partner_id": partners[number // 2 % 2].id,
                    "company_id": company.id,
                    "order_line": [(0, 0, line)],
                }
            )
        return orders.ids


def call(registry, model, method, uid, ids, barrier, results, kwargs=None):
    """Make one call as a browser does, in a process of its own. It never returns."""
    deadlocks = Parked()
    logging.getLogger().addHandler(deadlocks)
    started = time.time()
    outcome = "ok"
    try:
        barrier.wait(60)
        started = time.time()
        with registry.cursor() as cursor:
            execute_cr(cursor, uid, model, method, [ids], kwargs or {})
    except Exception as error:  # the name of every error is the result
        outcome = type(error).__name__
    results.put((outcome, round(time.time() - started, 2), deadlocks.deadlocks))
    results.close()
    results.join_thread()
    os._exit(0)


def race(registry, method, batches, model="sale.order", uid=SUPERUSER_ID, kwargs=None):
    """Run one process per batch of ids at once; return their outcomes."""
    sql_db.close_all()  # connections are not to be shared by processes
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(len(batches))
    results = context.Queue()
    children = []
    for ids in batches:
        child = context.Process(
            target=call, args=(registry, model, method, uid, ids, barrier, results, kwargs)
        )
        child.start()
        children.append(child)
    outcomes = [results.get(timeout=100) for _child in children]
    for child in children:
        child.join(10)
    return outcomes


def race_for_groups(registry):
    """Put one customer into several shared limits of a company at once."""
    with registry.cursor() as cursor:
        partner = environment(registry, cursor)["res.partner"].create(
            {"name": "Race for limits", "is_company": True}
        )
    values = {"limit": AMOUNT, "line_ids": [(0, 0, {"partner_id": partner.id})]}
    groups = [{"name": f"Group {number}", **values} for number in range(LIMITS)]
    return race(registry, "create", groups, model="credit.group")


def states(registry, ids):
    with registry.cursor() as cursor:
        env = environment(registry, cursor)
        orders = env["sale.order"].browse(ids)
        return {
            "state": orders.mapped("state"),
            "credit_state": [state or "none" for state in orders.mapped("credit_state")],
            "open_holds": env["credit.hold"].search_count(
                [("order_id", "in", ids), ("state", "=", "held")]
            ),
        }


def main(database, method, room, shared=False):
    config.parse_config(["-d", database, "--no-http", "--log-level=error"], setup_logging=True)
    registry, room = Registry(database), int(room)
    if method == "create":
        outcomes, ids = race_for_groups(registry), []
    elif method == "crosswise":
        # Lists of two customers, taken in opposite order: the classic way to a deadlock.
        first, second = make_orders(registry, LISTS, customers=2, number=LISTS)
        batches = [
            [one, two] if number % 2 else [two, one]
            for number, (one, two) in enumerate(zip(first, second, strict=True))
        ]
        outcomes = race(registry, "action_confirm", batches)
        ids = first + second
    else:
        if shared:
            ids = make_shared_orders(registry, room)
        else:
            (ids,) = make_orders(registry, room)
        outcomes = race(registry, method, [[order_id] for order_id in ids])
    print("RESULT " + json.dumps({"outcomes": outcomes, **states(registry, ids)}))  # noqa: T201  # pylint: disable=print-used


if __name__ == "__main__":
    main(*sys.argv[1:])
