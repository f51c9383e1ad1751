from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ....engine import terms
from ..terms.res_partner import CONTROLS, TERM_STARTS

KINDS = [
    ("new", "New Customer"),
    ("change", "Change of Terms"),
    ("temporary", "Temporary Limit"),
    ("downgrade", "Downgrade"),
]

STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]

# What a temporary limit starts with, of the limit of today.
TEMPORARY_SHARE = 1.2

# Fields that people fill in; all others follow from them or are written by the flow.
INPUTS = {
    "kind", "partner_id", "company_id", "formula", "sales_months", "monthly_sales_expected",
    "term_days", "term_start", "month_end_days", "term_months", "assets", "annual_sales",
    "registered_capital", "full_limit", "score", "percent", "assessment_id", "limit",
    "grade_id", "control", "review_date", "date_from", "date_to", "reason", "attachment_ids",
}  # fmt: skip


class CreditApplication(models.Model):
    """Application for credit: 新客户信用申请表, 更新客户信用条款申请表 (P4-02, P4-07).

    draft      figures are gathered; the proposal follows them as they are typed
    requested  frozen, the approval tiers are at work (P4-02; P4-04 where `is_large`)
    approved   the terms stand on the customer, as one entry of their history
    rejected   refused; the customer keeps their terms
    cancelled  withdrawn before a decision

    | action          | who                                       | restriction          |
    | create, request | salesperson of the customer, controllers  | while a draft        |
    | approve, reject | reviewers of the tier whose turn it is    | never the requester  |
    | cancel          | salesperson of the customer, controllers  | draft or requested   |

    Amounts are in company currency. `current_*` are the customer's terms as they were at
    the request. The proposal is in credit_application_proposal.py, the terms asked for in
    credit_application_proposal.py, the flow in credit_application_flow.py.
    """

    _name = "credit.application"
    _description = "Credit Application"
    _inherit = [
        "credit.customer.mixin",
        "credit.numbered.mixin",
        "credit.approval.mixin",
        "credit.attachment.mixin",
        "portal.mixin",
    ]
    _frozen_when = {
        "attachment_ids": [("state", "!=", "draft")],
        "signed_attachment_ids": [("state", "=", "approved")],
        "signed_pdf_id": [],
    }
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _draft_state = "draft"
    _approval_fields = (
        "partner_id", "kind", "control", "limit", "limit_amount", "term_text", "date_from",
        "date_to", "grade_id",
        "current_limit", "current_limit_amount", "current_term_text", "current_exposure",
        "current_overdue", "proposed_limit", "reason",
    )  # fmt: skip
    _approval_amount = "limit"

    state = fields.Selection(STATES)
    kind = fields.Selection(
        KINDS,
        string="Type",
        compute="_compute_kind",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        tracking=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    user_id = fields.Many2one(
        related="partner_id.user_id", string="Salesperson", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "Applied on",
        readonly=True,
        default=lambda self: self.env.company._credit_today(),
        copy=False,
        help="Day of the application; the months of sales end before its month.",
    )

    policy_id = fields.Many2one(
        "credit.policy",
        compute="_compute_thresholds",
        store=True,
        help="The active version for the customer at the time of the request.",
    )

    # Requested terms
    limit = fields.Monetary(
        "Requested Limit", compute="_compute_limit", store=True, readonly=False, tracking=True
    )
    term_days = fields.Integer(
        "Requested Term (Days)",
        compute="_compute_term_days",
        store=True,
        readonly=False,
        tracking=True,
        help="Longest payment term, in days after the invoice, a month counted as 30.",
        aggregator="avg",
    )
    grade_id = fields.Many2one(
        "credit.grade",
        compute="_compute_grade_id",
        store=True,
        readonly=False,
        tracking=True,
        help="Proposes formula, term, credit basis and review date from the active policy.",
    )
    control = fields.Selection(
        CONTROLS,
        string="Credit Basis",
        compute="_compute_control",
        store=True,
        readonly=False,
        tracking=True,
    )
    review_date = fields.Date(
        "Next Credit Review", compute="_compute_review_date", store=True, readonly=False
    )
    date_from = fields.Date("Temporary From", tracking=True)
    date_to = fields.Date("Temporary To", tracking=True, help="The last day on which it counts.")
    reason = fields.Text("Explanation", help="For the approvers; the customer does not read it.")
    attachment_ids = fields.Many2many("ir.attachment", string="Files", copy=False)
    signed_attachment_ids = fields.Many2many(
        "ir.attachment",
        "credit_application_signed_rel",
        string="Signed Copy",
        copy=False,
        help="The printed application with the customer's signature and seal.",
    )

    # The customer's terms as they were
    current_limit = fields.Monetary(compute="_compute_current", store=True)
    limit_currency_id = fields.Many2one("res.currency", compute="_compute_current", store=True)
    limit_amount = fields.Monetary(
        "Limit in Its Currency",
        compute="_compute_limit_amount",
        currency_field="limit_currency_id",
        store=True,
        help="The requested limit in the currency of the customer's limit, at the rate of the day it"
        " was entered. This amount is what an approval grants.",
    )
    current_limit_amount = fields.Monetary(
        "Current Limit in Its Currency",
        compute="_compute_current",
        currency_field="limit_currency_id",
        store=True,
    )
    current_term_days = fields.Integer(
        "Current Term (Days)",
        compute="_compute_current",
        store=True,
        aggregator="avg",
    )
    current_term_start = fields.Selection(
        TERM_STARTS, "Current Term Counted From", compute="_compute_current", store=True
    )
    current_grade_id = fields.Many2one("credit.grade", compute="_compute_current", store=True)
    current_control = fields.Selection(
        CONTROLS, string="Current Credit Basis", compute="_compute_current", store=True
    )
    current_review_date = fields.Date("Current Next Review", compute="_compute_current", store=True)
    current_effective_limit = fields.Monetary(compute="_compute_current", store=True)
    current_exposure = fields.Monetary(compute="_compute_current", store=True)
    current_overdue = fields.Monetary(compute="_compute_current", store=True)
    current_days_overdue = fields.Integer(compute="_compute_current", store=True, aggregator="max")
    is_first = fields.Boolean(
        "Initial Limit",
        compute="_compute_is_first",
        store=True,
        help="Initial limit of this customer, capped by registered capital.",
    )
    is_large = fields.Boolean(
        "Needs Additional Approval",
        compute="_compute_is_large",
        store=True,
        help="At the thresholds of the additional approval, or beyond.",
    )
    # P4-25
    sales_approval = fields.Selection(
        [("after", "After Finance"), ("before", "Before Finance"), ("none", "None")],
        "Approval by Sales",
        compute="_compute_sales_approval",
        store=True,
        help="By type of application, where the policy says so; of the day of the request.",
    )
    notice = fields.Text(compute="_compute_notice")
    can_edit = fields.Boolean(compute="_compute_can_edit")

    _requested_once = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'requested'",
        "Another application of this customer waits for its decision.",
    )

    # ---- The three kinds of term an application can ask for
    term_start = fields.Selection(
        TERM_STARTS,
        "Term Starts from",
        compute="_compute_term_start",
        store=True,
        readonly=False,
        tracking=True,
        help="Invoice: N days after the invoice. Month End: N days after the end of its month. "
        "Delivery: N days after the delivery, which due dates of invoices follow.",
    )
    month_end_days = fields.Integer(
        "Days after Month End",
        compute="_compute_month_end_days",
        inverse="_inverse_month_end_days",
        help=(
            "With a month of 30 days this is the longest term: 30 days after end of month is 60 "
            "days."
        ),
    )
    term_text = fields.Char("Term", compute="_compute_term_text")
    current_term_text = fields.Char("Current Term", compute="_compute_term_text")

    # ---- The documents a new customer hands in before they get credit
    document_ids = fields.Many2many(
        "credit.document", compute="_compute_document_ids", string="Customer Documents"
    )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for application in self:
            application.display_name = (
                f"{application.name} ({application.partner_id.name})"
                if application.partner_id
                else self.env._("New")
            )

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_edit(self):
        may = self.has_access("write")
        for application in self:
            application.can_edit = may and application.state == "draft"

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        self.ensure_one()
        signed = (
            {"signed_attachment_ids"} if self.state in ("draft", "requested", "approved") else set()
        )
        opened = signed | INPUTS if self.state == "draft" else signed
        if self._is_against_user():
            opened &= {"reason", "attachment_ids", "signed_attachment_ids"}
        return opened

    def _get_under_validation_exceptions(self):
        # The signed document may arrive while the managers decide.
        return [*super()._get_under_validation_exceptions(), "signed_attachment_ids"]

    @api.model
    def _get_create_fields(self):
        return INPUTS | {"signed_attachment_ids"}

    def _may_delete(self):
        return self.state == "draft" and not self.was_requested and not self._is_against_user()

    @api.model_create_multi
    def create(self, vals_list):
        applications = super().create(vals_list)
        for application in applications:
            application._get_checklist(create=True)
        applications.filtered("signed_attachment_ids")._sign_on_paper()
        return applications

    def write(self, vals):
        signed = {application.id: application.signed_attachment_ids for application in self}
        result = super().write(vals)
        if not vals.keys().isdisjoint(("kind", "partner_id", "company_id", "control")):
            for application in self:
                application._get_checklist(create=True)
        if not self._is_system():
            if "signed_attachment_ids" in vals:
                self._sign_on_paper(signed)
            self._void_changed_signatures()
        if "signed_attachment_ids" in vals:
            self._keep_signed_files(signed)
        return result

    def _recompute_figures(self):
        """Refresh the customer's terms and the figures that follow from them; the sales stay as shown."""
        names = [
            "current_limit", "current_term_days", "current_term_start", "current_grade_id", "current_control",
            "current_review_date", "current_effective_limit", "current_exposure",
            "current_overdue", "current_days_overdue", "policy_id", "first_limit_percent",
            "limit_rounding", "conduct_months", "late_count", "late_days", "breach_count",
            "is_first", "is_large", "proposed_limit", "sales_approval",
        ]  # fmt: skip
        for name in names:
            self.env.add_to_compute(self._fields[name], self)
        # sudo: figures are the system's, read past the applicant
        self.sudo()._system()._recompute_recordset(names)

    # ------------------------------------------------------------------ the customer's terms

    def _customer(self):
        """Return the customer in the company of the application, with the rights of the system."""
        self.ensure_one()
        # sudo: terms in force are read past the applicant
        return self.partner_id.sudo().commercial_partner_id.with_company(self.company_id)

    @api.depends("partner_id", "company_id")
    def _compute_current(self):
        # sudo: terms in force are read past the applicant
        figures = {
            company: applications.partner_id.commercial_partner_id._origin.sudo()
            .with_company(company)
            ._get_credit_figures(company)
            for company, applications in self.grouped("company_id").items()
        }
        for application in self:
            customer = application._customer()
            row = figures[application.company_id].get(customer._origin.id, {})
            company = application.company_id._credit_root()
            application.current_limit = customer._credit_get_limit(company)[0] if customer else 0.0
            application.limit_currency_id = customer.credit_limit_currency_id
            application.current_limit_amount = customer.credit_limit_amount
            application.current_term_days = customer.credit_term_days
            application.current_term_start = customer.credit_term_start
            application.current_grade_id = customer.credit_grade_id
            application.current_control = customer.credit_control or "none"
            application.current_review_date = customer.credit_review_date
            application.current_effective_limit = float(row.get("credit_effective_limit", 0.0))
            application.current_exposure = float(row.get("credit_exposure", 0.0))
            application.current_overdue = float(row.get("credit_overdue", 0.0))
            application.current_days_overdue = row.get("credit_days_overdue", 0)

    @api.depends("partner_id", "company_id")
    def _compute_kind(self):
        """Compute the kind: an existing customer asks for a change; what was chosen stays."""
        for application in self:
            customer = application._customer()
            known = customer.credit_control == "limit" and customer.credit_approved_limit > 0
            if not application.kind or application.kind in ("new", "change"):
                application.kind = "change" if known else "new"

    @api.depends("kind", "control", "limit", "limit_currency_id", "company_id")
    def _compute_limit_amount(self):
        """Compute the limit in the customer's currency; as it is where it does not change."""
        for application in self:
            currency, company = application.limit_currency_id, application.company_id._credit_root()
            if not currency or application.control != "limit" or application.kind == "temporary":
                application.limit_amount = 0.0
            elif application._keeps_limit():
                application.limit_amount = application.current_limit_amount
            else:
                application.limit_amount = company.currency_id._convert(
                    application.limit, currency, company, company._credit_today()
                )

    def _keeps_limit(self):
        """Return whether the limit asked for is the one of today."""
        self.ensure_one()
        return (
            self.control == self.current_control == "limit"
            and not self.currency_id.compare_amounts(self.limit, self.current_limit)
        )

    @api.onchange("kind")
    def _onchange_kind(self):
        """A temporary limit starts above the limit of today, for a month."""
        if self.kind != "temporary":
            return
        today = self.company_id._credit_today()
        self.date_from = self.date_from or today
        self.date_to = self.date_to or today + relativedelta(months=1)
        self.control = "limit"
        if self.currency_id.compare_amounts(self.limit, self.current_limit) <= 0:
            self.formula = "manual"
            self.limit = self.currency_id.round(
                max(self.current_limit * TEMPORARY_SHARE, self.current_exposure)
            )

    @api.depends("kind", "current_limit", "current_control", "monthly_sales_actual")
    def _compute_is_first(self):
        # sudo: limits granted before, whoever may read the history
        decisions = self.env["credit.decision"].sudo()
        for application in self:
            known = application.current_limit > 0 or (
                application.current_control == "none" and application.monthly_sales_actual > 0
            )
            application.is_first = application.kind == "new" or not (
                known
                or decisions.search_count(
                    [
                        ("partner_id", "=", application.partner_id._origin.id),
                        ("company_id", "=", application.company_id.id),
                        ("new_limit", ">", 0),
                        ("new_control", "=", "limit"),
                    ],
                    limit=1,
                )
            )

    @api.depends("state", "kind", "is_first", "partner_id", "company_id")
    def _compute_sales_approval(self):
        for application in self:
            if application.state not in ("draft", False):
                # The value at the request; applications of before went by one order.
                application.sales_approval = application.sales_approval or "after"
                continue
            # sudo: the policy binds applicants who may not read it
            policy = application.partner_id.sudo()._credit_policy(application.company_id)
            if policy.application_chain != "by_kind":
                application.sales_approval = "after"
            elif application.kind == "temporary":
                application.sales_approval = "before"
            else:
                # A first limit under another name is a new customer's.
                known = application.kind != "new" and not application.is_first
                application.sales_approval = "none" if known else "after"

    def action_open_decision(self):
        """Open the entry of the customer's history that this application made."""
        self.ensure_one()
        self.check_access("read")
        decision = self.env["credit.decision"].search(
            [("origin", "=", f"{self._name},{self.id}")], limit=1
        )
        if not decision:
            raise UserError(self.env._("%s has not changed the customer.", self.display_name))
        return decision.get_formview_action()

    # ---- The three kinds of term an application can ask for (P4-06, P4-24).
    #
    # `term_days` is the longest credit in either case, and formulas and orders are compared
    # with it; "month-end plus N" is 30 + N days of it. Thresholds are compared with N.

    @api.depends("partner_id", "company_id")
    def _compute_term_start(self):
        for application in self:
            application.term_start = application.current_term_start or "invoice"

    @api.depends("term_days", "term_start")
    def _compute_month_end_days(self):
        for application in self:
            application.month_end_days = terms.month_end_days(application.term_days) or 0

    def _inverse_month_end_days(self):
        for application in self:
            if application.term_start == "month_end":
                application.term_days = terms.MONTH_DAYS + application.month_end_days

    @api.onchange("month_end_days", "term_start")
    def _onchange_month_end_days(self):
        self._inverse_month_end_days()

    @api.depends(
        "term_days", "term_start", "current_term_days", "current_term_start", "control",
        "current_control",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_term_text(self):
        label = self.env["res.partner"]._credit_term_label
        for application in self:
            application.term_text = label(
                application.term_days if application._gives_term() else 0, application.term_start
            )
            application.current_term_text = label(
                application.current_term_days, application.current_term_start
            )

    def _gives_term(self):
        """Return whether the customer would pay later than at once."""
        self.ensure_one()
        return self.control in ("none", "limit")

    def _pays_by_month(self):
        """Return whether the term asked for is "month-end plus N"."""
        self.ensure_one()
        return self.term_start == "month_end" and self._gives_term() and self.term_days > 0

    def _get_term_start(self):
        """Return from when the term counts: key of `TERM_STARTS`."""
        self.ensure_one()
        if self._pays_by_month():
            return "month_end"
        delivery = self.term_start == "delivery" and self._gives_term() and self.term_days > 0
        return "delivery" if delivery else "invoice"

    def _check_term_start(self):
        if (
            self.kind != "temporary"
            and self._pays_by_month()
            and terms.month_end_days(self.term_days) is None
        ):
            raise UserError(
                self.env._(
                    "A term from the month's end is %(least)s days at least, not %(value)s:"
                    " the month and the days after it.",
                    least=terms.MONTH_DAYS,
                    value=self.term_days,
                )
            )

    # ---- The documents a new customer hands in before they get credit (P4-02).
    #
    # The checklist is that of the assessment of a new customer (`credit.document`). A required
    # document that is neither here nor promised stops the request; promised and expired ones are
    # named to the approvers and to the customer. Persons have no such documents.

    @api.depends_context("uid")
    @api.depends("partner_id", "company_id", "kind", "control", "is_first")
    def _compute_document_ids(self):
        for application in self:
            documents = application._get_checklist().with_env(self.env)
            application.document_ids = documents._filtered_access("read")

    def _needs_documents(self):
        """Return whether it asks for a first credit, as a new customer's or as a change of cash terms."""
        self.ensure_one()
        customer = self._customer()._origin
        first = self.kind == "new" or self._is_first_credit()
        return bool(customer and customer.credit_segment != "individual" and first)

    def _is_first_credit(self):
        """Return whether it asks for a first credit, called a change of cash terms."""
        return self.kind == "change" and self.is_first and self.control in ("none", "limit")

    def _get_checklist(self, create=False):
        """Return the listed documents of this application, as superuser; empty unless for a first credit."""
        self.ensure_one()
        documents = self.env["credit.document"]
        if not self._needs_documents():
            # sudo: the same rights as with documents that are found
            return documents.sudo()
        customer = self._customer()._origin
        company = self.company_id or self.env.company
        return documents._get_checklist(customer, company, "new", create=create)

    def _get_outstanding_documents(self):
        """Return required documents that are missing or not valid: [(state, words)], in their order."""
        self.ensure_one()
        if not self._needs_documents():
            return []
        documents = {document.type_id: document for document in self._get_checklist()}
        # sudo: the checklist is no secret
        types = self.env["credit.document.type"].sudo()._for_kind("new").filtered("is_required")
        outstanding = []
        for type_ in types:
            document = documents.get(type_, self.env["credit.document"])
            state = document.state or "missing"
            text = type_.name
            if state == "promised":
                text = self.env._(
                    "%(paper)s (promised for %(date)s)",
                    paper=type_.name,
                    date=format_date(self.env, document.date_promised),
                )
            elif state == "expired":
                text = self.env._(
                    "%(paper)s (expired on %(date)s)",
                    paper=type_.name,
                    date=format_date(self.env, document.date_valid),
                )
            if state not in ("attached", "expiring"):
                outstanding.append((state, text))
        return outstanding

    def _get_missing_documents(self):
        """Return names of documents without which the request stops: neither here nor promised."""
        return [text for state, text in self._get_outstanding_documents() if state == "missing"]

    def _get_outstanding_text(self):
        """Return the same in a sentence, or False."""
        outstanding = [text for _state, text in self._get_outstanding_documents()]
        if not outstanding:
            return False
        return self.env._("Documents still to be provided: %s.", ", ".join(outstanding))

    def _get_approval_facts(self):
        facts = super()._get_approval_facts()
        outstanding = [text for _state, text in self._get_outstanding_documents()]
        if not outstanding:
            return facts
        return [*facts, (self.env._("Missing Documents"), ", ".join(outstanding))]

    # ------------------------------------------------------------------ the list of documents

    def action_open_checklist(self):
        """Open the documents of the customer, to attach them or to note when they will come."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._credit_open_documents("credit_document_action")
