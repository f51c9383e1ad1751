"""Returned money takes payments back: worked examples, and random books."""

import random
from datetime import date, timedelta

from engine.returns import Credit, Return, take_back


def day(n):
    return date(2026, 1, 1) + timedelta(days=n)


def payment(id_, n, amount, free=0, settled=None):
    return Credit(
        id_, id_ * 10, day(n), amount, free, amount - free if settled is None else settled
    )


def test_the_payment_of_the_same_amount():
    credits = [payment(1, 1, 1000), payment(2, 2, 300)]
    assert take_back([Return(9, day(5), 1000, None)], credits) == [(9, 1, 1000)]


def test_the_one_it_reverses():
    credits = [payment(1, 1, 1000), payment(2, 2, 1000)]
    assert take_back([Return(9, day(5), 1000, 10)], credits) == [(9, 1, 1000)]
    assert take_back([Return(9, day(5), 1000, None)], credits) == [(9, 2, 1000)]


def test_none_that_came_later():
    credits = [payment(1, 1, 1000), payment(2, 6, 1000)]
    assert take_back([Return(9, day(5), 1000, None)], credits) == [(9, 1, 1000)]


def test_each_payment_once():
    credits = [payment(1, 1, 1000), payment(2, 2, 1000)]
    returns = [Return(8, day(5), 1000, None), Return(9, day(6), 1000, None)]
    assert take_back(returns, credits) == [(8, 2, 1000), (9, 1, 1000)]


def test_a_refund_uses_up_what_is_on_account():
    credits = [payment(1, 1, 1200, free=200), Credit(2, 20, day(2), 50, 50, 0)]
    assert take_back([Return(9, day(5), 250, None)], credits) == []
    assert take_back([Return(9, day(5), 300, None)], credits) == [(9, 1, 50)]


def test_of_another_amount_the_latest():
    credits = [payment(1, 1, 400), payment(2, 2, 300)]
    assert take_back([Return(9, day(5), 500, None)], credits) == [(9, 2, 300), (9, 1, 200)]


def test_random_never_more_than_was_paid_or_returned():
    rng = random.Random(5)
    for _round in range(300):
        credits = []
        for n in range(rng.randint(0, 6)):
            amount = rng.randint(1, 5)
            free = rng.randint(0, amount)
            credits.append(payment(n + 1, rng.randint(0, 9), amount, free))
        returns = [
            Return(n + 50, day(rng.randint(0, 9)), rng.randint(1, 6), rng.choice([None, 10, 20]))
            for n in range(rng.randint(0, 4))
        ]
        taken = take_back(returns, credits)
        for credit in credits:
            assert sum(t[2] for t in taken if t[1] == credit.id) <= credit.settled
        for back in returns:
            own = [t for t in taken if t[0] == back.id]
            assert sum(t[2] for t in own) <= back.amount
            assert all(t[2] > 0 for t in own)
            days = {credit.id: credit.day for credit in credits}
            assert all(days[t[1]] <= back.day for t in own)
        assert taken == take_back(list(reversed(returns)), list(reversed(credits)))
