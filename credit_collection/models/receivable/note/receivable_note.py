from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ....engine import notes

STATES = [
    ("draft", "Draft"),
    ("in_hand", "On Hand"),
    ("presented", "Presented"),
    ("collected", "Note Collected"),
    ("discounted", "Discounted"),
    ("endorsed", "Endorsed"),
    ("dishonoured", "Dishonored"),
]

INPUTS = {
    "kind", "number", "partner_id", "company_id", "drawer", "acceptor", "date_issue",
    "date_received", "date_maturity", "amount", "currency_id", "line_ids", "user_id", "note",
    "attachment_ids",
}  # fmt: skip


class ReceivableNote(models.Model):
    """A note receivable (应收票据): a draft or a cheque that a customer paid with (P4-08).

    draft        being entered
    in_hand      booked: notes receivable in place of the receivable of the named invoices
    presented    handed to the bank to be collected; no entry
    collected    the money is there
    discounted   sold to a bank for interest and fee; contingent until it matures
    endorsed     passed on to a supplier for its bills; contingent until it matures
    dishonoured  not paid: the invoices are open again, with their old due dates

    Every step is a row of `receivable.note.step` with its entry; `action_step_back` reverses
    the last one. `amount` is in `currency_id`, `balance` is the note in the books (company
    currency). Accountants enter notes and take steps.
    """

    _name = "receivable.note"
    _description = "Note Receivable"
    _inherit = [
        "credit.customer.mixin", "credit.attachment.mixin", "credit.protected.mixin",
        "receivable.entry.mixin", "mail.thread", "mail.activity.mixin",
    ]  # fmt: skip
    _order = "date_maturity, id"
    _rec_name = "number"
    _check_company_auto = True

    kind = fields.Selection(
        [
            ("bank", "Bank Acceptance Draft"),
            ("commercial", "Commercial Acceptance Draft"),
            ("cheque", "Post-Dated Check"),
        ],
        string="Type",
        required=True,
        default="bank",
        tracking=True,
    )
    number = fields.Char(required=True, copy=False, tracking=True)
    state = fields.Selection(
        STATES,
        string="Status", readonly=True, required=True, default="draft", tracking=True, index=True, copy=False,
        group_expand=True,
    )  # fmt: skip
    standing = fields.Selection(
        [("held", "On Hand"), ("contingent", "Contingent")],
        string="Exposure Status",
        compute="_compute_standing",
        store=True,
        index="btree_not_null",
        help="Notes on hand count in the exposure; contingent notes may return until they mature.",
    )
    is_matured = fields.Boolean(readonly=True, copy=False, help="Set by the daily run.")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    amount = fields.Monetary(required=True, tracking=True)
    balance = fields.Monetary(
        "Amount (Company Currency)",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="As recorded in the ledger.",
    )
    drawer = fields.Char(help="Issuer of the note; empty = the customer.")
    acceptor = fields.Char(help="The bank or company that pays it.")
    date_issue = fields.Date("Issued on")
    date_received = fields.Date(
        "Received on", required=True, default=lambda self: self.env.company._credit_today(),
        tracking=True, help="Accounting date of the receipt.",
    )  # fmt: skip
    date_maturity = fields.Date("Maturity", required=True, tracking=True, index=True)
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, tracking=True,
        help="Gets the reminder to present it.",
    )  # fmt: skip
    line_ids = fields.One2many("receivable.note.line", "note_id", "Invoices Paid")
    step_ids = fields.One2many("receivable.note.step", "note_id", "Steps")
    applied = fields.Monetary(compute="_compute_applied", string="For Invoices")
    days_overdue = fields.Integer(
        compute="_compute_days_overdue",
        store=True,
        aggregator="max",
        help="Maturity − invoice date − term, of the oldest invoice; months count 30 days.",
    )
    note = fields.Text("Remark")
    attachment_ids = fields.Many2many("ir.attachment", string="Copies", copy=False)
    can_book = fields.Boolean("Can Post", compute="_compute_can_book")

    _number_once = models.UniqueIndex(
        "(company_id, kind, number) WHERE state NOT IN ('draft', 'dishonoured')",
        "A note of this type and number already exists.",
    )
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "The note amount must be greater than zero."
    )

    @api.constrains("date_issue", "date_received", "date_maturity", "kind")
    def _check_dates(self):
        for note in self:
            faults = note._get_date_faults()
            if faults:
                raise ValidationError("\n".join(faults))

    @api.onchange("date_issue", "date_received", "date_maturity", "kind")
    def _onchange_dates(self):
        """Tell at the field what could not be saved."""
        self._check_typed_dates()
        faults = self._get_date_faults()
        if faults:
            title = self.env._("Check the dates")
            return {"warning": {"title": title, "message": "\n".join(faults)}}
        return None

    def _get_date_faults(self):
        """Return what is wrong with the order of the days, in words."""
        self.ensure_one()
        # A cheque that is late is presented all the same.
        pairs = [("date_issue", "date_maturity"), ("date_issue", "date_received")]
        if self.kind != "cheque":
            pairs.append(("date_received", "date_maturity"))
        return [
            self.env._(
                "%(early)s (%(first)s) cannot be after %(late)s (%(last)s).",
                early=self._fields[early]._description_string(self.env),
                first=format_date(self.env, self[early]),
                late=self._fields[late]._description_string(self.env),
                last=format_date(self.env, self[late]),
            )
            for early, late in pairs
            if self[early] and self[late] and self[early] > self[late]
        ]

    @api.depends("number", "partner_id")
    def _compute_display_name(self):
        for note in self:
            note.display_name = (
                f"{note.number} ({note.partner_id.name})" if note.number else self.env._("New")
            )

    @api.depends("state", "is_matured")
    def _compute_standing(self):
        for note in self:
            if note.state in ("in_hand", "presented"):
                note.standing = "held"
            elif note.state in ("discounted", "endorsed") and not note.is_matured:
                note.standing = "contingent"
            else:
                note.standing = False

    @api.depends("line_ids.amount")
    def _compute_applied(self):
        for note in self:
            note.applied = sum(note.line_ids.mapped("amount"))

    @api.depends("line_ids.days_overdue")
    def _compute_days_overdue(self):
        for note in self:
            note.days_overdue = max(note.line_ids.mapped("days_overdue"), default=0)

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_book(self):
        may = self.has_access("write") and self.env.user._has_role("accountant")
        for note in self:
            note.can_book = may

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        self.ensure_one()
        return INPUTS if self.state == "draft" else {"user_id", "note", "attachment_ids"}

    @api.model
    def _get_create_fields(self):
        return INPUTS

    def _may_delete(self):
        return self.state == "draft" and not self.step_ids

    # ------------------------------------------------------------------ buttons

    def action_propose(self):
        """Name the customer's oldest open invoices until the note is used up (P4-14)."""
        self.check_access("write")
        for note in self:
            if note.state != "draft":
                raise UserError(self.env._("%s has already been posted.", note.display_name))
            rest = note.amount - sum(note.line_ids.mapped("amount"))
            items = self.env["account.move.line"].search(
                [
                    ("account_id", "in", self.env["account.account"]._credit_receivable_ids()),
                    ("partner_id", "child_of", note.partner_id.commercial_partner_id.id),
                    ("company_id", "in", note.company_id._credit_entity_ids()),
                    ("currency_id", "=", note.currency_id.id),
                    ("parent_state", "=", "posted"),
                    ("amount_residual_currency", ">", 0),
                    ("reconciled", "=", False),
                    ("id", "not in", note.line_ids.move_line_id.ids),
                ],
                order="date_maturity, id",
            )
            for item in items:
                part = min(rest, item.amount_residual_currency)
                if note.currency_id.compare_amounts(part, 0) <= 0:
                    break
                self.env["receivable.note.line"].create(
                    {"note_id": note.id, "move_line_id": item.id, "amount": part}
                )
                rest -= part
        return True

    def _open_step(self, kind):
        self.ensure_one()
        self._check_may_step(kind)
        kinds = self.env["receivable.note.step"]._fields["kind"]._description_selection(self.env)
        return self._open_records(
            "receivable_note_do_action",
            name=dict(kinds)[kind],
            context={"default_note_id": self.id, "default_kind": kind},
        )

    def action_receive(self):
        """Book the note as payment of the named invoices, on the day it was received."""
        for note in self:
            note._do_step("receive", note.date_received)
        return True

    def action_present(self):
        """Note that it was handed to the bank to be collected."""
        for note in self:
            note._do_step("present", note.company_id._credit_today())
        return True

    def action_collect(self):
        """Collect it, as the bank paid: asks for day, bank and fee."""
        return self._open_step("collect")

    def action_discount(self):
        """Sell it to a bank: asks for interest and fee."""
        return self._open_step("discount")

    def action_endorse(self):
        """Pass it on to a supplier: asks for the bills."""
        return self._open_step("endorse")

    def action_dishonour(self):
        """Dishonour it, as it was not paid: asks for day and reason."""
        return self._open_step("dishonour")

    def action_step_back(self):
        """Undo the last step by reversal: asks for the reason."""
        self.ensure_one()
        self._check_may_book()
        return self._open_undo()

    def action_open_entries(self):
        """Open the entries that this note made."""
        self.check_access("read")
        return self._open_entries(self.step_ids.move_id | self.step_ids.reverse_move_id)


