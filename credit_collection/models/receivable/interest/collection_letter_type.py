from odoo import api, fields, models


class CollectionLetterType(models.Model):
    """What a letter of a type costs the customer."""

    _inherit = "collection.letter.type"

    receivable_fee = fields.Float(
        "Reminder Fee",
        digits="Account",
        help="Company currency; named in the letter and proposed once per letter by interest notes, never"
        " for the first letter about an item, once per item, and not for an SMS. 0 = none.",
    )
    receivable_fee_since = fields.Date(
        "Fee Since",
        compute="_compute_receivable_fee_since",
        store=True,
        readonly=False,
        help="Letters sent before this day cost nothing.",
    )

    _receivable_fee_positive = models.Constraint(
        "CHECK(receivable_fee >= 0)", "A reminder fee cannot be negative."
    )

    @api.depends("receivable_fee")
    def _compute_receivable_fee_since(self):
        for kind in self:
            if not kind.receivable_fee:
                kind.receivable_fee_since = False
            elif not kind.receivable_fee_since:
                kind.receivable_fee_since = fields.Date.context_today(kind)
