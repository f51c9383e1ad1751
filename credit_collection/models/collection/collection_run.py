from odoo import fields, models


class CollectionRun(models.Model):
    """One pass over the open items of a company: cases, activities, letters."""

    _name = "collection.run"
    _description = "Collection Run"
    _inherit = ["credit.protected.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True, help="Day of the company's time zone.")
    state = fields.Selection(
        [("preview", "Preview"), ("running", "Running"), ("done", "Done")],
        default="preview",
        required=True,
        readonly=True,
    )
    is_test = fields.Boolean(
        "Test", readonly=True, help="Every mail goes to the user who started the run."
    )
    user_id = fields.Many2one("res.users", "Started by", readonly=True)
    line_ids = fields.One2many("collection.run.line", "run_id", "Customers", readonly=True)

    def _before_decide(self):
        """Bring facts up to date before the run decides: promises, agreements. Extend."""

    def _after_apply(self):
        """What follows from the cases as they are now: takeover, weekly follow-up. Extend."""


class CollectionRunLine(models.Model):
    """What a run does, or would do, with one customer; why not; what went wrong."""

    _name = "collection.run.line"
    _description = "Customer of a Collection Run"
    _inherit = ["credit.protected.mixin"]
    _order = "run_id, id"

    run_id = fields.Many2one(
        "collection.run", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
