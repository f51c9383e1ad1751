from odoo import api, fields, models

LINE_STATES = [
    ("open", "Open"),
    ("kept", "Kept"),
    ("partly", "Partly Kept"),
    ("broken", "Broken"),
    ("cancelled", "Cancelled"),
]
# A promise is as bad as its worst line, and open as long as one is.
STATE_ORDER = ("open", "broken", "partly", "kept", "cancelled")


class CollectionPromise(models.Model):
    """A customer's promise to pay, by instalment (amount and date each).

    open       some of it is still to be paid, in time
    kept, partly, broken   as the reconciliation of its items shows, after the days of grace
    cancelled  taken back with a reason: another promise, an agreement, a mistake

    | action | who                                  | restriction                               |
    | take   | collectors, credit controllers       | as far ahead as the company lets them     |
    | cancel | the same                             | while open                                |

    Written by the system only: taken in collection_promise_take.py, judged in
    collection_promise_judge.py. Amounts are in the currency of the items; a promise over
    items of two currencies is two promises.
    """

    _name = "collection.promise"
    _description = "Promise to Pay"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        readonly=True,
        default=lambda self: self.env.company.currency_id,
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
    user_id = fields.Many2one(
        "res.users", "Taken by", readonly=True, default=lambda self: self.env.user, index=True
    )
    date = fields.Date(
        "Given on",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._credit_today(),
    )
    line_ids = fields.One2many(
        "collection.promise.line", "promise_id", "Instalments", readonly=True
    )
    state = fields.Selection(
        LINE_STATES, compute="_compute_state", store=True, tracking=True, index=True
    )
    is_broken = fields.Boolean(
        "Broken", compute="_compute_state", store=True, help="At least one instalment was broken."
    )
    date_broken = fields.Date("Broken on", compute="_compute_state", store=True)
    amount = fields.Monetary("Promised", compute="_compute_amounts", store=True)
    amount_paid = fields.Monetary("Paid in Time", compute="_compute_amounts", store=True)
    date_next = fields.Date(
        "Next Payment on", compute="_compute_amounts", store=True, help="Of what is still open."
    )
    cancel_note = fields.Char("Why Cancelled", readonly=True)

    @api.depends("line_ids.state", "line_ids.date_judged")
    def _compute_state(self):
        for promise in self:
            states = set(promise.line_ids.mapped("state"))
            promise.state = next((state for state in STATE_ORDER if state in states), "cancelled")
            broken = promise.line_ids.filtered(lambda line: line.state == "broken")
            promise.is_broken = bool(broken)
            promise.date_broken = min(
                broken.filtered("date_judged").mapped("date_judged"), default=False
            )

    @api.depends("line_ids.amount", "line_ids.amount_paid", "line_ids.state")
    def _compute_amounts(self):
        for promise in self:
            promise.amount = sum(promise.line_ids.mapped("amount"))
            promise.amount_paid = sum(promise.line_ids.mapped("amount_paid"))
            promise.date_next = min(
                promise.line_ids.filtered(lambda line: line.state == "open").mapped(
                    "date_promised"
                ),
                default=False,
            )

    @api.depends("partner_id", "date")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = self.env._(
                "Promise of %(customer)s, %(date)s",
                customer=promise.partner_id.name,
                date=promise.date,
            )


class CollectionPromiseLine(models.Model):
    """One item of a promise: how much of it is paid, on which day."""

    _name = "collection.promise.line"
    _description = "Promised Instalment"
    _inherit = ["credit.protected.mixin"]
    _order = "date_promised, id"

    promise_id = fields.Many2one(
        "collection.promise", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="promise_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="promise_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="promise_id.currency_id", store=True)
    case_id = fields.Many2one(related="promise_id.case_id", store=True, index="btree_not_null")
    user_id = fields.Many2one(related="promise_id.user_id", store=True)
    date = fields.Date(related="promise_id.date", store=True)
    phone = fields.Char(related="partner_id.phone")
    move_line_id = fields.Many2one(
        "account.move.line", "Item", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice", store=True)
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due Date")
    date_promised = fields.Date("Pays on", required=True, readonly=True)
    date_limit = fields.Date(
        "Judged after",
        required=True,
        readonly=True,
        help="The promised day and the days of grace of the company at that time.",
    )
    amount = fields.Monetary("Promised", required=True, readonly=True)
    residual_start = fields.Monetary(
        "Open When Promised", readonly=True, aggregator=None, help="Of the item, then."
    )
    amount_paid = fields.Monetary(
        "Paid in Time",
        readonly=True,
        help="Reconciled with the item since the promise, dated until the days of grace ended;"
        " credit notes count like payments.",
    )
    date_judged = fields.Date("Judged on", readonly=True)
    state = fields.Selection(LINE_STATES, default="open", required=True, readonly=True, index=True)

    _open_once = models.UniqueIndex(
        "(move_line_id) WHERE state = 'open'",
        "This item is under an open promise already.",
    )

    _judged_idx = models.Index("(company_id, date_promised) WHERE state <> 'cancelled'")
    _amount_positive = models.Constraint("CHECK(amount > 0)", "A promised amount is above zero.")

    @api.depends("partner_id", "amount", "currency_id")
    def _compute_display_name(self):
        # What a calendar shows of the day.
        for line in self:
            line.display_name = f"{line.partner_id.name}: {line.currency_id.format(line.amount)}"
