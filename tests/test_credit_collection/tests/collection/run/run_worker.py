"""A collection run in a process of its own, to be killed: `python run_worker.py DATABASE STEP`.

Steps: `prepare N` commits N customers with overdue invoices, `run` works until the run of the
day is done, `stop` and `continue` press these buttons,
`check` prints what the customers got as one line of JSON.
"""

import json
import sys
import time
from collections import Counter
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config

BATCH = 10
NAME = "Killed run"


def prepare(env, number):
    company = env.company
    company.write({"collection_run_mode": "manual", "collection_bank_guard_days": 0})
    product = env["product.product"].create(
        {"name": "Pallet", "type": "service", "taxes_id": False, "list_price": 100}
    )
    partners = env["res.partner"].create(
        [{"name": f"{NAME} {n}", "is_company": True} for n in range(number)]
    )
    today = fields.Date.today()
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": today - timedelta(days=20),
                "invoice_date_due": today - timedelta(days=12),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    (0, 0, {"product_id": product.id, "price_unit": 100, "tax_ids": False})
                ],
            }
            for partner in partners
        ]
    )
    moves.action_post()
    env["collection.run"].browse(env["collection.run"].action_new()["res_id"]).action_start()
    env.cr.commit()


def run(env, pause):
    """Small batches with a pause, so that there is a middle to be killed in."""
    from odoo.addons.credit_collection.models.collection.run import (
        collection_run_process as process,
    )

    process.BATCH = BATCH
    runs = type(env["collection.run"])
    apply = runs._apply

    def slowly(self, rows, stages):
        apply(self, rows, stages)
        self.env.flush_all()
        time.sleep(pause)

    runs._apply = slowly
    env["collection.run"]._cron_run()
    env.cr.commit()


def press(env, button):
    getattr(env["collection.run"].search([("company_id", "=", env.company.id)], limit=1), button)()
    env.cr.commit()


def check(env):
    partners = env["res.partner"].search([("name", "=like", f"{NAME} %")])
    cases = env["collection.case"].search([("partner_id", "in", partners.ids)])
    letters = env["collection.letter"].search([("partner_id", "in", partners.ids)])
    lines = env["collection.run.line"].search([("partner_id", "in", partners.ids)])
    last = env["collection.run"].search([("company_id", "=", env.company.id)], limit=1)
    result = {
        "customers": len(partners),
        "cases": Counter(Counter(cases.mapped("partner_id.id")).values()),
        "letters": Counter(Counter(letter.partner_id.id for letter in letters).values()),
        "letter_lines": Counter(len(letter.line_ids) for letter in letters),
        "activities": Counter(len(case.activity_ids) for case in cases),
        "of_case": sum(letter.case_id in cases for letter in letters),
        "lines": len(lines),
        "state": last.state,
        "progress": last.progress,
        "counts": [last.open_count, last.letter_count, last.activity_count],
    }
    print("RESULT " + json.dumps(result))  # noqa: T201  # pylint: disable=print-used


def main(database, step, *arguments):
    config.parse_config(["-d", database, "--no-http", "--log-level=error"], setup_logging=True)
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        {"prepare": lambda: prepare(env, int(arguments[0])),
         "run": lambda: run(env, float(arguments[0])),
         "stop": lambda: press(env, "action_stop"),
         "continue": lambda: press(env, "action_continue"),
         "check": lambda: check(env)}[step]()  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
