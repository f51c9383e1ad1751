from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...common import CreditCollectionCommon


@tagged("post_install", "-at_install")
class TestTermsChange(CreditCollectionCommon):
    """A controller changes terms with a reason and a preview, one customer or many, up to a ceiling."""

    def _dialog(self, customers, user=None, **values):
        dialogs = self.env["credit.terms.change"].with_user(user or self.controller)
        values = {"partner_ids": customers.ids, "reason": "As agreed", **values}
        return dialogs.with_company(self.company).create(values)

    def test_reason_is_asked_for_and_kept(self):
        customer = self._customer(limit=100)
        for reason in (False, "  "):
            with self.assertRaises(UserError):
                self._dialog(customer, limit=500, reason=reason).action_apply()
        dialog = self._dialog(customer, limit=500, reason="Pays by the day")
        self.assertEqual(dialog.change_count, 1)
        self.assertIn("500.00", str(dialog.preview))
        dialog.action_apply()
        self.assertEqual(self._figures(customer).credit_limit, 500)
        decision = customer.sudo().credit_decision_ids[:1]
        self.assertRecordValues(
            decision,
            [{"note": "Pays by the day", "user_id": self.controller.id, "source": "manual"}],
        )

    def test_terms_without_a_reason_are_refused(self):
        """By whatever client; new customers, imports and companies that keep credit control off go on."""
        customer = self._customer(limit=100, term=30)
        own = customer.with_user(self.controller).with_company(self.company)
        for name, value in (
            ("credit_limit", 500),
            ("credit_control", "none"),
            ("credit_term_days", 60),
            ("credit_grade_id", self._grade("A").id),
            ("credit_limit_temporary", 1000),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, "Change Terms"):
                own.write({name: value})
        own.write({"credit_limit": 100, "credit_term_days": 30, "comment": "Sent along by a form"})
        self.assertEqual(len(self._figures(customer).credit_decision_ids), 1)
        result = own.browse().load([".id", "credit_limit"], [[str(customer.id), "700"]])
        self.assertFalse(result["messages"])
        self.assertEqual(self._figures(customer).credit_decision_ids[0].source, "import")
        self.company.sudo().credit_mode = "off"
        own.write({"credit_limit": 800})
        self.assertEqual(self._figures(customer).credit_limit, 800)

    def test_starts_from_the_terms_of_today(self):
        customer = self._customer(limit=100, term=30)
        dialogs = self.env["credit.terms.change"].with_user(self.controller)
        dialogs = dialogs.with_company(self.company).with_context(default_partner_ids=customer.ids)
        values = dialogs.default_get(["partner_ids", "control", "limit", "term_days"])
        self.assertEqual((values["limit"], values["term_days"]), (100, 30))

    def test_many_at_once_with_a_preview(self):
        some = self._customer("One", limit=100) | self._customer("Two", limit=200)
        frozen = self._customer("Three", control="frozen")
        dialog = self._dialog(some | frozen, change="freeze", reason="Court order")
        self.assertEqual(dialog.change_count, 2)
        self.assertIn("One", str(dialog.preview))
        self.assertNotIn("Three", str(dialog.preview))
        self.assertEqual(set(self._figures(some).mapped("credit_control")), {"limit"})
        dialog.action_apply()
        self.assertEqual(set(self._figures(some).mapped("credit_control")), {"frozen"})
        day = self._today(90)
        self._dialog(some, change="review", review_date=day).action_apply()
        self.assertEqual(set(self._figures(some).mapped("credit_review_date")), {day})
        self._dialog(some, change="term", term_days=45).action_apply()
        self.assertEqual(set(self._figures(some).mapped("credit_term_days")), {45})
        with self.assertRaises(UserError):
            self._dialog(some, change="term", term_days=45).action_apply()

    def test_grade_brings_its_terms(self):
        customer = self._customer(limit=100)
        grade = self._grade("B")
        self._dialog(customer, change="grade", grade_id=grade.id).action_apply()
        self.assertEqual(self._figures(customer).credit_grade_id, grade)

    def test_only_controllers(self):
        customer = self._customer(limit=100)
        for user in (self.salesperson, self.auditor, self.finance_manager, self.collector):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._dialog(customer, user, limit=500).action_apply()

    def test_ceiling_of_controllers(self):
        self.company.sudo().credit_controller_ceiling = 1000
        customer = self._customer(limit=100)
        own = customer.with_user(self.controller).with_company(self.company)
        with self.assertRaises(UserError):
            self._dialog(customer, limit=1000.01).action_apply()
        for values in (
            {"credit_limit": 5000},
            {
                "credit_limit_temporary": 5000,
                "credit_limit_temporary_from": self._today(),
                "credit_limit_temporary_to": self._today(5),
            },
        ):
            with self.subTest(**values), self.assertRaises(UserError):
                own.write(values)
        with self.assertRaises(UserError):
            self._customer("New", limit=1001)
        self._dialog(customer, limit=1000).action_apply()
        # What was granted above it may go down.
        customer.sudo().with_company(self.company).credit_limit = 9000
        self._dialog(customer, limit=8000).action_apply()
        self.assertEqual(self._figures(customer).credit_limit, 8000)

    def test_ceiling_holds_for_text_and_members_of_a_group(self):
        self.company.sudo().credit_controller_ceiling = 1000
        with self.assertRaisesRegex(UserError, "is above"):
            self._customer("Text", limit="1000.01")
        groups = self.env["credit.group"].with_user(self.controller).with_company(self.company)
        values = {"name": "Dragon", "company_id": self.company.id, "limit": 1_000_000}
        with self.assertRaisesRegex(UserError, "Limit of Each Member: .*1,000.01 is above"):
            groups.create({**values, "member_limit": 1000.01})
        group = groups.create({**values, "member_limit": 1000})
        with self.assertRaisesRegex(UserError, "is above"):
            group.member_limit = 1000.01
        # What was granted above it may go down, and the rest be changed.
        group.sudo().member_limit = 9000
        group.write({"name": "Drake", "member_limit": 8000})

    def test_limits_that_are_no_number(self):
        customer = self._customer(limit=100)
        own = customer.with_user(self.controller).with_company(self.company)
        for name in ("credit_limit", "credit_limit_temporary"):
            for value in ("nan", float("inf")):
                with self.subTest(name=name, value=value):
                    with self.assertRaisesRegex(ValidationError, "must be a number"):
                        own.write({name: value})

    def test_absurd_numbers(self):
        customer = self._customer(limit=100)
        with self.assertRaises(ValidationError):
            self._dialog(customer, limit=9e15).action_apply()
        with self.assertRaises(UserError):
            self._dialog(customer, change="review", review_date="2020-01-01").action_apply()
        self.assertEqual(self._figures(customer).credit_limit, 100)

    def test_controllers_export(self):
        self.assertTrue(self.controller.has_group("base.group_allow_export"))
