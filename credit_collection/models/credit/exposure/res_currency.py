from contextlib import contextmanager

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

    @api.model
    def _credit_rates_now(self, company):
        """Return `_credit_rates` of today, or those that a check goes by, see `_credit_at_rates`.

        :param company: root of a legal entity, or one of its branches
        """
        kept = self.env.cr.cache.get("credit_rates")
        kept = kept and kept.get(company._credit_root().id)
        return kept or self._credit_rates(company.id, company._credit_today())

    @api.model
    @contextmanager
    def _credit_at_rates(self, company, rates):
        """Let checks inside go by the rates of a former day: {currency id: units for one of the company's}.

        Whether a rule is broken because a rate moved. Kept by the cursor: no client can name rates.
        """
        own = company.currency_id
        kept = tuple(
            (id_, rates.get(id_, rate), own.decimal_places)
            for id_, rate, _digits in self._credit_rates(company.id, company._credit_today())
        )
        former = self.env.cr.cache.get("credit_rates")
        self.env.cr.cache["credit_rates"] = {company._credit_root().id: kept}
        try:
            yield
        finally:
            self.env.cr.cache["credit_rates"] = former or {}

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
