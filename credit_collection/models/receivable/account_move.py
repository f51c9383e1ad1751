from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Entries of provisions are linked both ways and undone by reversal, never by deletion."""

    _inherit = "account.move"

    receivable_provision_id = fields.Many2one(
        "receivable.provision",
        "Provision",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _check_receivable_provision(self):
        for move in self:
            # sudo: the provision may be closed to who edits the entry
            if move.sudo().receivable_provision_id:
                raise UserError(
                    self.env._(
                        "%(entry)s belongs to the provision %(provision)s: reverse it there.",
                        entry=move.display_name,
                        provision=move.sudo().receivable_provision_id.name,
                    )
                )

    def button_draft(self):
        """Reset to draft; an entry of a provision is reversed on the provision instead."""
        self._check_receivable_provision()
        return super().button_draft()

    def button_cancel(self):
        """Cancel; an entry of a provision stays, also a reversal that waits for its day."""
        self._check_receivable_provision()
        return super().button_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_receivable_provision(self):
        self._check_receivable_provision()

    def action_open_receivable_provision(self):
        """Open the provision that made the entry."""
        self.ensure_one()
        self.check_access("read")
        return self.receivable_provision_id.get_formview_action()
