from odoo import fields, models


class CollectionLetterType(models.Model):
    """A kind of letter: to whom, with which wording, mail and attachments."""

    _name = "collection.letter.type"
    _description = "Letter Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    audience = fields.Selection(
        [("customer", "Customer"), ("internal", "Internal")], default="customer", required=True
    )
