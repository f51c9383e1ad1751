from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...base.credit_protected_mixin import _CHATTER_PREFIXES
from ..terms.res_partner import TERM_STARTS

EXPIRY_DAYS = 30

STATES = [
    ("attached", "Attached"),
    ("expiring", "Expiring"),
    ("expired", "Expired"),
    ("promised", "Promised"),
    ("missing", "Missing"),
]

ACCEPTANCE = {"accepted_on", "accepted_by_id"}

# States in which a successor may be handed in.
RUNS_OUT = ("expiring", "expired")


class CreditDocumentType(models.Model):
    """A type of document that a customer hands in, and the assessments that ask for it (P4-02, P5-02)."""

    _name = "credit.document.type"
    _description = "Credit Document Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    for_new = fields.Boolean("New Customers", help="Required when assessing a new customer.")
    for_yearly = fields.Boolean("Yearly", help="Asked at the yearly review.")
    for_quarterly = fields.Boolean("Quarterly", help="Asked at the quarterly review.")
    is_required = fields.Boolean(
        "Required",
        help="The assessment of a new customer is not closed while it is missing without a promised date.",
    )
    has_expiry = fields.Boolean("Expires", help="It carries a date until which it is valid.")
    is_contract = fields.Boolean(
        "Contract", help="Its term and limit are compared with the approved terms."
    )

    def _for_kind(self, kind):
        """Return the types on the checklist of an assessment or application of `kind`."""
        return self.search([(f"for_{kind}", "=", True)])


