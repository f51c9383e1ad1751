from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .glance_case import GlanceCase


@tagged("post_install", "-at_install")
class TestGlanceTour(GlanceCase, HttpCase):
    """The page in the browser: from customer, case, hold and order, by keyboard, on a phone."""

    def test_from_all_four(self):
        for n in range(25):
            self._call(f"call {n}")
        for path, user in (
            (f"res.partner/{self.late.id}", self.controller),
            (f"collection-cases/{self.case.id}", self.collector),
            (f"credit-holds/{self.hold.id}", self.controller),
            (f"sale.order/{self.hold.order_id.id}", self.salesperson),
        ):
            with self.subTest(path=path):
                self.start_tour(f"/odoo/{path}", "insight_glance_open", login=user.login)

    def test_reading_on(self):
        for n in range(25):
            self._call(f"call {n}")
        self.start_tour(
            f"/odoo/credit-glance/{self.late.id}", "insight_glance_read", login=self.collector.login
        )

    def test_in_the_company_of_the_document(self):
        """A user who works in one company opens the case of another; a reload keeps it."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.collector.sudo().write({"company_ids": [Command.link(other.id)]})
        self.collector.sudo().company_id = other
        self.start_tour(
            f"/odoo/collection-cases/{self.case.id}?cids={other.id}-{self.company.id}",
            "insight_glance_elsewhere",
            login=self.collector.login,
        )

    def test_on_a_phone(self):
        self.browser_size = "390x844"
        self.start_tour(
            f"/odoo/credit-glance/{self.late.id}", "insight_glance_phone",
            login=self.salesperson.login,
        )  # fmt: skip
