from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import CreditCollectionCommon


@tagged("post_install", "-at_install")
class TestFirstSteps(CreditCollectionCommon):
    """The app opens on the first steps until credit control is enforced, then on what the role works with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_mode = "observe"

    def _home(self, user):
        return user.with_user(user).with_company(self.company)._credit_home_action()

    def _page(self, user=None):
        pages = self.env["credit.first.steps"].with_user(user or self.controller)
        return pages.with_company(self.company).create({})

    def test_who_opens_what(self):
        self.assertEqual(self._home(self.controller)["res_model"], "credit.first.steps")
        self.assertEqual(self._home(self.administrator)["res_model"], "credit.first.steps")
        self.company.sudo().credit_mode = "enforce"
        manager = self._user("manager", "credit_collection.group_collection_manager")
        self._held_order()
        for user, model, filters in (
            (self.collector, "collection.case", None),
            (manager, "collection.case", None),
            (self.accountant, "collection.ledger", None),
            (self.auditor, "credit.hold", {"search_default_open": 1}),
            (self.controller, "credit.hold", {"search_default_open": 1}),
            (self.sales_manager, "credit.hold", {"search_default_open": 1}),
            (self.legal, "collection.letter.text", {"search_default_to_approve": 1}),
        ):
            with self.subTest(user=user.name):
                action = self._home(user)
                self.assertEqual(action["res_model"], model)
                if filters:
                    self.assertEqual(action["context"], filters)
                self.assertNotEqual(action["target"], "new")

    def test_what_waits_for_a_decision_comes_first(self):
        self.company.sudo().credit_mode = "enforce"
        order = self._held_order()
        hold = order.credit_hold_id.with_user(self.salesperson)
        hold.write({"release_reason": "other", "release_note": "Pays 500 each month until May."})
        hold.action_request_release()
        reviewer = hold.sudo().review_ids.filtered(lambda r: r.status == "pending").reviewer_ids[:1]
        action = self._home(reviewer)
        self.assertEqual(action["context"], {"search_default_to_decide": 1})
        self.assertEqual(action["res_model"], "credit.hold")

    def test_administrators_without_cases_see_holds(self):
        self.company.sudo().credit_mode = "enforce"
        self._held_order()
        everything = self._user(
            "everything",
            "credit_collection.group_credit_administrator,credit_collection.group_collection_manager",
        )
        self.assertEqual(self._home(everything)["res_model"], "credit.hold")

    def test_nobody_meets_an_empty_list(self):
        """Without any hold the auditor gets the customers."""
        self.company.sudo().credit_mode = "enforce"
        self.assertFalse(self.env["credit.hold"].with_user(self.auditor).search_count([]))
        self.assertEqual(self._home(self.auditor)["res_model"], "res.partner")

    def _held_order(self):
        late = self._customer("Late", limit=1000)
        self._invoice(late, 500, days_overdue=90)
        order = self._order(late, 600)
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.credit_state, "held")
        return order

    def test_put_away(self):
        for user in (self.auditor, self.salesperson, self.collector):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._page(user)
        self._page().action_put_away()
        self.assertNotEqual(self._home(self.controller)["res_model"], "credit.first.steps")

    def test_steps_say_what_is_there(self):
        page = self._page()
        before = (page.decided_count, page.held_count, page.observed_count)
        self._customer("Decided", limit=100)
        late = self._customer("Late", limit=1000)
        self._invoice(late, 500, days_overdue=90)
        order = self._order(late, 600, confirm=True)
        self.assertEqual(order.state, "sale")
        page = self._page()
        self.assertEqual(page.decided_count, before[0] + 2)
        self.assertEqual(page.held_count, before[1] + 1)
        self.assertEqual(page.observed_count, before[2] + 1)
        self.assertIn(f"Sales Manager: {self.sales_manager.name}", page.reviewers_text)
        found = (
            self.env["credit.hold"]
            .with_user(self.controller)
            .search(self.env["credit.hold"]._filter_domain("observed"))
        )
        self.assertIn(order, found.order_id)

    def test_lone_administrator_takes_the_missing_roles(self):
        groups = [
            self.env.ref(f"credit_collection.group_credit_{name}")
            for name in (
                "sales_manager",
                "finance_manager",
                "general_manager",
                "division",
                "treasury",
                "executive",
            )  # fmt: skip
        ]
        for group in groups:
            group.sudo().user_ids = [(5,)]
        alone = self._user(
            "alone", "base.group_system,credit_collection.group_credit_administrator"
        )
        page = self._page(alone)
        self.assertTrue(page.reviewers_missing)
        page.action_take_roles()
        self.assertTrue(alone._has_role("sales_manager") and alone._has_role("general_manager"))
        self.assertFalse(self._page(alone).reviewers_missing)
        # Nobody gives roles without the right to do so.
        groups[0].sudo().user_ids = [(5,)]
        with self.assertRaises(AccessError):
            self._page(self.administrator).action_take_roles()

    def test_mode_is_changed_by_who_may_change_settings(self):
        with self.assertRaises(AccessError):
            self._page().action_enforce()
        self.assertEqual(self.company.credit_mode, "observe")
