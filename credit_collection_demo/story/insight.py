"""How the company is doing: closed months, alerts, targets, the monthly report and the meeting."""

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from .company import translate

MONTHS = 6  # closed, the last one ended


def load(book):
    for key, make in (
        ("month", close_months),
        ("check", compare_books),
        ("alert", raise_alerts),
        ("target", propose_targets),
        ("report", draft_report),
        ("meeting", prepare_meeting),
    ):
        if not book.get(key) and (record := make(book)):
            book.name(key, record)


def close_months(book):
    """The jobs of the past months, whose figures `compute_figures` made; the last one first in lists."""
    last = book.company._insight_last_ended()
    for back in range(MONTHS - 1, -1, -1):
        day = last + relativedelta(months=-back, day=31)
        month = book.env["insight.month"]._close(book.company, day)
    return month


def compare_books(book):
    return book.env["insight.check"]._compare(book.company)


def raise_alerts(book):
    """Old debts break a rule of the company in every month; what is new may break those of teams."""
    rule = book.env["insight.alert.rule"].create(
        {
            "name": "Overdue rate above 30%",
            "company_id": book.company.id,
            "metric": "overdue_rate",
            "scope": "company",
            "mark": 30,
            "owner_role": "collection",
        }
    )
    translate(rule, "逾期率高于 30%")
    return book.env["insight.alert"]._raise(book.company, book.get("month").date)[:1]


def propose_targets(book):
    """What is overdue shall be cleared within the quarter, by whoever collects it."""
    wizard = book.as_user(book.env["insight.target.propose"], "head").create(
        {"campaign": "年终清欠 Year-end clearance", "amount_from": 20000}
    )
    return book.env["insight.target"].search(wizard.action_propose()["domain"], limit=1)


def draft_report(book):
    report = book.env["insight.report"]._draft(book.get("month"))
    totals = book.as_user(report.section_ids[:1], "finance")
    totals.comment = (
        "逾期集中在少数客户，已交专项催收小组。"
        " Few customers owe most of what is overdue; the special team has them."
    )
    return report


def prepare_meeting(book):
    """Invites the leaders: Hefei's limit shall be lowered, Harbin visited."""
    invited = [
        book.user(login).id for login in ("controller", "head", "finance", "gm", "salesmanager")
    ]
    meeting = book.as_user(book.env["insight.meeting"], "controller").create(
        {
            "date": book.today,
            "month_id": book.get("month").id,
            "invited_ids": [Command.set(invited)],
            "present_ids": [Command.set(invited[:-1])],
            "decision_ids": [
                Command.create(
                    {
                        "partner_id": book.get("hefei").id,
                        "kind": "application",
                        "name": "降低额度 Lower the limit",
                        "user_id": book.user("controller").id,
                    }
                ),
                Command.create(
                    {
                        "partner_id": book.get("harbin").id,
                        "kind": "task",
                        "name": "上门拜访 Visit the customer",
                        "user_id": book.user("collector").id,
                    }
                ),
            ],
        }
    )
    meeting.action_load()
    return meeting.with_env(book.env)
