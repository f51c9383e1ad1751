from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime


class CollectionLetterApproval(models.Model):
    """A letter template in one language, with the approval of Legal (P1-11).

    The approval holds a fingerprint of what was approved: whatever changes the text, in the
    form, by a translation or by a file, makes it void. Templates are approved one by one.
    """

    _name = "collection.letter.approval"
    _description = "Approval of a Letter Template"
    _inherit = ["credit.protected.mixin"]
    _order = "text_id, lang_id"

    text_id = fields.Many2one(
        "collection.letter.text", "Template", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    type_id = fields.Many2one(related="text_id.type_id", store=True)
    lang_id = fields.Many2one(
        "res.lang", "Language", required=True, readonly=True, ondelete="cascade"
    )
    lang = fields.Char("Language Code", related="lang_id.code")
    subject = fields.Char(compute="_compute_content")
    opening = fields.Html("Introduction", compute="_compute_content")
    closing = fields.Html(compute="_compute_content")
    facts = fields.Char("Used Where", compute="_compute_content")
    fingerprint = fields.Char(readonly=True, help="Of the text as it was approved.")
    approved_by_id = fields.Many2one("res.users", "Approved by", readonly=True)
    approved_at = fields.Datetime("Approved on", readonly=True)
    state = fields.Selection(
        [("waiting", "To Approve"), ("approved", "Approved"), ("void", "Void: Text Changed")],
        string="Status",
        compute="_compute_state",
    )

    _once = models.UniqueIndex("(text_id, lang_id)", "Each language is approved once.")

    @api.depends("text_id", "lang_id")
    def _compute_content(self):
        for approval in self:
            text = approval.text_id.with_context(lang=approval.lang)
            approval.update({name: text[name] for name in ("subject", "opening", "closing")})
            text = approval.text_id
            facts = [
                text.name,
                self.env._("%s working days", text.deadline_days or text.type_id.deadline_days),
            ]
            facts += [
                text._fields[name]._description_string(self.env)
                for name in ("claim_reminder", "claim_interest", "claim_costs", "claim_stop")
                if text[name]
            ]
            approval.facts = " · ".join(facts)

    @api.depends("fingerprint", "lang_id", "text_id.is_approved")
    def _compute_state(self):
        for approval in self:
            approval.state = "waiting"
            if approval.fingerprint:
                is_same = approval.text_id._is_approved_in(approval.lang)
                approval.state = "approved" if is_same else "void"

    @api.model
    def _get_languages(self):
        """Return codes of the languages in which letters go out: those installed."""
        return [code for code, _name in self.env["res.lang"].get_installed()]

    @api.model
    def _add_missing(self, texts):
        """Return the approvals of some templates, one per language; missing ones are added, to give."""
        # sudo: rows are the system's, one per template and language
        approvals = self.sudo()
        known = {
            (one.text_id.id, one.lang_id.id)
            for one in approvals.search([("text_id", "in", texts.ids)])
        }
        languages = self.env["res.lang"].search([("code", "in", self._get_languages())])
        approvals._system_create(
            [
                {"text_id": text.id, "lang_id": language.id}
                for text in texts
                for language in languages
                if (text.id, language.id) not in known
            ]
        )
        return self.search([("text_id", "in", texts.ids), ("lang_id", "in", languages.ids)])

    @api.model
    def _open_for(self, texts):
        """Open the approvals of some templates, a column per language."""
        self._add_missing(texts)
        return self.env["base"]._open_records(
            "collection_letter_approval_action", domain=[("text_id", "in", texts.ids)]
        )

    @api.model
    def action_open(self):
        """Open all templates that need Legal, for approval."""
        texts = self.env["collection.letter.text"].search([("type_id.needs_legal", "=", True)])
        return self._open_for(texts)

    def action_approve(self):
        """Approve this template in this language as it is now, as Legal (P1-11).

        :raise AccessError: the user is not Legal, or wrote it
        :raise UserError: more than one at a time
        """
        self.ensure_one()
        self.env.user._require_role(self.env._("Approving letter templates"), "legal")
        self.check_access("read")
        text = self.text_id
        # sudo: writers are counted whether the user sees them or not
        if self.env.user in text.sudo().writer_ids:
            raise AccessError(
                self.env._(
                    "You cannot approve your own text. “%s” must be approved by another member "
                    "of Legal.",
                    text.name,
                )
            )
        if self.state == "approved":
            raise UserError(
                self.env._(
                    "%(text)s was approved by %(user)s on %(date)s.",
                    text=text.name,
                    user=self.approved_by_id.name,
                    date=format_datetime(self.env, self.approved_at),
                )
            )
        self._system_write(
            {
                "fingerprint": text._get_fingerprint(self.lang),
                "approved_by_id": self.env.user.id,
                "approved_at": fields.Datetime.now(),
            }
        )
        text.invalidate_recordset(["is_approved"])
        if text.is_approved:
            # The next edit begins anew.
            text._system_write({"writer_ids": [fields.Command.clear()]})
        return True
