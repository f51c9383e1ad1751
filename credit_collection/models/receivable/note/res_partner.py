from odoo import api, fields, models
from odoo.fields import Domain


class ReceivableNoteStep(models.Model):
    _inherit = "receivable.note.step"

    @api.model
    def _get_dishonoured(self, customers, company):
        """Return notes of customers that were dishonoured in the last twelve months, newest first."""
        since = fields.Date.subtract(company._credit_today(), months=12)
        domain = (
            Domain("kind", "=", "dishonour")
            & Domain("state", "=", "done")
            & Domain("company_id", "=", company._credit_root().id)
            & Domain("date", ">=", since)
            & Domain("note_id.partner_id.commercial_partner_id", "in", customers.ids)
        )
        # sudo: risk levels and warnings do not depend on the user
        return self.sudo().search(domain, order="date desc, id desc")


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _get_broken_promise_counts(self, partners, company):
        """Count dishonoured notes as broken promises to pay (P1-14)."""
        counts = dict(super()._get_broken_promise_counts(partners, company))
        steps = self.env["receivable.note.step"]._get_dishonoured(partners, company)
        for step in steps:
            customer = step.note_id.partner_id.commercial_partner_id
            counts[customer.id] = counts.get(customer.id, 0) + 1
        return counts
