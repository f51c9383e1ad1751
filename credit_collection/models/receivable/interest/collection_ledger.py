from odoo import api, fields, models

from .credit_exposure_line import CLAIMS, with_claim


class CollectionLedger(models.Model):
    """Interest and fees that were charged are a claim beside the principal (P3-01)."""

    _inherit = "collection.ledger"
    _depends = {"receivable.interest": ["move_id"]}

    claim = fields.Selection(CLAIMS, readonly=True)

    @api.model
    def _get_ledger_sql(self, companies, partner_ids=None):
        """Add the kind of claim of each row."""
        return with_claim(super()._get_ledger_sql(companies, partner_ids))

    def action_receivable_interest(self):
        """Open the dialog that proposes late interest of the customers of these items."""
        self.check_access("read")
        return self.partner_id.action_receivable_interest()
