from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.rendering_tools import parse_inline_template

from ...credit.terms.res_partner import SEGMENTS

WORDING = ("subject", "opening", "closing")

# Placeholders of a text; values of a letter, never code.
PLACEHOLDERS = (
    "object.name",
    "object.date_text",
    "object.deadline_text",
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
        [("customer", "Customer"), ("internal", "Internal")],
        default="customer",
        required=True,
        help="Internal letters go to the salesperson of the customer (P1-07).",
    )
    needs_legal = fields.Boolean(
        "Text Approved by Legal", help="Goes out only with a text that Legal approved (P1-11)."
    )
    has_reply_slip = fields.Boolean(
        "Reply Slip", help="A slip to sign and return: the figures are right, or what differs."
    )
    attach_invoices = fields.Boolean(help="The invoices go along as PDF files.")
    mail_template_id = fields.Many2one(
        "mail.template",
        "Mail",
        domain="[('model', '=', 'collection.letter')]",
        help="Empty = the standard mail of letters.",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        "SMS",
        domain="[('model', '=', 'collection.letter')]",
        help="Empty = the standard SMS of letters.",
    )

    text_ids = fields.One2many("collection.letter.text", "type_id", "Wording")

    _code_once = models.UniqueIndex("(code)", "There is a letter type with this code already.")

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
    level. A text
    of a type that needs Legal goes out only as Legal approved it; every edit withdraws the
    approval, and nobody approves a text of their own.
    """

    _name = "collection.letter.text"
    _description = "Wording of Letters"
    _inherit = ["credit.company.mixin", "credit.protected.mixin"]
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
    opening = fields.Html(translate=True, help="Above the table of items.")
    closing = fields.Html(translate=True, help="Below the table of items.")
    needs_legal = fields.Boolean(related="type_id.needs_legal")
    approved_by_id = fields.Many2one("res.users", "Approved by Legal", readonly=True, copy=False)
    approved_at = fields.Datetime("Approved on", readonly=True, copy=False)
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

    def _compute_placeholders(self):
        self.placeholders = "\n".join(f"{{{{ {name} }}}}" for name in PLACEHOLDERS)

    @api.constrains(*WORDING)
    def _check_placeholders(self):
        for text in self:
            for name in WORDING:
                for _literal, expression, _default in parse_inline_template(str(text[name] or "")):
                    if expression and expression not in PLACEHOLDERS:
                        raise ValidationError(
                            self.env._(
                                "%(field)s: “%(placeholder)s” is not known. Known are: %(known)s.",
                                field=self._fields[name]._description_string(self.env),
                                placeholder=expression,
                                known=", ".join(PLACEHOLDERS),
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
            "company_id", "sequence", "active", "type_id", "stage_id", "segment", "risk_level", *WORDING,
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
        if not self._is_system() and {*WORDING, "type_id"} & vals.keys():
            self._note_writer()
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        if field_name in WORDING:
            self._note_writer()
            self._check_placeholders()
        return result

    def _note_writer(self):
        """Withdraw the approval on an edit and name the writer, who cannot approve."""
        for text in self:
            text._system_write(
                {
                    "writer_ids": [
                        fields.Command.set(self.env.user.ids)
                        if text.approved_by_id
                        else fields.Command.link(self.env.user.id)
                    ],
                    "approved_by_id": False,
                    "approved_at": False,
                }
            )

    def action_approve(self):
        """Approve the wording as it is now, as Legal (P1-11).

        :raise AccessError: the user is not Legal, or wrote it
        """
        self.env.user._require_role(self.env._("Approving the wording of letters"), "legal")
        for text in self:
            text.check_access("read")
            # sudo: writers are counted whether the user sees them or not
            if self.env.user in text.sudo().writer_ids:
                raise AccessError(
                    self.env._(
                        "Who writes never approves: “%s” needs another person of Legal.", text.name
                    )
                )
            text._system_write(
                {"approved_by_id": self.env.user.id, "approved_at": fields.Datetime.now()}
            )
        return True

    # ------------------------------------------------------------------ which text, and filled in

    @api.model
    def _get_for(self, letter):
        """Return the text of a letter that goes out.

        :raise UserError: there is none, or Legal has not approved it
        """
        text = self._find_for(letter)
        if not text:
            raise UserError(
                self.env._("There is no wording for “%s”: write one.", letter.type_id.name)
            )
        if letter.type_id.needs_legal and not text.approved_by_id:
            raise UserError(
                self.env._(
                    "“%s” goes out only with a text that Legal approved: ask Legal to approve it"
                    " (Configuration, Wording of Letters).",
                    text.name,
                )
            )
        return text

    @api.model
    def _find_for(self, letter):
        """Return the text that matches a letter most closely, if there is any."""
        customer = letter.company_id._credit_in(letter.partner_id)
        facts = {
            "stage_id": letter.stage_id,
            "segment": customer.credit_segment,
            "risk_level": customer.credit_risk_level,
        }
        best, best_score = self.browse(), -1
        companies = [False, letter.company_id.id]
        for text in self.search(
            [("type_id", "=", letter.type_id.id), ("company_id", "in", companies)]
        ):
            wanted = [(text[name], fact) for name, fact in facts.items()]
            if any(want and want != fact for want, fact in wanted):
                continue
            # company before stage before segment before risk level
            score = 8 * bool(text.company_id) + sum(
                weight * bool(want) for weight, (want, _fact) in zip((4, 2, 1), wanted, strict=True)
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
            if expression not in PLACEHOLDERS:
                raise UserError(self.env._("“%s” is not known in letters.", expression))
            value = letter
            for step in expression.split(".")[1:]:
                value = value[step]
            value = default if value is False else str(value)
            parts.append(escape(value) if is_html else value)
        return (Markup() if is_html else "").join(parts)
