from odoo import fields, models

from .credit_exposure_line import CLAIMS, with_claim


class CollectionLedger(models.Model):
    """Interest and fees that were charged are a claim beside the principal (P3-01)."""

    _inherit = "collection.ledger"
    _depends = {"receivable.interest": ["move_id"]}

    claim = fields.Selection(CLAIMS, readonly=True)

    @property
    def _table_query(self):
        return with_claim(super()._table_query)

    def action_receivable_interest(self):
        """Open the dialog that proposes late interest of the customers of these items."""
        self.check_access("read")
        return self.partner_id.action_receivable_interest()
