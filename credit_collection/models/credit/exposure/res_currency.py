from odoo import api, models, tools


class ResCurrency(models.Model):
    _inherit = "res.currency"

    @api.model
    @tools.ormcache("company_id", "today")
    def _credit_rates(self, company_id, today):
        """Return ((currency id, its units for one of the company's, digits of the company's), ...)."""
        # sudo: rates are the same for everybody
        company = self.env["res.company"].sudo().browse(company_id)
        own = company.currency_id
        # sudo: rates are the same for everybody
        known = self.sudo().with_context(active_test=False).search([("rate_ids", "!=", False)])
        rates = (known | own)._get_rates(company, today)
        digits = own.decimal_places
        return tuple((id_, rate / rates[own.id], digits) for id_, rate in rates.items() if rate)

    def write(self, vals):
        result = super().write(vals)
        if "rounding" in vals:
            self.env.registry.clear_cache()  # _credit_rates
        return result


class ResCurrencyRate(models.Model):
    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        self.env.registry.clear_cache()  # _credit_rates
        return rates

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()  # _credit_rates
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()  # _credit_rates
        return result
