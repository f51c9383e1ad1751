from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...credit.terms.res_partner import BLOCKED_CONTROLS

STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("approved", "Posted"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]

INPUTS = {"amount", "reason", "date", "deposit_account_id", "penalty_account_id"}

# Where a deposit received stands, and what a penalty is credited to.
DEPOSITS = "('liability_current', 'liability_non_current', 'liability_payable')"

INCOMES = "('income', 'income_other')"


class ReceivablePenalty(models.Model):
    """A deposit kept as penalty: 保证金转为违约金 (P5-15).

        Dr deposits received
        Cr penalty income

    draft      prepared from the deposit: amount, reason, accounts
    requested  frozen, the approval tiers are at work
    approved   booked: the deposit is less by the amount, the customer is frozen
    rejected   refused; nothing was booked
    cancelled  withdrawn, or reversed: the deposit is as large as before, the freeze is lifted by people

    | action          | who                       | restriction         |
    | create, request | controllers, accountants  | while a draft       |
    | approve, reject | reviewers of the tier     | never the requester |
    | withdraw        | requester, author         | while requested     |
    | set the day     | accountants               | until it is decided |
    | reverse         | accountants               | while booked        |

    Amounts are in company currency. Tax on the penalty is not booked here.
    """

    _name = "receivable.penalty"
    _description = "Penalty from Deposit"
    _inherit = ["credit.numbered.mixin", "credit.approval.mixin", "receivable.entry.mixin"]
    _order = "id desc"
    _approval_fields = (
        "partner_id",
        "security_id",
        "amount",
        "reason",
        "deposit_account_id",
        "penalty_account_id",
        "date",
    )
    _approval_amount = "amount"
    # The accounting date is entered later, by who books.
    _author_fields = frozenset(INPUTS - {"date"})
    _check_company_auto = True
    _mail_post_access = "read"

    state = fields.Selection(STATES)
    security_id = fields.Many2one(
        "credit.security",
        "Deposit",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("kind", "=", "deposit")],
    )
    partner_id = fields.Many2one(
        related="security_id.commercial_partner_id", string="Customer", store=True, index=True
    )
    company_id = fields.Many2one(related="security_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    security_value = fields.Monetary(related="security_id.value", string="Deposit at Present")
    amount = fields.Monetary(required=True, tracking=True, help="At most the value of the deposit.")
    reason = fields.Text(tracking=True, help="The breach, and the clause of the contract.")
    date = fields.Date(
        "Accounting Date", tracking=True, help="Empty = the day of the last approval."
    )
    deposit_account_id = fields.Many2one(
        "account.account",
        "Deposits Received",
        check_company=True,
        tracking=True,
        domain=f"[('account_type', 'in', {DEPOSITS})]",
        help="The liability account on which the deposit stands; it is debited.",
    )
    penalty_account_id = fields.Many2one(
        "account.account",
        "Penalty Income",
        check_company=True,
        tracking=True,
        domain=f"[('account_type', 'in', {INCOMES})]",
        help="Income account that is credited.",
    )
    move_id = fields.Many2one("account.move", "Entry", readonly=True, copy=False, index=True)
    reverse_move_id = fields.Many2one(
        "account.move", "Reversal", readonly=True, copy=False, index="btree_not_null"
    )
    cancel_reason = fields.Char("Cancellation Reason", readonly=True, copy=False, tracking=True)
    can_edit = fields.Boolean(compute="_compute_can_edit")
    can_reverse = fields.Boolean(compute="_compute_can_edit")
    can_date = fields.Boolean(compute="_compute_can_edit")
    can_withdraw = fields.Boolean(compute="_compute_can_edit")

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A penalty must be greater than zero."
    )

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_edit(self):
        may, accountant = self.has_access("write"), self.env.user._has_role("accountant")
        for penalty in self:
            penalty.can_edit = may and penalty.state == "draft"
            penalty.can_reverse = accountant and penalty.state == "approved"
            penalty.can_date = may and "date" in penalty._get_open_fields()
            penalty.can_withdraw = penalty.can_edit or (
                may and penalty.state == "requested" and penalty._may_withdraw()
            )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for penalty in self:
            penalty.display_name = f"{penalty.name} ({penalty.partner_id.name})"

    @api.constrains("security_id")
    def _check_kind(self):
        for penalty in self:
            if penalty.security_id.kind != "deposit":
                raise ValidationError(
                    self.env._(
                        "%s is no deposit: only a deposit can be kept as penalty.",
                        penalty.security_id.display_name,
                    )
                )

    @api.constrains("deposit_account_id", "penalty_account_id")
    def _check_accounts(self):
        for penalty in self:
            # sudo: types of accounts, for controllers who keep no books
            deposit, income = penalty.sudo().deposit_account_id, penalty.sudo().penalty_account_id
            for account, prefix in ((deposit, "liability_"), (income, "income")):
                if account and not account.account_type.startswith(prefix):
                    raise ValidationError(
                        self.env._(
                            "%s cannot be used: a deposit stands on a liability account, a penalty"
                            " on an income account.",
                            account.display_name,
                        )
                    )

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        if self.state == "requested" and self.env.user._has_role("accountant"):
            return {"date"}  # the period may be closed by the time of the decision
        return INPUTS if self.state == "draft" else set()

    def _get_under_validation_exceptions(self):
        return [*super()._get_under_validation_exceptions(), "date"]

    @api.model
    def _get_create_fields(self):
        return INPUTS | {"security_id"}

    def _may_delete(self):
        return self.state == "draft"

    @api.model
    def _prepare_values(self, security):
        """Return values of a request for a deposit: all of it, the accounts as they were used last."""
        last = self.search(
            [("company_id", "=", security.company_id.id), ("state", "=", "approved")], limit=1
        )
        return {
            "security_id": security.id,
            "amount": security.value,
            "deposit_account_id": last.deposit_account_id.id,
            "penalty_account_id": last.penalty_account_id.id,
        }

    # ------------------------------------------------------------------ request and decision

    def _check_can_request(self):
        result = super()._check_can_request()
        if self.state != "draft":
            raise UserError(
                self.env._("Approval of %s has already been requested.", self.display_name)
            )
        self._check_all(*self._get_input_checks())
        self._check_deposit()
        return result

    def _get_input_checks(self):
        return [self._check_reason, self._check_chosen] if self.state == "draft" else []

    def _check_reason(self):
        if not (self.reason or "").strip():
            raise UserError(
                self.env._("Enter the reason: the breach, and the clause of the contract.")
            )

    def _check_chosen(self):
        if not (self.deposit_account_id and self.penalty_account_id):
            raise UserError(
                self.env._("Choose the accounts of deposits received and of penalty income.")
            )

    def _check_deposit(self):
        """Raise unless the deposit is in force and reaches for the amount."""
        # sudo: the deposit as it is, whoever decides
        security = self.sudo().security_id
        if security.cancelled or not security.active or security.kind != "deposit":
            raise UserError(self.env._("%s is not an active deposit.", security.display_name))
        if self.currency_id.compare_amounts(self.amount, security.value) > 0:
            raise UserError(
                self.env._(
                    "The penalty of %(amount)s is more than the deposit of %(value)s.",
                    amount=self.currency_id.format(self.amount),
                    value=self.currency_id.format(security.value),
                )
            )

    def _after_approved(self):
        result = super()._after_approved()
        # sudo: approvers decide by their tier; entry, deposit and freeze are the system's
        for penalty in self.sudo():
            penalty._do_book()
        return result

    def _do_book(self):
        """Post the entry, take the amount off the deposit, freeze the customer."""
        self.ensure_one()
        security, customer = self.security_id, self.company_id._credit_in(self.partner_id)
        # Locked: two penalties must not both use the same deposit.
        security.lock_for_update()
        self._check_deposit()
        date = self.date or self.company_id._credit_today()
        move, _items = self._post_entry(date, self._prepare_entry(), self.name)
        self._system_write({"move_id": move.id, "date": date})
        rest = self.currency_id.round(security.value - self.amount)
        note = self.env._(
            "%(penalty)s: %(amount)s of the deposit was kept as penalty.",
            penalty=self.name,
            amount=self.currency_id.format(self.amount),
        )
        security.write({"value": rest, "cancelled": self.currency_id.is_zero(rest)})
        security.message_post(body=note)
        if customer.credit_control not in BLOCKED_CONTROLS:
            customer._credit_decide({"credit_control": "frozen"}, "freeze", self, note)
        self._notify_users(
            self.requested_by_id | self.create_uid,
            self.env._("%s was approved and posted; the customer is frozen.", self.name),
        )

    def _prepare_entry(self):
        """Return values of the entry's items: the deposit, then the penalty."""
        return [
            {
                "name": self.env._(
                    "%(name)s: penalty from deposit %(deposit)s",
                    name=self.name,
                    deposit=self.security_id.name,
                ),
                "account_id": account.id,
                "partner_id": self.partner_id.id,
                "currency_id": self.currency_id.id,
                "amount_currency": balance,
                "balance": balance,
            }
            for account, balance in (
                (self.deposit_account_id, self.amount),
                (self.penalty_account_id, -self.amount),
            )
        ]

    def _after_rejected(self):
        result = super()._after_rejected()
        # sudo: people are notified whoever rejects
        for penalty in self.sudo():
            penalty._notify_users(
                penalty.requested_by_id | penalty.create_uid,
                self.env._("%s was rejected: the deposit stays as it was.", penalty.name),
            )
        return result

    # ------------------------------------------------------------------ withdraw and reverse

    def action_cancel(self):
        """Withdraw requests that are not decided; a booked one opens the wizard of reversal."""
        self.check_access("write")
        booked = self.filtered(lambda penalty: penalty.state == "approved")
        if booked:
            booked.ensure_one()
            return booked._open_undo()
        for penalty in self:
            penalty._check_can_end()
        for penalty in self:
            penalty._cancel_reviews()
            penalty._system_write({"state": "cancelled"})
        return True

    def _may_withdraw(self):
        # sudo: the author is read whoever asks
        return super()._may_withdraw() or self.env.user == self.sudo().create_uid

    def _do_undo(self, date, reason):
        """Reverse a booked penalty: the deposit counts again; the freeze stays until it is lifted.

        :param date: accounting date of the reversal
        """
        for penalty in self:
            self.env.user._require_role(self.env._("Reversing entries"), "accountant")
            penalty.check_access("write")
            if penalty.state != "approved":
                raise UserError(self.env._("%s has not been posted.", penalty.display_name))
            # sudo: rights were checked; entry and deposit are the system's
            sudo = penalty.sudo()
            reverse = sudo._reverse_entry(
                sudo.move_id, date, self.env._("Cancelled: %s", sudo.name)
            )
            sudo._system_write(
                {"state": "cancelled", "reverse_move_id": reverse.id, "cancel_reason": reason}
            )
            security = sudo.security_id
            # What was given back since does not come back.
            kept = 0.0 if security.cancelled else security.value
            security.write(
                {"value": sudo.currency_id.round(kept + sudo.amount), "cancelled": False}
            )
            note = self.env._(
                "%(name)s was reversed: %(reason)s. The deposit counts again; lift the freeze where"
                " it is no longer right.",
                name=sudo.name,
                reason=reason,
            )
            security.message_post(body=note)
            sudo._notify_users(sudo.requested_by_id | sudo.create_uid, note)
        return True

    def action_open_entry(self):
        """Open the entry of the penalty, and its reversal."""
        self.ensure_one()
        self.check_access("read")
        return self._open_entries(self.move_id | self.reverse_move_id)
