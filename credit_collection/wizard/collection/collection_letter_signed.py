import base64

from odoo import fields, models
from odoo.exceptions import UserError


class CollectionLetterSigned(models.TransientModel):
    """Record the lawyer's letter as the law firm signed and sent it."""

    _name = "collection.letter.signed"
    _description = "Record a Signed Letter"

    letter_id = fields.Many2one("collection.letter", required=True, readonly=True)
    file = fields.Binary("Signed Letter", required=True)
    file_name = fields.Char()
    date = fields.Date(
        "Sent by the Firm on", required=True, default=lambda self: self.env.company._credit_today()
    )
    firm_ref = fields.Char("Reference of the Firm")

    def action_record(self):
        """Keep the file with the letter and log the contact.

        :raise UserError: the file is empty, or the letter is no draft given to a law firm
        """
        self.ensure_one()
        self.letter_id.check_access("read")
        # a context that shows the size of files in place of their content opens no gate
        raw = base64.b64decode(self.with_context(bin_size=False).file or b"")
        if not raw:
            raise UserError(self.env._("Signed Letter: choose the file."))
        self.letter_id._record_signed(self.file_name or "letter.pdf", raw, self.date, self.firm_ref)
        return {"type": "ir.actions.act_window_close"}
