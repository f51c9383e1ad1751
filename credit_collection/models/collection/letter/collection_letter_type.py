import hashlib
import json

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.rendering_tools import parse_inline_template

from ...credit.terms.res_partner import SEGMENTS
from .collection_claim_mixin import AGREED

WORDING = ("subject", "opening", "closing")

# What a template states, true of the letters it is used for only.
CLAIMS = ("claim_reminder", *AGREED)

# Names the day of an earlier letter.
EARLIER = "object.earlier_date_text"

# What Legal approves of a template, in each language.
CONTENT = (*WORDING, *CLAIMS, "deadline_days")

# Placeholders of a text; values of a letter, never code.
PLACEHOLDERS = (
    "object.name",
    "object.date_text",
    "object.deadline_text",
    EARLIER,
    "object.amount_text",
    "object.days_overdue",
    "object.item_count",
    "object.partner_id.name",
    "object.recipient_id.name",
    "object.company_id.name",
    "object.company_id.phone",
    "object.company_id.email",
    "object.collector_id.name",
)


# Of the clauses of a repayment agreement; values of an agreement.
AGREEMENT_PLACEHOLDERS = (
    "object.name",
    "object.date_text",
    "object.amount_text",
    "object.grace_text",
    "object.partner_id.name",
    "object.company_id.name",
)


class CollectionLetterType(models.Model):
    """A kind of letter: to whom, with which mail and attachments; its wording is in its texts.

    All companies share them: administrators edit them, and Legal may ask to approve their text.
    """

    _name = "collection.letter.type"
    _description = "Letter Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    audience = fields.Selection(
        [
            ("customer", "Customer"),
            ("internal", "Internal"),
            ("firm", "Law Firm"),
            ("agreement", "Repayment Agreement"),
        ],
        default="customer",
        required=True,
        help="Internal letters go to the salesperson of the customer. For a law firm the program"
        " writes a draft with its annexes; the firm issues the letter.",
    )
    needs_legal = fields.Boolean(
        "Requires Legal Approval",
        help="Goes out only with a text that Legal approved in its language; where the company"
        " says so, a second person confirms each letter.",
    )
    announces_suit = fields.Boolean(
        "Announces a Lawsuit",
        help="Without a lawsuit some time after its deadline, a letter is on the list of conduct.",
    )
    has_reply_slip = fields.Boolean(
        "Reply Slip",
        help=(
            "Adds a slip for the customer to sign and return, confirming or correcting the balance."
        ),
    )
    deadline_days = fields.Integer(
        "Deadline (Working Days)",
        default=7,
        aggregator=None,
        help="Working days, from the day on which the letter goes out, that it gives to pay.",
    )
    attach_invoices = fields.Boolean(help="The invoices go along as PDF files.")
    mail_template_id = fields.Many2one(
        "mail.template",
        "Email Template",
        domain="[('model', '=', 'collection.letter')]",
        help="Empty = the standard email of letters.",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        "SMS",
        domain="[('model', '=', 'collection.letter')]",
        help="Empty = the standard SMS of letters. Individuals get one that names no amount.",
    )

    text_ids = fields.One2many("collection.letter.text", "type_id", "Letter Template")

    _code_once = models.UniqueIndex("(code)", "There is a letter type with this code already.")
    _deadline_range = models.Constraint(
        "CHECK(deadline_days BETWEEN 1 AND 90)", "The deadline of a letter is 1 to 90 working days."
    )

    def action_review(self):
        """Open the texts of these types, language beside language, for Legal to approve one by one."""
        self.check_access("read")
        return self.text_ids.action_review()

    def write(self, vals):
        # Else users who edit types could send a text that Legal never saw.
        if (
            "needs_legal" in vals
            and not self.env.su
            and any(letter_type.needs_legal != vals["needs_legal"] for letter_type in self)
        ):
            self.env.user._require_role(self.env._("Which letters Legal approves"), "legal")
        if vals != {"needs_legal": True} and not self.env.su:
            self.env.user._require_role(
                self.env._("Letter types, which all companies share"), "administrator"
            )
        return super().write(vals)


