from odoo import api, fields, models
from odoo.exceptions import UserError


class CommentWizard(models.TransientModel):
    """The dialog of a decision: what is decided, who is next, and a comment.

    For documents of this add-on an approval needs no comment, a rejection does. The tick for a large
    amount is a question of this dialog alone, against slips of the hand: `validate_tier` decides
    without it, and who may decide is asked there.
    """

    _inherit = "comment.wizard"

    comment = fields.Char(required=False)
    credit_title = fields.Char(compute="_compute_credit_facts")
    credit_facts = fields.Html(compute="_compute_credit_facts", sanitize=False)
    credit_next = fields.Char("Next Approvers", compute="_compute_credit_facts")
    credit_changes = fields.Boolean("Changed Since the Request", compute="_compute_credit_facts")
    credit_large = fields.Char("Large Amount", compute="_compute_credit_facts")
    credit_confirmed = fields.Boolean("I have checked this amount")

    @api.depends("res_model", "res_id", "review_ids")
    @api.depends_context("lang")
    def _compute_credit_facts(self):
        for wizard in self:
            record = wizard._credit_document()
            wizard.credit_title = record and record._get_approval_title()
            wizard.credit_facts = record and record._get_approval_html()
            wizard.credit_changes = bool(record and record.request_changes)
            wizard.credit_large = record and record._get_large_text()
            wizard.credit_next = record and record._get_next_reviewers_text(wizard.review_ids)

    def _credit_document(self):
        """Return the document, where it is one of this add-on that the user may read; else None."""
        self.ensure_one()
        if self.res_model not in self.env["tier.review"]._credit_protected_models():
            return None
        record = self.env[self.res_model].browse(self.res_id).exists()
        return record if record and record.has_access("read") else None

    def add_comment(self):
        """Decide with the comment; say who decides next.

        :raise UserError: a rejection without its reason
        """
        self.ensure_one()
        record = self._credit_document()
        approves = self.validate_reject == "validate"
        if not (self.comment or "").strip() and not (record and approves):
            raise UserError(self.env._("Enter the reason."))
        if record and approves and self.credit_large and not self.credit_confirmed:
            raise UserError(self.env._("%s Tick that you have checked it.", self.credit_large))
        result = super().add_comment()
        if not (record and approves):
            return result
        record.invalidate_recordset(["review_ids"])
        later = record._get_next_reviewers_text()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Approved: %s", record.display_name),
                "message": self.env._("Next: %s.", later)
                if later
                else self.env._("That was the last approval."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
