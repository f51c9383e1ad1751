from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

# The departments that sign the review forms (P5-02, P5-09), in this order.
SIGNOFF_ROLES = [
    ("department", "Business Department"),
    ("legal", "Legal"),
    ("administration", "Administration"),
    ("finance", "Finance"),
    ("vice_president", "Vice President"),
    ("general_manager", "General Manager"),
]


class CreditAssessmentGroup(models.Model):
    """The people who assess customers (P5-01): head, deputy, account and service managers.

    Its members become the reviewers of each assessment, in the capacity named here; head and
    deputy lead and close it; administration and finance watch: they follow the assessment,
    read its result, and see no score before it is closed. `signoff_ids` names the signers of
    the form of a new customer (P5-02). Assessments copy the people when they are prepared;
    later changes here change no assessment.
    """

    _name = "credit.assessment.group"
    _description = "Assessment Committee"
    _inherit = ["credit.company.mixin", "mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first committee of a company is proposed.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    user_id = fields.Many2one(
        "res.users",
        "Chair",
        required=True,
        tracking=True,
        domain=[("share", "=", False)],
        help=(
            "Starts the assessments, is notified when all reviewers have submitted, and closes "
            "them."
        ),
    )
    deputy_id = fields.Many2one(
        "res.users",
        tracking=True,
        domain=[("share", "=", False)],
        help="Stands in for the chair, with the same rights.",
    )
    account_manager_ids = fields.Many2many(
        "res.users",
        "credit_assessment_group_account_rel",
        string="Account Managers",
        domain=[("share", "=", False)],
    )
    service_manager_ids = fields.Many2many(
        "res.users",
        "credit_assessment_group_service_rel",
        string="Service Managers",
        domain=[("share", "=", False)],
    )
    watcher_ids = fields.Many2many(
        "res.users",
        "credit_assessment_group_watcher_rel",
        string="Observed by",
        domain=[("share", "=", False)],
        help="Administration and finance: they follow each assessment and read its result.",
    )
    summary_reported = fields.Date(
        readonly=True,
        copy=False,
        help="Month for which chair and deputy were notified who sent a summary.",
    )
    signoff_ids = fields.One2many(
        "credit.assessment.group.signoff", "group_id", "Sign-off", copy=True
    )

    @api.constrains(
        "company_id", "user_id", "deputy_id", "account_manager_ids", "service_manager_ids",
        "watcher_ids",
    )  # fmt: skip
    def _check_people(self):
        for group in self:
            if group.deputy_id == group.user_id:
                raise ValidationError(
                    self.env._("%(user)s cannot be both chair and deputy.", user=group.user_id.name)
                )
            strangers = group._get_people().filtered(
                lambda user, company=group.company_id: (
                    user.share or not company._credit_has_user(user)
                )
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "The committee must consist of internal users of %(company)s: %(names)s.",
                        company=group.company_id.name,
                        names=", ".join(strangers.mapped("name")),
                    )
                )

    def _get_people(self):
        return (
            self.user_id
            | self.deputy_id
            | self._get_members()
            | self.watcher_ids
            | self.signoff_ids.user_id
        )

    def _get_members(self):
        """Return the members who score."""
        return self.account_manager_ids | self.service_manager_ids

    @api.model
    def _get_default(self, company):
        """Return the group proposed for assessments of a company, as superuser; empty without one."""
        # sudo: the group is proposed to users who may not read groups
        return self.sudo().search([("company_id", "=", company.id)], limit=1)

    def _get_role(self, user):
        """Return the capacity in which a member scores (`credit.assessment.sheet.role`), or False."""
        if user in self.account_manager_ids:
            return "account"
        return user in self.service_manager_ids and "service"

    def _prepare_signoffs(self):
        """Return the commands of the sign-offs of an assessment."""
        return [
            Command.create({"role": line.role, "user_id": line.user_id.id})
            for line in self.signoff_ids
        ]


class CreditAssessmentGroupSignoff(models.Model):
    """A signer of the review forms, for a department (P5-02, P5-09)."""

    _name = "credit.assessment.group.signoff"
    _description = "Assessment Committee Sign-off"
    _inherit = ["credit.company.mixin"]
    _order = "group_id, id"

    group_id = fields.Many2one(
        "credit.assessment.group",
        string="Assessment Committee",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="group_id.company_id", store=True)
    role = fields.Selection(SIGNOFF_ROLES, "Department", required=True)
    user_id = fields.Many2one(
        "res.users", "Signatory", required=True, domain=[("share", "=", False)]
    )

    _one_per_role = models.UniqueIndex(
        "(group_id, role)", "Each department signs once: choose one person for it."
    )

    @api.constrains("user_id")
    def _check_user(self):
        self.group_id._check_people()

    @api.depends("role", "user_id")
    def _compute_display_name(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for line in self:
            line.display_name = f"{labels.get(line.role, '')}: {line.user_id.name}"
