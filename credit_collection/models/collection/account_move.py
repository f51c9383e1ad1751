from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_reason_id = fields.Many2one(
        "collection.reason", "Overdue Reason", copy=False, index="btree_not_null", tracking=True
    )
    collection_reason_note = fields.Char("Specific Reason", copy=False)
    collection_fault_unit = fields.Char(
        "Fault: Unit", copy=False, help="Which unit caused it (P3-12)."
    )
    collection_fault_user_id = fields.Many2one("res.users", "Fault: Person", copy=False)
    collection_leave_out_until = fields.Date(
        "Leave out of Collection until", copy=False, tracking=True, index="btree_not_null"
    )
    collection_leave_out_reason = fields.Char("Reason to Leave out", copy=False, tracking=True)
