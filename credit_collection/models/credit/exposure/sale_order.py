from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Orders beyond the company's horizon, which do not count as exposure yet."""

    _inherit = "sale.order"

    credit_counts_from = fields.Date(
        "Counts as Exposure from",
        compute="_compute_credit_counts_from",
        search="_search_credit_counts_from",
        groups="base.group_user",
        help="The order is to be delivered later than within the days that the company counts. Until"
        " this day it uses no credit, but for what is delivered of it.",
    )

    @api.depends("commitment_date", "company_id")
    def _compute_credit_counts_from(self):
        for order in self:
            order.credit_counts_from = order._credit_counts_from()

    def _search_credit_counts_from(self, operator, value):
        if operator not in ("in", "not in") or set(value) != {False}:
            return NotImplemented
        horizons = self.env["res.company"]._credit_horizons()
        beyond = Domain.OR(
            Domain("company_id", "=", id_) & Domain("commitment_date", ">=", moment)
            for id_, moment in horizons.items()
        )
        if operator == "not in":
            return beyond
        return Domain("company_id", "not in", list(horizons)) | Domain.OR(
            Domain("company_id", "=", id_)
            & (Domain("commitment_date", "=", False) | Domain("commitment_date", "<", moment))
            for id_, moment in horizons.items()
        )

    def _credit_counts_from(self):
        """Return the day from which the order counts as exposure (date), False where it does already."""
        self.ensure_one()
        horizons = self.env["res.company"]._credit_horizons()
        moment, agreed = horizons.get(self.company_id.id), self.commitment_date
        if not moment or not agreed or agreed < moment:
            return False
        days = self.env["res.company"]._credit_horizon_days()[self.company_id.id]
        return self.company_id._credit_date(agreed) - timedelta(days=days)
