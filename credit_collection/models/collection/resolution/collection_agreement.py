from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, format_date

STATES = [
    ("draft", "Draft"),
    ("requested", "Approval Requested"),
    ("active", "Active"),
    ("kept", "Fulfilled"),
    ("broken", "In Default"),
    ("rejected", "Rejected"),
    ("lapsed", "Lapsed"),
    ("cancelled", "Cancelled"),
]

# How far ahead the dates of an agreement may lie, in years.
YEARS = 5

# Fields a collector fills in while it is a draft; the schedule follows from them.
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
    active     in force: its items are blocked; payments decide the rest
    kept       all paid as agreed
    broken     an instalment was missed: the plan ends, the acknowledgement of the debt does not; the
               items are chased again, people are notified; in force
               again when a statement entered late shows that it was paid in time
    lapsed     the signed copy did not arrive in the days that the company grants
    rejected, cancelled   never came into force, or was ended by hand with a reason

    | action          | who                                   | restriction                    |
    | create, request | collectors, credit controllers        | draft                          |
    | approve, reject | reviewers of the tier whose turn it is| never the requester            |
    | sign            | collectors, credit controllers        | requested or in force          |
    | cancel          | collectors, credit controllers        | draft, requested; active: head,|
    |                 |                                       | collector on the same day      |

    One customer, company and currency. Only the principal can be reconciled with the items,
    so it alone decides whether an instalment is paid; the fee is shown in the schedule and on
    paper, due with its instalment, and charged by a note of area `receivable`. The schedule is in
    collection_agreement_schedule.py, flow and verdict in
    collection_agreement_flow.py.
    """

    _name = "collection.agreement"
    _description = "Repayment Agreement"
    _inherit = [
        "credit.customer.mixin",
        "credit.attachment.mixin",
        "credit.numbered.mixin",
        "credit.approval.mixin",
        "collection.resolution.mixin",
    ]
    _files_field = "signed_attachment_ids"
    _frozen_when = {"signed_attachment_ids": [("state", "!=", "draft")]}
    _order = "id desc"
    _approval_fields = (
        "partner_id", "amount_total", "instalment_count", "date_first", "date_last", "fee_total",
        "authority_note", "note",
    )  # fmt: skip
    _approval_amount = "amount_total"
    _author_fields = frozenset(INPUTS)
    _check_company_auto = True
    _mail_post_access = "read"
    _state_to = ["active"]

    state = fields.Selection(STATES)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.root_id.currency_id
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
            ("down30", "30% now, 70% in 15 days"),
            ("extension", "30-day extension with a fee"),
            ("six_fee", "6 installments, fee from the 4th"),
            ("three", "3 installments without a fee"),
            ("custom", "Custom"),
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
    down_percent = fields.Float("Down Payment (%)", digits=(5, 2), aggregator=None)
    down_fixed = fields.Monetary("Down Payment (Amount)")
    down_date = fields.Date("Down Payment on")
    instalment_count = fields.Integer("Number of Installments", default=3, required=True)
    interval = fields.Integer("Every", default=1, required=True, aggregator=None)
    interval_unit = fields.Selection(
        [("days", "Days"), ("weeks", "Weeks"), ("months", "Months")],
        "Unit",
        default="months",
        required=True,
    )
    date_first = fields.Date(
        "First Installment on",
        required=True,
        default=lambda self: self.env.company._credit_today() + relativedelta(months=1),
    )
    fee_rate = fields.Float(
        "Fee (% per Day)",
        digits=(16, 4),
        help="On the amount of an installment, for the days since the last one without a fee was "
        "due, or since the agreement. Due with the installment, and charged then by an interest "
        "note.",
        aggregator=None,
    )
    fee_from = fields.Integer(
        "Fee from Installment No.",
        default=1,
        required=True,
        help="1 = from the first on.",
        aggregator=None,
    )
    duties_customer = fields.Text("Customer's Obligations")
    duties_company = fields.Text("Our Obligations")
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
        help="Amount waived of the company's standard fee, in company currency.",
    )
    schedule_error = fields.Char(readonly=True, copy=False)
    left_out_note = fields.Text(
        "Disputed, Not Part of It",
        readonly=True,
        copy=False,
        help="Disputed amounts of overdue items, which the agreement does not cover.",
    )
    date_active = fields.Date("Active Since", readonly=True, copy=False)
    date_lapse = fields.Date(
        "Signed Copy by",
        compute="_compute_date_lapse",
        help="Without the signed copy it lapses then.",
    )
    can_cancel = fields.Boolean(compute="_compute_can_edit")
    date_last = fields.Date("Last Installment on", readonly=True, copy=False)
    amount_paid = fields.Monetary(
        "Paid", compute="_compute_paid", help="Of the principal, according to the current ledger."
    )
    date_next = fields.Date("Next Installment on", compute="_compute_paid")
    date_end = fields.Date("Ended on", readonly=True, copy=False)
    end_note = fields.Char("End Reason", readonly=True, copy=False)
    authority_note = fields.Text("Exceeds Collector's Authority", compute="_compute_authority")

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
    @api.depends("state", "date_active", "requested_by_id", "user_id")
    def _compute_can_edit(self):
        may = self._may_collect()
        for agreement in self:
            agreement.can_edit = may and agreement.state == "draft"
            agreement.can_cancel = (
                may
                and agreement.state in ("draft", "requested", "active")
                and (agreement.state != "active" or agreement._may_end())
            )

    def _may_end(self):
        """Return whether the user ends an active agreement: a manager, its collector on the same day."""
        self.ensure_one()
        if self.env.su or self.env.user._has_role("collection_manager"):
            return True
        return (
            self.env.user in (self.requested_by_id | self.user_id)
            and self.date_active == self.company_id._credit_today()
        )

    @api.depends("date_active", "signed_attachment_ids", "state", "company_id")
    def _compute_date_lapse(self):
        for agreement in self:
            # sudo: a setting
            days = agreement.company_id.sudo().collection_agreement_sign_days
            is_open = agreement.state == "active" and not agreement.signed_attachment_ids
            agreement.date_lapse = (
                days and is_open and agreement.date_active
                and agreement.date_active + relativedelta(days=days)
            )  # fmt: skip

    @api.depends("item_ids.amount", "item_ids.residual", "item_ids.move_id.state", "line_ids.state")
    def _compute_paid(self):
        for agreement in self:
            # sudo: sums over journal items that a collector need not open
            items = agreement.sudo().item_ids
            agreement.amount_paid = sum(
                i.amount
                if i.move_id.state == "cancel"
                else min(max(i.amount + i._get_left_out() - i.residual, 0.0), i.amount)
                for i in items
            )
            agreement.date_next = min(
                agreement.line_ids.filtered(lambda line: line.state == "open").mapped("date_due"),
                default=False,
            )

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        self.ensure_one()
        if not self._may_collect():
            return set()
        if self.state == "draft":
            return INPUTS | SIGNATURE
        return SIGNATURE if self.state in ("requested", "active", "kept") else set()

    def _get_under_validation_exceptions(self):
        # The signed document may arrive while the managers decide.
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
            case = self._get_open_case(agreement.partner_id, agreement.company_id)
            agreement._system_write({"case_id": case.id})
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
                    self.env._(
                        "Signed on %s lies in the future.",
                        format_date(self.env, agreement.signed_date),
                    )
                )

    @api.constrains("date", "date_first", "down_date")
    def _check_days(self):
        for agreement in self.filtered(lambda one: one.state == "draft"):
            today = agreement.company_id._credit_today()
            last = today + relativedelta(years=YEARS)
            for name, first, end in (
                ("date", today - relativedelta(years=1), today),
                ("date_first", today, last),
                ("down_date", agreement.date, agreement.date_first),
            ):
                day = agreement[name]
                if name == "down_date" and agreement.down_type == "none":
                    continue
                if day and not first <= day <= end:
                    raise ValidationError(
                        self.env._(
                            "%(field)s: a day from %(first)s to %(end)s, not %(day)s.",
                            field=self._fields[name]._description_string(self.env),
                            first=format_date(self.env, first),
                            end=format_date(self.env, end),
                            day=format_date(self.env, day),
                        )
                    )

    # ---- The items of an agreement, as it is created.

    def _propose_items(self):
        """Return ids of the overdue items under no other agreement, that are not disputed whole."""
        # sudo: items of the customer, whom the collector asks for payment
        rows = (
            self.env["credit.open.item"]
            .sudo()
            ._get_items(self.company_id, self.partner_id.ids or [0])
        )
        disputed = self._get_disputed([row["move_line_id"] for row in rows])
        return [
            row["move_line_id"]
            for row in rows
            if row["days"] > 0
            and float(row["net_currency"]) - disputed.get(row["move_line_id"], 0.0) > 0
            and row["currency_id"] == self.currency_id.id
            and "agreement" not in row["block_codes"]
        ]

    def _get_disputed(self, line_ids):
        """Return {move line id: disputed amount}, in the currency of the item."""
        if not line_ids:
            return {}
        # sudo: disputes of the customer, whoever registered them
        items = self.env["credit.open.item"].sudo()
        items._flush_sources()
        rows = self.env.execute_query(
            SQL(
                "WITH family AS (SELECT id, commercial_partner_id FROM res_partner"
                " WHERE commercial_partner_id = %s), %s"
                " SELECT move_line_id, SUM(amount) FROM (%s) disputed WHERE move_line_id IN %s"
                " GROUP BY move_line_id",
                self.partner_id.commercial_partner_id.id or 0,
                items._first_ctes_sql(self.company_id._credit_root(), SQL("family")),
                items._select_block_dispute(),
                tuple(line_ids),
            )
        )
        return {line_id: float(amount) for line_id, amount in rows}

    @api.onchange("partner_id", "company_id")
    def _onchange_partner_id(self):
        """Fill in what the customer owes, in the currency of the oldest overdue item."""
        customer = self.partner_id.commercial_partner_id
        if self.state != "draft" or not customer or not self._may_collect():
            return
        # sudo: items of the customer, whom the collector asks for payment
        rows = self.env["credit.open.item"].sudo()._get_items(self.company_id, customer.ids)
        overdue = [row for row in rows if row["days"] > 0 and row["net_currency"] > 0]
        if overdue and self.currency_id.id not in {row["currency_id"] for row in overdue}:
            self.currency_id = overdue[0]["currency_id"]
        self._onchange_currency_id()

    @api.onchange("currency_id")
    def _onchange_currency_id(self):
        if self.state == "draft" and self.partner_id and self._may_collect():
            self.item_ids = [
                Command.clear(),
                *(Command.create({"move_line_id": line}) for line in self._propose_items()),
            ]
            self._onchange_terms()

    def _fill_items(self):
        """Cover every overdue item of the customer that is under no other agreement."""
        self.ensure_one()
        known = set(self.item_ids.move_line_id.ids)
        chosen = [line for line in self._propose_items() if line not in known]
        self.env["collection.agreement.item"]._system_create(
            [{"agreement_id": self.id, "move_line_id": line} for line in chosen]
        )
        return chosen

    def action_fill_items(self):
        """Add every overdue item of the customer in the currency of the agreement.

        :raise UserError: not a draft, or there is nothing to add
        """
        self._check_may_collect()
        for agreement in self:
            agreement.check_access("write")
            if agreement.state != "draft":
                raise UserError(self.env._("%s is no longer a draft.", agreement.display_name))
            if not agreement._fill_items():
                raise UserError(
                    self.env._(
                        "%(customer)s has no further overdue item in %(currency)s.",
                        customer=agreement.partner_id.name,
                        currency=agreement.currency_id.name,
                    )
                )
        self._rebuild_schedule()
        return True


class CollectionAgreementLine(models.Model):
    """One instalment of a repayment agreement: principal, fee and outcome."""

    _name = "collection.agreement.line"
    _description = "Installment of a Repayment Agreement"
    _inherit = ["credit.protected.mixin"]
    _order = "agreement_id, number, id"

    agreement_id = fields.Many2one(
        "collection.agreement", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="agreement_id.partner_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id", store=True)
    agreement_state = fields.Selection(related="agreement_id.state", string="Agreement Status")
    number = fields.Integer("No.", readonly=True, aggregator=None, help="0 = down payment.")
    date_due = fields.Date("Due", required=True, readonly=True)
    date_limit = fields.Date("Evaluated after", readonly=True, help="Due date and grace period.")
    amount = fields.Monetary("Principal", required=True, readonly=True)
    fee_days = fields.Integer("Days of the Fee", readonly=True, aggregator=None)
    fee = fields.Monetary(readonly=True)
    amount_due = fields.Monetary("To Pay", compute="_compute_amount_due", store=True)
    amount_paid = fields.Monetary("Paid in Time", readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("paid", "Paid"), ("missed", "Missed")],
        string="Status",
        default="open",
        required=True,
        readonly=True,
    )

    _once = models.UniqueIndex("(agreement_id, number)", "Each installment number must be unique.")

    @api.depends("amount", "fee")
    def _compute_amount_due(self):
        for line in self:
            line.amount_due = line.amount + line.fee

    @api.depends("agreement_id", "number")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.agreement_id.name} / {line.number}"


class CollectionAgreementItem(models.Model):
    """An open item that a repayment agreement covers, with its open amount at that time."""

    _name = "collection.agreement.item"
    _description = "Item of a Repayment Agreement"
    _inherit = ["credit.protected.mixin"]
    _order = "agreement_id, date_maturity, id"
    _rec_name = "move_id"

    agreement_id = fields.Many2one(
        "collection.agreement", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="agreement_id.state", store=True)
    partner_id = fields.Many2one(related="agreement_id.partner_id")
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line", "Item", required=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice", store=True)
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due Date", store=True)
    amount = fields.Monetary(
        "Open Amount",
        readonly=True,
        help="At the request of the agreement, less unapplied payments.",
    )
    amount_left_out = fields.Monetary(
        "Disputed",
        readonly=True,
        help="Not included in the agreement: amounts the customer disputes.",
    )
    credited_start = fields.Monetary(readonly=True, help="By credit notes, before the agreement.")
    residual = fields.Monetary(
        related="move_line_id.amount_residual_currency", string="Open Now", aggregator=None
    )

    _once = models.UniqueIndex(
        "(agreement_id, move_line_id)", "Each item stands in an agreement once."
    )
    _in_force_once = models.UniqueIndex(
        "(move_line_id) WHERE state IN ('requested', 'active')",
        "This item is under another repayment agreement already.",
    )

    @api.model
    def _get_create_fields(self):
        return {"agreement_id", "move_line_id"}

    def _get_credited(self):
        """Return the amount that credit notes took off the item."""
        return sum(
            partial.debit_amount_currency
            for partial in self.move_line_id.matched_credit_ids
            if partial.credit_move_id.move_id.move_type == "out_refund"
        )

    def _get_left_out(self):
        """Return the disputed amount that is still no part of it: credit notes settle that part first."""
        credited = self._get_credited() - self.credited_start if self.amount_left_out else 0.0
        return max(self.amount_left_out - max(credited, 0.0), 0.0)

    @api.model
    def _left_out_sql(self, alias):
        """Return `_get_left_out` as SQL for a row `alias` of this table."""
        return SQL(
            """
            CASE WHEN COALESCE(%(item)s.amount_left_out, 0) = 0 THEN 0 ELSE GREATEST(
                %(item)s.amount_left_out - GREATEST((
                    SELECT COALESCE(SUM(partial.debit_amount_currency), 0)
                      FROM account_partial_reconcile partial
                      JOIN account_move_line credit ON credit.id = partial.credit_move_id
                      JOIN account_move note
                        ON note.id = credit.move_id AND note.move_type = 'out_refund'
                     WHERE partial.debit_move_id = %(item)s.move_line_id)
                    - COALESCE(%(item)s.credited_start, 0), 0), 0) END
            """,
            item=SQL.identifier(alias),
        )

    def _may_delete(self):
        return self.agreement_id.can_edit

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        if not self._is_system() and not all(item.agreement_id.can_edit for item in items):
            raise AccessError(self.env._("Items are chosen while the agreement is a draft."))
        return items

    @api.constrains("move_line_id")
    def _check_item(self):
        for item in self:
            # sudo: the open item itself, of which the collector asks for payment
            line, agreement = item.move_line_id.sudo(), item.agreement_id
            if (
                line.account_id.account_type != "asset_receivable"
                or line.parent_state != "posted"
                or line.amount_residual_currency <= 0
            ):
                raise ValidationError(self.env._("%s is not open.", line.move_id.name))
            if (
                line.partner_id.commercial_partner_id != agreement.partner_id
                or line.company_id.root_id != agreement.company_id
                or line.currency_id != agreement.currency_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(item)s does not belong to %(customer)s, %(company)s, %(currency)s.",
                        item=line.move_id.name,
                        customer=agreement.partner_id.name,
                        company=agreement.company_id.name,
                        currency=agreement.currency_id.name,
                    )
                )
