"""Receivables: a year of trade, notes, provisions, a write-off with a recovery, the list over 180 days."""

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from .collection_resolutions import case_of
from .company import translate
from .customers import make_customer

# key: name, city, salesperson, decision of credit control, contact person
CUSTOMERS = {
    "yantai": ("烟台港口工具 Yantai Port Tools", "烟台 Yantai", "sales",
               ("B", "limit", "sme", "low", 30, 600000, 120), "姜海 Jiang Hai"),
    "zhengzhou": ("郑州变压器 Zhengzhou Transformers", "郑州 Zhengzhou", "sales2",
                  ("B", "limit", "large", "medium", 30, 500000, 100), "郑琳 Zheng Lin"),
    "guiyang": ("贵阳电缆 Guiyang Cables", "贵阳 Guiyang", "sales",
                ("C", "limit", "sme", "high", 30, 150000, 40), "贺春 He Chun"),
    "lanzhou": ("兰州水泥机械 Lanzhou Cement Machinery", "兰州 Lanzhou", "sales",
                ("D", "frozen", "sme", "high", 30, 100000, -90), "马军 Ma Jun"),
}  # fmt: skip
# Sales and payments of the year before: amount a month, days late month by month.
YEAR = {
    "yantai": (220000, (-3, 4, 0, 12, -5, 2, 20, 0, -2, 8, 3, 0)),
    "zhengzhou": (120000, (14, 6, 8, 35, 20, 5, 11, 16, 41, 9, 25, 12)),
    "guiyang": (40000, (48, 95, 22, 70, 38, 130, 55, 28, 84, 160, 45, 33)),
}
# Debts that notes pay, or nobody: (customer, days late, amount)
DEBTS = {
    "debt_yantai": ("yantai", 35, 60000),
    "debt_zhengzhou": ("zhengzhou", 40, 80000),
    "debt_zhengzhou_2": ("zhengzhou", 33, 40000),
    "debt_guiyang": ("guiyang", 62, 45000),
}
# Loan prime rate of one year, as published.
LPR = {"2023-08-21": 3.45, "2024-07-22": 3.35, "2024-10-21": 3.1, "2025-05-20": 3.0}
HOPELESS = {"debt_lanzhou": ("lanzhou", 400, 36000), "debt_lanzhou_2": ("lanzhou", 370, 24000)}
# field of the company: code, name, name in Chinese, type
ACCOUNTS = {
    "receivable_note_account_id": ("121500", "Notes Receivable", "应收票据", "asset_current"),
    "receivable_allowance_account_id": (
        "121900", "Allowance for Doubtful Accounts", "坏账准备", "asset_current"),
    "receivable_bad_debt_account_id": (
        "645000", "Credit Impairment Loss", "信用减值损失", "expense"),
    "receivable_note_interest_account_id": (
        "646000", "Interest of Discounted Notes", "票据贴现利息", "expense"),
    "receivable_interest_account_id": (
        "455000", "Late Interest Income", "逾期利息收入", "income_other"),
    "receivable_accrual_account_id": ("121700", "Accrued Interest", "应收利息", "asset_current"),
}  # fmt: skip


def load_debts(book):
    """Customers and debts; before collection, whose run opens a case for late items."""
    for key, data in CUSTOMERS.items():
        customer = book.once(key, lambda key=key, data=data: make_customer(book, key, *data))
        customer.lang = "zh_CN"
    book.as_user(book.get("guiyang"), "controller").collection_user_id = book.user("collector")
    book.once("trade_year", lambda: trade_for_a_year(book))
    for key, (customer, late, amount) in DEBTS.items():
        book.once(
            key,
            lambda customer=customer, late=late, amount=amount: book.invoice(
                book.get(customer), amount, due=-late
            ),
        )


def load(book):
    # Debts that nobody will pay were due long before this story's collection began.
    for key, (customer, late, amount) in HOPELESS.items():
        book.once(
            key,
            lambda customer=customer, late=late, amount=amount: book.invoice(
                book.get(customer), amount, due=-late
            ),
        )
    for key, make in (
        ("receivable_accounts", set_up_accounts),
        ("freight_advanced", advance_freight),
        ("note_in_hand", receive_from_yantai),
        ("note_discounted", discount_zhengzhou),
        ("note_dishonoured", dishonour_guiyang),
        ("case_closed", close_yantai),
        ("provision_posted", provide_last_month),
        ("long_overdue_before", list_last_quarter),
        ("writeoff_approved", write_off_lanzhou),
        ("recovery", recover_from_lanzhou),
        ("writeoff_requested", ask_for_shenyang),
        ("provision_draft", draft_this_month),
        ("long_overdue", list_this_quarter),
        ("interest_proposed", propose_interest),
        ("figures", compute_figures),
        ("confirmation_campaign", ask_for_balances),
        ("statement", mail_statements),
    ):
        book.once(key, lambda make=make: make(book))


