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


@tagged("post_install", "-at_install")
class TestRunStopped(ProcessCase):
    """Somebody presses Stop while the job runs in a process of its own."""

    worker = Path(__file__).with_name("run_worker.py")

    def test_stopped_at_work(self):
        """Stop is pressed while the job is in the middle of a batch: it ends after it, without a fault."""
        self._run_worker("prepare", CUSTOMERS)
        worker = self._start_worker("run", 0.5)
        self._wait_until(worker, LINES, 20)
        self._run_worker("stop")
        worker.wait()
        stopped = self._get_result("check")
        self.assertEqual(stopped["state"], "stopped")
        self.assertLess(stopped["lines"], CUSTOMERS)
        self.assertAlmostEqual(stopped["progress"], 100.0 * stopped["lines"] / CUSTOMERS)
        self._run_worker("continue")
        self._run_worker("run", 0)
        done = self._get_result("check")
        self.assertEqual(done["state"], "done")
        self.assertEqual(done["letters"], {"1": CUSTOMERS})
        self.assertEqual(done["lines"], CUSTOMERS)
