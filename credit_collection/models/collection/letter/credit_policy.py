from odoo import api, models

from .collection_claim_mixin import AGREED


class CreditPolicy(models.Model):
    """What letters may state by the policy: part of what management approves."""

    _name = "credit.policy"
    _inherit = ["credit.policy", "collection.claim.mixin"]

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | set(AGREED)
