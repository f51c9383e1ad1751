from odoo import api, models, tools


class AccountAccount(models.Model):
    _inherit = "account.account"

    @api.model
    @tools.ormcache()
    def _credit_receivable_ids(self):
        """Return ids of the receivable accounts of all companies."""
        # sudo: the ledger of exposure sums over them whoever asks
        accounts = self.sudo().with_context(active_test=False)
        return tuple(accounts.search([("account_type", "=", "asset_receivable")]).ids)

    @api.model
    @tools.ormcache()
    def _credit_other_ids(self):
        """Return ids of Odoo's non-trade receivable accounts of all companies: shown apart."""
        # sudo: as above
        accounts = self.sudo().browse(self._credit_receivable_ids())
        return tuple(accounts.filtered("non_trade").ids)

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        self.env.registry.clear_cache()  # _credit_receivable_ids
        return accounts

    def write(self, vals):
        result = super().write(vals)
        # Odoo may derive the type from the code
        if not vals.keys().isdisjoint({"account_type", "code", "non_trade"}):
            self.env.registry.clear_cache()  # _credit_receivable_ids, _credit_other_ids
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()  # _credit_receivable_ids
        return result
