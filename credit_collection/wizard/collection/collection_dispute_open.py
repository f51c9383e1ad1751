from odoo import api, fields, models
from odoo.fields import Command


class CollectionDisputeOpen(models.TransientModel):
    """The form of a dispute about an invoice: `_open` checks and files it."""

    _name = "collection.dispute.open"
    _description = "Open a Dispute"

    move_id = fields.Many2one("account.move", "Invoice", required=True)
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    amount_open = fields.Monetary("Due and Undisputed", compute="_compute_amount_open")
    amount = fields.Monetary(
        "Disputed Amount",
        compute="_compute_amount",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
    )
    reason_id = fields.Many2one(
        "collection.reason", "Root Cause", required=True, domain="[('is_dispute', '=', True)]"
    )
    route = fields.Selection(related="reason_id.route")
    description = fields.Text("Customer's Objection")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")

    @api.constrains("move_id")
    def _check_visible(self):
        # Constraints run as the superuser; the rights are the user's.
        self.sudo(False).move_id.check_access("read")

    @api.depends("move_id")
    def _compute_amount_open(self):
        disputes = self.env["collection.dispute"]
        for wizard in self:
            invoice = wizard.move_id._origin
            invoice.check_access("read")
            wizard.amount_open = disputes._get_room(invoice) if invoice else 0.0

    @api.depends("move_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.amount_open

    def action_open(self):
        """Open the dispute, and show it.

        :raise UserError: see `collection.dispute._open`
        """
        self.ensure_one()
        dispute = self.env["collection.dispute"]._open(
            {
                "move_id": self.move_id.id,
                "amount": self.amount,
                "reason_id": self.reason_id.id,
                "description": self.description,
                "attachment_ids": [Command.set(self.attachment_ids.ids)],
            }
        )
        return dispute.get_formview_action()
