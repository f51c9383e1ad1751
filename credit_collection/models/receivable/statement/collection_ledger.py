from odoo import models


class CollectionLedger(models.Model):
    _inherit = "collection.ledger"

    def action_receivable_statement(self):
        """Open the dialog for a statement of account of the customers of these items."""
        self.check_access("read")
        return self.partner_id.action_receivable_statement()
