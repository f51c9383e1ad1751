import base64
import binascii
import hashlib
import json
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.image import image_process

SIGN_STATES = [
    ("none", "Not Sent"),
    ("sent", "Waiting for Signature"),
    ("signed", "Signed"),
    ("declined", "Declined"),
    ("void", "Void (Terms Changed)"),
]

# States of an application in which the customer can be asked to sign it.
SIGN_IN = ("draft", "requested", "approved")

MAX_NAME = 100

MAX_REASON = 2000

MAX_SIGNATURE = 2_000_000

_logger = logging.getLogger(__name__)


class CreditApplication(models.Model):
    """The customer's signature under the terms of an application (P4-02, P4-06).

    none       nobody asked the customer
    sent       they read the terms in the portal, sign or decline
    signed     in the portal, or on paper that somebody attached; the terms are kept as they were
    declined   they said no, with a reason; sending it again asks anew
    void       the terms are no longer those signed: without a new signature it counts for nothing

    A signature counts while the terms are the same to the letter: `_has_valid_signature`
    compares them anew each time. Downgrades are decided without the customer.
    """

    _inherit = "credit.application"

    sign_state = fields.Selection(
        SIGN_STATES,
        "Signature",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    sign_sent_at = fields.Datetime("Sent for Signature on", readonly=True, copy=False)
    sign_sent_by_id = fields.Many2one(
        "res.users", "Sent for Signature by", readonly=True, copy=False
    )
    signature = fields.Image(
        "Customer's Signature",
        attachment=True,
        max_width=1024,
        max_height=1024,
        readonly=True,
        copy=False,
    )
    signed_by = fields.Char("Signed by", readonly=True, copy=False)
    signed_on = fields.Datetime("Signed on", readonly=True, copy=False)
    signed_on_paper = fields.Boolean("Signed on Paper", readonly=True, copy=False)
    signed_user_id = fields.Many2one(
        "res.users",
        "Signed as User",
        readonly=True,
        copy=False,
        help="Empty: by the link in the email.",
    )
    signed_ip = fields.Char("Signed from Address", readonly=True, copy=False)
    signed_terms = fields.Json(readonly=True, copy=False)
    signed_pdf_id = fields.Many2one("ir.attachment", "Signed PDF", readonly=True, copy=False)
    declined_by = fields.Char("Declined by", readonly=True, copy=False)
    declined_on = fields.Datetime("Declined on", readonly=True, copy=False)
    decline_reason = fields.Text("Reason for Declining", readonly=True, copy=False)
    sign_notice = fields.Text(compute="_compute_sign_notice")

    # ------------------------------------------------------------------ the terms

    def _get_settlement(self):
        """Return the key of the mode of settlement (P1-05) that the policy gives the grade, or False."""
        self.ensure_one()
        return self._grade_line().settlement_mode if self._gives_term() else False

    def _get_settlement_text(self, mode=None):
        """Return the mode of settlement in words; of `mode` where given."""
        modes = self.env["credit.policy.grade"]._fields["settlement_mode"]
        labels = dict(modes._description_selection(self.env))
        return labels.get(mode or self._get_settlement(), "–")

    def _get_terms_to_sign(self):
        """Return the terms to be signed: plain values, the same as long as the terms are."""
        self.ensure_one()
        terms = {
            "partner_id": self.partner_id.id,
            "kind": self.kind,
            "control": self.control,
            "limit": self.currency_id.round(self.limit) if self.control == "limit" else 0.0,
        }
        if self.limit_amount:
            terms["limit_amount"] = self.limit_amount
        if self.kind == "temporary":
            terms["date_from"] = fields.Date.to_string(self.date_from)
            terms["date_to"] = fields.Date.to_string(self.date_to)
        else:
            terms["term_days"] = self.term_days if self._gives_term() else 0
            terms["term_start"] = self._get_term_start()
            terms["settlement"] = self._get_settlement()
            terms["review_date"] = fields.Date.to_string(self.review_date)
        # As JSON gives them back.
        return json.loads(json.dumps(terms))

    def _get_terms_key(self):
        """Return a short fingerprint of the terms: a page that shows others cannot be signed."""
        text = json.dumps(self._get_terms_to_sign(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _get_terms_text(self, terms=None):
        """Return [(label, value)] of the terms as the customer reads them.

        :param terms: result of `_get_terms_to_sign`; those of today without
        """
        self.ensure_one()
        terms = self._get_terms_to_sign() if terms is None else terms
        words = [
            (
                self.env._("Credit basis"),
                dict(self._fields["control"]._description_selection(self.env)).get(
                    terms["control"], "–"
                ),
            )
        ]
        if terms["control"] == "limit":
            limit = self.currency_id.format(terms["limit"])
            if terms.get("limit_amount"):
                limit = f"{limit} ({self.limit_currency_id.format(terms['limit_amount'])})"
            words.append((self.env._("Credit limit"), limit))
        if terms["kind"] == "temporary":
            words += [
                (self.env._("Valid from"), format_date(self.env, terms["date_from"])),
                (self.env._("Valid until"), format_date(self.env, terms["date_to"])),
            ]
            return words
        words.append(
            (
                self.env._("Payment term"),
                self.env["res.partner"]._credit_term_label(terms["term_days"], terms["term_start"]),
            )
        )
        if terms["settlement"]:
            words.append((self.env._("Settlement"), self._get_settlement_text(terms["settlement"])))
        if terms["review_date"]:
            words.append(
                (
                    self.env._("Valid until the review on"),
                    format_date(self.env, terms["review_date"]),
                )
            )
        return words

    def _get_signed_difference(self):
        """Return changes since the signature in words: "Credit limit: 40,000 → 50,000"; or False."""
        self.ensure_one()
        signed = self.signed_terms
        if not signed or signed == self._get_terms_to_sign():
            return False
        before, after = dict(self._get_terms_text(signed)), dict(self._get_terms_text())
        parts = [
            self.env._(
                "%(field)s: %(old)s → %(new)s",
                field=label,
                old=before.get(label, "–"),
                new=after.get(label, "–"),
            )
            for label in {**before, **after}
            if before.get(label) != after.get(label)
        ]
        if signed["partner_id"] != self.partner_id.id:
            parts.append(self.env._("Another customer signed."))
        return "; ".join(parts) or self.env._("The application is of a different type.")

    # ------------------------------------------------------------------ validity

    def _asks_signature(self):
        """Return whether the customer has something to sign: credit is given."""
        self.ensure_one()
        return self.kind != "downgrade" and self._gives_term()

    def _has_valid_signature(self):
        """Return whether the customer signed these very terms."""
        self.ensure_one()
        return self.sign_state == "signed" and self.signed_terms == self._get_terms_to_sign()

    @api.depends(
        "sign_state", "state", "signed_terms", "limit", "control", "kind", "term_days",
        "term_start", "review_date", "date_from", "date_to", "grade_id", "decline_reason",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_sign_notice(self):
        for application in self:
            application.sign_notice = application._get_sign_notice()

    def _get_sign_notice(self):
        self.ensure_one()
        if self.state not in SIGN_IN:
            return False
        difference = self._get_signed_difference()
        if self.sign_state in ("signed", "void") and difference and self.state == "approved":
            return self.env._("Approved terms differ from those signed. %s", difference)
        if self.sign_state in ("signed", "void") and difference:
            return self.env._(
                "The terms changed after signing; the customer must sign again. %s", difference
            )
        if self.sign_state == "declined":
            return self.env._("The customer declined: %s", self.decline_reason)
        return False

    def _check_signature(self):
        """Refuse the request where the customer has to sign first and has not signed."""
        company = self.company_id.sudo()  # sudo: the setting binds users who may not read settings
        if company.credit_sign_first and self._asks_signature() and not self._has_valid_signature():
            raise UserError(self._get_signature_missing_text())

    def _get_signature_missing_text(self):
        cure = self.env._("Send it for signature, or attach the signed document.")
        difference = self._get_signed_difference()
        if difference:
            text = self.env._("The terms changed after the customer signed: %s.", difference)
        elif self.sign_state == "declined":
            text = self.env._("The customer declined: %s", self.decline_reason)
        elif self.sign_state == "sent":
            text = self.env._("The customer has not signed yet.")
        else:
            text = self.env._("Approval can be requested only after the customer has signed.")
        return f"{text} {cure}"

    # ------------------------------------------------------------------ changes

    def _sign_on_paper(self, before=None):
        """Count a signed document that somebody attached as the signature under today's terms.

        :param before: {id: documents that were there}
        """
        for application in self:
            files = application.signed_attachment_ids
            added = files - (before or {}).get(application.id, files.browse())
            if added and not application._has_valid_signature():
                application._system_write(
                    {
                        "sign_state": "signed",
                        "signed_on_paper": True,
                        "signed_on": fields.Datetime.now(),
                        "signed_by": False,
                        "signature": False,
                        "signed_user_id": False,
                        "signed_email": False,
                        "signed_ip": False,
                        "signed_pdf_id": False,
                        "signed_terms": application._get_terms_to_sign(),
                    }
                )
            elif not files and application.signed_on_paper:
                application._system_write(
                    {
                        "sign_state": "sent" if application.sign_sent_at else "none",
                        "signed_on_paper": False,
                        "signed_on": False,
                        "signed_terms": False,
                    }
                )

    def _void_changed_signatures(self):
        """Void signatures under other terms than these, with a note, and notify the requester."""
        for application in self.filtered(lambda a: a.sign_state == "signed"):
            difference = application._get_signed_difference()
            if not difference:
                continue
            application._system_write({"sign_state": "void"})
            # sudo: the note is the system's, whoever changed the terms
            application.sudo().message_post(
                body=self.env._(
                    "The terms changed after the customer signed, so the signature is void: %s.",
                    difference,
                )
            )

    # ---- The customer's answer to an application that was sent to them: sign, or decline.

    def _is_open_to_customer(self):
        """Return whether the customer may read it: sent to them, not closed, and still a customer."""
        self.ensure_one()
        return bool(self.sign_sent_at and self.state in SIGN_IN and self.partner_id.active)

    def _awaits_signature(self):
        """Return whether the customer can sign or decline now."""
        self.ensure_one()
        return (
            self._is_open_to_customer()
            and self._asks_signature()
            and self.sign_state in ("sent", "void", "signed")
            and not self._has_valid_signature()
        )

    @api.model
    def _portal_domain(self, partner):
        """Return the domain of applications that a portal user's customer may read."""
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
        """Call `take` so that all of it is done or nothing: no answer counts without its document.

        A technical failure (no PDF engine, a full disk, a dead mail server) is notified to our
        people, and to the customer in a sentence of its own.

        :raise UserError: nothing was done
        """
        try:
            with self.env.cr.savepoint():
                take()
                self.env.flush_all()
        except psycopg2.Error:
            raise  # Odoo retries after a conflict with another transaction
        except Exception as error:
            self.env.invalidate_all()
            _logger.exception("Answer of the customer to %s could not be taken", self.name)
            self._notify_failure(error)
            raise UserError(
                self.env._(
                    "We are sorry: for a technical reason this is not possible at the moment. "
                    "Nothing was signed, and your contact with us has been notified. Please try "
                    "again later."
                )
            ) from error

    def _notify_failure(self, error):
        """Notify our people of the failure, if that can be done at least."""
        try:
            with self.env.cr.savepoint():
                self._notify_answer(
                    self._in_our_language().env._(
                        "The customer could not answer %(application)s for a technical reason: "
                        "%(error)s. Nothing was changed. Inform your administrator, then ask the "
                        "customer to try again.",
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
        """Take the customer's signature: keep it with the terms, and the document with the signature.

        As superuser; the page has checked who signs.

        :param terms_key: `_get_terms_key` of the terms that were read
        :param user: the customer's portal user who is logged in; without, `code` proves who signs
        :raise UserError: nothing to sign, other terms by now, no name, no image, no code, or the
            signed document cannot be created: then nothing is signed
        """
        self._check_customer_answer()
        if terms_key != self._get_terms_key():
            raise UserError(
                self.env._(
                    "The terms have changed in the meantime. Please reload the page and review "
                    "them."
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
            raise UserError(
                self.env._("The signature could not be read. Please sign again.")
            ) from error
        if not user:
            self._check_code(code)

        def sign():
            self.with_context(tracking_disable=True)._system_write(
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
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "credit_collection.report_credit_application", self.ids
        )
        message = self.with_context(mail_post_autofollow_author_skip=True).message_post(
            body=self._in_our_language().env._("Signed by the customer: %s", self.signed_by),
            author_id=(user.partner_id if user else self.partner_id).id,
            attachments=[(f"{self.name.replace('/', '-')}.pdf", content)],
            subtype_xmlid="mail.mt_note",
        )
        file = message.attachment_ids[:1]
        self._system_write({"signed_pdf_id": file.id, "signed_attachment_ids": [(4, file.id)]})

    def _do_decline(self, reason, name, user=None, code=None):
        """Take the customer's no, as superuser; the page has checked who says it.

        :param user: the customer's portal user who is logged in; without, `code` proves who it is
        :raise UserError: nothing to sign, no reason, no code
        """
        self._check_customer_answer()
        reason = (reason or "").replace("\0", "").strip()[:MAX_REASON]
        if not reason:
            raise UserError(self.env._("Please enter a reason."))
        if not user:
            self._check_code(code)

        def decline():
            self.with_context(tracking_disable=True)._system_write(
                {
                    "sign_state": "declined",
                    "decline_reason": reason,
                    "declined_by": name,
                    "declined_on": fields.Datetime.now(),
                }
            )
            self._use_code()
            self.with_context(mail_post_autofollow_author_skip=True).message_post(
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
        """Notify the sender, the applicant and the salesperson."""
        people = self.sign_sent_by_id | self.requested_by_id | self.user_id
        self._notify_users(people, body)

    def _in_our_language(self):
        """Return these in the language of the sender, not in that of the page."""
        user = self.sign_sent_by_id or self.requested_by_id or self.user_id
        return self.with_context(lang=user.lang or self.company_id.partner_id.lang)
