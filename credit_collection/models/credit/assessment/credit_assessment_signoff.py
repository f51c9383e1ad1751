from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .credit_assessment_flow import ACTIVITY
from .credit_assessment_group import SIGNOFF_ROLES


class CreditAssessmentSignoff(models.Model):
    """The sign-off of one department on the review form of a new customer or of the year (P5-02, P5-09).

    waiting   the assessment is being scored, or closed and not signed yet
    agreed, objected   signed; an objection has a reason

    Created from the assessment group when the assessment is started. No application goes on
    from an assessment before all signers named have agreed.
    """

    _name = "credit.assessment.signoff"
    _description = "Sign-off"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "assessment_id desc, id"

    assessment_id = fields.Many2one(
        "credit.assessment", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="assessment_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="assessment_id.partner_id", store=True, string="Customer")
    assessment_state = fields.Selection(related="assessment_id.state", string="Assessment Status")
    score = fields.Float(related="assessment_id.score")
    grade_id = fields.Many2one(related="assessment_id.grade_id")
    conclusion = fields.Text(related="assessment_id.note", string="Conclusion")
    role = fields.Selection(SIGNOFF_ROLES, "Department", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Signatory", required=True, index=True, domain=[("share", "=", False)]
    )
    state = fields.Selection(
        [("waiting", "To Sign"), ("agreed", "Agreed"), ("objected", "Objected")],
        string="Status",
        required=True,
        default="waiting",
        readonly=True,
        tracking=True,
    )
    remark = fields.Char(tracking=True, help="Required to object.")
    signed_at = fields.Datetime("Signed on", readonly=True)
    is_mine = fields.Boolean(compute="_compute_is_mine")
    can_manage = fields.Boolean(compute="_compute_is_mine")

    _one_per_role = models.UniqueIndex(
        "(assessment_id, role)", "Each department signs an assessment once."
    )

    @api.depends_context("uid")
    @api.depends("user_id", "assessment_id")
    def _compute_is_mine(self):
        for signoff in self:
            signoff.is_mine = signoff.user_id == self.env.user
            signoff.can_manage = signoff.assessment_id._may_manage()

    @api.depends("assessment_id", "role")
    def _compute_display_name(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for signoff in self:
            signoff.display_name = f"{signoff.assessment_id.name} – {labels.get(signoff.role, '')}"

    def _get_open_fields(self):
        if self.state != "waiting":
            return set()
        opened = {"remark"} if self.user_id == self.env.user else set()
        # Somebody else signs for a user who left or is away.
        return opened | {"user_id"} if self.assessment_id._may_manage() else opened

    def write(self, vals):
        before = {signoff.id: signoff.user_id for signoff in self}
        result = super().write(vals)
        if "user_id" in vals:
            # sudo: a record rule reads it from the database
            self.sudo().assessment_id.flush_recordset(["participant_ids"])
            # sudo: activities of others end and begin
            for signoff in self.filtered(lambda s: s.user_id != before[s.id]).sudo():
                signoff.activity_unlink([ACTIVITY])
                signoff._ask()
        return result

    def _ask(self):
        """Create an activity for each user who may sign now."""
        for signoff in self.filtered(
            lambda s: s.state == "waiting" and s.assessment_id.state == "done"
        ):
            signoff.activity_schedule(
                ACTIVITY,
                user_id=signoff.user_id.id,
                summary=self.with_context(lang=signoff.user_id.lang).env._(
                    "Sign the review form of %s", signoff.partner_id.name
                ),
            )

    def action_agree(self):
        """Sign: the department has nothing against the result."""
        self._sign("agreed")
        return True

    def action_object(self):
        """Sign with an objection, which stops the application.

        :raise UserError: no reason is given
        """
        for signoff in self:
            if not (signoff.remark or "").strip():
                raise UserError(self.env._("Enter the reason for your objection in the comment."))
        self._sign("objected")
        return True

    def _sign(self, state):
        self.check_access("read")
        for signoff in self:
            if signoff.user_id != self.env.user:
                raise AccessError(self.env._("Only %s can sign here.", signoff.user_id.name))
            # sudo: the state of the assessment, which signers may not read
            if signoff.sudo().assessment_id.state != "done":
                raise UserError(
                    self.env._(
                        "%s is signed when it is closed.", signoff.assessment_id.display_name
                    )
                )
            if signoff.state == "agreed":
                raise UserError(self.env._("%s is signed already.", signoff.display_name))
            # sudo: signers only read the assessment
            sudo = signoff.sudo()
            sudo._system_write({"state": state, "signed_at": fields.Datetime.now()})
            sudo.activity_feedback([ACTIVITY])
            sudo.assessment_id.message_post(body=signoff._get_sentence())

    def _get_sentence(self):
        label = dict(self._fields["role"]._description_selection(self.env))[self.role]
        if self.state == "objected":
            return self.env._(
                "%(role)s, %(user)s, objects: %(remark)s",
                role=label,
                user=self.user_id.name,
                remark=self.remark,
            )
        if self.state == "agreed":
            return self.env._("%(role)s, %(user)s, agrees.", role=label, user=self.user_id.name)
        return self.env._("%(role)s, %(user)s, has not signed.", role=label, user=self.user_id.name)


class CreditAssessment(models.Model):
    """Sign-off of an assessment."""

    _inherit = "credit.assessment"

    signoff_ids = fields.One2many(
        "credit.assessment.signoff", "assessment_id", "Sign-off", copy=False
    )
    my_signoff_id = fields.Many2one(
        "credit.assessment.signoff", compute="_compute_my_signoff_id", string="My Sign-off"
    )
    signoff_text = fields.Text(
        "Sign-off Missing",
        compute="_compute_signoff_text",
        help=(
            "Departments that objected or have not signed. No application can proceed until "
            "this is resolved."
        ),
    )

    @api.depends("signoff_ids.state", "signoff_ids.remark", "signoff_ids.user_id", "state")
    @api.depends_context("lang")
    def _compute_signoff_text(self):
        for assessment in self:
            # sudo: the signers are no secret to readers of the assessment
            closed = assessment.sudo().filtered(lambda a: a.state == "done")
            assessment.signoff_text = "\n".join(closed._get_signoff_issues()) or False

    @api.depends_context("uid")
    @api.depends("signoff_ids.state", "signoff_ids.user_id", "state")
    def _compute_my_signoff_id(self):
        for assessment in self:
            assessment.my_signoff_id = (
                assessment.state == "done"
                and (
                    assessment.signoff_ids.filtered(
                        lambda s: s.user_id == self.env.user and s.state != "agreed"
                    )[:1]
                )
            )

    def action_open_my_signoff(self):
        """Open the sign-off that the user still has to give."""
        self.ensure_one()
        self.check_access("read")
        if not self.my_signoff_id:
            raise UserError(self.env._("You are not a signatory of %s.", self.display_name))
        return self.my_signoff_id.get_formview_action()

    def _open_signoffs(self):
        """Create the sign-offs, for new customers and the yearly review (P5-08, P5-09)."""
        # sudo: groups are not for everybody who starts an assessment
        for assessment in self.sudo().filtered(lambda a: a.kind != "quarterly" and a.group_id):
            assessment._system_write({"signoff_ids": assessment.group_id._prepare_signoffs()})

    def _check_signatories(self):
        """Raise where the form must be signed and its committee names nobody who can.

        Forms of new customers where the policy asks for them, and all forms once a committee of
        the company names departments: taking the committee off is no way around the signatures.
        """
        # sudo: committees are not for everybody who starts an assessment
        for assessment in self.sudo().filtered(lambda a: a.kind != "quarterly"):
            lines, company = assessment.group_id.signoff_ids, assessment.company_id
            left = lines.filtered(lambda line: not line.user_id.active)
            if left:
                raise UserError(
                    self.env._(
                        "Assessment Committee “%(group)s”: name other signatories for those who"
                        " left: %(names)s.",
                        group=assessment.group_id.name,
                        names=", ".join(left.mapped("display_name")),
                    )
                )
            if lines:
                continue
            needed = assessment.kind == "new" and company._credit_threshold(
                "credit_new_needs_assessment", assessment.partner_id
            )
            # sudo: as above
            signers = self.env["credit.assessment.group.signoff"].sudo()
            domain = [("company_id", "=", company.id), ("group_id.active", "=", True)]
            if needed or signers.search_count(domain, limit=1):
                raise UserError(
                    self.env._(
                        "%s must be signed by the departments: choose an assessment committee that"
                        " names a signatory for each (Configuration ‣ Assessment Committees).",
                        assessment.display_name,
                    )
                )

    def _get_signoff_issues(self):
        """Return a sentence for each department that objects or has not signed."""
        return [
            signoff._get_sentence() for signoff in self.signoff_ids if signoff.state != "agreed"
        ]

    def _check_signed(self, needed=False):
        """Raise where a department objects or has not signed; `needed`: also where none is to sign."""
        # sudo: the applicant may see little of the assessment
        assessment = self.sudo()
        if assessment.signoff_text:
            raise UserError(assessment.signoff_text)
        if needed and not assessment.signoff_ids:
            raise UserError(
                self.env._(
                    "No department has signed %s. Assess the customer again with an assessment"
                    " committee that names the signatories; the credit policy can do without.",
                    assessment.display_name,
                )
            )


class CreditApplication(models.Model):
    """An application that rests on an assessment waits for its sign-off; one of a new customer needs one."""

    _inherit = "credit.application"

    def _check_can_request(self):
        result = super()._check_can_request()
        assessment, needed = self.assessment_id, self._needs_assessment()
        # sudo: the kind of an assessment, whoever applies
        if needed and assessment.sudo().kind != "new":
            # sudo: whether there is one, whoever applies
            assessment = (
                self.env["credit.assessment"]
                .sudo()
                .search(
                    [
                        ("partner_id", "=", self.partner_id.id),
                        ("company_id", "=", self.company_id.id),
                        ("kind", "=", "new"),
                        ("state", "=", "done"),
                    ],
                    order="date desc, id desc",
                    limit=1,
                )
            )
            if not assessment:
                raise UserError(
                    self.env._(
                        "%s is a new customer: finish an assessment of type New Customer first. "
                        "The credit policy can do without it.",
                        self.partner_id.display_name,
                    )
                )
        assessment._check_signed(needed)
        return result

    def _needs_assessment(self):
        """Return whether this is credit for a new customer, who is assessed first (P1-02, P5-02)."""
        self.ensure_one()
        threshold = self.company_id._credit_threshold
        return (
            (self.kind == "new" or self._is_first_credit())
            and self._gives_term()
            and threshold("credit_new_needs_assessment", self.partner_id)
        )
