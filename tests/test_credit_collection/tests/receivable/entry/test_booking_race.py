from pathlib import Path

from odoo.tests import tagged

from ...process_case import ProcessCase

LOST = ["UserError", "UserError", "ok"]


@tagged("post_install", "-at_install")
class TestBookingRace(ProcessCase):
    """Three processes book the same amount at the same instant (P1-12, P3-09).

    The processes have connections of their own, so they work on a copy of the database.
    """

    worker = Path(__file__).with_name("booking_race_worker.py")

    def _race(self, kind):
        result = self._get_result(kind)
        self.assertEqual(result["deadlocks"], 0)
        return result

    def test_the_last_of_the_allowance_is_drawn_once(self):
        """150 are left, three write-offs of 100 are approved: 100, 50 and nothing of it."""
        result = self._race("approve")
        self.assertEqual(result["outcomes"], ["ok"] * 3)
        self.assertEqual(result["states"], ["approved"] * 3)
        self.assertEqual(result["from_allowance"], [0, 50, 100])
        # 150 were expensed when they were provided for.
        self.assertEqual((result["allowance"], result["expense"]), (0, 300))

    def test_an_application_approved_three_times_is_booked_once(self):
        result = self._race("approve_twice")
        self.assertEqual(result["outcomes"].count("ok"), 1, result["outcomes"])
        self.assertEqual(result["from_allowance"], [100])
        self.assertEqual((result["allowance"], result["expense"]), (-50, 150))

    def test_a_claim_is_recovered_once(self):
        """One claim of 100 and three payments of 100."""
        result = self._race("recover")
        self.assertEqual(result["outcomes"], LOST)
        self.assertEqual((result["recoveries"], result["recovered"]), (["done"], 100))
        self.assertEqual(result["recovery"], -100)

    def test_a_payment_recovers_once(self):
        """Three claims of 100 and one payment of 100."""
        result = self._race("payment")
        self.assertEqual(result["outcomes"], LOST)
        self.assertEqual((result["recoveries"], result["recovered"]), (["done"], 100))
        self.assertEqual(result["recovery"], -100)

    def test_a_provision_is_posted_once(self):
        """The target is 100 where 150 are: 50 are released, once."""
        result = self._race("provision")
        self.assertEqual(result["outcomes"], LOST)
        self.assertEqual((result["allowance"], result["expense"]), (-100, 100))
