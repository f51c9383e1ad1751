from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.collection.case.collection_contact import CONTACT_CHANNELS, CONTACT_RESULTS

# Results that a person notes; the others come from messages of the system.
NOTED_RESULTS = (
    "reached", "promise", "dispute", "refused", "no_answer", "message", "wrong", "other",
)  # fmt: skip


class CollectionCaseLog(models.TransientModel):
    """One dialog for a contact and its outcome: a promise, a dispute, the next step (P1-08)."""

    _name = "collection.case.log"
    _description = "Log a Contact"

    case_id = fields.Many2one("collection.case", required=True, readonly=True)
    # Of the case with the rights of the user: a script can name any case.
    partner_id = fields.Many2one(related="case_id.partner_id", related_sudo=False)
    company_id = fields.Many2one(related="case_id.company_id", related_sudo=False)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    phone = fields.Char(related="case_id.phone", related_sudo=False)
    why = fields.Char(related="case_id.why", related_sudo=False)
    amount_overdue = fields.Monetary(
        related="case_id.amount_overdue",
        currency_field="company_currency_id",
        related_sudo=False,
    )
    amount_chase = fields.Monetary(
        related="case_id.amount_chase",
        currency_field="company_currency_id",
        related_sudo=False,
    )
    last_contact_text = fields.Text(related="case_id.last_contact_text", related_sudo=False)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    channel = fields.Selection(CONTACT_CHANNELS, required=True, default="call")
    direction = fields.Selection(
        [("out", "Outbound"), ("in", "Inbound")], required=True, default="out"
    )
    person_id = fields.Many2one(
        "res.partner", domain="[('commercial_partner_id', '=', partner_id)]"
    )
    result = fields.Selection(
        [item for item in CONTACT_RESULTS if item[0] in NOTED_RESULTS],
        required=True,
        default="reached",
    )
    summary = fields.Text("Conversation Summary")
    reason_id = fields.Many2one("collection.reason", "Reason Given by Customer")
    next_step = fields.Char()
    date_next = fields.Date("Next Step on")
    is_complaint = fields.Boolean("Complaint")
    limit_broken = fields.Char("Contact Limit Exceeded", compute="_compute_limit_broken")
    limit_reason = fields.Char("Override Reason")
    item_ids = fields.One2many(related="case_id.item_ids", related_sudo=False, string="Open Items")
    open_activity_ids = fields.Many2many(
        "mail.activity", string="Activities", compute="_compute_open_activity_ids"
    )
    activity_ids = fields.Many2many(
        "mail.activity",
        "collection_case_log_activity_rel",
        string="Done with This Contact",
        compute="_compute_activity_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('id', 'in', open_activity_ids)]",
        help="Activities marked as done. Chosen in advance: due next steps of earlier contacts.",
    )

    # A promise: so much until then, spread over the oldest items.
    promise_currency_id = fields.Many2one(
        "res.currency",
        "Currency",
        compute="_compute_promise_currency_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('id', 'in', currency_ids)]",
    )
    currency_ids = fields.Many2many(
        "res.currency", string="Currencies", compute="_compute_currency_ids"
    )
    promise_open = fields.Monetary(
        "Available to Promise",
        compute="_compute_promise_open",
        currency_field="promise_currency_id",
        help="Amount that can be collected today in this currency.",
    )
    promise_amount = fields.Monetary(
        "Promised Amount",
        compute="_compute_promise_amount",
        compute_sudo=False,
        store=True,
        readonly=False,
        currency_field="promise_currency_id",
        help="Pays the oldest items first.",
    )
    promise_date = fields.Date("Payment Date")
    promise_text = fields.Char("Covers", compute="_compute_promise_text")

    # A dispute: one invoice, or part of it.
    dispute_move_id = fields.Many2one(
        "account.move", "Invoice", domain="[('id', 'in', dispute_move_ids)]"
    )
    dispute_move_ids = fields.Many2many(
        "account.move", string="Invoices", compute="_compute_currency_ids"
    )
    dispute_currency_id = fields.Many2one(
        related="dispute_move_id.currency_id", string="Currency of the Invoice"
    )
    dispute_amount = fields.Monetary(
        "Disputed Amount",
        compute="_compute_dispute_amount",
        compute_sudo=False,
        store=True,
        readonly=False,
        currency_field="dispute_currency_id",
    )
    dispute_reason_id = fields.Many2one(
        "collection.reason", "Root Cause", domain="[('is_dispute', '=', True)]"
    )

    @api.constrains("case_id", "dispute_move_id")
    def _check_visible(self):
        # Constraints run as the superuser; the rights are the user's.
        for log in self.sudo(False):
            log.case_id.check_access("read")
            # Invoices of a case may be contested by all who see the case.
            if log.dispute_move_id not in log.dispute_move_ids:
                log.dispute_move_id.check_access("read")

    def _get_items(self):
        """Return open items of the customer, oldest first, that are overdue or due soon."""
        self.ensure_one()
        case = self.case_id._origin
        case.check_access("read")
        # sudo: the items of a case that the user sees
        return self.env["credit.open.item"].sudo()._get_items(case.company_id, case.partner_id.ids)

    @api.depends("case_id")
    def _compute_currency_ids(self):
        for log in self:
            items = log._get_items() if log.case_id else []
            log.currency_ids = list({row["currency_id"]: 0 for row in items if row["chase"] > 0})
            log.dispute_move_ids = list({row["move_id"]: 0 for row in items if row["net"] > 0})

    @api.depends("case_id")
    def _compute_promise_currency_id(self):
        for log in self:
            own, known = log.company_id.currency_id._origin, log.currency_ids._origin
            log.promise_currency_id = own if own in known else known[:1]

    @api.depends("dispute_move_id")
    def _compute_dispute_amount(self):
        for log in self:
            invoice = log.dispute_move_id._origin
            if invoice not in log.dispute_move_ids._origin:
                invoice.check_access("read")
            # sudo: an invoice of the case, or one that the user may read
            log.dispute_amount = invoice.sudo().amount_residual

    @api.depends("case_id", "channel", "direction", "date")
    def _compute_limit_broken(self):
        contacts = self.env["collection.contact"]
        for log in self:
            log.limit_broken = log.case_id and contacts._get_broken_limits(
                log.case_id, log.channel, log.direction, log.date or fields.Datetime.now()
            )

    def _get_activities(self):
        """Return the open activities of the case that this user may mark as done: own or nobody's."""
        self.ensure_one()
        return self.case_id._origin.activity_ids.filtered(
            lambda activity: activity.user_id <= self.env.user
        )

    @api.depends("case_id")
    def _compute_open_activity_ids(self):
        for log in self:
            log.open_activity_ids = log._get_activities()

    @api.depends("case_id")
    def _compute_activity_ids(self):
        today = fields.Date.context_today(self)
        for log in self:
            due = log._get_activities().filtered(lambda activity: activity.date_deadline <= today)
            planned = self.env["collection.contact"].search([("next_activity_id", "in", due.ids)])
            log.activity_ids = planned.next_activity_id

    @api.onchange("date_next")
    def _onchange_date_next(self):
        if error := self.env["collection.contact"]._get_past_error(self.date_next):
            self.date_next = False
            return {"warning": {"title": self.env._("Next Step on"), "message": error}}

    def action_log(self):
        """Save the contact, with the promise or the dispute that came of it.

        :raise AccessError: the user may not log contacts of this customer
        :raise UserError: the contact policy is broken without a reason; amount, date or invoice
            missing; a next step in the past; an activity that is not this user's on this case
        """
        for log in self:
            log._check_complete()
            contact = self.env["collection.contact"].create(log._prepare_contact())
            if log.activity_ids:
                log.activity_ids.action_feedback(feedback=log.summary or "")
            if log.result == "promise":
                log._log_promise(contact)
            elif log.result == "dispute":
                log._log_dispute(contact)
        return {"type": "ir.actions.act_window_close"}

    def _check_complete(self):
        self.ensure_one()
        self.case_id._check_can_log()
        missing = []
        if self.result == "promise":
            if not self.promise_amount or self.promise_amount <= 0:
                missing.append(self._fields["promise_amount"]._description_string(self.env))
            if not self.promise_date:
                missing.append(self._fields["promise_date"]._description_string(self.env))
        elif self.result == "dispute":
            missing += [
                self._fields[name]._description_string(self.env)
                for name in ("dispute_move_id", "dispute_amount", "dispute_reason_id")
                if not self[name]
            ]
        if missing:
            raise UserError(self.env._("Fill in: %s", ", ".join(missing)))
        # Archived ones are done: another window was quicker.
        foreign = self.activity_ids - self._get_activities()
        if foreign:
            raise UserError(
                self.env._(
                    "Done with This Contact: %(activities)s is no open activity of yours on %(case)s.",
                    activities=", ".join(foreign.mapped("display_name")),
                    case=self.case_id.display_name,
                )
            )
        if self.result == "dispute" and self.dispute_move_id not in self.dispute_move_ids:
            raise UserError(
                self.env._(
                    "Invoice: %(invoice)s is no open invoice of %(customer)s.",
                    invoice=self.dispute_move_id.display_name,
                    customer=self.partner_id.display_name,
                )
            )

    def _prepare_contact(self):
        self.ensure_one()
        names = (
            "date", "channel", "direction", "result", "summary", "next_step", "date_next",
            "is_complaint", "limit_reason",
        )  # fmt: skip
        return {
            "case_id": self.case_id.id,
            "person_id": self.person_id.id,
            "reason_id": (self.reason_id or self.dispute_reason_id).id
            if self.result == "dispute"
            else self.reason_id.id,
            **{name: self[name] for name in names},
        }

    def _log_dispute(self, contact):
        # sudo: a salesperson notes disputes of their own customer; checked above
        self.env["collection.dispute"].sudo()._open(
            {
                "move_id": self.dispute_move_id.id,
                "amount": self.dispute_amount,
                "reason_id": self.dispute_reason_id.id,
                "description": self.summary,
                "contact_id": contact.id,
            }
        )
