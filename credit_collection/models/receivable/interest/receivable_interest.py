from odoo import api, fields, models
from odoo.exceptions import AccessError

STATES = [
    ("draft", "Draft"),
    ("requested", "Approval Requested"),
    ("approved", "Approved"),
    ("posted", "Posted"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
    ("reversed", "Reversed"),
]

# In these nothing is charged: the days are free for another note.
ENDED = ("rejected", "cancelled", "reversed")

INPUTS = {"date_due", "remark", "line_ids"}


class ReceivableInterest(models.Model):
    """An interest note: late interest and fees of a customer in one currency, 逾期利息 (P2-16).

    draft      proposed by a run or by hand; amounts may be waived, with a reason
    requested  more is waived than a collector may: the tiers decide (P2-02)
    approved   what is charged stands; accounting may post it as an invoice
    posted     a customer invoice with its own due date was posted; of a correction a credit note
    rejected, cancelled, reversed   charged nothing: its days are free for another note

    | action          | who                                     | restriction                   |
    | propose         | collectors, controllers, accountants    |                               |
    | waive, request  | collectors, controllers, accountants    | draft                         |
    | approve, reject | reviewers of the tier whose turn it is  | never the requester           |
    | reinstate       | collectors, controllers, accountants    | approved, not posted          |
    | post, reverse   | accountants                             | approved; posted              |
    | cancel          | collectors, controllers, accountants    | draft, approved               |

    A correction takes back what posted notes charged on a part whose dispute was accepted since: the
    same document with amounts below zero. What is taken back, and the fees of lawyers, need the
    approval of somebody else as a waiver does.

    Requests and posting are in receivable_interest_flow.py, proposals in
    receivable_interest_proposal.py, lines in receivable_interest_line.py.
    """

    _name = "receivable.interest"
    _description = "Interest Note"
    _inherit = ["credit.approval.mixin", "receivable.entry.mixin"]
    _order = "id desc"
    _approval_fields = (
        "partner_id", "date_to", "amount_computed", "amount_waived", "amount", "authority_note",
        "remark",
    )  # fmt: skip
    _approval_amount = "amount_waived"
    _draft_state = "draft"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char("Number", readonly=True, default="/", copy=False)
    state = fields.Selection(
        STATES, string="Status", readonly=True, required=True, default="draft", tracking=True,
        index=True, copy=False,
    )  # fmt: skip
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date = fields.Date("Proposed on", required=True, readonly=True)
    date_to = fields.Date("Interest until", required=True, readonly=True, help="Last day charged.")
    date_due = fields.Date(
        "Payable by",
        tracking=True,
        help="Due date of the invoice. Empty = so many days after posting as the settings say.",
    )
    remark = fields.Text("Remarks", tracking=True)
    line_ids = fields.One2many("receivable.interest.line", "note_id", "Lines")
    amount_computed = fields.Monetary("Computed Amount", compute="_compute_amounts", store=True)
    amount_waived = fields.Monetary("Waived", compute="_compute_amounts", store=True, tracking=True)
    amount_interest = fields.Monetary(
        "Interest", compute="_compute_amounts", store=True, help="Less what was waived."
    )
    amount_fee = fields.Monetary(
        "Fees and Fixed Sums",
        compute="_compute_amounts",
        store=True,
        help="Less what was waived.",
    )
    amount = fields.Monetary("To Charge", compute="_compute_amounts", store=True, tracking=True)
    authority_note = fields.Text("Exceeds Collector's Authority", compute="_compute_authority_note")
    credit_open = fields.Monetary(
        "Unapplied Payments",
        compute="_compute_credit_open",
        help="Apply them first: interest runs on an item until money is applied to it, from the day"
        " on which the money came.",
    )
    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, copy=False, index="btree_not_null"
    )
    reverse_move_id = fields.Many2one(
        "account.move", "Credit Note", readonly=True, copy=False, index="btree_not_null"
    )
    payment_state = fields.Selection(related="move_id.payment_state", string="Payment")
    is_correction = fields.Boolean("Correction", compute="_compute_is_correction", store=True)
    cancel_reason = fields.Char("Cancellation Reason", readonly=True, copy=False, tracking=True)
    can_edit = fields.Boolean(compute="_compute_can_edit")
    can_post = fields.Boolean(compute="_compute_can_edit")
    can_reinstate = fields.Boolean(compute="_compute_can_edit")
    can_cancel = fields.Boolean(compute="_compute_can_edit")
    can_reverse = fields.Boolean(compute="_compute_can_edit")

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for note in self:
            note.display_name = f"{note.name} ({note.partner_id.name})"

    @api.depends("line_ids.kind")
    def _compute_is_correction(self):
        for note in self:
            note.is_correction = "correction" in note.line_ids.mapped("kind")

    @api.depends("line_ids.amount_computed", "line_ids.amount_waived", "line_ids.kind")
    def _compute_amounts(self):
        for note in self:
            lines, total = note.line_ids, note.currency_id.round
            note.amount_computed = total(sum(lines.mapped("amount_computed")))
            note.amount_waived = total(sum(lines.mapped("amount_waived")))
            note.amount = total(note.amount_computed - note.amount_waived)
            interest = lines.filtered(lambda line: "interest" in (line.kind, line.corrects_id.kind))
            note.amount_interest = total(sum(interest.mapped("amount")))
            note.amount_fee = total(note.amount - note.amount_interest)

    @api.depends_context("uid")
    @api.depends("state", "amount")
    def _compute_can_edit(self):
        may, accountant = self.has_access("write"), self.env.user._has_role("accountant")
        for note in self:
            is_open = may and note.state == "approved"
            note.can_edit = may and note.state == "draft"
            charges = note.amount < 0 if note.is_correction else note.amount > 0
            note.can_post = is_open and accountant and charges
            note.can_reinstate = is_open and note.amount_waived > 0
            note.can_cancel = may and note.state in ("draft", "approved")
            note.can_reverse = accountant and note.state == "posted"

    @api.depends("amount_waived", "amount", "line_ids.kind", "company_id")
    def _compute_authority_note(self):
        for note in self:
            note.authority_note = note._get_authority_gap() or False

    @api.depends("partner_id", "currency_id", "company_id")
    def _compute_credit_open(self):
        # sudo: money of the customer, for users who may read the note
        for company, notes in self.sudo().grouped("company_id").items():
            items = self.env["account.move.line"].sudo()  # sudo: as above
            found = {
                (partner.commercial_partner_id, currency): -amount
                for partner, currency, amount in items._read_group(
                    [
                        ("partner_id", "child_of", notes.partner_id.ids),
                        ("account_id", "in", self.env["account.account"]._credit_receivable_ids()),
                        ("company_id", "in", company._credit_entity_ids()),
                        ("parent_state", "=", "posted"),
                        ("reconciled", "=", False),
                        ("amount_residual_currency", "<", 0),
                    ],
                    ["partner_id", "currency_id"],
                    ["amount_residual_currency:sum"],
                )
            }
            for note in notes:
                note.credit_open = found.get((note.partner_id, note.currency_id), 0.0)

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        return INPUTS if self.state == "draft" else set()

    def _may_delete(self):
        return self.state == "draft" and not self.was_requested

    def copy_data(self, default=None):
        """Refuse copies: each day is charged once.

        :raise AccessError: always
        """
        raise AccessError(self.env._("Interest notes are proposed, not copied."))

    # ------------------------------------------------------------------ opening

    def action_open_invoice(self):
        """Open the invoice of the note, and its credit note."""
        self.ensure_one()
        self.check_access("read")
        moves = self.move_id | self.reverse_move_id
        moves.check_access("read")
        return self._open_records("account.action_move_out_invoice_type", moves)

    def action_open_items(self):
        """Open the documents that the note charges interest or fees on."""
        self.ensure_one()
        self.check_access("read")
        moves = self.line_ids.move_id
        moves.check_access("read")
        return self._open_records("account.action_move_out_invoice_type", moves)
