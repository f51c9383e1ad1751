import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from odoo.tests import BaseCase, get_db_name, tagged

from . import scratch_db

WORKER = Path(__file__).with_name("review_worker.py")
CUSTOMERS = 120


@tagged("post_install", "-at_install")
class TestReviewKill(BaseCase):
    """kill -9 in the middle of the daily review, and two of them at once: everything exactly once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = scratch_db.copy_of(get_db_name())
        cls.addClassCleanup(scratch_db.drop, cls.database)

    def _worker(self, *arguments):
        return scratch_db.run(sys.executable, WORKER, self.database, *arguments, timeout=600)

    def _start(self, pause):
        return subprocess.Popen(
            [sys.executable, str(WORKER), self.database, "run", str(pause)],
            env=scratch_db.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _check(self):
        output = self._worker("check")
        line = next(line for line in output.splitlines() if line.startswith("RESULT "))
        return json.loads(line.removeprefix("RESULT "))

    def _applications(self):
        return int(
            scratch_db.run(
                "psql", "-Atc", "SELECT COUNT(*) FROM credit_application WHERE review_key IS NOT NULL",
                self.database,
            )
        )  # fmt: skip

    def _wait_for(self, worker, number):
        deadline = time.time() + 300
        while self._applications() < number:
            self.assertIsNone(worker.poll(), "The run ended before it could be killed.")
            self.assertLess(time.time(), deadline)
            time.sleep(0.1)

    def test_everything_exactly_once(self):
        self._worker("prepare", CUSTOMERS)
        killed = self._start(0.5)
        try:
            self._wait_for(killed, 20)
        finally:
            killed.send_signal(signal.SIGKILL)
            killed.communicate()
        middle = self._check()
        self.assertTrue(middle["cursor"])
        self.assertLess(middle["applications"]["1"], CUSTOMERS)
        # Goes on where it was; a second one beside it steps back.
        pair = [self._start(0.3), self._start(0.3)]
        for worker in pair:
            output, _nothing = worker.communicate(timeout=300)
            self.assertEqual(worker.returncode, 0, output[-3000:])
        done = self._check()
        everybody = {"1": CUSTOMERS}
        self.assertEqual(
            done,
            {
                "levels": {"high": CUSTOMERS}, "decisions": everybody, "applications": everybody,
                "activities": everybody, "warnings": everybody, "cursor": 0,
            },
        )  # fmt: skip
        self._worker("run", 0)
        self.assertEqual(self._check(), done)
