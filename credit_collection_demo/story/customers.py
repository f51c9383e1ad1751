"""Customers of every grade and control, their people, and their debts."""

import csv

from odoo.fields import Command

from .company import USERS, make_user

# key: name, city, salesperson, decision of credit control, contact person
CUSTOMERS = {
    "grid": ("国网设备集团 China Grid Equipment", "武汉 Wuhan", "sales",
             ("A", "none", "large", "low", 60, 0, 300), "高峰 Gao Feng"),
    "suzhou": ("苏州精密仪器 Suzhou Instruments", "苏州 Suzhou", "sales",
               ("A", "limit", "sme", "low", 30, 500000, 180), "钱丽 Qian Li"),
    "ningbo": ("宁波港机 Ningbo Harbour Machinery", "宁波 Ningbo", "sales",
               ("B", "limit", "sme", "medium", 30, 200000, 45), None),
    "guangzhou": ("广州光明照明 Guangzhou Lighting", "广州 Guangzhou", "sales",
                  ("C", "limit", "sme", "high", 30, 150000, 10), "黄伟 Huang Wei"),
    "hangzhou": ("杭州丝绸 Hangzhou Silk", "杭州 Hangzhou", "sales2",
                 ("B", "limit", "sme", "low", 30, 300000, 90), "沈洁 Shen Jie"),
    "wuxi": ("无锡轴承 Wuxi Bearings", "无锡 Wuxi", "sales",
             ("B", "limit", "sme", "medium", 30, 200000, 60), "朱军 Zhu Jun"),
    "chongqing": ("重庆摩托 Chongqing Motors", "重庆 Chongqing", "sales2",
                  ("C", "limit", "large", "high", 60, 250000, -5), "罗刚 Luo Gang"),
    "dalian": ("大连北方商贸 Dalian Northern Trading", "大连 Dalian", "sales",
               ("D", "frozen", "sme", "high", 30, 100000, -60), "许斌 Xu Bin"),
    "shenyang": ("沈阳恒达钢构 Shenyang Hengda Steel", "沈阳 Shenyang", "sales2",
                 ("D", "blacklist", "sme", "high", 0, 0, 365), "韩冰 Han Bing"),
    "xiamen": ("厦门阳光零售 Xiamen Sunshine Retail", "厦门 Xiamen", "sales",
               ("C", "cash", "sme", "medium", 0, 0, 120), "蔡敏 Cai Min"),
    "qingdao": ("青岛海鲜 Qingdao Fresh Foods", "青岛 Qingdao", "sales2",
                ("C", "cash", "sme", "medium", 0, 0, 120), "于洋 Yu Yang"),
    "wangfang": ("王芳 Wang Fang (个体 sole trader)", "成都 Chengdu", "sales2",
                 ("D", "cash", "individual", "medium", 0, 0, 200), None),
    "shenzhen": ("深圳智能设备 Shenzhen Smart Devices", "深圳 Shenzhen", "sales",
                 ("B", "limit", "sme", "low", 30, 150000, 75), "方圆 Fang Yuan"),
    "beijing": ("北京轨道物资 Beijing Rail Supplies", "北京 Beijing", "sales2",
                ("A", "limit", "large", "low", 60, 400000, 150), "田野 Tian Ye"),
    "nanjing": ("南京汽车部件 Nanjing Auto Parts", "南京 Nanjing", "sales",
                ("B", "limit", "group", "medium", 60, 350000, 30), "丁宁 Ding Ning"),
    "hansa": ("Hansa Maschinenbau GmbH", "Hamburg", "sales2",
              ("A", "limit", "export", "low", 60, 800000, 240), "Greta Petersen"),
}  # fmt: skip

# Limits that are not in the company's currency, or those of the grade.
OTHER_LIMITS = {
    "hansa": (
        {"credit_limit_currency_id": "base.USD", "credit_limit_amount": 110000},
        "Invoiced in US dollars 以美元结算",
    ),
    "wuxi": ({"credit_limit_default": True}, "Limit of grade B 按 B 级默认额度"),
}


def load(book):
    for key, data in CUSTOMERS.items():
        book.once(key, lambda key=key, data=data: make_customer(book, key, *data))
    book.once("suzhou_plant", lambda: make_child_company(book))
    book.once("user_customer", lambda: make_portal_user(book))
    for key, make in DEBTS.items():
        book.once(f"debt_{key}", lambda key=key, make=make: make(book, book.get(key)))
    book.once("guangzhou_cut", lambda: lower_limit(book))


def make_customer(book, key, name, city, salesperson, decision, contact):
    env = book.env
    customer = env["res.partner"].create(
        {
            "name": name,
            "is_company": key != "wangfang",
            "city": city,
            "country_id": env.ref("base.de" if key == "hansa" else "base.cn").id,
            "email": f"accounts@{key}.example.com",
            "phone": "+49 40 5550 100" if key == "hansa" else "+86 400 555 0100",
            "user_id": book.user(salesperson).id,
            "customer_rank": 1,
        }
    )
    if contact:
        env["res.partner"].create(
            {
                "name": contact,
                "parent_id": customer.id,
                "function": "Purchasing 采购",
                "email": f"buyer@{key}.example.com",
            }
        )
    if decision:
        decide(book, customer, *decision)
    if key in OTHER_LIMITS:
        values, reason = OTHER_LIMITS[key]
        book.as_user(customer, "controller")._credit_decide_by_hand(
            {
                name: env.ref(value).id if isinstance(value, str) else value
                for name, value in values.items()
            },
            "manual",
            reason,
        )
    return customer


