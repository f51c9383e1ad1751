from odoo.tests import HttpCase, freeze_time, tagged

from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestReportTour(AgeingCase, HttpCase):
    """In the browser, from the draft of a monthly report to its mail (P1-15)."""

    def test_from_draft_to_mail(self):
        customer = self._customer("One", limit=500)
        self._dated(customer, 1100, "2025-04-10", due="2025-05-10")
        for day, closed in (("2025-05-31", "2025-06-06"), ("2025-06-30", "2025-07-06")):
            with freeze_time(f"{closed} 12:00:00"):
                self.env["insight.kpi"]._compute_months(
                    self.company, self._day(day), self._day(day)
                )
                self.env["insight.month"]._close(self.company, self._day(day))
        board = self.env["res.partner"].create({"name": "Board", "email": "b@example.com"})
        self.company.sudo().insight_report_partner_ids = board
        drafting, approving = self.finance_manager, self.general_manager
        self.start_tour("/odoo/receivables-reports", "insight_report_draft", login=drafting.login)
        report = self.env["insight.report"].search([("company_id", "=", self.company.id)])
        self.assertEqual(report.state, "requested")
        page = f"/odoo/receivables-reports/{report.id}"
        self.start_tour(page, "insight_report_approve", login=approving.login)
        self.start_tour(page, "insight_report_send", login=drafting.login)
        self.env.invalidate_all()
        self.assertTrue(report.sent_at)
        self.assertTrue(report.attachment_ids)
        comment = report.section_ids.filtered(lambda s: s.kind == "totals").comment
        self.assertIn("pays late", comment)
