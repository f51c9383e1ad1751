"""Loss rates from roll rates, worked by hand."""

import pytest
from engine.provision import loss_rates, roll_rate


def test_roll_rate_is_weighted():
    assert roll_rate([(1000, 100), (3000, 900)]) == pytest.approx(0.25)
    assert roll_rate([(0, 0)]) is None
    assert roll_rate([]) is None
    assert roll_rate([(100, 130)]) == 1.0


def test_loss_rate_is_the_product_to_the_last():
    # 20 % of the amount not due gets late, half of that goes on, 80 % of that is lost half
    assert loss_rates([0.2, 0.5, 0.8], 0.5) == pytest.approx([0.04, 0.2, 0.4, 0.5])
    assert loss_rates([], 0.6) == [0.6]


def test_no_history_is_not_safety():
    assert loss_rates([0.1, None], 1.0) == pytest.approx([0.1, 1.0, 1.0])


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_loss_given_last_is_a_share(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        loss_rates([0.1], share)
