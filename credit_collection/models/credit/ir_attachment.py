from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _credit_check_evidence(self):
        """Evidence of an application stays as it was handed in (P4-11).

        Odoo's routes delete files as superuser for whoever may write the document: `sudo()`
        opens nothing here, `_system()` does.
        """
        if self._credit_is_free():
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

        self._credit_check_signatures()
        self._credit_check_messages()
        self._credit_check_papers()

    def _credit_is_free(self):
        return not self.ids or self.env["credit.protected.mixin"]._is_system()

    def _credit_check_messages(self):
        """Files of messages on our documents stay as they were posted (P1-10)."""
        # sudo: a file is kept whether its author sees the message or not
        messages = self.env["mail.message"].sudo().search([("attachment_ids", "in", self.ids)])
        if messages._credit_get_kept():
            messages._credit_refuse()

    def _credit_check_papers(self):
        """Files of papers that were accepted are credit control's (P4-02)."""
        if self.env["res.partner"].sudo(False)._credit_may_decide():
            return
        # sudo: the file is kept whether its author sees the paper or not
        papers = self.env["credit.document"].sudo().with_context(active_test=False)
        kept = papers.search(
            [("attachment_ids", "in", self.ids), ("accepted_on", "!=", False)], limit=1
        )
        if kept:
            raise AccessError(
                self.env._("This file is evidence of %s and is kept as it is.", kept.display_name)
            )

    def _credit_check_signatures(self):
        """What the customer signed stays as he signed it, image and paper (P4-06)."""
        # sudo: signatures are kept from whoever may not see their application, too
        files = self.sudo()
        images = files.filtered(
            lambda a: a.res_model == "credit.application" and a.res_field == "signature"
        )
        papers = (
            self.env["credit.application"]
            .sudo()
            .search([("signed_pdf_id", "in", self.ids)], limit=1)
        )
        if images or papers:
            raise AccessError(
                self.env._("The customer's signature and what he signed are kept as they are.")
            )

    def write(self, vals):
        if vals.keys() - {"access_token"}:
            self._credit_check_evidence()
        return super().write(vals)

    def unlink(self):
        self._credit_check_evidence()
        return super().unlink()
