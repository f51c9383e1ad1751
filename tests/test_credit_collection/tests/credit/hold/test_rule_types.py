from odoo.exceptions import ValidationError

from .rule_case import RuleCase


class TestRuleTypes(RuleCase):
    """Rules that ship switched off: each at its borders, and what passes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(limit=1000, term=30)

    def test_they_hold_nothing_until_switched_on(self):
        rules = self.env["credit.rule"].search([("policy_id", "=", False)])
        for kind in ("usage", "amount", "first", "review", "promise", "dispute"):
            rule = rules.filtered(lambda r, kind=kind: r.rule_type == kind and not r.company_id)
            self.assertEqual(rule.mapped("action"), ["off"], kind)

    def test_use_of_the_limit(self):
        self._set_rules({"rule_type": "usage", "percent": 80})
        self._invoice(self.customer, 300)
        order = self._order(self.customer, 500.01)
        self.assert_held(order, "usage")
        self.assertAlmostEqual(order.credit_hold_id.cure_collect, 0.01)
        self.assert_passes(self._order(self.customer, 500))
        self.assert_passes(self._order(self._customer("Free", control="none"), 9000))

    def test_status_names_the_use_of_the_limit(self):
        self._set_rules({"rule_type": "usage", "percent": 80})
        for amount, status in ((799.98, "ok"), (0.02, "held_limit")):
            self._invoice(self.customer, amount)
            self.env.invalidate_all()
            self.assertEqual(self._figures(self.customer).credit_status, status)

    def test_worth_of_the_order_alone(self):
        self._set_rules({"rule_type": "amount", "amount_min": 700})
        free = self._customer("Free", control="none")
        order = self._order(free, 700.01)
        self.assert_held(order, "amount")
        self.assertAlmostEqual(order.credit_hold_id.cure_cut, 0.01)
        self.assertFalse(order.credit_hold_id.cure_collect, "no payment cures it")
        self.assert_passes(self._order(free, 700))

    def test_first_order(self):
        self._set_rules({"rule_type": "first"})
        order = self._order(self.customer, 10)
        self.assert_held(order, "first")
        # Another quotation is no sale; an invoice of one of its contacts is.
        self._order(self.customer, 20)
        self.assertEqual(self._broken(order), ["first"])
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.customer.id})
        self._invoice(contact, 5)
        self.assert_passes(order)
        other = self._customer("Second", limit=100)
        other_order = self._order(other, 5)
        self.assert_held(other_order, "first")

    def test_a_limit_that_ended(self):
        self._set_rules({"rule_type": "review", "days": 5})
        order = self._order(self.customer, 10)
        self._decide(self.customer, credit_limit_end=self._today(-5))
        self.assert_passes(order)
        order = self._order(self.customer, 10)
        self._decide(self.customer, credit_limit_end=self._today(-6))
        self.assert_held(order, "review")
        self._decide(self.customer, credit_limit_end=False)
        self.assert_passes(order)

    def test_a_review_that_is_overdue(self):
        self._set_rules({"rule_type": "review"})
        order = self._order(self.customer, 10)
        self._decide(self.customer, credit_review_date=self._today(-1))
        self.assert_held(order, "review")
        self._decide(self.customer, credit_review_date=self._today())
        self.assert_passes(order)

    def test_limit_ends_is_warned_of_thirty_days_before(self):
        warnings = self.env["credit.warning"]
        facts = {"threshold": lambda name: 30, "today": self._today()}
        for days, warned in ((31, False), (30, True), (-3, True)):
            self._decide(self.customer, credit_limit_end=self._today(days))
            found = warnings._cause_limit_end(self._figures(self.customer), facts)
            self.assertEqual(bool(found), warned, days)

    def test_thresholds_are_asked_for(self):
        for values in (
            {"rule_type": "usage"},
            {"rule_type": "usage", "percent": 101},
            {"rule_type": "amount", "amount_min": 0},
            {"rule_type": "promise", "count": -1},
        ):
            with self.subTest(values), self.assertRaises(ValidationError), self.cr.savepoint():
                self._set_rules(values)

    # ------------------------------------------------------- paid in full in advance

    def test_an_order_paid_in_advance_passes_overdue(self):
        self._set_rules({"rule_type": "overdue", "days": 15})
        self._invoice(self.customer, 50, days_overdue=16)
        order = self._order(self.customer, 200)
        self.assert_held(order, "overdue")
        down = self._down_payment(order, 200)
        self.assertEqual(self._broken(order), ["overdue"], "billed, not paid")
        self._pay(down)
        self.company.sudo().credit_prepaid_passes = False
        self.assertEqual(self._broken(order), ["overdue"])
        self.company.sudo().credit_prepaid_passes = True
        self.assert_passes(order)

    def test_a_part_in_advance_is_not_enough(self):
        self._set_rules({"rule_type": "overdue", "days": 15})
        self._invoice(self.customer, 50, days_overdue=16)
        order = self._order(self.customer, 200)
        self._pay(self._down_payment(order, 199.99))
        self.assert_held(order, "overdue")
