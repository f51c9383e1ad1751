"""The credit file: policy, applications, an assessment, securities, a shared limit, documents, warnings."""

from odoo.fields import Command

from .customers import make_customer

APPLICANT = ("天津机器人 Tianjin Robotics", "天津 Tianjin", "sales", None, "白雪 Bai Xue")
PLEASE_SIGN = "请阅读并签署新的信用条款。 Please read and sign the new credit terms."
# Hangzhou's last year: (fell due so many days ago, amount, paid so many days late)
HANGZHOU_YEAR = (
    (330, 120000, 0), (270, 150000, 4), (210, 90000, 12), (150, 180000, 2), (90, 160000, 9),
    (40, 140000, -3),
)  # fmt: skip


def load_policy(book):
    """Before any customer: a new one starts with cash, and decisions name the policy in force."""
    book.once("policy", lambda: make_policy(book))
    book.once("policy_export", lambda: make_export_policy(book))


def load_collateral(book):
    """Before any order: grade C gets credit only against a security."""
    book.once("security_ending", lambda: insure_chongqing(book))


def load(book):
    for key, make in (
        ("tianjin", make_applicant),
        ("application_requested", request_application),
        ("hangzhou_year", sell_to_hangzhou),
        ("papers_hangzhou", collect_documents),
        ("application_approved", approve_application),
        ("application_to_sign", send_application),
        ("assessment_group", make_group),
        ("assessment", start_assessment),
        ("security_mortgage", mortgage_beijing),
        ("shared_limit", share_limit),
        ("sublimit_order", lambda book: limit_kind(book, "order", 200000)),
        ("sublimit_delivered", lambda book: limit_kind(book, "delivered", 100000)),
        ("litigation_shenyang", note_litigation),
        ("warnings", find_warnings),
    ):
        book.once(key, lambda make=make: make(book))


# ---------------------------------------------------------------------- policies


def load_template(book, code, **values):
    policies = book.as_user(book.env["credit.policy"], "admin")
    template = policies.env.ref(f"credit_collection.credit_policy_template_{code.lower()}")
    company = book.as_user(book.company, "admin")
    return policies._load_template(template, company, **values)


def make_policy(book):
    """Template P1; grade B buys on open account here. Management approved it."""
    policy = load_template(book, "P1")
    # Tianjin is assessed later in the story: its application goes first.
    policy.credit_new_needs_assessment = False
    line = policy.grade_line_ids.filtered(lambda line: line.grade_id.code == "B")
    line.write({"settlement_mode": "open", "prepayment_percent": 0.0, "limit_default": 200000})
    line.order_needs = "Within limit and term."
    line.with_context(lang="zh_CN").order_needs = "在信用额度和账期之内。"
    policy.change_note = "Grade B on open account. B 级客户可赊销。"
    policy.action_request()
    book.approve(policy, "gm")
    return policy


def make_export_policy(book):
    """Template P2 for export customers, still a draft."""
    return load_template(book, "P2", segment="export")


# ---------------------------------------------------------------------- applications


def make_applicant(book):
    """A new customer: cash, as the policy says. Surveyed by the salesperson."""
    customer = make_customer(book, "tianjin", *APPLICANT)
    customer.credit_segment = "sme"
    book.as_user(book.env["credit.investigation"], "sales").create(
        {
            "partner_id": customer.id,
            "source": "visit",
            "topic": "business",
            "date": book.day(-6),
            "note": "参观工厂：两条产线，约 120 人，订单排至年底。\n"
            "Visit to the plant: two lines, about 120 people, orders until the end of the year.",
            "stated_turnover": 18000000,
            "stated_capital": 1000000,
        }
    )
    return customer


def paper(book, customer, kind, **values):
    """A document of a customer: with a file, unless a date is promised."""
    type_ = book.env.ref(f"credit_collection.credit_document_type_{kind}")
    papers = book.as_user(book.env["credit.document"], customer.user_id.login)
    found = papers.search([("partner_id", "=", customer.id), ("type_id", "=", type_.id)])
    found = found or papers.create({"partner_id": customer.id, "type_id": type_.id})
    if "date_promised" not in values:
        file = {"name": f"{type_.name}.txt", "raw": f"{customer.name}: {type_.name}".encode()}
        values["attachment_ids"] = [Command.create(file)]
    found.write(values)
    return found


def request_application(book):
    """(1 month + 1) × 60,000 = 120,000, below a fifth of the capital; the sales manager is next."""
    customer = book.get("tianjin")
    application = book.as_user(book.env["credit.application"], "sales").create(
        {
            "partner_id": customer.id,
            "kind": "new",
            "grade_id": book.env.ref("credit_collection.credit_grade_b").id,
            "monthly_sales_expected": 60000,
            "registered_capital": 1000000,
            "reason": "为其机器人生产线配套伺服电机，首年预计 72 万元。\n"
            "Servo motors for a new line of robots: 720,000 in the first year.",
        }
    )
    paper(book, customer, "licence", date_valid=book.day(900), reference="91120000DEMO0288XX")
    paper(book, customer, "tax")
    paper(book, customer, "vat", date_promised=book.day(10))
    application.action_request()
    book.approve(application, "finance")
    return application


def sell_to_hangzhou(book):
    """A year of invoices and payments: the trade record of the credit file."""
    customer, move = book.get("hangzhou"), None
    for due, amount, late in HANGZHOU_YEAR:
        move = book.invoice(customer, amount, due=-due)
        book.pay(move, days_ago=due - late)
    return move


