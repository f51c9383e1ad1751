from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _collection_may_contact_now(self):
        """Whether customers may be contacted at this hour (P2-21)."""
        return True
