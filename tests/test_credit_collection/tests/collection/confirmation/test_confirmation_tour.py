from odoo.tests import HttpCase, tagged

from .sheet_case import SheetCase


@tagged("post_install", "-at_install")
class TestConfirmationTour(SheetCase, HttpCase):
    """The confirmation sheet from both sides, in the browser (P3-03 to P3-05)."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(self.buyer, 500, 10)
        self.case = self._case(user=self.collector)
        self.sheet = self._make()

    def test_by_link(self):
        self.start_tour(
            f"/collection/sheet/{self.sheet.id}/{self.sheet._get_token()}", "collection_sheet_link"
        )
        self.env.invalidate_all()
        self.assertRecordValues(self.sheet, [{"state": "answered", "answered_by_link": True}])
        self.assertEqual(self.invoice.collection_reason_id, self.quality)

    def test_both_sides(self):
        self.start_tour(
            f"/odoo/overdue-confirmations/{self.sheet.id}",
            "collection_sheet_salesperson",
            login=self.salesperson.login,
        )
        self.env.invalidate_all()
        self.assertEqual(self.sheet.state, "answered")
        self.start_tour(
            "/odoo/overdue-confirmations", "collection_sheet_finance", login=self.controller.login
        )
        self.env.invalidate_all()
        self.assertEqual(self.sheet.state, "routed")
        task = self._activities(self.case, "mail_activity_sheet_work")
        self.assertEqual(task.user_id, self.collector)
        self.assertIn("Visit", str(task.note))
