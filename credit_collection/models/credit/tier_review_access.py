import functools

from odoo import models
from odoo.fields import Domain


class TierReview(models.Model):
    """Who may read the document may read its reviews and their comments; nobody else.

    Neither being named as reviewer nor having asked opens them: to decide, too, takes a
    document that one may read. Reviews of documents that are not ours stay as they are.
    """

    _inherit = "tier.review"

    def _credit_readable(self, rows):
        """Ids of those of `rows` (id, model, id of the document) whose document the user may read."""
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
