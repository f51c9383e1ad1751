from odoo import api, models
from odoo.tools import float_compare

from ...base.closed_fields import without_defaults

# Computed by Odoo, or links that follow from invoices: values from a client are ignored.
COMPUTED_FIELDS = {
    "price_total",
    "price_subtotal",
    "price_tax",
    "qty_invoiced",
    "qty_delivered_method",
    # Which invoices are of this line: an invoice of something else would settle it. For users who
    # create invoices.
    "invoice_lines",
}

# Written on a line, these may change the worth of the order.
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
        orders = self.env["sale.order"]
        default = self.default_get(["order_id"]).get("order_id")
        vals_list = [{"order_id": default, **self._credit_without_computed(v)} for v in vals_list]
        orders = orders.browse({vals["order_id"] for vals in vals_list} - {None, False})
        with orders.exists()._credit_guard():
            return super().create(vals_list)

    def _add_missing_default_values(self, values):
        result = super()._add_missing_default_values(values)
        return without_defaults(self, result, values, COMPUTED_FIELDS)

    def write(self, vals):
        vals = self._credit_without_computed(vals)
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

    def _credit_without_computed(self, vals):
        """Return the values without fields that only Odoo's own code decides: a client's are ignored.

        Forms send along what they show, so this is nothing to refuse.
        """
        closed = COMPUTED_FIELDS & vals.keys()
        if "invoice_lines" in closed and self.env.user._has_role("accountant"):
            closed.remove("invoice_lines")
        if self:
            # Only the wizard of down payments makes such lines, only a re-invoiced cost is one; both
            # say how the delivered quantity comes about.
            closed |= {"is_downpayment", "is_expense"} & vals.keys()
        # sudo: delivered quantities count, whatever the writer may read
        if "qty_delivered" in vals and self.sudo()._credit_is_undelivering(vals["qty_delivered"]):
            closed.add("qty_delivered")
        if not closed or self.env.su:
            return vals
        return {name: value for name, value in vals.items() if name not in closed}

    def _prepare_base_line_for_taxes_computation(self, **kwargs):
        """Value goods as price by quantity: amounts that came along in `extra_tax_data` are
        Odoo's for its discounts and down payments, and a client can send any."""
        base_line = super()._prepare_base_line_for_taxes_computation(**kwargs)
        is_goods = self.price_unit > 0 and self.product_uom_qty
        if is_goods and self.company_id.credit_mode != "off":
            base_line.update(
                dict.fromkeys(
                    (
                        "manual_total_excluded_currency",
                        "manual_total_excluded",
                        "manual_tax_amounts",
                    )
                )
            )
        return base_line

    def _credit_is_undelivering(self, quantity):
        """Return whether a delivered quantity below that of transfers and timesheets is typed in."""
        return any(
            line.qty_delivered_method != "manual"
            and line.company_id.credit_mode == "enforce"
            and quantity < line.qty_delivered
            for line in self
        )

    def _credit_is_open(self):
        """Return whether posted invoices of the order's own customer do not carry all of this line."""
        quantity, carried = self._credit_quantities()
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return float_compare(quantity, carried, digits) > 0

    def _credit_rest(self):
        """Return the part not on those invoices, tax included, in the order's currency."""
        quantity, carried = self._credit_quantities()
        return max(quantity - carried, 0.0) * self._credit_price()

    def _credit_price(self):
        """Return the price of one unit, tax included, in the order's currency."""
        self.ensure_one()
        ordered = abs(self.product_uom_qty)
        if ordered:
            return self.price_total / ordered
        return self.price_unit * (1 - self.discount / 100.0)

    def _credit_quantities(self):
        """Return (to be invoiced in all, carried by posted invoices of the order's own customer)."""
        self.ensure_one()
        ordered = self.product_uom_qty
        if self.display_type or (not self.price_total if ordered else self.is_downpayment):
            return 0.0, 0.0
        quantity = abs(ordered)
        if self.qty_delivered > max(ordered, 0) and self.product_id.invoice_policy == "delivery":
            quantity = self.qty_delivered
        if not self.qty_invoiced:
            return quantity, 0.0
        customer = self.order_id._credit_customer()
        carried = sum(
            item.product_uom_id._compute_quantity(item.quantity, self.product_uom_id)
            * -item.move_id.direction_sign
            for item in self.invoice_lines
            if item.parent_state == "posted"
            and item.move_id.partner_id.commercial_partner_id == customer
        )
        return quantity, -carried if ordered < 0 else carried
