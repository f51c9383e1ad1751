from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

FIGURES = [("right", "Correct"), ("differs", "Different")]

# How likely an item is collected (收回的可能性, P3-17).
LIKELIHOODS = [
    ("certain", "Certain"),
    ("likely", "Likely"),
    ("doubtful", "Doubtful"),
    ("unlikely", "Unlikely"),
]

ANSWERS = {
    "figures", "amount_own", "difference_note", "reason_id", "reason_note", "fault_unit",
    "fault_user_id", "likelihood", "amount_expected", "date_expected", "is_confirmed",
}  # fmt: skip

MEASURES = ("measure_limit", "measure_stop", "measure_letter", "measure_visit", "measure_team")

ROUTING = {"route", "route_after", "route_note", *MEASURES}

# What Finance enters while it verifies an amount that was given to it.
VERIFYING = ROUTING - {"route"} | {"amount_verified"}

WORK = "mail_activity_sheet_work"

# Working days for the work that is given out.
WORK_DAYS = 5


class CollectionConfirmationLine(models.Model):
    """One overdue instalment on a confirmation sheet: figures frozen, answer, routing.

    For a reason of both kinds Finance verifies the amount first; the item then goes one of the
    other ways (P3-14).

    A reason known from the sheet before, or from the invoice, comes along and counts only
    once it `is_confirmed` anew (P3-04). What is paid by now needs no answer any more.
    """

    _name = "collection.confirmation.line"
    _description = "Item of an Overdue Confirmation Sheet"
    _inherit = ["credit.protected.mixin"]
    _order = "confirmation_id, partner_id, date_maturity, id"
    _rec_name = "document"

    confirmation_id = fields.Many2one(
        "collection.confirmation",
        "Confirmation Sheet",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="confirmation_id.company_id", store=True, index=True)
    user_id = fields.Many2one(related="confirmation_id.user_id", store=True, index=True)
    period = fields.Date(related="confirmation_id.period", store=True)
    state = fields.Selection(related="confirmation_id.state", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")

    # As the books were
    move_line_id = fields.Many2one(
        "account.move.line",
        "Journal Item",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, index="btree_not_null", ondelete="set null"
    )
    document = fields.Char(readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    date_invoice = fields.Date("Invoice Date", readonly=True)
    date_maturity = fields.Date("Due Date", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    document_currency_id = fields.Many2one("res.currency", readonly=True)
    amount_currency = fields.Monetary(
        "Amount", currency_field="document_currency_id", readonly=True, help="In document currency."
    )
    amount = fields.Monetary("Amount in Company Currency", readonly=True)
    is_settled = fields.Boolean(
        "Already Paid", compute="_compute_is_settled", help="Nothing is open any longer."
    )

    # The answer
    figures = fields.Selection(FIGURES, string="Amount Check")
    amount_own = fields.Monetary(
        "Salesperson's Amount",
        currency_field="document_currency_id",
        help="Amount according to the salesperson.",
    )
    difference_note = fields.Char("Differences")
    reason_id = fields.Many2one("collection.reason", index="btree_not_null")
    reason_category = fields.Selection(related="reason_id.category", store=True, string="Cause")
    reason_note = fields.Char("Specific Reason")
    fault_unit = fields.Char("Caused by (Unit)")
    fault_user_id = fields.Many2one(
        "res.users", "Caused by (Person)", domain="[('share', '=', False)]"
    )
    likelihood = fields.Selection(LIKELIHOODS, help="How likely this item is collected.")
    amount_expected = fields.Monetary(
        "Assessed Amount",
        currency_field="document_currency_id",
        help="How much of it you expect to collect, in document currency. Nothing is proposed.",
    )
    date_expected = fields.Date("Expected on")
    is_known = fields.Boolean(
        "Reason Carried Over", readonly=True, help="Came along from before; to be confirmed again."
    )
    is_confirmed = fields.Boolean(
        "Reason Still Applies", help="The reason known from before still holds."
    )
    is_complete = fields.Boolean(compute="_compute_missing")
    missing = fields.Char(compute="_compute_missing")

    # The routing by Finance
    route = fields.Selection(
        selection=lambda self: [
            *self.env["collection.reason"]._fields["route"]._description_selection(self.env),
            ("verify", self.env._("Finance, to Verify the Amount")),
        ],
        string="Handled by",
    )
    route_after = fields.Selection(
        selection=lambda self: (
            self.env["collection.reason"]._fields["route"]._description_selection(self.env)
        ),
        string="Afterwards Handled by",
        help="Once Finance has verified the amount.",
    )
    amount_verified = fields.Monetary(
        "Verified Amount",
        currency_field="document_currency_id",
        help="What the customer owes, in document currency.",
    )
    verified_by_id = fields.Many2one("res.users", string="Verified by", readonly=True)
    verified_at = fields.Datetime("Verified on", readonly=True)
    can_verify = fields.Boolean(compute="_compute_can_verify")
    measure_limit = fields.Boolean("Reduce Limit")
    measure_stop = fields.Boolean("Stop Deliveries")
    measure_letter = fields.Boolean("Demand Letter")
    measure_visit = fields.Boolean("Visit")
    measure_team = fields.Boolean("Team Support")
    route_note = fields.Char("Instruction")

    _item_once = models.UniqueIndex(
        "(confirmation_id, move_line_id) WHERE move_line_id IS NOT NULL",
        "This item is on the sheet already.",
    )
    _amounts_positive = models.Constraint(
        "CHECK(amount_expected >= 0)", "An assessed amount cannot be negative."
    )
    _verified_positive = models.Constraint(
        "CHECK(amount_verified >= 0)", "A verified amount cannot be negative."
    )

    @api.depends_context("uid")
    @api.depends("state", "route", "verified_at")
    def _compute_can_verify(self):
        for line in self:
            line.can_verify = line._is_to_verify() and line.confirmation_id._may_verify()

    def _is_to_verify(self):
        """Return whether Finance has this item to verify now."""
        return self.state == "routed" and self.route == "verify" and not self.verified_at

    def _get_way(self):
        """Return the route that the item goes now: after the amount is verified, the other one."""
        return self.route_after if self.route == "verify" and self.verified_at else self.route

    @api.depends("move_line_id.reconciled", "move_line_id.parent_state")
    def _compute_is_settled(self):
        for line in self:
            # sudo: a salesperson need not see the journal item
            item = line.move_line_id.sudo()
            line.is_settled = not item or item.reconciled or item.parent_state != "posted"

    @api.depends(*sorted(ANSWERS), "is_known", "is_settled")
    @api.depends_context("lang")
    def _compute_missing(self):
        for line in self:
            missing = [] if line.is_settled else line._get_missing()
            line.missing = ", ".join(missing)
            line.is_complete = not missing

    def _get_missing(self):
        """Return the names of fields that the answer of a line lacks."""
        self.ensure_one()
        label = lambda name: self._fields[name]._description_string(self.env)  # noqa: E731
        needed = ["figures", "reason_id", "reason_note", "likelihood"]
        if self.figures == "differs":
            needed.append("difference_note")
        if self.reason_category in ("internal", "both") and not self.fault_user_id:
            needed.append("fault_unit")
        if self.likelihood != "unlikely":
            needed.append("amount_expected")
        if self.amount_expected:
            needed.append("date_expected")
        if self.is_known:
            needed.append("is_confirmed")
        missing = [
            label(name)
            for name in needed
            if not (self[name].strip() if isinstance(self[name], str) else self[name])
        ]
        today = (self.company_id or self.env.company)._credit_today()
        if self.date_expected and self.date_expected < today and self.state == "sent":
            missing.append(self.env._("Expected on: a day to come"))
        return missing

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        self.ensure_one()
        sheet = self.confirmation_id
        if sheet.state == "sent" and sheet._may_answer():
            return ANSWERS
        if sheet.state == "answered" and sheet._may_route():
            return ROUTING
        return VERIFYING if self.can_verify else set()

    def action_fill(self):
        """Open the dialog that enters one answer for these items.

        :raise AccessError: the sheet is somebody else's to answer
        :raise UserError: it was answered already
        """
        self.confirmation_id._check_can_answer()
        return self._open_records(
            "collection_confirmation_fill_action",
            context={"default_line_ids": self.filtered(lambda line: not line.is_settled).ids},
        )

    def _fill(self, values, replaces=False, percent=0.0):
        """Enter one answer on these items, not on those paid by now; empty values are left out.

        :param values: fields of `ANSWERS`
        :param replaces: also where there is an answer
        :param percent: assessed part of each item's amount
        """
        # sudo: by link nobody is logged in; the right was checked before
        for line in self.sudo().filtered(lambda line: not line.is_settled):
            assessed = line.document_currency_id.round(line.amount_currency * percent / 100)
            new = {
                name: value
                for name, value in {**values, "amount_expected": assessed}.items()
                if value and (replaces or not line[name])
            }
            if "reason_id" in new:
                new["is_confirmed"] = True
            if new.get("figures") == "right":
                new.update(amount_own=0.0, difference_note=False)
            if new:
                line._system_write(new)

    # ---- The answer on the invoices, and the work that Finance gives out (P3-05, P3-12).

    def _write_answer(self):
        """Keep reason and fault on the invoices, and propose a route for each line."""
        # sudo: the answer counts, whether its author may write invoices or not
        for line in self.sudo().filtered("reason_id"):
            reason = line.reason_id
            both = reason.category == "both"
            line._system_write(
                {
                    "is_confirmed": True,
                    "route": "verify" if both else reason.route,
                    "route_after": both and reason.route,
                    "measure_letter": reason.route == "measures",
                }
            )
            line.move_id.write(
                {
                    "collection_reason_id": reason.id,
                    "collection_reason_note": line.reason_note,
                    "collection_fault_unit": line.fault_unit,
                    "collection_fault_user_id": line.fault_user_id.id,
                }
            )

    # ------------------------------------------------------------------ giving out the work

    def _give_out(self, deadline):
        """Create activities for the people who deal with these lines: one per person and record."""
        cases = self._get_cases()
        work, copies = {}, {}
        for line in self:
            way = line._get_way()
            company = line.company_id
            case = cases.get(line.partner_id, self.env["collection.case"])
            # Without a case (all is blocked, or the run has not been) the invoice carries the work.
            record = case or line.move_id
            collector = company._collection_usable(case.user_id | line.user_id)[:1]
            collector = company._collection_usable(case.user_id) or collector
            finance = company._collection_finance()
            if way not in ("accounting", "verify"):
                copies[record] = copies.get(record, self.browse()) | line
            people = {
                "verify": [(record, finance)],
                "accounting": [(line.move_id, company._collection_accounting())],
                "collector": [(record, collector)],
                "sales": [(record, collector), (record, company._collection_sales_head())],
                "measures": [(record, collector)],
            }[way]
            if way == "measures" and (line.measure_limit or line.measure_stop):
                people.append((record, finance))
            if way == "measures" and line.measure_team:
                people.append((record, company._collection_head(case.team_id)))
            for target, user in people:
                if target and user:
                    key = (target, user)
                    work[key] = work.get(key, self.browse()) | line
        for (target, user), lines in work.items():
            self.env["collection.task"]._assign(
                target,
                user,
                WORK,
                lambda record, lines=lines: lines.with_context(
                    lang=record.env.context.get("lang")
                )._get_work_summary(),
                deadline,
                lambda record, lines=lines: lines.with_context(
                    lang=record.env.context.get("lang")
                )._get_work_note(),
            )
        for record, lines in copies.items():
            lines._send_copies(record)
        self.filtered(
            lambda line: line._get_way() == "measures" and line.measure_limit
        )._propose_limit()

    def _send_copies(self, record):
        """Notify order followers and division leaders of the work on these items (P3-15).

        :param record: case or invoice that carries the work
        """
        for user in self._get_copied():
            told = self.with_context(lang=user.lang)
            # sudo: a notice of the system; it says all that it is about
            record.sudo().message_notify(
                partner_ids=user.partner_id.ids,
                subject=told._get_work_summary(),
                body=told._get_work_note(),
            )

    def _get_copied(self):
        """Return order followers and division leaders of the customers; the leader of the sales team for
        those that are not named."""
        # sudo: people of the customer, seen or not
        users, lines = self.env["res.users"].sudo(), self.sudo()
        for line in lines:
            company = line.company_id
            customer = company._credit_in(line.partner_id)
            for user in (customer.collection_follower_id, customer.collection_leader_id):
                users |= company._collection_usable(user) or company._collection_usable(
                    line.move_id.team_id.user_id
                )
        return users

    # ------------------------------------------------------------------ Finance verifies an amount

    def action_verify(self):
        """Record that the amounts of these items are verified, and give out the work on them (P3-14).

        :raise AccessError: the user is not Finance
        :raise UserError: an item is not to be verified, or lacks its amount or who handles it
        """
        self.check_access("read")
        for line in self:
            if not line.confirmation_id._may_verify():
                raise AccessError(self.env._("Only Finance can verify amounts."))
            if not line._is_to_verify():
                raise UserError(self.env._("%s is not to be verified.", line.document))
            if not line.route_after:
                raise UserError(self.env._("Choose who handles: %s.", line.document))
            line._check_measures()
            owed = line.document_currency_id.compare_amounts(line.amount_verified, 0) > 0
            if not owed and line.route_after != "accounting":
                raise UserError(
                    self.env._(
                        "%s: enter the verified amount. If nothing is owed, accounting handles it.",
                        line.document,
                    )
                )
        # sudo: the right was checked above; the sheet is the system's
        for company, lines in self.sudo().grouped("company_id").items():
            lines._system_write(
                {"verified_by_id": self.env.user.id, "verified_at": fields.Datetime.now()}
            )
            lines._give_out(company._collection_add_workdays(company._credit_today(), WORK_DAYS))
        return True

    def _check_measures(self):
        """Raise where items go to collection actions and none is chosen."""
        idle = self.filtered(
            lambda line: (
                "measures" in (line.route, line.route == "verify" and line.route_after)
                and not any(line[name] for name in MEASURES)
            )
        )
        if idle:
            raise UserError(
                self.env._("Choose an action for: %s.", ", ".join(idle.mapped("document")))
            )

    def _get_cases(self):
        # sudo: cases of the customers, which the sheet's reader may not see
        found = (
            self.env["collection.case"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("state", "=", "open"),
                ]
            )
        )
        return {case.partner_id: case for case in found if case.company_id in self.company_id}

    def _get_work_summary(self):
        return self.env._(
            "%(sheet)s: follow up on %(documents)s",
            sheet=self.confirmation_id[:1].name,
            documents=", ".join(self.mapped("document")[:3]) + ("…" if len(self) > 3 else ""),
        )

    def _get_measures(self):
        """Return the measures chosen, in words."""
        self.ensure_one()
        return [self._fields[name]._description_string(self.env) for name in MEASURES if self[name]]

    def _get_work_note(self):
        return self.env["ir.qweb"]._render(
            "credit_collection.collection_confirmation_work", {"lines": self}
        )

    def _propose_limit(self):
        """Create a draft application that takes overdue amounts off the limit; people approve it."""
        # sudo: people of Finance propose, the application is credit control's
        applications = self.env["credit.application"].sudo()
        for customer, lines in self.grouped("partner_id").items():
            company = lines.company_id
            # sudo: the terms of the customer decide, whoever routes
            partner = customer.sudo().with_company(company)
            waiting = applications.search_count(
                [
                    ("partner_id", "=", customer.id),
                    ("company_id", "=", company.id),
                    ("kind", "=", "downgrade"),
                    ("state", "in", ("draft", "requested")),
                ],
                limit=1,
            )
            if waiting or partner.credit_control not in ("limit", "none"):
                continue
            overdue = sum(lines.mapped("amount"))
            left = (
                partner.credit_approved_limit - overdue
                if partner.credit_control == "limit"
                else 0.0
            )
            keeps = company.currency_id.compare_amounts(left, 0.0) > 0
            applications._system_create(
                {
                    "kind": "downgrade",
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "grade_id": partner.credit_grade_id.id,
                    "formula": "manual",
                    "control": "limit" if keeps else "cash",
                    "limit": left if keeps else 0.0,
                    "term_days": partner.credit_term_days if keeps else 0,
                    "reason": self.env._(
                        "%(sheet)s: %(amount)s overdue without any reason; the limit is reduced "
                        "by this amount.",
                        sheet=lines.confirmation_id[:1].name,
                        amount=company.currency_id.format(overdue),
                    ),
                }
            )
