from odoo import api, fields, models

from ...base.bulk import insert

EVIDENCE = [
    ("contract", "Contract"),
    ("order", "Order"),
    ("delivery", "Proof of Delivery"),
    ("invoice", "Invoices"),
    ("statement", "Statements of Account"),
    ("contact", "Record of Contacts"),
    ("letter", "Letters"),
    ("other", "Other"),
]

# The checklist of a new filing.
CHECKLIST = ("contract", "order", "delivery", "invoice", "statement", "contact", "letter")


class CollectionFiling(models.Model):
    """A case taken over by the team: filing sheet (逾期清收立案书) and evidence (P3-06, P3-07).

    draft      early takeover asked for by the collector (逾期清收申请)
    requested  the team head, or a collection manager, decides
    filed      the team has the case; the collector hands in evidence, reason and proposal
    evidence   handed in; the head looks at it
    done       accepted
    rejected   the collector keeps the case
    cancelled  withdrawn, the case was closed, or the takeover became mandatory

    | action            | who                                          | restriction         |
    | apply             | collector of the case, collection manager    | case open, not taken |
    | approve, reject   | team head, collection managers               | never the applicant |
    | evidence complete | collector, team responsible, manager         | while filed         |
    | accept, send back | team head, collection manager                | never the submitter |

    Over `collection_takeover_days` the run files by itself, in `filed`, without approval.
    Amounts and items are frozen on the day of the takeover. Applied for and filed in
    collection_filing_flow.py, evidence in collection_filing_evidence.py.
    """

    _name = "collection.filing"
    _description = "Handover"
    _inherit = ["credit.numbered.mixin", "credit.approval.mixin"]
    _order = "id desc"
    _approval_fields = (
        "partner_id", "kind", "amount_overdue", "days_overdue", "team_id", "reason", "proposal",
    )  # fmt: skip
    _approval_amount = "amount_overdue"
    _check_company_auto = True
    _mail_post_access = "read"

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Approval Requested"),
            ("filed", "Handed Over"),
            ("evidence", "Evidence Complete"),
            ("done", "Completed"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ]
    )
    _state_to = ["filed"]
    kind = fields.Selection(
        [("application", "On Application"), ("mandatory", "Automatic")],
        string="Type",
        default="application",
        required=True,
        readonly=True,
        index=True,
    )
    case_id = fields.Many2one("collection.case", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Customer", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Handed Over on", readonly=True, copy=False, help="Day of the handover.")
    collector_id = fields.Many2one(
        "res.users",
        readonly=True,
        index=True,
        copy=False,
        help="Collector of the case until the handover; submits the evidence.",
    )
    team_id = fields.Many2one(
        "collection.team",
        compute="_compute_team_id",
        store=True,
        precompute=True,
        readonly=False,
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Team Responsible",
        compute="_compute_user_id",
        store=True,
        precompute=True,
        readonly=False,
        index=True,
        help=(
            "Responsible for the case after the handover: the team head unless another user is "
            "chosen."
        ),
    )
    approver_ids = fields.Many2many(
        "res.users", compute="_compute_approver_ids", string="Possible Approvers"
    )
    amount_overdue = fields.Monetary(
        "Overdue", readonly=True, copy=False, help="At the handover, in company currency."
    )
    days_overdue = fields.Integer(
        readonly=True,
        copy=False,
        aggregator="max",
        help="Days overdue of the oldest item at the handover.",
    )
    item_ids = fields.One2many("collection.filing.item", "filing_id", "Items", readonly=True)
    amount_open = fields.Monetary("Overdue Today", related="case_id.amount_overdue")

    reason = fields.Text(help="Why it is overdue, and why the team should take over.")
    proposal = fields.Text(help="How the collector would go on.")
    date_evidence = fields.Date("Evidence until", readonly=True, copy=False)
    evidence_ids = fields.One2many("collection.filing.evidence", "filing_id")
    evidence_given = fields.Integer("Evidence Provided", compute="_compute_evidence")
    evidence_asked = fields.Integer("Required Evidence", compute="_compute_evidence")
    evidence_text = fields.Char("Evidence Pack", compute="_compute_evidence")
    reminded_on = fields.Date("Reminded on", readonly=True, copy=False)
    is_evidence_late = fields.Boolean("Evidence Late", readonly=True, tracking=True, copy=False)
    handed_in_by_id = fields.Many2one("res.users", string="Submitted by", readonly=True, copy=False)
    handed_in_at = fields.Datetime("Submitted on", readonly=True, copy=False)
    accepted_by_id = fields.Many2one("res.users", string="Accepted by", readonly=True, copy=False)
    accepted_at = fields.Datetime("Accepted on", readonly=True, copy=False)
    can_edit = fields.Boolean(compute="_compute_can")
    can_hand_in = fields.Boolean("Can Submit", compute="_compute_can")
    can_accept = fields.Boolean(compute="_compute_can")

    _one_per_case = models.UniqueIndex(
        "(case_id) WHERE state IN ('requested', 'filed', 'evidence', 'done')",
        "This case has already been handed over or has a pending handover request.",
    )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for filing in self:
            filing.display_name = (
                f"{filing.name} ({filing.partner_id.name})" if filing.partner_id else filing.name
            )

    @api.depends("case_id")
    def _compute_team_id(self):
        for filing in self:
            # sudo: the team follows from the case, seen or not
            case = filing.case_id.sudo()
            filing.team_id = case.team_id or case.company_id._collection_team()

    @api.depends("team_id")
    def _compute_user_id(self):
        for filing in self:
            # sudo: the person responsible follows from the case, seen or not
            company = filing.case_id.sudo().company_id
            filing.user_id = company._collection_head(filing.team_id) if company else False

    @api.depends("team_id", "company_id")
    def _compute_approver_ids(self):
        for filing in self:
            # sudo: approvers are found whoever asks
            company = filing.sudo().company_id
            # sudo: approvers are found whoever asks
            filing.approver_ids = (
                company._collection_usable(filing.team_id.sudo().head_id)
                | company._collection_role_users("collection_manager")
                if company
                else False
            )

    @api.depends("evidence_ids.attachment_ids")
    def _compute_evidence(self):
        for filing in self:
            asked = len(filing.evidence_ids)
            given = len(filing.evidence_ids.filtered("attachment_ids"))
            filing.evidence_given, filing.evidence_asked = given, asked
            filing.evidence_text = f"{given} / {asked}" if asked else False

    @api.depends_context("uid")
    @api.depends("state", "collector_id", "user_id", "team_id")
    def _compute_can(self):
        for filing in self:
            may = filing._may_work()
            filing.can_edit = may and filing.state == "draft"
            filing.can_hand_in = may and filing.state == "filed"
            filing.can_accept = filing.state == "evidence" and filing._may_accept()

    # ------------------------------------------------------------------ rights

    def _may_work(self):
        """Return whether the user writes the sheet: collector, person responsible, managers."""
        user = self.env.user
        people = self.collector_id
        if self.state not in ("draft", "requested"):
            people |= self.user_id
        return user in people or user._has_role("collection_manager")

    def _may_accept(self):
        user = self.env.user
        # sudo: the head of the team, seen or not
        head = self.sudo().team_id.head_id
        may = user == head or user._has_role("collection_manager")
        return may and user != self.handed_in_by_id

    def _get_open_fields(self):
        self.ensure_one()
        if not self._may_work():
            return set()
        return {
            "draft": {"case_id", "team_id", "user_id", "reason", "proposal", "evidence_ids"},
            "filed": {"reason", "proposal", "evidence_ids"},
        }.get(self.state, set())

    @api.model
    def _get_create_fields(self):
        return {"case_id", "team_id", "user_id", "reason", "proposal", "evidence_ids"}

    def _may_delete(self):
        return self.state == "draft"

    @api.model_create_multi
    def create(self, vals_list):
        filings = super(CollectionFiling, self._without_foreign_defaults(vals_list)).create(
            vals_list
        )
        for filing in filings:
            if not filing.collector_id:
                # sudo: the collector is found whoever files
                collector = filing.sudo().case_id._get_collector()
                filing._system_write({"collector_id": collector.id})
            if not filing._is_system() and not filing._may_work():
                filing._raise_not_collector()
        # sudo: the list is the system's, whoever files
        filings.sudo()._add_checklist()
        return filings

    @api.model
    def _without_foreign_defaults(self, vals_list):
        """Drop values that follow from the case: case and customer agree, whatever a client sends."""
        if self._is_system():
            return self
        opened = self._get_create_fields()
        for vals in vals_list:
            for name in ("partner_id", "company_id"):
                vals.pop(name, None)
        return self.with_context(  # pylint: disable=context-overridden
            {
                key: value
                for key, value in self.env.context.items()
                if not key.startswith("default_") or key.removeprefix("default_") in opened
            }
        )

    def _add_checklist(self):
        # sudo: the list is the system's, whoever files
        insert(
            self.env["collection.filing.evidence"].sudo()._system(),
            [
                {"filing_id": filing.id, "company_id": filing.company_id.id, "kind": kind,
                 "is_asked": True}
                for filing in self
                if not filing.evidence_ids
                for kind in CHECKLIST
            ],
        )  # fmt: skip
        self.invalidate_recordset(["evidence_ids"])


class CollectionFilingItem(models.Model):
    """An overdue item as it was when the team took over."""

    _name = "collection.filing.item"
    _description = "Handover Item"
    _inherit = ["credit.protected.mixin"]
    _order = "filing_id, date_maturity, id"
    _rec_name = "document"

    filing_id = fields.Many2one(
        "collection.filing",
        string="Handover",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="filing_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, index="btree_not_null", ondelete="set null"
    )
    document = fields.Char(readonly=True)
    date_maturity = fields.Date("Due Date", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    document_currency_id = fields.Many2one("res.currency", readonly=True)
    amount_currency = fields.Monetary(
        "Amount", currency_field="document_currency_id", readonly=True
    )
    amount = fields.Monetary("Amount in Company Currency", readonly=True)
