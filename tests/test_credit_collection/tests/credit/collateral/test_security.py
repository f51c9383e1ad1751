from datetime import datetime

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .collateral_case import CollateralCase


@tagged("post_install", "-at_install")
class TestSecurity(CollateralCase):
    """Securities and temporary limits raise the effective limit for a time (P1-05, P4-21)."""

    def test_valid_security_raises_the_limit(self):
        self.assertLimit(1000)
        self._security(500)
        self.assertLimit(1500)
        self._security(1000, kind="insurance", coverage_percent=80, insurer_id=self._customer().id)
        self.assertLimit(2300)
        self.assertEqual(self._figures(self.customer).credit_security_total, 1300)

    def test_first_and_last_day(self):
        for start, end, counts, state in (
            (0, 0, True, "expiring"),
            (-10, 0, True, "expiring"),
            (-10, -1, False, "expired"),
            (1, 5, False, "future"),
            (0, 30, True, "expiring"),
            (0, 31, True, "valid"),
            (0, None, True, "valid"),
        ):
            with self.subTest(start=start, end=end), self.env.cr.savepoint() as savepoint:
                security = self._security(
                    date_from=self._today(start), date_to=end is not None and self._today(end)
                )
                self.assertEqual(security.state, state)
                self.assertLimit(1500 if counts else 1000)
                found = security.search([("state", "=", state)])
                self.assertIn(security, found)
                self.assertNotIn(security, security.search([("state", "!=", state)]))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_day_of_the_company(self):
        # Half past 17 in London is the next day in Shanghai.
        self.company.partner_id.tz = "Asia/Shanghai"
        self._security(date_from="2026-03-01", date_to="2026-03-10")
        with freeze_time(datetime(2026, 3, 10, 15, 59)):
            self.assertLimit(1500)
        with freeze_time(datetime(2026, 3, 10, 16, 1)):
            self.assertLimit(1000)

    def test_cancelled_stops_at_once(self):
        security = self._security()
        self.assertLimit(1500)
        security.action_cancel()
        self.assertEqual(security.state, "cancelled")
        self.assertLimit(1000)

    def test_limit_with_and_without_it(self):
        self._security(300, name="Other")
        security = self._security(500, date_to=self._today(10))
        self.assertEqual((security.limit_without, security.limit_with), (1300, 1800))
        self.assertIn("falls from", security.limit_note)
        future = self._security(200, date_from=self._today(5), date_to=self._today(90))
        self.assertEqual((future.limit_without, future.limit_with), (1800, 2000))
        self.assertFalse(future.limit_note)
        past = self._security(50, date_from=self._today(-9), date_to=self._today(-1))
        self.assertEqual(past.limit_without, 1800)
        self.assertIn("counts no more", past.limit_note)
        typed = security.new({"partner_id": self.customer.id, "value": 100})
        self.assertEqual((typed.limit_without, typed.limit_with), (1800, 1900))
        self._decide(self.customer, credit_control="cash")
        self.env.invalidate_all()
        self.assertFalse(security.raises_limit)
        self.assertIn("Collateral has no effect", security.limit_note)

    def test_cash_customer_gets_nothing_by_a_security(self):
        self._decide(self.customer, credit_control="cash")
        self._security()
        self.assertEqual(self._figures(self.customer).credit_effective_limit, 0)

    def test_counts_for_the_company_and_the_customer(self):
        other = self.setup_other_company(name="Other Company")["company"]
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self._security(partner_id=contact.id)
        self.assertLimit(1500)
        self.customer.sudo().with_company(other).write(
            {"credit_control": "limit", "credit_limit": 10}
        )
        self.assertEqual(self._figures(self.customer, other).credit_effective_limit, 10)

    def test_search_and_order_use_it(self):
        self._order(self.customer, 900, confirm=True)
        self._security()
        partners = self.env["res.partner"].with_company(self.company)
        self.assertIn(self.customer, partners.search([("credit_effective_limit", "=", 1500)]))
        self.assertIn(self.customer, partners.search([("credit_available", "=", 600)]))

    def test_order_passes_with_it_and_hold_clears(self):
        order, hold = self._held(1400)
        self._security()
        self.assertEqual(hold.state, "cleared")
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_refusals(self):
        self.refused(
            lambda: self._security(date_from=self._today(2), date_to=self._today(1)),
            ValidationError,
        )
        self.refused(lambda: self._security(kind="insurance"), ValidationError)
        self.refused(lambda: self._security(guarantor_id=self.customer.id), ValidationError)
        for values in ({"value": -1}, {"coverage_percent": 101}, {"coverage_percent": -1}):
            with self.subTest(**values), mute_logger("odoo.sql_db"):
                with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                    self._security(**values)

    def test_warned_once_before_the_end(self):
        soon = self._security(date_to=self._today(30))
        later = self._security(date_to=self._today(31))
        self.env["credit.security"]._cron_expiry()
        self.assertEqual(
            (soon | later).activity_ids.mapped("res_id"), soon.ids * len(soon.activity_ids)
        )
        self.assertIn(self.controller, soon.activity_ids.user_id)
        count = len(soon.activity_ids)
        self.env["credit.security"]._cron_expiry()
        self.assertEqual(len(soon.activity_ids), count)
        # Renewed: the warning goes, and comes again before the new end.
        soon.date_to = self._today(200)
        self.assertFalse(soon.activity_ids)
        with freeze_time(self._today(180)):
            self.env["credit.security"]._cron_expiry()
        self.assertEqual(len(soon.activity_ids), count)

    def test_roles_that_enter(self):
        security = self._security()
        for user in (
            self.salesperson,
            self.auditor,
            self.finance_manager,
            self.accountant,
            self.collector,
        ):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: self._security(user=u), AccessError)
                mine = security.with_user(user)
                self.assertTrue(mine.name)
                self.refused(lambda m=mine: m.write({"value": 1e9}), AccessError)
                self.refused(mine.action_cancel, AccessError)
                self.refused(mine.unlink, AccessError)
        self.assertFalse(
            self.env["credit.security"]
            .with_user(self.salesperson2)
            .search([("id", "=", security.id)])
        )
        self.refused(
            lambda: self.customer.with_user(self.salesperson).write(
                {"credit_security_ids": [(0, 0, {"name": "x", "value": 9, "partner_id": 1})]}
            ),
            AccessError,
        )


