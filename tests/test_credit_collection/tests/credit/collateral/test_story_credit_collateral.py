from datetime import datetime

from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .collateral_case import CollateralCase


@tagged("post_install", "-at_install")
class TestStoryCollateral(CollateralCase):
    """Guarantees by the day, and limits that are shared (P4-21)."""

    def _passes(self, order):
        order.with_user(order.user_id).action_credit_confirm()
        self.env.invalidate_all()
        return order.state == "sale"

    def _guarantee(self, partner, **values):
        view = Form(self.env["credit.security"].with_user(self.controller))
        view.name = "Letter of guarantee"
        view.kind = values.pop("kind", "guarantee")
        view.partner_id = partner
        for name, value in values.items():
            setattr(view, name, value)
        return view.save()

    def test_last_day_where_the_company_is(self):
        """Valid to 10 March: the whole of that day, and not a minute of the 11th."""
        for zone, midnight in (
            ("Pacific/Kiritimati", datetime(2027, 3, 10, 10, 0)),
            ("Pacific/Pago_Pago", datetime(2027, 3, 11, 11, 0)),
        ):
            with self.subTest(zone=zone):
                self.company.sudo().partner_id.tz = zone
                customer = self._customer(zone, limit=1000)
                self._guarantee(customer, value=500, date_from="2027-03-01", date_to="2027-03-10")
                last = midnight.replace(hour=midnight.hour - 1, minute=59)
                with freeze_time(midnight):
                    self.assertLimit(1000, customer)
                    self.assertFalse(self._passes(self._order(customer, 1500)))
                with freeze_time(last):
                    self.assertLimit(1500, customer)
                    self.assertTrue(self._passes(self._order(customer, 1500)))

    def test_insured_share(self):
        # 80 % of 1,250 = 1,000.
        insurer = self._customer("Insurer")
        self._guarantee(
            self.customer,
            kind="insurance",
            insurer_id=insurer,
            value=1250,
            coverage_percent=80,
            date_from=self._today(),
        )
        self.assertLimit(2000)
        self.assertFalse(self._passes(self._order(self.customer, 2000.01)))
        self.assertTrue(self._passes(self._order(self.customer, 2000)))

    def test_security_given_for_a_branch(self):
        branch = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.customer.id, "type": "other"}
        )
        security = self._guarantee(branch, value=500, date_from=self._today())
        self.assertEqual(security.commercial_partner_id, self.customer)
        self.assertLimit(1500)
        self.assertTrue(self._passes(self._order(branch, 1500)))

    def test_one_member_over_stops_both(self):
        """Shared 1,500. One holds 1,600 of an own limit of 2,000: no room for the other's 10."""
        big = self._customer("Big", limit=2000)
        small = self._customer("Small", limit=500)
        order = self._order(big, 1600, confirm=True)
        self.assertEqual(order.state, "sale")
        view = Form(self.env["credit.group"].with_user(self.controller))
        view.name = "Holding"
        view.limit = 1500
        for member in big | small:
            with view.line_ids.new() as line:
                line.partner_id = member
        group = view.save()
        self.env.invalidate_all()
        self.assertRecordValues(group.with_env(self.env), [{"exposure": 1600, "available": -100}])
        self.assertFalse(self._passes(self._order(small, 10)))
        self.assertFalse(self._passes(self._order(big, 10)))
        # Off the group: only the own room counts again.
        group.write({"line_ids": [Command.delete(group.line_ids[1].id)]})
        self.assertTrue(self._passes(self._order(small, 10)))

    def test_shared_limit_meets_the_own_one(self):
        """Shared 1,000; each may use 800 alone: after 800 the other has 200."""
        first, second = self._customer("First", limit=800), self._customer("Second", limit=800)
        self.env["credit.group"].with_user(self.controller).create(
            {
                "name": "Pair",
                "limit": 1000,
                "line_ids": [Command.create({"partner_id": p.id}) for p in first | second],
            }
        )
        self.assertTrue(self._passes(self._order(first, 800)))
        self.assertEqual(self._figures(second).credit_available, 200)
        self.assertFalse(self._passes(self._order(second, 200.01)))
        self.assertTrue(self._passes(self._order(second, 200)))
