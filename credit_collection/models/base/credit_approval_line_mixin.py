from odoo import api, models


class CreditApprovalLineMixin(models.AbstractModel):
    """Lines of a document with approval: who adds, changes or deletes one is an author of the document.

    To write: `_document_field`, and `_author_fields` where not all fields are what is decided.
    """

    _name = "credit.approval.line.mixin"
    _description = "Line of a Document with Approval"
    _inherit = ["credit.protected.mixin"]

    # The field that names the document.
    _document_field = None

    # Fields whose writers are authors of what is decided; all where None.
    _author_fields = None

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._keep_author(lines._get_documents())
        return lines

    def write(self, vals):
        result = super().write(vals)
        if self._author_fields is None or not self._author_fields.isdisjoint(vals):
            self._keep_author(self._get_documents())
        return result

    def unlink(self):
        documents = self._get_documents()
        result = super().unlink()
        self._keep_author(documents)
        return result

    def _get_documents(self):
        return self._document_field and self[self._document_field]

    def _keep_author(self, documents):
        if documents and not self._is_system():
            documents._keep_author()
