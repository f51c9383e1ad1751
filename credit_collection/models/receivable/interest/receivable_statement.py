from odoo import api, models
from odoo.tools import SQL


class ReceivableStatement(models.AbstractModel):
    """Interest and fees stand apart in a statement; what is accrued, where the company wishes."""

    _inherit = "receivable.statement"

    @api.model
    def _get_kinds(self):
        return {**super()._get_kinds(), "interest": self.env._("Interest and fees")}

    @api.model
    def _kind_sql(self):
        return SQL(
            """CASE WHEN EXISTS (SELECT FROM receivable_interest note WHERE note.move_id = move.id)
                    THEN 'interest' ELSE %s END""",
            super()._kind_sql(),
        )

    @api.model
    def _get_accounts(self, company, partners, start, end):
        self.env["receivable.interest"].flush_model(["move_id"])
        found = super()._get_accounts(company, partners, start, end)
        # sudo: a setting
        if not company._credit_root().sudo().receivable_interest_shown:
            return found
        periods = self.env["receivable.interest.accrual"]._get_periods(company, end, partners)
        items = {}
        for row in periods:
            key = (row["partner_id"], row["currency_id"], row["move_line_id"])
            items[key] = items.get(key, 0.0) + float(row["amount"])
        for (partner_id, currency_id, _line), amount in items.items():
            for one in found.get(partner_id, []):
                if one.currency.id == currency_id:
                    one.accrued = one.currency.round(one.accrued + one.currency.round(amount))
        return found
