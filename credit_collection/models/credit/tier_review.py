from odoo import api, models
from odoo.exceptions import AccessError


class TierReview(models.Model):
    """Reviews of this add-on's documents are written by their approval flow only.

    The base add-on lets every internal user write every review, which would let an
    applicant approve himself by RPC. Comments stay open to the reviewer.
    """

    _inherit = "tier.review"

    _CREDIT_OPEN_FIELDS = {"comment", "last_reminder_date"}

    @api.model
    def _credit_protected_models(self):
        """Models whose reviews are guarded: those with `credit.approval.mixin`."""
        registry = self.env.registry
        return [
            name
            for name in registry.descendants(["credit.approval.mixin"], "_inherit")
            if not registry[name]._abstract
        ]

    def _credit_check_guard(self, model):
        if model in self._credit_protected_models() and not self.env[model]._is_system():
            raise AccessError(
                self.env._(
                    "Approvals are given with the buttons of the document, by its reviewers."
                )
            )

    def _credit_write(self, vals):
        """Write reviews from the approval flow of this add-on."""
        return (
            self.with_env(self.env["credit.approval.mixin"]._system().env).write(vals)
            if self
            else True
        )

    @api.model_create_multi
    def create(self, vals_list):
        with self.env.cr.savepoint():
            reviews = super().create(vals_list)
            # As they are now: a model may come from a default as well as from a value.
            for model in set(reviews.mapped("model")):
                self._credit_check_guard(model)
        return reviews

    def write(self, vals):
        if vals.keys() - self._CREDIT_OPEN_FIELDS:
            for model in {*self.mapped("model"), vals.get("model")}:
                # Odoo's computes of stored fields do not come by here.
                self._credit_check_guard(model)
        elif "comment" in vals:
            guarded = self.filtered(
                lambda r: (
                    r.model in self._credit_protected_models()
                    and not self.env.su
                    and (
                        self.env.user not in r.reviewer_ids
                        or r.status not in ("waiting", "pending")
                    )
                )
            )
            if guarded:
                raise AccessError(
                    self.env._("Only its reviewers comment on an approval, while they decide.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_credit(self):
        for model in set(self.mapped("model")):
            self._credit_check_guard(model)

    def _get_reviewers(self):
        # sudo: a tier may name its reviewers by a field, which only administrators look up
        reviewers = super(TierReview, self.sudo())._get_reviewers().with_env(self.env)
        # Who asks never approves, whatever the tier's own option says.
        if self.model in self._credit_protected_models():
            document = self.env[self.model].browse(self.res_id).sudo()
            reviewers -= self.requested_by | document._get_excluded_deciders()
        return reviewers

    def _update_review_status(self):
        # The systray counter of any reviewer promotes reviews whose turn has come.
        models = self._credit_protected_models()
        guarded = self.filtered(lambda r: r.model in models)
        if not guarded or self.env["credit.approval.mixin"]._is_system():
            return super()._update_review_status()
        system = guarded.with_env(self.env["credit.approval.mixin"]._system().env)
        super(TierReview, system)._update_review_status()
        return super(TierReview, self - guarded)._update_review_status()
