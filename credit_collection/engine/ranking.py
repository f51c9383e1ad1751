"""The order of the worklist: the expected result of a call today (P2-05). Plain numbers in and out."""

# Share of a debt that is still collected, by days overdue of its oldest item: (up to, share).
YIELDS = ((30, 0.95), (60, 0.9), (90, 0.8), (180, 0.6), (360, 0.35))
LAST_YIELD = 0.15
RISKS = {"low": 0.8, "medium": 1.0, "high": 1.3}
# How much a contact adds by days since the last one: (up to, factor).
SILENCES = ((1, 0.1), (3, 0.4), (7, 0.8), (14, 1.0), (30, 1.2))
NEVER = 1.4
PER_BROKEN_PROMISE = 0.25
MAX_BROKEN = 4


def _step(steps, value, last):
    return next((factor for limit, factor in steps if value <= limit), last)


def expected_gain(amount, days, risk=None, broken=0, days_silent=None):
    """Return the expected gain of asking a customer now, in the currency of the amount.

    >>> expected_gain(1000, 10)
    1330.0
    >>> expected_gain(1000, 10, days_silent=1)
    95.0
    >>> expected_gain(1000, 400, risk="high", broken=2, days_silent=14)
    292.5

    :param amount: the amount to ask for today
    :param days: days overdue of the oldest item
    :param risk: `low`, `medium`, `high`, or None = medium
    :param broken: promises broken within a year
    :param days_silent: days since the last contact; None = there was none
    """
    silence = NEVER if days_silent is None else _step(SILENCES, days_silent, NEVER)
    gain = (
        amount
        * _step(YIELDS, days, LAST_YIELD)
        * RISKS.get(risk, 1.0)
        * (1 + PER_BROKEN_PROMISE * min(broken, MAX_BROKEN))
        * silence
    )
    return round(gain, 2)
