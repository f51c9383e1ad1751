"""Cases measured of the daily review: its facts, days of it, its queries."""

import time
from datetime import datetime, timedelta

from freezegun import freeze_time

from bench import floor, floor_review, session
from bench.cases import _rounded, _same
from bench.cases_collection import _copies, _today
from bench.measure import interleave, ratio, sample
from bench.report import Row

FIGURES = ("credit_exposure", "credit_effective_limit", "credit_available", "credit_overdue",
           "credit_days_overdue")  # fmt: skip
BATCH = 250


def _floor(database, keep, figures):
    def run(samples, _turn):
        with session.environment(database) as env:
            values = floor_review.parameters(env)
            with sample(samples, env):
                env.cr.execute(floor.EVERYBODY, values)
                figures[:] = env.cr.fetchall()
                env.cr.execute(floor_review.FACTS, values)
                keep[:] = env.cr.fetchall()

    return run


def _facts(database, keep):
    """All facts of all customers, batch by batch, as the scheduled action takes them."""

    def run(samples, _turn):
        with session.environment(database) as env:
            reviews, company = env["credit.review"], env.company
            found = {}
            with sample(samples, env):
                ids = reviews._get_customers(company)
                total = reviews._get_total_receivable(company)
                for start in range(0, len(ids), BATCH):
                    part = env["res.partner"].browse(ids[start : start + BATCH])
                    found.update(reviews._get_facts(part, company, total))
            keep.clear()
            keep.update(found)

    return run


def facts(database, runs):
    """Facts of risk, warnings and reviews; compared customer by customer."""
    raw, figures, ours = [], [], {}
    things = {"floor": _floor(database, raw, figures), "ours": _facts(database, ours)}
    result = interleave(runs, things)
    what = f"review: facts of {len(ours)} customers"
    _same(
        f"{what}, trade record",
        _rounded(
            (id_, *(-1 if fact[name]["days_late"] is None else fact[name]["days_late"]
                    for name in ("quarter", "last_3_months", "last_12_months")),
             fact["month"]["order_amount"], fact["months_before"]["order_amount"], fact["year"]["sales"])
            for id_, fact in ours.items()
        ),
        _rounded(row for row in raw if row[0] in ours),
    )  # fmt: skip
    _same(
        f"{what}, figures",
        _rounded((id_, *(fact["figures"][name] for name in FIGURES)) for id_, fact in ours.items()),
        _rounded(row for row in figures if row[0] in ours),
    )
    return result, Row(
        what, result["ours"], result["floor"], ratio(result["ours"], result["floor"]), 5.0
    )


def _day(database, day):
    """One day of the scheduled action, commits included: (seconds, queries)."""
    with (
        freeze_time(f"{day} 12:00:00", tick=True, ignore=["bench", "time"]),
        session.environment(database, commit=True) as env,
    ):
        queries, start = env.cr.sql_log_count, time.perf_counter()
        env["credit.review"].sudo()._cron_daily(BATCH)
        return time.perf_counter() - start, env.cr.sql_log_count - queries


def _batch_queries(database, size):
    """Queries of the review of so many customers about whom nothing is new."""
    with session.environment(database) as env:
        reviews, company = env["credit.review"], env.company
        part = env["res.partner"].browse(reviews._get_customers(company)[:size])
        total = reviews._get_total_receivable(company)
        env.invalidate_all()
        queries = env.cr.sql_log_count
        reviews._run(part, company, total)
        env.flush_all()
        return env.cr.sql_log_count - queries


def days(database, runs):
    """The first day sets every level and warning; a day without news; the days that open reviews."""
    result, row = facts(database, runs)
    rows = [row]
    with _copies([database]) as copies:
        copy, today = copies[database], _today(database)
        session.load(copy)
        first, queries = _day(copy, today)
        many = len(_customers(copy))
        rows.append(Row.number("review: first day, seconds", first, None))
        rows.append(Row.number("review: first day, queries per customer", queries / many, 10))
        same, _queries = _day(copy, today)
        bound = 4 * result["floor"].seconds + many / 1000
        rows.append(Row.number("review: a day without news, seconds", same, bound))
        more = _batch_queries(copy, BATCH) - _batch_queries(copy, BATCH // 10)
        rows.append(
            Row.count(f"review: queries more for {BATCH} customers than for {BATCH // 10}", more, 0)
        )
        for what, day in (
            ("December, yearly reviews opened", today.replace(month=12, day=1)),
            ("January, changes proposed", datetime(today.year + 1, 1, 4).date()),
        ):
            if day < today:
                day += timedelta(days=365)
            seconds, queries = _day(copy, day)
            rows.append(Row.number(f"review: {what}, seconds", seconds, None))
            rows.append(Row.number(f"review: {what}, queries per customer", queries / many, 15))
    return rows


def _customers(database):
    with session.environment(database) as env:
        return env["credit.review"]._get_customers(env.company)
