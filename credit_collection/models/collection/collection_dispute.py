from odoo import fields, models


class CollectionDispute(models.Model):
    """What a customer contests of an invoice; that part rests, the rest is chased."""

    _name = "collection.dispute"
    _description = "Dispute"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    state = fields.Selection(
        [
            ("open", "Open"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("cancelled", "Withdrawn"),
        ],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="move_id.currency_id")
    case_id = fields.Many2one(
        "collection.case", index=True, check_company=True, ondelete="set null"
    )
    amount = fields.Monetary("Contested", required=True)
    reason_id = fields.Many2one(
        "collection.reason", "Root Cause", required=True, ondelete="restrict"
    )

    _open_move_idx = models.Index("(move_id) WHERE state = 'open'")
