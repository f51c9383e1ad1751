from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """Evidence stays as it was handed in (P1-10, P4-11).

    Odoo's routes delete files as superuser for all who may write the document: `sudo()`
    opens nothing here, `_system()` does.
    """

    _inherit = "ir.attachment"

    def _credit_check_evidence(self):
        if not self.ids or self.env["credit.protected.mixin"]._is_system():
            return
        registry = self.env.registry
        for name in registry.descendants(["credit.evidence.mixin"], "_inherit"):
            if registry[name]._abstract:
                continue
            # sudo: the file is kept whether its author sees the record or not
            records = self.env[name].sudo().with_context(active_test=False)
            kept = records._frozen_files(self)
            if kept:
                raise AccessError(
                    self.env._(
                        "This file is evidence of %s and cannot be changed.", kept[:1].display_name
                    )
                )

    def write(self, vals):
        # The web client draws a preview of a PDF for whoever opens the document first.
        if vals.keys() - {"access_token", "thumbnail"}:
            self._credit_check_evidence()
        return super().write(vals)

    def unlink(self):
        self._credit_check_evidence()
        return super().unlink()
