from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import notes


class ReceivableNoteLine(models.Model):
    """An instalment that a note pays, and how late that makes it."""

    _name = "receivable.note.line"
    _description = "Invoice Paid by a Note"
    _inherit = ["credit.protected.mixin"]
    _order = "note_id, id"
    _rec_name = "move_id"

    note_id = fields.Many2one(
        "receivable.note", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="note_id.company_id", store=True)
    move_line_id = fields.Many2one(
        "account.move.line", "Instalment", required=True, ondelete="restrict", index=True
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    date_invoice = fields.Date("Invoice Date", compute="_compute_dates", store=True)
    date_due = fields.Date("Due Date", compute="_compute_dates", store=True)
    currency_id = fields.Many2one(related="note_id.currency_id")
    residual = fields.Monetary(related="move_line_id.amount_residual_currency", string="Open")
    amount = fields.Monetary(required=True)
    days_overdue = fields.Integer(
        compute="_compute_days_overdue",
        store=True,
        aggregator="max",
        help="Maturity of the note − invoice date − term (P4-08).",
    )

    _amount_positive = models.Constraint("CHECK(amount > 0)", "Enter what the note pays of it.")
    _once_per_note = models.Constraint(
        "UNIQUE(note_id, move_line_id)", "An instalment stands once on a note."
    )

    @api.depends("move_line_id.date_maturity", "move_line_id.move_id.invoice_date")
    def _compute_dates(self):
        for line in self:
            item = line.move_line_id
            line.date_invoice = item.move_id.invoice_date or item.date
            line.date_due = item.date_maturity or line.date_invoice

    @api.depends("date_invoice", "date_due", "note_id.date_maturity")
    def _compute_days_overdue(self):
        for line in self:
            maturity = line.note_id.date_maturity
            line.days_overdue = (
                notes.days_overdue(maturity, line.date_invoice, line.date_due)
                if maturity and line.date_invoice and line.date_due
                else 0
            )

    @api.onchange("move_line_id")
    def _onchange_move_line_id(self):
        if self.move_line_id and not self.amount:
            used = sum((self.note_id.line_ids - self).mapped("amount"))
            self.amount = max(0.0, min(self.residual, self.note_id.amount - used))

    def _get_open_fields(self):
        return {"move_line_id", "amount"} if self.note_id.state == "draft" else set()

    @api.model
    def _get_create_fields(self):
        return {"note_id", "move_line_id", "amount"}

    def _may_delete(self):
        return self.note_id.state == "draft"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self._is_system() and any(line.note_id.state != "draft" for line in lines):
            raise UserError(self.env._("Invoices are named before the note is booked."))
        return lines
