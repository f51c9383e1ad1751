from odoo import api, models


class CreditPaymentBehaviour(models.AbstractModel):
    """Disputes in the trade record of a customer, for assessments and reviews."""

    _inherit = "credit.payment.behaviour"

    @api.model
    def _dispute_domain(self, partners, company, date_from, date_to):
        return [
            ("partner_id", "in", partners.commercial_partner_id.ids),
            ("company_id", "=", company._credit_root().id),
            ("date", ">=", date_from),
            ("date", "<=", date_to),
        ]

    @api.model
    def _get_dispute_counts(self, partners, company, date_from, date_to):
        counts = dict(super()._get_dispute_counts(partners, company, date_from, date_to))
        # sudo: a count for the record of the customer, whoever may see the disputes
        rows = (
            self.env["collection.dispute"]
            .sudo()
            ._read_group(
                self._dispute_domain(partners, company, date_from, date_to),
                ["partner_id"],
                ["__count"],
            )
        )
        for partner, count in rows:
            counts[partner.id] = counts.get(partner.id, 0) + count
        return counts

    @api.model
    def _get_dispute_action(self, partner, company, date_from, date_to):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Disputes of %s", partner.display_name),
            "res_model": "collection.dispute",
            "view_mode": "list,form",
            "domain": self._dispute_domain(partner, company, date_from, date_to),
            "context": {"create": False},
        }
