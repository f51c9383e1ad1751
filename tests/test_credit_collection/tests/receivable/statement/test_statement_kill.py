from pathlib import Path

from odoo.tests import tagged

from ...process_case import ProcessCase

CUSTOMERS = 60
SENT = "SELECT COUNT(*) FROM receivable_statement_document WHERE state = 'sent'"


@tagged("post_install", "-at_install")
class TestStatementKill(ProcessCase):
    """kill -9 while statements are sent, several times; every customer gets exactly one mail."""

    worker = Path(__file__).with_name("statement_worker.py")

    def _kill_after(self, sent):
        target = self._count(SENT) + sent
        self._kill_at(self._start_worker("send", 0.2), SENT, target)

    def test_every_statement_exactly_once(self):
        self._run_worker("prepare", CUSTOMERS)
        self._kill_after(5)
        self._kill_after(15)
        killed = self._get_result("check")
        self.assertEqual(killed["states"], ["running"])
        self.assertLess(killed["documents"]["sent"], CUSTOMERS)
        self.assertEqual(killed["mails"], {"1": killed["documents"]["sent"]})
        self._run_worker("send", 0)
        done = self._get_result("check")
        self.assertEqual(
            done,
            {"customers": CUSTOMERS, "documents": {"sent": CUSTOMERS}, "mails": {"1": CUSTOMERS},
             "linked": CUSTOMERS, "files": CUSTOMERS, "states": ["done"]},
        )  # fmt: skip
        self._run_worker("send", 0)
        self.assertEqual(self._get_result("check"), done)

    def test_two_jobs_at_once(self):
        """Two processes work on the queue: the index and the locks leave one mail for each."""
        self._run_worker("prepare", 20)
        first, second = self._start_worker("send", 0.05), self._start_worker("send", 0.05)
        first.wait()
        second.wait()
        done = self._get_result("check")
        self.assertEqual(set(done["mails"]), {"1"})
        self.assertEqual(done["documents"], {"sent": done["customers"]})
