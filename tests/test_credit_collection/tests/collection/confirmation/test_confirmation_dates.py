from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .sheet_case import SheetCase


@tagged("post_install", "-at_install")
class TestConfirmationDates(SheetCase):
    """On which day notices and sheets go out: P3-03, by the working calendar and time zone."""

    def _story(self, days):
        """{day: (notices, sheets) there are after the daily run of that day}."""
        found = {}
        for day in days:
            with self._on(day):
                self._daily()
            found[day] = (len(self._mails("Overdue summary")), len(self._sheets()))
        return found

    def test_the_3rd_on_a_sunday(self):
        """3 January 2027 is a Sunday: the notice goes on Monday the 4th, the sheet on the 5th."""
        with self._on("2026-12-20"):
            self._invoice(self.buyer, 500, 10)
        self._enable("2026-12-01", "2026-12-01")
        days = ("2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05", "2027-01-06")
        self.assertEqual(
            self._story(days),
            dict(zip(days, ((0, 0), (0, 0), (1, 0), (1, 1), (1, 1)), strict=True)),
        )
        sheet = self._sheets()
        # Five working days after Tuesday the 5th; the reminder on the working day before.
        self.assertRecordValues(
            sheet,
            [
                {
                    "date": sheet.date.replace(2027, 1, 5),
                    "date_deadline": sheet.date.replace(2027, 1, 12),
                    "date_remind": sheet.date.replace(2027, 1, 11),
                    "period": sheet.date.replace(2027, 1, 1),
                }
            ],
        )

    def test_chinese_new_year(self):
        """Closed 2 to 9 February 2027: notice on the 10th, sheet on the 11th."""
        with self._on("2027-01-20"):
            self._invoice(self.buyer, 500, 10)
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "Spring Festival",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2027-02-01 16:00:00",
                "date_to": "2027-02-09 15:59:59",
            }
        )
        self._enable("2027-01-01", "2027-01-01")
        days = ("2027-02-03", "2027-02-09", "2027-02-10", "2027-02-11")
        self.assertEqual(
            self._story(days), dict(zip(days, ((0, 0), (0, 0), (1, 0), (1, 1)), strict=True))
        )
        # The deadline jumps over the weekend: 12, 15, 16, 17, 18.
        self.assertEqual(str(self._sheets().date_deadline), "2027-02-18")

    def test_time_zone(self):
        """It is the 4th in Shanghai from 16:00 UTC on the 3rd."""
        with self._on("2027-01-20"):
            self._invoice(self.buyer, 500, 10)
        self._enable("2027-03-01", "2027-02-01")
        with self._on("2027-03-03", "15:59:00"):
            self._daily()
            self.assertFalse(self._sheets())
        with self._on("2027-03-03", "16:00:00"):
            self._daily()
            self.assertEqual(str(self._sheets().date), "2027-03-04")

    def test_missed_days_are_made_up_for_once(self):
        with self._on("2027-01-20"):
            self._invoice(self.buyer, 500, 10)
        self._enable("2027-01-01", "2027-01-01")
        days = ("2027-03-20", "2027-03-21", "2027-03-22")
        self.assertEqual(self._story(days), dict.fromkeys(days, (1, 1)))
        self.assertEqual(str(self._sheets().period), "2027-03-01")

    def test_switched_on_late_in_the_month(self):
        """Nobody gets a sheet of a day that was over before sheets were wanted."""
        with self._on("2027-01-20"):
            self._invoice(self.buyer, 500, 10)
            self.company.sudo().collection_sheet_enabled = True
        days = ("2027-01-20", "2027-02-02", "2027-02-03", "2027-02-04")
        self.assertEqual(
            self._story(days), dict(zip(days, ((0, 0), (0, 0), (1, 0), (1, 1)), strict=True))
        )

    def test_switched_off(self):
        with self._on("2027-01-20"):
            self._invoice(self.buyer, 500, 10)
        self.assertEqual(self._story(("2027-02-03", "2027-02-04")).popitem()[1], (0, 0))

    def test_cron(self):
        """The scheduled action itself, which commits company by company."""
        with self._on("2027-01-20"):
            self._invoice(self.buyer, 500, 10)
        self._enable("2027-01-01", "2027-01-01")
        with self._on("2027-02-04"):
            self._run_job("collection_sheets")
        self.assertEqual(len(self._sheets()), 1)

    def test_settings_are_checked(self):
        for values in (
            {"collection_sheet_day": 29},
            {"collection_sheet_answer_days": 0},
            {"collection_takeover_days": -1},
        ):
            with self.subTest(values=values), mute_logger("odoo.sql_db"):
                with self.assertRaises(IntegrityError):
                    self.company.sudo().write(values)
                    self.env.flush_all()
