import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil

from odoo.tests import BaseCase, get_db_name

from . import scratch_db

PATIENCE = 300  # seconds
SEED = Path(__file__).with_name("process_seed.py")


class Worker:
    """A process with connections of its own, forked from one that has loaded Odoo."""

    def __init__(self, address, arguments):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(address)
        self._socket.sendall(json.dumps([str(part) for part in arguments]).encode() + b"\n")
        self._file = self._socket.makefile()
        self.pid = int(self._file.readline())

    def is_at_work(self):
        return psutil.pid_exists(self.pid)

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self._get_output()

    def wait(self, timeout=PATIENCE):
        """Its output, after it ended by itself and without an error."""
        self._socket.settimeout(timeout)
        output = self._get_output()
        if output.splitlines()[-1:] != ["EXIT 0"]:
            raise AssertionError(output[-6000:])
        return output

    def _get_output(self):
        with self._socket, self._file:
            return self._file.read()


class ProcessCase(BaseCase):
    """Tests with processes of their own, on a copy of the committed database.

    `worker` is a script whose `main` takes the database and a step, and prints what it found as a
    line of JSON after `RESULT`. Its processes are forked from one that has loaded Odoo.
    """

    worker = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = scratch_db.copy_of(get_db_name())
        cls.addClassCleanup(scratch_db.drop, cls.database)
        cls.address = f"\0cc_seed_{uuid.uuid4().hex}"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(cls.address)
            server.listen(64)
            descriptor = server.fileno()
            seed = subprocess.Popen(
                [sys.executable, SEED, cls.worker, cls.database, str(descriptor)],
                env=scratch_db.environment(),
                pass_fds=[descriptor],
            )
        cls.addClassCleanup(seed.wait)
        cls.addClassCleanup(seed.kill)

    def _run_worker(self, *arguments):
        """Output of a step that runs to its end."""
        return self._start_worker(*arguments).wait(timeout=600)

    def _get_result(self, *arguments):
        """Result of a step."""
        output = self._run_worker(*arguments)
        line = next(line for line in output.splitlines() if line.startswith("RESULT "))
        return json.loads(line.removeprefix("RESULT "))

    def _start_worker(self, *arguments):
        """A step that runs beside the test."""
        return Worker(self.address, arguments)

    def _count(self, query):
        """Number a query gives of the committed state."""
        return int(scratch_db.run("psql", "-Atc", query, self.database))

    def _wait_until(self, worker, query, number):
        """Wait for the moment, with the work in its middle, when the query counts so many."""
        deadline = time.time() + PATIENCE
        while self._count(query) < number:
            self.assertTrue(worker.is_at_work(), "The work ended too early.")
            self.assertLess(time.time(), deadline)
            time.sleep(0.1)

    def _kill_at(self, worker, query, number):
        """kill -9 as soon as the query counts so many."""
        try:
            self._wait_until(worker, query, number)
        finally:
            worker.kill()
