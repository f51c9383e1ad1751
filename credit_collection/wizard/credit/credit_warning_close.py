from odoo import fields, models


class CreditWarningClose(models.TransientModel):
    """The note on findings and actions about warnings, entered when they are closed (P5-06)."""

    _name = "credit.warning.close"
    _description = "Close Warnings"

    warning_ids = fields.Many2many(
        "credit.warning", string="Warnings", required=True, readonly=True
    )
    note = fields.Text(required=True)

    def action_done(self):
        """Write the note on the warnings that have none and close all of them."""
        for wizard in self:
            warnings = wizard.warning_ids
            warnings.check_access("write")
            warnings.filtered(lambda warning: not warning.note).note = wizard.note
            warnings.action_done()
        return {"type": "ir.actions.act_window_close"}