class CollectionLetterText(models.Model):
    """Wording of a letter type, for a stage, a segment or a risk level where it differs.

    The text that matches most closely wins: company before stage before segment before risk
    level. A text is used only where all that it states is true: an earlier letter went out, and
    the contract or the policy grants interest, costs or a stop of supply. A text
    of a type that needs Legal goes out only as Legal approved it in that language
    (`collection.letter.approval`); nobody approves a text of their own.
    """

    _name = "collection.letter.text"
    _description = "Letter Templates"
    _inherit = ["credit.company.mixin", "credit.protected.mixin", "collection.claim.mixin"]
    _order = "type_id, sequence, id"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        copy=False,
        default=lambda self: self._get_own_company(),
        help="Empty = all companies; administrators write those. A company's own come first.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    type_id = fields.Many2one(
        "collection.letter.type", required=True, index=True, ondelete="cascade"
    )
    stage_id = fields.Many2one(
        "collection.stage", index="btree_not_null", ondelete="cascade", help="Empty = any stage."
    )
    segment = fields.Selection(SEGMENTS, help="Empty = any segment.")
    risk_level = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")], help="Empty = any risk level."
    )
    subject = fields.Char(required=True, translate=True)
    opening = fields.Html("Introduction", translate=True, help="Above the table of items.")
    closing = fields.Html(translate=True, help="Below the table of items.")
    claim_reminder = fields.Boolean(
        "Earlier Letter",
        help="Mentions an earlier letter. Used only where one went out about the same items.",
    )
    deadline_days = fields.Integer(
        "Deadline (Working Days)", aggregator=None, help="0 = as the letter type says."
    )
    needs_legal = fields.Boolean(related="type_id.needs_legal")
    approval_ids = fields.One2many(
        "collection.letter.approval", "text_id", "Approvals", readonly=True, copy=False
    )
    is_approved = fields.Boolean(
        "Approved by Legal",
        compute="_compute_is_approved",
        search="_search_is_approved",
        help="In every language, as it is now.",
    )
    writer_ids = fields.Many2many(
        "res.users", string="Written by", readonly=True, copy=False, help="Since the last approval."
    )
    placeholders = fields.Text(compute="_compute_placeholders")

    @api.depends("type_id", "stage_id", "segment", "risk_level")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("segment", "risk_level")
        }
        for text in self:
            parts = [text.type_id.name, text.stage_id.name]
            parts += [names.get(text[name]) for name, names in labels.items()]
            text.name = " / ".join(part for part in parts if part)

    @api.depends(
        "approval_ids.fingerprint", "type_id.deadline_days", "type_id.audience", "company_id",
        "stage_id", "segment", "risk_level", *CONTENT,
    )  # fmt: skip
    def _compute_is_approved(self):
        languages = self.env["collection.letter.approval"]._get_languages()
        for text in self:
            text.is_approved = all(text._is_approved_in(lang) for lang in languages)

    @api.model
    def _search_is_approved(self, operator, value):
        if operator != "in":
            return NotImplemented
        texts = self.with_context(active_test=False).search([("type_id.needs_legal", "=", True)])
        approved = texts.filtered("is_approved")
        return [("id", "in" if True in value else "not in", approved.ids)]

    def _is_approved_in(self, lang):
        """Return whether Legal approved the text in a language, as it is now.

        :param lang: code
        """
        self.ensure_one()
        # sudo: whether it may go out does not depend on who sends it
        given = self.sudo().approval_ids.filtered(lambda one: one.lang == lang)
        return bool(given.fingerprint) and given.fingerprint == self._get_fingerprint(lang)

    def _get_fingerprint(self, lang):
        """Return the hash of all that Legal approves: the text in a language, its use and deadline."""
        self.ensure_one()
        # sudo: the type's deadline, whoever asks
        text = self.sudo().with_context(lang=lang)
        content = [str(text[name] or "") for name in CONTENT]
        content += [text.type_id.id, text.type_id.deadline_days, text.type_id.audience]
        content += [text.company_id.id, text.stage_id.id, text.segment, text.risk_level]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @api.depends("type_id.audience")
    def _compute_placeholders(self):
        for text in self:
            text.placeholders = "\n".join(f"{{{{ {name} }}}}" for name in text._get_placeholders())

    def _get_placeholders(self):
        """Return the names that this text may use: of letters, or of repayment agreements."""
        is_agreement = self.type_id.audience == "agreement"
        return AGREEMENT_PLACEHOLDERS if is_agreement else PLACEHOLDERS

    @api.constrains(*WORDING, "claim_reminder")
    def _check_placeholders(self):
        for text in self:
            for name in WORDING:
                for _literal, expression, _default in parse_inline_template(str(text[name] or "")):
                    if expression and expression not in text._get_placeholders():
                        raise ValidationError(
                            self.env._(
                                "%(field)s: “%(placeholder)s” is not known. Known are: %(known)s.",
                                field=self._fields[name]._description_string(self.env),
                                placeholder=expression,
                                known=", ".join(text._get_placeholders()),
                            )
                        )
                    if expression == EARLIER and not text.claim_reminder:
                        raise ValidationError(
                            self.env._(
                                "%(field)s: “%(placeholder)s” speaks of an earlier letter. Tick"
                                " “Earlier Letter”, so that the template is used only where one"
                                " went out.",
                                field=self._fields[name]._description_string(self.env),
                                placeholder=expression,
                            )
                        )

    @api.constrains("deadline_days")
    def _check_deadline(self):
        for text in self:
            if not 0 <= text.deadline_days <= 90:
                raise ValidationError(
                    self.env._(
                        "Deadline: 1 to 90 working days, or 0 for the one of the letter type, not %s.",
                        text.deadline_days,
                    )
                )

    # ------------------------------------------------------------------ rights to write

    @api.model
    def _get_own_company(self):
        """Return the company of a new wording: the user's, where they may not write for all."""
        if self.env.su or self.env.user._has_role("administrator"):
            return False
        return self.env.company

    @api.model
    def _get_create_fields(self):
        return {
            "company_id", "sequence", "active", "type_id", "stage_id", "segment", "risk_level", *CONTENT,
        }  # fmt: skip

    def _get_open_fields(self):
        return self._get_create_fields()

    def _may_delete(self):
        return True

    @api.model_create_multi
    def create(self, vals_list):
        texts = super().create(vals_list)
        texts._note_writer()
        return texts

    def write(self, vals):
        result = super().write(vals)
        # Another type, too, would carry an approval where it was not given.
        if not self._is_system() and {*CONTENT, "type_id"} & vals.keys():
            self._note_writer()
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        if field_name in WORDING:
            self._note_writer()
            self._check_placeholders()
        return result

    def _note_writer(self):
        """Name the writer, who cannot approve; the approval is void by its fingerprint."""
        self._system_write({"writer_ids": [fields.Command.link(self.env.user.id)]})

    def action_review(self):
        """Open these texts, language beside language, for Legal to approve one by one."""
        self.check_access("read")
        return self.env["collection.letter.approval"]._open_for(self)

    # ------------------------------------------------------------------ which text, and filled in

    @api.model
    def _get_for(self, letter, approved=True):
        """Return the text of a letter that goes out.

        :param approved: False also returns one that Legal has not approved
        :raise UserError: there is none that states the truth, or Legal has not approved it
        """
        text = self._find_for(letter)
        if not text:
            raise UserError(
                self.env._(
                    "There is no template of “%(type)s” for %(customer)s whose statements are true:"
                    " write one that speaks of no earlier letter, interest, costs or stop of supply.",
                    type=letter.type_id.name,
                    customer=letter.partner_id.name,
                )
            )
        lang = self.env.lang or "en_US"
        if approved and letter.type_id.needs_legal and not text._is_approved_in(lang):
            raise UserError(
                self.env._(
                    "“%(text)s” needs a text approved by Legal in %(language)s. Ask Legal to "
                    "approve it (Configuration ‣ Letter Templates).",
                    text=text.name,
                    language=dict(self.env["res.lang"].get_installed()).get(lang, lang),
                )
            )
        return text

    @api.model
    def _find_for(self, letter):
        """Return the text that matches a letter most closely and states nothing untrue, if any."""
        customer = letter.company_id._credit_in(letter.partner_id)
        facts = {
            "stage_id": letter.stage_id,
            "segment": customer.credit_segment,
            "risk_level": customer.credit_risk_level,
        }
        true = letter._get_true_claims()
        best, best_score = self.browse(), -1
        companies = [False, letter.company_id.id]
        for text in self.search(
            [("type_id", "=", letter.type_id.id), ("company_id", "in", companies)]
        ):
            wanted = [(text[name], fact) for name, fact in facts.items()]
            stated = {name for name in CLAIMS if text[name]}
            if any(want and want != fact for want, fact in wanted) or not stated <= true:
                continue
            # company before stage before segment before risk level, then what states more
            score = (
                len(stated) / 10
                + 8 * bool(text.company_id)
                + sum(
                    weight * bool(want)
                    for weight, (want, _fact) in zip((4, 2, 1), wanted, strict=True)
                )
            )
            if score > best_score:
                best, best_score = text, score
        return best

    def _fill(self, name, letter):
        """Fill a part of the text in the language of the letter, placeholders included.

        Values are put in as they are, never evaluated, and escaped where the text is HTML.
        """
        source = self[name] or ""
        is_html = self._fields[name].type == "html"
        parts = []
        for literal, expression, default in parse_inline_template(str(source)):
            parts.append(Markup(literal) if is_html else literal)
            if not expression:
                continue
            if expression not in self._get_placeholders():
                raise UserError(self.env._("“%s” is not known in letters.", expression))
            value = letter
            for step in expression.split(".")[1:]:
                value = value[step]
            value = default if value is False else str(value)
            parts.append(escape(value) if is_html else value)
        return (Markup() if is_html else "").join(parts)
