"""Interest notes in processes of their own: `python interest_worker.py DATABASE STEP`.

Steps: `prepare N` commits N customers with an overdue invoice, `propose PAUSE` proposes notes of the
past month as the job does, `race STEP` lets three processes do the same with one note at the same
instant (`propose`, `approve`, `post`), `check` prints what is charged as one line of JSON.
"""

import json
import sys
import time
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tools import config

sys.path.append(str(Path(__file__).parents[2] / "credit" / "hold"))

NAME = "Raced interest"
DAYS = 10  # late in each month-end
RIVALS = 3


def environment(cursor):
    return api.Environment(cursor, SUPERUSER_ID, {})


def month_end(company):
    return company._credit_today() + relativedelta(day=1, days=-1)


def user(env, name, groups):
    ids = [env.ref(group).id for group in ("base.group_user", *groups.split(","))]
    login = f"{name}_{uuid.uuid4().hex[:6]}"
    return env["res.users"].create({"name": name, "login": login, "group_ids": [(6, 0, ids)]})


def prepare(env, number):
    company = env.company
    account = env["account.account"].create(
        {
            "code": f"I{uuid.uuid4().hex[:6].upper()}",
            "name": "Interest",
            "account_type": "income_other",
        }
    )
    term = env["receivable.interest.term"].create({"name": "36.5%", "kind": "fixed", "rate": 36.5})
    company.write(
        {
            "receivable_interest_account_id": account.id,
            "receivable_interest_run": "monthly",
            "receivable_interest_until": False,
            "receivable_interest_term_id": term.id,
            "collection_agreement_max_waiver": 0,
        }
    )
    partners = env["res.partner"].create(
        [{"name": f"{NAME} {n}", "is_company": True} for n in range(number)]
    )
    day = month_end(company) - timedelta(days=DAYS)
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": day,
                "invoice_date_due": day,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Pallet", "price_unit": 100, "tax_ids": False})
                ],
            }
            for partner in partners
        ]
    )
    moves.action_post()
    env.cr.commit()


def propose(env, pause):
    """The job, with batches of two and a pause in each, so that there is a middle to be killed in."""
    from odoo.addons.credit_collection.models.receivable.interest import (
        receivable_interest_proposal,
    )

    receivable_interest_proposal.BATCH = 2
    notes = type(env["receivable.interest"])
    plain = notes._get_proposed_lines

    def slowly(self, *arguments):
        found = plain(self, *arguments)
        time.sleep(pause)
        return found

    notes._get_proposed_lines = slowly
    for _attempt in range(200):
        try:
            env["receivable.interest"]._cron_propose()
            env.cr.commit()
            return
        except (psycopg2.IntegrityError, psycopg2.OperationalError):
            env.cr.rollback()  # as a scheduled action that failed: it is called again
            time.sleep(0.1)
    raise AssertionError("The job never came to its end.")


def race(database, what):
    from race_worker import race as run

    registry = Registry(database)
    clerk_groups = "account.group_account_user,credit_collection.group_credit_controller"
    with registry.cursor() as cursor:
        env = environment(cursor)
        prepare(env, 1)
        partner = env["res.partner"].search([("name", "=", f"{NAME} 0")], order="id desc", limit=1)
        clerk = user(env, "clerk", clerk_groups)
        manager = user(env, "manager", "credit_collection.group_collection_manager")
        finance = user(env, "finance", "credit_collection.group_credit_finance_manager")
        today = env.company._credit_today()
        if what == "propose":
            model, method, uid = "receivable.interest.propose", "action_propose", clerk.id
            wizards = env[model].with_user(clerk)
            ids = [
                wizards.create({"partner_ids": partner.ids, "date_to": today}).ids
                for _number in range(RIVALS)
            ]
        else:
            model, method, uid = "receivable.interest", "action_post", clerk.id
            notes = env[model].with_user(clerk)
            note = notes._propose(env.company, today, partner)
            if what == "approve":
                note.line_ids.write({"amount_waived": 1, "waive_reason": "Goodwill"})
            note.action_request()
            if what == "approve":
                method, uid = "validate_tier", finance.id
                note.with_user(manager).validate_tier()
            ids = [note.ids] * RIVALS
    notes = registry["receivable.interest"]
    for name in ("_check_corrections", "_get_proposed_lines", "_after_approved"):
        slow(notes, name)
    outcomes = run(registry, method, ids, model, uid)
    with registry.cursor() as cursor:
        env = environment(cursor)
        notes = env["receivable.interest"].search([("partner_id", "=", partner.id)])
        mark = notes.message_ids.filtered(lambda one: "Waived:" in (one.body or ""))
        return {
            "outcomes": Counter(outcome for outcome, _seconds, _deadlocks in outcomes),
            "deadlocks": sum(deadlocks for _outcome, _seconds, deadlocks in outcomes),
            "states": notes.mapped("state"),
            "invoices": env["account.move"].search_count(
                [("partner_id", "=", partner.id), ("invoice_origin", "!=", False)]
            ),
            "waiver_logged": len(mark),
            **charged(env, partner),
        }


def slow(owner, method):
    plain = getattr(owner, method)

    def slowly(self, *args, **kwargs):
        result = plain(self, *args, **kwargs)
        time.sleep(0.5)
        return result

    setattr(owner, method, slowly)


def charged(env, partners):
    """Days charged per customer, and those that two notes charge."""
    env.cr.execute(
        """SELECT period.partner_id, COUNT(*), COUNT(DISTINCT day) FROM receivable_interest_period period
            CROSS JOIN LATERAL generate_series(period.date_from, period.date_to, '1 day') day
            WHERE period.charges AND period.partner_id = ANY(%s) GROUP BY 1""",
        (partners.ids,),
    )
    rows = env.cr.fetchall()
    return {
        "customers": len(rows),
        "days": sorted({count for _partner, count, _days in rows}),
        "twice": sum(count - days for _partner, count, days in rows),
    }


def check(env):
    partners = env["res.partner"].search([("name", "=like", f"{NAME} %")])
    notes = env["receivable.interest"].search([("partner_id", "in", partners.ids)])
    return {
        "notes": len(notes),
        "numbers": len(set(notes.mapped("name"))),
        "until": str(env.company.receivable_interest_until) == str(month_end(env.company)),
        **charged(env, partners),
    }


def main(database, step, *arguments):
    config.parse_config(["-d", database, "--no-http", "--log-level=error"], setup_logging=True)
    if step == "race":
        result = race(database, *arguments)
    else:
        with Registry(database).cursor() as cursor:
            env = environment(cursor)
            result = {"prepare": lambda: prepare(env, int(arguments[0])),
                      "propose": lambda: propose(env, float(arguments[0])),
                      "check": lambda: check(env)}[step]()  # fmt: skip
    if result is not None:
        print("RESULT " + json.dumps(result))  # noqa: T201  # pylint: disable=print-used


if __name__ == "__main__":
    main(*sys.argv[1:])