class CreditDocument(models.Model):
    """One document of a customer: attached, valid until, or missing with a promised date.

    attached   a file is there and valid
    expiring   valid for 30 days at most; credit control has an activity
    expired    its date has passed
    promised   missing; the customer named a date
    missing    missing, and nobody knows when it comes

    | action | who                                                                       |
    | read   | readers of the customer's assessments                                     |
    | write  | credit controllers; the customer's own salesperson (who surveys, P1-01),  |
    |        | until the document is accepted                                   |
    | delete | credit controllers                                                        |
    """

    _name = "credit.document"
    _description = "Credit Document"
    _inherit = [
        "credit.customer.mixin", "credit.attachment.mixin", "mail.thread", "mail.activity.mixin",
    ]  # fmt: skip
    _frozen_when = {"attachment_ids": [("accepted_on", "!=", False)]}
    _long_dates = ("date_valid",)
    _order = "partner_id, sequence, id"
    _check_company_auto = True

    type_id = fields.Many2one(
        "credit.document.type", "Document Type", required=True, ondelete="restrict", index=True
    )
    sequence = fields.Integer(related="type_id.sequence", store=True)
    has_expiry = fields.Boolean(related="type_id.has_expiry")
    is_required = fields.Boolean(related="type_id.is_required")
    is_contract = fields.Boolean(related="type_id.is_contract")
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("parent_id", "=", False)],
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    reference = fields.Char("Number", help="Number on the document.")
    date_valid = fields.Date("Valid Until", tracking=True)
    date_promised = fields.Date("Promised For", tracking=True)
    note = fields.Char()
    warned_on = fields.Date(
        "Warned on", readonly=True, copy=False, help="Day of the warning of its expiry."
    )
    state = fields.Selection(
        STATES, string="Status", compute="_compute_state", search="_search_state"
    )

    _open_per_type = models.UniqueIndex(
        "(partner_id, company_id, type_id) WHERE active",
        "This document is on the customer's list already: renew it there, or archive it first.",
    )

    # ---- The record of a contract (P4-26)
    currency_id = fields.Many2one(related="company_id.currency_id")
    signed_by = fields.Char("Signed by", tracking=True, help="Who signed for the customer.")
    is_sealed = fields.Boolean("Sealed", tracking=True)
    original_at = fields.Char("Original Kept at")
    contract_term_days = fields.Integer(
        "Contract Term (Days)",
        tracking=True,
        aggregator=None,
        help="Counted as the approved term is: from the month's end 30 days and those after it.",
    )
    contract_term_start = fields.Selection(TERM_STARTS, "Contract Term Starts On", tracking=True)
    contract_limit = fields.Monetary(
        tracking=True, help="Company currency; 0 = the contract names none."
    )
    contract_mismatch = fields.Text("Not as Approved", compute="_compute_contract_mismatch")

    # ---- A document that credit control accepted, or a decision rests on, stays as it was handed in
    accepted_on = fields.Date("Accepted on", readonly=True, copy=False, tracking=True)
    accepted_by_id = fields.Many2one("res.users", "Accepted by", readonly=True, copy=False)

    @api.depends("attachment_ids", "date_valid", "date_promised", "company_id")
    def _compute_state(self):
        for document in self:
            today = (document.company_id or self.env.company)._credit_today()
            valid = document.date_valid
            if not document.attachment_ids:
                document.state = "promised" if document.date_promised else "missing"
            elif valid and valid < today:
                document.state = "expired"
            elif valid and valid <= today + relativedelta(days=EXPIRY_DAYS):
                document.state = "expiring"
            else:
                document.state = "attached"

    @api.model
    def _state_domain(self, state):
        today = self.env.company._credit_today()
        soon = today + relativedelta(days=EXPIRY_DAYS)
        there = Domain("attachment_ids", "!=", False)
        dated = there & Domain("date_valid", "!=", False)
        return {
            "missing": ~there & Domain("date_promised", "=", False),
            "promised": ~there & Domain("date_promised", "!=", False),
            "expired": dated & Domain("date_valid", "<", today),
            "expiring": dated
            & Domain("date_valid", ">=", today)
            & Domain("date_valid", "<=", soon),
            "attached": there
            & (Domain("date_valid", "=", False) | Domain("date_valid", ">", soon)),
        }[state]

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._state_domain(state) for state in value if state)

    @api.depends("type_id", "partner_id")
    def _compute_display_name(self):
        for document in self:
            document.display_name = f"{document.type_id.name} – {document.partner_id.name}"

    @api.depends(
        "is_contract", "attachment_ids", "contract_term_days", "contract_term_start",
        "contract_limit", "partner_id", "company_id",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_contract_mismatch(self):
        for document in self:
            document.contract_mismatch = "\n".join(document._get_contract_sentences()) or False

    def _get_contract_sentences(self):
        """Return how a contract that is there differs from the terms in force (P4-06, P4-26)."""
        if not self.is_contract or not self.attachment_ids:
            return []
        # sudo: readers of the document read what was approved
        customer = self.partner_id.sudo().with_company(self.company_id)
        label, sentences = customer._credit_term_label, []
        written = self.contract_term_days, self.contract_term_start or "invoice"
        approved = customer.credit_term_days, customer.credit_term_start or "invoice"
        if written != approved and (written[0] or approved[0]):
            sentences.append(
                self.env._(
                    "The contract says “%(written)s”, approved is “%(approved)s”.",
                    written=label(*written),
                    approved=label(*approved),
                )
            )
        # As decided: the rate of a limit in another currency contradicts no contract.
        decided = customer.credit_limit
        if customer.credit_limit_default:
            decided = customer.credit_approved_limit
        limit = decided if customer.credit_control == "limit" else 0.0
        if self.contract_limit and self.currency_id.compare_amounts(self.contract_limit, limit):
            sentences.append(
                self.env._(
                    "The contract names a limit of %(written)s, approved is %(approved)s.",
                    written=self.currency_id.format(self.contract_limit),
                    approved=self.currency_id.format(limit),
                )
            )
        return sentences

    @api.constrains("contract_term_days", "contract_limit")
    def _check_contract(self):
        for document in self:
            for name in ("contract_term_days", "contract_limit"):
                if document[name] < 0:
                    raise ValidationError(
                        self.env._(
                            "%(field)s cannot be negative: %(value)s.",
                            field=document._fields[name]._description_string(self.env),
                            value=document[name],
                        )
                    )

    @api.constrains("date_valid", "date_promised")
    def _check_dates(self):
        for document in self:
            today = document.company_id._credit_today()
            for name in ("date_valid", "date_promised"):
                day = document[name]
                if day and abs((day - today).days) > 36525:
                    raise ValidationError(
                        self.env._(
                            "%(field)s of %(document)s is a century away: %(value)s.",
                            field=document._fields[name]._description_string(self.env),
                            document=document.display_name,
                            value=format_date(self.env, day),
                        )
                    )

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        if not self.env.su:
            self._check_accepted(vals)
        result = super().write(vals)
        if vals.keys() & {"attachment_ids", "date_valid", "date_promised", "active"}:
            self.activity_unlink(["credit_collection.mail_activity_credit_document"])
            # sudo: the note of the warning is the system's
            self.filtered("warned_on").sudo().warned_on = False
        return result

    # ------------------------------------------------------------------ checklist

    @api.model
    def _get_checklist(self, partner, company, kind, create=False):
        """Return the documents of a customer that an assessment or application of `kind` asks for.

        :param kind: new, yearly or quarterly
        :param create: add the rows that are not there yet, as missing
        :return: documents, as superuser, for the caller to show as allowed
        """
        # sudo: the list follows the types, whoever asks
        types = self.env["credit.document.type"].sudo()._for_kind(kind)
        # sudo: documents as they are, for the caller to show as allowed
        documents = self.sudo().search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("type_id", "in", types.ids),
            ]
        )
        if create:
            # sudo: the list is the system's
            documents |= self.sudo().create(
                [
                    {
                        "type_id": type_.id,
                        "partner_id": partner.commercial_partner_id.id,
                        "company_id": company.id,
                    }
                    for type_ in types - documents.type_id
                ]
            )
        return documents.sorted(lambda d: (d.sequence, d.id))

    def _get_sentences(self):
        """Return the issues of these documents, a sentence each."""
        sentences = []
        for document in self:
            name, today = document.type_id.name, document.company_id._credit_today()
            promised = document.date_promised
            sentences += document._get_contract_sentences()
            if document.state == "expired":
                sentences.append(
                    self.env._(
                        "%(paper)s: expired on %(date)s.",
                        paper=name,
                        date=format_date(self.env, document.date_valid),
                    )
                )
            elif document.state == "missing":
                sentences.append(self.env._("%(paper)s: missing.", paper=name))
            elif document.state == "promised" and promised < today:
                sentences.append(
                    self.env._(
                        "%(paper)s: promised for %(date)s, still missing.",
                        paper=name,
                        date=format_date(self.env, promised),
                    )
                )
        return sentences

    # ------------------------------------------------------------------ cron

    @api.model
    def _cron_expiry(self):
        """Daily: an activity for documents that run out within 30 days or did not come as promised.

        Safe to repeat: a document is warned of once until its dates or files change. Committed
        one by one, so that a killed run has lost nothing.
        """
        documents = self.browse()
        for [company] in self._read_group([("warned_on", "=", False)], ["company_id"]):
            documents |= self.search(self._get_expiry_domain(company))
        self.env["ir.cron"]._commit_progress(remaining=len(documents))
        for document in documents:
            document._warn_expiry()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _get_expiry_domain(self, company):
        today = company._credit_today()
        there = Domain("attachment_ids", "!=", False)
        return (
            Domain("company_id", "=", company.id)
            & Domain("warned_on", "=", False)
            & (
                (there & Domain("date_valid", "<=", today + relativedelta(days=EXPIRY_DAYS)))
                | (~there & Domain("date_promised", "<", today))
            )
        )

    def _warn_expiry(self):
        """Create an activity for the customer's salesperson, else for credit control."""
        for document in self:
            company = document.company_id
            users = (
                document.partner_id.user_id.filtered(lambda u: company._credit_has_user(u))  # noqa: B023
                or company.credit_controller_id
                or company._credit_controllers()
            )
            for user in users[:1]:
                document.activity_schedule(
                    "credit_collection.mail_activity_credit_document",
                    date_deadline=document.date_valid or company._credit_today(),
                    user_id=user.id,
                    summary=self.env._("Renew %s", document.display_name)
                    if document.attachment_ids
                    else self.env._("%s not received as promised", document.display_name),
                )
            document.warned_on = company._credit_today()

    # ---- A document that credit control accepted, or a decision rests on, stays as it was handed in.
    #
    # Credit controllers accept with a button; a closed assessment and an approved application
    # accept the documents of their checklist. From then on salespeople and heads of sales change
    # neither the document nor its files; one that runs out they archive as it is, for a new one.

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        # After the defaults of a context, or of a user, are in.
        if not self.env.su and documents.filtered(lambda d: d.accepted_on or d.accepted_by_id):
            documents._refuse_acceptance()
        return documents

    def _check_accepted(self, vals):
        if not ACCEPTANCE.isdisjoint(vals):
            self._refuse_acceptance()
        changes = {name for name in vals if not name.startswith(_CHATTER_PREFIXES)}
        if not changes or self.env["res.partner"]._credit_may_decide():
            return
        archives = changes == {"active"} and not vals["active"]
        for document in self.filtered("accepted_on"):
            if not (archives and document.state in RUNS_OUT):
                raise AccessError(
                    self.env._(
                        "“%s” was accepted and cannot be changed. Credit control can withdraw "
                        "the acceptance; an expiring document can be archived for a new one.",
                        document.display_name,
                    )
                )

    def _refuse_acceptance(self):
        raise AccessError(
            self.env._("Only credit controllers can accept documents, with the button.")
        )

    def _accept(self):
        """Accept those of these documents that are here and valid."""
        # sudo: approvers need no rights on documents
        here = self.sudo().filtered(
            lambda d: not d.accepted_on and d.state in ("attached", "expiring")
        )
        for company, documents in here.grouped("company_id").items():
            documents.write(
                {"accepted_on": company._credit_today(), "accepted_by_id": self.env.uid}
            )

    def action_accept(self):
        """Accept these documents, as credit control.

        :raise AccessError: the user is no credit controller
        :raise UserError: there is no file, or it has expired
        """
        self._check_may_accept()
        for document in self:
            if document.state not in ("attached", "expiring"):
                raise UserError(
                    self.env._(
                        "“%s” cannot be accepted: it has no file, or has expired.",
                        document.display_name,
                    )
                )
        self._accept()
        return True

    def action_withdraw_acceptance(self):
        """Take the acceptance back, so that the document can be corrected."""
        self._check_may_accept()
        # sudo: written by the buttons only
        self.sudo().write(dict.fromkeys(ACCEPTANCE, False))
        return True

    def _frozen_files(self, attachments):
        """Return an accepted document that keeps one of these files, unless for credit control (P4-02)."""
        if self.env.user._has_role("controller"):
            return self.browse()
        return super()._frozen_files(attachments)

    def _check_may_accept(self):
        self.check_access("write")
        if not self.env["res.partner"]._credit_may_decide():
            self._refuse_acceptance()
