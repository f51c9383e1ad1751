from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _compute_partner_credit_warning(self):
        """Odoo's own banner is left out where ours shows."""
        result = super()._compute_partner_credit_warning()
        for move in self:
            if move.company_id.credit_mode != "off":
                move.partner_credit_warning = ""
        return result

    def _post(self, soft=True):
        posted = super()._post(soft)
        # An invoice only turns an order or a draft into a receivable: nothing is cured by it.
        posted.filtered(lambda m: m.move_type in ("entry", "out_refund"))._credit_recheck_holds()
        return posted

    def _credit_recheck_holds(self):
        partners = self.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).partner_id
        # sudo: who books a payment may not see the holds it cures
        self.env["credit.hold"].sudo()._recheck_partners(partners.commercial_partner_id)


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials.credit_move_id.move_id._credit_recheck_holds()
        return partials
