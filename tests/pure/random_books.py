"""Random books of a few customers, counted the slow way: item by item, day by day, in cents."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st

# The same examples in every run, so that a failure is found again.
EXAMPLES = settings(max_examples=150, deadline=None, derandomize=True)

days = st.dates(date(2019, 12, 25), date(2028, 3, 5))
cents = st.integers(1, 10_000_000)


@dataclass
class Item:
    """An invoice with its payments and write-offs by day."""

    invoiced: date
    due: date
    amount: int
    paid: list = field(default_factory=list)
    lost: list = field(default_factory=list)

    def open_on(self, day):
        if self.invoiced > day:
            return 0
        return self.amount - sum(part for when, part in self.paid + self.lost if when <= day)


@st.composite
def items(draw):
    """An item whose payments and write-offs never exceed it and never come before it."""
    invoiced = draw(st.dates(date(2025, 1, 1), date(2025, 12, 31)))
    item = Item(invoiced, invoiced + timedelta(days=draw(st.integers(0, 90))), draw(cents))
    rest = item.amount
    for target in draw(st.lists(st.sampled_from(["paid", "lost"]), max_size=3)):
        part = draw(st.integers(0, rest))
        when = invoiced + timedelta(days=draw(st.integers(0, 300)))
        getattr(item, target).append((when, part))
        rest -= part
    return item


books = st.lists(items(), max_size=12)
columns = st.lists(st.integers(1, 400), unique=True, max_size=7).map(lambda d: [0, *sorted(d)])


def months_later(day, months, of=None):
    """The same day some months later, the month's last where it has no such day.

    :param of: day of the month to go for; that of `day` by default
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month + 1, min(of or day.day, last))


def month_of(day):
    """First and last day of a month."""
    first = day.replace(day=1)
    return first, months_later(first, 1) - timedelta(days=1)