def decide(book, customer, grade, control, segment, risk, term, limit, review):
    """Entries of a credit controller by Change Terms."""
    book.as_user(customer, "controller")._credit_decide_by_hand(
        {
            "credit_grade_id": book.env.ref(f"credit_collection.credit_grade_{grade.lower()}").id,
            "credit_control": control,
            "credit_segment": segment,
            "credit_risk_level": risk,
            "credit_term_days": term,
            "credit_limit": limit,
            "credit_review_date": book.day(review),
        },
        "manual",
        "First terms 初始信用条件",
    )
    customer.property_payment_term_id = book.get(f"term_{term}")


def make_child_company(book):
    """A plant with a limit of its own: another legal entity of the same group."""
    plant = book.env["res.partner"].create(
        {
            "name": "苏州精密仪器昆山工厂 Kunshan Plant",
            "parent_id": book.get("suzhou").id,
            "is_company": True,
            "city": "昆山 Kunshan",
            "country_id": book.env.ref("base.cn").id,
            "email": "plant@suzhou.example.com",
            "user_id": book.user("sales").id,
            "customer_rank": 1,
        }
    )
    decide(book, plant, "A", "limit", "group", "low", 30, 50000, 180)
    book.invoice(plant, 20000, due=15)
    return plant


def make_portal_user(book):
    with USERS.open(encoding="utf-8", newline="") as file:
        row = next(r for r in csv.DictReader(file, delimiter="\t") if r["login"] == "customer")
    contact = book.env["res.partner"].create(
        {
            "name": row["name"],
            "parent_id": book.get("ningbo").id,
            "function": "Purchasing 采购",
            "email": "buyer@ningbo.example.com",
        }
    )
    return make_user(book, row, partner_id=contact.id, email=contact.email)


def lower_limit(book):
    """Guangzhou paid late again: its limit went down, below its debt.

    Grade C gets credit only against a security: a deposit is all that is left of it.
    """
    customer = book.get("guangzhou")
    book.as_user(book.env["credit.terms.change"], "controller").create(
        {"partner_ids": customer.ids, "limit": 70000, "reason": "Paid late again"}
    ).action_apply()
    book.as_user(book.env["credit.security"], "controller").create(
        {
            "partner_id": customer.id,
            "name": "DP-2026-0031",
            "kind": "deposit",
            "value": 30000,
            "date_from": book.day(-60),
        }
    )
    return customer


# ---------------------------------------------------------------------- debts


def owe_grid(book, customer):
    order = book.order(customer, 400000, product="motor")
    book.confirm(order)
    book.name("order_grid_downpayment", order)
    wizard = (
        book.as_user(book.env["sale.advance.payment.inv"], "salesmanager")
        .with_context(active_model="sale.order", active_ids=order.ids)
        .create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": 30,
            }
        )
    )
    wizard.create_invoices()
    # sudo: the salesperson posts no invoices
    down_payment = order.sudo().invoice_ids
    down_payment.action_post()
    return book.invoice(customer, 250000, due=40, term=60)


def owe_suzhou(book, customer):
    book.invoice(customer, 90000, due=20)
    book.invoice(customer, 60000, due=0)
    book.invoice(customer, 5000, due=0, term=0, kind="out_refund")
    order = book.order(customer, 60000, product="motor")
    book.confirm(order)
    return book.invoice(customer, 15000, due=30, post=False)


def owe_ningbo(book, customer):
    book.invoice(customer, 84000, due=12)
    return book.invoice(customer, 100000, due=25)


def owe_guangzhou(book, customer):
    book.invoice(customer, 80000, due=5)
    return book.invoice(customer, 40000, due=18)


def owe_hangzhou(book, customer):
    book.invoice(customer, 60000, due=-10)
    return book.invoice(customer, 45000, due=20)


def owe_wuxi(book, customer):
    book.invoice(customer, 48000, due=-25)
    return book.invoice(customer, 30000, due=10)


def owe_chongqing(book, customer):
    late = book.invoice(customer, 120000, due=-60, term=60)
    book.pay(late, 50000, days_ago=20)
    return book.invoice(customer, 60000, due=15, term=60)


def owe_dalian(book, customer):
    return book.invoice(customer, 180000, due=-200)


def owe_shenyang(book, customer):
    late = book.invoice(customer, 95000, due=-200)
    book.pay(late, 10000, days_ago=150)
    return late


def owe_qingdao(book, customer):
    return book.receive(customer, 30000, days_ago=3)


def owe_shenzhen(book, customer):
    return book.invoice(customer, 36000, due=-25)


def owe_beijing(book, customer):
    paid = book.invoice(customer, 150000, due=-30, term=60)
    book.pay(paid, days_ago=32)
    book.receive(customer, 20000, days_ago=1)
    return book.invoice(customer, 380000, due=25, term=60)


def owe_nanjing(book, customer):
    # 40 % was due 35 days ago and is paid, 30 % five days ago, 30 % falls due in 25 days.
    move = book.invoice(customer, 150000, due=-35, term="instalments")
    book.pay(move, 60000, days_ago=33)
    return move


def owe_hansa(book, customer):
    return book.invoice(customer, 50000, due=35, term=60, currency=book.env.ref("base.USD"))


DEBTS = {
    name.removeprefix("owe_"): make
    for name, make in list(globals().items())
    if name.startswith("owe_")
}
