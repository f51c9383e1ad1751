from contextlib import contextmanager

from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .res_partner import DECISION_FIELDS


class ResPartner(models.Model):
    """Who is whose customer: moving debts or decisions to another customer is credit control's.

    Contacts come and go freely; but a customer with decisions, or with exposure, that
    becomes the contact of another one would slip out of his limit or out of his freeze.
    """

    _inherit = "res.partner"

    @contextmanager
    def _credit_guard_hierarchy(self, vals):
        """Around a write that may change the commercial partner of these partners."""
        if {"parent_id", "is_company"}.isdisjoint(vals) or self._credit_may_decide():
            yield
            return
        before = {partner: partner.commercial_partner_id for partner in self}
        # sudo: the debts count, whether the user sees them or not
        customers = self.commercial_partner_id.sudo()
        exposure = customers._credit_exposure_by_company()
        with self.env.cr.savepoint():
            yield
            moved = self.filtered(lambda partner: partner.commercial_partner_id != before[partner])
            if not moved:
                return
            left = moved.filtered(lambda partner: before[partner] == partner)
            if left._credit_decisions() or customers._credit_exposure_by_company() != exposure:
                raise AccessError(
                    self.env._(
                        "%s has credit decisions or open documents: only credit controllers may"
                        " make it a part of another customer.",
                        ", ".join(moved.mapped("display_name")),
                    )
                )

    def _credit_exposure_by_company(self):
        """{(customer id, company id): exposure} of these customers in every company."""
        if not self.ids:
            return {}
        lines = self.env["credit.exposure.line"].sudo()
        lines._flush_sources()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, company_id, ROUND(SUM(amount), 2) FROM (%s) line"
                " WHERE partner_id IN %s GROUP BY partner_id, company_id",
                lines._get_exposure_sql(),
                tuple(self.ids),
            )
        )
        return {(partner, company): amount for partner, company, amount in rows if amount}

    def _credit_decisions(self):
        """Set of the decisions on these partners in any company, as stored; the empty one left out."""
        if not self.ids:
            return set()
        self.sudo().flush_recordset(DECISION_FIELDS)
        columns = SQL(", ").join(SQL("%s::text", SQL.identifier(name)) for name in DECISION_FIELDS)
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT %s FROM res_partner WHERE id IN %s", columns, tuple(self.ids))
        )
        return {row for row in rows if any(row)}
