from odoo import api, fields, models
from odoo.tools import SQL

from ..open_item.collection_reason import ROUTES

STATES = [
    ("open", "Open"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("cancelled", "Withdrawn"),
]

ACTIVITY = "credit_collection.mail_activity_collection_dispute"


class CollectionDispute(models.Model):
    """The contested part of an invoice: it is blocked from dunning, the remainder is chased.

    open       with the people of its root cause, until the deadline in working days
    accepted   a credit note was posted for it
    rejected   decided with a reason; all of it is chased again
    cancelled  withdrawn, or nothing of the invoice is open any more

    | action                    | who                                                     |
    | open                      | collectors, controllers, accountants, the salesperson   |
    |                           | unless disputed amounts hold no orders (settings)       |
    | credit note               | accountants; posting it closes the dispute              |
    | reject, hand over         | the assignee, collection and sales managers             |
    | withdraw                  | these, and its author                                   |

    Amounts are in the currency of the invoice, `amount_company` in that of the company.
    Opening and ending are in collection_dispute_flow.py.
    """

    _name = "collection.dispute"
    _description = "Dispute"
    _inherit = [
        "credit.attachment.mixin",
        "credit.protected.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "collection.resolution.mixin",
    ]
    _frozen_when = {"attachment_ids": [("state", "!=", "open")]}
    _order = "id desc"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of
    _mail_post_access = "read"

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    state = fields.Selection(
        STATES,
        string="Status",
        default="open",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson", store=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="move_id.currency_id", store=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    case_id = fields.Many2one(
        "collection.case", readonly=True, index=True, check_company=True, ondelete="set null"
    )
    contact_id = fields.Many2one(
        "collection.contact",
        "Logged Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    amount = fields.Monetary("Disputed Amount", required=True, readonly=True, aggregator=None)
    amount_left = fields.Monetary(
        "Still Disputed",
        compute="_compute_amount_left",
        help="The disputed amount less credit notes matched with the invoice since, at most its amount due."
        " This part is not collected.",
    )
    amount_company = fields.Monetary(
        "Disputed Amount (Company Currency)", currency_field="company_currency_id", readonly=True
    )
    amount_accepted = fields.Monetary("Credited", readonly=True, aggregator=None)
    credited_start = fields.Monetary(
        "Credited Before",
        readonly=True,
        aggregator=None,
        help="Amount credited on the invoice when it was disputed.",
    )
    reason_id = fields.Many2one(
        "collection.reason",
        "Root Cause",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('is_dispute', '=', True)]",
    )
    category = fields.Selection(related="reason_id.category", store=True)
    route = fields.Selection(ROUTES, "Handled by", readonly=True)
    description = fields.Text("Customer's Objection")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence", copy=False)
    fault_unit = fields.Char("Caused by (Unit)", help="Unit that caused it.")
    fault_user_id = fields.Many2one("res.users", "Caused by (Person)")
    opened_by_id = fields.Many2one("res.users", string="Opened by", readonly=True, index=True)
    user_id = fields.Many2one("res.users", "Assigned to", tracking=True, index=True)
    date = fields.Date("Opened on", readonly=True, index=True)
    deadline = fields.Date(readonly=True, tracking=True)
    date_close = fields.Date("Closed on", readonly=True)
    days_to_resolve = fields.Integer("Days to Resolve", readonly=True, aggregator="avg")
    decision = fields.Text(readonly=True)
    credit_note_ids = fields.One2many(
        "account.move", "collection_dispute_id", "Credit Notes", readonly=True
    )
    is_overdue = fields.Boolean(
        "Past the Deadline", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    can_decide = fields.Boolean("Can Approve", compute="_compute_can_decide")
    can_withdraw = fields.Boolean(compute="_compute_can_decide")

    _open_move_idx = models.Index("(move_id) WHERE state = 'open'")
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "The disputed amount must be greater than zero."
    )

    @api.depends("deadline", "state")
    def _compute_is_overdue(self):
        for dispute in self:
            dispute.is_overdue = bool(
                dispute.state == "open"
                and dispute.deadline
                and dispute.deadline < dispute.company_id._credit_today()
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._credit_today()
        late = fields.Domain("state", "=", "open") & fields.Domain("deadline", "<", today)
        return late if True in value else ~late

    @api.depends("name", "move_id")
    def _compute_display_name(self):
        for dispute in self:
            # sudo: the invoice's number only
            dispute.display_name = f"{dispute.name} ({dispute.sudo().move_id.name})"

    @api.depends_context("uid")
    @api.depends("state", "user_id", "opened_by_id")
    def _compute_can_decide(self):
        for dispute in self:
            dispute.can_decide = dispute.state == "open" and dispute._may_decide()
            dispute.can_withdraw = dispute.state == "open" and dispute._may_withdraw()

    def _get_open_fields(self):
        if self.state != "open" or not self._may_withdraw():
            return set()
        facts = {"description", "attachment_ids", "fault_unit", "fault_user_id"}
        return facts | {"user_id", "reason_id"} if self._may_decide() else facts

    def write(self, vals):
        result = super().write(vals)
        if not self._is_system():
            if "reason_id" in vals:
                self._route_anew()
            elif "user_id" in vals:
                self._assign_work()
        return result

    # ---- How a dispute ends: by credit note, by decision, withdrawn, or with its invoice.

    # ------------------------------------------------------------------ decided

    def action_credit_note(self):
        """Accept: opens Odoo's credit note for the invoice; posting it closes the dispute."""
        self.ensure_one()
        self.check_access("read")
        self._check_open()
        self.env.user._require_role(self.env._("Credit notes"), "accountant")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Note"),
            "res_model": "account.move.reversal",
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": "account.move",
                "active_ids": self.move_id.ids,
                "default_reason": f"{self.name}, {self.reason_id.name}",
                "default_collection_dispute_id": self.id,
            },
        }

    def action_reject(self):
        """Decide against the customer: asks for the decision first (`collection.end`)."""
        self.ensure_one()
        self._check_may_decide()
        return self._open_end("reject", self.env._("Reject the Dispute"))

    def _do_reject(self, note):
        note = self._clean_note(note)
        self._do_close("rejected", note)
        # sudo: people are notified whoever rejects
        for dispute in self.sudo():
            dispute._notify_people(
                self.env._("%(dispute)s was rejected: %(note)s", dispute=dispute.name, note=note)
            )
        return True

    def _check_can_cancel(self):
        result = super()._check_can_cancel()
        if not self._may_withdraw():
            self._check_may_decide()
        self._check_open()
        return result

    def _do_cancel(self, note):
        return self._do_close("cancelled", self._clean_note(note))

    def action_cancel(self):
        """Withdraw a dispute: asks for the reason first (`collection.end`)."""
        self.ensure_one()
        self._check_can_cancel()
        return self._open_end("cancel", self.env._("Withdraw the Dispute"))

    def _do_close(self, state, decision, accepted=None):
        # sudo: the right was checked before; activities of others end
        for dispute in self.sudo():
            today = dispute.company_id._credit_today()
            dispute._system_write(
                {
                    "state": state,
                    "decision": decision,
                    "date_close": today,
                    "days_to_resolve": (today - dispute.date).days if dispute.date else 0,
                    "amount_accepted": accepted or 0.0,
                }
            )
            dispute.activity_unlink([ACTIVITY])
        # sudo: ranks of cases follow, whoever ends the dispute
        self.sudo().case_id.filtered(lambda case: case.state == "open")._refresh()
        return True

    def _notify_people(self, body):
        self.ensure_one()
        people = self.opened_by_id | self._get_collector()
        self._notify_users(people, body)

    # ------------------------------------------------------------------ closed by the ledger

    def _close_accepted(self, credit_notes):
        """Close open disputes whose credit note was posted."""
        # sudo: a posted credit note ends it, whoever posts
        for dispute in self.sudo().filtered(lambda d: d.state == "open"):
            notes = credit_notes.filtered(lambda m, d=dispute: m.collection_dispute_id == d)
            total = sum(notes.mapped("amount_total"))
            dispute._do_close(
                "accepted",
                self.env._("Credit note %s", ", ".join(notes.mapped("name"))),
                accepted=total,
            )
            dispute._notify_people(
                self.env._(
                    "%(dispute)s was accepted: credit note of %(amount)s.",
                    dispute=dispute.name,
                    amount=dispute.currency_id.format(total),
                )
            )

    @api.model
    def _close_settled(self, company):
        """Close pointless disputes: nothing of the invoice is open any more, or it was credited."""
        disputes = self.search(
            [("company_id", "=", company._credit_root().id), ("state", "=", "open")]
        )
        return disputes._settle()

    def _settle(self):
        """Close those of open disputes that the ledger has settled.

        Credit notes matched with the invoice since it was contested take the contested amount
        down, from whatever button they came (P3-05); they accept the oldest dispute first.
        """
        settled = self.browse()
        # sudo: the ledger settles disputes, whoever posts
        credited_by_move = self._get_credited(self.sudo().move_id)
        # sudo: as above
        for move, disputes in self.sudo().grouped("move_id").items():
            currency = move.currency_id
            credited = currency.round(
                credited_by_move[move.id] - min(disputes.mapped("credited_start"))
            )
            for dispute in disputes.sorted("id"):
                if (
                    move.state == "posted"
                    and currency.compare_amounts(credited, dispute.amount) >= 0
                ):
                    credited -= dispute.amount
                    for other in disputes - settled - dispute:
                        other._system_write(
                            {"credited_start": other.credited_start + dispute.amount}
                        )
                    dispute._do_close(
                        "accepted",
                        self.env._("Credited: %s", currency.format(dispute.amount)),
                        accepted=dispute.amount,
                    )
                elif move.state != "posted" or currency.is_zero(move.amount_residual):
                    dispute._do_close(
                        "cancelled",
                        self.env._("No amount of %s is due any longer.", move.display_name),
                    )
                else:
                    continue
                settled |= dispute
        return settled.sudo(False)

    @api.model
    def _reopen(self, invoices):
        """Open disputes again whose credit notes are not matched with their invoice any more."""
        settled = self.search(
            [
                ("move_id", "in", invoices.ids),
                ("state", "=", "accepted"),
                ("credit_note_ids", "=", False),
            ]
        )
        credited = self._get_credited(settled.move_id)
        for dispute in settled.filtered(lambda dispute: dispute.move_id.state == "posted"):
            wanted = dispute.credited_start + dispute.amount
            if dispute.currency_id.compare_amounts(credited[dispute.move_id.id], wanted) >= 0:
                continue
            dispute._system_write(
                {
                    "state": "open",
                    "decision": False,
                    "date_close": False,
                    "days_to_resolve": 0,
                    "amount_accepted": 0.0,
                }
            )
            dispute._assign_work()
            dispute._notify_people(
                self.env._(
                    "%(dispute)s is open again: a credit note is no longer matched with"
                    " %(invoice)s.",
                    dispute=dispute.name,
                    invoice=dispute.move_id.name,
                )
            )
            dispute.case_id.filtered(lambda case: case.state == "open")._refresh()

    @api.depends("amount", "state", "move_id.amount_residual")
    def _compute_amount_left(self):
        """Contested less credit notes matched since, the oldest dispute first; at most what is open."""
        self.amount_left = 0.0
        # sudo: disputes of the same invoice and its credit notes, whoever may read them
        known = self.sudo().search([("move_id", "in", self.move_id.ids), ("state", "=", "open")])
        credited_by_move = self._get_credited(known.move_id)
        for move, disputes in known.grouped("move_id").items():
            credited = credited_by_move[move.id] - min(disputes.mapped("credited_start"))
            left = move.amount_residual
            for dispute in disputes.sorted("id"):
                settled = max(min(credited, dispute.amount), 0.0)
                credited -= settled
                amount = max(min(dispute.amount - settled, left), 0.0)
                left -= amount
                # Of those asked for alone: others of the invoice are computed in their turn.
                (self & dispute).amount_left = move.currency_id.round(amount)

    def action_open_credit_notes(self):
        """Open the credit notes matched with the contested invoice, with the user's own rights."""
        self.ensure_one()
        self.check_access("read")
        # sudo: which documents they are; the list is read with the user's rights
        notes = self.sudo().move_id.line_ids.matched_credit_ids.credit_move_id.move_id.filtered(
            lambda move: move.move_type == "out_refund"
        )
        return self._open_records("account.action_move_out_refund_type", notes)

    @api.model
    def _get_credited(self, moves):
        """Return {invoice id: the amount that credit notes matched with it took off}, in its currency."""
        self.env["account.partial.reconcile"].flush_model(
            ["credit_move_id", "debit_amount_currency", "debit_move_id"]
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT move.id, (%s) FROM account_move move WHERE move.id IN %s",
                self.env["credit.open.item"]._credited_sql(SQL("move.id")),
                moves._ids or (0,),
            )
        )
        return {move_id: float(amount) for move_id, amount in rows}

    def action_open_invoice(self):
        """Open the contested invoice, with the user's own rights."""
        self.ensure_one()
        self.move_id.check_access("read")
        return self.move_id.get_formview_action()
