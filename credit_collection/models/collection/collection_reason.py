from odoo import fields, models


class CollectionReason(models.Model):
    """Why an item is overdue (P3-05): internal, external or both, and who deals with it."""

    _name = "collection.reason"
    _description = "Overdue Reason"
    _order = "category, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category = fields.Selection(
        [("internal", "Internal"), ("external", "External"), ("both", "Both")], required=True
    )
    route = fields.Selection(
        [
            ("accounting", "Accounting"),
            ("collector", "Collector"),
            ("sales", "Collector with Head of Sales"),
            ("measures", "Collection Measures"),
        ],
        "Dealt With by",
        required=True,
        help="Book difference: accounting. Internal other: collector. Price, quantity, quality:"
        " collector with the head of sales. Plain default: collection measures.",
    )
    is_dispute = fields.Boolean(
        "Is a Dispute", help="The customer contests; can be root of a dispute."
    )
