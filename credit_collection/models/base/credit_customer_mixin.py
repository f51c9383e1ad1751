from odoo import api, models
from odoo.exceptions import AccessError


class CreditFormMixin(models.AbstractModel):
    """Forms that show figures of the customer named in `partner_id` while they are filled in.

    The figures are computed with the rights of the system, so the customer and the company must be
    the user's; saved documents are under their record rules.
    """

    _name = "credit.form.mixin"
    _description = "Form About a Customer"

    def onchange(self, values, field_names, fields_spec):
        """Compute the values of a form, as Odoo does.

        :raise AccessError: the user may not read the customer, or does not work in the company
        :raise UserError: more than one record
        """
        # Whatever a client sends: nothing is no fault.
        values, field_names, fields_spec = values or {}, field_names or [], fields_spec or {}
        if self:
            self.ensure_one()
        names = [name for name in ("partner_id", "company_id") if name in self._fields]
        form = {name: self._origin[:1][name].id for name in names}
        if not self:
            form = self.default_get(names)
        for name in names:
            if name in values:
                # Of a row in the form of its customer, Odoo's client sends that form's values.
                value = values[name]
                form[name] = value.get("id") if isinstance(value, dict) else value
        if not self.env.su:
            self.env["res.partner"].browse(form.get("partner_id") or ()).check_access("read")
            # sudo: whether the user works there, whoever may read the company
            company = self.env["res.company"].sudo().browse(form.get("company_id") or ())
            if company and not company._credit_has_user(self.env.user):
                raise AccessError(self.env._("You do not work in %s.", company.name))
        return super().onchange(values, field_names, fields_spec)


class CreditCustomerMixin(models.AbstractModel):
    """Documents about a customer: debt and credit are the commercial partner's, a contact
    named in `partner_id` stands for it, and a branch for its root."""

    _name = "credit.customer.mixin"
    _inherit = ["credit.form.mixin"]
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
