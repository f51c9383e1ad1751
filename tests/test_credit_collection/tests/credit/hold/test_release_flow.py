from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestReleaseFlow(GateCase):
    """Application, three tiers, decision, use (P4-09, P4-10)."""

    def test_three_tiers_in_their_order(self):
        order, hold = self._held(1600)
        self._request(hold)
        self.assertEqual(hold.state, "requested")
        self.assertRecordValues(
            hold,
            [{"requested_by_id": self.salesperson.id, "state": "requested"}],
        )
        for user in (self.finance_manager, self.general_manager, self.executive, self.controller):
            with self.subTest(out_of_turn=user.name):
                self.refused(hold.with_user(user).validate_tier, (AccessError, UserError))
                self.assertEqual(hold.state, "requested")
        for user, after in (
            (self.sales_manager, "requested"),
            (self.finance_manager, "requested"),
            (self.general_manager, "released"),
        ):
            with self.subTest(turn_of=user.name):
                self.assertNotEqual(order.state, "sale")
                self._approve(hold, user)
                self.assertEqual(hold.state, after)
        self.assertRecordValues(order, [{"state": "sale", "credit_state": "released"}])
        reviews = hold.review_ids.sorted("sequence")
        self.assertEqual(
            [(review.status, review.done_by) for review in reviews],
            [
                ("approved", self.sales_manager),
                ("approved", self.finance_manager),
                ("approved", self.general_manager),
            ],
        )
        self.assertTrue(hold.decided_at)
        self.assertTrue(hold.confirmed_at)
        self.assertEqual(self.customer.sudo().credit_limit, 1000, "the limit does not rise")

    def test_each_tier_is_notified_at_its_turn(self):
        _order, hold = self._held(1600)
        self._request(hold)
        self.assertNotified(self.sales_manager, hold)
        self._approve(hold, self.sales_manager)
        self.assertNotified(self.finance_manager, hold)
        self._approve(hold, self.finance_manager)
        self.assertNotified(self.general_manager, hold)

    def test_salesperson_is_notified_of_the_release(self):
        order, hold = self._held(1600)
        self._request(hold)
        messages = self.env["mail.message"].sudo().search([], order="id desc", limit=1)
        self._approve(hold)
        news = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("id", ">", messages.id),
                    ("model", "in", ("credit.hold", "sale.order")),
                    ("res_id", "in", hold.ids + order.ids),
                    ("partner_ids", "in", self.salesperson.partner_id.ids),
                ]
            )
        )
        self.assertTrue(news)

    def test_same_tier_cannot_decide_twice(self):
        _order, hold = self._held(1600)
        self._request(hold)
        self._approve(hold, self.sales_manager)
        self.refused(hold.with_user(self.sales_manager).validate_tier, (AccessError, UserError))
        self.assertEqual(hold.state, "requested")

    def test_requester_never_approves(self):
        """Not with every group there is, not as administrator of the tiers and of the system."""
        everybody = self._user(
            "everything",
            "base.group_system,sales_team.group_sale_manager,account.group_account_manager,"
            "credit_collection.group_credit_administrator,"
            "credit_collection.group_credit_sales_manager,"
            "credit_collection.group_credit_finance_manager,"
            "credit_collection.group_credit_general_manager,"
            "credit_collection.group_credit_division,"
            "credit_collection.group_credit_treasury,"
            "credit_collection.group_credit_executive",
        )
        order, hold = self._held(1600, user=everybody)
        self._request(hold, everybody)
        own = hold.with_user(everybody)
        own.env["tier.definition"].search([("model", "=", "credit.hold")]).write(
            {"exclude_requester": False}
        )
        own.invalidate_recordset()
        self.assertFalse(own.can_review)
        for call in (own.validate_tier, own.reject_tier, own.action_reject):
            self.attempt(call)
        self.attempt(lambda: own._validate_tier(own.review_ids))
        self.assertFalse([r for r in hold.review_ids if r.status == "approved"])
        self.assertRecordValues(hold, [{"state": "requested"}])
        self.assertOpen(order)

    def test_requester_alone_in_every_tier(self):
        """Tiers reduced to one that names the applicant approve nothing."""
        user = self._user(
            "alone",
            "base.group_system,sales_team.group_sale_manager,"
            "credit_collection.group_credit_administrator",
        )
        definitions = self.env["tier.definition"].sudo().search([("model", "=", "credit.hold")])
        definitions[1:].write({"active": False})
        definitions[:1].write(
            {
                "review_type": "individual",
                "reviewer_id": user.id,
                "reviewer_group_id": False,
                "exclude_requester": False,
            }
        )
        order, hold = self._held(1600, user=user)
        self.attempt(lambda: self._request(hold, user))
        self.attempt(hold.with_user(user).validate_tier)
        self.assertNotEqual(hold.state, "released")
        self.assertOpen(order)

    def test_no_tier_at_all_is_no_approval(self):
        self.env["tier.definition"].sudo().search([("model", "=", "credit.hold")]).write(
            {"active": False}
        )
        order, hold = self._held(1600)
        self.refused(lambda: self._request(hold))
        self.assertNotEqual(hold.state, "released")
        self.assertOpen(order)

    def test_tiers_are_edited_in_the_interface(self):
        """An administrator drops two tiers: one approval is enough then."""
        self.env["tier.definition"].with_user(self.administrator).search(
            [("model", "=", "credit.hold"), ("name", "!=", "Finance Manager")]
        ).write({"active": False})
        order, hold = self._held(1600)
        self._request(hold)
        self._approve(hold, self.finance_manager)
        self.assertEqual(order.state, "sale")

    def _needs_the_next_level(self, order, hold):
        """Division, treasury and CFO decide after the three managers, each of them (P4-04)."""
        self._request(hold)
        self._approve(hold)
        for user in self.next_level:
            self.assertEqual(hold.state, "requested")
            self.assertOpen(order)
            self._approve(hold, user)
        self.assertEqual(order.state, "sale")

    def _needs_three_managers(self, order, hold):
        self._request(hold)
        self._approve(hold)
        self.assertEqual(order.state, "sale")

    def test_from_three_million_on_the_next_level_decides(self):
        self._needs_the_next_level(*self._held(3_000_000))

    def test_below_three_million_three_managers_decide(self):
        self._needs_three_managers(*self._held(2_999_999.99))

    def test_threshold_of_the_company_counts_for_releases(self):
        self.company.credit_large_limit = 1600
        self._needs_the_next_level(*self._held(1600))

    def test_long_term_needs_the_next_level(self):
        self._needs_the_next_level(*self._held(1600, term=self._term(101)))

    def test_a_hundred_days_need_three_managers(self):
        self._needs_three_managers(*self._held(1600, term=self._term(100)))

    def test_month_end_plus_a_hundred(self):
        """N of the term as it is written counts (P4-06)."""
        month_end = {"delay_type": "days_after_end_of_month"}
        self._needs_three_managers(
            *self._held(1600, term=self._term({**month_end, "nb_days": 100}))
        )
        self._needs_the_next_level(
            *self._held(1700, term=self._term({**month_end, "nb_days": 101}))
        )

    def test_reason_is_needed(self):
        _order, hold = self._held(1600)
        own = hold.with_user(self.salesperson)
        self.refused(own.action_request_release)
        self.assertEqual(hold.state, "held")

    def test_other_reason_needs_a_text(self):
        _order, hold = self._held(1600)
        own = hold.with_user(self.salesperson)
        for note in (False, "", "   "):
            own.write({"release_reason": "other", "release_note": note})
            with self.subTest(note=note):
                self.refused(own.action_request_release)
                self.assertEqual(hold.state, "held")
        own.write({"release_note": "Fair in Canton, goods are ours until paid."})
        own.action_request_release()
        self.assertEqual(hold.state, "requested")

    def test_plan_needs_a_text_or_a_paper(self):
        self.company.sudo().collection_release_needs_agreement = False
        _order, hold = self._held(1600)
        own = hold.with_user(self.salesperson)
        own.write({"release_reason": "plan"})
        self.refused(own.action_request_release)
        paper = own.env["ir.attachment"].create(
            {"name": "plan.txt", "raw": b"500 each month", "res_model": "credit.hold"}
        )
        own.write({"attachment_ids": [(4, paper.id)]})
        own.action_request_release()
        self.assertEqual(hold.state, "requested")

    def test_option_keeps_the_order_for_the_salesperson(self):
        self.company.sudo().credit_release_confirm = False
        order, hold = self._held(1600)
        self._request(hold)
        self._approve(hold)
        self.assertRecordValues(order, [{"state": "draft", "credit_state": "released"}])
        self.assertFalse(hold.confirmed_at)
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(hold.confirmed_at)

    def test_what_was_applied_for_does_not_change_afterwards(self):
        _order, hold = self._held(1600)
        self._request(hold)
        own = hold.with_user(self.salesperson)
        for values in (
            {"release_reason": "paid"},
            {"release_note": "Something else"},
            {"date_expiry": "2099-01-01"},
            {"attachment_ids": [(5,)]},
        ):
            with self.subTest(values=values):
                self.refused(lambda v=values: own.write(v))
        self.assertEqual(hold.release_reason, "other")

    def test_twice_requested_is_one_application(self):
        _order, hold = self._held(1600)
        self._request(hold)
        self.refused(hold.with_user(self.salesperson).action_request_release)
        self.assertEqual(len(hold.review_ids), 3)

    def test_tiers_follow_the_amount_at_the_request(self):
        """A threshold set lower since the hold, or an order that was larger: the next level decides too."""
        hold = self._held(1600)[1]
        self.assertFalse(hold.is_large)
        self.company.sudo().credit_large_limit = 1600
        self._request(hold)
        self.assertTrue(hold.is_large)
        self.assertEqual(len(hold.sudo().review_ids), 6)
