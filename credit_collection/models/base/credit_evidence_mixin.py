from odoo import models


class CreditEvidenceMixin(models.AbstractModel):
    """Records whose files become evidence: from then on nobody changes or deletes these.

    A model names its fields of files in `_frozen_when`, each with the domain of the records
    that keep theirs; `ir.attachment` asks all descendants.
    """

    _name = "credit.evidence.mixin"
    _description = "Record That Keeps Its Files"
    _frozen_when = {}

    def _frozen_files(self, attachments):
        """Return a record that keeps one of some files as it is; empty if none does.

        Called as superuser, whoever asks. Extend where a domain cannot say it.
        """
        for field, domain in self._frozen_when.items():
            kept = self.search([(field, "in", attachments.ids), *domain], limit=1)
            if kept:
                return kept
        return self.browse()
