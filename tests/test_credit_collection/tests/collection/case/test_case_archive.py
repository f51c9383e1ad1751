from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..run.run_case import RunCase


@tagged("post_install", "-at_install")
class TestCaseArchive(RunCase):
    """Closed cases go to the archive when their year has ended, and come back (P3-10)."""

    def setUp(self):
        super().setUp()
        self.cases = self.env["collection.case"].sudo()
        for name in ("Last Year", "This Year", "Open"):
            self._invoice(self._customer(name), 1000, days_overdue=10)
        self._run()
        for name, day in (("Last Year", "2025-12-31"), ("This Year", "2026-01-01")):
            case = self._found(name)
            case._do_close("collected")
            case._system().date_close = day

    def _found(self, name):
        return self.cases.with_context(active_test=False).search([("partner_id.name", "=", name)])

    def _archive(self, moment):
        with freeze_time(moment):
            self.cases._cron_archive()
        return {name: self._found(name).active for name in ("Last Year", "This Year", "Open")}

    def test_when_the_year_has_ended(self):
        self.company.sudo().partner_id.tz = "Asia/Shanghai"
        # The year ends where the company is: 15:00 UTC is before midnight in Shanghai, 17:00 after.
        self.assertEqual(
            self._archive("2025-12-31 12:00:00"),
            {"Last Year": True, "This Year": True, "Open": True},
        )
        self.assertEqual(
            self._archive("2026-12-31 15:00:00"),
            {"Last Year": False, "This Year": True, "Open": True},
        )
        self.assertEqual(
            self._archive("2026-12-31 17:00:00"),
            {"Last Year": False, "This Year": False, "Open": True},
        )

    def test_back_from_the_archive(self):
        self._archive("2026-11-20 12:00:00")
        case = self._found("Last Year")
        self.assertEqual(case.date_close, date(2025, 12, 31))
        case.with_user(self.manager).action_reopen()
        self.assertRecordValues(case, [{"active": True, "state": "open", "date_close": False}])

    def test_nobody_archives_by_hand(self):
        case = self._found("Open")
        for user in (self.collector, self.manager):
            with self.assertRaises(AccessError):
                case.with_user(user).write({"active": False})
            with self.assertRaises(AccessError):
                case.with_user(user).action_archive()

    def test_what_is_owed_again_opens_it(self):
        self._archive("2026-11-20 12:00:00")
        case = self._found("Last Year")
        found = self.cases._receivable_revive(self.company, case.partner_id)
        self.assertEqual(found, case)
        self.assertTrue(case.active)
