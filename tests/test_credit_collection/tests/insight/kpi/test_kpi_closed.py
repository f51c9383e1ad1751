from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestKpiClosed(AgeingCase):
    """Figures of a month that ended change with a reason only, and the former ones are kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer("Closed Month")
        cls._dated(cls.buyer, 1000, "2025-06-10", due="2025-06-20")

    def _compute(self, reason=False):
        wizard = self.env["insight.kpi.compute"].with_user(self.controller)
        wizard.create(
            {"date_from": "2025-06-01", "date_to": "2025-06-30", "reason": reason}
        ).action_compute()
        return self._row()

    def _row(self, active=True):
        return self.env["insight.kpi"].search(
            [
                ("company_id", "=", self.company.id),
                ("scope", "=", "company"),
                ("date", "=", "2025-06-30"),
                ("active", "=", active),
            ]
        )

    def test_a_closed_month_needs_a_reason_and_keeps_its_former_row(self):
        row = self._compute()
        self.assertEqual((row.closing, row.version), (1000, 1))
        self._dated(self.buyer, 500, "2025-06-12", due="2025-06-22")
        with self.assertRaisesRegex(UserError, "2025-06"):
            self._compute()
        self.assertEqual(self._row(), row)
        new = self._compute("Invoice entered late")
        self.assertRecordValues(
            new, [{"closing": 1500, "version": 2, "reason": "Invoice entered late"}]
        )
        self.assertEqual(self._row(active=False), row)
        self.assertEqual(row.closing, 1000)
        former = new.with_user(self.controller).action_open_former()
        self.assertEqual(
            self.env["insight.kpi"].with_context(active_test=False).search(former["domain"]),
            row,
        )

    def test_nothing_changed_nothing_to_explain(self):
        row = self._compute()
        self.assertEqual(self._compute(), row)
        self.assertFalse(self._row(active=False))

    def test_a_month_that_runs_is_overwritten(self):
        with freeze_time("2025-06-25"):
            row = self._compute()
            self._dated(self.buyer, 500, "2025-06-12", due="2025-06-22")
            self.assertEqual(self._compute(), row)
        self.assertEqual(row.closing, 1500)
        # The first time after its end closes it.
        self.assertEqual(self._compute(), row)

    def test_the_job_closes_the_month_once(self):
        figures = self.env["insight.kpi"]
        self.company.sudo().credit_mode = "observe"
        with freeze_time("2025-07-05 12:00:00"):
            figures._cron_close()
        self.assertFalse(self._row())
        with freeze_time("2025-07-06 12:00:00"):
            figures._cron_close()
        row = self._row()
        self.assertEqual(row.closing, 1000)
        self._dated(self.buyer, 500, "2025-06-12", due="2025-06-22")
        with freeze_time("2025-07-07 12:00:00"):
            figures._cron_close()
        self.assertEqual(self._row(), row)
        self.assertEqual(row.closing, 1000)
