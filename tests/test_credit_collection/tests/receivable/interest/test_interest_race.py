from pathlib import Path

from odoo.tests import tagged

from ...process_case import ProcessCase

CUSTOMERS = 16
NOTES = "SELECT COUNT(*) FROM receivable_interest"


@tagged("post_install", "-at_install")
class TestInterestRace(ProcessCase):
    """Runs, approvals and postings at once, and a run that is killed: each day is charged once."""

    worker = Path(__file__).with_name("interest_worker.py")

    def test_runs(self):
        self._run_worker("prepare", CUSTOMERS)
        with self.subTest("killed"):
            self._kill_at(self._start_worker("propose", 0.3), NOTES, 4)
            killed = self._get_result("check")
            self.assertLess(killed["notes"], CUSTOMERS)
            self.assertFalse(killed["until"], "the month is not done")
            self.assertEqual((killed["twice"], killed["days"]), (0, [10]))
        with self.subTest("two at once go on"):
            workers = [self._start_worker("propose", 0.1) for _number in range(2)]
            for worker in workers:
                worker.wait()
            done = self._get_result("check")
            self.assertEqual(
                done,
                {"notes": CUSTOMERS, "numbers": CUSTOMERS, "until": True, "customers": CUSTOMERS,
                 "days": [10], "twice": 0},
            )  # fmt: skip
        with self.subTest("once more"):
            self._run_worker("propose", 0)
            self.assertEqual(self._get_result("check"), done)

    def _race(self, what):
        """One of three succeeds; the others are told that it is taken, or done already."""
        result = self._get_result("race", what)
        self.assertEqual(result["outcomes"].pop("ok"), 1, result)
        self.assertLessEqual(result["outcomes"].keys(), {"UserError", "LockError"})
        self.assertEqual((result["deadlocks"], result["twice"]), (0, 0))
        return result

    def test_three_propose_the_same(self):
        result = self._race("propose")
        self.assertEqual(result["states"], ["draft"])

    def test_three_approve_one_note(self):
        result = self._race("approve")
        self.assertEqual((result["states"], result["waiver_logged"]), (["approved"], 1))

    def test_three_post_one_note(self):
        result = self._race("post")
        self.assertEqual((result["states"], result["invoices"]), (["posted"], 1))
