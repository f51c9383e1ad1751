from odoo.tests import tagged

from ..policy.policy_case import PolicyCase


@tagged("post_install", "-at_install")
class TestOrderNeeds(PolicyCase):
    """P1-05: requirements of an order are shown as the check of the order decides them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._in_force("P1")

    def _needs(self, **values):
        customer = self._customer(**values).with_company(self.company)
        return customer.with_user(self.salesperson).credit_order_needs

    def _holds(self, amount, paid=0, **values):
        customer = self._customer(**values)
        order = self._order(customer, amount, term=self.term_now)
        if paid:
            self._receive(customer, paid)
        return bool(order._credit_check()[order.id].holding)

    def test_part_prepayment_binds_customers_with_a_limit(self):
        """Grade B of P1, part on credit: of 1,000 within the limit, 300 are due in advance."""
        values = {"limit": 5000, "term": 30, "grade": "B"}
        text = self._needs(**values)
        self.assertIn("30% in advance; the rest within the effective limit of", text)
        self.assertIn("5,000.00 and 30 days", text)
        self.assertTrue(self._holds(1000, paid=299.99, **values))
        self.assertFalse(self._holds(1000, paid=300, **values))
        # Grade A buys within limit and term, no more is asked.
        values["grade"] = "A"
        self.assertIn("Room within the effective limit of", self._needs(**values))
        self.assertFalse(self._holds(1000, **values))

    def test_effective_and_approved_limit_are_both_named(self):
        """A temporary limit: the sentence says the figure that counts, and the one approved."""
        text = self._needs(
            limit=70000,
            credit_limit_temporary=100000,
            credit_limit_temporary_from=self._today(),
            credit_limit_temporary_to=self._today(30),
        )
        self.assertIn(
            "effective limit of $ 100,000.00 (approved: $ 70,000.00)", text.replace("\xa0", " ")
        )
        self.assertNotIn("approved", self._needs(limit=70000))

    def test_cash_is_cash_whatever_the_grade(self):
        """P4-03: a good score alone is no credit; A and a customer without a grade pay all."""
        for grade, share in (("A", 100), (None, 100), ("B", 30), ("C", 50), ("D", 100)):
            with self.subTest(grade=grade):
                values = {"control": "cash", "grade": grade}
                self.assertEqual(self._needs(**values), f"{share}% in advance.")
                due = 10.0 * share
                self.assertTrue(self._holds(1000, paid=due - 0.01, **values))
                self.assertFalse(self._holds(1000, paid=due, **values))

    def _security(self, customer, **values):
        return (
            self.env["credit.security"]
            .with_user(self.controller)
            .create(
                {
                    "name": "G",
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "value": 1,
                    "date_from": self._today(-9),
                    **values,
                }
            )
        )

    def test_credit_only_against_a_security(self):
        """P1-05, grade C: a limit alone gives no credit; without a security half is due in advance."""
        customer = self._customer(limit=5000, term=30, grade="C")
        order = self._order(customer, 1000, term=self.term_now)

        def reasons():
            self.env.invalidate_all()
            return order._credit_check()[order.id].holding

        [reason] = reasons()
        self.assertEqual(reason["rule_type"], "prepayment")
        self.assertIn("only against collateral", reason["description"])
        self.assertEqual(reason["breach"].collect, 500)
        mine = customer.with_company(self.company).with_user(self.salesperson)
        self.assertIn("50% in advance: grade C gets credit only", mine.credit_order_needs)
        for values in (
            {"date_to": self._today(-1)},
            {"date_from": self._today(1)},
            {"value": 0},
            {"cancelled": True},
        ):
            with self.subTest(**values):
                self._security(customer, **values)
                self.assertTrue(reasons())
        guarantee = self._security(customer, date_to=self._today())
        self.assertFalse(reasons())
        self.assertIn("Room within the effective limit of", mine.credit_order_needs)
        guarantee.action_cancel()
        self.assertTrue(reasons())
        self._receive(customer, 500)
        self.assertFalse(reasons())

    def test_others(self):
        self.assertEqual(self._needs(control="frozen"), "Orders blocked.")
        self.assertIn("unlimited", self._needs(control="none"))

    def test_policy_says_what_its_figures_ask(self):
        for grade, words in (
            (
                "A",
                (
                    "Room within the limit, and a maximum of 60 days to pay.\nOverdue items hold it "
                    "15"
                ),
            ),
            (
                "B",
                "30% in advance, also for customers with a limit; the remainder within the limit and 30",
            ),
            ("C", "50% in advance, the remainder on delivery.\nCredit only against collateral."),
            ("D", "100% in advance."),
        ):
            self.assertIn(words, self._of_grade(self.policy, grade).order_terms)

    def test_credit_against_a_security_is_pointed_out(self):
        """Grade C proposes no credit; applicants see the requirements of the policy."""
        application = (
            self.env["credit.application"]
            .with_user(self.controller)
            .create(
                {
                    "partner_id": self._customer("Strict", grade="C", control="cash").id,
                    "kind": "change",
                    "control": "limit",
                    "limit": 1000,
                }
            )
        )
        self.assertIn("only against collateral", application.notice)
        application.control = "cash"
        self.assertNotIn("only against collateral", application.notice or "")
