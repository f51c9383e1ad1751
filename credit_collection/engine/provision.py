"""Loss rates of ageing columns from the company's own roll rates (IFRS 9, simplified approach).

A roll rate is the share of a column's amount that was still unpaid when it had to leave
it for the next. The loss of a column is the part that rolls through all the columns after it,
times the share of the last column that is never paid.
"""


def roll_rate(samples):
    """Return the share that rolled on, over several months, weighted by amount.

    :param samples: (amount that stood in the column, amount still open when it left) per month
    :return: between 0 and 1; None without a history
    """
    stood = sum(start for start, _rolled in samples)
    if stood <= 0:
        return None
    return min(max(sum(rolled for _start, rolled in samples) / stood, 0.0), 1.0)


def loss_rates(rolls, loss_given_last=1.0):
    """Return the loss rate of each column, the last one included.

    :param rolls: roll rate of each column but the last; None (no history) counts as 1, so
        that unseen columns are not taken for safe
    :param loss_given_last: share of the last column that is lost, 0 to 1
    """
    if not 0 <= loss_given_last <= 1:
        raise ValueError("loss given the last column must be between 0 and 1")
    rates = [loss_given_last]
    for roll in reversed(rolls):
        rates.append(rates[-1] * (1.0 if roll is None else roll))
    return rates[::-1]
