from pathlib import Path

from odoo.tests import tagged

from ...process_case import ProcessCase

CUSTOMERS = 300
LINES = "SELECT COUNT(*) FROM collection_run_line WHERE letter_count > 0"


@tagged("post_install", "-at_install")
class TestRunKill(ProcessCase):
    """kill -9 in the middle of a run, several times; run again: every letter exactly once."""

    worker = Path(__file__).with_name("run_worker.py")

    def _kill_after(self, lines):
        """Start the run and kill it when so many more customers are done."""
        target = self._count(LINES) + lines
        self._kill_at(self._start_worker("run", 0.3), LINES, target)

    def test_every_letter_exactly_once(self):
        self._run_worker("prepare", CUSTOMERS)
        self._kill_after(20)
        self._kill_after(50)
        killed = self._get_result("check")
        self.assertEqual(killed["state"], "running")
        self.assertLess(killed["letters"]["1"], CUSTOMERS)
        self.assertEqual(killed["letters"].keys(), {"1"})
        self._run_worker("run", 0)
        done = self._get_result("check")
        everybody = {"1": CUSTOMERS}
        self.assertEqual(
            {name: done[name] for name in ("cases", "letters", "letter_lines", "activities")},
            dict.fromkeys(("cases", "letters", "letter_lines", "activities"), everybody),
        )
        self.assertEqual(done["of_case"], CUSTOMERS)
        self.assertEqual(done["lines"], CUSTOMERS)
        self.assertEqual(done["state"], "done")
        self.assertEqual(done["counts"], [CUSTOMERS] * 3)
        self._run_worker("run", 0)
        self.assertEqual(self._get_result("check"), done)
