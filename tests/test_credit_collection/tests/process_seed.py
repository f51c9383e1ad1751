"""Loads Odoo once and forks the processes of a test: `python process_seed.py WORKER DATABASE SOCKET`.

Who connects sends the arguments of WORKER's `main` as a line of JSON, and gets the id of a new process,
then what it prints, and in the end `EXIT` with its status, unless it is killed.
"""

import importlib.util
import json
import os
import signal
import socket
import sys
import traceback

from odoo import sql_db
from odoo.modules.registry import Registry
from odoo.tools import config


def load(path):
    spec = importlib.util.spec_from_file_location("worker", path)
    worker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(worker)
    return worker


def work(worker, database, connection):
    """Be the new process. It never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    arguments = json.loads(connection.makefile().readline())
    for output in (1, 2):
        os.dup2(connection.fileno(), output)
    print(os.getpid(), flush=True)  # noqa: T201  # pylint: disable=print-used
    status = 0
    try:
        # What earlier processes committed, as one that begins from nothing sees it.
        Registry(database).check_signaling()
        worker.main(database, *arguments)
    except BaseException:
        traceback.print_exc()
        status = 1
    print("EXIT", status, flush=True)  # noqa: T201  # pylint: disable=print-used
    os._exit(status)


def main(path, database, descriptor):
    config.parse_config(["-d", database, "--no-http", "--log-level=error"], setup_logging=True)
    Registry(database)
    worker = load(path)
    sql_db.close_all()  # connections are not to be shared by processes
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are gone at once
    server = socket.socket(fileno=int(descriptor))
    while True:
        connection, _address = server.accept()
        if not os.fork():
            server.close()
            work(worker, database, connection)
        connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
