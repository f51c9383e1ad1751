from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _credit_check_evidence(self):
        """Papers of an application stay as the approvers saw them, the signed one as it was signed."""
        super()._credit_check_evidence()
        if self._credit_is_free():
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
