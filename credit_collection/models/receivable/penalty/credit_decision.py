from odoo import api, models


class CreditDecision(models.Model):
    """A deposit kept as penalty freezes the customer."""

    _inherit = "credit.decision"

    @api.model
    def _selection_origin(self):
        return [
            *super()._selection_origin(),
            ("receivable.penalty", self.env._("Penalty from Deposit")),
        ]
