import re

from odoo import api, models
from odoo.tools.mail import email_normalize_all, formataddr


class CollectionMailingMixin(models.AbstractModel):
    """Recipient, language, PDF and mail of a document that goes to a customer; mail that comes back."""

    _inherit = "collection.mailing.mixin"

    def _get_recipient(self):
        """Return the person it goes to: the first contact for dunning, then for invoices, that its
        channel reaches, else the customer."""
        self.ensure_one()
        contacts = self.partner_id._get_letter_contacts()
        return next((c for c in contacts if self._has_address(c)), self.partner_id)

    def _has_address(self, partner):
        """Return whether it reaches the partner: by mail address or on paper."""
        if self.channel == "print":
            return bool(partner.street or partner.street2 or partner.city or partner.zip)
        return bool(email_normalize_all(partner.email))

    def _get_lang(self, partner):
        """Return the language that a partner is written to in: theirs, else the company's."""
        code = partner.lang or self.company_id.partner_id.lang or "en_US"
        return self.env["res.lang"]._get_data(code=code).code or self.env.lang

    def _prepare_wording(self):
        """Prepare recipient, language and subject of a document that has not gone out yet."""
        self.ensure_one()
        lang = self._get_lang(self.partner_id)
        return {
            "lang": lang,
            "recipient_id": self._get_recipient().id,
            "subject": self.with_context(lang=lang)._get_subject(),
        }

    def _render_pdf(self):
        """Render the PDF, with its present figures and wording."""
        self.ensure_one()
        content, _kind = (
            self.env["ir.actions.report"]
            .with_context(report_pdf_no_attachment=True)
            ._render_qweb_pdf(self._report, self.ids)
        )
        return content

    def _store_pdf(self):
        """Freeze the document as PDF; it goes out exactly so."""
        self.ensure_one()
        # sudo: written by the system for users who may send
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            ._without_client_defaults()
            .create(
                {
                    "name": self._get_file_name(),
                    "raw": self._render_pdf(),
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        self._system_write({"attachment_id": attachment.id})
        return attachment

    def _get_file_name(self):
        self.ensure_one()
        document = self.with_context(lang=self.lang or self.env.lang)
        name = re.sub(r"[^\w.-]+", "-", document.display_name)
        return f"{name}.pdf"

    def _get_mail_template(self):
        return self.env.ref(self._mail_template)

    def _get_mail_values(self):
        """Return subject, body and more of the mail as the template has them, for people to look at."""
        self.ensure_one()
        names = ("subject", "body_html", "email_from", "email_cc", "mail_server_id")
        values = self._get_mail_template()._generate_template(self.ids, names)[self.id]
        copies = email_normalize_all(", ".join([*self._get_copies().mapped("email"), ""]))
        return {
            **values,
            "email_cc": ", ".join(filter(None, [values.get("email_cc"), *copies])) or False,
        }

    def _get_thread(self):
        """Return the document in whose chatter the mail stands, and to which answers come."""
        self.ensure_one()
        return self._get_case() or self

    def _create_mail(self, attachments, mail):
        """Create the mail in Odoo's queue; replies and bounces come to the case.

        :param mail: subject, body_html, email_cc where a person changed them
        """
        self.ensure_one()
        template = self._get_mail_template()
        values = {**self._get_mail_values(), **mail}
        body = values["body_html"]
        if template.email_layout_xmlid:
            body = template.with_context(lang=self.lang)._render_encapsulate(
                template.email_layout_xmlid,
                body,
                add_context={"company": self.company_id},
                context_record=self.with_context(lang=self.lang),
            )
        thread = self._get_thread()
        email_from = values["email_from"] or self.company_id.email_formatted
        # Without defaults of a client: one mail address is checked, others would slip in.
        mails = self.env["mail.mail"]._without_client_defaults()
        return mails.create(
            {
                "model": thread._name,
                "res_id": thread.id,
                "message_type": "email_outgoing",
                "subject": values["subject"],
                "body": body,
                "body_html": body,
                "email_from": email_from,
                "reply_to": thread._notify_get_reply_to(default=email_from)[thread.id],
                "email_to": ", ".join(
                    formataddr((self.recipient_id.name or "", address))
                    for address in email_normalize_all(self.email_to)
                ),
                "email_cc": values.get("email_cc"),
                "mail_server_id": values.get("mail_server_id"),
                "attachment_ids": attachments.ids,
                "auto_delete": False,
            }
        )

    # ---- Mail that comes back: the case shows it and somebody is asked to call.

    @api.model
    def _get_mailed(self, messages):
        """Return [documents] of each model whose mail is one of some messages, as superuser."""
        registry = self.env.registry
        names = registry.descendants(["collection.mailing.mixin"], "_inherit")
        # sudo: mail servers and gateways report, as any user
        return [
            self.env[name].sudo().search([("message_id", "in", messages.ids)])
            for name in sorted(names)
            if not registry[name]._abstract
        ]

    def _bounce(self, reason, call=True):
        """Mark the documents as not delivered.

        :param call: whether somebody is to ask the customer for another address
        """
        # sudo: mail servers and gateways report, as any user
        for document in self.sudo().filtered(lambda one: one.state == "sent"):
            document._system_write({"state": "bounced", "failure": reason})
            document._log_contact("bounced", reason)
            record, user = document._get_bounce_record(), document._get_bounce_user()
            if call and record and user:
                summary, note = document._get_bounce_words()
                record.activity_schedule(
                    "mail.mail_activity_data_call", user_id=user.id, summary=summary, note=note
                )
