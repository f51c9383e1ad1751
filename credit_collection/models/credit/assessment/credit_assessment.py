from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_date

KINDS = [("new", "New Customer"), ("yearly", "Yearly Review"), ("quarterly", "Quarterly Review")]

STATES = [
    ("draft", "Draft"),
    ("scoring", "Scoring"),
    ("done", "Completed"),
    ("cancelled", "Cancelled"),
]

OPEN_STATES = ("draft", "scoring")

ANSWER_DAYS = 14

# Fields of the form of a new customer (P5-08) and of the yearly review (P5-09), as people fill them in.
FORM_FIELDS = {
    "company_nature", "registered_capital", "bank_name", "bank_account", "legal_representative",
    "person_in_charge", "finance_contact", "finance_phone", "business_contact", "business_phone",
    "service_type", "business_content", "licence_number", "tax_number", "organisation_code",
    "special_licence", "other_qualification", "iso_9000", "iso_20000", "bank_credit_class",
    "tax_credit_class", "business_years", "ability_to_pay", "related_business", "bad_records",
    "account_manager_id", "service_manager_id", "contract_number", "contract_amount",
    "contract_years", "payment_in_general", "total_received",
}  # fmt: skip


class CreditAssessment(models.Model):
    """The judgement of several people on a customer's credit, with its evidence (P5-01 … P5-04, P2-15).

    draft      being prepared: customer, scorecard, reviewers
    scoring    ledger figures are frozen; every reviewer scores their own sheet, unseen
    done       every reviewer has handed in; the average counts, the grade follows from it
    cancelled  withdrawn

    | action                | who                                                        |
    | prepare               | credit controllers, from the assessment group              |
    | start, close, cancel  | controllers; the head of the group and the deputy         |
    | score                 | the reviewers named, each their own sheet only            |
    | read                  | controllers, auditors, heads of sales, participants, the  |
    |                       | customer's salesperson; scores of others only when done    |

    Nothing here changes the customer: a done assessment is applied by an application that
    people approve. Written by the system (`credit.protected.mixin`), save for the fields
    `_get_open_fields` names. Flow: credit_assessment_flow.py, trade record and
    contradictions: credit_assessment_figures.py, sheets and scores: credit_assessment_sheet.py.
    """

    _name = "credit.assessment"
    _description = "Credit Assessment"
    _inherit = [
        "credit.company.mixin",
        "credit.form.mixin",
        "credit.numbered.mixin",
        "credit.input.mixin",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"  # reviewers and salespeople may comment

    kind = fields.Selection(KINDS, string="Type", required=True, default="yearly", tracking=True)
    state = fields.Selection(STATES)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        tracking=True,
        domain=[("parent_id", "=", False)],
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    policy_id = fields.Many2one(
        "credit.policy",
        readonly=True,
        copy=False,
        help="The active policy version at the start.",
    )
    scorecard_id = fields.Many2one(
        "credit.scorecard",
        ondelete="restrict",
        compute="_compute_scorecard_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Chair",
        required=True,
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Is notified when all reviewers have submitted, and closes the assessment.",
    )
    reviewer_ids = fields.Many2many(
        "res.users",
        string="Reviewers",
        compute="_compute_people",
        store=True,
        readonly=False,
        domain=[("share", "=", False)],
        copy=False,
        help="Reviewers score independently and cannot see each other's scores.",
    )
    date = fields.Date(
        "As of",
        required=True,
        default=lambda self: self.env.company._credit_today(),
        copy=False,
        help="Last day of the trading history considered.",
    )
    deadline = fields.Date(
        "Scores Due",
        required=True,
        default=lambda self: self.env.company._credit_today() + relativedelta(days=ANSWER_DAYS),
        copy=False,
    )
    line_ids = fields.One2many("credit.assessment.line", "assessment_id", copy=False)
    sheet_ids = fields.One2many(
        "credit.assessment.sheet", "assessment_id", string="Score Sheets", copy=False
    )
    score_ids = fields.One2many(
        "credit.assessment.score", "assessment_id", "Points Given", copy=False
    )
    note = fields.Text("Conclusion")

    # Result, written when the assessment is closed; before, it would give the scores away.
    score = fields.Float(
        readonly=True, copy=False, aggregator="avg", help="Average of the reviewers, of 100."
    )
    grade_id = fields.Many2one("credit.grade", readonly=True, copy=False, ondelete="restrict")
    grade_before_id = fields.Many2one(
        "credit.grade", readonly=True, copy=False, ondelete="restrict"
    )
    started_at = fields.Datetime("Started on", readonly=True, copy=False)
    done_at = fields.Datetime("Done on", readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", "Closed by", readonly=True, copy=False)

    sheets_handed_in = fields.Integer("Submitted", compute="_compute_progress")
    progress = fields.Char(compute="_compute_progress")
    my_sheet_id = fields.Many2one("credit.assessment.sheet", compute="_compute_my_sheet_id")
    can_manage = fields.Boolean(compute="_compute_can_manage")

    _open_per_customer = models.UniqueIndex(
        "(partner_id, company_id, kind) WHERE state IN ('draft', 'scoring')",
        "An assessment of this type is already open for this customer.",
    )

    # ---- The people of an assessment
    group_id = fields.Many2one(
        "credit.assessment.group",
        "Assessment Committee",
        compute="_compute_group_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        copy=False,
        help=(
            "Chair and deputy run the assessment, account and service managers score, others "
            "observe."
        ),
    )
    deputy_id = fields.Many2one(
        "res.users",
        compute="_compute_people",
        store=True,
        readonly=False,
        domain=[("share", "=", False)],
        copy=False,
        help="Stands in for the chair and can also start and close the assessment.",
    )
    watcher_ids = fields.Many2many(
        "res.users",
        "credit_assessment_watcher_rel",
        string="Observed by",
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

    @api.depends("kind", "company_id", "partner_id")
    def _compute_scorecard_id(self):
        for assessment in self:
            wanted = "admission" if assessment.kind == "new" else "annual"
            policy = assessment.partner_id._credit_policy(assessment.company_id)
            card = policy._scorecard(assessment.kind).with_env(self.env)
            if card or (policy and assessment.kind == "new"):
                # The form of a new customer has no points where its policy names no card (P5-08).
                assessment.scorecard_id = card
            elif assessment.scorecard_id.kind != wanted:
                assessment.scorecard_id = self.env["credit.scorecard"]._get_default(
                    assessment.kind, assessment.company_id
                )

    @api.depends("sheet_ids.state", "state")
    def _compute_progress(self):
        # sudo: the list of submitted sheets is no secret, the scores are
        for assessment in self:
            sheets = assessment._get_sheets()
            waiting = sheets.filtered(lambda s: s.state == "open").user_id
            assessment.sheets_handed_in = len(sheets) - len(waiting)
            assessment.progress = (
                self.env._(
                    "%(done)s of %(all)s submitted; waiting for %(names)s",
                    done=len(sheets) - len(waiting),
                    all=len(sheets),
                    names=", ".join(waiting.mapped("name")),
                )
                if waiting and assessment.state == "scoring"
                else self.env._("%(done)s of %(all)s submitted", done=len(sheets), all=len(sheets))
                if sheets
                else False
            )

    def _get_sheets(self):
        """Return all sheets of these assessments, as superuser, to count and to write.

        Searched, never read through `sheet_ids`: the superuser's answer would stay in the
        cache and be offered to a user who may not read it.
        """
        # sudo: sheets of others are counted, not shown
        return (
            self.env["credit.assessment.sheet"].sudo().search([("assessment_id", "in", self.ids)])
        )

    @api.depends_context("uid")
    @api.depends("sheet_ids.user_id")
    def _compute_my_sheet_id(self):
        for assessment in self:
            sheets = assessment._get_sheets()
            assessment.my_sheet_id = sheets.filtered(lambda s: s.user_id == self.env.user)[:1]

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_can_manage(self):
        for assessment in self:
            assessment.can_manage = assessment._may_manage()

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        for assessment in self:
            assessment.display_name = (
                f"{assessment.name} ({assessment.partner_id.name})"
                if assessment.partner_id
                else self.env._("New")
            )

    # ------------------------------------------------------------------ guards

    def _may_manage(self):
        """Return whether the user prepares, starts and closes these: controllers; head and deputy theirs."""
        # sudo: head and deputy are asked for, seen or not
        return self._may_manage_all() or (
            bool(self)
            and all(
                self.env.user in (assessment.user_id | assessment.deputy_id)
                for assessment in self.sudo()
            )
        )

    @api.model
    def _may_manage_all(self):
        return self.env.su or self.env.user._has_role("controller")

    def _check_can_manage(self):
        self.check_access("read")
        if not self._may_manage():
            raise AccessError(
                self.env._(
                    "Only credit controllers, the chair and the deputy chair can run an assessment."
                )
            )

    def _get_open_fields(self):
        if not self._may_manage():
            return set()
        people = {"user_id", "reviewer_ids", "deputy_id", "watcher_ids"}
        opened = {
            "draft": {
                "kind", "partner_id", "company_id", "scorecard_id", "group_id", "date", "deadline",
                "note", *people, *FORM_FIELDS,
            },
            "scoring": {"deadline", "note", *people, *FORM_FIELDS},
        }.get(self.state or "draft", set())  # fmt: skip
        if not self._may_manage_all():
            # Another customer's file would be open to the head and the people they name.
            opened -= {"partner_id", "company_id"}
        return opened

    @api.constrains("scorecard_id", "kind")
    def _check_scorecard(self):
        for assessment in self:
            if not assessment.scorecard_id and assessment.kind != "new":
                raise ValidationError(
                    self.env._(
                        "%s: choose a scorecard. Only new customers are assessed without points.",
                        assessment.partner_id.display_name,
                    )
                )

    @api.constrains("partner_id", "date", "company_id")
    def _check_assessment(self):
        for assessment in self:
            customer = assessment.partner_id
            if customer != customer.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s: assess the customer.",
                        contact=customer.display_name,
                        customer=customer.commercial_partner_id.display_name,
                    )
                )
            if assessment.date > assessment.company_id._credit_today():
                raise ValidationError(
                    self.env._(
                        "“As of” cannot be later than today: %s.",
                        format_date(self.env, assessment.date),
                    )
                )

    # ------------------------------------------------------------------ CRUD

    @api.model_create_multi
    def create(self, vals_list):
        self.browse().check_access("create")
        if not self._is_system():
            vals_list = [self._without_closed(vals) for vals in vals_list]
        assessments = super(CreditAssessment, self._system()).create(vals_list).with_env(self.env)
        # Odoo does not flush fields that only a record rule reads.
        assessments.flush_recordset(["participant_ids"])
        return assessments

    @api.model
    def _without_closed(self, vals):
        """Return values of a new draft: fields of the system are refused, or dropped when empty."""
        keep = self.browse()._get_open_fields()
        closed = {
            name: value
            for name, value in vals.items()
            if name in self._fields
            and name not in keep
            and not name.startswith(("message_", "activity_", "website_message_", "rating_"))
        }
        if any(closed.values()):
            raise AccessError(
                self.env._(
                    "A new assessment starts as a draft; the system writes %s.",
                    ", ".join(
                        self._fields[n]._description_string(self.env)
                        for n, v in closed.items()
                        if v
                    ),
                )
            )
        return {name: value for name, value in vals.items() if name not in closed}

    def write(self, vals):
        result = super().write(vals)
        if "reviewer_ids" in vals:
            self.filtered(lambda a: a.state == "scoring")._sync_sheets()
        if "deadline" in vals:
            # Sheets of others: nothing but the day of the reminder is written.
            self._get_sheets()._system_write({"reminded_for": False})
            self._get_sheets().activity_reschedule(
                ["credit_collection.mail_activity_credit_assessment"],
                date_deadline=fields.Date.to_date(vals["deadline"]),
            )
        self.flush_recordset(["participant_ids"])
        if "watcher_ids" in vals:
            self.filtered(lambda a: a.state == "scoring")._subscribe_watchers()
        return result

    # ---- The people of an assessment (P5-01): taken from its group while it is prepared.

    @api.depends("company_id")
    def _compute_group_id(self):
        groups = self.env["credit.assessment.group"]
        for assessment in self:
            # sudo: the group's company only
            if assessment.group_id.sudo().company_id != assessment.company_id:
                group = groups._get_default(assessment.company_id)
                assessment.group_id = assessment.state == "draft" and group.with_env(self.env)

    @api.model
    def _prepare_group_values(self, company):
        """Return values of an assessment that the company's group takes on; {} where there is none."""
        group = self.env["credit.assessment.group"]._get_default(company)
        return {"group_id": group.id} if group else {}

    @api.depends("group_id")
    def _compute_user_id(self):
        for assessment in self:
            # sudo: the group's head only
            head = assessment.state == "draft" and assessment.group_id.sudo().user_id
            assessment.user_id = head or assessment.user_id or self.env.user

    @api.depends("group_id")
    def _compute_people(self):
        for assessment in self:
            # sudo: the people of a group are no secret; the author may not be one of them
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
                    user.share or not company._credit_has_user(user)
                )
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "Chairs, reviewers and observers must be internal users of %(company)s: "
                        "%(names)s.",
                        company=assessment.company_id.name,
                        names=", ".join(strangers.mapped("name")),
                    )
                )

    def _get_leaders(self):
        """Return the users asked to close: head and deputy, those who still work here."""
        return (self.user_id | self.deputy_id).filtered("active")

    def _subscribe_watchers(self):
        # sudo: watchers follow, whoever starts the assessment
        for assessment in self.sudo():
            assessment.message_subscribe(partner_ids=assessment.watcher_ids.partner_id.ids)
