"""One day of collecting in a process of its own, so that its memory can be told:
`python -m bench.day ours|rival DATABASE DATE [ADD-ONS]` prints a line of JSON.

Ours is the scheduled action, commits included: cases, activities and letters. The rival's is
what a person does there: a run, its lines approved, the communications. No PDF, no sending.
"""

import json
import resource
import sys
import time
from datetime import date

from freezegun import freeze_time

from bench import session
from bench.measure import processor_time


def ours(env, day):
    """The daily run of a company in automatic mode."""
    env.company.sudo().collection_run_mode = "automatic"
    env.company.sudo().collection_run_hour = 0.0
    env.flush_all()
    env.cr.commit()
    start = time.perf_counter()
    runs = env["collection.run"].sudo()
    for _call in range(1000):
        runs._cron_run()
        env.cr.commit()
        if not runs.search_count([("state", "=", "running")]):
            break
    seconds = time.perf_counter() - start
    run = runs.search([("date", "=", day), ("is_automatic", "=", True)], limit=1)
    if run.state != "done" or run.error_count:
        raise AssertionError(f"The run ended as {run.state} with {run.error_count} faults.")
    return seconds, {"opened": run.open_count, "letters": run.letter_count}


def rival(env, day):
    """OCA's run and communications, as its buttons do it."""
    policy = env.ref("account_credit_control.credit_control_3_time")
    start = time.perf_counter()
    run = env["credit.control.run"].create(
        {"date": day, "policy_ids": [(6, 0, policy.ids)], "company_id": env.company.id}
    )
    run.generate_credit_lines()
    run.line_ids.filtered(lambda line: line.state == "draft").write({"state": "to_be_sent"})
    letters = env["credit.control.communication"]._generate_comm_from_credit_lines(run.line_ids)
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - start, {"lines": len(run.line_ids), "letters": len(letters)}


def main():
    side, database, day, *addons = sys.argv[1:]
    session.start(addons)
    session.load(database)
    with freeze_time(f"{day} 12:00:00", tick=True, ignore=["bench"]):
        with session.environment(database, commit=True) as env:
            env = env(context={"tracking_disable": False})
            env.cr.execute("SELECT pg_backend_pid()")
            [backend] = env.cr.fetchone()
            busy = processor_time(backend) + time.process_time()
            seconds, counts = {"ours": ours, "rival": rival}[side](env, date.fromisoformat(day))
            busy = processor_time(backend) + time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "processor": busy, "megabytes": peak, **counts}))


if __name__ == "__main__":
    main()
