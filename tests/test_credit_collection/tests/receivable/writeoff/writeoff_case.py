from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from ...common import CreditCollectionCommon

APPROVERS = ("finance_manager", "general_manager")


class WriteoffCase(CreditCollectionCommon):
    """A company with accounts for write-offs, and applications as people file them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Hopeless & Co")
        cls.allowance = cls._account("ALW001", "Allowance", "asset_current")
        cls.bad_debt = cls._account("BAD001", "Bad Debts", "expense")
        cls.recovery_account = cls._account("REC001", "Bad Debt Recovery Account", "income_other")
        cls.note_account = cls._account("NOT001", "Notes Receivable", "asset_current")
        cls.interest_account = cls._account("INT001", "Interest of Notes", "expense")
        cls.fee_account = cls._account("FEE001", "Fees of Notes", "expense")
        cls.company.sudo().write(
            {
                "receivable_allowance_account_id": cls.allowance.id,
                "receivable_bad_debt_account_id": cls.bad_debt.id,
                "receivable_recovery_account_id": cls.recovery_account.id,
                "receivable_note_account_id": cls.note_account.id,
                "receivable_note_interest_account_id": cls.interest_account.id,
                "receivable_note_fee_account_id": cls.fee_account.id,
            }
        )
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.payable = cls.company_data["default_account_payable"]
        cls.aged = cls.env.ref("credit_collection.writeoff_reason_aged")
        cls.bankrupt = cls.env.ref("credit_collection.writeoff_reason_bankrupt")

    @classmethod
    def _account(cls, code, name, account_type, **values):
        return cls.env["account.account"].create(
            {"code": code, "name": name, "account_type": account_type, **values}
        )

    @classmethod
    def _provide(cls, amount, partner=None):
        """Put an amount into the allowance."""
        return cls._entry((cls.bad_debt, amount, partner), (cls.allowance, -amount, partner))

    @classmethod
    def _entry(cls, *items, date=None):
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": date or cls._today(),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": balance,
                            "partner_id": partner.id if partner else False,
                        }
                    )
                    for account, balance, partner in items
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def _items(cls, moves):
        """Open receivable items of invoices."""
        return moves.line_ids.filtered(lambda li: li.account_type == "asset_receivable")

    def _wizard(self, records, user=None, **values):
        wizards = self.env["receivable.writeoff.apply"].with_user(user or self.salesperson)
        return wizards.with_context(active_model=records._name, active_ids=records.ids).create(
            {"reason_id": self.aged.id, "explanation": "Nothing to get", **values}
        )

    def _writeoff(self, records, user=None, attach=True, amounts=None, **values):
        """An application of the salesperson, evidence attached."""
        wizard = self._wizard(records, user, **values)
        for line, amount in zip(wizard.line_ids, amounts or (), strict=False):
            line.amount = amount
        action = wizard.action_apply()
        writeoff = self.env["receivable.writeoff"].with_user(user or self.salesperson)
        writeoff = writeoff.browse(action["res_id"])
        if attach:
            self._attach(writeoff)
        return writeoff

    def _attach(self, writeoff):
        for row in writeoff.evidence_ids:
            row.attachment_ids = [
                Command.create({"name": f"{row.display_name}.pdf", "raw": b"proof"})
            ]

    def _approve(self, writeoff, *roles):
        for role in roles or APPROVERS:
            writeoff.with_user(self.roles[role]).validate_tier()
        self.env.invalidate_all()

    def _write_off(self, records, **values):
        """Written off by all who decide."""
        writeoff = self._writeoff(records, **values)
        writeoff.action_request()
        self._approve(writeoff)
        return writeoff.with_env(self.env).sudo()

    def _undo(self, document, user=None, reason="Mistake", date=None):
        wizard = (
            self.env["receivable.undo"]
            .with_user(user or self.accountant)
            .with_context(active_model=document._name, active_id=document.id)
            .create({"reason": reason, **({"date": date} if date else {})})
        )
        wizard.action_undo()
        self.env.invalidate_all()

    def _recover(self, claims, user=None, payment=None, amounts=None, **values):
        wizard = (
            self.env["receivable.recovery.register"]
            .with_user(user or self.accountant)
            .with_context(active_model=claims._name, active_ids=claims.ids)
            .create({**({"payment_line_id": payment.id} if payment else {}), **values})
        )
        for line, amount in zip(wizard.line_ids, amounts or (), strict=False):
            line.amount = amount
        action = wizard.action_book()
        self.env.invalidate_all()
        return self.env["receivable.recovery"].search(action["domain"])

    def assertEntry(self, move, *expected):
        """Every item of an entry: (account, balance) or (account, balance, amount in currency)."""
        self.assertEqual(move.state, "posted")
        self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0)
        found = sorted(
            (li.account_id.code, round(li.balance, 2), round(li.amount_currency, 2))
            for li in move.line_ids
        )
        wanted = sorted((e[0].code, e[1], e[2] if len(e) > 2 else e[1]) for e in expected)
        self.assertEqual(found, wanted)

    def refused(self, call, error=UserError, words=()):
        """Run `call`, which must raise, and leave no entry behind."""
        before = self.env["account.move"].sudo().search_count([])
        with self.assertRaises(error) as refusal, self.env.cr.savepoint():
            call()
            self.env.flush_all()
        self.env.invalidate_all()
        for word in words:
            self.assertIn(word, str(refusal.exception))
        self.assertEqual(self.env["account.move"].sudo().search_count([]), before)
        return str(refusal.exception)

    def _lock(self, date=None):
        """Close the books up to a day, today without one."""
        self.company.sudo().fiscalyear_lock_date = date or fields.Date.today()

    @classmethod
    def _paid_item(cls, amount, partner=None, **values):
        """The open credit of a payment that is applied to nothing."""
        payment = cls._receive(partner or cls.customer, amount, **values)
        return cls._items(payment.move_id)
