import json
import signal
import subprocess
import sys
import time

from odoo.tests import BaseCase, get_db_name

from . import scratch_db

PATIENCE = 300  # seconds


class ProcessCase(BaseCase):
    """Tests with processes of their own, on a copy of the committed database.

    `worker` is a script that takes the database and a step, and prints what it found as a
    line of JSON after `RESULT`.
    """

    worker = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = scratch_db.copy_of(get_db_name())
        cls.addClassCleanup(scratch_db.drop, cls.database)

    def _run_worker(self, *arguments):
        """Output of a step that runs to its end."""
        return scratch_db.run(sys.executable, self.worker, self.database, *arguments, timeout=600)

    def _get_result(self, *arguments):
        """Result of a step."""
        output = self._run_worker(*arguments)
        line = next(line for line in output.splitlines() if line.startswith("RESULT "))
        return json.loads(line.removeprefix("RESULT "))

    def _start_worker(self, *arguments):
        """A step that runs beside the test."""
        return subprocess.Popen(
            [sys.executable, str(self.worker), self.database, *map(str, arguments)],
            env=scratch_db.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _count(self, query):
        """Number a query gives of the committed state."""
        return int(scratch_db.run("psql", "-Atc", query, self.database))

    def _kill_at(self, worker, query, number):
        """kill -9 as soon as the query counts so many."""
        deadline = time.time() + PATIENCE
        try:
            while self._count(query) < number:
                self.assertIsNone(worker.poll(), "The work ended before it could be killed.")
                self.assertLess(time.time(), deadline)
                time.sleep(0.1)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.communicate()

    def _wait_for(self, worker):
        """Let a started step end by itself, without an error."""
        output, _nothing = worker.communicate(timeout=PATIENCE)
        self.assertEqual(worker.returncode, 0, output[-3000:])