def approve_application(book):
    """Hangzhou grows: 350,000 instead of 300,000, approved by three people."""
    application = book.as_user(book.env["credit.application"], "sales2").create(
        {
            "partner_id": book.get("hangzhou").id,
            "kind": "change",
            "monthly_sales_expected": 175000,
            "registered_capital": 5000000,
            "reason": "旺季备货。 Stock for the season.",
        }
    )
    application.action_request()
    book.approve(application, "finance", "salesmanager", "gm")
    return application


def send_application(book):
    """Ningbo reads and signs its new terms in the portal before anybody decides."""
    customer = book.get("ningbo")
    application = book.as_user(book.env["credit.application"], "sales").create(
        {
            "partner_id": customer.id,
            "kind": "change",
            "monthly_sales_expected": 160000,
            "registered_capital": 20000000,
            "reason": "新码头项目，下半年订单增加。 A new terminal: more orders in the second half.",
        }
    )
    application.with_context(credit_send_to_sign=True).message_post(
        body=PLEASE_SIGN,
        partner_ids=book.user("customer").partner_id.ids,
        subtype_xmlid="mail.mt_comment",
    )
    return application


# ---------------------------------------------------------------------- documents and assessment


def collect_documents(book):
    customer = book.get("hangzhou")
    paper(book, customer, "bank", date_valid=book.day(200))
    paper(book, customer, "statements", date_promised=book.day(14))
    return paper(book, customer, "licence", date_valid=book.day(21), reference="91330100DEMO0388XX")


def make_group(book):
    """Reviewers, watchers and signatories of assessments."""
    signers = {
        "department": "salesmanager", "legal": "legal", "administration": "controller",
        "finance": "finance", "vice_president": "cfo", "general_manager": "gm",
    }  # fmt: skip
    group = book.as_user(book.env["credit.assessment.group"], "admin").create(
        {
            "name": "Assessment Committee",
            "company_id": book.company.id,
            "user_id": book.user("controller").id,
            "deputy_id": book.user("controller_zh").id,
            "account_manager_ids": [Command.set(book.user("salesmanager").ids)],
            "service_manager_ids": [Command.set(book.user("finance").ids)],
            "watcher_ids": [Command.set((book.user("accountant") | book.user("auditor")).ids)],
            "signoff_ids": [
                Command.create({"role": role, "user_id": book.user(login).id})
                for role, login in signers.items()
            ],
        }
    )
    group.with_context(lang="zh_CN").name = "信用评审小组"
    return group


def start_assessment(book):
    """Hangzhou's yearly review: Finance has scored, Sales has not."""
    assessment = book.as_user(book.env["credit.assessment"], "controller").create(
        {
            "partner_id": book.get("hangzhou").id,
            "kind": "yearly",
            "reviewer_ids": [Command.set((book.user("finance") | book.user("salesmanager")).ids)],
        }
    )
    assessment.action_start()
    sheets = book.as_user(book.env["credit.assessment.sheet"], "finance")
    sheet = sheets.search(
        [("assessment_id", "=", assessment.id), ("user_id", "=", book.user("finance").id)]
    )
    for score in sheet.score_ids:
        if not score.option_id:
            score.option_id = score.criterion_id.option_ids.sorted("points", reverse=True)[1]
    sheet.action_submit()
    return assessment


# ---------------------------------------------------------------------- securities and groups


def make_security(book, customer, **values):
    return book.as_user(book.env["credit.security"], "controller").create(
        {"partner_id": book.get(customer).id, **values}
    )


def insure_chongqing(book):
    insurer = book.once(
        "insurer",
        lambda: book.env["res.partner"].create(
            {"name": "示例信用保险 Sample Credit Insurance", "is_company": True}
        ),
    )
    return make_security(
        book,
        "chongqing",
        name="CI-2026-0188",
        kind="insurance",
        value=100000,
        coverage_percent=80,
        insurer_id=insurer.id,
        date_from=book.day(-345),
        date_to=book.day(20),
    )


def mortgage_beijing(book):
    return make_security(
        book,
        "beijing",
        name="MG-2025-0042",
        kind="mortgage",
        value=50000,
        date_from=book.day(-200),
        date_to=book.day(530),
    )


def limit_kind(book, kind, amount):
    """Suzhou: of its 500,000 at most so much in orders, or delivered and not invoiced."""
    return book.as_user(book.env["credit.sublimit"], "controller").create(
        {"partner_id": book.get("suzhou").id, "kind": kind, "amount": amount}
    )


def share_limit(book):
    """Suzhou Instruments and its plant share 520,000, whatever each of them may."""
    members = book.get("suzhou") | book.get("suzhou_plant")
    return book.as_user(book.env["credit.group"], "controller").create(
        {
            "name": "苏州精密集团 Suzhou Instruments Group",
            "limit": 520000,
            "line_ids": [Command.create({"partner_id": member.id}) for member in members],
        }
    )


# ---------------------------------------------------------------------- notes and warnings


def note_litigation(book):
    return book.as_user(book.env["credit.investigation"], "controller").create(
        {
            "partner_id": book.get("shenyang").id,
            "source": "agency",
            "topic": "litigation",
            "date": book.day(-40),
            "note": "被供应商起诉，银行账户冻结。 Sued by a supplier; bank accounts are frozen.",
        }
    )


def find_warnings(book):
    """Findings of tonight's daily job."""
    customers = book.env["res.partner"].union(
        *(book.get(key) for key in ("ningbo", "chongqing", "hangzhou"))
    )
    # Two whose risk the rule may set; the controller decides on the others.
    by_rule = book.get("hangzhou") | book.get("ningbo")
    book.as_user(by_rule, "controller").action_credit_release_risk()
    book.env["credit.review"]._run(customers, book.company)
    return book.env["credit.warning"].search([], limit=1)
