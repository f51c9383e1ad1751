from odoo import api, models


class CreditCustomerMixin(models.AbstractModel):
    """Documents about a customer: debt and credit are the commercial partner's, a contact
    named in `partner_id` stands for it, and a branch for its root."""

    _name = "credit.customer.mixin"
    _description = "Document of a Customer"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_customer(vals) for vals in vals_list])

    def write(self, vals):
        result = super().write(self._with_customer(vals))
        if "partner_id" in vals or "company_id" in vals:
            # Odoo asked before: nobody moves a document to a customer beyond their rights.
            self.check_access("write")
        return result

    @api.constrains("partner_id", "company_id")
    def _check_customer_company(self):
        for record in self:
            record.company_id._credit_check_customer(record.partner_id)

    @api.model
    def _with_customer(self, vals):
        vals = self.env["res.company"]._credit_with_root(vals)
        if not vals.get("partner_id"):
            return vals
        # sudo: the customer of a contact, whoever may read it
        partner = self.env["res.partner"].sudo().browse(vals["partner_id"])
        return {**vals, "partner_id": partner.commercial_partner_id.id}
