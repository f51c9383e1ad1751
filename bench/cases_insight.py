"""Closing a month of all customers, and the indicators of a year, beside SQL written by hand."""

from bench import floor_insight, session
from bench.cases import _orm, _raw, _rounded, _same
from bench.measure import interleave, ratio
from bench.report import Row

#: Customers and months of which the size of closed months is told.
CUSTOMERS, MONTHS = 50_000, 36


def _company(database):
    with session.environment(database, session.ACCOUNTANT) as env:
        return floor_insight.months(env.company)


def closing(books, runs):
    """Freeze the last month that ended; the receivables of each customer are compared."""
    [*_others, day] = _company(books["ours"])
    raw, ours, sizes = [], [], []

    def freeze(partners):
        env = partners.env(su=True)
        month = env["insight.month"]._close(env.company, day)
        env.flush_all()
        env.cr.execute(
            "SELECT partner_id, SUM(receivable) FROM insight_snapshot"
            " WHERE month_id = %s AND partner_id IS NOT NULL AND receivable <> 0 GROUP BY 1",
            [month.id],
        )
        ours[:] = env.cr.fetchall()
        env.cr.execute(
            "SELECT AVG(pg_column_size(row.*)), COUNT(*) FROM insight_snapshot row WHERE month_id = %s",
            [month.id],
        )
        sizes[:] = env.cr.fetchone()

    things = {
        "floor": _raw(books["ours"], floor_insight.FREEZE, keep=raw, as_of=day),
        "ours": _orm(books["ours"], freeze),
    }
    result = interleave(runs, things)
    _same("receivables of a closed month", _rounded(ours), _rounded(raw))
    width, rows = float(sizes[0]), sizes[1]
    # A row, its header and pointer, and its entries in three indexes.
    size = (width + 28 + 3 * 24) * CUSTOMERS * MONTHS / 2**30
    return [
        Row(
            f"close a month: {rows} rows, {len(raw)} customers who owe",
            result["ours"],
            result["floor"],
            ratio(result["ours"], result["floor"]),
            3.0,
        ),
        Row.number(
            f"closed months: GB of {CUSTOMERS} customers × {MONTHS} months, {width:.0f} bytes a row",
            size,
            None,
        ),
    ]


def indicators(books, runs):
    """The indicators of twelve months, per company, team and person; balances are compared."""
    days = _company(books["ours"])
    raw, ours = [], []

    def compute(partners):
        env = partners.env(su=True)
        rows = env["insight.kpi"]._compute_months(env.company, days[0], days[-1], "bench")
        env.flush_all()
        ours[:] = [
            (row.date.toordinal(), row.closing, row.collected)
            for row in rows
            if row.scope == "company"
        ]

    things = {
        "floor": _raw(books["ours"], floor_insight.indicators(days), keep=raw),
        "ours": _orm(books["ours"], compute),
    }
    result = interleave(runs, things)
    sums = {day: [0.0, 0.0] for day in days}
    for what, day, _user, amount, *_others in raw:
        last = floor_insight.month_end(day)
        if what in ("closing", "collected") and last in sums:
            sums[last][what == "collected"] += float(amount or 0)
    _same(
        "balances and receipts of the months",
        _rounded(ours),
        _rounded((day.toordinal(), *amounts) for day, amounts in sums.items()),
    )
    return [
        Row(
            f"indicators of {len(days)} months",
            result["ours"],
            result["floor"],
            ratio(result["ours"], result["floor"]),
            3.0,
        )
    ]


#: Blocks of the overview whose queries read indexes only, and the seconds they may take.
LIGHT, SECONDS = ("decide", "collector", "collection"), 1.0


def overview(books, runs):
    """The blocks of the first page; what is over the limit and what is owed are compared."""
    rows = []
    with session.environment(books["ours"]) as env:
        mine = [("user_id.login", "=", session.SALESPERSON), ("parent_id", "=", False)]
        mine = env["res.partner"].search(mine).ids
    for what, query, login, ids in (
        ("credit", floor_insight.CREDIT, session.ACCOUNTANT, ()),
        ("receivables", floor_insight.RECEIVABLES, session.ACCOUNTANT, ()),
        ("sales", floor_insight.SALES, session.SALESPERSON, mine),
    ):
        raw, ours = [], []
        things = {
            "floor": _raw(books["ours"], query, ids, raw),
            "ours": _orm(books["ours"], _block(what), ours, login),
        }
        result = interleave(runs, things)
        amounts = {row["key"]: row["amount"] for row in ours[0]["figures"]}
        if what == "credit":
            _same("customers over their limits", [amounts["over"]], [raw[0][0]])
        elif what == "receivables":
            [total] = [row for row in raw if row[0] is None and row[1] is None]
            names = ("receivable", "overdue", "expected")
            _same(
                "receivables of the overview",
                [round(amounts[name], 2) for name in names],
                [round(float(value or 0), 2) for value in total[2:]],
            )
        else:
            names = ("my_receivable", "my_overdue")
            _same(
                "receivables of a salesperson",
                [round(amounts[name], 2) for name in names],
                [round(float(value or 0), 2) for value in raw[0]],
            )
        rows.append(
            Row(
                f"overview: {what}",
                result["ours"],
                result["floor"],
                ratio(result["ours"], result["floor"]),
                2.0,
            )
        )
    things = {what: _orm(books["ours"], _block(what)) for what in LIGHT}
    result = interleave(runs, things)
    return rows + [
        Row.number(f"overview: {what}, seconds", result[what].seconds, SECONDS) for what in LIGHT
    ]


def _block(what):
    def read(partners):
        page = partners.env["insight.overview"]
        return [getattr(page, f"_get_{what}_block")(partners.env.company._credit_root())]

    return read
