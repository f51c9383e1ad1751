from odoo import api, models
from odoo.exceptions import UserError

# Computed by Odoo, and what the exposure of an order is made of.
COMPUTED_FIELDS = {
    "price_total",
    "price_subtotal",
    "price_tax",
    "qty_invoiced",
    "qty_to_invoice",
    "invoice_status",
    # Which invoices are of this line: an invoice of something else would settle it.
    "invoice_lines",
}

# Written on a line, these may change what the order is worth.
BINDING_FIELDS = {
    "order_id", "product_id", "product_uom_id", "product_uom_qty", "price_unit", "discount",
    "tax_ids", "display_type", "is_downpayment", "technical_price_unit", "combo_item_id",
    "linked_line_id", "product_template_id", "product_packaging_qty",
}  # fmt: skip


class SaleOrderLine(models.Model):
    """The gate under the lines: quantity or price raised after confirmation (P4-09)."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._credit_check_computed(vals, creating=True)
        order_ids = {vals.get("order_id") for vals in vals_list} - {None, False}
        with self.env["sale.order"].browse(order_ids).exists()._credit_guard():
            return super().create(vals_list)

    def write(self, vals):
        self._credit_check_computed(vals)
        if vals.keys().isdisjoint(BINDING_FIELDS):
            return super().write(vals)
        orders = self.order_id
        if vals.get("order_id"):
            orders |= orders.browse(vals["order_id"])
        with orders._credit_guard():
            result = super().write(vals)
        orders._credit_recheck_holds()
        return result

    def unlink(self):
        orders = self.order_id
        # A discount or return line taken away makes the order worth more.
        with orders._credit_guard():
            result = super().unlink()
        orders._credit_recheck_holds()
        return result

    @api.model
    def _credit_check_computed(self, vals, creating=False):
        typed = COMPUTED_FIELDS & vals.keys()
        # Set by Odoo's down payment wizard when it creates its line, without a quantity.
        if "is_downpayment" in vals and not creating:
            typed.add("is_downpayment")
        if typed and not self.env.su:
            raise UserError(
                self.env._(
                    "%s of an order line is computed and cannot be typed in.",
                    ", ".join(
                        sorted(self._fields[name]._description_string(self.env) for name in typed)
                    ),
                )
            )
