from pathlib import Path

from odoo.tests import tagged

from ...process_case import ProcessCase

CUSTOMERS = 120
APPLICATIONS = "SELECT COUNT(*) FROM credit_application WHERE review_key IS NOT NULL"


@tagged("post_install", "-at_install")
class TestReviewKill(ProcessCase):
    """kill -9 in the middle of the daily review, and two of them at once: everything exactly once."""

    worker = Path(__file__).with_name("review_worker.py")

    def test_everything_exactly_once(self):
        self._run_worker("prepare", CUSTOMERS)
        self._kill_at(self._start_worker("run", 0.5), APPLICATIONS, 20)
        middle = self._get_result("check")
        self.assertTrue(middle["cursor"])
        self.assertLess(middle["applications"]["1"], CUSTOMERS)
        # Goes on where it was; a second one beside it steps back.
        pair = [self._start_worker("run", 0.3), self._start_worker("run", 0.3)]
        for worker in pair:
            worker.wait()
        done = self._get_result("check")
        everybody = {"1": CUSTOMERS}
        self.assertEqual(
            done,
            {
                "levels": {"high": CUSTOMERS}, "decisions": everybody, "applications": everybody,
                "activities": everybody, "warnings": everybody, "cursor": 0,
            },
        )  # fmt: skip
        self._run_worker("run", 0)
        self.assertEqual(self._get_result("check"), done)
