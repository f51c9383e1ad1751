from odoo import fields, models


class CollectionTeam(models.Model):
    """The people who collect together (P3-02, P1-11): head, specialists, members, territory."""

    _name = "collection.team"
    _inherit = ["credit.company.mixin"]
    _description = "Collection Team"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    head_id = fields.Many2one(
        "res.users",
        "Team Head",
        required=True,
        help="Is notified, takes over cases and receives unassigned ones.",
    )
    sales_user_id = fields.Many2one(
        "res.users", "Sales Member", help="Task for Sales in the task force."
    )
    finance_user_id = fields.Many2one("res.users", "Finance")
    legal_user_id = fields.Many2one("res.users", "Legal")
    credit_user_id = fields.Many2one(
        "res.users",
        "Credit Control",
        help="Credit-control specialist: reviews limit and holds of customers in the task force.",
    )
    member_ids = fields.Many2many(
        "res.users", "collection_team_user_rel", "team_id", "user_id", "Collectors"
    )
    may_take = fields.Boolean(
        "Collectors May Take Over Cases",
        default=True,
        help="A collector may take a case of this team over without asking; else managers assign.",
    )
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Territory; empty = all."
    )
    summary_reported = fields.Date(
        readonly=True,
        copy=False,
        help="Month for which the leadership group was notified of missing reports.",
    )
    state_ids = fields.Many2many("res.country.state", string="Provinces")