def set_up_accounts(book):
    """Accounts that the generic chart lacks; recoveries and fees have theirs."""
    for field, (code, name, name_zh, kind) in ACCOUNTS.items():
        account = book.env["account.account"].create(
            {"code": code, "name": name, "account_type": kind}
        )
        book.company[field] = translate(account, name_zh)
    book.company.receivable_small_limit = 50
    return book.company


def advance_freight(book):
    """3,000 of freight paid for Yantai: no trade receivable, shown apart in its exposure."""
    account = book.env["account.account"].create(
        {
            "code": "122100",
            "name": "Other Receivables",
            "account_type": "asset_receivable",
            "non_trade": True,
        }
    )
    translate(account, "其他应收款")
    customer = book.get("yantai")
    journal = book.env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", book.company.id)], limit=1
    )
    move = book.as_user(book.env["account.move"], "accountant").create(
        {
            "move_type": "entry",
            "date": book.day(-10),
            "ref": "Freight for Yantai 代垫运费",
            "line_ids": [
                Command.create({**values, "partner_id": customer.id})
                for values in (
                    {"account_id": account.id, "balance": 3000, "date_maturity": book.day(20)},
                    {"account_id": journal.default_account_id.id, "balance": -3000},
                )
            ],
        }
    )
    move.action_post()
    return move


# ---------------------------------------------------------------------- the year before


def trade_for_a_year(book):
    """A year of invoices and payments, all at once: roll rates and figures have a history."""
    moves = book.as_user(book.env["account.move"], "accountant")
    plan = [
        (book.get(key), amount + 1000 * month, -30 * month - 75, late)
        for key, (amount, lates) in YEAR.items()
        for month, late in enumerate(lates)
    ]
    invoices = moves.create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_user_id": customer.user_id.id,
                "invoice_date": book.day(due - 30),
                "invoice_payment_term_id": book.get("term_30").id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": book.get("product_motor").id,
                            "quantity": 10,
                            "price_unit": amount / 10,
                        }
                    )
                ],
            }
            for customer, amount, due, _late in plan
        ]
    )
    invoices.action_post()
    paid = [
        (invoice, customer, amount, due + late)
        for invoice, (customer, amount, due, late) in zip(invoices, plan, strict=True)
        if due + late <= 0
    ]
    payments = book.as_user(book.env["account.payment"], "accountant").create(
        [
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": customer.id,
                "amount": amount,
                "date": book.day(day),
                "memo": invoice.name,
            }
            for invoice, customer, amount, day in paid
        ]
    )
    payments.action_post()
    for (invoice, *_rest), payment in zip(paid, payments, strict=True):
        (invoice.line_ids | payment.move_id.line_ids).filtered(
            lambda item: item.account_type == "asset_receivable"
        ).reconcile()
    return invoices[:1]


# ---------------------------------------------------------------------- notes


def receive_note(book, customer, days_ago, days_to_maturity, **values):
    """A note over the customer's oldest invoices, booked on the day it came."""
    note = book.as_user(book.env["receivable.note"], "accountant").create(
        {
            "partner_id": book.get(customer).id,
            "date_issue": book.day(-days_ago - 2),
            "date_received": book.day(-days_ago),
            "date_maturity": book.day(days_to_maturity),
            "user_id": book.user("accountant").id,
            **values,
        }
    )
    note.action_propose()
    note.action_receive()
    return note


def take_step(book, note, button, **values):
    """A step of a note in its dialog."""
    action = getattr(note, button)()
    dialog = book.as_user(book.env["receivable.note.do"], "accountant")
    dialog.with_context(**action["context"]).create(values).action_do()


def receive_from_yantai(book):
    """60,000, 42 days overdue by the rule; matures in a week, and its keeper is reminded."""
    note = receive_note(
        book, "yantai", 30, 7, number="BA-1-202", amount=60000, acceptor="示例银行 Sample Bank"
    )
    book.env["receivable.note"]._cron_daily()
    return note


def discount_zhengzhou(book):
    """120,000 for two invoices, sold for 3.6 % a year and a fee; contingent until it matures."""
    note = receive_note(
        book, "zhengzhou", 28, 45, number="BA-1-188", amount=120000, acceptor="示例银行 Sample Bank"
    )
    take_step(book, note, "action_discount", date=book.day(-20), percent=3.6, fee=60)
    return note


def dishonour_guiyang(book):
    """45,000: the case was closed with the note, and is open again since nobody paid it."""
    note = receive_note(
        book,
        "guiyang",
        40,
        -4,
        kind="commercial",
        number="CA-7-031",
        amount=45000,
        acceptor="贵阳控股 Guiyang Holding",
    )
    close_case(book, "guiyang", "已收商业承兑汇票。 Paid by a commercial acceptance draft.")
    note.action_present()
    take_step(
        book,
        note,
        "action_dishonour",
        date=book.today,
        reason="承兑人账户余额不足。 The acceptor's account does not hold enough.",
    )
    return note


