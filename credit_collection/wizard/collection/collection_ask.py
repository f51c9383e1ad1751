from odoo import api, fields, models
from odoo.fields import Command


class CollectionAsk(models.TransientModel):
    """Release items that Odoo marked No Follow-Up, as it does with every journal entry."""

    _name = "collection.ask"
    _description = "Resume Collection of Items"

    move_line_ids = fields.Many2many("account.move.line", string="Items", readonly=True)
    documents = fields.Text(readonly=True)
    reason = fields.Char()

    @api.model
    def _open(self, rows):
        """Open the dialog for rows of the receivables ledger."""
        items = rows.move_line_id
        items._check_may_ask()
        wizard = self.create(
            {
                "move_line_ids": [Command.set(items.ids)],
                "documents": "\n".join(
                    f"{row.partner_id.display_name}: {row.name},"
                    f" {row.currency_id.format(row.amount_currency)}"
                    for row in rows
                ),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_apply(self):
        """Release the items for collection; the reason goes to the chatter of their entries.

        :raise AccessError: the user is neither accountant nor collection manager
        :raise UserError: no reason, or an item is not open and marked any more
        """
        self.ensure_one()
        self.move_line_ids._let_ask(self.reason)
        return {"type": "ir.actions.act_window_close"}
