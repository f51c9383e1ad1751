from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .provision_case import ProvisionCase


@tagged("post_install", "-at_install")
class TestProvisionRefused(ProvisionCase):
    """Refusals: by role, by state, in a closed period, without accounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._open_items()

    def _moves(self):
        return self.env["account.move"].search_count([("company_id", "=", self.company.id)])

    def test_applicant_never_approves(self):
        boss = self._user(
            "boss",
            "credit_collection.group_credit_finance_manager,account.group_account_invoice",
        )
        provision = self._provision(user=boss)
        provision.action_compute()
        provision.action_request()
        with self.assertRaises(AccessError):
            provision.validate_tier()
        # in turn: the general manager waits for finance
        with self.assertRaises(AccessError):
            provision.with_user(self.general_manager).validate_tier()
        self._approve(provision)
        self.assertEqual(provision.state, "approved")

    def test_rejected_nothing_is_booked(self):
        provision = self._provision()
        provision.action_compute()
        provision.action_request()
        provision.with_user(self.finance_manager).reject_tier()
        self.assertEqual(provision.state, "rejected")
        with self.assertRaises(UserError):
            provision.action_post()

    def test_only_accounting_books(self):
        provision = self._approved()
        for role in ("controller", "finance_manager", "general_manager", "auditor", "salesperson"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                provision.with_user(self.roles[role]).action_post()
        self.assertFalse(provision.move_id)

    def test_roles_read_or_not(self):
        provision = self._provision()
        for role in ("auditor", "collector", "finance_manager"):
            self.assertEqual(provision.with_user(self.roles[role]).state, "draft")
            with self.subTest(role=role), self.assertRaises(AccessError):
                provision.with_user(self.roles[role]).write({"note": "x"})
        for role in ("salesperson", "sales_manager"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                provision.with_user(self.roles[role]).read(["target"])

    def test_figures_and_state_cannot_be_forged(self):
        provision = self._provision()
        provision.action_compute()
        user = self.accountant
        line = provision.line_ids[0].with_user(user)
        specific = provision.specific_ids.with_user(user)
        for call in (
            lambda: provision.write({"state": "approved"}),
            lambda: provision.write({"present": 1}),
            lambda: provision.write({"move_id": False}),
            lambda: line.write({"exposure": 1}),
            lambda: line.write({"base_rate": 1}),  # computed from rolls
            lambda: specific.write({"exposure": 1}),
            lambda: line.create({"provision_id": provision.id, "exposure": 9}),
            lambda: provision.line_ids.with_user(user).unlink(),
            lambda: self._provision(state="approved"),
        ):
            with self.assertRaises(AccessError):
                call()
        provision.action_request()
        for call in (
            lambda: provision.write({"loss_given_last": 1}),
            lambda: line.write({"adjustment": 1}),
            lambda: specific.write({"percent": 1}),
            specific.unlink,
            lambda: provision.write({"specific_ids": [Command.clear()]}),
        ):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(UserError):
            specific.create(
                {"provision_id": provision.id, "partner_id": self.customer.id, "reason": "x"}
            )
        with self.assertRaises(UserError):
            provision.action_compute()

    def test_a_closed_period_is_said_and_nothing_is_left(self):
        provision = self._approved()
        self.company.sudo().fiscalyear_lock_date = "2025-12-31"
        before = self._moves()
        with self.assertRaisesRegex(UserError, "accounting period is closed"):
            provision.action_post()
        self.assertEqual(self._moves(), before)
        self.assertEqual(provision.state, "approved")
        self.company.sudo().fiscalyear_lock_date = "2025-11-30"
        provision.action_post()
        self.assertEqual(provision.move_id.date, self._day("2025-12-31"))

    def test_a_reversal_into_a_closed_period(self):
        provision = self._approved()
        provision.action_post()
        self.company.sudo().fiscalyear_lock_date = "2026-01-31"
        provision.reversal_date = "2026-01-15"
        before = self._moves()
        with self.assertRaisesRegex(UserError, "accounting period is closed"):
            provision.action_reverse()
        self.assertEqual(self._moves(), before)
        self.assertEqual(provision.state, "posted")

    def test_the_entry_is_neither_reset_nor_deleted(self):
        provision = self._approved()
        provision.action_post()
        with self.assertRaisesRegex(UserError, "Reverse it there"):
            provision.move_id.button_draft()
        with self.assertRaises(UserError):
            provision.move_id.unlink()

    def test_an_adjustment_needs_a_reason(self):
        provision = self._provision()
        provision.action_compute()
        provision.line_ids[0].adjustment = 3.0
        with self.assertRaisesRegex(UserError, "needs a reason"):
            provision.action_request()

    def test_no_allowance_account_is_said(self):
        self.allowance.name = "Something Else"
        provision = self._provision()
        self.assertFalse(provision.allowance_account_id)
        provision.action_compute()
        before = self._moves()
        with self.assertRaisesRegex(UserError, "Allowance for Doubtful Accounts"):
            provision.action_request()
        self.assertEqual(provision.state, "draft")
        self.assertEqual(self._moves(), before)
        self.company.sudo().receivable_allowance_account_id = self.allowance
        provision.action_request()
        self.assertEqual(provision.allowance_account_id, self.allowance)

    def test_nothing_to_provide_for(self):
        provision = self._provision(date="2020-12-31", date_from="2020-01-01", specific=False)
        with self.assertRaisesRegex(UserError, "No entry is needed"):
            provision.action_request()

    @mute_logger("odoo.sql_db")
    def test_values_out_of_range(self):
        for values in (
            {"roll_months": 6},
            {"loss_given_last": 101},
            {"date_from": "2026-12-31"},
            {"reversal_date": "2025-12-31"},
        ):
            with self.subTest(values=values), self.assertRaises(Exception):  # noqa: B017
                self._provision(**values)
                self.env.flush_all()

    def test_another_company_sees_nothing(self):
        provision = self._provision()
        other = self.setup_other_company()["company"]
        stranger = self._user("stranger", "account.group_account_invoice", company=other,
                              company_ids=[Command.set(other.ids)])  # fmt: skip
        with self.assertRaises(AccessError):
            provision.with_user(stranger).read(["target"])

    def test_a_customer_is_evaluated_once(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception):  # noqa: B017
            self._provision(
                specific_ids=[
                    Command.create({"partner_id": self.doubtful.id, "reason": "a"}),
                    Command.create({"partner_id": self.doubtful.id, "reason": "b"}),
                ]
            )
            self.env.flush_all()
