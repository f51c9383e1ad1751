from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..hold.gate_case import GateCase


@tagged("post_install", "-at_install")
class TestLimitCurrency(GateCase):
    """A limit in a currency of its own: company currency USD, 1 EUR = 2 USD."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls._rate("EUR", 0.5)
        cls.foreign = cls._customer("Foreign", limit=0)
        cls._decide(cls.foreign, credit_limit_currency_id=cls.euro.id, credit_limit_amount=1000.0)

    def _values(self, customer=None):
        customer = self._figures(customer or self.foreign)
        return (
            customer.credit_limit_currency_id,
            customer.credit_limit_amount,
            customer.credit_limit,
            customer.credit_effective_limit,
        )

    # ------------------------------------------------------------------ the right values of the issue

    def test_right_values(self):
        """Limit EUR 1,000, open invoice USD 1,500, order EUR 300: over by USD 100."""
        self._invoice(self.foreign, 1500)
        order = self._order(self.foreign, 300, currency=self.euro)
        verdict = order._credit_check()[order.id]
        self.assertEqual((verdict.facts.total, verdict.facts.effective_limit), (2100, 2000))
        self.assertEqual(verdict.facts.approved_limit, 2000)
        (reason,) = verdict.holding
        for amount in ("1,500.00", "600.00", "2,000.00", "100.00"):
            self.assertIn(amount, reason["description"])
        self.assertEqual(verdict.cure[0], 100)
        self.assertIn("collect $\N{NO-BREAK SPACE}100.00", reason["cure"])
        order.action_credit_confirm()
        hold = order.credit_hold_id
        self.assertEqual(hold.cure_collect, 100)
        self._receive(self.foreign, 99.99)
        self.env["credit.hold"]._recheck_partners(self.foreign)
        self.assertEqual(hold.state, "held")
        self._receive(self.foreign, 0.01)
        self.env["credit.hold"]._recheck_partners(self.foreign)
        self.assertEqual(hold.state, "cleared")

    def test_right_values_with_a_letter_of_credit(self):
        """The same passes with a letter of credit that covers the order."""
        self._invoice(self.foreign, 1500)
        order = self._order(self.foreign, 300, currency=self.euro)
        self.refused(order.with_user(self.salesperson).action_confirm)
        self.env["credit.security"].with_user(self.controller).create(
            {
                "name": "LC 1",
                "kind": "letter_of_credit",
                "partner_id": self.foreign.id,
                "company_id": self.company.id,
                "guarantor_id": self.env["res.partner"].create({"name": "Bank"}).id,
                "value": 600,
                "letter_currency_id": self.euro.id,
                "letter_value": 300,
                "coverage_percent": 100,
                "date_from": self._today(-1),
                "date_to": self._today(30),
                "order_ids": [(4, order.id)],
            }
        )
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(order.state, "sale")

    # ------------------------------------------------------------------ one writes the other

    def test_it_counts_at_the_rate_of_the_day(self):
        self.assertEqual(self._values(), (self.euro, 1000, 2000, 2000))
        self._rate("EUR", 0.4, date=self._today())
        self.assertEqual(self._values(), (self.euro, 1000, 2000, 2500))
        found = self.env["res.partner"].search([("credit_effective_limit", "=", 2500)])
        self.assertIn(self.foreign, found)

    def test_each_value_follows_the_other(self):
        for values, expected in (
            ({"credit_limit_amount": 600.0}, (self.euro, 600, 1200)),
            ({"credit_limit": 500.0}, (self.euro, 250, 500)),
            ({"credit_limit": 0.0}, (self.euro, 0, 0)),
            ({"credit_limit": 7.0, "credit_limit_amount": 5.0}, (self.euro, 5, 10)),
            ({"credit_limit_currency_id": False}, (self.euro.browse(), 0, 10)),
            ({"credit_limit_amount": 5.0}, (self.euro.browse(), 0, 5)),
            ({"credit_limit_currency_id": self.euro.id}, (self.euro, 2.5, 5)),
            (
                {"credit_limit_currency_id": self.company.currency_id.id},
                (self.euro.browse(), 0, 5),
            ),
        ):
            with self.subTest(values):
                self._decide(self.foreign, **values)
                self.assertEqual(self._values()[:3], expected)

    def test_several_customers_at_once_convert_each_by_itself(self):
        pound = self._rate("GBP", 0.25)
        other = self._customer("Plain", limit=10)
        british = self._customer(
            "British", limit=0, credit_limit_currency_id=pound.id, credit_limit_amount=3.0
        )
        self.assertEqual(self._values(british), (pound, 3, 12, 12))
        self._decide(self.foreign | other | british, credit_limit=100.0)
        self.assertEqual(self._values()[:3], (self.euro, 50, 100))
        self.assertEqual(self._values(british)[:3], (pound, 25, 100))
        self.assertEqual(self._values(other)[:3], (self.euro.browse(), 0, 100))

    def test_history_keeps_amount_and_currency(self):
        self._decide(self.foreign, credit_limit_amount=800.0)
        decision = self.foreign.sudo().credit_decision_ids[:1]
        self.assertRecordValues(
            decision,
            [
                {
                    "old_limit_amount": 1000,
                    "new_limit_amount": 800,
                    "old_limit": 2000,
                    "new_limit": 1600,
                }
            ],
        )
        self.assertIn("800.00", decision.summary)
        self.assertIn("€", decision.summary)

    # ------------------------------------------------------------------ who may, and how high

    def test_only_controllers_with_a_reason_up_to_the_ceiling(self):
        values = {"credit_limit_amount": 1100.0}
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.salesperson).write(values)
        own = self.foreign.with_user(self.controller).with_company(self.company)
        with self.assertRaisesRegex(UserError, "Change Terms"):
            own.write(values)
        self.company.sudo().credit_controller_ceiling = 2100
        with self.assertRaisesRegex(UserError, "2,200.00 is above"):
            self._decide(self.foreign, **values)
        self._decide(self.foreign, credit_limit_amount=1050.0)
        self.assertEqual(self._values()[2], 2100)

    def test_faults_are_named(self):
        dong = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "VND")])
        )
        dong.sudo().rate_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "VND has no exchange rate"):
            self._decide(self.foreign, credit_limit_currency_id=dong.id)
        with self.assertRaisesRegex(ValidationError, "negative"):
            self._decide(self.foreign, credit_limit_amount=-1.0)
        with self.assertRaisesRegex(ValidationError, "must be a number"):
            self._decide(self.foreign, credit_limit_amount=float("nan"))

    def test_a_currency_without_rates_any_more_counts_as_decided(self):
        self.euro.sudo().rate_ids.unlink()
        self.assertEqual(self._values()[3], 2000)

    def test_dialog(self):
        dialogs = self.env["credit.terms.change"].with_user(self.controller)
        dialogs = dialogs.with_company(self.company)
        values = dialogs.with_context(default_partner_ids=self.foreign.ids).default_get(
            ["partner_ids", "limit", "limit_currency_id"]
        )
        self.assertEqual((values["limit"], values["limit_currency_id"]), (1000, self.euro.id))
        plain = self._customer("Plain", limit=5)
        dialog = dialogs.create(
            {
                "partner_ids": plain.ids,
                "limit": 1000,
                "limit_currency_id": self.euro.id,
                "reason": "Invoiced in euros",
            }
        )
        self.assertIn("EUR", str(dialog.preview))
        self.assertIn("1,000.00", str(dialog.preview))
        dialog.action_apply()
        self.assertEqual(self._values(plain), (self.euro, 1000, 2000, 2000))
        dialogs.create(
            {"partner_ids": plain.ids, "limit": 70, "reason": "In dollars"}
        ).action_apply()
        self.assertEqual(self._values(plain), (self.euro.browse(), 0, 70, 70))

    def test_import(self):
        own = self.env["res.partner"].with_user(self.controller).with_company(self.company)
        own = own.with_context(credit_import=True)
        columns = ["name", "credit_control", "credit_limit", "credit_limit_currency_id"]
        result = own.load(
            [*columns, "credit_limit_amount"], [["Foreign", "Credit Limit", "", "EUR", "750"]]
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self._values()[:3], (self.euro, 750, 1500))

    # ------------------------------------------------------------------ shown

    def test_shown_as_a_sum_with_its_rate(self):
        customer = self._figures(self.foreign)
        ((label, amount),) = customer._credit_limit_rows(self.company, self._today())
        self.assertEqual((label, amount), ("Approved limit: EUR 1,000.00 at 2.00", 2000))
        self.assertIn("EUR 1,000.00 at 2.00", customer.credit_limit_parts)
        self.assertIn("1,000.00", customer.credit_limit_source)
        self.assertEqual(customer.credit_approved_limit, 2000)
        self._rate("EUR", 1 / 1.0837, date=self._today())
        customer = self._figures(self.foreign)
        ((label, amount),) = customer._credit_limit_rows(self.company, self._today())
        self.assertEqual((label, amount), ("Approved limit: EUR 1,000.00 at 1.0837", 1083.7))
        self.assertEqual(customer.credit_effective_limit, 1083.7)
        self.assertIn("1,083.70", customer.with_user(self.salesperson).credit_order_needs)
