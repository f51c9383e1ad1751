from odoo.exceptions import ValidationError

from ..policy.policy_case import PolicyCase
from .rule_case import RuleCase


class TestRiskPrepayment(RuleCase, PolicyCase):
    """A high risk level asks for prepayment (P1-14): template P1, 30 %."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._in_force("P1")

    def test_high_risk_pays_a_share_in_advance(self):
        for risk, broken in (("low", []), ("medium", []), (False, []), ("high", ["prepayment"])):
            customer = self._customer("Buyer", limit=100000, term=60, grade="A")
            self._decide(customer, credit_risk_level=risk)
            order = self._order(customer, 1000)
            with self.subTest(risk=risk):
                self.assertEqual(self._broken(order), broken)
        reason = self._hold(order).reason_ids.filtered(lambda r: r.rule_type == "prepayment")
        self.assertIn("30%", reason.description)
        self.assertIn("30% in advance", customer.credit_order_needs)

    def test_the_larger_share_counts(self):
        customer = self._customer("Cash", control="cash", grade="D")
        self._decide(customer, credit_risk_level="high")
        self.assertIn("100% in advance", customer.credit_order_needs)

    def test_share_is_checked(self):
        draft = self._load("P3")
        for value in (-1, 101):
            with self.assertRaisesRegex(ValidationError, "Prepayment at High Risk"):
                draft.risk_prepayment_percent = value
