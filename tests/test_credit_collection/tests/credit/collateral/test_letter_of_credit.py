from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..policy.policy_case import PolicyCase
from .collateral_case import CollateralCase


@tagged("post_install", "-at_install")
class TestLetterOfCredit(PolicyCase, CollateralCase):
    """P4-22: export sales outside the group go out against a letter of credit or cash in advance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._in_force("P1", segment="export")
        cls.bank = cls.env["res.partner"].create({"name": "Bank of the Buyer", "is_company": True})
        cls.export = cls._customer(
            "Hanseatic Imports", control="cash", grade="A", credit_segment="export"
        )

    def _letter(self, value=1000, *orders, **values):
        return self._security(
            value,
            **{
                "name": "LC 2026-1",
                "kind": "letter_of_credit",
                "partner_id": self.export.id,
                "guarantor_id": self.bank.id,
                "date_to": self._today(60),
                "order_ids": [(6, 0, [order.id for order in orders])],
                **values,
            },
        )

    def _quotation(self, amount=1000, **values):
        return self._order(self.export, amount, **values)

    def _passes(self, order):
        return not order._credit_check()[order.id].holding

    def test_its_form_and_its_end_claim_no_limit(self):
        """A letter raises no limit: neither its form nor the text at its end says so."""
        customer = self._customer("Limited Imports", limit=1000, credit_segment="export")
        letter = self._letter(500, partner_id=customer.id, date_to=self._today(5))
        self.assertEqual(letter.state, "expiring")
        self.assertFalse(letter.raises_limit)
        self.assertEqual((letter.limit_without, letter.limit_with), (1000, 1000))
        self.assertIn("need other collateral", letter.limit_note)
        self.assertIn("present the documents", letter._expiry_summary())
        self.env["credit.review"]._run(customer, self.company)
        warning = self.env["credit.warning"].search(
            [("partner_id", "=", customer.id), ("kind", "=", "security")]
        )
        self.assertEqual(warning.value, 0)
        self.assertIn("need other collateral", warning.description)

    # ------------------------------------------------------------------ the policy

    def test_policy_for_export_asks_for_a_letter(self):
        policy = self._used(self.export)
        self.assertEqual(policy.segment, "export")
        for grade, mode in zip("ABCD", ["letter_of_credit"] * 3 + ["prepaid"], strict=True):
            self.assertRecordValues(
                self._of_grade(policy, grade),
                [
                    {
                        "settlement_mode": mode,
                        "prepayment_percent": 100,
                        "limit_method": "none",
                        "term_days": 0,
                    }
                ],
            )
        # The same template for others is as it was.
        home = self._load("P1")
        self.assertEqual(self._of_grade(home, "A").settlement_mode, "open")

    def test_grade_of_an_export_customer_proposes_cash(self):
        line = self._of_grade(self._used(self.export), "A")
        values = self.export.with_company(self.company)._credit_propose(line)
        self.assertEqual((values["credit_control"], values["credit_limit"]), ("cash", 0))

    def test_group_companies_are_excluded(self):
        group = self._customer("Sister", limit=5000, grade="A", credit_segment="group")
        self.assertFalse(self._used(group))
        self.assertEqual(self._order(group, 4000, confirm=True).state, "sale")

    # ------------------------------------------------------------------ orders

    def test_without_letter_and_cash_the_order_is_held(self):
        _order, hold = self._held(1000, self.export)
        self.assertEqual(hold.reason_type, "prepayment")
        self.assertIn("Letter of credit or cash in advance", hold.reason_summary)
        self.assertIn("or have a letter of credit", hold.cure_note)

    def test_letter_lets_the_order_pass(self):
        order, hold = self._held(1000, self.export)
        self._letter(1000, order)
        # Naming the order cured it: the salesperson confirms without anybody's release.
        self.assertEqual(hold.state, "cleared")
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.state, "sale")

    def test_cash_in_advance_lets_the_order_pass(self):
        order = self._quotation()
        self._receive(self.export, 1000)
        self.assertTrue(self._passes(order))

    def test_letter_in_part_and_the_rest_in_cash(self):
        order = self._quotation(1000)
        self._letter(700, order)
        [reason] = order._credit_check()[order.id].holding
        # 1,000 less 700 of the bank: 300 in advance.
        self.assertEqual(reason["breach"].allowed, 300)
        self.assertEqual(reason["breach"].collect, 300)
        self.assertIn("700.00 of the order", reason["description"])
        self._receive(self.export, 299.99)
        self.assertFalse(self._passes(order))
        self._receive(self.export, 0.01)
        self.assertTrue(self._passes(order))

    def test_letter_is_used_once(self):
        first, second = self._quotation(600), self._quotation(600)
        letter = self._letter(1000, first, second)
        first.with_user(self.salesperson).action_confirm()
        self.assertRecordValues(letter, [{"letter_used": 600, "letter_free": 400}])
        with self.assertRaises(UserError):
            second.with_user(self.salesperson).action_confirm()
        # Paid by the bank: the letter is drawn all the same.
        self._pay(self._bill_order(first))
        self.assertFalse(self._passes(second))
        self._receive(self.export, 200)
        self.assertTrue(self._passes(second))

    def test_order_that_is_cancelled_gives_the_letter_back(self):
        first, second = self._quotation(1000), self._quotation(1000)
        letter = self._letter(1000, first, second)
        first.with_user(self.salesperson).action_confirm()
        self.assertFalse(self._passes(second))
        first._action_cancel()
        self.assertEqual(letter.letter_free, 1000)
        self.assertTrue(self._passes(second))

    def test_order_cannot_grow_over_its_letter(self):
        order = self._quotation(1000)
        self._letter(1000, order)
        order.with_user(self.salesperson).action_confirm()
        with self.assertRaises(UserError):
            order.order_line.with_user(self.salesperson).price_unit = 1001

    def test_letter_counts_while_it_is_valid(self):
        order = self._quotation()
        for start, end, passes in ((0, 0, True), (-9, -1, False), (1, 9, False), (0, 9, True)):
            with self.subTest(start=start, end=end):
                letter = self._letter(
                    1000, order, date_from=self._today(start), date_to=self._today(end)
                )
                self.assertEqual(self._passes(order), passes)
                letter.action_cancel()
                self.assertFalse(self._passes(order))

    def test_letter_raises_no_limit(self):
        self._letter(1000, partner_id=self.customer.id)
        self.assertLimit(1000)

    def test_customer_with_a_limit(self):
        order = self._order(self.customer, 1500)
        self.assertFalse(self._passes(order))
        letter = self._letter(1400, order, partner_id=self.customer.id)
        # In part is not enough for a limit; in full the bank pays, not the customer.
        self.assertFalse(self._passes(order))
        letter.value = 1500
        self.assertTrue(self._passes(order))

    def test_frozen_stays_frozen(self):
        order = self._quotation()
        self._letter(1000, order)
        self._decide(self.export, credit_control="frozen")
        self.assertFalse(self._passes(order))

    def test_letter_in_the_currency_of_the_order(self):
        euro = self._rate("EUR", 0.9)
        order = self._quotation(1000, currency=euro)
        letter = self._letter(500, order, letter_currency_id=euro.id, letter_value=1000)
        self.assertEqual(order.currency_id, euro)
        self.assertTrue(self._passes(order))
        # The rate moves, the letter pays the order as before.
        self._rate("EUR", 0.7)
        self.assertTrue(self._passes(order))
        letter.letter_value = 999
        self.assertFalse(self._passes(order))

    # ------------------------------------------------------------------ refusals

    def test_salesperson_covers_nothing(self):
        order = self._quotation()
        letter = self._letter()
        with self.assertRaises(AccessError):
            letter.with_user(self.salesperson).order_ids = [(4, order.id)]
        with self.assertRaises(AccessError):
            self._letter(1000, order, user=self.salesperson)

    def test_what_a_letter_needs(self):
        order = self._quotation()
        self.refused(lambda: self._letter(guarantor_id=False), ValidationError)
        self.refused(lambda: self._letter(date_to=False), ValidationError)
        self.refused(
            lambda: self._letter(letter_currency_id=self.env.ref("base.EUR").id), ValidationError
        )
        text = self.refused(
            lambda: self._letter(1000, order, partner_id=self.customer.id), ValidationError
        )
        self.assertIn(order.name, text)
        self.refused(lambda: self._security(order_ids=[(4, order.id)]), ValidationError)

    def test_order_billed_to_somebody_else_later(self):
        order = self._quotation()
        self._letter(1000, order)
        cash = self._customer("Other Importer", control="cash")
        order.partner_invoice_id = cash
        self.assertFalse(self._passes(order))
