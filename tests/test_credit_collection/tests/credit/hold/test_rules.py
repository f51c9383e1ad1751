from .rule_case import RuleCase


class TestRules(RuleCase):
    """Each type of rule at its borders. Scope, modes and companies: `test_rule_scope.py`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(limit=1000, term=30)

    # -------------------------------------------------------------- as installed

    def test_rules_as_installed_need_nothing_switched_on(self):
        customer = self._customer("Fresh", limit=100, term=30)
        self.assert_passes(self._order(customer, 100))
        self.assert_held(self._order(customer, 0.01), "limit")
        late = self._customer("Late", limit=10_000)
        self._invoice(late, 50, days_overdue=16)
        self.assert_held(self._order(late, 1), "overdue")
        self.assert_held(self._order(customer, 1, term=self._term(31)), "limit", "term")
        self.assert_held(self._order(self._customer("Cash", control="cash"), 1), "prepayment")
        for control in ("frozen", "blacklist"):
            blocked = self._customer(control, control=control)
            self.assertIn("control", self._broken(self._order(blocked, 1)))

    # --------------------------------------------------------------------- limit

    def test_exactly_at_the_limit_passes_a_cent_over_is_held(self):
        self._set_rules({"rule_type": "limit"})
        self._invoice(self.customer, 300)
        self._order(self.customer, 100, confirm=True)
        self.assert_held(self._order(self.customer, 600.01), "limit")
        self.assert_passes(self._order(self.customer, 600))

    def test_tolerance_in_percent_and_amount(self):
        for percent, amount, allowed in ((10, 0, 1100), (0, 50, 1050), (10, 50, 1150)):
            with self.subTest(percent=percent, amount=amount):
                rule = {"tolerance_percent": percent, "tolerance_amount": amount}
                self._set_rules({"rule_type": "limit", **rule})
                customer = self._customer(limit=1000)
                self.assert_held(self._order(customer, allowed + 0.01), "limit")
                self.assert_passes(self._order(customer, allowed))

    def test_limit_of_zero_is_no_credit(self):
        self._set_rules({"rule_type": "limit"})
        nobody = self._customer(limit=0)
        self.assert_held(self._order(nobody, 0.01), "limit")
        self.assert_passes(self._order(nobody, 0))

    def test_unlimited_customer_has_no_limit(self):
        self._set_rules({"rule_type": "limit"})
        self.assert_passes(self._order(self._customer(control="none"), 1_000_000))

    def test_money_on_account_makes_room(self):
        self._set_rules({"rule_type": "limit"})
        self._receive(self.customer, 500)
        self.assert_held(self._order(self.customer, 1500.01), "limit")
        self.assert_passes(self._order(self.customer, 1500))

    def test_order_in_foreign_currency_against_the_limit(self):
        self._set_rules({"rule_type": "limit"})
        euro = self._rate("EUR", 2.0)
        self.assert_held(self._order(self.customer, 2000.02, currency=euro), "limit")
        self.assert_passes(self._order(self.customer, 2000, currency=euro))

    def test_contacts_share_the_limit_of_their_customer(self):
        self._set_rules({"rule_type": "limit"})
        contacts = self.env["res.partner"].create(
            [{"name": name, "parent_id": self.customer.id} for name in ("One", "Two")]
        )
        self.assert_passes(self._order(contacts[0], 700))
        self.assert_held(self._order(contacts[1], 301), "limit")

    def test_limit_of_the_payer_counts(self):
        self._set_rules({"rule_type": "limit"})
        payer = self._customer("Payer", limit=50)
        order = self._order(self.customer, 60, partner_invoice_id=payer.id)
        self.assert_held(order, "limit")
        self.assertEqual(self._hold(order).partner_id, payer)

    # ------------------------------------------------------------------- overdue

    def test_overdue_by_n_days_passes_by_one_more_is_held(self):
        self._set_rules({"rule_type": "overdue", "days": 15})
        self._invoice(self.customer, 10, days_overdue=15)
        self.assert_passes(self._order(self.customer, 1))
        self._invoice(self.customer, 10, days_overdue=16)
        self.assert_held(self._order(self.customer, 1), "overdue")

    def test_overdue_up_to_the_minimum_amount_is_ignored(self):
        self._set_rules({"rule_type": "overdue", "days": 15, "amount_min": 100})
        self._invoice(self.customer, 100, days_overdue=20)
        self._invoice(self.customer, 900, days_overdue=15)
        self.assert_passes(self._order(self.customer, 1))
        self._invoice(self.customer, 0.01, days_overdue=20)
        self.assert_held(self._order(self.customer, 1), "overdue")

    def test_a_rest_of_a_cent_holds_no_order(self):
        """42.42 with 42.41 paid: the rule as it ships lets the order pass."""
        self._set_rules({"rule_type": "overdue", "days": 15})
        self._pay(self._invoice(self.customer, 42.42, days_overdue=40), 42.41)
        self.assert_passes(self._order(self.customer, 1))
        self._invoice(self.customer, 1, days_overdue=40)
        self.assert_held(self._order(self.customer, 1), "overdue")

    def test_overdue_by_amount_alone(self):
        self._set_rules({"rule_type": "overdue", "amount_min": 100})
        self._invoice(self.customer, 500)
        self._invoice(self.customer, 100, days_overdue=1)
        self.assert_passes(self._order(self.customer, 1))
        self._invoice(self.customer, 1, days_overdue=1)
        self.assert_held(self._order(self.customer, 1), "overdue")

    def test_overdue_counts_the_instalment(self):
        self._set_rules({"rule_type": "overdue", "days": 15})
        term = self._term((50, 0), (50, 30))
        invoice = self._invoice(self.customer, 100, term=term, invoice_date=self._today(-40))
        self.assert_held(self._order(self.customer, 1), "overdue")
        self._pay(invoice, 50)
        self.assert_passes(self._order(self.customer, 1))

    def test_unlimited_customers_are_held_for_what_is_overdue(self):
        self._set_rules({"rule_type": "overdue", "days": 15})
        customer = self._customer(control="none")
        self._invoice(customer, 10, days_overdue=16)
        self.assert_held(self._order(customer, 1), "overdue")

    def test_two_overdue_rules_each_with_its_days(self):
        self._set_rules(
            {"rule_type": "overdue", "days": 10, "amount_min": 500},
            {"rule_type": "overdue", "days": 60},
        )
        self._invoice(self.customer, 400, days_overdue=60)
        self.assert_passes(self._order(self.customer, 1))
        self._invoice(self.customer, 2, days_overdue=61)
        self.assert_held(self._order(self.customer, 1), "overdue")

    # ---------------------------------------------------------------------- term

    def test_term_as_approved_passes_a_day_more_is_held(self):
        self._set_rules({"rule_type": "term"})
        self.assert_passes(self._order(self.customer, 1, term=self._term(30)))
        self.assert_passes(self._order(self.customer, 1))
        self.assert_held(self._order(self.customer, 1, term=self._term(31)), "term")

    def test_month_end_counts_thirty_days_more(self):
        self._set_rules({"rule_type": "term"})
        for delay_type, days, passes in (
            ("days_after_end_of_month", 0, True),
            ("days_after_end_of_month", 1, False),
            ("days_after_end_of_next_month", 0, False),
            ("days_end_of_month_on_the", 30, False),
        ):
            with self.subTest(delay_type=delay_type, days=days):
                term = self._term({"delay_type": delay_type, "nb_days": days})
                broken = self._broken(self._order(self.customer, 1, term=term))
                self.assertEqual(broken, [] if passes else ["term"])

    def test_the_last_instalment_makes_the_term(self):
        self._set_rules({"rule_type": "term"})
        term = self._term((90, 0), (10, 60))
        self.assert_held(self._order(self.customer, 1, term=term), "term")

    def test_days_beyond_the_approved_term(self):
        self._set_rules({"rule_type": "term", "days": 15})
        self.assert_passes(self._order(self.customer, 1, term=self._term(45)))
        self.assert_held(self._order(self.customer, 1, term=self._term(46)), "term")

    # ---------------------------------------------------------------- prepayment

    def test_prepayment_share_by_grade(self):
        self._set_rules({"rule_type": "prepayment"})
        self._grade("B").sudo().prepayment_percent = 30
        self._grade("C").sudo().prepayment_percent = 50
        for grade, required in (("B", 300), ("C", 500), ("D", 1000), (None, 1000)):
            with self.subTest(grade=grade):
                customer = self._customer(control="cash", grade=grade)
                self._receive(customer, required - 0.01)
                self.assert_held(self._order(customer, 1000), "prepayment")
                self._receive(customer, 0.01)
                self.assert_passes(self._order(customer, 1000))

    def test_money_on_account_is_spent_once(self):
        self._set_rules({"rule_type": "prepayment"})
        customer = self._customer(control="cash")
        self._receive(customer, 1000)
        self.assert_passes(self._order(customer, 600))
        self.assert_held(self._order(customer, 500), "prepayment")
        self.assert_passes(self._order(customer, 400))

    def test_paid_down_payment_counts_unpaid_does_not(self):
        self._set_rules({"rule_type": "prepayment"})
        customer = self._customer(control="cash", grade="C")
        self._grade("C").sudo().prepayment_percent = 50
        order = self._order(customer, 1000)
        down = self._down_payment(order, 500)
        self.assertEqual(self._broken(order), ["prepayment"])
        self._pay(down, 499.99)
        self.assertEqual(self._broken(order), ["prepayment"])
        self._pay(down, 0.01)
        self.assert_passes(order)

    def test_prepayment_binds_cash_customers_only(self):
        self._set_rules({"rule_type": "prepayment"})
        self.assert_passes(self._order(self._customer(limit=10, grade="D"), 1000))

    # ------------------------------------------------------------------- control

    def test_every_blocked_party_holds(self):
        self._set_rules({"rule_type": "control"})
        for control in ("frozen", "blacklist"):
            blocked = self._customer("Blocked", control=control)
            contact = self.env["res.partner"].create({"name": "Contact", "parent_id": blocked.id})
            for name, order in (
                ("customer", self._order(blocked, 1)),
                ("parent", self._order(contact, 1)),
                ("who pays", self._order(self.customer, 1, partner_invoice_id=contact.id)),
                ("who orders", self._order(contact, 1, partner_invoice_id=self.customer.id)),
            ):
                with self.subTest(control=control, party=name):
                    self.assert_held(order, "control")

    def test_a_payment_does_not_thaw(self):
        self._set_rules({"rule_type": "control"})
        blocked = self._customer("Blocked", control="frozen")
        self._receive(blocked, 1000)
        self.assert_held(self._order(blocked, 1), "control")

    # ------------------------------------------------------------ another add-on

    def test_a_rule_type_of_another_add_on(self):
        """One selection value and one method: see `models/credit_rule.py` of this add-on."""
        self._set_rules({"rule_type": "test_reference"})
        order = self._order(self.customer, 1)
        self.assert_held(order, "test_reference")
        self.assertEqual(self._hold(order).reason_ids.description, "No customer reference.")
        self.assert_passes(self._order(self.customer, 1, client_order_ref="PO 1"))
