from odoo import fields, models


class CreditSublimit(models.Model):
    """Notes on hand may have a sub-limit, too."""

    _inherit = "credit.sublimit"

    kind = fields.Selection(selection_add=[("note", "Notes on Hand")], ondelete={"note": "cascade"})
