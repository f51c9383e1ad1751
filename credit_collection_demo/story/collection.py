"""Collection: a team, customers who pay late, a daily run, and the letters that it wrote."""

from odoo.fields import Command

from .collection_resolutions import load_resolutions
from .customers import make_customer
from .styles import styles_served

# key: name, city, salesperson, decision of credit control, contact, (days late, amount)…
LATE = {
    "jinan": ("济南化工 Jinan Chemicals", "济南 Jinan", "sales2",
              ("B", "limit", "sme", "medium", 30, 120000, 60), "孟洁 Meng Jie", (22, 35000), (-20, 18000)),
    "hefei": ("合肥家电 Hefei Appliances", "合肥 Hefei", "sales",
              ("B", "limit", "sme", "medium", 30, 150000, 60), "唐勇 Tang Yong", (33, 40000)),
    "xian": ("西安航空配件 Xi'an Aero Parts", "西安 Xi'an", "sales2",
             ("B", "limit", "large", "medium", 30, 200000, 90), "秦岭 Qin Ling", (45, 66000), (12, 24000)),
    "changsha": ("长沙重机 Changsha Heavy Machinery", "长沙 Changsha", "sales",
                 ("C", "limit", "large", "high", 60, 400000, 30), "彭湘 Peng Xiang", (70, 260000)),
    "fuzhou": ("福州造船 Fuzhou Shipyard", "福州 Fuzhou", "sales",
               ("B", "limit", "large", "medium", 30, 150000, 90), "林海 Lin Hai", (18, 52000)),
    "kunming": ("昆明花卉 Kunming Flowers", "昆明 Kunming", "sales2",
                ("B", "limit", "sme", "low", 30, 100000, 90), "段云 Duan Yun", (9, 30000)),
    "harbin": ("哈尔滨机床 Harbin Machine Tools", "哈尔滨 Harbin", "sales",
               ("C", "limit", "sme", "high", 30, 150000, 20), None, (95, 75000)),
    "wuhu": ("芜湖汽配 Wuhu Car Parts", "芜湖 Wuhu", "sales2",
             ("B", "limit", "sme", "medium", 30, 100000, 60), "汪涛 Wang Tao", (17, 28000), (3, 9500)),
}  # fmt: skip
# Late since this story began: (customer, days late, amount, currency)
MORE = (("hansa", 20, 18000, "base.USD"),)


def load(book):
    for key, make in (
        ("collection_settings", set_up_company),
        ("collection_team", make_team),
        ("collection_debts", make_late_customers),
        ("collection_run", run_collection),
        ("collection_letters", send_letters),
    ):
        book.once(key, lambda make=make: make(book))
    load_resolutions(book)
    book.once("collection_run_again", lambda: run_again(book))


def set_up_company(book):
    """The run works every day; every collector sees every case; Finance routes the answers."""
    book.as_user(book.company, "admin").write(
        {
            "collection_run_mode": "automatic",
            "collection_own_portfolio": False,
            "collection_sheet_enabled": True,
            "collection_finance_user_id": book.user("finance").id,
            "collection_accounting_user_id": book.user("accountant").id,
            "collection_sales_head_id": book.user("salesmanager").id,
            "collection_leader_id": book.user("gm").id,
            "collection_leader_deputy_id": book.user("cfo").id,
            "collection_leader_ids": [Command.set(book.user("division").ids)],
            "collection_key_sales": 800000,
            "collection_agreement_max_days": 100,  # three monthly instalments
        }
    )
    book.env["res.partner.bank"].create(
        {
            "partner_id": book.company.partner_id.id,
            "acc_number": "1001 0188 0000 6688 018",
            "bank_id": book.env["res.bank"]
            .create({"name": "示例银行上海分行 Sample Bank Shanghai"})
            .id,
            "allow_out_payment": True,
        }
    )
    return book.company


def make_team(book):
    team = book.as_user(book.env["collection.team"], "head").create(
        {
            "name": "Domestic Collection",
            "head_id": book.user("head").id,
            "sales_user_id": book.user("salesmanager").id,
            "finance_user_id": book.user("finance").id,
            "legal_user_id": book.user("legal").id,
            "credit_user_id": book.user("controller").id,
            "member_ids": [Command.set((book.user("collector") | book.user("collector_zh")).ids)],
        }
    )
    team.with_context(lang="zh_CN").name = "国内清收组"
    return team


def make_late_customers(book):
    move = None
    for key, (name, city, salesperson, decision, contact, *debts) in LATE.items():
        customer = book.once(
            key,
            lambda args=(key, name, city, salesperson, decision, contact): make_customer(
                book, *args
            ),
        )
        customer.lang = "zh_CN"
        book.as_user(customer, "controller").collection_user_id = book.user("collector")
        for late, amount in debts:
            move = book.invoice(customer, amount, due=-late)
            book.name(f"late_{key}_{late}".replace("-", "in_"), move)
    book.get("harbin").email = False  # its letters are printed
    book.get("hansa").lang = "en_US"
    for key in ("dalian", "shenyang", "chongqing", "wuxi"):
        book.get(key).lang = "zh_CN"
    for key, late, amount, currency in MORE:
        move = book.invoice(
            book.get(key), amount, due=-late, term=60, currency=book.env.ref(currency)
        )
    return move


# ---------------------------------------------------------------------- run and letters


def run_collection(book):
    """Results of last night's job: cases, letters, activities, the takeover of old debts."""
    return book.env["collection.run"]._run_now(book.company)


def run_again(book):
    """After the calls: a broken promise is found, ranks are new, nothing goes twice."""
    return book.env["collection.run"]._run_now(book.company)


def send_letters(book):
    with styles_served(book.env):
        return write_letters(book)


def write_letters(book):
    """Mails of the run are gone but for one that came back; Harbin's letter is on paper."""
    letters = book.env["collection.letter"].search([("run_id", "=", book.get("collection_run").id)])
    known = {letter.partner_id: letter for letter in letters}
    approvals = book.env["collection.letter.approval"]
    texts = book.env["collection.letter.text"].search([("type_id.needs_legal", "=", True)])
    for approval in approvals._add_missing(texts):
        book.as_user(approval, "legal").action_approve()
    for letter in letters.filtered("needs_confirmation"):
        book.as_user(letter, "head").action_confirm()
    for letter in letters:
        letter._system()._deliver()
    paper = known[book.get("harbin")]
    if paper.state == "ready":
        book.as_user(paper, "collector").action_print()
    sent = letters.filtered(lambda letter: letter.state == "sent")
    # Nothing leaves a demo: the mails count as taken by the mail server.
    sent.message_id.mail_ids.write({"state": "sent"})
    came_back = known[book.get("wuhu")]
    came_back._bounce("550 5.1.1 accounts@wuhu.example.com: mailbox unavailable 邮箱不存在")
    book.name("letter_bounced", came_back)
    book.name("letter_printed", paper)
    book.name("letter_sent", known[book.get("hefei")])
    book.name("letter_english", known[book.get("hansa")])
    writer = (
        book.as_user(book.env["collection.letter.write"], "collector")
        .with_context(active_model="res.partner", active_ids=book.get("wuxi").ids)
        .create(
            {
                "type_id": book.env.ref("credit_collection.collection_letter_type_dunning_1").id,
                "jump_reason": "客户要求正式函件 The customer asked for a formal letter",
            }
        )
    )
    writer.action_write()
    return book.env["collection.letter"].search(
        [("partner_id", "=", book.get("wuxi").id), ("state", "=", "ready")], limit=1
    )