class ReceivableNoteLine(models.Model):
    """An instalment that a note pays, and its days late by that."""

    _name = "receivable.note.line"
    _description = "Invoice Paid by a Note"
    _inherit = ["credit.protected.mixin"]
    _order = "note_id, id"
    _rec_name = "move_id"

    note_id = fields.Many2one(
        "receivable.note",
        string="Note Receivable",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="note_id.company_id", store=True)
    move_line_id = fields.Many2one(
        "account.move.line", "Installment", required=True, ondelete="restrict", index=True
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    date_invoice = fields.Date("Invoice Date", compute="_compute_dates", store=True)
    date_due = fields.Date("Due Date", compute="_compute_dates", store=True)
    currency_id = fields.Many2one(related="note_id.currency_id")
    residual = fields.Monetary(related="move_line_id.amount_residual_currency", string="Amount Due")
    amount = fields.Monetary(required=True)
    days_overdue = fields.Integer(
        compute="_compute_days_overdue",
        store=True,
        aggregator="max",
        help="Maturity of the note − invoice date − term.",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "Enter the amount the note pays of it."
    )
    _once_per_note = models.Constraint(
        "UNIQUE(note_id, move_line_id)", "Each installment can be added to a note only once."
    )

    # Not of the item's dates: every invoice that is posted would look for its notes. A note pays
    # posted items, and its steps read them anew.
    @api.depends("move_line_id", "note_id.state")
    def _compute_dates(self):
        for line in self:
            item = line.move_line_id
            line.date_invoice = item.move_id.invoice_date or item.date
            line.date_due = item.date_maturity or line.date_invoice

    @api.depends("date_invoice", "date_due", "note_id.date_maturity")
    def _compute_days_overdue(self):
        for line in self:
            maturity = line.note_id.date_maturity
            line.days_overdue = (
                notes.days_overdue(maturity, line.date_invoice, line.date_due)
                if maturity and line.date_invoice and line.date_due
                else 0
            )

    @api.onchange("move_line_id")
    def _onchange_move_line_id(self):
        if self.move_line_id and not self.amount:
            used = sum((self.note_id.line_ids - self).mapped("amount"))
            self.amount = max(0.0, min(self.residual, self.note_id.amount - used))

    def _get_open_fields(self):
        return {"move_line_id", "amount"} if self.note_id.state == "draft" else set()

    @api.model
    def _get_create_fields(self):
        return {"note_id", "move_line_id", "amount"}

    def _may_delete(self):
        return self.note_id.state == "draft"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self._is_system() and any(line.note_id.state != "draft" for line in lines):
            raise UserError(self.env._("Invoices can be entered only before the note is posted."))
        return lines
