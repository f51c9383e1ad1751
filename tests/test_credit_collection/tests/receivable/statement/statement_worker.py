"""A mailing of statements in a process of its own, to be killed: `python statement_worker.py DATABASE STEP`.

Steps: `prepare N` commits N customers with an open invoice and starts their mailing, `send PAUSE`
sends until the queue is empty, `check` prints what the customers got as one line of JSON.
"""

import json
import sys
import time
from collections import Counter
from datetime import timedelta

import psycopg2

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config

NAME = "Killed mailing"


def prepare(env, number):
    company = env.company
    company.write({"collection_hour_from": 0.0, "collection_hour_to": 24.0})
    product = env["product.product"].create(
        {"name": "Pallet", "type": "service", "taxes_id": False, "list_price": 100}
    )
    partners = env["res.partner"].create(
        [
            {"name": f"{NAME} {n}", "is_company": True, "email": f"killed{n}@example.com"}
            for n in range(number)
        ]
    )
    day = fields.Date.today() - timedelta(days=20)
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": day,
                "invoice_date_due": day,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    (0, 0, {"product_id": product.id, "price_unit": 100, "tax_ids": False})
                ],
            }
            for partner in partners
        ]
    )
    moves.action_post()
    run = env["receivable.statement.run"].create(
        {"scope": "chosen", "partner_ids": [Command.set(partners.ids)]}
    )
    run.action_preview()
    run.action_start()
    env.cr.commit()


def send(env, pause):
    """Send with a pause before each commit, so that there is a middle to be killed in."""
    documents = type(env["receivable.statement.document"])
    deliver = documents._deliver
    # Paper is not the subject, and takes a second each.
    documents._render_pdf = lambda self: b"%PDF-1.4"

    def slowly(self, *arguments):
        deliver(self, *arguments)
        self.env.flush_all()
        time.sleep(pause)

    documents._deliver = slowly
    model = env["receivable.statement.document"]
    while model.search_count(model._get_queue_domain()):
        try:
            model._cron_send()
            env.cr.commit()
        except psycopg2.errors.SerializationFailure:
            env.cr.rollback()  # as a scheduled action that failed: it is called again


def check(env):
    partners = env["res.partner"].search([("name", "=like", f"{NAME} %")])
    documents = env["receivable.statement.document"].search([("partner_id", "in", partners.ids)])
    mails = env["mail.mail"].search(
        [("mail_message_id.model", "=", "receivable.statement.document"),
         ("mail_message_id.res_id", "in", documents.ids)]
    )  # fmt: skip
    result = {
        "customers": len(partners),
        "documents": Counter(documents.mapped("state")),
        "mails": Counter(Counter(mail.res_id for mail in mails).values()),
        "linked": len(documents.message_id),
        "files": len(documents.attachment_id),
        "states": sorted(set(documents.run_id.mapped("state"))),
    }
    print("RESULT " + json.dumps(result))  # noqa: T201  # pylint: disable=print-used


def main(database, step, *arguments):
    config.parse_config(["-d", database, "--no-http", "--log-level=error"], setup_logging=True)
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        {"prepare": lambda: prepare(env, int(arguments[0])),
         "send": lambda: send(env, float(arguments[0])),
         "check": lambda: check(env)}[step]()  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
