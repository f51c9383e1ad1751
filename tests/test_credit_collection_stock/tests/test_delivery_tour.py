from odoo.tests import HttpCase, tagged

from .delivery_case import DeliveryCase


@tagged("post_install", "-at_install")
class TestDeliveryTour(DeliveryCase, HttpCase):
    """In the browser: a delivery is stopped, its release approved, and it leaves."""

    def test_story(self):
        _order, picking = self._sold()
        self._freeze()
        url = f"/odoo/action-stock.action_picking_tree_all/{picking.id}"
        self.start_tour(url, "credit_delivery_stopped", login=self.warehouse.login)
        self.assertWaits(picking)
        hold = self._delivery_hold(picking)
        self._request(hold)
        self._approve(hold)
        self.start_tour(url, "credit_delivery_released", login=self.warehouse.login)
        self.assertLeft(picking)
