from odoo.tests import new_test_user

from ..branch_case import BranchCase


class TestBranchAccess(BranchCase):
    """Documents of the legal entity are seen from each of its companies, and from no other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(limit=100)
        cls.order = cls._order(cls.customer, 500, company_id=cls.branch.id)
        cls.order.with_user(cls.salesperson).action_credit_confirm()
        cls.hold = cls.order.credit_hold_id

    def test_user_of_the_branch_sees_what_is_decided_for_it(self):
        controller = self._branch_user("controller")
        policy = (
            self.env["credit.policy"].sudo().create({"name": "P", "company_id": self.company.id})
        )
        rule = self._set_rules({"rule_type": "limit"})
        for records in (self.hold, self.customer.sudo().credit_decision_ids, policy, rule):
            self.assertTrue(records)
            found = records.with_user(controller).search([("id", "in", records.ids)])
            self.assertEqual(found, records)
            found.read()

    def test_user_of_the_root_alone_works_on_holds_of_the_branch(self):
        controller = self._user("controller3", "credit_collection.group_credit_controller")
        self.assertEqual(controller.company_ids, self.company)
        hold = self.hold.with_user(controller)
        hold.read()
        hold.action_recheck()
        self.assertEqual(hold.state, "held")

    def test_rows_of_exposure_are_shown_where_the_document_is(self):
        self._branch_invoice(self.customer, 40)
        self._invoice(self.customer, 2)
        lines = self.env["credit.exposure.line"]
        domain = [("partner_id", "=", self.customer.id)]
        user = self._branch_user("controller")
        self.env.flush_all()
        self.assertEqual(lines.with_user(user).search(domain).company_id, self.branch)
        self.assertEqual(self.customer.with_user(user).credit_exposure, 42.0)

    def test_another_company_sees_nothing(self):
        other = self.setup_other_company()["company"]
        user = new_test_user(
            self.env,
            login="elsewhere",
            groups="base.group_user,credit_collection.group_credit_controller",
            company_id=other.id,
        )
        self.assertFalse(self.hold.with_user(user).search([("id", "=", self.hold.id)]))
        self.assertFalse(self.hold.with_user(user).has_access("read"))
        self.assertFalse(self.company.with_user(user).has_access("read"))

    def test_company_above_is_read_and_not_written(self):
        user = self._branch_user("controller")
        self.assertTrue(self.company.with_user(user).has_access("read"))
        self.assertFalse(self.company.with_user(user).has_access("write"))

    def test_collector_of_the_branch_can_assign_a_case(self):
        collector = self._branch_user("collector")
        case = (
            self.env["collection.case"]
            .sudo()
            ._system()
            .create({"partner_id": self.customer.id, "company_id": self.company.id})
        )
        case.with_user(self._branch_user("controller")).read()
        self.assertTrue(case.with_user(collector).has_access("read"))
        self.assertIn(collector, self.company._collection_usable(collector))
