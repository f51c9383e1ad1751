from collections import Counter
from pathlib import Path

from odoo.tests import tagged

from ...process_case import ProcessCase
from .race_worker import LIMITS, LISTS, ORDERS


@tagged("post_install", "-at_install")
class TestRace(ProcessCase):
    """Twenty processes confirm at the same instant for one customer (section 4).

    The processes have connections of their own, so they work on a copy of the database.
    """

    worker = Path(__file__).with_name("race_worker.py")

    def _race(self, method, room=3, *options):
        result = self._get_result(method, room, *options)
        outcomes = Counter(outcome for outcome, _seconds, _deadlocks in result["outcomes"])
        self.assertEqual(sum(deadlocks for _o, _s, deadlocks in result["outcomes"]), 0)
        self.assertLess(max(seconds for _o, seconds, _d in result["outcomes"]), 60)
        return outcomes, result

    def test_twenty_buttons_with_room_for_three(self):
        outcomes, result = self._race("action_credit_confirm")
        self.assertEqual(outcomes, {"ok": ORDERS}, "nobody got an error")
        self.assertEqual(Counter(result["state"]), {"sale": 3, "draft": ORDERS - 3})
        self.assertEqual(Counter(result["credit_state"]), {"clear": 3, "held": ORDERS - 3})
        self.assertEqual(result["open_holds"], ORDERS - 3)

    def test_twenty_programs_with_room_for_three(self):
        outcomes, result = self._race("action_confirm")
        self.assertEqual(outcomes, {"ok": 3, "CreditHoldError": ORDERS - 3})
        self.assertEqual(Counter(result["state"]), {"sale": 3, "draft": ORDERS - 3})

    def test_twenty_buttons_with_room_for_twelve(self):
        """Many winners in a row: Odoo's five attempts must be enough for everybody."""
        outcomes, result = self._race("action_credit_confirm", room=12)
        self.assertEqual(outcomes, {"ok": ORDERS})
        self.assertEqual(Counter(result["state"]), {"sale": 12, "draft": ORDERS - 12})
        self.assertEqual(result["open_holds"], ORDERS - 12)

    def test_twenty_buttons_in_two_companies_that_share_a_limit(self):
        outcomes, result = self._race("action_credit_confirm", 3, "shared")
        self.assertEqual(outcomes, {"ok": ORDERS})
        self.assertEqual(Counter(result["state"]), {"sale": 3, "draft": ORDERS - 3})
        self.assertEqual(result["open_holds"], ORDERS - 3)

    def test_five_shared_limits_want_one_customer(self):
        outcomes, _result = self._race("create")
        self.assertEqual(outcomes, {"ok": 1, "ValidationError": LIMITS - 1})

    def test_lists_of_two_customers_crosswise(self):
        """Two customers confirmed together in opposite order wait for each other, never forever."""
        outcomes, result = self._race("crosswise")
        self.assertEqual(outcomes, {"ok": LISTS})
        self.assertEqual(Counter(result["state"]), {"sale": 2 * LISTS})
