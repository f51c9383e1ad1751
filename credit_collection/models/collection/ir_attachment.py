from odoo import models
from odoo.exceptions import AccessError

# Where evidence is kept: model, its files, and the records whose files stay as they are.
KEPT = (
    ("collection.dispute", "attachment_ids", [("state", "!=", "open")]),
    ("collection.agreement", "signed_attachment_ids", [("state", "!=", "draft")]),
    (
        "collection.filing.evidence",
        "attachment_ids",
        [("filing_id.state", "not in", ("draft", "filed"))],
    ),
)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _credit_check_evidence(self):
        """Signed papers and evidence stay as they were handed in (P1-10, P3-07)."""
        super()._credit_check_evidence()
        if self._credit_is_free():
            return
        for model, field, domain in KEPT:
            # sudo: the file is kept whether its author sees the record or not
            kept = self.env[model].sudo().search([(field, "in", self.ids), *domain], limit=1)
            if kept:
                raise AccessError(
                    self.env._(
                        "This file is evidence of %s and is kept as it is.", kept.display_name
                    )
                )
