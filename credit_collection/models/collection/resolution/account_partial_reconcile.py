from odoo import api, models


class AccountPartialReconcile(models.Model):
    """A credit note matched with a contested invoice settles the contested part."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        # sudo: a dispute does not depend on the user who books
        notes = partials.sudo().filtered(
            lambda partial: partial.credit_move_id.move_id.move_type == "out_refund"
        )
        if notes:
            # sudo: the ledger settles disputes, whoever reconciles
            self.env["collection.dispute"].sudo().search(
                [("move_id", "in", notes.debit_move_id.move_id.ids), ("state", "=", "open")]
            )._settle()
        return partials
