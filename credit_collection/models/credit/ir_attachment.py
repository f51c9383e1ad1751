from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _credit_check_evidence(self):
        """Evidence of an application stays as it was handed in (P4-11)."""
        if self.env.su or not self.ids:
            return
        # sudo: the file is kept whether its author sees the hold or not
        kept = (
            self.env["credit.hold"]
            .sudo()
            .search([("attachment_ids", "in", self.ids), ("state", "!=", "held")], limit=1)
        )
        if kept:
            raise AccessError(
                self.env._("This file is evidence of %s and is kept as it is.", kept.display_name)
            )

    def write(self, vals):
        self._credit_check_evidence()
        return super().write(vals)

    def unlink(self):
        self._credit_check_evidence()
        return super().unlink()
