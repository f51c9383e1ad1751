from collections import defaultdict

from odoo import api, fields, models

from .credit_policy import CHAINS

STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("approved", "Written Off"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]

# Fields that people fill in while it is a draft.
INPUTS = {
    "reason_id", "explanation", "date", "tax_relief", "settlement_value",
    "settlement_account_id", "settlement_note", "fault_unit", "fault_user_id",
}  # fmt: skip

# Roles of Finance that give an opinion on missing evidence.
FINANCE = ("accountant", "controller", "finance_manager")


class ReceivableWriteoff(models.Model):
    """Application to write off debts of a customer: 核销申请 (P1-12, P3-08, P3-09).

    draft      gathered by the wizard; amounts may be lowered, documents attached
    requested  frozen, the approval tiers are at work
    approved   booked: the entry is `move_id`, remaining claims are in the lines
    rejected   refused; nothing was booked
    cancelled  withdrawn, or reversed by `reverse_move_id`

    | action          | who                                           | restriction         |
    | create, request | sales, collectors, controllers, accountants   | while a draft       |
    | approve, reject | reviewers of the tier whose turn it is        | never the requester |
    | withdraw        | who requested                                 | while requested     |
    | write off small | accountants                                   | up to the limit     |
    | cancel booked   | accountants                                   | nothing recovered   |

    One customer and one company; a line is an instalment. Amounts of lines are in their own
    currency, totals in company currency, at which the receivable stands in the books.
    """

    _name = "receivable.writeoff"
    _description = "Write-Off Request"
    _inherit = ["credit.numbered.mixin", "credit.approval.mixin", "receivable.entry.mixin"]
    _order = "id desc"
    _approval_fields = (
        "partner_id", "amount_total", "reason_id", "fault_unit", "fault_user_id", "explanation",
        "missing", "finance_opinion", "date",
    )  # fmt: skip
    _approval_amount = "amount_total"
    # The accounting date is entered later, by who books.
    _author_fields = frozenset(INPUTS - {"date"})
    _draft_state = "draft"
    _check_company_auto = True
    _mail_post_access = "read"

    state = fields.Selection(STATES, group_expand=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, readonly=True, tracking=True
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson", store=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    case_id = fields.Many2one("collection.case", readonly=True, index="btree_not_null")
    reason_id = fields.Many2one(
        "receivable.writeoff.reason", required=True, tracking=True, ondelete="restrict"
    )
    explanation = fields.Text(tracking=True)
    date = fields.Date(
        "Accounting Date", tracking=True, help="Empty = the day of the last approval."
    )
    # Clearance (P3-08): responsibility is settled first, Finance judges what is missing.
    chain = fields.Selection(
        CHAINS,
        "Approvals",
        compute="_compute_chain",
        store=True,
        help="By the policy of the customer when approval is requested.",
    )
    fault_unit = fields.Char("Responsible Unit", tracking=True)
    fault_user_id = fields.Many2one(
        "res.users", "Responsible Person", domain="[('share', '=', False)]", tracking=True
    )
    finance_opinion = fields.Text("Opinion of Finance", tracking=True, copy=False)
    needs_opinion = fields.Boolean(compute="_compute_needs_opinion")
    can_opine = fields.Boolean(compute="_compute_can_edit")
    team_approver_ids = fields.Many2many(
        "res.users", compute="_compute_approvers", string="Team Head"
    )
    division_approver_ids = fields.Many2many(
        "res.users", compute="_compute_approvers", string="Division Leader"
    )
    line_ids = fields.One2many("receivable.writeoff.line", "writeoff_id", "Write-Off Items")
    evidence_ids = fields.One2many("receivable.writeoff.evidence", "writeoff_id")
    tax_relief = fields.Boolean(
        tracking=True, help="The tax in the invoices is reclaimed from the tax authority."
    )
    settlement = fields.Selection(related="reason_id.settlement")
    settlement_value = fields.Monetary(
        "Value of Assets Received",
        tracking=True,
        help="Appraised value of the assets received instead of payment, in company currency.",
    )
    settlement_account_id = fields.Many2one(
        "account.account", "Account for Assets Received", check_company=True, tracking=True
    )
    settlement_note = fields.Char("Assets Received", tracking=True)

    amount_total = fields.Monetary("Amount", compute="_compute_amounts", store=True, tracking=True)
    amount_recovered = fields.Monetary("Recovered", compute="_compute_amounts", store=True)
    amount_claim = fields.Monetary("Remaining Claim", compute="_compute_amounts", store=True)
    allowance_amount = fields.Monetary("Charged to Allowance", readonly=True, copy=False)
    expense_amount = fields.Monetary("Expense", readonly=True, copy=False)
    tax_amount = fields.Monetary("Tax Relief Posted", readonly=True, copy=False)
    is_large = fields.Boolean(
        "Needs Additional Approval",
        compute="_compute_is_large",
        store=True,
        help="Above the amount in Settings: an additional approval is needed.",
    )
    is_small = fields.Boolean(
        "Small Difference", readonly=True, copy=False, help="Written off without approval."
    )
    missing = fields.Text("Missing Evidence", compute="_compute_missing")
    move_id = fields.Many2one("account.move", "Entry", readonly=True, copy=False, index=True)
    reverse_move_id = fields.Many2one(
        "account.move", "Reversal", readonly=True, copy=False, index="btree_not_null"
    )
    cancel_reason = fields.Char("Cancellation Reason", readonly=True, copy=False, tracking=True)
    can_edit = fields.Boolean(compute="_compute_can_edit")
    can_date = fields.Boolean(compute="_compute_can_edit")
    can_post_small = fields.Boolean(compute="_compute_can_edit")
    can_reverse = fields.Boolean(compute="_compute_can_edit")

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for writeoff in self:
            writeoff.display_name = f"{writeoff.name} ({writeoff.partner_id.name})"

    @api.depends(
        "state", "line_ids.balance", "line_ids.balance_recovered", "line_ids.balance_claim"
    )
    def _compute_amounts(self):
        for writeoff in self:
            lines = writeoff.line_ids
            writeoff.amount_total = sum(lines.mapped("balance"))
            writeoff.amount_recovered = sum(lines.mapped("balance_recovered"))
            writeoff.amount_claim = (
                sum(lines.mapped("balance_claim")) if writeoff.state == "approved" else 0.0
            )

    @api.depends("amount_total", "company_id.receivable_large_writeoff")
    def _compute_is_large(self):
        for writeoff in self:
            if writeoff.state not in ("draft", False):
                writeoff.is_large = writeoff.is_large  # the value at the request
                continue
            limit = writeoff.company_id.receivable_large_writeoff
            writeoff.is_large = bool(limit) and (
                writeoff.currency_id.compare_amounts(writeoff.amount_total, limit) > 0
            )

    @api.depends("state", "partner_id", "company_id")
    def _compute_chain(self):
        for writeoff in self:
            if writeoff.state not in ("draft", False):
                writeoff.chain = writeoff.chain  # the value at the request
                continue
            # sudo: the policy binds applicants who may not read it
            policy = writeoff.partner_id.sudo()._credit_policy(writeoff.company_id)
            writeoff.chain = policy.writeoff_chain or "standard"

    @api.depends("chain", "missing", "finance_opinion")
    def _compute_needs_opinion(self):
        for writeoff in self:
            writeoff.needs_opinion = (
                writeoff.chain == "clearance"
                and bool(writeoff.missing)
                and not (writeoff.finance_opinion or "").strip()
            )

    @api.depends("partner_id", "company_id", "case_id")
    def _compute_approvers(self):
        # sudo: approvers are found whoever asks
        for writeoff, found in zip(self, self.sudo(), strict=True):
            company = found.company_id
            writeoff.team_approver_ids = company._collection_head(found.case_id.team_id)
            customer = company._credit_in(found.partner_id)
            # Of the customer, whom managers name: the sales team of an invoice is written by those
            # who apply.
            writeoff.division_approver_ids = (
                company._collection_usable(customer.collection_leader_id)
                or company._collection_sales_head()
            )

    @api.depends("evidence_ids.state")
    def _compute_missing(self):
        for writeoff in self:
            rows = writeoff.evidence_ids.filtered(lambda row: row.state != "attached")
            writeoff.missing = "\n".join(row._get_missing_text() for row in rows)

    @api.depends_context("uid")
    @api.depends("state", "amount_total", "is_small")
    def _compute_can_edit(self):
        may = self.has_access("write")
        accountant = self.env.user._has_role("accountant")
        for writeoff in self:
            writeoff.can_edit = may and writeoff.state == "draft"
            writeoff.can_date = may and "date" in writeoff._get_open_fields()
            writeoff.can_post_small = bool(
                accountant and writeoff.state == "draft" and not writeoff._get_cannot_small_reason()
            )
            writeoff.can_reverse = accountant and writeoff.state == "approved"
            writeoff.can_opine = may and "finance_opinion" in writeoff._get_open_fields()

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        self.ensure_one()
        opinion = set()
        if self.env.user._has_role(*FINANCE) and self.env.user not in self._get_excluded_deciders():
            opinion = {"finance_opinion"}
        if self.state == "draft":
            return INPUTS | {"line_ids", "evidence_ids"}
        if self.state == "requested":
            # The day may be closed by the time of the decision, and documents may arrive.
            late = {"evidence_ids"} | opinion
            return late | {"date"} if self.env.user._has_role("accountant") else late
        return {"evidence_ids", "line_ids"} if self.state == "approved" else set()

    def _get_under_validation_exceptions(self):
        return [
            *super()._get_under_validation_exceptions(),
            "date", "evidence_ids", "line_ids", "finance_opinion",
        ]  # fmt: skip

    def _get_after_validation_exceptions(self):
        return [*super()._get_after_validation_exceptions(), "evidence_ids", "line_ids"]

    def _may_delete(self):
        return self.state == "draft" and not self.was_requested

    @api.model_create_multi
    def create(self, vals_list):
        writeoffs = super().create(vals_list)
        writeoffs._sync_evidence()
        return writeoffs

    def write(self, vals):
        result = super().write(vals)
        if "reason_id" in vals:
            self._sync_evidence()
        return result

    def _sync_evidence(self):
        """Keep one row for each document that the reason demands; rows with a file are kept."""
        # sudo: the list of documents is the system's
        for writeoff in self.sudo():
            wanted = writeoff.reason_id.document_ids
            writeoff.evidence_ids.filtered(
                lambda row, wanted=wanted: (
                    row.document_id and row.document_id not in wanted and not row.attachment_ids
                )
            )._system_unlink()
            self.env["receivable.writeoff.evidence"]._system_create(
                [
                    {"writeoff_id": writeoff.id, "document_id": document.id}
                    for document in wanted - writeoff.evidence_ids.document_id
                ]
            )

    # ------------------------------------------------------------------ buttons

    def action_print(self):
        """Print the application (核销申请)."""
        self.check_access("read")
        return self.env.ref("credit_collection.action_report_receivable_writeoff").report_action(
            self
        )

    def action_open_entry(self):
        """Open the entry of the write-off, or its reversal."""
        self.ensure_one()
        self.check_access("read")
        return self._open_entries(self.move_id | self.reverse_move_id)

    def action_open_claims(self):
        """Open the remaining claims of the write-off."""
        self.check_access("read")
        return self._open_records(
            "receivable_claim_action", domain=[("writeoff_id", "in", self.ids)], context={}
        )

    # ---- The entry of a write-off.
    #
    #     Dr receipts in kind                      their appraised value
    #     Dr tax account of each invoice           its tax share, with tax relief
    #     Dr allowance                             as far as it reaches
    #     Dr bad-debt expense                      the rest
    #     Cr receivable, per instalment            at its value in the books, in its currency
    #
    # The receivable leaves at the rate at which it stands in the books, so that writing off
    # a foreign claim makes no exchange difference.

    def _do_book(self):
        """Post the entry, reconcile the instalments, start the register, end the case."""
        # sudo: users who book need not see the case
        cases = self.env["collection.case"].sudo()
        for writeoff in self:
            lines = writeoff.line_ids
            lines._check_open()
            lines._set_balance()
            date = writeoff._get_booking_date()
            writeoff.company_id._receivable_lock_allowance()
            values, amounts = writeoff._prepare_entry(date)
            move, items = writeoff._post_entry(date, values, writeoff.name)
            for line, item in zip(lines, items, strict=False):
                # The tax of an unpaid invoice does not become due because it is given up.
                pair = line.move_line_id.with_env(item.env) | item
                pair.with_context(no_cash_basis=True).reconcile()
            writeoff._system_write(
                {
                    "move_id": move.id,
                    "date": date,
                    "allowance_amount": amounts["allowance"],
                    "expense_amount": amounts["expense"],
                    "tax_amount": amounts["tax"],
                    "case_id": writeoff.case_id.id
                    or cases._find_open(writeoff.partner_id, writeoff.company_id).id,
                }
            )
            writeoff._start_claims(date)
            writeoff._end_case()

    def _start_claims(self, date):
        """Keep written-off amounts as claims; not small differences nor discounts agreed."""
        self.ensure_one()
        total = sum(self.line_ids.mapped("balance"))
        share = 1.0 - (self._get_settled_amount() / total if total else 0.0)
        keeps = self.reason_id.keeps_claim and not self.is_small
        for line in self.line_ids:
            claim = line.currency_id.round(line.amount * share) if keeps else 0.0
            line._system_write(
                {
                    "date_booked": date,
                    "amount_claim": claim,
                    "amount_recovered": 0.0,
                    "claim_stage": "watch" if claim else "ended",
                    "is_watched": bool(claim),
                    "review_date": self._get_review_date(date) if claim else False,
                }
            )

    def _get_settled_amount(self):
        return self.settlement_value if self.settlement != "none" else 0.0

    # ------------------------------------------------------------------ values

    def _prepare_entry(self, date):
        """Return values of the entry's items, the credits first in the order of the lines.

        :return: (list of values, amounts {"allowance", "expense", "tax"} in company currency)
        :raise UserError: an account is missing
        """
        self.ensure_one()
        company, currency = self.company_id, self.currency_id
        credits = [self._prepare_credit(line) for line in self.line_ids]
        total = -sum(values["balance"] for values in credits)
        settled = self._get_settled_amount()
        taxes = self._prepare_taxes(1.0 - (settled / total if total else 0.0))
        tax = sum(values["balance"] for values in taxes)
        loss = currency.round(total - settled - tax)
        debits = []
        if settled:
            debits.append(
                self._prepare_debit(
                    self.settlement_account_id, settled, self.settlement_note or self.name
                )
            )
        debits += taxes
        allowance = 0.0
        # sudo: users of a branch alone write off in the books of its root
        own_account = self.reason_id.sudo().with_company(company).account_id
        if loss and not own_account:
            allowance = min(loss, company._receivable_allowance_balance(self.partner_id, date))
            if allowance:
                account = company._receivable_account("allowance")
                debits.append(self._prepare_debit(account, allowance, self.reason_id.name))
        expense = currency.round(loss - allowance)
        if expense:
            account = own_account or company._receivable_account("expense")
            debits.append(self._prepare_debit(account, expense, self.reason_id.name))
        amounts = {"allowance": allowance, "expense": expense, "tax": tax}
        return credits + debits, amounts

    def _prepare_credit(self, line):
        item = line.move_line_id
        return {
            "name": self.env._("%(name)s: %(invoice)s", name=self.name, invoice=line.move_name),
            "account_id": item.account_id.id,
            "partner_id": item.partner_id.id,
            "currency_id": item.currency_id.id,
            "amount_currency": -line.amount,
            "balance": -line.balance,
            "date_maturity": item.date_maturity,
        }

    def _prepare_debit(self, account, balance, name):
        return {
            "name": name,
            "account_id": account.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "amount_currency": balance,
            "balance": balance,
        }

    def _prepare_taxes(self, share):
        """Return the tax taken back: of each invoice's tax items the share that is written off.

        :param share: of the written-off amounts that is really lost
        """
        if not self.tax_relief:
            return []
        return [
            {
                **self._prepare_debit(account, balance, tax.name),
                "tax_tag_ids": [(6, 0, tags.ids)],
            }
            for (account, tags, tax), balance in self._get_taxes(
                dict.fromkeys(self.line_ids, share)
            ).items()
            if balance
        ]

    def _get_taxes(self, shares):
        """Return {(account, tags, tax): tax in company currency} of shares of the write-off.

        :param shares: {line: share of its amount}
        """
        totals = defaultdict(float)
        for line, share in shares.items():
            move = line.move_line_id.move_id
            terms = move.line_ids.filtered(lambda li: li.display_type == "payment_term")
            billed = sum(terms.mapped("balance"))
            if not billed:
                continue
            for tax in move.line_ids.filtered(lambda li: li.display_type == "tax"):
                key = (tax.account_id, tax.tax_tag_ids, tax.tax_line_id)
                totals[key] -= tax.balance * line.balance / billed * share
        return {key: self.currency_id.round(amount) for key, amount in totals.items()}
