"""Cases of the benchmark. Each returns rows of the table, see `report.Row`."""

from datetime import timedelta

from bench import floor, session
from bench.measure import interleave, ratio, sample
from bench.report import Row

FIELDS = [
    "credit_exposure", "credit_effective_limit", "credit_available", "credit_overdue",
    "credit_days_overdue",
]  # fmt: skip
HELD_STATUSES = ("blocked", "held_overdue", "held_limit")
RIVAL_FIELDS = [
    "risk_total", "risk_amount_exceeded", "risk_remaining_value", "risk_invoice_unpaid",
    "risk_exception",
]  # fmt: skip
LISTED, INVOICES, PAYMENTS, PARTS = 80, 200, 50, 10


class Books:
    """Databases of one size: Odoo alone, ours and, perhaps, the rival."""

    def __init__(self, odoo, ours, rival=None):
        self.sides = {"odoo": odoo, "ours": ours}
        if rival:
            self.sides["rival"] = rival

    def __getitem__(self, side):
        return self.sides[side]


# ---------------------------------------------------------------------- confirming


def _confirm(database):
    def run(samples, turn):
        with session.environment(database, session.SALESPERSON) as env:
            passing = [("client_order_ref", "=", session.PASSING), ("state", "=", "draft")]
            ids = env["sale.order"].search(passing, order="id").ids
            env.invalidate_all()
            order = env["sale.order"].browse(ids[turn * 7 % len(ids)])
            with sample(samples, env):
                done = order.action_confirm()
            if order.state != "sale":
                raise AssertionError(f"{database}: a passing order was not confirmed: {done}")

    return run


def confirm(small, large, runs):
    """An order that passes, confirmed by a salesperson as by RPC, in small and large books."""
    results = {}
    for size, books in (("small", small), ("large", large)):
        things = {side: _confirm(name) for side, name in books.sides.items()}
        results[size] = interleave(runs, things)
    rows = []
    for size, label in (("small", "a tenth of the books"), ("large", "the books")):
        odoo, ours = results[size]["odoo"], results[size]["ours"]
        what = f"confirm an order, {label}"
        rows.append(Row(what, ours, odoo, ratio(ours, odoo), 1.5, results[size].get("rival")))
        rows.append(Row.count(f"{what}: queries added", ours.count - odoo.count, 6))
    growth = ratio(results["large"]["ours"], results["large"]["odoo"]) / ratio(
        results["small"]["ours"], results["small"]["odoo"]
    )
    rows.append(Row.number("confirm: growth of the ratio over ten times the books", growth, 1.1))
    more = results["large"]["ours"].count - results["small"]["ours"].count
    rows.append(Row.count("confirm: queries more at ten times the books", more, 0))
    return rows


# ---------------------------------------------------------------------- reading


def _raw(database, query, ids=(), keep=None, **more):
    """Run the floor: a query, or several whose first rows are kept."""

    def run(samples, turn):
        with session.environment(database, session.ACCOUNTANT) as env:
            values = {**floor.parameters(env, ids), **more}
            with sample(samples, env):
                rows = []
                for one in (query,) if isinstance(query, str) else query:
                    env.cr.execute(one, values)
                    rows.append(env.cr.fetchall())
            if keep is not None:
                keep[:] = rows[0]

    return run


def _orm(database, read, keep=None, login=session.ACCOUNTANT):
    def run(samples, turn):
        with session.environment(database, login) as env:
            partners = env["res.partner"]
            with sample(samples, env):
                result = read(partners)
            if keep is not None:
                keep[:] = result if isinstance(result, list) else [result]

    return run


