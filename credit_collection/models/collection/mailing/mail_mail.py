from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Bounce a document that the mail server refuses; one it never saw is tried again."""
        if failure_type:
            # sudo: the mail queue may run as any user
            messages = self.sudo().mail_message_id
            for documents in self.env["collection.mailing.mixin"]._get_mailed(messages):
                mails = self.filtered(
                    lambda mail, known=documents.message_id: mail.mail_message_id in known
                )
                if failure_type == "mail_smtp":
                    # No connection to our own mail server: nothing was delivered to anybody.
                    mails.write({"state": "outgoing"})
                    continue
                for document in documents:
                    mail = mails.filtered(
                        lambda one, message=document.message_id: one.mail_message_id == message
                    )
                    document._bounce(failure_reason or mail[:1].failure_reason)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
