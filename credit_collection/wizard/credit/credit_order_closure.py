from odoo import fields, models


class CreditOrderClosure(models.TransientModel):
    """The reason why nothing more of an order will be invoiced, for the decision of credit control."""

    _name = "credit.order.closure"
    _description = "Nothing More to Invoice"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_request(self):
        """Ask credit control to take the part not invoiced out of the exposure."""
        for wizard in self:
            wizard.order_id._credit_request_closure(wizard.reason)
        return {"type": "ir.actions.act_window_close"}