def _customers(database, limit):
    with session.environment(database, session.ACCOUNTANT) as env:
        customers = [("customer_rank", ">", 0), ("parent_id", "=", False)]
        found = env["res.partner"].search(customers, order="id")
        return found.ids[:: max(len(found) // limit, 1)][:limit]


def _same(what, ours, raw):
    if ours != raw:
        wrong = [pair for pair in zip(ours, raw, strict=False) if pair[0] != pair[1]][:3]
        raise AssertionError(f"{what}: the add-on and the floor differ: {wrong}")


def _rounded(rows):
    return sorted((int(id_), *(round(float(v), 2) + 0.0 for v in values)) for id_, *values in rows)


def check_figures(books):
    """Every customer's five figures, by the add-on and by hand, are the same."""
    raw = []
    _raw(books["ours"], floor.EVERYBODY, keep=raw)(_Nowhere, 0)
    ids = [row[0] for row in raw]
    with session.environment(books["ours"], session.ACCOUNTANT) as env:
        read = env["res.partner"].browse(ids).read(FIELDS)
    ours = [(row["id"], *(row[name] for name in FIELDS)) for row in read]
    _same("figures of all customers", _rounded(ours), _rounded(raw))
    return len(ids)


def customer_list(books, runs):
    """The five figures of a list of 80 customers, and their status."""
    ids, fields = _customers(books["ours"], LISTED), [*FIELDS, "credit_status"]
    things = {
        "floor": _raw(books["ours"], floor.LISTED, ids),
        "ours": _orm(books["ours"], lambda partners: partners.browse(ids).read(fields)),
    }
    if "rival" in books.sides:
        things["rival"] = _orm(
            books["rival"], lambda partners: partners.browse(ids).read(RIVAL_FIELDS)
        )
    result = interleave(runs, things)
    what = f"list of {len(ids)} customers with the five figures and the status"
    return [_beside_floor(what, result, 2.0)]


def _beside_floor(what, result, bound):
    ours, raw = result["ours"], result["floor"]
    return Row(what, ours, raw, ratio(ours, raw), bound, result.get("rival"))


def filters(books, runs):
    """Over limit, overdue, and the order of the list by overdue amount, over everybody."""
    cases = (
        ("filter: available < 0", floor.OVER_LIMIT, [("credit_available", "<", 0)]),
        ("filter: overdue > 0", floor.OVERDUE, [("credit_overdue", ">", 0)]),
        ("filter: would be on hold", floor.HELD, [("credit_status", "in", HELD_STATUSES)]),
    )
    rows = []
    for what, query, domain in cases:
        raw, ours = [], []
        things = {
            "floor": _raw(books["ours"], query, keep=raw),
            "ours": _orm(books["ours"], lambda p, d=domain: p.search_count(d), ours),
        }
        if "rival" in books.sides and not rows:
            things["rival"] = _orm(
                books["rival"], lambda p: p.search_count([("risk_exception", "=", True)])
            )
        result = interleave(runs, things)
        # A filter shows the contacts of a customer with it; the floor counts customers.
        with session.environment(books["ours"], session.ACCOUNTANT) as env:
            customers = env["res.partner"].search_count([*domain, ("parent_id", "=", False)])
        _same(what, [customers], [raw[0][0]])
        rows.append(_beside_floor(what, result, 2.0))
    return rows + _ordered(books, runs)


def _ordered(books, runs):
    raw, ours = [], []
    things = {
        "floor": _raw(books["ours"], floor.MOST_OVERDUE, keep=raw),
        "ours": _orm(
            books["ours"],
            lambda p: (
                p.search([("parent_id", "=", False)], order="credit_overdue desc", limit=LISTED).ids
            ),
            ours,
        ),
    }
    result = interleave(runs, things)
    with session.environment(books["ours"], session.ACCOUNTANT) as env:
        amounts = [
            [round(p.credit_overdue, 2) for p in env["res.partner"].browse(ids)]
            for ids in (ours[: len(raw)], [row[0] for row in raw])
        ]
    _same("order by overdue", *amounts)
    return [_beside_floor("order by overdue, first 80", result, 2.0)]


# ---------------------------------------------------------------------- ageing


def ageing(books, runs):
    """Open items of a past day, with days and columns, beside their residuals in raw SQL."""
    raw, ours = [], []

    def items(partners):
        company = partners.env.company
        day = company._credit_today() - timedelta(days=floor.PAST_DAYS)
        return partners.env["receivable.ageing"]._get_items(company, day)

    things = {
        "floor": _raw(books["ours"], floor.AGEING, keep=raw),
        "ours": _orm(books["ours"], items, ours),
    }
    result = interleave(runs, things)
    found = [(row["move_line_id"], row["amount"]) for row in ours]
    _same("ageing of a past day", _rounded(found), _rounded(row[:2] for row in raw))
    return [_beside_floor(f"ageing {floor.PAST_DAYS} days ago, {len(raw)} open items", result, 3.0)]


def _page(env, day):
    """Do what opening the matrix does: the dialog's button, and the list's first page with the total."""
    action = env["receivable.ageing.report"].create({"date": day}).action_open_matrix()
    columns = [f"column_{number}" for number in range(1, 11)]
    names = [*columns, "amount", "amount_receivable", "amount_note", "late"]
    links = ["company_currency_id", "partner_id", "currency_id", "user_id", "service_manager_id"]
    [group] = env[action["res_model"]].web_read_group(
        action["domain"],
        ["report_id"],
        [f"{name}:sum" for name in names] + ["days:max", "company_currency_id:array_agg_distinct"],
        limit=LISTED,
        auto_unfold=True,
        unfold_read_specification={
            **{name: {} for name in (*names, "days", "term_days", "amount_currency")},
            **{name: {"fields": {"display_name": {}}} for name in links},
        },
        unfold_read_default_limit=LISTED,
    )["groups"]
    if len(group["__records"]) != min(LISTED, group["__count"]):
        raise AssertionError("The first page of the ageing is not full.")
    return action, columns[:6]


def ageing_on_screen(books, runs, reports=None):
    """The matrix of all customers as a user opens it, today and on a past day, beside raw SQL.

    :param reports: the books with OCA's reports; its aged balance is data without paper
    """
    rows = []
    for ago in (0, floor.PAST_DAYS):
        with session.environment(books["ours"], session.ACCOUNTANT) as env:
            day = env.company._credit_today() - timedelta(days=ago)
        raw, ours = [], []

        def screen(samples, turn, day=day, ours=ours):
            with session.environment(books["ours"], session.ACCOUNTANT) as env:
                with sample(samples, env):
                    action, columns = _page(env, day)
                names = ["partner_id", "currency_id", *columns, "amount"]
                found = env[action["res_model"]].search(action["domain"])
                ours[:] = [
                    (row["partner_id"][0], row["currency_id"][0], *(row[n] for n in names[2:]))
                    for row in (found.read(names) if turn == 1 else [])
                ] or ours

        things = {"floor": _raw(books["ours"], floor.SCREEN, keep=raw, day=day), "ours": screen}
        if reports:
            things["rival"] = _aged_balance(reports, day)
        result = interleave(runs, things)
        what = f"ageing on screen, {ago} days ago" if ago else "ageing on screen, today"
        _same(what, _rounded(ours), _rounded(raw))
        rows.append(_beside_floor(f"{what}, {len(raw)} rows", result, 3.0))
    return rows


def _aged_balance(database, day):
    """OCA's aged partner balance of receivables, its data without paper."""

    def run(samples, turn):
        with session.environment(database, session.ACCOUNTANT) as env:
            receivable = env["account.account"].search([("account_type", "=", "asset_receivable")])
            wizard = env["aged.partner.balance.report.wizard"].create(
                {"date_at": day, "account_ids": receivable.ids}
            )
            data = {**wizard._prepare_report_data(), "date_at": str(day)}
            report = env["report.account_financial_report.aged_partner_balance"]
            env.flush_all()
            env.invalidate_all()
            with sample(samples, env):
                report._get_report_values(wizard.ids, data)

    return run


# ---------------------------------------------------------------------- statements


def _activity_statement(database, ids, start, end):
    """OCA's activity statement of customers, its data without paper."""

    def run(samples, turn):
        with session.environment(database, session.ACCOUNTANT) as env:
            wizard = env["activity.statement.wizard"].with_context(active_ids=ids)
            data = wizard.create({"date_start": start, "date_end": end})._prepare_statement()
            report = env["report.partner_statement.activity_statement"]
            env.flush_all()
            env.invalidate_all()
            with sample(samples, env):
                report._get_report_values(ids, data)

    return run


def statements(books, runs, reports=None):
    """What statements of 1,000 customers say of a quarter, beside the same facts in raw SQL."""
    ids = _customers(books["ours"], 1000)
    raw, ours = [], []

    def accounts(partners):
        company = partners.env.company
        end = company._credit_today() - timedelta(days=floor.PAST_DAYS)
        start = end - timedelta(days=89)
        customers = partners.browse(ids)
        return partners.env["receivable.statement"]._get_accounts(company, customers, start, end)

    things = {
        "floor": _raw(books["ours"], floor.STATEMENTS, ids, raw),
        "ours": _orm(books["ours"], accounts, ours),
    }
    if reports:
        with session.environment(books["ours"], session.ACCOUNTANT) as env:
            end = env.company._credit_today() - timedelta(days=floor.PAST_DAYS)
        things["rival"] = _activity_statement(reports, ids, end - timedelta(days=89), end)
    result = interleave(runs, things)
    found = [
        (row.move_id, row.amount)
        for (of_customers,) in [ours]
        for account_list in of_customers.values()
        for account in account_list
        for row in account.items
    ]
    _same("statements", _rounded(found), _rounded((row[1], row[-1]) for row in raw))
    return [_beside_floor(f"statements of {len(ids)} customers, without paper", result, 3.0)]


# ---------------------------------------------------------------------- late interest


def interest(books, runs):
    """Interest to date of every overdue installment by 1.5 × LPR, beside the same in raw SQL."""
    raw, ours = [], []

    def accrue(samples, turn):
        with session.environment(books["ours"], session.ACCOUNTANT) as env:
            company = _agree_on_interest(env)
            with sample(samples, env):
                found = env["receivable.interest.accrual"]._get_amounts(
                    company, company._credit_today()
                )
            ours[:] = found.items()

    things = {"floor": _raw(books["ours"], floor.INTEREST, keep=raw), "ours": accrue}
    result = interleave(runs, things)
    _same("interest to date", _rounded(ours), _rounded(raw))
    return [_beside_floor(f"interest to date, {len(raw)} overdue installments", result, 3.0)]


def _agree_on_interest(env):
    rates = {"1990-01-01": 3.1, "2025-05-20": 3.0}
    reference = env["receivable.reference"].sudo().create({"name": "LPR (bench)"})
    env["receivable.reference.rate"].sudo().create(
        [{"reference_id": reference.id, "date": day, "rate": rate} for day, rate in rates.items()]
    )
    company = env.company
    company.sudo().receivable_interest_term_id = (
        env["receivable.interest.term"]
        .sudo()
        .create(
            {"name": "1.5 × LPR", "kind": "factor", "reference_id": reference.id, "factor": 1.5}
        )
    )
    env.flush_all()
    return company


# ---------------------------------------------------------------------- posting


def _drafts(database):
    """Drafts that accounting typed in: no order covers them."""

    def find(env, size, part):
        draft = [("state", "=", "draft"), ("move_type", "=", "out_invoice")]
        return env["account.move"].search(draft, order="id", limit=size, offset=part * size).ids

    return find


def _invoiced(database):
    """Drafts of confirmed orders, each of one that nothing was invoiced of before."""
    with session.environment(database) as env:
        order = [("state", "=", "sale"), ("invoice_status", "=", "to invoice")]
        ids = env["sale.order"].search([*order, ("invoice_ids", "=", False)], order="id").ids

    def find(env, size, part):
        orders = env["sale.order"].sudo().browse(ids[part * size : (part + 1) * size])
        return [order._create_invoices().id for order in orders]

    return find


def _post(database, find, payments):
    """One sample is a part of the whole: post drafts together, then register some payments."""

    def run(samples, turn):
        with session.environment(database, session.ACCOUNTANT) as env:
            invoices = env["account.move"].browse(find(env, INVOICES // PARTS, turn % PARTS))
            env.flush_all()
            env.invalidate_all()
            with sample(samples, env):
                invoices.action_post()
                for invoice in invoices[: payments // PARTS]:
                    env["account.payment.register"].with_context(
                        active_model="account.move", active_ids=invoice.ids
                    ).create({})._create_payments()
            if not set(invoices.mapped("state")) <= {"posted"}:
                raise AssertionError(f"{database}: an invoice that passes was not posted.")

    return run


def posting(books, runs):
    """200 invoices, with 50 payments and without, in ten parts, so that close neighbours are compared.

    By processor time: 3 % drown in the noise of a clock.
    """
    cases = (
        (f"post {INVOICES} invoices and {PAYMENTS} payments", _drafts, PAYMENTS, None),
        (f"post {INVOICES} invoices of orders", _invoiced, 0, 1.03),
        (f"post {INVOICES} invoices without orders", _drafts, 0, 1.10),
    )
    rows = []
    for what, source, payments, bound in cases:
        things = {
            side: _post(name, source(name), payments)
            for side, name in books.sides.items()
            if payments or side != "rival"
        }
        result = interleave(runs * PARTS, things)
        odoo, ours = result["odoo"], result["ours"]
        value = ratio(ours, odoo, _clock(odoo))
        whole = {side: samples.grouped(PARTS) for side, samples in result.items()}
        added = whole["ours"].count - whole["odoo"].count
        rows.append(Row(what, whole["ours"], whole["odoo"], value, bound, whole.get("rival")))
        rows.append(Row.count(f"{what}: queries added", added, None))
    return rows


def _clock(samples):
    return "processor" if min(samples.processor) > 0 else "wall"


# ---------------------------------------------------------------------- delivering


def _deliver(database):
    def run(samples, turn):
        with session.environment(database, session.WAREHOUSE) as env:
            ready = [("state", "=", "assigned"), ("origin", "like", session.DELIVERED)]
            ids = env["stock.picking"].search(ready, order="id").ids
            env.invalidate_all()
            picking = env["stock.picking"].browse(ids[turn % len(ids)])
            with sample(samples, env):
                done = picking.button_validate()
            if picking.state != "done":
                raise AssertionError(f"{database}: a delivery was not validated: {done}")

    return run


def delivering(books, runs):
    """A delivery of five lines of a confirmed order, validated by the warehouse."""
    result = interleave(runs, {side: _deliver(name) for side, name in books.sides.items()})
    odoo, ours = result["odoo"], result["ours"]
    what = "validate a delivery of 5 lines"
    return [
        Row(what, ours, odoo, ratio(ours, odoo, _clock(odoo)), 1.15),
        Row.count(f"{what}: queries added", ours.count - odoo.count, 6),
    ]


class _Nowhere:
    """Samples that nobody looks at."""

    wall = processor = queries = type("Sink", (), {"append": lambda self, value: None})()
