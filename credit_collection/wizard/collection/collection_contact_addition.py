from odoo import fields, models
from odoo.exceptions import UserError


class CollectionContactAddition(models.TransientModel):
    """Words added to a contact that cannot be changed any more."""

    _name = "collection.contact.addition"
    _description = "Add to a Contact"

    contact_id = fields.Many2one("collection.contact", required=True, readonly=True)
    summary = fields.Text(related="contact_id.summary", string="Previous Entries")
    text = fields.Text("Addition", required=True)

    def action_add(self):
        """Append the addition.

        :raise UserError: no words
        """
        self.ensure_one()
        if not (self.text or "").strip():
            raise UserError(self.env._("Enter the text to add."))
        self.contact_id._add(self.text)
        return {"type": "ir.actions.act_window_close"}
