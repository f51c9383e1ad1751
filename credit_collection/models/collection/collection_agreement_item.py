from odoo import fields, models


class CollectionAgreementItem(models.Model):
    """An open item that a repayment agreement covers, with what was open of it then."""

    _name = "collection.agreement.item"
    _description = "Item of a Repayment Agreement"
    _inherit = ["credit.protected.mixin"]
    _order = "agreement_id, date_maturity, id"
    _rec_name = "move_id"

    agreement_id = fields.Many2one(
        "collection.agreement", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="agreement_id.state", store=True)
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line", "Item", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice", store=True)
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due Date", store=True)
    amount = fields.Monetary("Open Amount", readonly=True, help="When the agreement was asked for.")
    residual = fields.Monetary(
        related="move_line_id.amount_residual_currency", string="Open Now", aggregator=None
    )

    _once = models.UniqueIndex(
        "(agreement_id, move_line_id)", "Each item stands in an agreement once."
    )
    _in_force_once = models.UniqueIndex(
        "(move_line_id) WHERE state IN ('requested', 'active')",
        "This item is under another repayment agreement already.",
    )
