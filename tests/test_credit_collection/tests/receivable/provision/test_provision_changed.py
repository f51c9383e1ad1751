from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .provision_case import ProvisionCase


@tagged("post_install", "-at_install")
class TestProvisionChanged(ProvisionCase):
    """What changed in the books between request and approval is told with its documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._open_items()

    def _requested(self, **values):
        provision = self._provision(rate_source="typed", **values)
        provision.action_compute()
        provision.action_request()
        # Tests run in one transaction: all its documents are of one moment, its beginning.
        earlier = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        provision._system_write({"requested_at": earlier})
        return provision

    def _approver(self, provision):
        self.env.flush_all()
        self.env.invalidate_all()
        return provision.with_user(self.roles["finance_manager"])

    def test_nothing_changed_nothing_is_told(self):
        provision = self._approver(self._requested())
        self.assertFalse(provision.request_changes)
        self._approve(provision)
        self.assertEqual(provision.state, "approved")

    def test_a_backdated_payment_is_named_and_nobody_approves_old_figures(self):
        provision = self._requested()
        self._receive(self.doubtful, 300, date="2025-12-30")
        payment = self.env["account.move.line"].search(
            [("partner_id", "=", self.doubtful.id), ("account_id", "=", self.receivable.id)],
            order="id desc",
            limit=1,
        )
        provision = self._approver(provision)
        for part in ("Doubtful", "800.00", "500.00", payment.move_name):
            self.assertIn(part, provision.request_changes)
        self.assertNotIn("Pool", provision.request_changes)
        label = "Changed Since the Request"
        self.assertIn((label, provision.request_changes), provision._get_approval_facts())
        with self.assertRaises(UserError) as refusal:
            provision.validate_tier()
        self.assertIn(payment.move_name, str(refusal.exception))
        self.assertEqual(provision.state, "requested")

    def test_the_request_is_withdrawn_and_made_anew_from_the_books_of_today(self):
        provision = self._requested()
        self._receive(self.doubtful, 300, date="2025-12-30")
        provision.with_user(self.accountant).action_withdraw()
        self.assertEqual(provision.state, "draft")
        provision.with_user(self.accountant).action_request()
        self.assertEqual(provision.target_specific, 375)  # 75 % of 500
        self._approve(provision)
        self.assertEqual(provision.state, "approved")

    def test_an_entry_on_the_allowance_is_a_change(self):
        provision = self._requested()
        entry = self._entry(
            (self.expense, 100, None), (self.allowance, -100, None), day="2025-12-15"
        )
        provision = self._approver(provision)
        self.assertIn("Present Allowance: 0 → ", provision.request_changes)
        self.assertIn(entry.name, provision.request_changes)

    def test_another_amount_than_approved_is_told_with_its_entry(self):
        provision = self._requested()
        self._approve(provision)
        entry = self._entry(
            (self.expense, 100, None), (self.allowance, -100, None), day="2025-12-15"
        )
        provision.with_user(self.accountant).action_post()
        self.assertIn(entry.name, provision.message_ids[:3].mapped("body").__str__())
        self.assertIn("not the", str(provision.message_ids.mapped("body")))

    def test_wrong_days_are_told_together_with_their_values(self):
        with self.assertRaises(ValidationError) as refusal:
            self._provision(date_from="2026-01-15", reversal_date="2025-12-01")
        for part in ("Movements From", "01/15/2026", "Reverse on", "12/01/2025", "12/31/2025"):
            self.assertIn(part, str(refusal.exception))
