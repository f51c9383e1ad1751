from odoo import api, fields, models


class CollectionLetterResend(models.TransientModel):
    """Send a letter that came back to another address."""

    _name = "collection.letter.resend"
    _description = "Send a Letter Again"

    letter_id = fields.Many2one("collection.letter", required=True, readonly=True)
    channel = fields.Selection(related="letter_id.channel", related_sudo=False)
    failure = fields.Text(related="letter_id.failure", string="Failure Reason", related_sudo=False)
    address = fields.Char(
        "Send to",
        compute="_compute_address",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
    )

    @api.constrains("letter_id")
    def _check_visible(self):
        # Constraints run as the superuser; the rights are the user's.
        self.sudo(False).letter_id.check_access("read")

    @api.depends("letter_id")
    def _compute_address(self):
        for wizard in self:
            letter = wizard.letter_id._origin
            letter.check_access("read")
            wizard.address = letter.email_to

    def action_send(self):
        """Send to the address given, with the items open now.

        :raise UserError: it is no mail address, or the letter did not come back
        """
        self.ensure_one()
        address = self.address
        if self.channel != "sms":
            label = self._fields["address"]._description_string(self.env)
            address = self.env["mail.thread"]._credit_check_address(label, address)
        self.letter_id._send_again(address)
        return {"type": "ir.actions.act_window_close"}
