from odoo import api, fields, models


class CreditNumberedMixin(models.AbstractModel):
    """Documents of a company with a number and a status; both are the system's.

    A model names its statuses, `state = fields.Selection(STATES)` with `draft` among them, and has
    `company_id`. Those created without a number get the next one of their company.
    """

    _name = "credit.numbered.mixin"
    _description = "Document with a Number"
    _inherit = ["credit.protected.mixin", "mail.thread"]

    name = fields.Char("Number", readonly=True, default="/", copy=False)
    state = fields.Selection(
        lambda self: [],
        string="Status",
        readonly=True,
        required=True,
        default="draft",
        tracking=True,
        index=True,
        copy=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        for document in documents:
            if document.name == "/":
                document._system_write({"name": document._next_number(document.company_id)})
        return documents
