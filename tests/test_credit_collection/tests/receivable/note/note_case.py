from odoo.fields import Command

from ..writeoff.writeoff_case import WriteoffCase


class NoteCase(WriteoffCase):
    """Notes as accountants enter them, and their steps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.company_data["default_journal_bank"]
        cls.bank_account = (
            cls.bank.inbound_payment_method_line_ids.payment_account_id[:1]
            or cls.bank.default_account_id
        )
        cls.supplier = cls.env["res.partner"].create({"name": "Supplier"})

    def _note(self, moves, amount=None, user=None, receive=True, **values):
        items = self._items(moves)
        currency = moves.currency_id or self.company.currency_id
        note = (
            self.env["receivable.note"]
            .with_user(user or self.accountant)
            .create(
                {
                    "number": f"N{self.env['receivable.note'].search_count([])}",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "currency_id": currency.id,
                    "amount": amount or sum(items.mapped("amount_residual_currency")),
                    "date_maturity": self._today(90),
                    "line_ids": [
                        Command.create(
                            {"move_line_id": item.id, "amount": item.amount_residual_currency}
                        )
                        for item in items
                    ],
                    **values,
                }
            )
        )
        if receive:
            note.action_receive()
        return note

    def _step(self, note, kind, user=None, **values):
        wizard = (
            self.env["receivable.note.do"]
            .with_user(user or self.accountant)
            .with_context(default_note_id=note.id, default_kind=kind)
            .create({"reason": "Account closed", **values})
        )
        wizard.action_do()
        self.env.invalidate_all()
        return note.sudo()._last_step()

    def _bill(self, amount, **values):
        return self._invoice(self.supplier, amount, move_type="in_invoice", **values)