def close_case(book, customer, note):
    """The case of a customer whose note is in hand, by the dialog of the head of collection."""
    case = book.as_user(case_of(book, customer), "head")
    if case:
        book.as_user(book.env["collection.case.close"], "head").create(
            {"case_ids": [Command.set(case.ids)], "result": "collected", "note": note}
        ).action_close()
    return case.with_env(book.env)


def close_yantai(book):
    return close_case(book, "yantai", "已收银行承兑汇票。 Paid by a banker's acceptance.")


# ---------------------------------------------------------------------- provisions


def make_provision(book, **values):
    provision = book.as_user(book.env["receivable.provision"], "controller").create(
        {
            "specific_ids": [
                Command.create(
                    {
                        "partner_id": book.get("shenyang").id,
                        "case_id": case_of(book, "shenyang").id,
                        "percent": 90,
                        "reason": "账户被冻结。 Accounts are frozen.",
                    }
                )
            ],
            **values,
        }
    )
    provision.action_compute()
    return provision


def provide_last_month(book):
    """By the company's own roll rates, approved and posted."""
    provision = make_provision(book)
    provision.action_request()
    book.approve(provision, "finance", "gm")
    book.as_user(provision, "accountant").action_post()
    return provision


def draft_this_month(book):
    """After the write-off used some of it: the entry proposed fills it up again."""
    provision = make_provision(book, date=book.today, date_from=book.today + relativedelta(day=1))
    row = provision.line_ids.filtered(lambda line: line.days_from == 31)[:1]
    row.write({"adjustment": 2, "reason": "出口下滑。 Exports are falling."})
    return provision


# ---------------------------------------------------------------------- write-off and recovery


def apply_for_writeoff(book, records, login, reason, explanation):
    """An application by the wizard, from invoices or a case; still a draft."""
    wizard = (
        book.as_user(book.env["receivable.writeoff.apply"], login)
        .with_context(active_model=records._name, active_ids=records.ids)
        .create(
            {
                "reason_id": book.env.ref(f"credit_collection.writeoff_reason_{reason}").id,
                "explanation": explanation,
            }
        )
    )
    action = wizard.action_apply()
    return book.as_user(book.env["receivable.writeoff"], login).browse(action["res_id"])


def attach(row):
    file = {"name": f"{row.display_name}.txt", "raw": row.display_name.encode()}
    row.attachment_ids = [Command.create(file)]


def write_off_lanzhou(book):
    """60,000: the allowance of last month bears it, and it stays claimed."""
    writeoff = apply_for_writeoff(
        book,
        book.get("debt_lanzhou") | book.get("debt_lanzhou_2"),
        "sales",
        "judgment",
        "判决已生效，无可执行财产。 The judgment stands, but there is nothing to seize.",
    )
    for row in writeoff.evidence_ids:
        attach(row)
    writeoff.action_request()
    book.approve(writeoff, "finance", "gm")
    claims = book.as_user(writeoff.line_ids, "collector")
    claims.write({"claim_stage": "contact", "claim_note": "新厂在建。 They are building anew."})
    return writeoff


def recover_from_lanzhou(book):
    """18,000 came after all: booked on the older claim."""
    book.receive(book.get("lanzhou"), 18000)
    claims = book.as_user(book.get("writeoff_approved").line_ids, "accountant")
    wizard = (
        book.as_user(book.env["receivable.recovery.register"], "accountant")
        .with_context(active_model=claims._name, active_ids=claims.sorted("date_maturity")[:1].ids)
        .create({})
    )
    action = wizard.action_book()
    return book.env["receivable.recovery"].search(action["domain"])


def ask_for_shenyang(book):
    """85,000 from its case; one document is promised. Finance decides first, then management."""
    writeoff = apply_for_writeoff(
        book,
        case_of(book, "shenyang"),
        "sales2",
        "bankrupt",
        "法院已受理破产申请。 The court has opened the bankruptcy.",
    )
    attach(writeoff.evidence_ids[0])
    writeoff.evidence_ids[1].write(
        {
            "date_promised": book.day(20),
            "note": "管理人正在审核。 The administrator is checking it.",
        }
    )
    writeoff.action_request()
    return writeoff


# ---------------------------------------------------------------------- late interest


