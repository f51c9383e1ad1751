from odoo import api, models


class CreditAttachmentMixin(models.AbstractModel):
    """Records with files in `attachment_ids`: who may read the record may read its files."""

    _name = "credit.attachment.mixin"
    _description = "Record with Files of Its Own"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._own_attachments()
        return records

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._own_attachments()
        return result

    def _own_attachments(self):
        """Tie files that the user uploaded just now, and that belong to nothing yet, to their record."""
        for record in self:
            # sudo: a file without a record is its uploader's alone
            record.attachment_ids.sudo().filtered(
                lambda a: not a.res_id and a.create_uid == self.env.user
            ).write({"res_model": self._name, "res_id": record.id})
