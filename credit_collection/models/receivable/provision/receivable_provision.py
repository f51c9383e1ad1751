from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

STATES = [
    ("draft", "Draft"),
    ("requested", "Approval Requested"),
    ("approved", "Approved"),
    ("posted", "Posted"),
    ("reversed", "Reversed"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]

# Fields that people fill in; all others follow from them or are written by the flow.
INPUTS = {
    "date", "date_from", "company_id", "group_by", "rate_source", "roll_months", "loss_given_last",
    "with_notes", "allowance_account_id", "expense_account_id", "journal_id", "reversal_date",
    "note", "specific_ids", "line_ids",
}  # fmt: skip

PARTS = ("opening", "charged", "used", "released", "other", "closing")


class ReceivableProvision(models.Model):
    """Provision for bad debts as of a date: 计提坏账准备 (P1-12; IFRS 9, simplified approach).

    draft      exposures, rates and specific allowances are computed; nothing is booked
    requested  frozen, the approval tiers are at work
    approved   the target stands; accounting posts the entry
    posted     the entry moved the allowance to its target
    reversed   the entry was reversed, on a later day when wished
    rejected, cancelled

    | action          | who                                    | restriction         |
    | work, request   | credit controllers, accounting         | while a draft       |
    | withdraw        | who requested                          | while requested     |
    | approve, reject | reviewers of the tier whose turn it is | never the requester |
    | post, reverse   | accounting                             | approved, posted    |

    Amounts are in company currency. Rows by ageing column and grade or segment are the pool:
    the debts of customers after their credits (P4-14), without customers who have a specific
    allowance. The target is booked against the balance of the allowance account when the entry
    is created, so the account ends on its target whatever happened since the approval.
    """

    _name = "receivable.provision"
    _description = "Provision for Bad Debts"
    _inherit = [
        "credit.company.mixin",
        "credit.numbered.mixin",
        "credit.approval.mixin",
        "receivable.entry.mixin",
    ]
    _order = "date desc, id desc"
    _approval_fields = ("date", "receivable_total", "present", "target", "charge", "note")
    _approval_amount = "charge"
    _draft_state = "draft"
    _check_company_auto = True

    state = fields.Selection(STATES)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "As of", required=True, default=lambda self: self._default_date(), tracking=True
    )
    date_from = fields.Date(
        "Movements From",
        required=True,
        default=lambda self: self._default_date() + relativedelta(month=1, day=1),
        help="First day of the table opening, additions, utilized, released, closing.",
    )
    group_by = fields.Selection(
        [("none", "All Customers"), ("grade", "Grade"), ("segment", "Customer Segment")],
        "Group Rows by",
        required=True,
        default="none",
    )
    rate_source = fields.Selection(
        [("typed", "Manual"), ("roll", "Historical Roll Rates")],
        "Rates",
        required=True,
        default="roll",
    )
    roll_months = fields.Integer(
        "Months of History",
        default=24,
        help="Month-ends whose roll rates count, 12 to 36.",
        aggregator=None,
    )
    loss_given_last = fields.Float(
        "Loss Rate of Last Bucket (%)",
        default=100.0,
        help="Share of debts reaching the last bucket that is never recovered.",
        aggregator=None,
    )
    with_notes = fields.Boolean(default=True, help="Notes received count until they mature.")
    note = fields.Text("Explanation")

    allowance_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        default=lambda self: self.env.company._receivable_account("allowance", False),
        domain="[('account_type', 'in', ('asset_current', 'liability_current'))]",
    )
    expense_account_id = fields.Many2one(
        "account.account",
        "Bad-Debt Expense",
        check_company=True,
        default=lambda self: self.env.company._receivable_account("expense", False),
        domain="[('account_type', 'in', ('expense', 'expense_other'))]",
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        default=lambda self: self.env.company._receivable_journal(False),
        domain="[('type', '=', 'general')]",
    )
    reversal_date = fields.Date(
        "Reverse on", help="The entry is reversed on this day of the next period. Empty: it stays."
    )
    move_id = fields.Many2one(
        "account.move", "Journal Entry", readonly=True, copy=False, index="btree_not_null"
    )
    reversal_move_id = fields.Many2one(
        "account.move", "Reversal", readonly=True, copy=False, index="btree_not_null"
    )

    line_ids = fields.One2many("receivable.provision.line", "provision_id", "General Allowance")
    specific_ids = fields.One2many(
        "receivable.provision.specific", "provision_id", "Specific Allowances"
    )
    roll_ids = fields.One2many(
        "receivable.provision.roll", "provision_id", "Calculation", readonly=True
    )

    computed_at = fields.Datetime("Computed on", readonly=True, copy=False)
    requested_owed = fields.Json(
        "Owed by Customer at the Request",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    receivable_total = fields.Monetary(
        "Receivables",
        readonly=True,
        copy=False,
        help="Balance of the day, notes included if asked.",
    )
    credit_total = fields.Monetary(
        "Customers with Credit Balance",
        readonly=True,
        copy=False,
        help="Customer credit balances, excluded from the general allowance.",
    )
    target_pool = fields.Monetary(
        "Target: General Allowance", compute="_compute_target", store=True
    )
    target_specific = fields.Monetary(
        "Target: Specific Allowances", compute="_compute_target", store=True
    )
    target = fields.Monetary(
        "Target Allowance", compute="_compute_target", store=True, tracking=True
    )
    present = fields.Monetary(
        "Present Allowance", readonly=True, copy=False, help="Credit balance of the account."
    )
    charge = fields.Monetary(
        "Amount to Post",
        compute="_compute_charge",
        store=True,
        help="Target less present: expense when positive, release when negative.",
    )
    can_edit = fields.Boolean(compute="_compute_can_edit")

    _months_range = models.Constraint(
        "CHECK(roll_months BETWEEN 12 AND 36)", "Roll rates take 12 to 36 months of history."
    )
    _loss_range = models.Constraint(
        "CHECK(loss_given_last BETWEEN 0 AND 100)",
        "The loss rate of the last bucket must be between 0 and 100%.",
    )

    # ---- The table opening, charged, used, released, closing, read from the ledger as it is
    movement_opening = fields.Monetary("Opening Allowance", compute="_compute_movement")
    movement_charged = fields.Monetary("Additions to Allowance", compute="_compute_movement")
    movement_used = fields.Monetary("Utilized by Write-Offs", compute="_compute_movement")
    movement_released = fields.Monetary("Released to Income", compute="_compute_movement")
    movement_other = fields.Monetary("Other Movements", compute="_compute_movement")
    movement_closing = fields.Monetary(
        "Closing Allowance", compute="_compute_movement", help="Balance of the allowance account."
    )

    @api.model
    def _default_date(self):
        """Return the last month-end."""
        return self.env.company._credit_today() + relativedelta(day=1, days=-1)

    @api.constrains("date", "date_from", "reversal_date")
    def _check_dates(self):
        for provision in self:
            date, faults = provision.date, []
            values = {
                "day": format_date(self.env, date),
                "first": format_date(self.env, provision.date_from),
                "reversal": format_date(self.env, provision.reversal_date),
            }
            if provision.date_from > date:
                faults.append(
                    self.env._(
                        "Movements From (%(first)s) cannot be after As of (%(day)s).", **values
                    )
                )
            if provision.reversal_date and provision.reversal_date <= date:
                faults.append(
                    self.env._("Reverse on (%(reversal)s) must be after As of (%(day)s).", **values)
                )
            if faults:
                raise ValidationError("\n".join(faults))

    # ------------------------------------------------------------------ computes

    @api.depends("line_ids.amount", "specific_ids.amount")
    def _compute_target(self):
        for provision in self:
            provision.target_pool = sum(provision.line_ids.mapped("amount"))
            provision.target_specific = sum(provision.specific_ids.mapped("amount"))
            provision.target = provision.target_pool + provision.target_specific

    @api.depends("target", "present")
    def _compute_charge(self):
        for provision in self:
            provision.charge = provision.currency_id.round(provision.target - provision.present)

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_edit(self):
        may = self.has_access("write")
        for provision in self:
            provision.can_edit = may and provision.state == "draft"

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        self.ensure_one()
        if self.state == "draft":
            return INPUTS
        # The day of the reversal is decided when the next period comes.
        return {"reversal_date"} if self.state in ("approved", "posted") else set()

    def _get_under_validation_exceptions(self):
        return [*super()._get_under_validation_exceptions(), "reversal_date"]

    @api.model
    def _get_create_fields(self):
        return INPUTS - {"line_ids"}

    def _may_delete(self):
        return self.state == "draft" and not self.was_requested

    def copy_data(self, default=None):
        """Copy the values that people typed in, without rows and specific allowances."""
        return [
            {name: value for name, value in vals.items() if name in self._get_create_fields()}
            for vals in super().copy_data(default)
        ]

    # ---- The table opening, charged, used, released, closing, read from the ledger as it is.
    #
    # Every entry on the allowance account is one of four: with a receivable account it **used**
    # the allowance (a write-off; a recovery is less of it), with the bad-debt expense it
    # **charged** or **released**, else it is **other**. So the table adds up to the account,
    # whoever booked.

    @api.depends("date", "date_from", "allowance_account_id", "expense_account_id", "state")
    def _compute_movement(self):
        for provision in self:
            values = provision._get_movement()
            for name in PARTS:
                provision[f"movement_{name}"] = values[name]

    def _get_movement(self):
        """Return {opening, charged, used, released, other, closing} of the period, in company currency.

        opening + charged − used − released + other = closing, the balance of the account.
        """
        self.ensure_one()
        values = dict.fromkeys(PARTS, 0.0)
        if not (self.allowance_account_id and self.date and self.date_from):
            return values
        self.env["account.move.line"].flush_model(
            ["account_id", "balance", "company_id", "date", "move_id", "parent_state"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT CASE WHEN entry.date < %(first)s THEN 'opening'
                            WHEN entry.with_receivable THEN 'used'
                            WHEN entry.with_expense AND entry.amount >= 0 THEN 'charged'
                            WHEN entry.with_expense THEN 'released'
                            ELSE 'other' END AS part, SUM(entry.amount)
                  FROM (SELECT line.move_id, line.date, -SUM(line.balance) AS amount,
                               EXISTS (SELECT FROM account_move_line other
                                        WHERE other.move_id = line.move_id
                                          AND other.account_id IN %(receivable)s) AS with_receivable,
                               EXISTS (SELECT FROM account_move_line other
                                        WHERE other.move_id = line.move_id
                                          AND other.account_id = %(expense)s) AS with_expense
                          FROM account_move_line line
                         WHERE line.account_id = %(allowance)s AND line.company_id IN %(companies)s
                           AND line.parent_state = 'posted' AND line.date <= %(last)s
                         GROUP BY line.move_id, line.date) entry
                 GROUP BY 1
                """,
                first=self.date_from,
                last=self.date,
                receivable=self.env["credit.exposure.line"]._receivable_accounts_sql(),
                expense=self.expense_account_id.id or 0,
                allowance=self.allowance_account_id.id,
                companies=self.company_id._credit_entity_ids(),
            )
        )
        values.update(rows)
        values["closing"] = sum(amount for _part, amount in rows)
        values["used"] *= -1
        values["released"] *= -1
        return {name: self.currency_id.round(amount) + 0.0 for name, amount in values.items()}

    def action_open_movements(self):
        """Open the items of the allowance account in the period."""
        self.ensure_one()
        self.check_access("read")
        domain = Domain(
            [
                ("account_id", "=", self.allowance_account_id.id),
                ("company_id", "in", self.company_id._credit_entity_ids()),
                ("parent_state", "=", "posted"),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date),
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allowance Roll-Forward"),
            "res_model": "account.move.line",
            "view_mode": "list,pivot,form",
            "domain": list(domain),
            "context": {"create": False},
        }
