"""The company: currency, books, payment terms, products and the users of `users.tsv`."""

import csv
from pathlib import Path

from odoo.fields import Command

TZ = "Asia/Shanghai"
# A demo writes to nobody: mails stay in the outbox, and people read their Odoo inbox.
SILENT_JOBS = (
    "mail.ir_cron_mail_scheduler_action",
    "mail.ir_cron_module_update_notification",
    "digest.ir_cron_digest_scheduler_action",
    "auth_signup.ir_cron_auth_signup_send_pending_user_reminder",
)
USERS = Path(__file__).parents[1] / "users.tsv"
TERMS = {
    0: ("Immediate Payment", "立即付款"),
    30: ("30 Days", "30天"),
    60: ("60 Days", "60天"),
    90: ("90 Days", "90天"),
}
PRODUCTS = {
    "motor": ("Servo Motor 750 W", "伺服电机 750 W", 4000),
    "controller": ("PLC Controller", "可编程控制器", 2000),
    "cable": ("Cable, Drum of 100 m", "电缆 100米/盘", 500),
}


def load(book):
    book.once("company", lambda: make_company(book))
    for days, names in TERMS.items():
        book.once(f"term_{days}", lambda days=days, names=names: make_term(book, days, names))
    book.once("term_instalments", lambda: make_instalments(book))
    for key, (name, name_zh, price) in PRODUCTS.items():
        book.once(
            f"product_{key}",
            lambda name=name, name_zh=name_zh, price=price: make_product(
                book, name, name_zh, price
            ),
        )
    with USERS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["groups"] != "base.group_portal":  # that one belongs to the customer
                book.once(f"user_{row['login']}", lambda row=row: make_user(book, row))
    book.once("controller_in_charge", lambda: put_controller_in_charge(book))
    book.once("sales_teams", lambda: lead_sales_teams(book))


def translate(record, name_zh):
    record.with_context(lang="zh_CN").name = name_zh
    return record


def speak_chinese(env):
    """Every installed module's terms, as the languages in Settings would load them."""
    if not env["res.lang"]._get_data(code="zh_CN").code:
        env["res.lang"]._activate_lang("zh_CN")
        modules = env["ir.module.module"].search([("state", "=", "installed")])
        modules._update_translations("zh_CN")


def make_company(book):
    env, company = book.env, book.company
    speak_chinese(env)
    cny, usd = env.ref("base.CNY"), env.ref("base.USD")
    (cny | usd).active = True
    company.write(
        {
            "name": "华兴元器件贸易 Huaxing Components",
            "street": "浦东新区张江路 88 号",
            "city": "上海 Shanghai",
            "zip": "201203",
            "country_id": env.ref("base.cn").id,
            "phone": "+86 21 5555 0188",
            "email": "office@huaxing.example.com",
            "vat": "91310000DEMO0188XX",
            "currency_id": cny.id,
            "credit_mode": "enforce",
            # Framework orders count, and meet the limit, two months before their delivery.
            "credit_horizon_days": 60,
            # The story begins with applications; assessments come later in it.
            "credit_new_needs_assessment": False,
            "iap_enrich_auto_done": True,  # asks no service on the internet about the company
        }
    )
    company.partner_id.tz = TZ
    env["product.pricelist"].with_context(active_test=False).search([]).currency_id = cny
    env["res.currency.rate"].create(
        {
            "currency_id": usd.id,
            "company_id": company.id,
            "name": book.day(-400),
            "inverse_company_rate": 7.2,
        }
    )
    company.account_sale_tax_id = False  # prices are without tax, so that every figure is round
    for name in SILENT_JOBS:
        job = env.ref(name, raise_if_not_found=False)
        if job:
            job.active = False
    return company


def make_term(book, days, names):
    term = book.env["account.payment.term"].create(
        {
            "name": names[0],
            "line_ids": [
                Command.create({"value": "percent", "value_amount": 100, "nb_days": days})
            ],
        }
    )
    return translate(term, names[1])


def make_instalments(book):
    term = book.env["account.payment.term"].create(
        {
            "name": "3 Instalments: 40 / 30 / 30 %",
            "line_ids": [
                Command.create({"value": "percent", "value_amount": share, "nb_days": days})
                for share, days in ((40, 0), (30, 30), (30, 60))
            ],
        }
    )
    return translate(term, "三期付款：40 / 30 / 30 %")


def make_product(book, name, name_zh, price):
    product = book.env["product.product"].create(
        {
            "name": name,
            "type": "consu",
            "list_price": price,
            "invoice_policy": "order",
            "taxes_id": [Command.clear()],
            "supplier_taxes_id": [Command.clear()],
        }
    )
    return translate(product, name_zh)


def make_user(book, row, **more):
    env = book.env
    values = {
        "name": row["name"],
        "login": row["login"],
        "password": row["password"],
        "lang": row["lang"],
        "tz": TZ,
        "email": f"{row['login']}@huaxing.example.com",
        **more,
    }
    groups = [env.ref(name).id for name in row["groups"].split(",")]
    if "base.group_portal" not in row["groups"]:
        values["notification_type"] = "inbox"
        if "odoobot_state" in env["res.users"]._fields:
            values["odoobot_state"] = "disabled"  # no greetings, so that inboxes show holds only
        groups.append(env.ref("base.group_user").id)
    user = env["res.users"].search([("login", "=", row["login"])])
    if user:  # the administrator: the login stays
        del values["login"], values["password"]
        user.write({**values, "group_ids": [Command.link(group) for group in groups]})
        return user
    return user.create(
        {
            **values,
            "company_id": book.company.id,
            "company_ids": [Command.set(book.company.ids)],
            "group_ids": [Command.set(groups)],
        }
    )


def lead_sales_teams(book):
    """The sales manager, not the administrator, gets what goes to a team's leader; both sell for one."""
    teams = book.env["crm.team"].search([("company_id", "in", (False, book.company.id))])
    teams.user_id = book.user("salesmanager")
    teams[:1].member_ids = book.user("sales") | book.user("sales2")
    return teams[:1]


def put_controller_in_charge(book):
    book.company.credit_controller_id = book.user("controller")
    return book.company
