"""A test that is skipped has not been run: it counts as a failure here.

pytest-odoo skips browser tests without being asked when it has no server, and Odoo
skips them when it finds no browser. A green run that left half out is worth nothing.
"""

import pytest

# Node ids that may be skipped, each with its reason beside it. Empty on purpose.
ALLOWED = frozenset()


class NoSkip:
    def __init__(self):
        self.skipped = {}

    def pytest_runtest_logreport(self, report):
        expected = hasattr(report, "wasxfail") or report.nodeid in ALLOWED
        if report.skipped and not expected:
            place = report.longrepr
            reason = place[2] if isinstance(place, tuple) else place
            self.skipped[report.nodeid] = str(reason)

    def pytest_collectreport(self, report):
        if report.skipped:
            self.skipped[report.nodeid] = str(report.longrepr)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        if self.skipped and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if self.skipped:
            terminalreporter.section("skipped tests are failures here")
            for nodeid, reason in self.skipped.items():
                terminalreporter.line(f"{nodeid}: {reason}")


def pytest_configure(config):
    config.pluginmanager.register(NoSkip(), "credit-collection-noskip")
