from odoo import fields, models


class AccountMove(models.Model):
    """Entries of provisions are linked both ways."""

    _inherit = "account.move"

    receivable_provision_id = fields.Many2one(
        "receivable.provision",
        "Provision",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def action_open_receivable_provision(self):
        """Open the provision that made the entry."""
        self.ensure_one()
        self.check_access("read")
        return self.receivable_provision_id.get_formview_action()
