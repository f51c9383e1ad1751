from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

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

    Written by the system only: registered here, evaluated in
    collection_promise_outcome.py. Amounts are in the currency of the items; a promise over
    items of two currencies is two promises.
    """

    _name = "collection.promise"
    _description = "Promise to Pay"
    _inherit = [
        "credit.protected.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "collection.resolution.mixin",
    ]
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
        default=lambda self: self.env.company.root_id,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        readonly=True,
        default=lambda self: self.env.company.root_id.currency_id,
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
        "res.users", "Recorded by", readonly=True, default=lambda self: self.env.user, index=True
    )
    date = fields.Date(
        "Promise Date",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._credit_today(),
    )
    line_ids = fields.One2many(
        "collection.promise.line", "promise_id", "Promise Details", readonly=True
    )
    state = fields.Selection(
        LINE_STATES,
        string="Status",
        compute="_compute_state",
        store=True,
        tracking=True,
        index=True,
    )
    is_broken = fields.Boolean(
        "Broken", compute="_compute_state", store=True, help="At least one installment was missed."
    )
    date_broken = fields.Date("Broken on", compute="_compute_state", store=True)
    amount = fields.Monetary("Promised Amount", compute="_compute_amounts", store=True)
    amount_paid = fields.Monetary("Paid in Time", compute="_compute_amounts", store=True)
    date_next = fields.Date(
        "Next Payment on", compute="_compute_amounts", store=True, help="Of the amount still due."
    )
    cancel_note = fields.Char("Cancellation Reason", readonly=True)

    @api.depends("line_ids.state", "line_ids.date_evaluated")
    def _compute_state(self):
        for promise in self:
            states = set(promise.line_ids.mapped("state"))
            promise.state = next((state for state in STATE_ORDER if state in states), "cancelled")
            broken = promise.line_ids.filtered(lambda line: line.state == "broken")
            promise.is_broken = bool(broken)
            promise.date_broken = min(
                broken.filtered("date_evaluated").mapped("date_evaluated"), default=False
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
    @api.depends_context("lang")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = self.env._(
                "Promise of %(customer)s, %(date)s",
                customer=promise.partner_id.name,
                date=format_date(self.env, promise.date),
            )

    # ---- How a promise is registered, and taken back by hand.

    @api.model
    def _register_promise(self, case, rows, contact=None):
        """Register a customer's promise over open items of their case.

        :param case: the open `collection.case`
        :param rows: dicts with move_line_id, date_promised and optionally amount, in the
            currency of the item; without it, the amount of the item to chase today
        :param contact: the `collection.contact` in which it was given
        :return: the promises, one per currency of the items
        :raise AccessError: the user is neither collector nor credit controller
        :raise UserError: no item, an item that is not an open one of this customer, an
            amount that is not above zero or above the open amount, a date in the past or
            further ahead than the company allows, an item promised already
        """
        self._check_may_collect()
        case.ensure_one()
        case.check_access("read")
        if case.state != "open":
            raise UserError(self.env._("%s is closed.", case.display_name))
        if not rows:
            raise UserError(
                self.env._("Choose at least one item that the customer promises to pay.")
            )
        by_currency = {}
        for currency, values in self._prepare_lines(case, rows):
            by_currency.setdefault(currency, []).append(Command.create(values))
        # sudo: a promise is written by the system, on behalf of its author
        promises = self.sudo()._system_create(
            [
                {
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    "currency_id": currency.id,
                    "case_id": case.id,
                    "contact_id": contact.id if contact else False,
                    "user_id": self.env.user.id,
                    "date": case.company_id._credit_today(),
                    "line_ids": commands,
                }
                for currency, commands in by_currency.items()
            ]
        )
        # sudo: users who take a promise do not write cases
        case = case.sudo()
        for promise in promises:
            case.message_post(body=promise._get_description())
        case._refresh()
        return self.browse(promises.ids)

    @api.model
    def _prepare_lines(self, case, rows):
        """Return [(currency, values of a line)] after the checks of `_register_promise`."""
        # sudo: items of the case's customer, as below
        company, lines = case.company_id, self.env["account.move.line"].sudo()
        today = company._credit_today()
        # sudo: items of the case's customer, of which the collector asks for payment
        items = {
            item["move_line_id"]: item
            for item in self.env["credit.open.item"].sudo()._get_items(company, case.partner_id.ids)
        }
        chosen = [int(row["move_line_id"]) for row in rows]
        if len(set(chosen)) < len(chosen):
            raise UserError(self.env._("An item can stand in a promise only once."))
        result = []
        for line, row in zip(lines.browse(chosen), rows, strict=True):
            item = items.get(line.id)
            if not item:
                raise UserError(
                    self.env._(
                        "%(item)s is not an open item of %(customer)s.",
                        item=line.exists().move_id.name or line.id,
                        customer=case.partner_id.name,
                    )
                )
            self._check_not_promised(line)
            currency = line.currency_id
            # The part covered by money not applied cannot be promised any more.
            residual = currency.round(float(item["net_currency"]))
            amount = row.get("amount")
            if amount is None or amount is False:
                amount = float(item["chase_currency"])
            amount = self._clean_amount(currency, amount)
            self._check_amount(line, currency, amount, residual)
            day = fields.Date.to_date(row.get("date_promised"))
            self._check_date(company, today, day)
            # sudo: the days of grace are the company's setting
            result.append(
                (
                    currency,
                    {
                        "move_line_id": line.id,
                        "amount": amount,
                        "residual_start": residual,
                        "date_promised": day,
                        "date_limit": day
                        + timedelta(days=company.sudo().collection_promise_grace_days),
                    },
                )
            )
        return result

    @api.model
    def _check_not_promised(self, line):
        # sudo: promises of every collector
        known = self.line_ids.sudo().search(
            [("move_line_id", "=", line.id), ("state", "=", "open")], limit=1
        )
        if known:
            raise UserError(
                self.env._(
                    "%(item)s is promised for %(date)s already: cancel that promise first.",
                    item=line.move_id.name,
                    date=format_date(self.env, known.date_promised),
                )
            )

    @api.model
    def _check_amount(self, line, currency, amount, residual):
        if currency.compare_amounts(amount, 0) <= 0:
            raise UserError(
                self.env._(
                    "The promised amount of %(item)s must be above zero, not %(amount)s.",
                    item=line.move_id.name,
                    amount=currency.format(amount),
                )
            )
        if currency.compare_amounts(amount, residual) > 0:
            raise UserError(
                self.env._(
                    "Only %(residual)s of %(item)s is open: %(amount)s cannot be promised.",
                    residual=currency.format(residual),
                    item=line.move_id.name,
                    amount=currency.format(amount),
                )
            )

    @api.model
    def _check_date(self, company, today, day):
        if not day:
            raise UserError(self.env._("Enter the day on which the customer pays."))
        if day < today:
            raise UserError(
                self.env._("The promised day %s lies in the past.", format_date(self.env, day))
            )
        # sudo: the limit binds users who may not read settings
        limit = company.sudo().collection_promise_max_days
        # Not `env.su`: a dialog takes promises on behalf of the user, whose limit it is.
        is_manager = self.env.user._has_role("collection_manager")
        if (day - today).days > limit and not is_manager:
            raise UserError(
                self.env._(
                    "You may take promises for the next %(days)s days, until %(last)s; %(date)s needs"
                    " a repayment agreement or your collection manager.",
                    days=limit,
                    last=format_date(self.env, today + timedelta(days=limit)),
                    date=format_date(self.env, day),
                )
            )
        if (day - today).days > 730:
            raise UserError(
                self.env._(
                    "The promised day %s is more than two years ahead.", format_date(self.env, day)
                )
            )

    @api.model
    def _allocate(self, case, amount, date_promised, currency=None):
        """Return rows for `_register_promise`: one total, on the oldest items to chase.

        :param amount: total in `currency`, company currency by default
        :return: list of dicts move_line_id, amount, date_promised
        :raise UserError: not above zero, or more than may be chased in that currency
        """
        self._check_may_collect()
        case.check_access("read")
        currency = currency or case.company_id.currency_id
        rest, rows = self._clean_amount(currency, amount), []
        if currency.compare_amounts(rest, 0) <= 0:
            raise UserError(self.env._("The promised amount must be above zero."))
        # sudo: items of the case's customer, of which the collector asks for payment
        items = self.env["credit.open.item"].sudo()._get_items(case.company_id, case.partner_id.ids)
        for item in items:
            share = currency.round(min(rest, float(item["chase_currency"])))
            if item["currency_id"] != currency.id or currency.compare_amounts(share, 0) <= 0:
                continue
            rows.append(
                {
                    "move_line_id": item["move_line_id"],
                    "amount": share,
                    "date_promised": date_promised,
                }
            )
            rest = currency.round(rest - share)
            if currency.is_zero(rest):
                return rows
        raise UserError(
            self.env._(
                "%(customer)s can promise no more than %(most)s, the amount due that is not "
                "disputed, promised or under agreement.",
                customer=case.partner_id.name,
                most=currency.format(amount - rest),
            )
        )

    def _get_description(self):
        self.ensure_one()
        # sudo: documents' numbers of items just checked
        return self.env._(
            "Promised: %(lines)s",
            lines="; ".join(
                self.env._(
                    "%(amount)s of %(item)s on %(date)s",
                    amount=line.currency_id.format(line.amount),
                    item=line.move_id.name,
                    date=format_date(self.env, line.date_promised),
                )
                for line in self.sudo().line_ids
            ),
        )

    # ------------------------------------------------------------------ taken back

    def _check_can_cancel(self):
        result = super()._check_can_cancel()
        self._check_may_collect()
        if self.state != "open":
            raise UserError(self.env._("%s is no longer open.", self.display_name))
        return result

    def _do_cancel(self, note):
        note = self._clean_note(note)
        # sudo: written by the system only; the checks came before
        promises = self.sudo()
        for company in promises.company_id:
            promises.filtered(lambda p, c=company: p.company_id == c).line_ids.filtered(
                lambda line: line.state == "open"
            )._system_write({"state": "cancelled", "date_evaluated": company._credit_today()})
        promises._system_write({"cancel_note": note})
        for promise in promises:
            promise.case_id.message_post(
                body=self.env._(
                    "%(promise)s cancelled: %(note)s", promise=promise.display_name, note=note
                )
            )
        promises.case_id._refresh()
        return True

    @api.constrains("line_ids")
    def _check_one_customer(self):
        for promise in self:
            for line in promise.line_ids:
                # sudo: a constraint looks at the item as it is
                item = line.move_line_id.sudo()
                if (
                    item.partner_id.commercial_partner_id != promise.partner_id
                    or item.company_id.root_id != promise.company_id
                    or item.currency_id != promise.currency_id
                ):
                    raise ValidationError(
                        self.env._(
                            "%s belongs to another customer, company or currency.",
                            item.move_id.name,
                        )
                    )


class CollectionPromiseLine(models.Model):
    """One item of a promise: how much of it is paid, on which day."""

    _name = "collection.promise.line"
    _description = "Promised Installment"
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
    date_promised = fields.Date("Payment Date", required=True, readonly=True)
    date_limit = fields.Date(
        "Evaluated after",
        required=True,
        readonly=True,
        help="The promised day plus the company's grace period at that time.",
    )
    amount = fields.Monetary("Promised Amount", required=True, readonly=True)
    residual_start = fields.Monetary(
        "Due When Promised", readonly=True, aggregator=None, help="Of the item, then."
    )
    amount_paid = fields.Monetary(
        "Paid in Time",
        readonly=True,
        help="Reconciled with the item since the promise, dated until the grace period ended; "
        "credit notes count like payments.",
    )
    date_evaluated = fields.Date("Evaluated on", readonly=True)
    state = fields.Selection(
        LINE_STATES, string="Status", default="open", required=True, readonly=True, index=True
    )

    _open_once = models.UniqueIndex(
        "(move_line_id) WHERE state = 'open'",
        "This item is under an open promise already.",
    )

    _evaluated_idx = models.Index("(company_id, date_promised) WHERE state <> 'cancelled'")
    _amount_positive = models.Constraint("CHECK(amount > 0)", "A promised amount is above zero.")

    @api.depends("partner_id", "amount", "currency_id")
    def _compute_display_name(self):
        # The text in a calendar.
        for line in self:
            line.display_name = f"{line.partner_id.name}: {line.currency_id.format(line.amount)}"
