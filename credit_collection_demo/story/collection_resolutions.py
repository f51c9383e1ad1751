"""Results: contacts, promises, agreements, disputes, reasons, takeovers, the sheets."""

from datetime import datetime, timedelta

import pytz

from odoo.fields import Command

from .company import TZ
from .styles import styles_served

REASON = "credit_collection.collection_reason_"


def load_resolutions(book):
    for key, make in (
        ("contact_wuhu", call_wuhu),
        ("contact_changsha", visit_changsha),
        ("promise_open", promise_jinan),
        ("promise_broken", promise_hefei),
        ("agreement_active", agree_with_xian),
        ("agreement_requested", ask_for_changsha),
        ("dispute_open", contest_fuzhou),
        ("dispute_accepted", contest_kunming),
        ("left_out", exclude_nanjing),
        ("reasons", give_reasons),
        ("filing_dalian", hand_in_evidence),
        ("filing_requested", apply_for_harbin),
        ("sheet_answered", answer_sheet),
    ):
        book.once(key, lambda make=make: make(book))


def case_of(book, customer):
    return book.env["collection.case"].search(
        [("partner_id", "=", book.get(customer).id), ("state", "=", "open")]
    )


def reason(book, name):
    return book.env.ref(REASON + name)


def working_hour(book, days_ago, hour=10):
    """10:30 of a working day so many days ago or a little earlier, in UTC."""
    day = book.day(-days_ago)
    while book.company._collection_add_workdays(day, 0) != day:
        day -= timedelta(days=1)
    local = pytz.timezone(TZ).localize(datetime(day.year, day.month, day.day, hour, 30))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def log(book, customer, login="collector", days_ago=1, **values):
    """A contact in the dialog of the worklist.

    :return: the contact
    """
    case = case_of(book, customer)
    wizard = book.as_user(book.env["collection.case.log"], login).create(
        {
            "case_id": case.id,
            "date": working_hour(book, days_ago),
            "person_id": book.get(customer).child_ids[:1].id,
            **values,
        }
    )
    if wizard.limit_broken:
        wizard.limit_reason = "客户约定此时间。 The customer asked to be called then."
    wizard.action_log()
    return book.env["collection.contact"].search(
        [("case_id", "=", case.id)], order="id desc", limit=1
    )


# ---------------------------------------------------------------------- contacts


def call_wuhu(book):
    return log(
        book,
        "wuhu",
        days_ago=2,
        result="no_answer",
        summary="两次无人接听。 Rang twice, nobody answered.",
        next_step="向销售要新的联系方式 Ask Sales for another number",
        date_next=book.day(1),
    )


def visit_changsha(book):
    log(
        book,
        "changsha",
        login="collector",
        days_ago=15,
        channel="visit",
        result="refused",
        summary="财务说年底前无款。 Their finance says there is no money before the end of the year.",
        reason_id=reason(book, "no_money").id,
    )
    return log(
        book,
        "changsha",
        login="sales",
        days_ago=6,
        summary="采购经理建议分期付款。 The purchasing manager suggests instalments.",
        next_step="还款协议 Repayment agreement",
        date_next=book.day(2),
        reason_id=reason(book, "no_money").id,
    )


# ---------------------------------------------------------------------- promises and agreements


def promise_jinan(book):
    log(
        book,
        "jinan",
        result="promise",
        promise_amount=35000,
        promise_date=book.day(8),
        summary="下周付款批次安排。 In their payment run of next week.",
        reason_id=reason(book, "payment_run").id,
    )
    return case_of(book, "jinan").promise_ids[:1]


def promise_hefei(book):
    """Promised for six days ago and not paid: noted today, then dated back."""
    log(
        book,
        "hefei",
        days_ago=13,
        result="promise",
        promise_amount=40000,
        promise_date=book.today,
        summary="承诺付清。 Will pay all of it.",
        reason_id=reason(book, "no_money").id,
    )
    promise = case_of(book, "hefei").promise_ids[:1]
    promise._system_write({"date": book.day(-13)})
    promise.line_ids._system_write({"date_promised": book.day(-6), "date_limit": book.day(-4)})
    return promise


def agree_with_xian(book):
    """90,000 in three instalments: within a collector's own authority."""
    agreement = book.as_user(book.env["collection.agreement"], "collector").create(
        {
            "partner_id": book.get("xian").id,
            "preset": "three",
            "duties_customer": "按期付款；逾期一期则全部到期。\n"
            "Pay on the days agreed; one instalment missed makes all of it due.",
            "duties_company": "按期付款期间照常供货。 Supply goes on while the instalments are paid.",
        }
    )
    agreement.action_request()
    with styles_served(book.env):
        content, _kind = book.env["ir.actions.report"]._render_qweb_pdf(
            "credit_collection.report_collection_agreement", agreement.ids
        )
    copy = book.as_user(book.env["ir.attachment"], "collector").create(
        {"name": "还款协议 Repayment agreement, signed.pdf", "raw": content}
    )
    agreement.write(
        {
            "signed_date": book.today,
            "signed_by": "秦岭 Qin Ling",
            "signed_attachment_ids": [Command.link(copy.id)],
        }
    )
    return agreement


