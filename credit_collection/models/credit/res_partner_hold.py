from odoo import models


class ResPartner(models.Model):
    """Other terms may cure holds."""

    _inherit = "res.partner"

    def _credit_terms_changed(self, vals, before):
        result = super()._credit_terms_changed(vals, before)
        if vals:
            customers = self.commercial_partner_id
            if "credit_payer_ids" in vals:
                # sudo: a hold is the payer's, whoever may read them
                customers |= self.sudo().credit_payer_ids.commercial_partner_id
            self.env["credit.hold"]._recheck_partners(customers)
        return result
