"""Odoo's own tests with the add-on installed: which of them run, and how many went well.

Tests that Odoo itself leaves out of a standard run stay out, and so does what
`scripts/peers_left_out.txt` names for the mode in CC_PEERS_MODE. A line of that list whose
file is run but that matches no test is an error: the list stays true.
"""

import os
import pathlib

import pytest

LIST = pathlib.Path(__file__).with_name("peers_left_out.txt")


def left_out(mode):
    """{name of a file, class or test as `sale/tests/test_x.py::Class::test`: reason} for a mode."""
    names = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            modes, name, reason = line.split(maxsplit=2)
            if modes in (mode, "both"):
                names[name] = reason
    return names


def short(nodeid):
    return nodeid.rpartition("odoo/addons/")[2]


def is_standard(item):
    if not item.cls:  # a helper that pytest takes for a test: Odoo runs classes only
        return False
    return "standard" in {*item.cls.test_tags, *getattr(item.function, "test_tags", ())}


class Peers:
    def __init__(self):
        self.counts = {"passed": 0, "failed": 0}

    def pytest_collection_modifyitems(self, config, items):
        names = left_out(os.environ["CC_PEERS_MODE"])
        files = {short(item.nodeid).partition("::")[0] for item in items}
        keep, drop, used = [], [], set()
        for item in items:
            own = short(item.nodeid)
            matching = {name for name in names if own == name or own.startswith(f"{name}::")}
            used |= matching
            (drop if matching or not is_standard(item) else keep).append(item)
        stale = [n for n in names if n.partition("::")[0] in files and n not in used]
        if stale:
            raise pytest.UsageError(f"{LIST.name} names tests that are not there: {stale}")
        items[:] = keep
        config.hook.pytest_deselected(items=drop)

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.counts["failed"] += 1
        elif report.when == "call" and report.passed:
            self.counts["passed"] += 1

    def pytest_collectreport(self, report):
        self.counts["failed"] += report.failed

    def pytest_sessionfinish(self):
        with open(os.environ["CC_PEERS_COUNTS"], "a", encoding="utf-8") as file:
            file.write("{passed} {failed}\n".format(**self.counts))


def pytest_configure(config):
    config.pluginmanager.register(Peers(), "credit-collection-peers")
