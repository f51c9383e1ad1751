from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ...common import migration
from .confirmation_case import ConfirmationCase


@tagged("post_install", "-at_install")
class TestReconciliation(ConfirmationCase):
    """The sheet that explains a difference, its three approvals, and what follows (P4-31)."""

    def setUp(self):
        super().setUp()
        self.letter = self._answer(
            self._letter(self._campaign()), own=230, contested=[self.first.name]
        )
        self.sheet = self.letter.reconciliation_ids.with_user(self.accountant)

    def _fill(self, fault="theirs", other="ours"):
        """The invoice is missing in their records, a payment of 20 in ours."""
        self.sheet.line_ids.write({"fault": fault, "remedy": "Copy of the invoice sent"})
        self.sheet.write(
            {
                "line_ids": [
                    Command.create(
                        {"name": "Transfer 9", "side": "theirs", "amount": -20, "fault": other,
                         "remedy": "Payment found and entered"}
                    )
                ]
            }
        )  # fmt: skip

    def _approve(self, *roles):
        for role in roles or ("sales_manager", "finance_manager", "general_manager"):
            self.sheet.with_user(self.roles[role]).validate_tier()
            self.env.invalidate_all()

    def test_a_differing_answer_starts_the_sheet_with_the_items_contested(self):
        self.assertRecordValues(self.sheet, [{"state": "draft", "difference": 120}])
        self.assertRecordValues(
            self.sheet.line_ids, [{"side": "ours", "name": self.first.name, "amount": 100}]
        )
        self.assertRecordValues(
            self.sheet.balance_ids, [{"difference": 120, "explained": 100, "unexplained": 20}]
        )
        self.assertEqual(
            self._activities(self.sheet, "mail_activity_confirmation_reconcile").user_id,
            self.accountant,
        )

    def test_the_items_explain_the_difference_or_words_do(self):
        self.refused(self.sheet.action_request, UserError)
        self.sheet.line_ids.write({"fault": "theirs", "remedy": "Copy sent"})
        self.refused(self.sheet.action_request, UserError)
        self.assertIn("20.00", self.sheet.missing_input)
        self._fill()
        self.assertEqual(self.sheet.balance_ids.unexplained, 0)
        self.sheet.action_request()
        self.assertEqual(self.sheet.state, "requested")
        self.assertFalse(self._activities(self.sheet, "mail_activity_confirmation_reconcile"))
        for call in (
            lambda: self.sheet.line_ids[:1].write({"amount": 1}),
            lambda: self.sheet.line_ids[:1].unlink(),
            lambda: self.sheet.write({"note": "more"}),
        ):
            self.refused(call, AccessError)
        line = self.env["receivable.reconciliation.line"].with_user(self.accountant)
        values = {"reconciliation_id": self.sheet.id, "name": "late", "amount": 1}
        self.refused(lambda: line.create(values), UserError)

    def test_three_approve_in_turn_and_never_who_asked(self):
        self._fill()
        self.sheet.action_request()
        self.refused(lambda: self._approve("finance_manager"), AccessError)
        self._approve("sales_manager")
        self.refused(lambda: self._approve("general_manager"), AccessError)
        self._approve("finance_manager", "general_manager")
        self.assertEqual(self.sheet.state, "approved")
        self.assertEqual(
            [review.done_by for review in self.sheet.sudo().review_ids.sorted("sequence")],
            [self.sales_manager, self.finance_manager, self.general_manager],
        )

    def test_who_wrote_the_items_does_not_approve_them(self):
        self.accountant.sudo().group_ids |= self.env.ref(
            "credit_collection.group_credit_sales_manager"
        )
        self._fill()
        self.sheet.with_user(self.controller).action_request()
        self.refused(lambda: self.sheet.with_user(self.accountant).validate_tier(), AccessError)

    def _second_manager(self):
        return self._user(
            "manager2",
            "credit_collection.group_credit_sales_manager,account.group_account_invoice",
        )

    def test_who_wrote_the_explanation_does_not_approve_it(self):
        manager = self._second_manager()
        self._fill()
        self.sheet.with_user(manager).note = "Ours, in short"
        self.sheet.note = "Ours, in short."  # written over by a colleague
        self.sheet.action_request()
        self.refused(self.sheet.with_user(manager).validate_tier, AccessError)
        self._approve()

    def test_who_wrote_an_item_over_does_not_make_it_theirs_alone(self):
        manager = self._second_manager()
        self._fill()
        self.sheet.line_ids[0].with_user(manager).remedy = "Written off, between us"
        self.sheet.line_ids.write({"remedy": "Written off"})
        self.sheet.action_request()
        self.refused(self.sheet.with_user(manager).validate_tier, AccessError)

    def test_an_update_knows_the_authors_of_what_waits(self):
        self._fill()
        self.env.flush_all()
        self.sheet.sudo()._system_write({"author_ids": [Command.clear()]})
        self.env.flush_all()
        migration("19.0.1.10.0", "post-authors").migrate(self.env.cr, "19.0.1.9.0")
        self.env.invalidate_all()
        self.assertIn(self.accountant, self.sheet.sudo().author_ids)

    def test_our_error_is_a_task_and_theirs_is_told_at_once(self):
        self._fill()
        self.sheet.action_request()
        self._approve()
        task = self._activities(self.sheet, "mail_activity_reconciliation_correct")
        self.assertEqual(task.user_id, self.accountant)
        self.assertIn("Transfer 9", task.note)
        self.assertNotIn(self.first.name, task.note)
        mail = self.env["mail.mail"].sudo().search(
            [("email_to", "like", "one@example.com"), ("subject", "like", self.sheet.name)]
        )  # fmt: skip
        self.assertIn(self.first.name, mail.body_html)
        self.assertNotIn("Transfer 9", mail.body_html)
        self.assertTrue(self.sheet.told_on)

    def test_without_an_address_the_salesperson_tells_the_customer(self):
        self._fill(other="timing")
        self.one.email = False
        self.sheet.action_request()
        self._approve()
        self.assertFalse(self.sheet.told_on)
        task = self._activities(self.sheet, "mail_activity_reconciliation_tell")
        self.assertEqual(task.user_id, self.salesperson)
        self.assertFalse(self._activities(self.sheet, "mail_activity_reconciliation_correct"))

    def test_a_rejected_sheet_is_followed_by_a_new_one(self):
        self._fill()
        self.refused(self.sheet.action_new, UserError)
        self.sheet.action_request()
        self.sheet.with_user(self.sales_manager).reject_tier()
        self.assertEqual(self.sheet.state, "rejected")
        self.sheet.action_new()
        new = self.letter.reconciliation_ids - self.sheet
        self.assertEqual(new.state, "draft")
        self.assertEqual(len(new.line_ids), 2)
        self.assertEqual(new.balance_ids.unexplained, 0, "the rejected one counts no more")
        new.with_user(self.accountant).action_cancel()
        self.assertEqual(new.state, "cancelled")

    def test_an_item_belongs_to_a_balance_of_its_letter(self):
        other = self._answer(
            self._letter(self.letter.campaign_id, self.two), own=700
        ).reconciliation_ids
        self.refused(
            lambda: self.sheet.line_ids[:1].write({"balance_id": other.balance_ids.id}),
            ValidationError,
        )

    def test_salespeople_see_the_sheets_of_their_customers(self):
        sheets = self.env["receivable.reconciliation"]
        scope = [("id", "=", self.sheet.id)]
        self.assertTrue(sheets.with_user(self.salesperson).search(scope))
        self.assertFalse(sheets.with_user(self.salesperson2).search(scope))
        own = self.sheet.with_user(self.salesperson)
        self.refused(own.action_request, AccessError)
        self.refused(own.action_cancel, AccessError)
        self.refused(own.action_new, AccessError)
        lines = self.env["receivable.reconciliation.line"].with_user(self.salesperson2)
        self.assertFalse(lines.search([("reconciliation_id", "=", self.sheet.id)]))
