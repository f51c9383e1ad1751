from odoo import models


class CollectionCase(models.Model):
    _inherit = "collection.case"

    def action_receivable_statement(self):
        """Open the dialog for a statement of account of the customers of these cases."""
        self.check_access("read")
        return self.partner_id.action_receivable_statement()
