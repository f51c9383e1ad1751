"""The daily review in a process of its own, to be killed: `python review_worker.py DATABASE STEP`.

Steps: `prepare N` commits N late payers, `run PAUSE` is the scheduled action of 4 January, `check`
prints what the customers got as one line of JSON.
"""

import json
import sys
import time
from collections import Counter
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

BATCH = 10
NAME = "Killed review"
DAY = date(2027, 1, 4)


def prepare(env, number):
    company = env.company
    company.credit_mode = "observe"
    company.credit_controller_id = env["res.users"].create(
        {
            "name": "Head",
            "login": "review_head",
            "company_id": company.id,
            "company_ids": [(6, 0, company.ids)],
            "group_ids": [(6, 0, env.ref("credit_collection.group_credit_controller").ids)],
        }
    )
    product = env["product.product"].create(
        {"name": "Pallet", "type": "service", "taxes_id": False, "list_price": 100}
    )
    partners = env["res.partner"].create(
        [
            {
                "name": f"{NAME} {n}",
                "is_company": True,
                "credit_control": "limit",
                "credit_limit": 100,
                "credit_term_days": 60,
            }
            for n in range(number)
        ]
    )
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": DAY - timedelta(days=120),
                "invoice_date_due": DAY - timedelta(days=100),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    (0, 0, {"product_id": product.id, "price_unit": 100, "tax_ids": False})
                ],
            }
            for partner in partners
        ]
    )
    moves.action_post()
    env.cr.commit()


def run(env, pause):
    """Small batches with a pause, so that there is a middle to be killed in."""
    reviews = type(env["credit.review"])
    work = reviews._run

    def slowly(self, *args, **kwargs):
        work(self, *args, **kwargs)
        time.sleep(pause)

    reviews._run = slowly
    env["credit.review"]._cron_daily(batch=BATCH)


def check(env):
    partners = env["res.partner"].search([("name", "like", f"{NAME} %")])
    domain = [("partner_id", "in", partners.ids)]

    def counts(model, *more):
        """{how many a customer has: how many customers}."""
        rows = env[model]._read_group([*domain, *more], ["partner_id"], ["__count"])
        return Counter(count for _partner, count in rows)

    applications = env["credit.application"].search(domain)
    activities = Counter(len(a.activity_ids) for a in applications)
    result = {
        "levels": Counter(partners.mapped("credit_risk_level")),
        "decisions": counts("credit.decision", ("source", "=", "review")),
        "applications": counts("credit.application"),
        "activities": activities,
        "warnings": counts("credit.warning", ("kind", "=", "limit_use")),
        "cursor": env.company.credit_review_cursor,
    }
    print("RESULT " + json.dumps(result))  # noqa: T201  # pylint: disable=print-used


STEPS = {"prepare": (prepare, int), "run": (run, float), "check": (check, str)}


def main(database, step, *arguments):
    config.parse_config([], setup_logging=False)
    function, convert = STEPS[step]
    with (
        freeze_time(f"{DAY} 09:00:00", tick=True),
        Registry(database).cursor() as cursor,
    ):
        function(api.Environment(cursor, SUPERUSER_ID, {}), *map(convert, arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
