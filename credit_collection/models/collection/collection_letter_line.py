from odoo import fields, models


class CollectionLetterLine(models.Model):
    """An instalment as it was when the letter was written."""

    _name = "collection.letter.line"
    _description = "Item of a Collection Letter"
    _inherit = ["credit.protected.mixin"]
    _order = "letter_id, date_maturity, id"

    letter_id = fields.Many2one(
        "collection.letter", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="letter_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="letter_id.currency_id")
    move_line_id = fields.Many2one("account.move.line", readonly=True, ondelete="set null")
    move_id = fields.Many2one("account.move", readonly=True, index=True, ondelete="set null")
    name = fields.Char("Document", readonly=True)
    date = fields.Date(readonly=True)
    date_maturity = fields.Date("Due Date", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator=None)
    ref = fields.Char("Reference", readonly=True)
    amount_original = fields.Monetary("Amount", readonly=True, help="Of the instalment.")
    amount = fields.Monetary("Open", readonly=True, help="Document currency, as it was.")
    net = fields.Monetary(
        "Open After Credits", readonly=True, help="Credits not applied pay the oldest item first."
    )
    chase = fields.Monetary("To Pay", readonly=True, help="What of it is asked for.")
    rests = fields.Char("Rests", readonly=True, help="Why a part of it is not asked for now.")
    level = fields.Integer(
        readonly=True,
        aggregator=None,
        help="First day of the stage: an item is asked for once per level.",
    )

    _item_level = models.Index("(move_line_id, level)")
