from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Bounce a letter that the mail server refuses; one it never saw is tried again."""
        if failure_type:
            # sudo: the mail queue may run as any user
            letters = (
                self.env["collection.letter"]
                .sudo()
                .search([("message_id", "in", self.sudo().mail_message_id.ids)])
            )
            mails = self.filtered(lambda mail: mail.mail_message_id in letters.message_id)
            if failure_type == "mail_smtp":
                # No connection to our own mail server: nothing was delivered to anybody.
                mails.write({"state": "outgoing"})
            else:
                for letter in letters:
                    mail = mails.filtered(
                        lambda one, letter=letter: one.mail_message_id == letter.message_id
                    )
                    letter._bounce(failure_reason or mail[:1].failure_reason)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
