from lxml import html
from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date


class CollectionAgreement(models.Model):
    """The clauses of an agreement: a template like that of a letter, kept as they were signed."""

    _inherit = "collection.agreement"

    lang = fields.Char("Language Code", readonly=True, copy=False)
    subject = fields.Char("Title", readonly=True, copy=False)
    opening = fields.Html("Acknowledgment", readonly=True, copy=False)
    closing = fields.Html("Clauses", readonly=True, copy=False)
    # For the clauses, in the language of the customer; what a letter has, too.
    type_id = fields.Many2one("collection.letter.type", compute="_compute_texts")
    stage_id = fields.Many2one("collection.stage", compute="_compute_texts")
    date_text = fields.Char(compute="_compute_texts")
    amount_text = fields.Char(compute="_compute_texts")
    grace_text = fields.Char(compute="_compute_texts", help="Grace period in days.")

    @api.depends("date", "amount_total", "currency_id", "company_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        lang = self.env.lang
        self.type_id = self.env.ref("credit_collection.collection_letter_type_agreement")
        self.stage_id = False
        for agreement in self:
            agreement.date_text = format_date(
                self.env, agreement.date, lang_code=lang, date_format="long"
            )
            agreement.amount_text = agreement.currency_id.format(agreement.amount_total)
            # sudo: a setting
            agreement.grace_text = str(agreement.company_id.sudo().collection_agreement_grace_days)

    def _get_true_claims(self):
        """Return which rights clauses may state: those that contract or policy grant."""
        return (
            self.env["collection.letter"]
            .new({"partner_id": self.partner_id.id, "company_id": self.company_id.id})
            ._get_true_claims()
        )

    def _get_wording(self, check=False):
        """Return title and clauses: as they were when it was requested, or as they are now.

        :param check: raise where Legal has to approve the clauses and did not
        """
        self.ensure_one()
        # What is read as the superuser below stays in the cache, for the rest of the report too.
        self.check_access("read")
        if self.subject:
            return {name: self[name] for name in ("lang", "subject", "opening", "closing")}
        lang = self.partner_id.lang or self.env.lang or "en_US"
        # sudo: clauses of the company, whoever prints them
        texts = self.env["collection.letter.text"].sudo().with_context(lang=lang)
        filled = self.sudo().with_context(lang=lang)  # sudo: names and settings that they state
        text = texts._get_for(filled, approved=check)
        return {
            "lang": lang,
            **{name: text._fill(name, filled) for name in ("subject", "opening", "closing")},
        }

    def _get_fee_text(self):
        """Return the sentence on the fee, in the language of the context."""
        return self.env._(
            "A fee of %(rate)s%% per day applies from installment no. %(number)s on the principal of"
            " each installment for the days shown, and is payable with that installment, within the"
            " limits of applicable law.",
            rate=f"{self.fee_rate:g}",
            number=self.fee_from,
        )

    @api.model
    def _split_clauses(self, closing):
        """Return clauses in two parts, the last paragraph on its own, to print with the signatures."""
        parts = html.fragments_fromstring(str(closing or "<p></p>"))
        texts = [
            part if isinstance(part, str) else html.tostring(part, encoding="unicode")
            for part in parts
        ]
        return Markup("".join(texts[:-1])), Markup(texts[-1])

    def _prepare_request_values(self):
        return {**super()._prepare_request_values(), **self._get_wording(check=True)}
