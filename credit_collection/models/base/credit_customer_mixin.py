from odoo import api, models


class CreditCustomerMixin(models.AbstractModel):
    """Documents about a customer: debt and credit are the commercial partner's, a contact
    named in `partner_id` stands for him."""

    _name = "credit.customer.mixin"
    _description = "Document of a Customer"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_customer(vals) for vals in vals_list])

    def write(self, vals):
        result = super().write(self._with_customer(vals))
        if "partner_id" in vals or "company_id" in vals:
            # Odoo asked before: nobody moves a document to a customer who is not his business.
            self.check_access("write")
        return result

    @api.model
    def _with_customer(self, vals):
        if not vals.get("partner_id"):
            return vals
        # sudo: the customer of a contact, whoever may read him
        partner = self.env["res.partner"].sudo().browse(vals["partner_id"])
        return {**vals, "partner_id": partner.commercial_partner_id.id}
