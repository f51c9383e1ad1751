"""Quotations that pass, quotations that will be held, and holds at every stage."""


def load(book):
    for key, make in ORDERS.items():
        if key == FIRST_HOLD:
            book.once("inbox_read", lambda: book.read_inboxes())
        book.once(f"order_{key}", lambda make=make: make(book))


# ---------------------------------------------------------------------- quotations, not confirmed yet


def passes_suzhou(book):
    return book.order(book.get("suzhou"), 80000)


def passes_grid(book):
    return book.order(book.get("grid"), 600000, product="motor")


def passes_near_ningbo(book):
    return book.order(book.get("ningbo"), 12000)


def passes_late_hangzhou(book):
    return book.order(book.get("hangzhou"), 40000)


def passes_prepaid_qingdao(book):
    return book.order(book.get("qingdao"), 60000)


def passes_hansa(book):
    return book.order(book.get("hansa"), 200000, product="motor")


def limit_ningbo(book):
    order = book.order(book.get("ningbo"), 30000)
    order.action_quotation_sent()  # on the portal of `customer`
    return order


def overdue_wuxi(book):
    return book.order(book.get("wuxi"), 20000)


def term_suzhou(book):
    return book.order(book.get("suzhou"), 50000, term=90)


def cash_xiamen(book):
    return book.order(book.get("xiamen"), 40000)


def cash_wangfang(book):
    return book.order(book.get("wangfang"), 2500, product="cable")


def frozen_dalian(book):
    return book.order(book.get("dalian"), 24000)


def blacklist_shenyang(book):
    return book.order(book.get("shenyang"), 16000)


# ---------------------------------------------------------------------- holds


def parked_guangzhou(book):
    order = book.order(book.get("guangzhou"), 16000)
    book.confirm(order)
    return order


def requested_chongqing(book):
    order = book.order(book.get("chongqing"), 32000, product="motor")
    hold = book.confirm(order)
    book.apply(
        hold,
        "other",
        "分三期还款：每月 15 日各付一期。 The 70,000 come in three parts, each on the 15th.",
    )
    book.approve(hold, "salesmanager")
    return order


def rejected_dalian(book):
    order = book.order(book.get("dalian"), 40000)
    hold = book.confirm(order)
    book.apply(hold, "other", "An old customer; it promises to pay after this delivery.")
    book.reject(hold, "salesmanager", "Not before the 180,000 of last spring are paid.")
    return order


def released_beijing(book):
    order = book.order(book.get("beijing"), 100000, product="motor")
    hold = book.confirm(order)
    book.apply(hold, "other", "Metro line 14: the customer pays 380,000 within four weeks.")
    book.approve(hold, "salesmanager", "finance", "gm")
    return order


def cleared_shenzhen(book):
    order = book.order(book.get("shenzhen"), 44000, product="motor")
    book.confirm(order)
    book.pay(book.get("debt_shenzhen"))
    return order


# ---------------------------------------------------------------------- not counted yet, to be invoiced


def framework_beijing(book):
    """Over the limit, and to be delivered in five months: it does not count yet."""
    order = book.order(book.get("beijing"), 900000, product="motor")
    order.commitment_date = book.day(150)
    order.action_confirm()
    return order


def closing_grid(book):
    """The customer closes on the 25th and pays from the month end: invoiced twice a month."""
    customer = book.get("grid")
    customer.credit_closing_day = 25
    order = book.order(customer, 9000)
    order.payment_term_id = book.env.ref("account.account_payment_term_end_following_month")
    order.action_confirm()
    return order


FIRST_HOLD = "parked_guangzhou"
ORDERS = {
    name: make
    for name, make in list(globals().items())
    if name.split("_")[0]
    in {"passes", "limit", "overdue", "term", "cash", "frozen", "blacklist",
        "parked", "requested", "rejected", "released", "cleared", "framework", "closing"}
}  # fmt: skip
