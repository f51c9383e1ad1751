from odoo import api, fields, models

from ...credit.terms.res_partner import CREDIT_GROUPS


class ResPartner(models.Model):
    """The amounts that a customer disputes, and whether they count."""

    _inherit = "res.partner"

    credit_disputed = fields.Monetary(
        "Disputed",
        currency_field="credit_currency_id",
        compute="_compute_credit_disputed",
        groups=CREDIT_GROUPS,
        help="Disputed part of the open items, less unapplied payments and credits.",
    )
    credit_disputed_overdue = fields.Monetary(
        "Disputed and Past Due",
        currency_field="credit_currency_id",
        compute="_compute_credit_disputed",
        groups=CREDIT_GROUPS,
    )
    credit_disputed_not_exposed = fields.Boolean(
        "Disputed Amounts Use No Limit",
        compute="_compute_credit_disputed",
        groups=CREDIT_GROUPS,
    )
    credit_disputed_not_overdue = fields.Boolean(
        "Disputed Amounts Are Not Overdue",
        compute="_compute_credit_disputed",
        groups=CREDIT_GROUPS,
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_credit_disputed(self):
        company = self.env.company._credit_root()
        self.credit_disputed_not_exposed = company.credit_disputed_not_exposed
        self.credit_disputed_not_overdue = company.credit_disputed_not_overdue
        # sudo: a figure of the customer, as the others
        disputes = self.env["collection.dispute"].sudo().search(self._credit_disputes_domain())
        amounts = {}
        if disputes:
            # sudo: as above
            items = self.env["credit.open.item"].sudo()
            amounts = items._get_disputed(company, disputes.partner_id.ids)
        for partner in self:
            found = amounts.get(partner.commercial_partner_id.id, (0.0, 0.0))
            partner.credit_disputed, partner.credit_disputed_overdue = found

    def _credit_disputes_domain(self):
        return [
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("company_id", "=", self.env.company.root_id.id),
            ("state", "=", "open"),
        ]

    def action_open_credit_disputes(self):
        """Open the open disputes of this customer."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "collection_dispute_action", domain=self._credit_disputes_domain(), context={}
        )
