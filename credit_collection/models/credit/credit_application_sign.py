import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

SIGN_STATES = [
    ("none", "Not Sent"),
    ("sent", "Waiting for Signature"),
    ("signed", "Signed"),
    ("declined", "Declined"),
    ("void", "Terms Changed"),
]
# States of an application in which the customer can be asked to sign it.
SIGN_IN = ("draft", "requested", "approved")


class CreditApplication(models.Model):
    """The customer's signature under the terms of an application (P4-02, P4-06).

    none       nobody asked the customer
    sent       he reads the terms in the portal, signs or declines (`credit_application_answer.py`)
    signed     in the portal, or on paper that somebody attached; the terms are kept as they were
    declined   he said no, with a reason; sending it again asks anew
    void       the terms are no longer those he signed: he signs again, or it counts for nothing

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
        help="Empty: by the link of the mail.",
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
        """Key of the mode of settlement (P1-05) that the policy gives the grade, or False."""
        self.ensure_one()
        return self._grade_line().settlement_mode if self._gives_term() else False

    def _get_settlement_text(self, mode=None):
        """The mode of settlement in words; of `mode` where given."""
        modes = self.env["credit.policy.grade"]._fields["settlement_mode"]
        words = dict(modes._description_selection(self.env))
        return words.get(mode or self._get_settlement(), "–")

    def _get_terms_to_sign(self):
        """What a signature is for: plain values, the same as long as the terms are."""
        self.ensure_one()
        terms = {
            "partner_id": self.partner_id.id,
            "kind": self.kind,
            "control": self.control,
            "limit": self.currency_id.round(self.limit) if self.control == "limit" else 0.0,
        }
        if self.kind == "temporary":
            terms["date_from"] = fields.Date.to_string(self.date_from)
            terms["date_to"] = fields.Date.to_string(self.date_to)
        else:
            terms["term_days"] = self.term_days if self._gives_term() else 0
            terms["term_start"] = "month_end" if self._pays_by_month() else "invoice"
            terms["settlement"] = self._get_settlement()
            terms["review_date"] = fields.Date.to_string(self.review_date)
        # As JSON gives them back.
        return json.loads(json.dumps(terms))

    def _get_terms_key(self):
        """Short fingerprint of the terms: a page that shows others cannot be signed."""
        text = json.dumps(self._get_terms_to_sign(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _get_terms_words(self, terms=None):
        """[(label, value)] of the terms as the customer reads them.

        :param terms: result of `_get_terms_to_sign`; those of today without
        """
        self.ensure_one()
        terms = self._get_terms_to_sign() if terms is None else terms
        words = [
            (
                self.env._("Kind of credit"),
                dict(self._fields["control"]._description_selection(self.env)).get(
                    terms["control"], "–"
                ),
            )
        ]
        if terms["control"] == "limit":
            words.append(
                (self.env._("Credit limit"), self.currency_id.format(terms["limit"])),
            )
        if terms["kind"] == "temporary":
            words += [
                (self.env._("Valid from"), format_date(self.env, terms["date_from"])),
                (self.env._("Valid until"), format_date(self.env, terms["date_to"])),
            ]
            return words
        words.append(
            (
                self.env._("Payment term"),
                self.env["res.partner"]._credit_term_words(terms["term_days"], terms["term_start"]),
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
        """What differs from what was signed, in words: "Credit limit: 40,000 → 50,000"; or False."""
        self.ensure_one()
        signed = self.signed_terms
        if not signed or signed == self._get_terms_to_sign():
            return False
        before, after = dict(self._get_terms_words(signed)), dict(self._get_terms_words())
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
        return "; ".join(parts) or self.env._("The kind of application is another one.")

    # ------------------------------------------------------------------ what counts

    def _asks_signature(self):
        """Whether the customer has something to sign: he is given credit."""
        self.ensure_one()
        return self.kind != "downgrade" and self._gives_term()

    def _has_valid_signature(self):
        """Whether the customer signed these very terms."""
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
                "Terms changed after the customer signed: he signs again. %s", difference
            )
        if self.sign_state == "declined":
            return self.env._("The customer declined: %s", self.decline_reason)
        return False

    def _check_can_request(self):
        result = super()._check_can_request()
        company = self.company_id.sudo()
        if company.credit_sign_first and self._asks_signature() and not self._has_valid_signature():
            raise UserError(self._get_signature_missing_text())
        return result

    def _get_signature_missing_text(self):
        cure = self.env._("Send it for signature, or attach the signed paper.")
        difference = self._get_signed_difference()
        if difference:
            text = self.env._("The terms changed after the customer signed: %s.", difference)
        elif self.sign_state == "declined":
            text = self.env._("The customer declined: %s", self.decline_reason)
        elif self.sign_state == "sent":
            text = self.env._("The customer has not signed yet.")
        else:
            text = self.env._("The customer signs before approval is asked for.")
        return f"{text} {cure}"

    # ------------------------------------------------------------------ changes

    @api.model_create_multi
    def create(self, vals_list):
        applications = super().create(vals_list)
        applications.filtered("signed_attachment_ids")._sign_on_paper()
        return applications

    def write(self, vals):
        before = {application.id: application.signed_attachment_ids for application in self}
        result = super().write(vals)
        if self._is_system():
            return result
        if "signed_attachment_ids" in vals:
            self._sign_on_paper(before)
        self._void_changed_signatures()
        return result

    def _sign_on_paper(self, before=None):
        """A signed paper that somebody attached counts as the signature under today's terms.

        :param before: {id: papers that were there}
        """
        for application in self:
            record = application.sudo()._system()
            papers = application.signed_attachment_ids
            added = papers - (before or {}).get(application.id, papers.browse())
            if added and not application._has_valid_signature():
                record.write(
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
            elif not papers and application.signed_on_paper:
                record.write(
                    {
                        "sign_state": "sent" if application.sign_sent_at else "none",
                        "signed_on_paper": False,
                        "signed_on": False,
                        "signed_terms": False,
                    }
                )

    def _void_changed_signatures(self):
        """A signature under other terms than these is void; it is said, and who asked is told."""
        for application in self.filtered(lambda a: a.sign_state == "signed"):
            difference = application._get_signed_difference()
            if not difference:
                continue
            record = application.sudo()._system()
            record.sign_state = "void"
            record.message_post(
                body=self.env._(
                    "The terms changed after the customer signed; his signature is void: %s.",
                    difference,
                )
            )
