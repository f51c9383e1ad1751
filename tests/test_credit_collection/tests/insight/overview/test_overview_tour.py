from odoo.tests import HttpCase, tagged

from .overview_case import OverviewCase


@tagged("post_install", "-at_install")
class TestOverviewTour(OverviewCase, HttpCase):
    """The first page in the browser: as controller and as salesperson."""

    def test_controller(self):
        self.start_tour(
            "/odoo/credit-overview", "insight_overview_controller", login=self.controller.login
        )

    def test_salesperson(self):
        self.start_tour(
            "/odoo/credit-overview", "insight_overview_sales", login=self.salesperson.login
        )

    def test_salesperson_on_a_phone(self):
        self.browser_size = "390x844"
        self.start_tour(
            "/odoo/credit-overview", "insight_overview_phone", login=self.salesperson.login
        )
