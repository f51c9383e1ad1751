from odoo.tests import HttpCase, tagged

from ..resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestWorklistTour(ResolutionCase, HttpCase):
    """The morning of a collector in the browser."""

    def test_morning(self):
        self.company.sudo().write(
            {"collection_contact_max": 0, "collection_hour_from": 0.0, "collection_hour_to": 24.0}
        )
        big = self._customer("Big Debtor", phone="+86 21 5555 00")
        small = self._customer("Small Debtor")
        invoice = self._invoice(big, 5000, days_overdue=40)
        self._invoice(small, 400, days_overdue=20)
        cases = self._case(big) | self._case(small)
        cases._refresh()
        self.start_tour(
            "/odoo/collection-worklist", "collection_morning", login=self.collector.login
        )
        self.env.invalidate_all()
        case = cases[0].sudo()
        self.assertRecordValues(
            case.promise_ids.line_ids,
            [{"move_line_id": self._claims(invoice).id, "amount": 3000}],
        )
        self.assertEqual(case.contact_ids.summary, "The chief accountant is back tomorrow.")
