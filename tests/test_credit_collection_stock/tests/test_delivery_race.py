from collections import Counter
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.test_credit_collection.tests.process_case import ProcessCase

DELIVERIES, ROOM = 8, 3  # as in the worker


@tagged("post_install", "-at_install")
class TestDeliveryRace(ProcessCase):
    """Eight processes validate deliveries of one customer at the same instant, with room for three."""

    worker = Path(__file__).with_name("race_worker_stock.py")

    def _race(self, kind):
        result = self._get_result(kind)
        outcomes = Counter(outcome for outcome, _seconds, _deadlocks in result["outcomes"])
        self.assertEqual(outcomes, {"ok": DELIVERIES}, "nobody got an error")
        self.assertEqual(sum(deadlocks for _o, _s, deadlocks in result["outcomes"]), 0)
        self.assertEqual(Counter(result["state"]), {"done": ROOM, "assigned": DELIVERIES - ROOM})
        self.assertEqual(result["open_holds"], DELIVERIES - ROOM)

    def test_goods_beyond_the_orders(self):
        self._race("over")

    def test_goods_of_orders_that_do_not_count_yet(self):
        self._race("far")
