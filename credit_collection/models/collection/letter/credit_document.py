from odoo import api, models
from odoo.fields import Domain

from .collection_claim_mixin import AGREED


class CreditDocument(models.Model):
    """What a contract with the customer says about late payment, for the letters."""

    _name = "credit.document"
    _inherit = ["credit.document", "collection.claim.mixin"]

    @api.model
    def _get_claims(self, partner, company):
        """Return the rights, of `AGREED`, that accepted and valid documents of a customer grant.

        :param partner: commercial partner
        """
        # sudo: terms of contracts bind users who may not read them
        documents = self.sudo().search(
            Domain(
                [
                    ("partner_id", "=", partner.id),
                    ("company_id", "=", company._credit_root().id),
                    ("accepted_on", "!=", False),
                ]
            )
            & Domain.OR([(name, "=", True)] for name in AGREED)
        )
        valid = documents.filtered(lambda one: one.state in ("attached", "expiring"))
        return {name for name in AGREED if any(valid.mapped(name))}
