from odoo import fields, models
from odoo.exceptions import UserError


class CollectionCaseAssign(models.TransientModel):
    """Give cases to another collector, or spread them anew."""

    _name = "collection.case.assign"
    _description = "Assign Collection Cases"

    case_ids = fields.Many2many("collection.case", required=True)
    user_id = fields.Many2one(
        "res.users",
        "Collector",
        domain="[('share', '=', False)]",
        help="Empty = as the order of assignment says.",
    )
    team_id = fields.Many2one("collection.team", help="Empty = stays as it is.")

    def action_assign(self):
        """Assign: collection managers only."""
        self.ensure_one()
        self.case_ids._check_manager()
        self.case_ids.check_access("write")
        self.case_ids._check_open()
        foreign = self.case_ids.company_id.filtered(
            lambda company: not company._credit_has_user(self.user_id)
        )
        if self.user_id.share or not self.user_id.active:
            foreign = self.case_ids.company_id
        if self.user_id and foreign:
            raise UserError(
                self.env._(
                    "%(user)s does not work in %(company)s.",
                    user=self.user_id.name,
                    company=foreign[0].name,
                )
            )
        self.case_ids._reassign(self.user_id, self.team_id)
        return {"type": "ir.actions.act_window_close"}
