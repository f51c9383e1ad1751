from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

STATES = [
    ("draft", "Draft"),
    ("requested", "Approval Requested"),
    ("active", "Active"),
    ("kept", "Kept"),
    ("broken", "Broken"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]
# What a collector fills in while it is a draft; the schedule follows from it.
TERMS = {
    "date", "down_type", "down_percent", "down_fixed", "down_date", "instalment_count",
    "interval", "interval_unit", "date_first", "fee_rate", "fee_from",
}  # fmt: skip
INPUTS = TERMS | {
    "preset", "partner_id", "company_id", "currency_id", "user_id", "item_ids",
    "duties_customer", "duties_company", "note",
}  # fmt: skip
SIGNATURE = {"signed_date", "signed_by", "signed_attachment_ids"}


class CollectionAgreement(models.Model):
    """A signed repayment agreement, 还款协议 (P1-10): down payment, instalments, fee.

    draft      terms are agreed on; the schedule follows them
    requested  frozen; beyond the collector's authority (P2-02), the tiers decide
    active     in force: its items rest; payments decide the rest
    kept       all paid as agreed
    broken     an instalment was missed: the items are chased again, people are told; in force
               again when a statement entered late shows that it was paid in time
    rejected, cancelled   never came into force, or was ended by hand with a reason

    | action          | who                                   | restriction                    |
    | create, request | collectors, credit controllers        | draft                          |
    | approve, reject | reviewers of the tier whose turn it is| never the requester            |
    | sign            | collectors, credit controllers        | requested or in force          |
    | cancel          | collectors, credit controllers        | draft, requested; active: head |

    One customer, company and currency. Only the principal can be reconciled with the items,
    so it alone decides whether an instalment is paid; the fee is shown in the schedule and on
    paper, due with its instalment, and not booked by this. The schedule is in
    collection_agreement_schedule.py, the flow in collection_agreement_flow.py, the verdict in
    collection_agreement_judge.py.
    """

    _name = "collection.agreement"
    _description = "Repayment Agreement"
    _inherit = [
        "credit.customer.mixin", "credit.attachment.mixin", "credit.approval.mixin",
        "collection.fact.mixin",
    ]  # fmt: skip
    _files_field = "signed_attachment_ids"
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _state_to = ["active"]

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    case_id = fields.Many2one(
        "collection.case", readonly=True, index=True, check_company=True, ondelete="set null"
    )
    user_id = fields.Many2one(
        "res.users", "Collector", default=lambda self: self.env.user, index=True
    )
    date = fields.Date(
        "Agreed on", required=True, default=lambda self: self.env.company._credit_today()
    )
    item_ids = fields.One2many("collection.agreement.item", "agreement_id", "Items", copy=False)

    preset = fields.Selection(
        [
            ("down30", "30 % now, 70 % in 15 days"),
            ("extension", "Extension of 30 days against a fee"),
            ("six_fee", "6 instalments, fee from the 4th"),
            ("three", "3 instalments without a fee"),
            ("custom", "Free"),
        ],
        "Proposal",
        default="custom",
        required=True,
    )
    down_type = fields.Selection(
        [("none", "None"), ("percent", "Percent"), ("fixed", "Amount")],
        "Down Payment",
        default="none",
        required=True,
    )
    down_percent = fields.Float("Down Payment (%)", digits=(5, 2))
    down_fixed = fields.Monetary("Down Payment (Amount)")
    down_date = fields.Date("Down Payment on")
    instalment_count = fields.Integer("Instalments", default=3, required=True)
    interval = fields.Integer("Every", default=1, required=True)
    interval_unit = fields.Selection(
        [("days", "Days"), ("weeks", "Weeks"), ("months", "Months")],
        "Unit",
        default="months",
        required=True,
    )
    date_first = fields.Date(
        "First Instalment on",
        required=True,
        default=lambda self: self.env.company._credit_today() + relativedelta(months=1),
    )
    fee_rate = fields.Float(
        "Fee (% per Day)",
        digits=(16, 4),
        help="On the amount of an instalment, for the days since the last one without a fee was"
        " due, or since the agreement. Shown in the schedule, due with the instalment, not booked.",
    )
    fee_from = fields.Integer(
        "Fee from Instalment", default=1, required=True, help="1 = from the first on."
    )
    duties_customer = fields.Text("Duties of the Customer")
    duties_company = fields.Text("Our Duties")
    note = fields.Text("Remarks")

    line_ids = fields.One2many(
        "collection.agreement.line", "agreement_id", "Schedule", readonly=True, copy=False
    )
    amount_total = fields.Monetary(
        "Principal", readonly=True, copy=False, tracking=True, help="Open amount of the items."
    )
    amount_company = fields.Monetary(
        "Principal (Company Currency)",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
    )
    fee_total = fields.Monetary("Fees", readonly=True, copy=False)
    fee_waived = fields.Monetary(
        readonly=True,
        copy=False,
        currency_field="company_currency_id",
        help="How far below the usual fee of the company, in company currency (P2-02).",
    )
    schedule_error = fields.Char(readonly=True, copy=False)
    date_last = fields.Date("Last Instalment on", readonly=True, copy=False)
    amount_paid = fields.Monetary(
        "Paid", compute="_compute_paid", help="Of the principal, as the books are now."
    )
    date_next = fields.Date("Next Instalment on", compute="_compute_paid")
    date_end = fields.Date("Ended on", readonly=True, copy=False)
    end_note = fields.Char("Why It Ended", readonly=True, copy=False)
    authority_note = fields.Text("Beyond the Collector's Authority", compute="_compute_authority")

    signed_date = fields.Date("Signed on", copy=False, tracking=True)
    signed_by = fields.Char("Signed by", copy=False)
    signed_attachment_ids = fields.Many2many(
        "ir.attachment",
        "collection_agreement_signed_rel",
        string="Signed Copy",
        copy=False,
    )
    sign_warned = fields.Boolean(readonly=True, copy=False)
    can_edit = fields.Boolean(compute="_compute_can_edit")

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for agreement in self:
            agreement.display_name = (
                f"{agreement.name} ({agreement.partner_id.name})"
                if agreement.partner_id
                else agreement.name
            )

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_edit(self):
        may = self._may_collect()
        for agreement in self:
            agreement.can_edit = may and agreement.state == "draft"

    @api.depends("item_ids.amount", "item_ids.residual", "item_ids.move_id.state", "line_ids.state")
    def _compute_paid(self):
        for agreement in self:
            # sudo: sums over journal items that a collector need not open
            items = agreement.sudo().item_ids
            agreement.amount_paid = sum(
                i.amount if i.move_id.state == "cancel" else max(i.amount - i.residual, 0.0)
                for i in items
            )
            agreement.date_next = min(
                agreement.line_ids.filtered(lambda line: line.state == "open").mapped("date_due"),
                default=False,
            )

    # ------------------------------------------------------------------ what people may write

    def _get_open_fields(self):
        self.ensure_one()
        if not self._may_collect():
            return set()
        if self.state == "draft":
            return INPUTS | SIGNATURE
        return SIGNATURE if self.state in ("requested", "active", "kept") else set()

    def _get_under_validation_exceptions(self):
        # The signed paper may arrive while the managers decide.
        return [*super()._get_under_validation_exceptions(), *SIGNATURE]

    @api.model
    def _get_create_fields(self):
        return INPUTS | SIGNATURE

    def _may_delete(self):
        return self.state == "draft" and self._may_collect()

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_collect()
        given = [bool(vals.get("item_ids")) for vals in vals_list]  # a form sends an empty list
        agreements = super().create([self._with_preset(vals) for vals in vals_list])
        for agreement, has_items in zip(agreements, given, strict=True):
            self._check_portfolio(agreement.partner_id, agreement.company_id)
            agreement.sudo()._system().write(
                {
                    "name": self.env["ir.sequence"]
                    .sudo()
                    .with_company(agreement.company_id)
                    .next_by_code("collection.agreement")
                    or "/",
                    "case_id": self._get_open_case(agreement.partner_id, agreement.company_id).id,
                }
            )
            if not has_items:
                agreement._fill_items()
        agreements._rebuild_schedule()
        return agreements

    def write(self, vals):
        result = super().write(self._with_preset(vals))
        if not self._is_system() and not INPUTS.isdisjoint(vals):
            self._rebuild_schedule()
        return result

    @api.constrains("signed_date")
    def _check_signed_date(self):
        for agreement in self.filtered("signed_date"):
            if agreement.signed_date > agreement.company_id._credit_today():
                raise ValidationError(
                    self.env._("Signed on %s lies in the future.", agreement.signed_date)
                )
