from odoo import api, fields, models
from odoo.fields import Command


class CreditOrderStop(models.TransientModel):
    """Transfers without an order, held themselves."""

    _inherit = "credit.order.stop"

    picking_ids = fields.Many2many("stock.picking", string="Transfers", readonly=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "picking_ids" in fields and self.env.context.get("active_model") == "stock.picking":
            pickings = self.env["stock.picking"].browse(self.env.context.get("active_ids") or ())
            pickings.check_access("read")
            # sudo: whether there is an order
            alone = pickings.filtered(lambda p: not p.sudo().sale_id)
            values["picking_ids"] = [Command.set(alone.ids)]
        return values

    def action_hold(self):
        result = super().action_hold()
        for wizard in self:
            wizard.picking_ids._credit_stop(wizard.reason, wizard.date_until)
        return result
