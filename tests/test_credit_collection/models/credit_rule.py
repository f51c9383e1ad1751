from odoo import api, fields, models

from odoo.addons.credit_collection.engine.credit_check import Breach


class CreditRule(models.Model):
    """A rule type of another add-on: one selection value and one method, nothing else."""

    _inherit = "credit.rule"

    rule_type = fields.Selection(
        selection_add=[("test_reference", "Test: Order Without Customer Reference")],
        ondelete={"test_reference": "cascade"},
    )

    @api.model
    def _check_test_reference(self, rule, facts, order):
        if order.client_order_ref:
            return None
        return {
            "description": "No customer reference.",
            "cure": "enter the customer's reference",
            "breach": Breach(actual=0.0, allowed=1.0),
        }
