from odoo import api, models


class CreditAttachmentMixin(models.AbstractModel):
    """Records with files in `attachment_ids`: readers of the record may read its files.

    A model whose files are in another field names it in `_files_field`.
    """

    _name = "credit.attachment.mixin"
    _inherit = ["credit.evidence.mixin"]
    _description = "Record with Files of Its Own"
    _files_field = "attachment_ids"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._own_attachments()
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._files_field in vals:
            self._own_attachments()
        return result

    def _own_attachments(self):
        """Tie files that the user uploaded just now, and that belong to nothing yet, to their record."""
        # sudo: a file without a record is its uploader's alone
        system = self.env["credit.protected.mixin"].sudo()._system().env
        for record in self:
            record._get_own_files().with_env(system).filtered(
                lambda a: a.create_uid == self.env.user and (not a.res_id or self._is_of_dialog(a))
            ).write({"res_model": self._name, "res_id": record.id})

    def _get_own_files(self):
        """Files of the record. Extend where there are more fields of them."""
        return self[self._files_field]

    def _is_of_dialog(self, attachment):
        """Return whether the record is of a dialog, cleared away after a while with its files."""
        model = self.env.get(attachment.res_model)
        return model is not None and model.is_transient()
