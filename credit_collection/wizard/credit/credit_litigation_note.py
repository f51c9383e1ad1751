from odoo import api, fields, models


class CreditLitigationNote(models.TransientModel):
    """Legal and credit control edit the note on litigation; legal may not edit customers else."""

    _name = "credit.litigation.note"
    _description = "Note on Litigation"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    note = fields.Text("Litigation", compute="_compute_note", store=True, readonly=False)

    @api.depends("partner_id")
    def _compute_note(self):
        for wizard in self:
            wizard.note = wizard.partner_id.commercial_partner_id.credit_litigation_note

    def action_save(self):
        """Write the note on the customer."""
        for wizard in self:
            customer = wizard.partner_id.commercial_partner_id
            customer.check_access("read")
            values = {"credit_litigation_note": wizard.note}
            customer._credit_check_litigation(values)
            # sudo: legal writes this note of customers and nothing else
            customer.sudo().write(values)
        return {"type": "ir.actions.act_window_close"}
