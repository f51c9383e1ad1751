import base64
import binascii
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.image import image_process

from .credit_application_sign import SIGN_IN

MAX_NAME = 100
MAX_REASON = 2000
MAX_SIGNATURE = 2_000_000

_logger = logging.getLogger(__name__)


class CreditApplication(models.Model):
    """What the customer does with an application that was sent to him: sign, or decline."""

    _inherit = "credit.application"

    def _is_open_to_customer(self):
        """Whether the customer may read it: sent to him, not closed, and he is still a customer."""
        self.ensure_one()
        return bool(self.sign_sent_at and self.state in SIGN_IN and self.partner_id.active)

    def _awaits_signature(self):
        """Whether the customer can sign or decline now."""
        self.ensure_one()
        return (
            self._is_open_to_customer()
            and self._asks_signature()
            and self.sign_state in ("sent", "void", "signed")
            and not self._has_valid_signature()
        )

    @api.model
    def _portal_domain(self, partner):
        """Applications that a portal user's customer may read."""
        return [
            ("partner_id", "=", partner.commercial_partner_id.id),
            ("partner_id.active", "=", True),
            ("sign_sent_at", "!=", False),
            ("state", "in", SIGN_IN),
        ]

    def _check_customer_answer(self):
        """Raise unless the customer's answer can be taken, and let nobody else answer meanwhile."""
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset()
        if self._is_open_to_customer() and self._has_valid_signature():
            raise UserError(self.env._("This application is signed already."))
        if not self._awaits_signature():
            raise UserError(self.env._("This application is not waiting for a signature."))

    def _answer_whole(self, take):
        """Call `take` so that all of it is done or nothing: without its paper no answer counts.

        What fails for a technical reason (no PDF engine, a full disk, a dead mail server) is told
        to our people, and to the customer in a sentence that is his.

        :raise UserError: nothing was done
        """
        try:
            with self.env.cr.savepoint():
                take()
                self.env.flush_all()
        except psycopg2.Error:
            raise  # Odoo tries again what another transaction got in the way of
        except Exception as error:
            self.env.invalidate_all()
            _logger.exception("Answer of the customer to %s could not be taken", self.name)
            self._notify_failure(error)
            raise UserError(
                self.env._(
                    "We are sorry: for a technical reason of ours this is not possible at the moment."
                    " Nothing was signed, and your contact with us was told. Please try again later."
                )
            ) from error

    def _notify_failure(self, error):
        """Tell our people what failed, if that can be done at least."""
        try:
            with self.env.cr.savepoint():
                self._notify_answer(
                    self._in_our_language().env._(
                        "The customer could not answer %(application)s, for a technical reason:"
                        " %(error)s. Nothing was changed. Tell your administrator, then ask the"
                        " customer to try again.",
                        application=self.name,
                        error=str(error),
                    )
                )
                self.env.flush_all()
        except psycopg2.Error:
            raise
        except Exception:
            self.env.invalidate_all()
            _logger.exception("Nobody could be told about %s", self.name)

    def _do_sign(self, name, signature, terms_key, user=None, address=None, code=None):
        """Take the customer's signature: keep it with the terms, and the paper with the signature.

        As superuser; the page has checked who signs.

        :param terms_key: `_get_terms_key` of the terms that were read
        :param user: the customer's portal user who is logged in; without, `code` proves who signs
        :raise UserError: nothing to sign, other terms by now, no name, no image, no code, or the
            signed paper cannot be made: then nothing is signed
        """
        self._check_customer_answer()
        if terms_key != self._get_terms_key():
            raise UserError(
                self.env._(
                    "The terms have changed meanwhile: please load the page again and read them."
                )
            )
        name = (name or "").replace("\0", "").strip()
        if not name:
            raise UserError(self.env._("Please type your name."))
        if len(name) > MAX_NAME:
            raise UserError(self.env._("The name is too long."))
        if not signature or not isinstance(signature, str) or len(signature) > MAX_SIGNATURE:
            raise UserError(self.env._("The signature is missing."))
        try:
            image_process(base64.b64decode(signature), verify_resolution=True)
        except (TypeError, ValueError, binascii.Error, UserError) as error:
            raise UserError(self.env._("The signature cannot be read.")) from error
        if not user:
            self._check_code(code)

        def sign():
            self._system().with_context(tracking_disable=True).write(
                {
                    "sign_state": "signed",
                    "signature": signature,
                    "signed_by": name,
                    "signed_on": fields.Datetime.now(),
                    "signed_on_paper": False,
                    "signed_user_id": user.id if user else False,
                    "signed_email": False if user else self.sign_email,
                    "signed_ip": address,
                    "signed_terms": self._get_terms_to_sign(),
                    "decline_reason": False,
                    "declined_by": False,
                    "declined_on": False,
                }
            )
            self._use_code()
            self._keep_signed_paper(user)
            self._notify_answer(
                self._in_our_language().env._(
                    "%(application)s was signed by %(name)s.", application=self.name, name=name
                )
            )

        self._answer_whole(sign)

    def _keep_signed_paper(self, user):
        record = self._system()
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "credit_collection.report_credit_application", self.ids
        )
        message = record.with_context(mail_post_autofollow_author_skip=True).message_post(
            body=self._in_our_language().env._("Signed by the customer: %s", self.signed_by),
            author_id=(user.partner_id if user else self.partner_id).id,
            attachments=[(f"{self.name.replace('/', '-')}.pdf", content)],
            subtype_xmlid="mail.mt_note",
        )
        paper = message.attachment_ids[:1]
        record.write({"signed_pdf_id": paper.id, "signed_attachment_ids": [(4, paper.id)]})

    def _do_decline(self, reason, name, user=None, code=None):
        """Take the customer's no, as superuser; the page has checked who says it.

        :param user: the customer's portal user who is logged in; without, `code` proves who it is
        :raise UserError: nothing to sign, no reason, no code
        """
        self._check_customer_answer()
        reason = (reason or "").replace("\0", "").strip()[:MAX_REASON]
        if not reason:
            raise UserError(self.env._("Please say why."))
        if not user:
            self._check_code(code)

        def decline():
            self._system().with_context(tracking_disable=True).write(
                {
                    "sign_state": "declined",
                    "decline_reason": reason,
                    "declined_by": name,
                    "declined_on": fields.Datetime.now(),
                }
            )
            self._use_code()
            self._system().with_context(mail_post_autofollow_author_skip=True).message_post(
                body=self._in_our_language().env._("Declined by the customer: %s", reason),
                author_id=(user.partner_id if user else self.partner_id).id,
                subtype_xmlid="mail.mt_note",
            )
            self._notify_answer(
                self._in_our_language().env._(
                    "%(application)s was declined by the customer: %(reason)s",
                    application=self.name,
                    reason=reason,
                )
            )

        self._answer_whole(decline)

    def _notify_answer(self, body):
        """Tell who sent it, who applied and the salesperson."""
        people = self.sign_sent_by_id | self.requested_by_id | self.user_id
        self.message_notify(
            partner_ids=people.partner_id.ids,
            subject=self.display_name,
            body=body,
            model=self._name,
            res_id=self.id,
        )

    def _in_our_language(self):
        """In the language of who sent it, not in that of the page."""
        user = self.sign_sent_by_id or self.requested_by_id or self.user_id
        return self.with_context(lang=user.lang or self.company_id.partner_id.lang)
