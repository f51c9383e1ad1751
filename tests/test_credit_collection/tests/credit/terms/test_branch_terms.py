from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form

from ...branch_case import BranchCase


class TestBranchTerms(BranchCase):
    """Decisions about a customer are decisions of the legal entity."""

    def _stored(self, partner, name):
        self.env.flush_all()
        self.env.cr.execute(f"SELECT {name} FROM res_partner WHERE id = %s", [partner.id])
        return self.env.cr.fetchone()[0] or {}

    def test_read_in_the_branch(self):
        customer = self._customer(limit=700, term=30, grade="B")
        there = self._in_branch(customer.sudo())
        self.assertEqual(
            (there.credit_limit, there.credit_term_days, there.credit_control),
            (700.0, 30, "limit"),
        )
        self.assertEqual(there.credit_grade_id.code, "B")
        found = self._in_branch(self.env["res.partner"].sudo()).search(
            [("credit_limit", "=", 700), ("credit_grade_id.code", "=", "B")]
        )
        self.assertIn(customer, found)

    def test_write_in_the_branch(self):
        customer = self._customer(limit=700)
        there = self._in_branch(customer.with_user(self.controller))
        there.name = "Written There"
        there._credit_decide_by_hand(
            {"credit_limit": 900, "credit_term_days": 10}, "manual", "As agreed"
        )
        self.assertEqual((there.credit_limit, customer.sudo().credit_limit), (900.0, 900.0))
        self.assertEqual(customer.name, "Written There")
        for name in ("credit_limit", "credit_term_days"):
            self.assertNotIn(str(self.branch.id), self._stored(customer, name))
        decision = customer.sudo().credit_decision_ids.sorted("id")[-1]
        self.assertRecordValues(
            decision,
            [{"company_id": self.company.id, "user_id": self.controller.id, "old_limit": 700.0,
              "new_limit": 900.0}],
        )  # fmt: skip

    def test_risk_level_and_collector_set_in_the_branch(self):
        customer = self._customer(limit=700)
        there = self._in_branch(customer.with_user(self.controller))
        there.write({"credit_risk_level": "high", "collection_user_id": self.collector.id})
        here = customer.sudo().with_company(self.company)
        self.assertRecordValues(
            here,
            [{"credit_risk_level": "high", "credit_risk_manual": True,
              "collection_user_id": self.collector.id}],
        )  # fmt: skip
        there.action_credit_release_risk()
        self.assertEqual((here.credit_risk_level, here.credit_risk_manual), ("low", False))
        self.assertNotIn(str(self.branch.id), self._stored(customer, "credit_risk_facts"))
        with self.assertRaises(AccessError):
            self._in_branch(customer.with_user(self.salesperson)).collection_user_id = False

    def test_write_at_the_root_after_reading_in_the_branch(self):
        customer = self._customer(limit=700)
        there = self._in_branch(customer.sudo())
        self.assertEqual(there.credit_limit, 700.0)
        self._decide(customer, credit_limit=800)
        self.assertEqual(there.credit_limit, 800.0)
        self.assertNotIn(str(self.branch.id), self._stored(customer, "credit_limit"))

    def test_create_in_the_branch(self):
        controller = self._branch_user("controller")
        customer = (
            self.env["res.partner"]
            .with_user(controller)
            .create({"name": "New There", "credit_control": "limit", "credit_limit": 50})
        )
        self.assertEqual(customer.credit_limit, 50.0)
        self.assertEqual(customer.sudo().with_company(self.company).credit_limit, 50.0)
        self.assertEqual(set(self._stored(customer, "credit_control")), {str(self.company.id)})
        self.assertEqual(customer.sudo().credit_decision_ids.company_id, self.company)

    def test_form_in_the_branch(self):
        controller = self._branch_user("controller")
        customer = self._customer(limit=700)
        with Form(customer.with_user(controller)) as form:
            self.assertEqual(form.credit_limit, 700.0)
        wizard = (
            self.env["credit.terms.change"]
            .with_user(controller)
            .create(
                {"partner_ids": customer.ids, "control": "limit", "limit": 750.0, "reason": "Grows"}
            )
        )
        wizard.action_apply()
        self.assertEqual(customer.sudo().with_company(self.company).credit_limit, 750.0)

    def test_salesperson_of_the_branch_decides_nothing(self):
        seller = self._branch_user("salesperson")
        customer = self._customer(limit=700, user_id=seller.id)
        with self.assertRaises(AccessError):
            customer.with_user(seller).write({"credit_limit": 1000000})
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(seller).create(
                {"name": "Friend", "credit_limit": 1000000}
            )

    def test_impossible_value_in_the_branch(self):
        customer = self._customer(limit=700)
        with self.assertRaises(ValidationError):
            self._in_branch(customer.with_user(self.controller))._credit_decide_by_hand(
                {"credit_limit": -1}, "manual", "As agreed"
            )
        self.assertEqual(customer.sudo().credit_limit, 700.0)

    def test_default_of_new_customers(self):
        self.company.sudo().credit_default_control = "cash"
        partner = self.env["res.partner"].create({"name": "Undecided"})
        self.assertEqual(self._in_branch(partner.sudo()).credit_control, "cash")
        self.assertEqual(self.branch.sudo().credit_default_control, "cash")

    def test_documents_named_in_the_branch_are_the_roots(self):
        customer = self._customer(limit=700)
        controller = self._branch_user("controller")
        group = self.env["credit.group"].with_user(controller).create({"name": "Two", "limit": 5})
        security = (
            self.env["credit.security"]
            .with_user(controller)
            .create(
                {
                    "partner_id": customer.id,
                    "name": "Guarantee",
                    "kind": "guarantee",
                    "value": 100.0,
                    "date_from": self._today(),
                    "company_id": self.branch.id,
                }
            )
        )
        self.assertEqual(group.company_id | security.company_id, self.company)
        self.assertEqual(self._figures(customer, self.branch).credit_effective_limit, 800.0)

    def test_customer_of_the_branch_alone(self):
        """They have terms and documents of the root; another company's customer has none here."""
        other = self.setup_other_company()["company"]
        securities = self.env["credit.security"].with_user(self.controller)
        values = {"name": "Deposit", "kind": "deposit", "value": 1.0, "date_from": self._today()}
        customer = self._customer(limit=5, company_id=self.branch.id)
        security = securities.create({**values, "partner_id": customer.id})
        self.assertEqual(security.company_id, self.company)
        self.assertEqual(customer.sudo().with_company(self.company).credit_control, "limit")
        stranger = (
            self.env["res.partner"].sudo().create({"name": "Stranger", "company_id": other.id})
        )
        with self.assertRaisesRegex(ValidationError, "Stranger"):
            securities.sudo().create({**values, "partner_id": stranger.id})

    def test_another_company_is_no_branch(self):
        other = self.setup_other_company()["company"]
        customer = self._customer(limit=700)
        self.assertEqual(customer.sudo().with_company(other).credit_limit, 0.0)
        customer.sudo().with_company(other).credit_limit = 5.0
        self.assertEqual(customer.sudo().with_company(self.branch).credit_limit, 700.0)
