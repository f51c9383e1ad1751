"""Bookings at the same instant, each in a process with connections of its own.

Run as a program on a database that may be written: `python booking_race_worker.py DATABASE KIND`.
Commits what is to be booked, then forks one process per booking; what they read before they
write they read slowly, so that all of them read before one of them writes, unless they wait for
each other. Prints what came of it as one line of JSON.
"""

import json
import sys
import time
import uuid
from pathlib import Path

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config

sys.path.append(str(Path(__file__).parents[2] / "credit" / "hold"))

PAUSE = 0.7
AMOUNT = 100.0
ALLOWANCE = 150.0
CLERK = "account.group_account_user,credit_collection.group_credit_controller"


def slowly(registry, model, method):
    """Let a method of a model take its time, in this program."""
    owner = registry[model]
    plain = getattr(owner, method)

    def slow(self, *args, **kwargs):
        result = plain(self, *args, **kwargs)
        time.sleep(PAUSE)
        return result

    setattr(owner, method, slow)


class Books:
    """A company's accounts, its people, and documents on their way."""

    def __init__(self, env):
        self.env = env
        self.company = env.company
        self.mark = uuid.uuid4().hex[:6]
        # Entries found afterwards are booked on accounts of this run only.
        self.allowance = self.account("asset_current")
        self.expense = self.account("expense")
        self.recovery = self.account("income_other")
        self.company.write(
            {
                "receivable_allowance_account_id": self.allowance.id,
                "receivable_bad_debt_account_id": self.expense.id,
                "receivable_recovery_account_id": self.recovery.id,
            }
        )
        self.sales = self.user("sales", "sales_team.group_sale_manager")
        self.clerk = self.user("clerk", CLERK)
        self.finance = self.user("finance", "credit_collection.group_credit_finance_manager")
        self.manager = self.user("manager", "credit_collection.group_credit_general_manager")
        self.provide(ALLOWANCE)

    def account(self, kind):
        code = f"R{self.mark}{kind[:3].upper()}"
        return self.env["account.account"].create(
            {"code": code, "name": f"Race {code}", "account_type": kind}
        )

    def user(self, name, groups):
        ids = [self.env.ref(group).id for group in ("base.group_user", *groups.split(","))]
        return self.env["res.users"].create(
            {"name": name, "login": f"{name}_{self.mark}", "group_ids": [(6, 0, ids)]}
        )

    def provide(self, amount):
        move = self.env["account.move"].create(
            {
                "line_ids": [
                    (0, 0, {"account_id": self.expense.id, "balance": amount}),
                    (0, 0, {"account_id": self.allowance.id, "balance": -amount}),
                ]
            }
        )
        move.action_post()

    def invoice(self, partner=None):
        partner = partner or self.env["res.partner"].create(
            {"name": f"Race {self.mark}", "is_company": True, "user_id": self.sales.id}
        )
        line = {"name": "Pallet", "price_unit": AMOUNT, "tax_ids": False}
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [(0, 0, line)],
            }
        )
        move.action_post()
        return move

    def writeoff(self, invoice):
        """An application that waits for its last approval."""
        wizard = (
            self.env["receivable.writeoff.apply"]
            .with_user(self.sales)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "reason_id": self.env.ref("credit_collection.writeoff_reason_aged").id,
                    "explanation": "Nothing to get",
                }
            )
        )
        writeoff = self.env["receivable.writeoff"].with_user(self.sales)
        writeoff = writeoff.browse(wizard.action_apply()["res_id"])
        for row in writeoff.evidence_ids:
            row.attachment_ids = [(0, 0, {"name": "proof.pdf", "raw": b"proof"})]
        writeoff.action_request()
        writeoff.with_user(self.finance).validate_tier()
        return writeoff.with_env(self.env)

    def claim(self, partner=None):
        writeoff = self.writeoff(self.invoice(partner))
        writeoff.with_user(self.manager).validate_tier()
        return writeoff.line_ids

    def payment(self, partner):
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        payment = self.env["account.payment"].create(
            {"payment_type": "inbound", "partner_type": "customer", "partner_id": partner.id,
             "amount": AMOUNT, "journal_id": journal.id}
        )  # fmt: skip
        payment.action_post()
        lines = payment.move_id.line_ids
        return lines.filtered(lambda line: line.account_type == "asset_receivable")

    def wizard(self, claim, payment):
        return (
            self.env["receivable.recovery.register"]
            .with_user(self.clerk)
            .with_context(active_model=claim._name, active_ids=claim.ids)
            .create({"payment_line_id": payment.id})
        )

    def provision(self):
        """An approved provision that doubles the allowance."""
        customer = self.invoice().partner_id
        today = fields.Date.today()
        specific = {"partner_id": customer.id, "percent": 100.0, "reason": "Insolvent"}
        provision = (
            self.env["receivable.provision"]
            .with_user(self.clerk)
            .create(
                {
                    "date": today, "date_from": today.replace(day=1), "rate_source": "typed",
                    "specific_ids": [(0, 0, specific)],
                }
            )
        )  # fmt: skip
        provision.action_request()
        for user in (self.finance, self.manager):
            provision.with_user(user).validate_tier()
        return provision.with_env(self.env)

    # ------------------------------------------------------------------ the races

    def prepare(self, kind):
        """(model, method, user, ids of each process) of a race."""
        if kind == "approve":
            writeoffs = [self.writeoff(self.invoice()) for _number in range(3)]
            return "receivable.writeoff", "validate_tier", self.manager, writeoffs
        if kind == "approve_twice":
            return "receivable.writeoff", "validate_tier", self.manager, [
                self.writeoff(self.invoice())
            ] * 3  # fmt: skip
        if kind == "provision":
            return "receivable.provision", "action_post", self.clerk, [self.provision()] * 3
        claim = self.claim()
        if kind == "recover":  # one claim, three payments
            payments = [self.payment(claim.partner_id) for _number in range(3)]
            wizards = [self.wizard(claim, payment) for payment in payments]
        else:  # one payment, three claims; money that lies there would pay the others' invoices
            claims = [claim, *(self.claim(claim.partner_id) for _number in range(2))]
            payments = [self.payment(claim.partner_id) for _number in range(3)]
            wizards = [self.wizard(one, payments[0]) for one in claims]
        return "receivable.recovery.register", "action_book", self.clerk, wizards

    def balance(self, account):
        self.env.cr.execute(
            "SELECT COALESCE(SUM(balance), 0) FROM account_move_line"
            " WHERE account_id = %s AND parent_state = 'posted'",
            (account.id,),
        )
        return float(self.env.cr.fetchone()[0])


