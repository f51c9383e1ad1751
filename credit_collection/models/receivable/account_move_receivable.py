from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

class AccountMove(models.Model):
    """Doors from invoices and entries to write-offs and notes."""

    _inherit = "account.move"

    receivable_writeoff_count = fields.Integer(compute="_compute_receivable_counts")
    receivable_note_count = fields.Integer(compute="_compute_receivable_counts")

    def _compute_receivable_counts(self):
        for move in self:
            move.receivable_writeoff_count = len(move._get_receivable_writeoffs())
            move.receivable_note_count = len(move._get_receivable_notes())

    def _get_receivable_writeoffs(self):
        """Applications on these invoices, or that made these entries; as far as the user sees."""
        writeoffs = self.env["receivable.writeoff"]
        if not self.ids or not writeoffs.has_access("read"):
            return writeoffs
        recoveries = self.env["receivable.recovery"]._search(
            ["|", ("move_id", "in", self.ids), ("reverse_move_id", "in", self.ids)]
        )
        return writeoffs.search(
            [
                "|", "|", "|",
                ("line_ids.move_id", "in", self.ids),
                ("move_id", "in", self.ids),
                ("reverse_move_id", "in", self.ids),
                ("line_ids.recovery_ids", "in", recoveries),
            ]
        )  # fmt: skip

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

    def action_open_receivable_writeoffs(self):
        """Open the write-offs of this invoice or entry."""
        self.check_access("read")
        return self._receivable_open("receivable_writeoff_action", self._get_receivable_writeoffs())

    def action_open_receivable_notes(self):
        """Open the notes of this invoice or entry."""
        self.check_access("read")
        return self._receivable_open("receivable_note_action", self._get_receivable_notes())

    def _receivable_open(self, name, records):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"credit_collection.{name}")
        action.update(domain=[("id", "in", records.ids)], context={})
        if len(records) == 1:
            action.update(res_id=records.id, views=[(False, "form")], view_mode="form")
        return action

    def action_receivable_writeoff(self):
        """Apply for the write-off of these invoices: opens the wizard."""
        self.check_access("read")
        return self._receivable_start("receivable_writeoff_apply_action")

    def _receivable_start(self, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"credit_collection.{name}")
        action["context"] = {"active_model": self._name, "active_ids": self.ids}
        return action

    def action_receivable_note(self):
        """Enter a note that pays these invoices: opens it with customer, amount and invoices."""
        self.check_access("read")
        items = self.line_ids.filtered(self.env["receivable.writeoff.apply"]._is_open_item)
        if (
            len(items.partner_id.commercial_partner_id) != 1
            or len(items.company_id) != 1
            or len(items.currency_id) != 1
        ):
            raise UserError(
                self.env._(
                    "Choose posted, unpaid invoices of one customer, one company and one currency."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.receivable_note_action"
        )
        action.update(views=[(False, "form")], view_mode="form")
        action["context"] = {
            "default_partner_id": items.partner_id.commercial_partner_id.id,
            "default_company_id": items.company_id.id,
            "default_currency_id": items.currency_id.id,
            "default_amount": sum(items.mapped("amount_residual_currency")),
            "default_line_ids": [
                Command.create({"move_line_id": item.id, "amount": item.amount_residual_currency})
                for item in items
            ],
        }
        return action


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def action_receivable_writeoff(self):
        """Apply for the write-off of these instalments: opens the wizard."""
        self.check_access("read")
        return self.env["account.move"]._receivable_start("receivable_writeoff_apply_action") | {
            "context": {"active_model": self._name, "active_ids": self.ids}
        }


class CreditExposureLine(models.Model):
    _inherit = "credit.exposure.line"

    def action_receivable_writeoff(self):
        """Apply for the write-off of these receivables: opens the wizard."""
        self.check_access("read")
        return self.env["account.move"]._receivable_start("receivable_writeoff_apply_action") | {
            "context": {"active_model": self._name, "active_ids": self.ids}
        }
