from odoo import api, fields, models
from odoo.fields import Command


class CreditOrderStop(models.TransientModel):
    """Orders held by credit control: the reason and the last day."""

    _name = "credit.order.stop"
    _description = "Hold Orders"

    order_ids = fields.Many2many("sale.order", string="Orders", readonly=True)
    reason = fields.Char(required=True)
    date_until = fields.Date("Until", help="Last day; empty = until it is taken back.")

    @api.model
    def default_get(self, fields):
        """Fill in the orders of the documents or customers that were selected."""
        values = super().default_get(fields)
        selected = self.env.get(self.env.context.get("active_model"))
        if "order_ids" in fields and hasattr(selected, "_credit_get_stoppable"):
            selected = selected.browse(self.env.context.get("active_ids") or ())
            selected.check_access("read")
            values["order_ids"] = [Command.set(selected._credit_get_stoppable().ids)]
        return values

    def action_hold(self):
        """Hold the orders; see `sale.order._credit_stop` for errors."""
        for wizard in self:
            wizard.order_ids._credit_stop(wizard.reason, wizard.date_until)
        return {"type": "ir.actions.act_window_close"}
