from odoo import models


class CollectionCase(models.Model):
    _inherit = "collection.case"

    def action_receivable_interest(self):
        """Open the dialog that proposes late interest of the customers of these cases."""
        self.check_access("read")
        return self.partner_id.action_receivable_interest()

    def action_open_receivable_interest(self):
        """Open the interest notes of the customers of these cases."""
        self.check_access("read")
        return self._open_records(
            "receivable_interest_action",
            domain=[
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            context={},
        )
