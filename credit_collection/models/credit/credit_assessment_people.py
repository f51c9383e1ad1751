from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CreditAssessment(models.Model):
    """Who takes part in an assessment (P5-01): taken from its group while it is prepared."""

    _inherit = "credit.assessment"

    group_id = fields.Many2one(
        "credit.assessment.group",
        "Assessment Group",
        compute="_compute_group_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        copy=False,
        help="Its head and deputy lead, its account and service managers score, others watch.",
    )
    deputy_id = fields.Many2one(
        "res.users",
        compute="_compute_people",
        store=True,
        readonly=False,
        domain=[("share", "=", False)],
        copy=False,
        help="Stands in for the head: may start and close the assessment as well.",
    )
    watcher_ids = fields.Many2many(
        "res.users",
        "credit_assessment_watcher_rel",
        string="Watched by",
        compute="_compute_people",
        store=True,
        readonly=False,
        domain=[("share", "=", False)],
        copy=False,
        help="Follow the assessment and read its result; no scores before it is closed.",
    )
    # One list for the record rules.
    participant_ids = fields.Many2many(
        "res.users",
        "credit_assessment_participant_rel",
        compute="_compute_participant_ids",
        compute_sudo=True,
        store=True,
    )

    @api.depends("company_id")
    def _compute_group_id(self):
        groups = self.env["credit.assessment.group"]
        for assessment in self:
            if assessment.group_id.sudo().company_id != assessment.company_id:
                group = groups._get_default(assessment.company_id)
                assessment.group_id = assessment.state == "draft" and group.with_env(self.env)

    @api.model
    def _prepare_group_values(self, company):
        """Values of an assessment that the company's group takes on; {} where there is none."""
        group = self.env["credit.assessment.group"]._get_default(company)
        return {"group_id": group.id} if group else {}

    @api.depends("group_id")
    def _compute_user_id(self):
        for assessment in self:
            head = assessment.state == "draft" and assessment.group_id.sudo().user_id
            assessment.user_id = head or assessment.user_id or self.env.user

    @api.depends("group_id")
    def _compute_people(self):
        for assessment in self:
            # sudo: the people of a group are no secret; who prepares may not be one of them
            group = assessment.group_id.sudo()
            if group and assessment.state == "draft":
                assessment.deputy_id = group.deputy_id
                assessment.reviewer_ids = group._get_members().filtered("active")
                assessment.watcher_ids = group.watcher_ids.filtered("active")
            else:
                assessment.deputy_id = assessment.deputy_id
                assessment.reviewer_ids = assessment.reviewer_ids
                assessment.watcher_ids = assessment.watcher_ids

    @api.depends("user_id", "deputy_id", "reviewer_ids", "watcher_ids", "signoff_ids.user_id")
    def _compute_participant_ids(self):
        for assessment in self:
            assessment.participant_ids = (
                assessment.user_id
                | assessment.deputy_id
                | assessment.reviewer_ids
                | assessment.watcher_ids
                | assessment.signoff_ids.user_id
            )

    @api.constrains("user_id", "deputy_id", "reviewer_ids", "watcher_ids", "company_id")
    def _check_people(self):
        for assessment in self:
            people = (
                assessment.user_id
                | assessment.deputy_id
                | assessment.reviewer_ids
                | assessment.watcher_ids
            )
            strangers = people.filtered(
                lambda user, company=assessment.company_id: (
                    user.share or company not in user.company_ids
                )
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "Those who lead, score or watch must be internal users of %(company)s:"
                        " %(names)s.",
                        company=assessment.company_id.name,
                        names=", ".join(strangers.mapped("name")),
                    )
                )

    def _get_leaders(self):
        """Who is asked to close: the head and his deputy, those who still work here."""
        return (self.user_id | self.deputy_id).filtered("active")

    def _subscribe_watchers(self):
        for assessment in self.sudo():
            assessment.message_subscribe(partner_ids=assessment.watcher_ids.partner_id.ids)
