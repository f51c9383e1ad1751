import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from odoo.tests import BaseCase, get_db_name, tagged

from ..credit import scratch_db

WORKER = Path(__file__).with_name("run_worker.py")
CUSTOMERS = 300


@tagged("post_install", "-at_install")
class TestRunKill(BaseCase):
    """kill -9 in the middle of a run, several times; run again: every letter exactly once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = scratch_db.copy_of(get_db_name())
        cls.addClassCleanup(scratch_db.drop, cls.database)

    def _worker(self, *arguments):
        return scratch_db.run(sys.executable, WORKER, self.database, *arguments, timeout=600)

    def _check(self):
        output = self._worker("check")
        line = next(line for line in output.splitlines() if line.startswith("RESULT "))
        return json.loads(line.removeprefix("RESULT "))

    def _lines(self):
        return int(
            scratch_db.run(
                "psql", "-Atc", "SELECT COUNT(*) FROM collection_run_line WHERE letter_count > 0",
                self.database,
            )
        )  # fmt: skip

    def _kill_after(self, lines):
        """Start the run and kill it when so many more customers are done."""
        target = self._lines() + lines
        worker = subprocess.Popen(
            [sys.executable, str(WORKER), self.database, "run", "0.3"],
            env=scratch_db.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.time() + 300
        try:
            while self._lines() < target:
                self.assertIsNone(worker.poll(), "The run ended before it could be killed.")
                self.assertLess(time.time(), deadline)
                time.sleep(0.1)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()

    def test_every_letter_exactly_once(self):
        self._worker("prepare", CUSTOMERS)
        self._kill_after(20)
        self._kill_after(50)
        killed = self._check()
        self.assertEqual(killed["state"], "running")
        self.assertLess(killed["letters"]["1"], CUSTOMERS)
        self.assertEqual(killed["letters"].keys(), {"1"})
        self._worker("run", 0)
        done = self._check()
        everybody = {"1": CUSTOMERS}
        self.assertEqual(
            {name: done[name] for name in ("cases", "letters", "letter_lines", "activities")},
            dict.fromkeys(("cases", "letters", "letter_lines", "activities"), everybody),
        )
        self.assertEqual(done["of_case"], CUSTOMERS)
        self.assertEqual(done["lines"], CUSTOMERS)
        self.assertEqual(done["state"], "done")
        self.assertEqual(done["counts"], [CUSTOMERS] * 3)
        self._worker("run", 0)
        self.assertEqual(self._check(), done)
