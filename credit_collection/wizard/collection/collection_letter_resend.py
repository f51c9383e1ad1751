import re

from odoo import api, fields, models
from odoo.exceptions import UserError

NAME_LENGTH = 100

NUMBER = re.compile(r"\+?[\d ()./-]{5,25}")


class CollectionLetterResend(models.TransientModel):
    """Send a letter that came back to another address, and keep that for the next letters."""

    _name = "collection.letter.resend"
    _description = "Send a Letter Again"

    letter_id = fields.Many2one("collection.letter", required=True, readonly=True)
    channel = fields.Selection(related="letter_id.channel", related_sudo=False)
    audience = fields.Selection(related="letter_id.audience", related_sudo=False)
    failure = fields.Text(related="letter_id.failure", string="Failure Reason", related_sudo=False)
    address = fields.Char(
        "Send to",
        compute="_compute_address",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
    )
    name = fields.Char("Contact Name", help="Whom the letters go to; may be empty.")

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
        """Send to the address given, with the items open now; letters go there from now on.

        :raise UserError: it is no mail address or phone number, or the letter did not come back
        """
        self.ensure_one()
        label = self._fields["address"]._description_string(self.env)
        if self.channel == "sms":
            address = self._check_number(label)
        else:
            address = self.env["mail.thread"]._credit_check_address(label, self.address)
        self.letter_id._send_again(address, " ".join((self.name or "").split())[:NAME_LENGTH])
        return {"type": "ir.actions.act_window_close"}

    def _check_number(self, label):
        number = (self.address or "").strip()
        # Odoo takes anything where the library of phone numbers is not installed.
        found = NUMBER.fullmatch(number)
        if found:
            # The country gives what is missing of the number, as for Odoo's own SMS.
            country = self.letter_id.partner_id.country_id or self.env.company.country_id
            found = self.env.user._phone_format(number=number, country=country)
        if not found:
            raise UserError(
                self.env._(
                    "%(field)s: “%(value)s” is not a phone number.", field=label, value=number
                )
            )
        return found