def main(database, kind):
    from race_worker import race

    config.parse_config(["-d", database, "--no-http", "--log-level=error"], setup_logging=True)
    registry = Registry(database)
    with registry.cursor() as cursor:
        books = Books(api.Environment(cursor, SUPERUSER_ID, {}))
        model, method, user, records = books.prepare(kind)
        user, batches = user.id, [record.ids for record in records]
        accounts = {name: getattr(books, name).id for name in ("allowance", "expense", "recovery")}
    slowly(registry, "res.company", "_receivable_allowance_balance")
    slowly(registry, "receivable.recovery", "_check_payment")
    slowly(registry, "receivable.provision", "_get_present")
    outcomes = race(registry, method, batches, model, user)
    with registry.cursor() as cursor:
        books.env = env = api.Environment(cursor, SUPERUSER_ID, {})
        result = {
            "outcomes": sorted(outcome for outcome, _seconds, _deadlocks in outcomes),
            "deadlocks": sum(deadlocks for _outcome, _seconds, deadlocks in outcomes),
            **{
                name: books.balance(env["account.account"].browse(account))
                for name, account in accounts.items()
            },
        }
        if model == "receivable.writeoff":
            writeoffs = env[model].browse({ids[0] for ids in batches})
            result["states"] = writeoffs.mapped("state")
            result["from_allowance"] = sorted(writeoffs.mapped("allowance_amount"))
        elif model == "receivable.recovery.register":
            claims = env[model].browse(ids[0] for ids in batches).line_ids.claim_id
            result["recoveries"] = claims.recovery_ids.mapped("state")
            result["recovered"] = sum(claims.mapped("amount_recovered"))
    print("RESULT " + json.dumps(result))  # noqa: T201  # pylint: disable=print-used


if __name__ == "__main__":
    main(*sys.argv[1:])
