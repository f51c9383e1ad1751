from odoo import api, models
from odoo.tools import SQL


class CreditOpenItem(models.AbstractModel):
    """Money that names nothing pays principal, or interest and costs, first as the company says."""

    _inherit = "credit.open.item"

    @api.model
    def _flush_sources(self):
        result = super()._flush_sources()
        self.env["receivable.interest"].flush_model(["move_id"])
        return result

    @api.model
    def _order_sql(self, companies):
        oldest = super()._order_sql(companies)
        later = {}
        charged = SQL(
            "(item.move_id IN (SELECT move_id FROM receivable_interest WHERE move_id IS NOT NULL))::int"
        )
        for order, turn in (("principal", charged), ("interest", SQL("1 - %s", charged))):
            ids = companies._credit_ids_with("receivable_payment_order", order)
            for company in companies:
                if company.id in ids:
                    later[company.id] = turn
        if not later:
            return oldest
        if len(companies) == 1:
            return SQL("%s, %s", later[companies.id], oldest)
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", *pair) for pair in later.items())
        return SQL("CASE item.company_id %s ELSE 0 END, %s", cases, oldest)
