from odoo import fields, models


class CreditOrderStop(models.TransientModel):
    """Orders held by credit control: the reason and the last day."""

    _name = "credit.order.stop"
    _description = "Hold Orders"

    order_ids = fields.Many2many("sale.order", string="Orders", readonly=True)
    reason = fields.Char(required=True)
    date_until = fields.Date("Until", help="Last day; empty = until it is taken back.")

    def action_hold(self):
        """Hold the orders; see `sale.order._credit_stop` for errors."""
        for wizard in self:
            wizard.order_ids._credit_stop(wizard.reason, wizard.date_until)
        return {"type": "ir.actions.act_window_close"}
