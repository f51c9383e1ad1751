"""Cases measured of collection: the decision, days of the run, the worklist, the ledger."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta

from bench import floor, floor_collection, session
from bench.cases import _same
from bench.measure import Samples, interleave, ratio, sample
from bench.report import Row

LISTED = 80
WORKLIST_FIELDS = (
    "partner_id", "why", "amount_chase", "amount_overdue", "days_overdue", "stage_id", "phone",
    "last_contact_text", "date_last_contact", "user_id",
)  # fmt: skip
LEDGER_FIELDS = (
    "name", "partner_id", "date_maturity", "days", "amount", "amount_currency", "net", "currency_id",
    "stage_id", "user_id", "grade_id", "risk_level", "age_bucket", "amount_class", "customer_type",
    "date_promised", "date_last_contact", "score",
)  # fmt: skip


def _today(database):
    with session.environment(database) as env:
        return env.company._credit_today()


# ---------------------------------------------------------------------- the decision


def _decide(database, keep):
    def run(samples, _turn):
        with session.environment(database) as env:
            runs, company = env["collection.run"], env.company
            runs._flush_decision()
            with sample(samples, env):
                env.cr.execute(runs._get_decision_sql(company))
                keep[:] = env.cr.dictfetchall()

    return run


def _raw(database, query, keep):
    def run(samples, _turn):
        with session.environment(database) as env:
            values = floor.parameters(env)
            with sample(samples, env):
                env.cr.execute(query, values)
                keep[:] = env.cr.fetchall()

    return run


def decide(database, runs, what):
    """Stage and actions of each customer; compared one by one with the floor."""
    raw, ours = [], []
    things = {
        "floor": _raw(database, floor_collection.DECISION, raw),
        "ours": _decide(database, ours),
    }
    result = interleave(runs, things)
    _same(
        what,
        sorted(
            (r["partner_id"], r["level"], r["days"], round(float(r["overdue"]), 2), r["case_action"],
             r["letter_currency_ids"])
            for r in ours
        ),
        sorted((r[0], r[1], r[2], float(r[3]), r[5], r[6]) for r in raw),
    )  # fmt: skip
    return result, Row(
        f"{what}: {len(ours)} customers",
        result["ours"],
        result["floor"],
        ratio(result["ours"], result["floor"]),
        3.0,
    )


# ---------------------------------------------------------------------- days

#: How many times faster than the rival a following day is to be.
FASTER = 100


def _day(side, database, day, addons=(), patience=None):
    """Run a day in a process of its own; return its output as a dict.

    :param patience: seconds after which it is stopped; they are then what it took, at least
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bench.day", side, database, str(day), *addons],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        return {"seconds": patience, "processor": patience, "stopped": True}
    if done.returncode:
        raise AssertionError(f"{side}, {day}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _samples(seconds):
    return Samples(wall=[seconds], processor=[0.0], queries=[0])


@contextmanager
def _copies(names):
    """Copies of databases that a measurement changes for good; dropped afterwards."""
    copies = {name: f"{name}_day" for name in names if name}
    try:
        for name, copy in copies.items():
            session.copy_database(name, copy)
        yield copies
    finally:
        for copy in copies.values():
            session.drop_database(copy)


def days(ours, runs, small=None, rival=None, addons=()):
    """A first day that opens every case and writes every letter, the same day again, and the
    following day; the screens with these cases; the rival on the same books.

    :param small: books of a tenth, to tell whether memory grows with the books
    """
    rows = []
    with _copies([ours, small, rival]) as copies:
        day = _today(ours)
        first = _day("ours", copies[ours], day)
        result, row = decide(copies[ours], runs, "collection: decide after the first day")
        rows.append(row)
        # A second automatic run of a day is not made: the following one finds the same facts
        # with due dates moved along.
        rows += screens(copies[ours], 2 * runs)
        _shift(copies[ours])
        unchanged = _day("ours", copies[ours], day + timedelta(days=1))
        bound = 3 * result["floor"].seconds + 2
        rows.append(
            Row.number(
                "collection: a day on which nothing changes, seconds", unchanged["seconds"], bound
            )
        )
        _shift(copies[ours], -1)
        following = _day("ours", copies[ours], day + timedelta(days=2))
        what = f"collection: first day, {first['opened']} cases, {first['letters']} letters"
        if rival:
            other_first = _day("rival", copies[rival], day, addons)
            # Wait no longer than the time to be shown: it may take hours.
            patience = 1.5 * FASTER * max(following["seconds"], following["processor"])
            other_next = _day("rival", copies[rival], day + timedelta(days=2), addons, patience)
            for text, us, them, times in (
                (what, first, other_first, 20),
                ("collection: a following day", following, other_next, FASTER),
            ):
                stopped = ", stopped before its end" if them.get("stopped") else ""
                rows.append(
                    Row(
                        f"{text}: share of OCA's processor time{stopped}",
                        _samples(us["seconds"]),
                        _samples(them["seconds"]),
                        # Run once, at different hours: other work of the machine must not count.
                        us["processor"] / them["processor"],
                        1 / times,
                        kind="share",
                    )
                )
        else:
            rows.append(Row.number(f"{what}, seconds", first["seconds"], None))
            rows.append(
                Row.number("collection: a following day, seconds", following["seconds"], None)
            )
        if small:
            less = _day("ours", copies[small], day)
            rows.append(
                Row.number(
                    "collection: memory of the first day, growth over ten times the books",
                    first["megabytes"] / less["megabytes"],
                    1.2,
                )
            )
    return rows


def _shift(database, days=1):
    """Move due dates of open items by days, so that another day finds them as old as before."""
    with session.environment(database, commit=True) as env:
        env.cr.execute(
            """UPDATE account_move_line line SET date_maturity = date_maturity + %s
                 FROM account_account account
                WHERE account.id = line.account_id AND line.reconciled IS NOT TRUE
                  AND account.account_type = 'asset_receivable'""",
            [days],
        )


# ---------------------------------------------------------------------- screens


def _open(database, model, order, names, keep):
    specification = {name: {} for name in names}

    def run(samples, _turn):
        with session.environment(database, session.ACCOUNTANT) as env:
            records = env[model]
            for name in names:
                if records._fields[name].type == "many2one":
                    specification[name] = {"fields": {"display_name": {}}}
            domain = [("state", "=", "open")] if model == "collection.case" else []
            with sample(samples, env):
                found = records.web_search_read(domain, specification, limit=LISTED, order=order)
            keep[:] = found["records"]

    return run


def screens(database, runs):
    """The first page of the worklist and of the ledger, as the web client asks for it."""
    rows = []
    for what, query, model, order, names, values in (
        ("worklist", floor_collection.WORKLIST, "collection.case", "rank desc, id",
         WORKLIST_FIELDS, ("id", "amount_overdue", "days_overdue")),
        ("ledger", floor_collection.LEDGER, "collection.ledger", "days desc, date_maturity, id",
         LEDGER_FIELDS, ("id", "days", "amount")),
    ):  # fmt: skip
        raw, ours = [], []
        things = {
            "floor": _raw(database, query, raw),
            "ours": _open(database, model, order, names, ours),
        }
        result = interleave(runs, things)
        _same(
            what,
            [tuple(round(float(row[name]), 2) for name in values) for row in ours],
            [tuple(round(float(value), 2) for value in row[:3]) for row in raw],
        )
        rows.append(
            Row(
                f"collection: open the {what}, first {LISTED}",
                result["ours"],
                result["floor"],
                ratio(result["ours"], result["floor"]),
                2.0,
            )
        )
    return rows
