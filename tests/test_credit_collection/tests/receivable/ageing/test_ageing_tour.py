from odoo.tests import HttpCase, tagged

from .ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestAgeingTour(AgeingCase, HttpCase):
    """The dialog of the ageing in the browser."""

    def test_the_calendar_covers_no_button(self):
        self._invoice(self._customer("Late & Co"), 100, 10)
        self.start_tour(
            "/odoo/action-credit_collection.receivable_ageing_report_action",
            "receivable_ageing_calendar",
            login=self.accountant.login,
        )
