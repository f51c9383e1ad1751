from odoo import api, models
from odoo.tools import html2plaintext


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Bounce a letter that the customer's mail server returns."""
        message = message_dict.get("bounced_message")
        if message:
            # sudo: the gateway may run as any user
            letters = (
                self.env["collection.letter"].sudo().search([("message_id", "in", message.ids)])
            )
            letters._bounce(html2plaintext(message_dict.get("body") or "").strip()[:500])
        return super()._routing_handle_bounce(email_message, message_dict)
