from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .res_partner import CONTROLS


class CreditApplication(models.Model):
    """What an application cannot be made to do: use another's assessment, stop a downgrade of one's
    own customer, undo what was decided since it was asked for, lose the paper that was signed."""

    _name = "credit.application"
    _inherit = ["credit.application", "credit.attachment.mixin"]

    # ------------------------------------------------------------------ the assessment behind it

    @api.constrains("assessment_id", "partner_id", "company_id")
    def _check_assessment(self):
        for application in self.filtered("assessment_id"):
            # sudo: whoever applies, the assessment is the customer's or it is not
            assessment = application.assessment_id.sudo()
            if (
                assessment.state != "done"
                or assessment.partner_id != application.partner_id
                or assessment.company_id != application.company_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(assessment)s is no closed assessment of %(customer)s.",
                        assessment=assessment.name,
                        customer=application.partner_id.display_name,
                    )
                )

    def _check_score(self):
        """A limit by score counts on the score that the assessment gave (P4-20)."""
        assessment = self.assessment_id.sudo()
        if assessment and self.formula == "score" and round(self.score - assessment.score, 2) > 0:
            raise UserError(
                self.env._(
                    "%(assessment)s gave a score of %(score)s, not %(value)s.",
                    assessment=assessment.name,
                    score=f"{assessment.score:g}",
                    value=f"{self.score:g}",
                )
            )

    # ------------------------------------------------------------------ downgrades

    def _is_against_user(self):
        """Whether others propose to lower the terms of his customer: no salesperson stops that (P4-07)."""
        self.ensure_one()
        return bool(
            self.kind == "downgrade"
            and self.create_uid
            and self.create_uid != self.env.user
            and not self.env["res.partner"]._credit_may_decide()
        )

    def _check_can_withdraw(self):
        for application in self:
            if application._is_against_user():
                raise AccessError(
                    self.env._(
                        "%s lowers the terms of your customer: credit control withdraws it.",
                        application.display_name,
                    )
                )

    # ------------------------------------------------------------------ approval

    def _get_excluded_deciders(self):
        # Who drew it up asks as well: a colleague may have pressed the button for him.
        return super()._get_excluded_deciders() | self.create_uid

    def _check_terms_unchanged(self):
        """The tiers decided on the terms at the request; a freeze or a worse grade since then stays."""
        self.ensure_one()
        customer = self._customer()
        values = {
            "current_control": customer.credit_control or "none",
            "current_term_days": customer.credit_term_days,
            "current_grade_id": customer.credit_grade_id,
        }
        names = [name for name, value in values.items() if self[name] != value]
        if self.currency_id.compare_amounts(self.current_limit, customer.credit_limit):
            names.append("current_limit")
        changed = [self._fields[name]._description_string(self.env) for name in names]
        if changed:
            raise UserError(
                self.env._(
                    "The terms of %(customer)s (now: %(control)s) were changed after %(application)s"
                    " was requested: %(fields)s. Reject it; a new application starts from the terms"
                    " of today.",
                    customer=customer.display_name,
                    control=dict(CONTROLS)[values["current_control"]],
                    application=self.name,
                    fields=", ".join(changed),
                )
            )

    # ------------------------------------------------------------------ its files

    def _get_own_files(self):
        # Uploaded before the form was first saved, a file is nobody's: the approvers read it, too.
        return super()._get_own_files() | self.signed_attachment_ids

    def _keep_signed_files(self, before):
        """Refuse that an approved application loses a file.

        :param before: {id: papers that were there}
        """
        self._own_attachments()
        for application in self:
            lost = before[application.id] - application.signed_attachment_ids
            if lost and application.state == "approved":
                raise AccessError(
                    self.env._("%s keeps what the customer signed.", application.display_name)
                )


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _credit_check_evidence(self):
        """Papers of an application stay as the approvers saw them, the signed one as it was signed."""
        super()._credit_check_evidence()
        if self.env.su or not self.ids:
            return
        # sudo: the file is kept whether its author sees the application or not
        applications = self.env["credit.application"].sudo()
        kept = applications.search(
            [("attachment_ids", "in", self.ids), ("state", "!=", "draft")], limit=1
        ) or applications.search(
            [("signed_attachment_ids", "in", self.ids), ("state", "=", "approved")], limit=1
        )
        if kept:
            raise AccessError(
                self.env._("This file is evidence of %s and is kept as it is.", kept.display_name)
            )
