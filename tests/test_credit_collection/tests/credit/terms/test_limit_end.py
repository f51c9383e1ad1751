from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError

from ...common import CreditCollectionCommon


class TestLimitEnd(CreditCollectionCommon):
    """Limits and freezes with a last day, and the limit as a sum."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(limit=1000, term=30).with_company(cls.company)

    def _change(self, **values):
        dialogs = self.env["credit.terms.change"].with_user(self.controller)
        dialogs.with_company(self.company).create(
            {"partner_ids": self.customer.ids, "reason": "Because", **values}
        ).action_apply()
        self.env.invalidate_all()

    def test_a_freeze_ends_with_its_last_day(self):
        self._change(change="freeze", frozen_until=self._today(3))
        self.assertRecordValues(
            self.customer, [{"credit_control": "frozen", "credit_frozen_until": self._today(3)}]
        )
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self.env["res.partner"].with_company(self.company)._cron_credit_thaw()
            self.assertEqual(self.customer.credit_control, "frozen", "its last day is a day of it")
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self.env["res.partner"].with_company(self.company)._cron_credit_thaw()
        self.assertRecordValues(
            self.customer,
            [{"credit_control": "limit", "credit_frozen_until": False, "credit_limit": 1000}],
        )
        decision = self.env["credit.decision"].search([("partner_id", "=", self.customer.id)])[0]
        self.assertEqual((decision.old_control, decision.new_control), ("frozen", "limit"))

    def test_a_lifted_freeze_forgets_its_day(self):
        self._change(change="freeze", frozen_until=self._today(3))
        self._change(change="limit", control="cash")
        self.assertFalse(self.customer.credit_frozen_until)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._decide(self.customer, credit_frozen_until=self._today(3))

    def test_a_limit_granted_anew_has_not_ended(self):
        self._decide(self.customer, credit_limit_end=self._today(-1))
        self.customer._credit_decide(
            {"credit_limit": 1000.0, "credit_term_days": 30}, "application"
        )
        self.assertFalse(self.customer.credit_limit_end)
        self._decide(self.customer, credit_limit_end=self._today(5))
        self.customer._credit_decide({"credit_limit": 900.0}, "application")
        self.assertEqual(self.customer.credit_limit_end, self._today(5), "it is still to come")

    def test_days_that_are_over_are_refused(self):
        for values in (
            {"change": "freeze", "frozen_until": self._today(-1)},
            {"change": "limit", "control": "limit", "limit": 5, "limit_end": self._today(-1)},
        ):
            with self.assertRaisesRegex(UserError, "must be today or later"), self.cr.savepoint():
                self._change(**values)

    def test_the_limit_is_shown_as_a_sum_with_dates(self):
        self._change(change="limit", control="limit", limit=2000, limit_end=self._today(40))
        securities = self.env["credit.security"].with_user(self.controller)
        securities.with_company(self.company).create(
            {
                "partner_id": self.customer.id,
                "kind": "guarantee",
                "name": "Bank guarantee",
                "value": 500,
                "coverage_percent": 80,
                "date_from": self._today(-1),
                "date_to": self._today(10),
            }
        )
        customer = self._figures(self.customer).with_user(self.controller)
        rows = customer.sudo()._credit_limit_rows(self.company, self._today())
        self.assertEqual([amount for _label, amount in rows], [2000, 400])
        self.assertEqual(sum(amount for _label, amount in rows), customer.credit_effective_limit)
        self.assertIn("Bank guarantee", customer.credit_limit_parts)
        self.assertIn("80%", customer.credit_limit_parts)
        self._decide(
            self.customer,
            credit_limit_temporary=3000,
            credit_limit_temporary_from=self._today(),
            credit_limit_temporary_to=self._today(2),
        )
        customer = self._figures(self.customer)
        rows = customer.sudo()._credit_limit_rows(self.company, self._today())
        self.assertEqual(sum(amount for _label, amount in rows), customer.credit_effective_limit)
