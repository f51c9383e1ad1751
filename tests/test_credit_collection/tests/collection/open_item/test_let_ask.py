from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestLetAsk(ResolutionCase):
    """Items marked No Follow-Up open no case, are listed, and are asked for on request."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.balance = cls._opening(3000)

    @classmethod
    def _opening(cls, amount, partner=None):
        """An opening balance as it is entered: a journal entry, overdue for long."""
        accounts = cls.company_data
        day = cls._today(-40)
        rows = (
            (accounts["default_account_receivable"], amount),
            (accounts["default_account_revenue"], -amount),
        )
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": balance,
                            "partner_id": (partner or cls.customer).id,
                            "date_maturity": day,
                        }
                    )
                    for account, balance in rows
                ],
            }
        )
        move.action_post()
        return move

    def _row(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        ledger = self.env["collection.ledger"].with_user(user)
        return ledger.search(
            [("partner_id", "=", self.customer.id), ("block_codes", "like", "no_followup")]
        )

    def _wizard(self, row):
        action = row.action_ask()
        return self.env[action["res_model"]].with_user(row.env.user).browse(action["res_id"])

    def _decision(self):
        self.env.flush_all()
        rows = self.env["collection.run"].sudo()._get_decision_rows(self.company, self.customer.ids)
        return rows[0] if rows else {"case_action": "none", "chase": 0}

    def test_opening_balance_opens_no_case_until_it_may_be_asked_for(self):
        row = self._decision()
        self.assertEqual((row["case_action"], row["chase"]), ("none", 0))
        wizard = self._wizard(self._row(self.collection_manager))
        self.assertIn("3,000", wizard.documents)
        wizard.reason = "Old debt of the former system"
        wizard.action_apply()
        row = self._decision()
        self.assertEqual((row["case_action"], row["chase"]), ("open", 3000))
        self.assertFalse(self._row(self.collection_manager))
        [message] = self.balance.message_ids.filtered(
            lambda m: "Old debt of the former system" in (m.body or "")
        )
        self.assertEqual(message.author_id, self.collection_manager.partner_id)

    def test_beside_an_invoice_the_case_opens_for_the_invoice(self):
        self._invoice(self.customer, 100, days_overdue=10)
        row = self._decision()
        self.assertEqual((row["case_action"], row["chase"], row["overdue"]), ("open", 100, 3100))

    def test_accountants_and_collection_managers_decide(self):
        wizard = self._wizard(self._row(self.accountant))
        wizard.reason = "x"
        for user in (self.collector, self.controller, self.salesperson, self.auditor, self.legal):
            with self.subTest(user=user.name):
                row = self._row(self.accountant).with_user(user)
                with self.assertRaises(AccessError):
                    row.action_ask()
                with self.assertRaises(AccessError):
                    wizard.with_user(user).action_apply()
        wizard.action_apply()
        self.assertFalse(self._row(self.accountant))

    def test_reason_and_an_open_marked_item_are_needed(self):
        wizard = self._wizard(self._row(self.accountant))
        for reason in (False, "  "):
            with self.assertRaises(UserError) as refusal:
                wizard.move_line_ids._let_ask(reason)
            self.assertIn("why", str(refusal.exception))
        invoice = self._invoice(self.customer, 100, days_overdue=10)
        with self.assertRaises(UserError) as refusal:
            self._claims(invoice).with_user(self.accountant)._let_ask("x")
        self.assertIn(invoice.name, str(refusal.exception))
        with self.assertRaises(UserError):
            self.env["account.move.line"].with_user(self.accountant)._let_ask("x")

    def test_case_shows_the_item_and_its_button(self):
        case = self._case()
        item = case.with_user(self.collection_manager).item_ids
        self.assertEqual(item.move_line_id.move_id, self.balance)
        wizard = self._wizard(item)
        wizard.reason = "Asked from the case"
        wizard.action_apply()
        self.env.invalidate_all()
        self.assertEqual(case.amount_chase, 3000)
