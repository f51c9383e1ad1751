from odoo import api, models


class CollectionAllocation(models.TransientModel):
    """Money without a purpose pays principal, or interest and costs, first as the company says."""

    _inherit = "collection.allocation"

    @api.model
    def _get_ranks(self, items, company):
        # sudo: a setting
        order = company._credit_root().sudo().receivable_payment_order
        if order == "oldest":
            return super()._get_ranks(items, company)
        # sudo: which invoices notes made, whoever applies the money
        notes = self.env["receivable.interest"].sudo()
        charged = notes.search([("move_id", "in", items.move_id.ids)]).move_id
        first = order == "interest"
        return {item.id: int((item.move_id in charged) != first) for item in items}
