from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..application.application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestDecision(ApplicationCase):
    """Each decision about a customer is kept with date, author and reason (P2-04)."""

    def test_one_row_for_a_write(self):
        before = self._decisions()
        self._decide(self.customer, credit_control="limit", credit_limit=500, credit_term_days=30)
        row = self._decisions() - before
        self.assertRecordValues(
            row,
            [
                {
                    "source": "manual",
                    "user_id": self.controller.id,
                    "old_control": "cash",
                    "new_control": "limit",
                    "old_limit": 0,
                    "new_limit": 500,
                    "old_term_days": 0,
                    "new_term_days": 30,
                }
            ],
        )
        self.assertIn("500", row.summary)

    def test_nothing_new_is_no_decision(self):
        before = self._decisions()
        self._decide(self.customer, credit_control="cash", credit_term_days=0)
        self.customer.write({"name": "Renamed"})
        self.assertEqual(self._decisions(), before)

    def test_one_row_per_customer(self):
        other = self._customer("Other")
        self._decide(self.customer | other, credit_control="frozen")
        self.assertEqual(self._decisions()[0].new_control, "frozen")
        self.assertEqual(self._decisions(other)[0].new_control, "frozen")

    def test_service_manager_is_named_by_credit_control(self):
        """The salesperson of a customer names nobody, not by a default either."""
        customer = self.customer.with_user(self.salesperson)
        with self.assertRaises(AccessError):
            customer.credit_service_manager_id = self.salesperson
        maker = self._user(
            "maker", "base.group_partner_manager,credit_collection.group_credit_user"
        )
        new = (
            customer.browse()
            .with_user(maker)
            .with_context(default_credit_service_manager_id=self.salesperson.id)
            .create({"name": "New"})
        )
        self.assertFalse(new.sudo().credit_service_manager_id)
        before = self._decisions()
        customer.with_user(self.controller).credit_service_manager_id = self.salesperson
        self.assertEqual(self._decisions(), before)

    def test_contacts_have_no_history(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self._decide(self.customer, credit_control="limit", credit_limit=77)
        self.assertFalse(self._decisions(contact))

    def test_new_customer(self):
        self.assertRecordValues(
            self._decisions(self._customer("New", limit=900, grade="B")),
            [
                {
                    "old_limit": 0,
                    "new_limit": 900,
                    "new_control": "limit",
                    "old_grade_id": False,
                    "new_grade_id": self._grade("B").id,
                }
            ],
        )
        plain = self.env["res.partner"].create({"name": "Nobody decided"})
        self.assertFalse(self._decisions(plain))

    def test_company_of_the_decision(self):
        other = self.setup_other_company(name="Other Company")["company"]
        before = self._decisions()
        self.controller.company_ids |= other
        self._decide(self.customer, company=other, credit_control="blacklist")
        self.assertEqual(self._decisions(), before)
        self.assertEqual(self._decisions(company=other).new_control, "blacklist")
        # Users of other companies do not read it.
        self.controller.company_ids -= other
        self.assertFalse(
            self.env["credit.decision"]
            .with_user(self.controller)
            .search([("company_id", "=", other.id)])
        )

    def test_source_and_origin(self):
        application = self._application()
        self.customer._credit_decide(
            {"credit_control": "frozen"}, "freeze", application, "Bad news"
        )
        self.assertRecordValues(self._decisions()[0], [{"source": "freeze", "note": "Bad news"}])
        self.assertEqual(self._decisions()[0].origin, application)

    def test_label_is_not_forged(self):
        for label in ({"source": "application"}, "application", ["application", False, "x"]):
            own = self.customer.with_context(credit_collection_decision=label)
            with self.subTest(label=label):
                with self.assertRaisesRegex(UserError, "Change Terms"):
                    own.with_user(self.controller).credit_term_days = 1
                own.with_user(self.controller).credit_risk_level = "high"
                self.assertEqual(self._decisions()[0].source, "manual")

    def test_import_is_told_apart(self):
        result = (
            self.env["res.partner"]
            .with_user(self.controller)
            .load(["name", "credit_control", "credit_limit"], [["Imported", "limit", "1200"]])
        )
        self.assertFalse(result["messages"])
        partner = self.env["res.partner"].browse(result["ids"])
        self.assertRecordValues(self._decisions(partner), [{"source": "import", "new_limit": 1200}])

    def test_history_is_written_by_nobody(self):
        row = self._decisions()[0]
        values = {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "date": "2026-01-01 00:00:00",
            "user_id": self.controller.id,
            "new_limit": 1e6,
        }
        for user in (
            self.salesperson,
            self.controller,
            self.administrator,
            self.env.ref("base.user_root"),
        ):
            decisions = self.env["credit.decision"].with_user(user)
            with self.subTest(user=user.name):
                self.refused(lambda d=decisions: d.create(values), AccessError)
                for key in ("credit_collection_system", "credit_collection_decision"):
                    self.refused(
                        lambda d=decisions, k=key: d.with_context(**{k: True}).create(values),
                        AccessError,
                    )
                mine = row.with_user(user)
                self.refused(lambda m=mine: m.write({"new_limit": 0}), AccessError)
                self.refused(lambda m=mine: m.write({"note": "x"}), AccessError)
                self.refused(mine.unlink, AccessError)
        self.refused(
            lambda: self.customer.with_user(self.controller).write(
                {"credit_decision_ids": [Command.create(values)]}
            ),
            AccessError,
        )

    def test_roles_that_read(self):
        row = self._decisions()
        for user, sees in (
            (self.salesperson, True),
            (self.salesperson2, False),
            (self.sales_manager, True),
            (self.auditor, True),
            (self.controller, True),
            (self.accountant, True),
        ):
            with self.subTest(user=user.name):
                found = self.env["credit.decision"].with_user(user).search([("id", "in", row.ids)])
                self.assertEqual(bool(found), sees)

    def test_smart_button(self):
        self._decide(self.customer, credit_limit=5, credit_control="limit")
        customer = self.customer.with_user(self.controller).with_company(self.company)
        self.assertEqual(customer.credit_decision_count, len(self._decisions()))
        action = customer.action_open_credit_decisions()
        self.assertEqual(
            self.env["credit.decision"].sudo().search(action["domain"]), self._decisions()
        )
