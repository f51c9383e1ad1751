from odoo import fields, models


class CollectionReasonSet(models.TransientModel):
    """Why invoices are overdue, and who caused it (P3-05, P3-12)."""

    _name = "collection.reason.set"
    _description = "Overdue Reason of Invoices"

    move_ids = fields.Many2many("account.move", string="Invoices", required=True)
    reason_id = fields.Many2one("collection.reason", "Overdue Reason", required=True)
    category = fields.Selection(related="reason_id.category")
    note = fields.Char("Specific Reason")
    fault_unit = fields.Char("Caused by (Unit)")
    fault_user_id = fields.Many2one(
        "res.users", "Caused by (Person)", domain="[('share', '=', False)]"
    )

    def action_apply(self):
        """Write reason and fault on the invoices.

        :raise AccessError: the user is neither accountant, collector nor controller
        """
        self.ensure_one()
        self.move_ids._set_collection_reason(
            {
                "collection_reason_id": self.reason_id.id,
                "collection_reason_note": self.note,
                "collection_fault_unit": self.fault_unit,
                "collection_fault_user_id": self.fault_user_id.id,
            }
        )
        return {"type": "ir.actions.act_window_close"}
