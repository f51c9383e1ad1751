"""Schedule of a repayment agreement (P1-10, P2-09, P2-13), to the cent.

The principal is the down payment and `count` parts that are equal to the smallest unit of the
currency; the last part takes the difference. The k-th date is `interval * (k - 1)` periods after
the first, counted from the first, so that the 31st of January gives the 28th of February and
again the 31st of March.

The fee of an instalment from the n-th on is its own amount × the rate per day × the days since
the fee began: since the due date of the last instalment without a fee, or since the day of the
agreement when the first one bears it. Over all instalments that is the same as charging the debt
still open day by day, and each line can be checked on its own. An extension against a fee is one
instalment with a fee from the first on.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

UNITS = ("days", "weeks", "months")


@dataclass(frozen=True)
class Instalment:
    """One line of a schedule; number 0 is the down payment."""

    number: int
    date: date
    amount: Decimal
    fee: Decimal = Decimal(0)
    fee_days: int = 0


def _decimal(value):
    # Through text: a float carries more digits than anybody typed.
    return Decimal(str(value))


def _round(value, unit, mode=ROUND_HALF_UP):
    return (value / unit).to_integral_value(mode) * unit


def due_date(first, periods, unit):
    """Return the date `periods` days, weeks or months after the first."""
    if unit not in UNITS:
        raise ValueError(f"unknown unit {unit!r}")
    if unit == "months":
        return first + relativedelta(months=periods)
    return first + timedelta(days=periods * (7 if unit == "weeks" else 1))


def parts(total, count, rounding):
    """Return `total` in `count` equal parts, rounded down; the last takes the difference."""
    total, rounding = _decimal(total), _decimal(rounding)
    part = _round(total / count, rounding, ROUND_DOWN)
    return [part] * (count - 1) + [total - part * (count - 1)]


def fee(amount, rate, days, rounding):
    """Return the fee of an amount over some days, at `rate` per cent a day."""
    return _round(_decimal(amount) * _decimal(rate) / 100 * days, _decimal(rounding))


def build(
    total, rounding, start, *, count, first, interval=1, unit="months",
    down=0, down_date=None, rate=0, fee_from=1,
):  # fmt: skip
    """Return the instalments of an agreement, by date.

    :param total: principal, in the currency of the agreement
    :param rounding: smallest unit of the currency, for example 0.01
    :param start: day of the agreement
    :param count: instalments after the down payment
    :param first: date of the first of them
    :param down: down payment, in the currency; 0 = none
    :param rate: fee in per cent per day
    :param fee_from: number of the first instalment that bears the fee
    :raise ValueError: nothing to divide, a part of zero, or dates out of order
    """
    total, down = _decimal(total), _decimal(down)
    if total <= 0 or count < 1 or interval < 1 or fee_from < 1:
        raise ValueError("total, count, interval and fee_from must be above zero")
    if not 0 <= down < total:
        raise ValueError("the down payment must be less than the total")
    if _decimal(rate) < 0:
        raise ValueError("the rate cannot be negative")
    lines = []
    if down:
        down_date = down_date or start
        if not start <= down_date <= first:
            raise ValueError(
                "the down payment is due between the agreement and the first instalment"
            )
        lines.append(Instalment(0, down_date, down))
    if first < start:
        raise ValueError("the first instalment is due before the agreement")
    amounts = parts(total - down, count, rounding)
    if not amounts[0]:
        raise ValueError("too many instalments for so small an amount")
    dates = [due_date(first, interval * n, unit) for n in range(count)]
    since = start if fee_from == 1 else dates[min(fee_from - 2, count - 1)]
    for number, (day, amount) in enumerate(zip(dates, amounts, strict=True), 1):
        days = (day - since).days if number >= fee_from else 0
        lines.append(Instalment(number, day, amount, fee(amount, rate, days, rounding), days))
    return lines
