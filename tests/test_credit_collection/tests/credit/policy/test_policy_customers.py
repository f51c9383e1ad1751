from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form

from .policy_case import PolicyCase


class TestPolicyCustomers(PolicyCase):
    """The policy that counts for a customer, and its terms for their grade."""

    def _held_by(self, order):
        """Types of the rules that hold an order."""
        verdict = order._credit_check()[order.id]
        return [reason["rule_type"] for reason in verdict.holding]

    # ------------------------------------------------------------------ which policy

    def test_own_then_segment_then_company(self):
        customer = self._customer(credit_segment="export")
        self.assertFalse(self._used(customer))
        company = self._in_force("P1")
        self.assertEqual(self._used(customer), company)
        segment = self._in_force("P2", segment="export")
        self.assertEqual(self._used(customer), segment)
        self.assertEqual(self._used(self._customer(credit_segment="sme")), company)
        chosen = self._load("P3")
        chosen.scope = "customer"
        self._approve_policy(chosen)
        self.assertEqual(self._used(customer), segment)
        self._decide(customer, credit_policy_id=chosen.id)
        self.assertEqual(self._used(customer), chosen)
        self.assertEqual(company.state, "active")
        contact = self.env["res.partner"].create({"name": "C", "parent_id": customer.id})
        self.assertEqual(self._used(contact), chosen)

    def _held_from(self, code, *rows):
        """Under a template an order is held, or is not, by an invoice so many days past due."""
        self._in_force(code)
        for grade, days, held in rows:
            with self.subTest(grade=grade, days=days):
                customer = self._customer(limit=10_000, term=30, grade=grade)
                self._invoice(customer, 100, days_overdue=days)
                order = self._order(customer, 100, term=self.term_now)
                self.assertEqual(self._held_by(order), ["overdue"] if held else [])

    def test_over_the_term_is_held_at_once(self):
        """P4-09: without grace, in every grade."""
        self._held_from("P4", (False, 0, False), (False, 1, True), ("A", 1, True))

    def test_priority_collection_holds(self):
        """P1: from day 16."""
        self._held_from("P1", (False, 1, False), (False, 15, False), (False, 16, True))

    def test_penalty_notice_holds(self):
        """P5-07: 15 days past the term."""
        self._held_from("P5", (False, 14, False), (False, 15, True))

    def test_no_tolerance_over_the_limit(self):
        """P4-09: a tolerance that the company gives does not count under this policy."""
        rules = self.env["credit.rule"].sudo().search([("rule_type", "=", "limit")])
        rules.filtered(lambda r: not r.policy_id).tolerance_percent = 10
        customer = self._customer(limit=1000, term=30)
        order = self._order(customer, 1050, term=self.term_now)
        self.assertFalse(self._held_by(order))
        self._in_force("P4")
        self.assertEqual(self._held_by(order), ["limit"])

    def test_own_choice_follows_the_versions(self):
        policy = self._load("P3")
        policy.scope = "customer"
        self._approve_policy(policy)
        customer = self._customer(credit_policy_id=policy.id)
        second = policy.browse(policy.action_new_version()["res_id"])
        self._approve_policy(second)
        self.assertEqual(customer.sudo().credit_policy_id, policy)
        self.assertEqual(self._used(customer), second)
        self.assertEqual(customer.credit_policy_used_id, second)

    def test_company_goes_before_all_companies(self):
        shared = self._in_force("P1", company=self.env["res.company"])
        other = self.env["res.company"].create({"name": "Elsewhere"})
        customer = self._customer()
        self.assertEqual(self._used(customer), shared)
        own = self._in_force("P2")
        self.assertEqual(self._used(customer), own)
        self.assertEqual(self._used(customer, other), shared)
        self.assertEqual(shared.state, "active")

    def test_only_controllers_choose(self):
        policy = self._load("P3")
        policy.scope = "customer"
        customer = self._customer()
        with self.assertRaises(ValidationError):  # not in force
            self._decide(customer, credit_policy_id=policy.id)
        self._approve_policy(policy)
        for user in (self.salesperson, self.sales_manager, self.accountant):
            with self.assertRaises(AccessError):
                customer.with_user(user).credit_policy_id = policy

    # ------------------------------------------------------------------ new customers

    def test_new_customers_start_with_cash(self):
        self.salesperson.group_ids += self.quick_ref("base.group_partner_manager")
        partners = self.env["res.partner"].with_user(self.salesperson)
        before = partners.create({"name": "Before", "is_company": True})
        self.assertFalse(before.credit_control)
        self._in_force()
        before.invalidate_recordset()
        self.assertFalse(before.credit_control)
        after = partners.create({"name": "After", "is_company": True})
        self.assertEqual(after.credit_control, "cash")
        decided = self._customer(limit=500)
        self.assertEqual(decided.sudo().credit_control, "limit")
        contact = partners.create({"name": "C", "parent_id": after.id})
        self.assertFalse(contact.credit_control)
        order = self._order(after, 100)
        self.assertEqual(self._held_by(order), ["prepayment"])

    def test_a_start_is_no_decision(self):
        """A salesperson may make a new contact part of a company; a decided customer not."""
        self._in_force()
        parent = self._customer(limit=500)
        self.salesperson.group_ids += self.quick_ref("base.group_partner_manager")
        partners = self.env["res.partner"].with_user(self.salesperson)
        person = partners.create({"name": "Ann"})
        person.parent_id = parent
        decided = partners.create({"name": "Bert"})
        self._decide(decided, credit_control="frozen")
        with self.assertRaises(AccessError):
            decided.parent_id = parent
        with self.assertRaises(AccessError):
            decided.write({"credit_is_new": True})

    # ------------------------------------------------------------------ rules of a policy

    def test_rules_count_under_their_policy(self):
        """P1 holds after 15 days, P2 after 30, individuals after 7."""
        self._set_rules({"rule_type": "overdue", "days": 3})
        general = self._customer("G")
        self._invoice(general, 100, days_overdue=20)
        order = self._order(general, 10)
        self.assertEqual(self._held_by(order), ["overdue"])
        self._in_force("P2")
        self.assertEqual(self._held_by(order), [])
        self._decide(general, credit_segment="individual")
        self.assertEqual(self._held_by(order), ["overdue"])
        self._decide(general, credit_segment="sme")
        self._in_force("P1", segment="sme")
        self.assertEqual(self._held_by(order), ["overdue"])
        # A draft's rules count for nobody.
        draft = self._load("P3", segment="large")
        self._decide(general, credit_segment="large")
        overdue = draft.rule_ids.filtered(lambda rule: rule.rule_type == "overdue")
        self.assertEqual(overdue.mapped("days"), [0])
        self.assertEqual(self._held_by(order), [])

    def test_grade_grants_grace(self):
        """P1: grade A has 15 days on top of the 15 of the rule."""
        self._in_force("P1")
        customers = {grade: self._customer(grade, grade=grade) for grade in "AB"}
        for customer in customers.values():
            self._invoice(customer, 100, days_overdue=20)
        orders = {grade: self._order(customer, 10) for grade, customer in customers.items()}
        self.assertEqual(self._held_by(orders["A"]), [])
        self.assertEqual(self._held_by(orders["B"]), ["overdue"])
        self._invoice(customers["A"], 100, days_overdue=31)
        self.assertEqual(self._held_by(orders["A"]), ["overdue"])
        reason = orders["A"]._credit_check()[orders["A"].id].holding[0]
        self.assertIn("more than 30 days", reason["description"])

    def test_prepayment_is_the_policys(self):
        customer = self._customer(control="cash", grade="C")
        order = self._order(customer, 1000)
        facts = order._credit_check()[order.id].facts
        self.assertEqual(facts.prepayment_share, 50)  # of the grade itself
        policy = self._load("P1")
        self._of_grade(policy, "C").prepayment_percent = 70
        self._approve_policy(policy)
        facts = order._credit_check()[order.id].facts
        self.assertEqual(facts.prepayment_share, 70)
        self._decide(customer, credit_grade_id=False)
        facts = order._credit_check()[order.id].facts
        self.assertEqual(facts.prepayment_share, 100)

    def test_part_prepaid_binds_credit_customers(self):
        """P1-05, grade B: part credit; the other part is paid in advance."""
        customer = self._customer(limit=5000, grade="B")
        order = self._order(customer, 1000, term=self.term_now)
        self.assertEqual(self._held_by(order), [])
        self._in_force("P1")
        verdict = order._credit_check()[order.id]
        self.assertEqual(self._held_by(order), ["prepayment"])
        self.assertEqual(verdict.cure[0], 300)
        self._decide(customer, credit_grade_id=self._grade("A").id)
        self.assertEqual(self._held_by(order), [])

    def test_hold_keeps_the_version(self):
        first = self._in_force("P1")
        customer = self._customer(limit=100)
        order = self._order(customer, 1000, term=self.term_now)
        order.with_user(self.salesperson).action_credit_confirm()
        hold = self._hold(order)
        second = first.browse(first.action_new_version()["res_id"])
        self._approve_policy(second)
        self.assertEqual(hold.policy_id, first)
        later = self._order(customer, 1000, term=self.term_now)
        later.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(self._hold(later).policy_id, second)

    def test_alert_is_the_policys(self):
        customer = self._customer(limit=1000)
        self._invoice(customer, 750)
        self.assertEqual(self._figures(customer).credit_status, "ok")
        self._in_force("P3")  # 70 %
        self.assertEqual(self._figures(customer).credit_status, "near")

    # ------------------------------------------------------------------ grades

    def test_score_gives_a_grade(self):
        nobody = self.env["credit.policy"]
        policy = self._load()
        for score, code in ((100, "A"), (90, "A"), (89.9, "B"), (88, "B"), (80, "B"), (79.9, "C"),
                            (60, "C"), (59.9, "D"), (0, "D")):  # fmt: skip
            with self.subTest(score=score):
                self.assertEqual(nobody._grade_for_score(score).code, code)
                self.assertEqual(policy._grade_for_score(score).code, code)
        self._of_grade(policy, "A").score_min = 85
        self.assertEqual(policy._grade_for_score(88).code, "A")

    def test_late_items_bound_the_grade(self):
        """Template P4: one within two years B at best, several C, whatever the score (P4-33)."""
        policy = self._load("P4")
        for score, late, code in ((95, 0, "A"), (95, 1, "B"), (95, 2, "C"), (95, 9, "C"),
                                  (85, 1, "B"), (65, 1, "C"), (40, 5, "D")):  # fmt: skip
            with self.subTest(score=score, late=late):
                self.assertEqual(policy._grade_for_score(score, late).code, code)
        self.assertEqual(self._load("P1")._grade_for_score(95, 9).code, "A")

    def test_grade_proposes(self):
        """20,000 a month and a term of one month: 40,000 (P4-05)."""
        policy = self._load()
        self._of_grade(policy, "A").term_days = 30
        self._approve_policy(policy)
        customer = self._customer()
        start = self._today().replace(day=1)
        for months in (1, 2, 3):
            month = fields.Date.subtract(start, months=months)
            self._invoice(customer, 20000, invoice_date=month, date=month)
        self._invoice(customer, 99000)  # this month does not count
        customer = self._graded(customer, "A")
        self.assertEqual(customer.credit_control, "limit")
        self.assertEqual(customer.credit_limit, 40000)
        self.assertEqual(customer.credit_term_days, 30)
        self.assertTrue(customer.credit_review_date)
        # With debt open the last grade freezes (P1-05); without, it is cash only.
        customer = self._graded(customer, "D")
        self.assertEqual(customer.credit_control, "frozen")
        self.assertEqual(customer.credit_term_days, 0)

    def _graded(self, customer, code):
        """Give a grade by the dialog, with the terms that follow from it."""
        dialog = Form(
            self.env["credit.terms.change"]
            .with_user(self.controller)
            .with_context(default_partner_ids=[(6, 0, customer.ids)], default_change="grade")
        )
        dialog.grade_id = self._grade(code)
        dialog.reason = "Yearly review"
        dialog.save().action_apply()
        return customer.sudo()

    def test_sales_are_those_of_an_application(self):
        """One definition: tax included, credit notes taken off (P4-05)."""
        self._of_grade(policy := self._load(), "A").term_days = 30
        self._approve_policy(policy)
        customer = self._customer(control="cash")
        month = fields.Date.subtract(self._today().replace(day=1), days=1)
        tax = self.env["account.tax"].create(
            {"name": "13 %", "amount": 13, "company_id": self.company.id}
        )
        taxed = {**self._line(30000, invoice=True)[2], "tax_ids": [(6, 0, tax.ids)]}
        self._invoice(customer, 0, invoice_date=month, date=month, invoice_line_ids=[(0, 0, taxed)])
        self._invoice(customer, 3900, move_type="out_refund", invoice_date=month, date=month)
        self.assertEqual(customer._credit_monthly_sales(self.company, 3), 10000)
        self.assertEqual(self._graded(customer, "A").credit_limit, 20000)
        application = self.env["credit.application"].create(
            {"partner_id": customer.id, "company_id": self.company.id, "sales_months": 3}
        )
        self.assertEqual(application.monthly_sales_actual, 10000)

    def test_decision_keeps_the_policy_in_force(self):
        """The version in force at a decision can be read later."""
        customer = self._customer(control="cash")
        history = customer.sudo().credit_decision_ids
        self.assertFalse(history[:1].policy_id)
        first = self._in_force()
        self._decide(customer, credit_control="frozen")
        self.assertEqual(customer.sudo().credit_decision_ids[:1].policy_id, first)
        action = first.with_user(self.administrator).action_new_version()
        second = self._approve_policy(self._policies().browse(action["res_id"]))
        self._decide(customer, credit_control="cash")
        self.assertEqual(customer.sudo().credit_decision_ids[:1].policy_id, second)
        self.assertEqual(customer.sudo().credit_decision_ids[1].policy_id, first)

    def test_proposal_is_capped(self):
        policy = self._load()
        self._of_grade(policy, "A").limit_max = 1000
        self._approve_policy(policy)
        customer = self._customer()
        month = fields.Date.subtract(self._today().replace(day=1), days=1)
        self._invoice(customer, 20000, invoice_date=month, date=month)
        self.assertEqual(self._graded(customer, "A").credit_limit, 1000)

    def test_last_grade_with_debt_freezes(self):
        """P1-05: D with debt open stops supply at once, with or without a policy."""
        for code in (None, "P1"):
            with self.subTest(policy=code):
                if code:
                    self._in_force(code)
                owing = self._customer(limit=5000)
                self._invoice(owing, 100)
                even = self._customer(limit=5000)
                for customer in (owing, even):
                    self._decide(customer, credit_grade_id=self._grade("C").id)
                    self.assertEqual(customer.sudo().credit_control, "limit")
                    self._decide(customer, credit_grade_id=self._grade("D").id)
                self.assertEqual(owing.sudo().credit_control, "frozen")
                self.assertEqual(even.sudo().credit_control, "limit")
                order = self._order(owing, 1)
                self.assertIn("control", self._held_by(order))
                # The controller has the last word: values set afterwards stay.
                self._decide(owing, credit_control="cash", credit_grade_id=self._grade("D").id)
                self.assertEqual(owing.sudo().credit_control, "cash")

    def test_a_grade_below_d_leaves_d_without_credit(self):
        worst = self.env["credit.grade"].sudo().create({"code": "E", "name": "E", "sequence": 99})
        policy = self._load()
        last = self._of_grade(policy, "D")
        last.score_min = 30
        last.copy({"grade_id": worst.id, "score_min": 0})
        self._approve_policy(policy)
        for grade, control in (("C", "limit"), ("D", "frozen"), ("E", "frozen")):
            with self.subTest(grade=grade):
                owing = self._customer(limit=5000)
                self._invoice(owing, 100)
                self._decide(owing, credit_grade_id=self._grade(grade).id)
                self.assertEqual(owing.sudo().credit_control, control)

    def test_freeze_is_of_one_company(self):
        other = self.setup_other_company()["company"]
        owing = self._customer(limit=5000)
        self._invoice(owing, 100)
        owing.sudo().with_company(other).credit_grade_id = self._grade("D")
        self.assertEqual(owing.sudo().with_company(other).credit_control, False)
        self.assertEqual(owing.sudo().credit_control, "limit")
