from odoo import fields, models


class CollectionFiling(models.Model):
    """A case taken over by the team: filing sheet and evidence (P3-06, P3-07)."""

    _name = "collection.filing"
    _description = "Takeover Filing"
    _inherit = ["credit.approval.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Approval Requested"),
            ("filed", "Filed"),
            ("evidence", "Evidence Complete"),
            ("done", "Done"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    _state_to = ["filed"]
    case_id = fields.Many2one("collection.case", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
