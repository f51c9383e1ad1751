"""Databases of their own for tests that need committed data, several processes or an uninstall."""

import os
import subprocess
import sys
import time
import uuid

from odoo.tools import config

OURS = ("credit_collection", "test_credit_collection")


def environment():
    """Environment in which psql and Odoo find the server this test runs on."""
    values = dict(os.environ)
    for name in ("host", "port", "user", "password"):
        if config[f"db_{name}"]:
            values[f"PG{name.upper()}"] = str(config[f"db_{name}"])
    values["ODOO_RC"] = config["config"]
    return values


def run(*command, text=None, timeout=300):
    """Run a program; its output, or an error that carries it."""
    done = subprocess.run(
        [str(part) for part in command],
        env=environment(),
        input=text,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    if done.returncode:
        raise AssertionError(f"{command} failed:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}")
    return done.stdout + done.stderr


def odoo(*arguments, text=None):
    """Run Odoo on the same settings as this test (they come by ODOO_RC); its log."""
    command = arguments if arguments[0] == "module" else (*arguments, "--no-http")
    return run(sys.executable, "-m", "odoo", *command, text=text)


def drop(name):
    for again in (True, True, False):
        try:
            run("dropdb", "--if-exists", "--force", name)
            return
        except AssertionError:
            # PostgreSQL may be tidying it up by itself, which only its superuser may end.
            if not again:
                raise
            time.sleep(5)


def from_template(template):
    """A copy of a database that nobody uses."""
    name = f"cc_scratch_{uuid.uuid4().hex[:8]}"
    # From 15 on the default copies through the log: slower for a whole Odoo.
    version = run("psql", "-Atc", "SHOW server_version_num", "postgres")
    strategy = ["--strategy=file_copy"] if int(version) >= 150000 else []
    run("createdb", "--template", template, *strategy, name)
    return name


def copy_of(source):
    """A copy of what `source`, which may be in use, was when its tests began.

    That is the database it was made from (CC_TEMPLATE, which `make test` sets), else what is
    committed in it.
    """
    if os.environ.get("CC_TEMPLATE"):
        return from_template(os.environ["CC_TEMPLATE"])
    name = f"cc_scratch_{uuid.uuid4().hex[:8]}"
    run("createdb", name)
    dump = subprocess.Popen(
        ["pg_dump", "--format=plain", "--no-owner", source],
        env=environment(),
        stdout=subprocess.PIPE,
    )
    subprocess.run(
        ["psql", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", name],
        env=environment(),
        stdin=dump.stdout,
        check=True,
        timeout=300,
    )
    if dump.wait():
        raise AssertionError(f"pg_dump of {source} failed")
    return name


def without_ours():
    """A database with everything this add-on depends on, but without it."""
    names = run(
        "psql", "-Atc", "SELECT datname FROM pg_database WHERE datname LIKE 'cc\\_base\\_%'",
        "postgres",
    ).split()  # fmt: skip
    if names:
        return from_template(names[0])
    name = f"cc_scratch_{uuid.uuid4().hex[:8]}"
    odoo("-d", name, "-i", "sale_management,base_tier_validation,report_xlsx",
         "--stop-after-init")  # fmt: skip
    return name
