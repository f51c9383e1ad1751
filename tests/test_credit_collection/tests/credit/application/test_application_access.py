from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationAccess(ApplicationCase):
    """Rights to file, see and decide; nothing is forged."""

    def test_roles_that_see(self):
        application = self._application()
        for user, sees in (
            (self.salesperson, True),
            (self.salesperson2, False),
            (self.sales_manager, True),
            (self.controller, True),
            (self.auditor, True),
            (self.finance_manager, True),
            (self.accountant, True),
        ):
            with self.subTest(user=user.name):
                found = (
                    self.env["credit.application"]
                    .with_user(user)
                    .search([("id", "=", application.id)])
                )
                self.assertEqual(bool(found), sees)
                if sees:
                    found.read()

    def test_roles_that_file(self):
        # Another sales manager decides on applications of the first one.
        self._user("sales_manager2", "credit_collection.group_credit_sales_manager")
        for user in (self.salesperson, self.controller, self.sales_manager):
            with self.subTest(user=user.name):
                application = self._application(user=user)
                self._request(application, user)
                application.with_user(user).action_cancel()
        for user in (
            self.salesperson2,
            self.auditor,
            self.accountant,
            self.collector,
            self.finance_manager,
        ):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: self._application(user=u), AccessError)
        application = self._application()
        for user in (self.salesperson2, self.auditor, self.finance_manager, self.accountant):
            mine = application.with_user(user)
            with self.subTest(user=user.name):
                self.refused(mine.action_request, AccessError)
                self.refused(mine.action_cancel, AccessError)
                self.refused(lambda m=mine: m.write({"limit": 1}), AccessError)

    def test_other_companies(self):
        other = self.setup_other_company(name="Other Company")["company"]
        application = (
            self.env["credit.application"]
            .sudo()
            .create({"partner_id": self.customer.id, "company_id": other.id})
        )
        for user in (self.salesperson, self.controller, self.auditor):
            self.assertFalse(
                self.env["credit.application"].with_user(user).search([("id", "=", application.id)])
            )

    def test_applicant_never_approves(self):
        self.finance_manager.group_ids |= self.env.ref("credit_collection.group_credit_controller")
        self._user("finance2", "credit_collection.group_credit_finance_manager")
        application = self._request(
            self._application(user=self.finance_manager), self.finance_manager
        )
        self.refused(lambda: application.with_user(self.finance_manager).validate_tier())

    def test_state_is_not_forged(self):
        application = self._application()
        forged = {
            "state": "approved",
            "name": "X",
            "requested_by_id": self.controller.id,
            "requested_at": "2026-01-01 00:00:00",
            "decided_at": "2026-01-01 00:00:00",
            "date": "2020-01-01",
            "is_large": True,
            "is_first": False,
            "current_limit": 1e6,
            "current_exposure": 0,
            "monthly_sales_actual": 1e6,
            "proposed_limit": 1e6,
            "first_limit_percent": 100,
            "review_ids": [Command.clear()],
        }
        for state in ("draft", "requested"):
            for user in (self.salesperson, self.controller, self.administrator):
                for name, value in forged.items():
                    with self.subTest(state=state, user=user.name, field=name):
                        self.refused(
                            lambda u=user, n=name, v=value: (
                                application.with_user(u)
                                .with_context(
                                    credit_collection_system=True, skip_validation_check=True
                                )
                                .write({n: v})
                            ),
                            AccessError,
                        )
            if state == "draft":
                self._request(application)

    def test_frozen_after_the_request(self):
        application = self._request(self._application())
        for user in (self.salesperson, self.controller, self.finance_manager, self.administrator):
            for name, value in (
                ("limit", 1e6),
                ("term_days", 99),
                ("kind", "change"),
                ("partner_id", self._customer().id),
                ("registered_capital", 1),
                ("control", "none"),
            ):
                with self.subTest(user=user.name, field=name):
                    self.refused(
                        lambda u=user, n=name, v=value: application.with_user(u).write({n: v}),
                        AccessError,
                    )
            self.refused(application.with_user(user).unlink, AccessError)
        # The signed document comes later.
        paper = self.env["ir.attachment"].with_user(self.salesperson).create(
            {"name": "signed.pdf", "raw": b"%PDF", "res_model": "credit.application",
             "res_id": application.id}
        )  # fmt: skip
        application.with_user(self.salesperson).signed_attachment_ids = paper

    def test_created_as_a_draft(self):
        forged = {"state": "approved", "requested_by_id": self.controller.id, "name": "X"}
        for name, value in forged.items():
            with self.subTest(field=name):
                self.refused(lambda n=name, v=value: self._application(**{n: v}), AccessError)
                application = (
                    self.env["credit.application"]
                    .with_user(self.salesperson)
                    .with_context(**{f"default_{name}": value})
                    .create({"partner_id": self.customer.id, "company_id": self.company.id})
                )
                self.assertNotIn(value, application.read([name])[0].values())

    def test_computed_figures_are_not_brought_along(self):
        figures = {
            "is_large": True,
            "is_first": False,
            "current_limit": 5.0,
            "current_exposure": 5.0,
            "current_control": "limit",
            "monthly_sales_actual": 5.0,
            "proposed_limit": 5.0,
            "first_limit_percent": 99.0,
        }
        expected = self._application().read(list(figures))[0]
        by_values = self._application(**figures)
        by_context = (
            self.env["credit.application"]
            .with_user(self.salesperson)
            .with_context(**{f"default_{name}": value for name, value in figures.items()})
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "term_days": 30,
                    "monthly_sales_expected": 20000,
                    "registered_capital": 1_000_000,
                }
            )
        )
        self.env.flush_all()
        self.env.invalidate_all()
        for application in (by_values, by_context):
            found = application.sudo().read(list(figures))[0]
            self.assertEqual({**found, "id": 0}, {**expected, "id": 0})

    def test_reviews_are_not_forged(self):
        application = self._request(self._application())
        review = application.sudo().review_ids[0]
        for user in (self.salesperson, self.finance_manager, self.administrator):
            mine = review.with_user(user)
            with self.subTest(user=user.name):
                self.refused(lambda m=mine: m.write({"status": "approved"}), AccessError)
                self.refused(mine.unlink, AccessError)
        self.assertEqual(self._terms(), ("cash", 0, 0, False))

    def test_terms_come_by_application_only(self):
        # Approvers have no right of their own on the customer's terms (P4-02).
        for user in (self.salesperson, self.sales_manager, self.finance_manager, self.executive):
            with self.subTest(user=user.name):
                self.refused(
                    lambda u=user: self.customer.with_user(u).write({"credit_limit": 1e6}),
                    AccessError,
                )

    def test_drafts_may_be_deleted(self):
        self._application().with_user(self.salesperson).unlink()
        application = self._request(self._application())
        self.refused(application.with_user(self.salesperson).unlink, AccessError)

    def test_buttons_on_the_customer(self):
        self._application()
        customer = self.customer.with_user(self.salesperson).with_company(self.company)
        self.assertEqual(customer.credit_application_count, 1)
        action = customer.action_open_credit_applications()
        self.assertEqual(
            self.env["credit.application"]
            .with_user(self.salesperson)
            .search_count(action["domain"]),
            1,
        )

    def test_a_form_shows_no_customer_beyond_the_rights_of_its_user(self):
        """Neither by values, nor by a default of the context, nor in another company."""
        self._decide(self.customer, credit_control="limit", credit_limit=777)
        stranger = self._user("stranger", "base.group_user,sales_team.group_sale_salesman")
        private = self.customer
        private.sudo().company_id = other = self._other_company()
        spec = {"partner_id": {}, "current_limit": {}}
        form = self.env["credit.application"].with_user(stranger)
        for call in (
            lambda: form.onchange({"partner_id": private.id}, ["partner_id"], spec),
            lambda: form.with_context(default_partner_id=private.id).onchange({}, [], spec),
            lambda: form.onchange({"company_id": other.id}, ["company_id"], spec),
        ):
            self.refused(call, AccessError)

    def _other_company(self):
        return self.env["res.company"].sudo().create({"name": "Stranger Ltd"})
