"""The three policies that ship, from P1, P2 and P3, each with the credit side of P4 and P5.

Plain data: `credit.policy._load_template` turns a template into a policy and compares a
policy with it. Other areas add their part by extending `credit.policy._get_templates`.

A template has the texts `name`, `description`; `thresholds` (fields of `credit.policy`);
`grades` by code (fields of `credit.policy.grade`); `rules` by key (fields of `credit.rule`,
`grades` as codes). Amounts are in company currency.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Grades as P1-03 defines them, for companies that deleted one a template needs.
GRADES = {
    "A": {"name": _lt("No overdue"), "sequence": 1},
    "B": {"name": _lt("Occasional overdue, settled in time"), "sequence": 2},
    "C": {"name": _lt("Overdue for long"), "sequence": 3},
    "D": {"name": _lt("Large overdue, unwilling or unable"), "sequence": 4},
}

# P1-14, P2-15, P4-03, P4-04, P4-05, P4-06, P4-20, P5-06: the same in all three.
THRESHOLDS = {
    "large_limit": 3000000.0,
    "large_term_days": 100,
    "term_max_days": 60,
    "first_limit_capital_percent": 20.0,
    "default_control": "cash",
    "late_days": 15,
    "security_warn_days": 30,
    "usage_alert_percent": 80.0,
    "review_months": 12,
    "good_conduct_months": 3,
    "warn_orders_percent": 50.0,
    "warn_slower_days": 10,
    "risk_medium_days": 30,
    "risk_high_days": 90,
    "risk_share_percent": 5.0,
    "risk_broken_medium": 1,
    "risk_broken_high": 3,
}

# P1-05, P5-04: no credit, and supply stops while debt is open.
GRADE_D = {
    "score_min": 0.0,
    "limit_method": "none",
    "limit_factor": 100.0,
    "limit_max": 0.0,
    "term_days": 0,
    "settlement_mode": "prepaid",
    "prepayment_percent": 100.0,
    "security_required": False,
    "review_months": 6,
    "grace_days": 0,
    "order_needs": _lt("Paid in full before it is confirmed. With debt open: no supply."),
}


def _grade(score_min, **values):
    """A grade line with the values that most grades share."""
    return {
        "score_min": score_min,
        "limit_method": "term_sales",
        "limit_factor": 100.0,
        "limit_max": 0.0,
        "term_days": 0,
        "settlement_mode": "open",
        "prepayment_percent": 0.0,
        "security_required": False,
        "review_months": 12,
        "grace_days": 0,
        **values,
    }


def _overdue(name, days, **values):
    """An overdue rule: holds orders while items are past due by more than `days`."""
    return {
        "name": name,
        "rule_type": "overdue",
        "action": "hold",
        "days": days,
        "segment": False,
        "grades": (),
        **values,
    }


# P4-22: what every grade but the last gets when a template is loaded for export customers.
EXPORT_GRADE = {
    "limit_method": "none",
    "limit_factor": 100.0,
    "limit_max": 0.0,
    "term_days": 0,
    "settlement_mode": "letter_of_credit",
    "prepayment_percent": 100.0,
    "security_required": False,
    "order_needs": _lt("A letter of credit for the whole order, or paid in full in advance."),
}

TEMPLATES = {
    "P1": {
        "name": _lt("Customer Receivables Measures"),
        "description": _lt(
            "Grades A to D set limit, term and settlement. Limits follow the sales of a"
            " customer; orders are held from the 16th day overdue, when key collection"
            " begins, for grade C from the first day."
        ),
        "thresholds": THRESHOLDS,
        "grades": {
            "A": _grade(
                90.0,
                term_days=60,
                settlement_mode="open",
                grace_days=15,
                order_needs=_lt("Within limit and term; open account or instalments."),
            ),
            "B": _grade(
                80.0,
                term_days=30,
                settlement_mode="part_prepaid",
                prepayment_percent=30.0,
                order_needs=_lt("30 % paid in advance, the rest within limit and term."),
            ),
            "C": _grade(
                60.0,
                limit_method="none",
                settlement_mode="cod",
                prepayment_percent=50.0,
                security_required=True,
                review_months=6,
                order_needs=_lt(
                    "Cash on delivery, half in advance; credit only against a security."
                ),
            ),
            "D": GRADE_D,
        },
        "rules": {
            "overdue": _overdue(_lt("Overdue more than 15 days: key collection"), 15),
            "overdue_c": _overdue(
                _lt("Overdue, grade C and D"), 0, grades=("C", "D"), amount_min=0.01
            ),
        },
    },
    "P2": {
        "name": _lt("Overdue Collection Measures"),
        "description": _lt(
            "Limits follow the composite score, the first one is a fifth of registered"
            " capital at most. Each customer segment has its own patience: orders"
            " are held when the ladder of collection reaches its next step, after 7 or 30 days overdue."
        ),
        "thresholds": {**THRESHOLDS, "late_days": 7},
        "grades": {
            "A": _grade(
                90.0,
                limit_method="score",
                limit_max=3000000.0,
                term_days=60,
                settlement_mode="instalments",
                order_needs=_lt("Within limit and term; instalments on request."),
            ),
            "B": _grade(
                80.0,
                limit_method="score",
                limit_factor=50.0,
                limit_max=3000000.0,
                term_days=30,
                order_needs=_lt("Within limit and term."),
            ),
            "C": _grade(
                60.0,
                limit_method="none",
                settlement_mode="part_prepaid",
                prepayment_percent=50.0,
                security_required=True,
                review_months=6,
                order_needs=_lt("Half in advance; credit only against a security."),
            ),
            "D": GRADE_D,
        },
        "rules": {
            "overdue": _overdue(_lt("Overdue more than 30 days: graded handling"), 30),
            "overdue_individual": _overdue(
                _lt("Overdue more than 7 days, individuals"), 7, segment="individual"
            ),
        },
    },
    "P3": {
        "name": _lt("Overdue Clearance Measures"),
        "description": _lt(
            "A strict policy while old debts are cleared: limits are a share of yearly sales"
            ", terms are short, and plain default stops supply at once."
        ),
        "thresholds": {
            **THRESHOLDS,
            "usage_alert_percent": 70.0,
            "review_months": 6,
            "warn_slower_days": 5,
            "risk_medium_days": 15,
            "risk_high_days": 60,
        },
        "grades": {
            "A": _grade(
                90.0,
                limit_method="share_sales",
                limit_factor=20.0,
                term_days=45,
                review_months=6,
                order_needs=_lt("Within limit and term."),
            ),
            "B": _grade(
                80.0,
                limit_method="share_sales",
                limit_factor=10.0,
                term_days=30,
                review_months=6,
                order_needs=_lt("Within limit and term."),
            ),
            "C": _grade(
                60.0,
                limit_method="none",
                settlement_mode="prepaid",
                prepayment_percent=100.0,
                security_required=True,
                review_months=3,
                order_needs=_lt(
                    "Paid in full before it is confirmed; credit only against a security."
                ),
            ),
            "D": {**GRADE_D, "review_months": 3},
        },
        "rules": {
            "overdue": _overdue(_lt("Anything overdue"), 0, amount_min=0.01),
        },
    },
}