def propose_interest(book):
    """1.5 × LPR on what Guiyang paid late: a part is waived, and waits to be approved."""
    reference = book.env.ref("credit_collection.receivable_reference_lpr")
    reference.rate_ids = [Command.create({"date": day, "rate": rate}) for day, rate in LPR.items()]
    term = book.env.ref("credit_collection.receivable_interest_term_lpr")
    book.company.receivable_interest_term_id = term
    wizard = book.as_user(book.env["receivable.interest.propose"], "controller").create(
        {"partner_ids": [Command.set((book.get("guiyang") | book.get("zhengzhou")).ids)]}
    )
    notes = book.as_user(book.env["receivable.interest"], "controller")
    notes = notes.search(wizard.action_propose()["domain"])
    line = notes[:1].line_ids[:1]
    line.write(
        {
            "amount_waived": line.amount_computed,
            "waive_reason": "我方开票延误。 Our invoice came late.",
        }
    )
    return notes[:1]


# ---------------------------------------------------------------------- figures and list


def list_quarter(book, day):
    wizard = book.as_user(book.env["receivable.long.overdue.load"], "controller").create(
        {"date": day}
    )
    action = wizard.action_load()
    return book.as_user(book.env["receivable.long.overdue"], "collector").search(action["domain"])


def list_last_quarter(book):
    rows = list_quarter(book, book.today + relativedelta(months=-3))
    row = rows.filtered(lambda row: row.partner_id == book.get("lanzhou"))
    row.write(
        {
            "uncollectable_amount": row.amount,
            "reason_id": book.env.ref("credit_collection.collection_reason_bankrupt").id,
            "reason": "判决后无财产可执行。 Nothing to seize after the judgment.",
            "action": "申请核销，保留追索。 Apply for the write-off, keep the claim.",
            "prevention": "新客户须有担保。 Security is asked of new customers.",
        }
    )
    return row


def list_this_quarter(book):
    """Shenyang is explained; Dalian is still to be."""
    rows = list_quarter(book, book.today)
    row = rows.filtered(lambda row: row.partner_id == book.get("shenyang"))
    row.write(
        {
            "uncollectable_amount": row.amount * 0.9,
            "reason_id": book.env.ref("credit_collection.collection_reason_bankrupt").id,
            "reason": "破产程序中。 In bankruptcy.",
            "action": "已申报债权。 The claim is registered.",
            "prevention": "被诉客户即转预付。 Customers who are sued pay in advance.",
        }
    )
    return row


def compute_figures(book):
    wizard = book.as_user(book.env["insight.kpi.compute"], "controller").create({})
    wizard.action_compute()
    return book.env["insight.kpi"].search([("scope", "=", "company")], limit=1)


def ask_for_balances(book):
    """Three customers are asked: Suzhou agrees, Hangzhou lacks an invoice, Wuxi is silent."""
    customers = book.get("suzhou") | book.get("hangzhou") | book.get("wuxi")
    campaign = book.as_user(book.env["receivable.confirmation.campaign"], "accountant").create(
        {
            "date": book.day(-1),
            "scope": "chosen",
            "partner_ids": [Command.set(customers.ids)],
            "date_deadline": book.day(14),
        }
    )
    campaign.action_prepare()
    campaign.action_send()
    # sudo: as the job that sends, and the customers who answer
    letters = campaign.confirmation_ids.with_env(book.env).sudo()
    for letter in letters:
        letter._deliver()
    # Nothing leaves a demo: the mails count as taken by the mail server.
    letters.message_id.mail_ids.write({"state": "sent"})
    by_customer = letters.grouped("partner_id")
    answer(by_customer[book.get("suzhou")], "林涛 Lin Tao")
    hangzhou = by_customer[book.get("hangzhou")]
    missing = hangzhou.line_ids.filtered(lambda line: line.kind == "invoice")[-1:]
    answer(hangzhou, "会计 Accounting", missing, "发票未收到。 The invoice did not arrive.")
    book.name("confirmation_differs", hangzhou)
    return campaign.with_env(book.env)


def mail_statements(book):
    """Guiyang and Hansa read what happened since June, each in its language."""
    run = book.as_user(book.env["receivable.statement.run"], "head").create(
        {
            "scope": "chosen",
            "partner_ids": [Command.set((book.get("guiyang") | book.get("hansa")).ids)],
            "kind": "activity",
            "date_from": book.today + relativedelta(months=-6, day=1),
            "date_to": book.day(-1),
        }
    )
    run.action_preview()
    run.action_start()
    # sudo: as the job that sends
    documents = run.document_ids.with_env(book.env).sudo()
    for document in documents:
        document._deliver()
    documents.message_id.mail_ids.write({"state": "sent"})
    return documents.filtered(lambda document: document.partner_id == book.get("hansa"))


def answer(letter, person, missing=None, why=None):
    """Answer as the customer by the link; without the items that are missing in its books."""
    balances = dict.fromkeys(letter.balance_ids.ids)
    if missing:
        balances[missing.balance_id.id] = missing.balance_id.amount - missing.amount
    letter._answer_as_customer(
        "link",
        balances,
        {missing.id: why} if missing else {},
        {"answered_name": person, "note": why or False},
        [],
    )
