"""`python -m bench.main`: measures databases that `bench/run` made; exit code 1 when a bound fails."""

import argparse
import gc
import sys
from datetime import UTC, datetime

from bench import cases, cases_collection, cases_insight, cases_review, report, session

PARTS = (
    "confirm",
    "list",
    "filters",
    "ageing",
    "screen",
    "statements",
    "interest",
    "posting",
    "delivering",
    "decide",
    "days",
    "review",
    "insight",
    "overview",
)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--odoo", action="append", required=True, help="small books, then large")
    parser.add_argument("--ours", action="append", required=True)
    parser.add_argument("--rival")
    parser.add_argument("--rival-addons")
    parser.add_argument("--collect", action="append", help="overdue books, small then large")
    parser.add_argument("--collect-rival")
    parser.add_argument("--reports", help="the large books with OCA's reports")
    parser.add_argument("--goods", help="books with goods ready to leave: Odoo alone")
    parser.add_argument("--goods-ours")
    parser.add_argument("--books", default="", help="words for the report")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="tells nothing, but that it works")
    parser.add_argument("--docs", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args()
    if options.runs < 5 and not options.quick:
        parser.error("--runs: five or more")
    return options


def measure(options):
    """Rows of all cases that were asked for."""
    runs = 2 if options.quick else options.runs
    small = cases.Books(options.odoo[0], options.ours[0])
    large = cases.Books(options.odoo[-1], options.ours[-1], options.rival)
    checked = cases.check_figures(large)
    say(f"Five figures of {checked} customers are the same by the add-on and by hand.")
    goods = cases.Books(options.goods, options.goods_ours)
    for database in {*small.sides.values(), *large.sides.values(), *goods.sides.values()}:
        session.load(database)
    gc.collect()
    gc.freeze()
    overdue = options.collect[-1]
    parts = {
        "confirm": lambda: cases.confirm(small, large, 3 * runs),
        "list": lambda: cases.customer_list(large, 2 * runs),
        "filters": lambda: cases.filters(large, runs),
        "ageing": lambda: cases.ageing(large, runs),
        # the rival takes minutes a turn
        "screen": lambda: cases.ageing_on_screen(large, runs, options.reports),
        "statements": lambda: cases.statements(large, runs, options.reports),
        "interest": lambda: cases.interest(large, runs),
        # dear: half a minute a run where the machine is slow
        "posting": lambda: cases.posting(large, 1 if options.quick else max(runs // 2, 5)),
        "delivering": lambda: cases.delivering(goods, 3 * runs),
        "decide": lambda: [
            cases_collection.decide(overdue, runs, "collection: decide, first day")[1]
        ],
        # dear: the rival alone takes a quarter of an hour and more
        "days": lambda: cases_collection.days(
            overdue,
            runs,
            options.collect[0] if len(options.collect) > 1 else None,
            options.collect_rival,
            [options.rival_addons] if options.rival_addons else [],
        ),
        "review": lambda: cases_review.days(large["ours"], runs),
        "insight": lambda: [
            *cases_insight.closing(large, runs),
            *cases_insight.indicators(large, max(runs // 2, 2)),
        ],
        "overview": lambda: cases_insight.overview(large, runs),
    }
    rows = []
    for name in options.only.split(","):
        say(f"Measuring: {name}")
        part = parts[name]()
        for row in part:
            say("  " + " | ".join(cell for cell in row.cells() if cell))
        rows += part
    return rows


def say(text):
    print(text, file=sys.stderr, flush=True)


def main():
    options = arguments()
    session.start([options.rival_addons] if options.rival else [])
    rows = measure(options)
    print(report.table(rows))
    if options.docs:
        today = datetime.now(UTC).date()
        report.write(rows, f"{today}, {options.books}, medians of {options.runs} runs or more.")
    failed = [row.what for row in rows if row.failed]
    if failed and not options.quick:
        say("Bounds that fail: " + "; ".join(failed))
        return 1
    say("Too small to judge." if options.quick else "All bounds hold.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
