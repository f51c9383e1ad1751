from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..policy.policy_case import PolicyCase


@tagged("post_install", "-at_install")
class TestLimitDefault(PolicyCase):
    """One chain of defaults: customer, group, grade, segment, company; the source is shown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("By Default", limit=0, grade="A")
        cls._decide(cls.customer, credit_limit_default=True)

    def _company_policy(self, limit=0.0, grade_a=0.0, segment=False, **values):
        policy = self._load("P1", segment=segment)
        policy.write({"limit_default": limit, **values})
        self._of_grade(policy, "A").limit_default = grade_a
        return self._approve_policy(policy)

    def _group(self, limit=0.0):
        return (
            self.env["credit.group"]
            .with_user(self.controller)
            .create(
                {
                    "name": "Dragon",
                    "company_id": self.company.id,
                    "limit": 1_000_000,
                    "member_limit": limit,
                    "line_ids": [(0, 0, {"partner_id": self.customer.id})],
                }
            )
        )

    def assertLimit(self, limit, words, customer=None):
        customer = self._figures(customer or self.customer)
        self.assertEqual(customer.credit_effective_limit, limit)
        self.assertEqual(customer.credit_approved_limit, limit)
        self.assertIn(words, customer.credit_limit_source)
        self.assertIn(f"{limit:,.2f}", customer.credit_limit_source)
        rows = customer._credit_limit_rows(self.company, self._today())
        self.assertEqual([amount for _label, amount in rows], [limit])

    def test_chain(self):
        self.assertLimit(0, "no default is set")
        self._company_policy(limit=10_000)
        self.assertLimit(10_000, "from the company's policy")
        self._company_policy(limit=20_000, segment="sme")
        self.assertLimit(10_000, "from the company's policy")
        self._decide(self.customer, credit_segment="sme")
        self.assertLimit(20_000, "from segment Small and Medium")
        policy = self._load("P2")
        policy.scope = "customer"
        self._of_grade(policy, "A").limit_default = 30_000
        policy.limit_default = 25_000
        self._approve_policy(policy)
        self.assertLimit(20_000, "from segment")
        self._decide(self.customer, credit_policy_id=policy.id)
        self.assertLimit(30_000, "from grade A")
        self._decide(self.customer, credit_grade_id=self._grade("B").id)
        self.assertLimit(25_000, "from policy P2")
        group = self._group(40_000)
        self.assertLimit(40_000, "from group Dragon")
        group.member_limit = 0
        self.assertLimit(25_000, "from policy P2")
        self._decide(self.customer, credit_limit=5.0)
        self.assertLimit(5, "Own limit")
        self.assertFalse(self._figures(self.customer).credit_limit_default)

    def test_the_words_of_the_issue(self):
        self._company_policy(limit=10_000, grade_a=50_000)
        source = self._figures(self.customer).credit_limit_source
        self.assertEqual(source.replace("\N{NO-BREAK SPACE}", ""), "Limit $50,000.00 from grade A")

    def test_a_grade_without_credit_ends_the_chain(self):
        self._company_policy(limit=10_000)
        self._decide(self.customer, credit_grade_id=self._grade("C").id)
        self.assertLimit(0, "from grade C, which gets no credit")

    def test_a_new_version_counts_from_its_approval(self):
        policy = self._company_policy(limit=10_000)
        draft = self._policies().browse(
            policy.with_user(self.administrator).action_new_version()["res_id"]
        )
        self.assertEqual(draft.limit_default, 10_000)
        draft.limit_default = 60_000
        self.assertLimit(10_000, "from the company's policy")
        changes = {change.field: (change.old, change.new) for change in draft._get_changes()}
        self.assertEqual(changes, {"Default Limit": ("10,000", "60,000")})
        self._approve_policy(draft)
        self.assertLimit(60_000, "from the company's policy")
        with self.assertRaises(AccessError):
            draft.with_user(self.administrator).limit_default = 1

    def test_rules_status_and_filters_go_by_it(self):
        self._company_policy(limit=1000)
        order = self._order(self.customer, 1000.01)
        verdict = order._credit_check()[order.id]
        self.assertEqual(
            (verdict.facts.approved_limit, verdict.facts.effective_limit), (1000, 1000)
        )
        self.assertIn("limit", [reason["rule_type"] for reason in verdict.holding])
        self._order(self.customer, 1000, confirm=True)
        customer = self._figures(self.customer)
        self.assertEqual((customer.credit_available, customer.credit_status), (0, "held_limit"))
        self.assertIn("1,000.00", customer.credit_order_needs)
        self.assertIn(
            self.customer, self.env["res.partner"].search([("credit_effective_limit", "=", 1000)])
        )

    # ------------------------------------------------------------------ how a customer comes to it

    def test_new_customers_take_it(self):
        self._company_policy(limit=10_000, default_control="limit")
        new = self.env["res.partner"].create({"name": "New", "is_company": True})
        self.assertLimit(10_000, "from the company's policy", new)
        self.assertTrue(new.sudo().credit_is_new)

    def test_a_limit_entered_with_the_customer_stays(self):
        self._company_policy(limit=10_000, default_control="limit")
        new = self.env["res.partner"].with_user(self.controller)
        new = new.create({"name": "New", "is_company": True, "credit_limit": 3.0})
        self.assertLimit(3, "Own limit", new)

    def test_new_customers_without_it(self):
        self._company_policy(limit=10_000, default_control="limit", start_by_default=False)
        new = self.env["res.partner"].create({"name": "New", "is_company": True})
        self.assertLimit(0, "Own limit", new)

    def test_dialog(self):
        self._company_policy(limit=10_000)
        own = self._customer("Own", limit=7)
        dialogs = self.env["credit.terms.change"].with_user(self.controller)
        dialogs = dialogs.with_company(self.company)
        values = {"partner_ids": own.ids, "reason": "Small customer"}
        dialogs.create({**values, "by_default": True}).action_apply()
        self.assertLimit(10_000, "from the company's policy", own)
        decision = own.sudo().credit_decision_ids[:1]
        self.assertRecordValues(
            decision, [{"old_limit_default": False, "new_limit_default": True, "old_limit": 7}]
        )
        self.assertIn("Limit by Default: No → Yes", decision.summary)
        dialogs.create({**values, "control": "cash"}).action_apply()
        self.assertFalse(self._figures(own).credit_limit_default)

    def test_who_may_set_it(self):
        with self.assertRaises(AccessError):
            self.customer.with_user(self.salesperson).credit_limit_default = False
        own = self.customer.with_user(self.controller).with_company(self.company)
        with self.assertRaisesRegex(UserError, "Change Terms"):
            own.credit_limit_default = False
        policy = self._load("P1")
        with self.assertRaises(ValidationError):
            policy.limit_default = -1
        with self.assertRaises(ValidationError):
            self._of_grade(policy, "A").limit_default = -1

    def test_grade_with_its_terms_keeps_the_default(self):
        self._company_policy(limit=10_000, grade_a=20_000)
        dialogs = self.env["credit.terms.change"].with_user(self.controller)
        dialogs.with_company(self.company).create(
            {
                "partner_ids": self.customer.ids,
                "change": "grade",
                "grade_id": self._grade("B").id,
                "reason": "Late",
            }
        ).action_apply()
        self.assertLimit(10_000, "from the company's policy")

    def test_nothing_is_asked_for_where_nobody_has_it(self):
        partners = self.env["res.partner"].sudo()
        self.assertTrue(partners._credit_limit_uses(self.company.id)[1])
        sql = partners._credit_approved_limit_sql("customer", self.company)
        self.assertIn("credit_limit_default", sql.code)
        self._decide(self.customer, credit_limit=5.0)
        self.env.registry.clear_cache()
        sql = partners._credit_approved_limit_sql("customer", self.company)
        self.assertNotIn("credit_limit_default", sql.code)
        self.assertNotIn("credit_limit_currency_id", sql.code)
