from odoo import fields, models


class CollectionConfirmation(models.Model):
    """Overdue confirmation sheet of one salesperson and month (P3-03 to P3-05)."""

    _name = "collection.confirmation"
    _description = "Overdue Confirmation Sheet"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", "Salesperson", required=True, readonly=True, index=True)
    date = fields.Date(required=True, readonly=True)
