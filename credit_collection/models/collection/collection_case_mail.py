from odoo import fields, models
from odoo.tools import html2plaintext

WORDS = 1000


class CollectionCase(models.Model):
    """Mail between customer and case."""

    _inherit = "collection.case"

    date_last_letter = fields.Date("Last Letter", readonly=True)

    def _message_post_after_hook(self, message, msg_values):
        """A mail of the customer that arrives on the case is a contact (P1-08)."""
        result = super()._message_post_after_hook(message, msg_values)
        author = message.author_id
        if message.message_type == "email" and not any(
            user._is_internal() for user in author.sudo().user_ids
        ):
            # sudo: the gateway runs as whatever user; contacts of mails are the system's
            self.env["collection.contact"].sudo()._system().create(
                {
                    "case_id": self.id,
                    "user_id": False,
                    "person_id": author.id,
                    "channel": "mail",
                    "direction": "in",
                    "result": "message",
                    "summary": html2plaintext(message.body or "").strip()[:WORDS]
                    or message.subject,
                    "is_automatic": True,
                }
            )
        return result
