import functools

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class TierReview(models.Model):
    """Reviews of this add-on's documents are written by their approval flow only.

    The base add-on lets every internal user write every review, which would let an
    applicant approve their own request by RPC. Comments stay open to the reviewer.
    """

    _inherit = "tier.review"
    _CREDIT_OPEN_FIELDS = {"comment", "last_reminder_date"}

    # The base add-on leaves these words in English, and keeps the names in the requester's language.
    name = fields.Char("Approval Step")
    status = fields.Selection(selection_add=[("waiting", "Waiting for Its Turn")])
    todo_by = fields.Char("Possible Approvers", store=False, compute_sudo=True)

    @api.model
    def _credit_protected_models(self):
        """Return models whose reviews are guarded: those with `credit.approval.mixin`."""
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

    def _credit_unlink(self):
        """Delete reviews from the approval flow of this add-on."""
        # sudo: the flow withdraws a request, whoever may delete reviews
        return self.with_env(self.env["credit.approval.mixin"].sudo()._system().env).unlink()

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
                    self.env._("Only approvers can comment on an approval, while deciding.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_credit(self):
        for model in set(self.mapped("model")):
            self._credit_check_guard(model)

    def _get_reviewers(self):
        # sudo: a tier may name its reviewers by a field, which only administrators look up
        reviewers = super(TierReview, self.sudo())._get_reviewers().with_env(self.env)
        # Requesters never approve, whatever the tier's own option says.
        if self.model in self._credit_protected_models():
            # sudo: reviewers follow from the document, whoever looks it up
            document = self.env[self.model].browse(self.res_id).sudo()
            reviewers -= self.requested_by | document._get_excluded_deciders()
        return reviewers

    @api.depends("reviewer_group_id.name")
    @api.depends_context("lang")
    def _compute_todo_by(self):
        groups = self.filtered("reviewer_group_id")
        for review in groups:
            review.todo_by = review.reviewer_group_id.name
        return super(TierReview, self - groups)._compute_todo_by()

    def _update_review_status(self):
        # The systray counter of any reviewer promotes reviews whose turn has come.
        models = self._credit_protected_models()
        guarded = self.filtered(lambda r: r.model in models)
        if not guarded or self.env["credit.approval.mixin"]._is_system():
            return super()._update_review_status()
        system = guarded.with_env(self.env["credit.approval.mixin"]._system().env)
        super(TierReview, system)._update_review_status()
        return super(TierReview, self - guarded)._update_review_status()

    # ---- Readers of the document may read its reviews and their comments; nobody else.
    #
    # Neither being named as reviewer nor having asked opens them: to decide, too, takes a
    # document that one may read. Reviews of documents that are not ours stay as they are.

    def _credit_readable(self, rows):
        """Return ids of those of `rows` (id, model, id of the document) whose document the user may read."""
        documents = {}
        for _id, name, res_id in rows:
            documents.setdefault(name, set()).add(res_id)
        readable = {}
        for name, ids in documents.items():
            model = self.env[name]
            found = model.has_access("read") and model._search(
                [("id", "in", list(ids))], active_test=False
            )
            readable[name] = set(found or ())
        return {id_ for id_, name, res_id in rows if res_id in readable[name]}

    def _search(
        self, domain, offset=0, limit=None, order=None, *, active_test=True, bypass_access=False
    ):
        if not (self.env.su or bypass_access):
            ours = Domain("model", "in", self._credit_protected_models())
            query = super()._search(Domain(domain) & ours)
            names = ("id", "model", "res_id")
            rows = self.env.execute_query(
                query.select(*(self._field_to_sql(query.table, name, query) for name in names))
            )
            readable = self._credit_readable(rows)
            domain = Domain(domain) & (~ours | Domain("id", "in", list(readable)))
        return super()._search(
            domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        models_ = self._credit_protected_models()
        # sudo: only of which documents they are
        rows = [
            (review.id, review.model, review.res_id)
            for review in self.sudo()
            if review.id and review.model in models_
        ]
        readable = self._credit_readable(rows)
        hidden = self.browse(id_ for id_, _model, _res_id in rows if id_ not in readable)
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden
        rule = self.env["ir.rule"]
        return forbidden, functools.partial(rule._make_access_error, operation, forbidden)
