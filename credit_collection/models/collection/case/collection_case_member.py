from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionCaseMember(models.Model):
    """A project member of a case (项目成员, P3-24): reads the case, its contacts and items, from a day
    to a day.

    | action              | who                                          |
    | name, change, end   | collection managers, the head of the team    |
    | read                | who reads the case; the member               |
    """

    _name = "collection.case.member"
    _description = "Project Member of a Case"
    _order = "case_id, date_from, id"
    _rec_name = "user_id"

    case_id = fields.Many2one("collection.case", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users", "Member", required=True, index=True, domain=[("share", "=", False)]
    )
    task = fields.Char(help="What this member does for the case.")
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: self.env.company._credit_today(),
        help="First day on which the member sees the case.",
    )
    date_to = fields.Date("To", help="Last day on which the member sees the case; empty = no end.")

    def write(self, vals):
        result = super().write(vals)
        if "case_id" in vals:
            # Moved to another case: only by those who name its members.
            self.check_access("write")
        return result

    @api.constrains("user_id", "case_id", "date_from", "date_to")
    def _check_member(self):
        for member in self:
            user = member.user_id.sudo()  # sudo: companies and groups of a colleague
            if not member.company_id._collection_usable(user) or not user._has_role("figures"):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be a project member: no user of %(company)s with access to"
                        " credit figures.",
                        user=user.name,
                        company=member.company_id.name,
                    )
                )
            if member.date_to and member.date_to < member.date_from:
                raise ValidationError(
                    self.env._("%s: the last day is before the first.", user.name)
                )