@tagged("post_install", "-at_install")
class TestTemporaryLimit(CollateralCase):
    """A temporary limit counts in place of the limit from its first to its last day."""

    def _temporary(self, limit, start, end):
        self._decide(
            self.customer,
            credit_limit_temporary=limit,
            credit_limit_temporary_from=self._today(start),
            credit_limit_temporary_to=self._today(end),
        )

    def test_days(self):
        for start, end, limit in ((0, 0, 1800), (-1, 3, 1800), (1, 3, 1000), (-3, -1, 1000)):
            with self.subTest(start=start, end=end):
                self._temporary(1800, start, end)
                self.assertLimit(limit)

    def test_with_a_security(self):
        self._temporary(1800, 0, 5)
        self._security(200)
        self.assertLimit(2000)

    def test_ends_by_itself(self):
        self._temporary(1800, 0, 5)
        with freeze_time(self._today(5)):
            self.env["res.partner"]._cron_credit_temporary()
            self.assertLimit(1800)
        with freeze_time(self._today(6)):
            self.assertLimit(1000)
            self.env["res.partner"]._cron_credit_temporary()
            partner = self._figures(self.customer)
            self.assertFalse(partner.credit_limit_temporary_to)
            self.assertEqual(partner.credit_limit, 1000)
        decision = self.customer.sudo().credit_decision_ids[0]
        self.assertRecordValues(
            decision, [{"old_temporary": 1800, "new_temporary": 0, "source": "review"}]
        )

    def test_refusals(self):
        self.refused(lambda: self._temporary(1800, 5, 4), ValidationError)
        self.refused(lambda: self._temporary(-1, 0, 4), ValidationError)
        self.refused(lambda: self._decide(self.customer, credit_limit_temporary=5), ValidationError)
        self.refused(
            lambda: self.customer.with_user(self.salesperson).write(
                {
                    "credit_limit_temporary": 1e6,
                    "credit_limit_temporary_from": self._today(),
                    "credit_limit_temporary_to": self._today(5),
                }
            ),
            AccessError,
        )
