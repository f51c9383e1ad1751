from odoo import api, fields, models
from odoo.exceptions import UserError

MODELS = (
    "receivable.writeoff", "receivable.recovery", "receivable.note", "receivable.penalty",
    "receivable.interest", "receivable.interest.closing",
)  # fmt: skip


class ReceivableUndo(models.TransientModel):
    """Undo the entry of a document, by reversal and with a reason."""

    _name = "receivable.undo"
    _description = "Reverse Entry"

    date = fields.Date("Date of the Reversal", required=True)
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        document = self._get_document()
        values["date"] = document.company_id._credit_today()
        return values

    @api.model
    def _get_document(self):
        model, id_ = self.env.context.get("active_model"), self.env.context.get("active_id")
        if model not in MODELS or not id_:
            raise UserError(self.env._("Use the document's own button to reverse it."))
        document = self.env[model].browse(id_).exists()
        document.check_access("read")
        return document

    def action_undo(self):
        """Reverse the entry of the document; whether the user may, the document decides."""
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Please enter a reason for the reversal."))
        self._get_document()._do_undo(self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}
