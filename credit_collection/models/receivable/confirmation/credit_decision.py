from odoo import api, models


class CreditDecision(models.Model):
    """A balance that was not confirmed freezes the customer."""

    _inherit = "credit.decision"

    @api.model
    def _selection_origin(self):
        return [
            *super()._selection_origin(),
            ("receivable.confirmation", self.env._("Balance Confirmation")),
        ]
