from odoo import api, models
from odoo.tools import html2plaintext


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Bounce a document that the customer's mail server returns."""
        message = message_dict.get("bounced_message")
        if message:
            reason = html2plaintext(message_dict.get("body") or "").strip()[:500]
            for documents in self.env["collection.mailing.mixin"]._get_mailed(message):
                documents._bounce(reason)
        return super()._routing_handle_bounce(email_message, message_dict)
