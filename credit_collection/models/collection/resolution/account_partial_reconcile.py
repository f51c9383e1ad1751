from odoo import api, models


class AccountPartialReconcile(models.Model):
    """A credit note matched with a contested invoice settles the contested part, until undone."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        # sudo: a dispute does not depend on the user who books
        notes = partials.sudo().filtered(
            lambda partial: partial.credit_move_id.move_id.move_type == "out_refund"
        )
        if notes:
            # Credit notes made from a dispute accept that one when they are posted.
            theirs = notes.credit_move_id.move_id.collection_dispute_id
            # sudo: the ledger settles disputes, whoever reconciles
            disputes = (
                self.env["collection.dispute"]
                .sudo()
                .search(
                    [("move_id", "in", notes.debit_move_id.move_id.ids), ("state", "=", "open")]
                )
            )
            (disputes - theirs)._settle()
        return partials

    def unlink(self):
        if not self:
            return super().unlink()
        # sudo: as above
        invoices = (
            self.sudo()
            .filtered(lambda partial: partial.credit_move_id.move_id.move_type == "out_refund")
            .debit_move_id.move_id
        )
        result = super().unlink()
        if invoices:
            # sudo: as above
            self.env["collection.dispute"].sudo()._reopen(invoices)
        return result