def ask_for_changsha(book):
    """260,000 in six instalments is beyond a collector's authority: the managers decide."""
    agreement = book.as_user(book.env["collection.agreement"], "collector").create(
        {
            "partner_id": book.get("changsha").id,
            "preset": "six_fee",
            "note": "客户以设备作抵押。 The customer offers equipment as security.",
        }
    )
    agreement.action_request()
    return agreement


# ---------------------------------------------------------------------- disputes and reasons


def contest_fuzhou(book):
    log(
        book,
        "fuzhou",
        result="dispute",
        dispute_move_id=book.get("late_fuzhou_18").id,
        dispute_amount=12000,
        dispute_reason_id=reason(book, "quality").id,
        summary="三台电机异响，要求换货。 Three motors are noisy; they want others.",
    )
    return case_of(book, "fuzhou").dispute_ids[:1]


def contest_kunming(book):
    """A rebate that was forgotten: accepted by a credit note of accounting."""
    move = book.get("late_kunming_9")
    log(
        book,
        "kunming",
        login="sales2",
        result="dispute",
        dispute_move_id=move.id,
        dispute_amount=5000,
        dispute_reason_id=reason(book, "rebate").id,
        summary="年度返利未扣。 The yearly rebate is missing.",
    )
    dispute = case_of(book, "kunming").dispute_ids[:1]
    action = book.as_user(dispute, "accountant").action_credit_note()
    wizard = (
        book.as_user(book.env["account.move.reversal"], "accountant")
        .with_context(**action["context"])
        .create({"journal_id": move.journal_id.id})
    )
    wizard.reverse_moves()
    note = wizard.new_move_ids
    note.invoice_line_ids.write({"quantity": 1, "price_unit": 5000})
    note.action_post()
    (note | move).line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
    ).reconcile()
    return dispute


def exclude_nanjing(book):
    move = book.get("debt_nanjing")
    book.as_user(move, "accountant")._exclude_from_collection(
        book.day(6), "客户付款日为每月固定日期。 They pay on a fixed day of the month."
    )
    return move


def give_reasons(book):
    for key, name, note, unit in (
        ("late_changsha_70", "no_money", "资金紧张 Short of money", False),
        ("late_fuzhou_18", "quality", "电机异响 Noisy motors", "质量部 Quality"),
        ("late_xian_45", "approval_pending", "付款审批中 Approval pending on their side", False),
        ("debt_wuxi", "invoice_not_received", "发票未收到 Invoice not received", "销售部 Sales"),
        ("debt_shenyang", "bankrupt", "账户被冻结 Accounts are frozen", False),
    ):
        move = book.get(key)
        book.as_user(move, "accountant")._set_collection_reason(
            {
                "collection_reason_id": reason(book, name).id,
                "collection_reason_note": note,
                "collection_fault_unit": unit,
            }
        )
    return move


# ---------------------------------------------------------------------- takeover


def hand_in_evidence(book):
    """Over 180 days: the run filed it; two documents are here, the others promised."""
    filing = case_of(book, "dalian").filing_ids[:1]
    filing = book.as_user(filing, "head")
    filing.write(
        {
            "reason": "客户停产，多次承诺未付。 Production stopped; promises were not kept.",
            "proposal": "发律师函，申请财产保全。 Lawyer's letter, then preservation of assets.",
        }
    )
    for line in filing.evidence_ids:
        if line.kind in ("contract", "invoice"):
            file = {"name": f"{line.kind}.txt", "raw": f"{filing.name}: {line.kind}".encode()}
            line.attachment_ids = book.as_user(book.env["ir.attachment"], "head").create(
                {**file, "res_model": line._name, "res_id": line.id}
            )
        else:
            line.date_promised = book.day(4)
    return filing


def apply_for_harbin(book):
    case = case_of(book, "harbin")
    filing = book.as_user(book.env["collection.filing"], "collector").create(
        {
            "case_id": case.id,
            "reason": "电话不接，地址变更。 They do not answer the phone and have moved.",
            "proposal": "法务上门送达。 Legal delivers the letter in person.",
        }
    )
    filing.action_request()
    return filing


# ---------------------------------------------------------------------- confirmation sheets


def answer_sheet(book):
    """The sheets of the month: Wang Wei has answered, Li Na has not."""
    book.as_user(book.env["collection.confirmation"], "finance").action_create_sheets()
    sheets = book.env["collection.confirmation"].search([])
    sheet = sheets.filtered(lambda one: one.user_id == book.user("sales2"))
    book.name("sheet_waiting", sheets.filtered(lambda one: one.user_id == book.user("sales"))[:1])
    sheet = book.as_user(sheet[:1], "sales2")
    for number, line in enumerate(sheet.line_ids):
        if not line.reason_id:
            line.write(
                {
                    "reason_id": reason(book, ("payment_run", "no_money")[number % 2]).id,
                    "reason_note": "已与客户财务确认。 Confirmed with their finance.",
                }
            )
        line.write(
            {
                "figures": "right",
                "likelihood": ("likely", "doubtful")[number % 2],
                "amount_expected": line.amount_currency / (1 + number % 2),
                "date_expected": book.day(10 + 5 * number),
            }
        )
        if line.reason_category in ("internal", "both"):
            line.fault_unit = "销售部 Sales"
    sheet.action_confirm_right()
    sheet.action_submit()
    return sheet
