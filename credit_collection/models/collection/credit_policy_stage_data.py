"""Stages and escalation of the three policies that ship, and of customers without a policy.

Plain data: fields of `collection.stage` and `collection.escalation` by key; `letters` names
a letter type by code, `activities` an activity type by category. Amounts are in company currency.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

CALL = ("phonecall",)


def _stage(name, days_from, days_to, **values):
    """A stage with the values that most share."""
    return {
        "name": name,
        "days_from": days_from,
        "days_to": days_to,
        "role": "collector",
        "letters": (),
        "activities": (),
        "channel": "mail",
        "activity_days": 2,
        "activity_note": "",
        "quiet_days": 5,
        "repeat_days": 0,
        "amount_min": 0.0,
        "credit_effect": "none",
        "is_key": False,
        **values,
    }


CONFIRM = _stage(_lt("Account confirmation"), -7, -1, letters=("account_confirmation",))

STAGES = {
    # P1-08, P1-09, P1-11
    "P1": {
        "before_due": CONFIRM,
        "initial": _stage(
            _lt("Initial collection"),
            1,
            15,
            role="salesperson",
            letters=("payment_reminder",),
            activities=CALL,
            activity_note=_lt(
                "Ask by phone, mail or visit; note the customer's reason and when he will pay, and"
                " report to the head of sales."
            ),
            repeat_days=7,
        ),
        "key": _stage(
            _lt("Key collection"),
            16,
            30,
            role="collector",
            letters=("collection_notice",),
            activities=CALL,
            activity_note=_lt(
                "Make a collection plan: more frequent contact, another way to pay, a guarantee,"
                " prepayment. Finance and Legal know of it."
            ),
            repeat_days=7,
            credit_effect="warn",
            is_key=True,
        ),
        "special": _stage(
            _lt("Special collection"),
            31,
            9999,
            role="head",
            letters=("dunning_final",),
            activities=CALL,
            activity_note=_lt(
                "A team of Sales, Finance and Legal with a task each: lawyer's letter, suit or"
                " arbitration; secure evidence where there are signs of bad faith."
            ),
            activity_days=5,
            quiet_days=7,
            repeat_days=30,
            credit_effect="freeze",
            is_key=True,
        ),
    },
    # P2-01, P2-07
    "P2": {
        "before_due": _stage(
            _lt("Account confirmation"), -15, -7, letters=("account_confirmation",)
        ),
        "friendly": _stage(
            _lt("Friendly reminder"),
            1,
            7,
            role="salesperson",
            letters=("payment_reminder",),
            quiet_days=3,
        ),
        "notice": _stage(
            _lt("Collection notice"),
            8,
            30,
            letters=("collection_notice",),
            activities=CALL,
            activity_note=_lt("Speak with the customer's finance; keep proof of the notice."),
            repeat_days=10,
            credit_effect="warn",
        ),
        "graded": _stage(
            _lt("Graded handling"),
            31,
            90,
            role="head",
            letters=("dunning_1",),
            activities=CALL,
            activity_note=_lt(
                "Negotiate, mediate or sue, by what the customer is willing and able to pay."
            ),
            quiet_days=7,
            repeat_days=15,
            credit_effect="freeze",
            is_key=True,
        ),
        "legal": _stage(
            _lt("Legal steps"),
            91,
            9999,
            role="legal",
            letters=("dunning_final",),
            activities=CALL,
            activity_note=_lt("Decide on a lawyer's letter or a suit."),
            activity_days=5,
            quiet_days=7,
            repeat_days=30,
            credit_effect="freeze",
            is_key=True,
        ),
    },
    # P3-06
    "P3": {
        "collector": _stage(
            _lt("Collector"),
            1,
            90,
            letters=("collection_notice",),
            activities=CALL,
            activity_note=_lt("Clear up the reason of each item and agree when it is paid."),
            repeat_days=15,
            credit_effect="freeze",
        ),
        "head": _stage(
            _lt("Collector and team head"),
            91,
            180,
            role="head",
            letters=("dunning_1",),
            activities=CALL,
            activity_note=_lt("Organise what help the collector needs."),
            quiet_days=7,
            repeat_days=30,
            credit_effect="freeze",
            is_key=True,
        ),
        "team": _stage(
            _lt("Clearance team"),
            181,
            9999,
            role="head",
            letters=("dunning_final",),
            activities=CALL,
            activity_note=_lt("Take over and file the case; gather the evidence."),
            activity_days=5,
            quiet_days=7,
            repeat_days=30,
            credit_effect="freeze",
            is_key=True,
        ),
    },
}

# P2-06, the example of the policy.
_P2_06 = {
    "old_large_lowered": {
        "name": _lt("Over 90 days, over 5 % of receivables, grade lowered"),
        "days_over": 90,
        "share_over": 5.0,
        "grade_condition": "lowered",
        "is_key": True,
        "tell_role": "legal",
    }
}
ESCALATIONS = {"P1": {}, "P2": _P2_06, "P3": {}}

# P1-05, P4-13: stages that hold orders do so by this rule.
RULES = {
    "collection": {
        "name": _lt("In collection"),
        "rule_type": "collection",
        "action": "hold",
        "days": 0,
        "segment": False,
        "grades": (),
    }
}
