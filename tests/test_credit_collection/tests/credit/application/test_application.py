from odoo.tests import freeze_time, tagged

from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplication(ApplicationCase):
    """From the application to the customer's new terms (P4-02 … P4-07)."""

    def test_approval_writes_the_terms(self):
        # P4-05: one month of term, 20,000 a month -> 40,000.
        application = self._application(grade_id=self._grade("B").id)
        self.assertEqual(application.limit, 40000)
        before = self._decisions()
        self._request(application)
        self.assertEqual(application.state, "requested")
        self.assertEqual(self._terms(), ("cash", 0, 0, False))
        self._approve(application, self.finance_manager, self.sales_manager)
        self.assertEqual(self._terms(), ("cash", 0, 0, False))
        self._approve(application, self.general_manager)
        self.assertEqual(application.state, "approved")
        self.assertEqual(self._terms(), ("limit", 40000, 30, "B"))
        self.assertEqual(self._figures(self.customer).credit_review_date, application.review_date)
        # One dated entry, by the last approver, with the application behind it.
        decision = self._decisions() - before
        self.assertRecordValues(
            decision,
            [
                {
                    "source": "application",
                    "user_id": self.general_manager.id,
                    "old_control": "cash",
                    "new_control": "limit",
                    "new_limit": 40000,
                    "new_term_days": 30,
                    "note": application.name,
                }
            ],
        )
        self.assertEqual(decision.origin, application)
        action = application.with_user(self.auditor).action_open_decision()
        self.assertEqual(action["res_id"], decision.id)

    def test_order_waits_for_the_approval(self):
        order = self._order(self.customer, 30000, term=self._term(30))
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.credit_state, "held")
        hold = order.credit_hold_id
        self._approve(self._request(self._application()))
        self.assertEqual(hold.state, "cleared")
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_tiers_in_their_order(self):
        application = self._request(self._application())
        self.assertEqual(
            application.sudo().review_ids.sorted("sequence").mapped("definition_id.name"),
            ["Finance Manager", "Sales Manager", "General Manager"],
        )
        for early in (self.sales_manager, self.general_manager, self.executive, self.controller):
            with self.subTest(user=early.name):
                self.refused(lambda u=early: application.with_user(u).validate_tier())

    def test_large_needs_the_next_level(self):
        # P4-04: above 100 days, or from 3,000,000 of company currency on: division, treasury and CFO.
        for limit, days, large in (
            (2_999_999.99, 100, False),
            (3_000_000, 30, True),
            (1000, 101, True),
        ):
            with self.subTest(limit=limit, days=days):
                application = self._application(
                    formula="manual", limit=limit, term_days=days, registered_capital=10**9
                )
                self.assertEqual(application.is_large, large)
                self._request(application)
                self._approve(application)
                self.assertEqual(application.state, "requested" if large else "approved")
                self.assertEqual(len(application.sudo().review_ids), 6 if large else 3)
                for user in self.next_level if large else ():
                    self.assertEqual(application.state, "requested")
                    self._approve(application, user)
                self.assertEqual(application.state, "approved")
                self.assertEqual(self._terms()[1:3], (limit, days))
                self._decide(self.customer, credit_control="cash", credit_limit=0)

    def test_thresholds_of_the_company(self):
        self.company.credit_large_limit = 30000
        self.assertTrue(self._application().is_large)
        self.company.credit_large_limit = 0
        self.assertFalse(self._application().is_large)
        # The threshold on the day of the request counts.
        application = self._application()
        self.company.credit_large_limit = 30000
        self._request(application)
        self.assertTrue(application.is_large)
        self.assertEqual(len(application.sudo().review_ids), 6)

    def test_unlimited_needs_the_next_level(self):
        self._decide(self.customer, credit_control="limit", credit_limit=10)
        application = self._application(kind="change", control="none", registered_capital=0)
        self.assertTrue(application.is_large)
        self.assertEqual(application.limit, 0)

    def test_rejection_leaves_the_customer(self):
        application = self._request(self._application())
        before = self._decisions()
        application.with_user(self.finance_manager)._rejected_tier()
        self.assertEqual(application.state, "rejected")
        self.assertEqual(self._terms(), ("cash", 0, 0, False))
        self.assertEqual(self._decisions(), before)
        self.refused(lambda: application.with_user(self.sales_manager).validate_tier())
        self.refused(lambda: application.with_user(self.salesperson).action_request())
        self.refused(lambda: application.with_user(self.salesperson).action_cancel())
        # A new one may follow.
        self._approve(self._request(self._application()))
        self.assertEqual(self._terms()[1], 40000)

    def test_cancel(self):
        application = self._request(self._application())
        application.with_user(self.salesperson).action_cancel()
        self.assertEqual(application.state, "cancelled")
        self.assertEqual(set(application.sudo().review_ids.mapped("status")), {"cancel"})
        self.refused(lambda: application.with_user(self.finance_manager).validate_tier())
        self.assertEqual(self._terms(), ("cash", 0, 0, False))

    def test_one_at_a_time(self):
        self._request(self._application())
        self.refused(lambda: self._request(self._application()), words=["Another application"])

    def test_downgrade(self):
        self._decide(self.customer, credit_control="limit", credit_limit=5000, credit_term_days=60)
        application = self._application(
            kind="downgrade", control="limit", formula="manual", limit=2000, term_days=30
        )
        self._approve(self._request(application))
        self.assertEqual(self._terms()[:3], ("limit", 2000, 30))
        for values in ({"limit": 2001, "term_days": 30}, {"limit": 2000, "term_days": 31}):
            with self.subTest(**values):
                self.refused(
                    lambda v=values: self._request(
                        self._application(kind="downgrade", control="limit", formula="manual", **v)
                    ),
                    words=["cannot increase anything"],
                )
        # To cash (P4-07), as a downgrade proposes.
        application = self._application(kind="downgrade")
        self.assertEqual(application.control, "cash")
        self._approve(self._request(application))
        self.assertEqual(self._terms()[:3], ("cash", 0, 0))
        self.refused(
            lambda: self._request(self._application(kind="downgrade", control="limit")),
            words=["cannot increase anything"],
        )

    def test_temporary_limit_ends_by_itself(self):
        self._decide(self.customer, credit_control="limit", credit_limit=5000, credit_term_days=30)
        application = self._application(
            kind="temporary",
            formula="manual",
            limit=9000,
            date_from=self._today(2),
            date_to=self._today(10),
        )
        self._approve(self._request(application))
        self.assertEqual(self._terms()[:3], ("limit", 5000, 30))
        for day, limit in ((1, 5000), (2, 9000), (10, 9000), (11, 5000)):
            with self.subTest(day=day), freeze_time(self._today(day)):
                self.assertEqual(self._figures(self.customer).credit_effective_limit, limit)

    def test_temporary_refusals(self):
        temporary = {"kind": "temporary", "formula": "manual", "limit": 9000}
        days = {"date_from": self._today(), "date_to": self._today(10)}
        # A cash customer has no limit to raise.
        self.refused(lambda: self._request(self._application(**temporary, **days)))
        self._decide(self.customer, credit_control="limit", credit_limit=5000)
        for values in (
            {},
            {"date_from": self._today()},
            {"date_from": self._today(3), "date_to": self._today(2)},
            {"date_from": self._today(-3), "date_to": self._today(-1)},
            {"date_from": self._today(), "date_to": self._today(400)},
            {**days, "limit": 5000},
        ):
            with self.subTest(**values):
                self.refused(
                    lambda v=values: self._request(self._application(**{**temporary, **v}))
                )
        self._request(self._application(**temporary, **days))

    def test_company_of_the_application(self):
        other = self.setup_other_company(name="Other Company")["company"]
        self.controller.company_ids |= other
        self._promise_documents(self.customer, other)
        application = self._application(user=self.controller, company_id=other.id)
        self._request(application, self.controller)
        for user in (self.finance_manager, self.sales_manager, self.general_manager):
            user.company_ids |= other
        self._approve(application)
        self.assertEqual(self._terms(), ("cash", 0, 0, False))
        self.assertEqual(self._terms(company=other)[:3], ("limit", 40000, 30))
        self.assertEqual(len(self._decisions(company=other)), 1)

    def test_contact_stands_for_the_customer(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self.assertEqual(self._application(partner_id=contact.id).partner_id, self.customer)

    def test_snapshot_is_frozen_at_the_request(self):
        application = self._application()
        self._invoice(self.customer, 700, days_overdue=5)
        self._decide(self.customer, credit_term_days=7)
        self._request(application)
        self.assertRecordValues(
            application,
            [
                {
                    "current_control": "cash",
                    "current_term_days": 7,
                    "current_exposure": 700,
                    "current_overdue": 700,
                    "current_days_overdue": 5,
                }
            ],
        )
        self._invoice(self.customer, 100)
        self.env.invalidate_all()
        self.assertEqual(application.current_exposure, 700)

    def test_applicant_is_notified(self):
        application = self._request(self._application())
        self._approve(application)
        message = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", "credit.application"),
                    ("res_id", "=", application.id),
                    ("partner_ids", "in", self.salesperson.partner_id.ids),
                ]
            )
        )
        self.assertTrue(any("approved" in str(m.body) for m in message))
