from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AccountMove(models.Model):
    """Entry points from invoices and entries to their notes."""

    _inherit = "account.move"

    receivable_note_count = fields.Integer(compute="_compute_receivable_note_count")

    def _compute_receivable_note_count(self):
        for move in self:
            move.receivable_note_count = len(move._get_receivable_notes())

    def _get_receivable_notes(self):
        notes = self.env["receivable.note"]
        if not self.ids or not notes.has_access("read"):
            return notes
        return notes.search(
            [
                "|", "|",
                ("line_ids.move_line_id.move_id", "in", self.ids),
                ("step_ids.move_id", "in", self.ids),
                ("step_ids.reverse_move_id", "in", self.ids),
            ]
        )  # fmt: skip

    def action_open_receivable_notes(self):
        """Open the notes of this invoice or entry."""
        self.check_access("read")
        return self._open_records("receivable_note_action", self._get_receivable_notes())

    def action_receivable_note(self):
        """Enter a note that pays these invoices: opens it with customer, amount and invoices."""
        self.check_access("read")
        items = self.line_ids.filtered(self.env["receivable.writeoff.apply"]._is_open_item)
        if (
            len(items.partner_id.commercial_partner_id) != 1
            or len(items.company_id.root_id) != 1
            or len(items.currency_id) != 1
        ):
            raise UserError(
                self.env._(
                    "Choose posted, unpaid invoices of one customer, one company and one currency."
                )
            )
        context = {
            "default_partner_id": items.partner_id.commercial_partner_id.id,
            "default_company_id": items.company_id.root_id.id,
            "default_currency_id": items.currency_id.id,
            "default_amount": sum(items.mapped("amount_residual_currency")),
            "default_line_ids": [
                Command.create({"move_line_id": item.id, "amount": item.amount_residual_currency})
                for item in items
            ],
        }
        return self._open_records(
            "receivable_note_action", views=[(False, "form")], view_mode="form", context=context
        )
