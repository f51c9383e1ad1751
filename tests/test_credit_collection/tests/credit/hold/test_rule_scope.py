from odoo.exceptions import UserError
from odoo.fields import Command

from .rule_case import RuleCase


class TestRuleScope(RuleCase):
    """Which rules count: action, scope, mode and company; and the data a hold keeps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(limit=1000, term=30)

    def _scope(self, *grades, segment=False):
        return {
            "rule_type": "limit",
            "grade_ids": [Command.set([self._grade(grade).id for grade in grades])],
            "segment": segment,
        }

    def _over(self, grade=None, segment=False):
        """An order of 1,000 for a customer of this kind with a limit of 100."""
        customer = self._customer(limit=100, grade=grade, credit_segment=segment)
        return self._order(customer, 1000)

    # -------------------------------------------------------------------- action

    def test_warn_shows_and_lets_pass(self):
        self._set_rules({"rule_type": "limit", "action": "warn", "name": "Mind the limit"})
        order = self._order(self.customer, 1001)
        self.assertTrue(order.with_user(self.salesperson).credit_banner)
        self.assert_passes(order)

    def test_off_lets_pass(self):
        self._set_rules({"rule_type": "limit", "action": "off"})
        self.assert_passes(self._order(self.customer, 1001))

    def test_archived_lets_pass(self):
        self._set_rules({"rule_type": "limit"}).active = False
        self.assert_passes(self._order(self.customer, 1001))

    def test_a_changed_rule_counts_at_once(self):
        rule = self._set_rules({"rule_type": "limit"})
        order = self._order(self.customer, 1001)
        self.assert_held(order, "limit")
        rule.tolerance_amount = 1
        self.assertEqual(self._broken(order.copy()), [])
        rule.tolerance_amount = 0
        self.assert_held(self._order(self.customer, 1), "limit")

    def test_several_rules_name_every_reason(self):
        self._set_rules(
            {"rule_type": "limit"}, {"rule_type": "overdue", "days": 5}, {"rule_type": "term"}
        )
        self._invoice(self.customer, 500, days_overdue=6)
        order = self._order(self.customer, 1000, term=self._term(60))
        self.assert_held(order, "limit", "overdue", "term")

    # --------------------------------------------------------------------- scope

    def test_grade_out_of_scope_passes(self):
        self._set_rules(self._scope("C", "D"))
        self.assert_passes(self._over("A"))
        self.assert_passes(self._over())
        self.assert_held(self._over("C"), "limit")
        self.assert_held(self._over("D"), "limit")

    def test_segment_out_of_scope_passes(self):
        self._set_rules(self._scope(segment="sme"))
        self.assert_passes(self._over(segment="large"))
        self.assert_passes(self._over())
        self.assert_held(self._over(segment="sme"), "limit")

    def test_narrowest_scope_wins_also_when_off(self):
        self._set_rules(
            self._scope(),
            {**self._scope("A"), "action": "off"},
            {**self._scope("A", segment="export"), "action": "hold"},
        )
        self.assert_held(self._over(), "limit")
        self.assert_held(self._over("B"), "limit")
        self.assert_passes(self._over("A"))
        self.assert_passes(self._over("A", segment="large"))
        self.assert_held(self._over("A", segment="export"), "limit")

    def test_own_company_wins_over_all_companies(self):
        rules = self._set_rules(self._scope(), {**self._scope(), "action": "off"})
        rules[0].company_id = False
        self.assert_passes(self._over())

    def test_types_do_not_narrow_each_other(self):
        self._set_rules(
            self._scope(), {**self._scope("A"), "rule_type": "overdue", "days": 5, "action": "off"}
        )
        self.assert_held(self._over("A"), "limit")

    def test_rule_of_another_company_does_not_count(self):
        other = self.env["res.company"].sudo().create({"name": "Other"})
        self._set_rules({"rule_type": "limit", "company_id": other.id})
        self.assert_passes(self._order(self.customer, 1001))

    # ---------------------------------------------------------------------- mode

    def test_off_records_nothing(self):
        self.company.sudo().credit_mode = "off"
        order = self._order(self.customer, 1001)
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual((order.state, order.credit_state), ("sale", "clear"))
        self.assertFalse(self._hold(order))

    def test_observe_records_and_blocks_nothing(self):
        self.company.sudo().credit_mode = "observe"
        order = self._order(self.customer, 1001)
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual((order.state, order.credit_state), ("sale", "clear"))
        hold = self._hold(order)
        self.assertEqual((hold.state, hold.over_limit), ("observed", 1))
        self.assertEqual(hold.reason_ids.mapped("rule_type"), ["limit"])
        self.assertFalse(hold.activity_ids)

    def test_observe_records_nothing_of_a_good_order(self):
        self.company.sudo().credit_mode = "observe"
        order = self._order(self.customer, 1000)
        order.with_user(self.salesperson).action_confirm()
        self.assertFalse(self._hold(order))

    def test_a_new_company_observes(self):
        company = self.env["res.company"].sudo().create({"name": "New"})
        self.assertEqual(company.credit_mode, "observe")

    # ------------------------------------------------------------------- company

    def test_company_of_the_check_is_that_of_the_order(self):
        """Limit, exposure, rules and mode of the order's company, whatever company is ticked."""
        other = self.setup_other_company(name="Other")["company"]
        other.sudo().credit_mode = "off"
        user = self._user("both", "sales_team.group_sale_manager", company_ids=[
            Command.set((self.company | other).ids)
        ])  # fmt: skip
        # In the other company the customer is unlimited and owes nothing.
        orders = {
            company: self.env["sale.order"]
            .with_user(user)
            .with_context(allowed_company_ids=[company.id])
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": company.id,
                    "order_line": [self._line(1001)],
                }
            )
            for company in (self.company, other)
        }
        for ticked in (other | self.company, self.company | other):
            order = orders[self.company].with_user(user)
            order = order.with_context(allowed_company_ids=ticked.ids)
            with self.subTest(ticked=ticked.mapped("name")), self.assertRaises(UserError):
                order.action_confirm()
        with self.assertRaises(UserError):
            orders[self.company].sudo().with_context(allowed_company_ids=other.ids).action_confirm()
        orders[other].with_context(allowed_company_ids=(self.company | other).ids).action_confirm()
        self.assertEqual(orders[other].state, "sale")
        self.assertEqual(self._exposure(self.customer), 0)

    # ---------------------------------------------------------- data of a hold

    def test_hold_keeps_the_figures_as_they_were(self):
        """P4-09: limit, term, receivable to date, over limit, over term, this order."""
        self._set_rules({"rule_type": "limit"}, {"rule_type": "overdue", "days": 15})
        late = self._invoice(self.customer, 400, days_overdue=20)
        self._invoice(self.customer, 300, days_overdue=10)
        order = self._order(self.customer, 350.5, term=self._term(20))
        self.assert_held(order, "limit", "overdue")
        values = {
            "partner_id": self.customer.id,
            "user_id": self.salesperson.id,
            "company_id": self.company.id,
            "approved_limit": 1000,
            "effective_limit": 1000,
            "approved_term": 30,
            "exposure": 700,
            "receivable": 700,
            "over_limit": 50.5,
            "over_term": 400,
            "days_overdue": 20,
            "order_amount": 350.5,
            "order_term": 20,
            "cure_collect": 400,
        }
        hold = self._hold(order)
        self.assertRecordValues(hold, [values])
        self._pay(late, 10)
        self._decide(self.customer, credit_limit=900)
        self.env.invalidate_all()
        self.assertRecordValues(hold, [values])

    def test_paying_what_the_hold_says_cures_it(self):
        """ "Collect 400 or cut the order": the words are true to the cent."""
        self._set_rules(
            {"rule_type": "limit"}, {"rule_type": "overdue", "days": 15, "amount_min": 0}
        )
        late = self._invoice(self.customer, 400, days_overdue=20)
        order = self._order(self.customer, 700)
        self.assert_held(order, "limit", "overdue")
        self._pay(late, self._hold(order).cure_collect - 0.01)
        self.assertEqual(order.credit_state, "held")
        self._pay(late, 0.01)
        self.env.invalidate_all()
        self.assertEqual(self._hold(order).state, "cleared")
        self.assert_passes_after_cure(order)

    def assert_passes_after_cure(self, order):
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual((order.state, order.credit_state), ("sale", "clear"))

    def test_cutting_what_the_hold_says_cures_it(self):
        self._set_rules({"rule_type": "limit"})
        order = self._order(self.customer, 1234.56)
        self.assert_held(order, "limit")
        self.assertEqual(self._hold(order).cure_cut, 234.56)
        order.with_user(self.salesperson).order_line.price_unit = 1000
        self.env.invalidate_all()
        self.assertEqual(self._hold(order).state, "cleared")
        self.assert_passes_after_cure(order)
