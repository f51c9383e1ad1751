from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

CLAIM_FIELDS = {"claim_stage", "review_date", "is_watched", "claim_note"}


class ReceivableWriteoffLine(models.Model):
    """An instalment written off; afterwards a row of the register of claims (辅助账, P3-09).

    `amount` is in the currency of the instalment, `balance` the same as it stood in the
    books (company currency). Recoveries are counted here once, and never beyond
    `amount_claim`: two recoveries at the same instant meet on this row.
    """

    _name = "receivable.writeoff.line"
    _description = "Written-Off Claim"
    _inherit = ["credit.approval.line.mixin"]
    _document_field = "writeoff_id"
    _author_fields = frozenset({"amount"})
    _order = "writeoff_id desc, date_maturity, id"
    _rec_name = "move_name"

    writeoff_id = fields.Many2one(
        "receivable.writeoff",
        "Application",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    state = fields.Selection(related="writeoff_id.state", store=True)
    partner_id = fields.Many2one(
        related="writeoff_id.partner_id", string="Customer", store=True, index=True
    )
    user_id = fields.Many2one(related="writeoff_id.user_id", store=True, string="Salesperson")
    company_id = fields.Many2one(related="writeoff_id.company_id", store=True, index=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    reason_id = fields.Many2one(related="writeoff_id.reason_id", store=True)
    is_small = fields.Boolean(related="writeoff_id.is_small", store=True)
    move_line_id = fields.Many2one(
        "account.move.line", "Installment", required=True, readonly=True, ondelete="restrict",
        index=True,
    )  # fmt: skip
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice", store=True)
    # Not stored: every invoice that is posted would look for its write-offs.
    move_name = fields.Char(related="move_line_id.move_id.name", string="Number")
    date_invoice = fields.Date(related="move_line_id.date", string="Invoice Date")
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due Date")
    currency_id = fields.Many2one(related="move_line_id.currency_id", store=True)
    residual = fields.Monetary(
        "Amount Due at Request", readonly=True, help="When it was last looked at."
    )
    set_off = fields.Monetary(
        readonly=True,
        aggregator=None,
        help="Covered at that time by unapplied payments and credit notes.",
    )
    net = fields.Monetary(
        "Open After Set-Off",
        compute="_compute_net",
        help="Maximum amount to write off: the remainder is paid by unapplied payments.",
    )
    amount = fields.Monetary("To Write Off", aggregator=None, help="Whole or in part.")
    balance = fields.Monetary(
        "Amount (Company Currency)", currency_field="company_currency_id", readonly=True
    )
    date_booked = fields.Date("Written Off on", readonly=True, index=True)

    # The register
    amount_claim = fields.Monetary("Claim", readonly=True, aggregator=None)
    amount_recovered = fields.Monetary("Recovered", readonly=True, aggregator=None)
    amount_remaining = fields.Monetary(
        "Remaining Claim", compute="_compute_remaining", store=True, aggregator=None
    )
    balance_recovered = fields.Monetary(
        "Recovered (Company Currency)", currency_field="company_currency_id", readonly=True
    )
    balance_claim = fields.Monetary(
        "Remaining Claim (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_remaining",
        store=True,
        help="At the rate at which it was written off.",
    )
    claim_stage = fields.Selection(
        [
            ("watch", "Monitored"),
            ("contact", "In Contact"),
            ("legal", "In Litigation"),
            ("recovered", "Recovered"),
            ("ended", "Ended"),
        ],
        readonly=False,
        index=True,
        group_expand=True,
        help="Stage of the claim after the write-off; an ended claim is no longer pursued.",
    )
    is_watched = fields.Boolean(
        "Monitored", help="The customer is monitored in case of later payment."
    )
    review_date = fields.Date("Next Review on", index="btree_not_null")
    claim_note = fields.Char("Note")
    can_pursue = fields.Boolean(compute="_compute_can_pursue")
    recovery_ids = fields.One2many("receivable.recovery", "writeoff_line_id", "Recoveries")

    _claim_bounds = models.Constraint(
        "CHECK(amount_recovered IS NULL OR amount_recovered BETWEEN 0 AND amount_claim + 0.00001)",
        "You cannot recover more than the remaining claim.",
    )
    _once_per_application = models.Constraint(
        "UNIQUE(writeoff_id, move_line_id)", "Each installment can be added to a request only once."
    )

    # Written by the run: first day of the stage reached, and when its activity was given
    ladder_level = fields.Integer(
        "Collection Stage Level", readonly=True, copy=False, aggregator=None
    )
    date_ladder = fields.Date("Last Step on", readonly=True, copy=False)

    # ---- Claims of the register are looked at again on their day
    date_reminded = fields.Date(
        readonly=True, copy=False, help="The day of review for which somebody was asked."
    )

    @api.depends("residual", "set_off")
    def _compute_net(self):
        for line in self:
            line.net = line.residual - line.set_off

    @api.depends("amount_claim", "amount_recovered", "amount", "balance", "claim_stage")
    def _compute_remaining(self):
        for line in self:
            currency = line.currency_id or line.company_currency_id
            rest = currency.round(line.amount_claim - line.amount_recovered)
            line.amount_remaining = 0.0 if line.claim_stage == "ended" else rest
            line.balance_claim = (
                line.company_currency_id.round(line.balance * line.amount_remaining / line.amount)
                if line.amount
                else 0.0
            )

    @api.depends_context("uid")
    @api.depends("state", "claim_stage")
    def _compute_can_pursue(self):
        may = self.has_access("write") and self._may_pursue()
        for line in self:
            line.can_pursue = may and line.state == "approved" and line.claim_stage != "recovered"

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        self.ensure_one()
        state = self.writeoff_id.state
        if state == "draft":
            return {"amount"}
        return CLAIM_FIELDS if state == "approved" else set()

    def _may_delete(self):
        return self.writeoff_id.state == "draft"

    @api.model
    def _may_pursue(self):
        """Return whether the user works the register of claims."""
        return self.env.user._has_role("accountant", "collector", "controller")

    def write(self, vals):
        if not self._is_system():
            if vals.keys() & CLAIM_FIELDS and not self._may_pursue():
                raise AccessError(
                    self.env._("Collectors, credit controllers and accountants work these claims.")
                )
            if vals.get("claim_stage") == "recovered" or (
                "claim_stage" in vals and not vals["claim_stage"]
            ):
                raise UserError(self.env._("A claim is recovered by booking its recovery."))
        result = super().write(vals)
        if "amount" in vals:
            self._set_balance()
        return result

    @api.model
    def _get_nets(self, items):
        """Return {item id: its open amount after set-off}, in the currency of the item.

        :param items: journal items, read whoever asks
        :return: of items that are no open receivables 0
        """
        # sudo: items of the write-off, whatever the applicant may read
        items = items.sudo()._origin
        if not items:
            return {}
        nets = self.env["credit.open.item"]._get_net(
            items.company_id, items.partner_id.commercial_partner_id.ids
        )
        return {item.id: nets.get(item.id, 0.0) for item in items}

    def _set_balance(self):
        """Take the instalments as they stand in the books now."""
        nets = self._get_nets(self.move_line_id)
        # sudo: amounts follow the books, whatever the user may read
        for line in self.sudo():
            residual = line.move_line_id.amount_residual_currency
            line._system_write(
                {
                    "residual": residual,
                    "set_off": residual - nets[line.move_line_id.id],
                    "balance": line._get_balance(),
                }
            )

    def _get_balance(self):
        """Return the value of `amount` in the books (company currency)."""
        self.ensure_one()
        item = self.move_line_id
        open_amount = item.amount_residual_currency
        if item.currency_id.compare_amounts(self.amount, open_amount) == 0 or not open_amount:
            return item.amount_residual
        return item.company_currency_id.round(item.amount_residual * self.amount / open_amount)

    def _check_open(self):
        """Raise unless the amount to write off is still open and not covered by set-off."""
        nets, faults = self._get_nets(self.move_line_id), []
        for line in self:
            item, currency = line.move_line_id, line.currency_id
            residual, net = max(item.amount_residual_currency, 0), nets[item.id]
            if (
                currency.compare_amounts(line.amount, 0) > 0
                and currency.compare_amounts(line.amount, net) <= 0
                and item.parent_state == "posted"
            ):
                continue
            values = {
                "invoice": line.move_name,
                "open": currency.format(residual),
                "amount": currency.format(line.amount),
            }
            if currency.compare_amounts(residual, net) > 0:
                faults.append(
                    self.env._(
                        "%(invoice)s: %(open)s is due, of which unapplied payments and credit "
                        "notes cover %(set_off)s. To Write Off must be between 0 and %(net)s; it "
                        "is %(amount)s. Apply the money on account first.",
                        set_off=currency.format(residual - net),
                        net=currency.format(net),
                        **values,
                    )
                )
                continue
            faults.append(
                self.env._(
                    "%(invoice)s: To Write Off must be between 0 and the amount due, %(open)s; "
                    "it is %(amount)s.",
                    **values,
                )
            )
        if faults:
            raise UserError("\n".join(faults))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last(self):
        for writeoff in self.writeoff_id:
            if writeoff.exists() and not writeoff.line_ids - self and not self._is_system():
                # Deleting the whole draft takes its lines by the database, not by here.
                raise UserError(self.env._("Withdraw the application instead."))

    # ------------------------------------------------------------------ buttons

    def action_recover(self):
        """Book a payment of the customer as recovery of these claims: opens the wizard."""
        self.check_access("read")
        return self._open_records(
            "receivable_recovery_register_action",
            context={"active_model": self._name, "active_ids": self.ids},
        )

    def action_open_recoveries(self):
        """Open the recoveries of these claims."""
        self.check_access("read")
        return self._open_records(
            "receivable_recovery_action",
            domain=[("writeoff_line_id", "in", self.ids)],
            context={},
        )

    def action_open_invoice(self):
        """Open the invoice behind a claim."""
        self.ensure_one()
        self.move_id.check_access("read")
        return self.move_id.get_formview_action()

    @api.model
    def _get_claim_domain(self):
        """Return rows of the register: booked, and neither small differences nor agreed discounts."""
        return Domain("state", "=", "approved") & Domain("amount_claim", ">", 0)

    # ---- Claims of the register are looked at again on their day (P1-12, P3-09).

    @api.model
    def _cron_review(self):
        """Ask the customer's collector, else the salesperson, to review claims that are due.

        One activity per application; the next one comes when another day of review is set.
        """
        tasks = self.env["collection.task"]
        for company in self.env["res.company"].search([("parent_id", "=", False)]):
            today = company._credit_today()
            due = self.search(
                [
                    *self._get_claim_domain(),
                    ("company_id", "=", company.id),
                    ("amount_remaining", ">", 0),
                    ("review_date", "<=", today),
                ]
            ).filtered(lambda c: c.date_reminded != c.review_date)
            for keeper, claims in due.grouped(lambda c: c._get_keeper()).items():
                tasks._assign(
                    claims.writeoff_id,
                    keeper,
                    "mail_activity_claim_review",
                    lambda writeoff, due=claims: self._get_review_summary(writeoff, due),
                    today,
                )
            for day, claims in due.grouped("review_date").items():
                claims._system_write({"date_reminded": day})

    @api.model
    def _follow_ladder(self, company):
        """Give out the activities of the stages that claims have reached; again after their interval.

        The ladder is that of the customer's policy, by days since the write-off; an ended or recovered
        claim leaves it. Again: no change.
        """
        today = company._credit_today()
        claims = self.search(
            [
                *self._get_claim_domain(),
                ("company_id", "=", company.id),
                ("amount_remaining", ">", 0),
                ("date_booked", "!=", False),
            ]
        )
        work = {}
        for partner, found in claims.grouped("partner_id").items():
            ladder = self.env["collection.stage"]._get_ladder(partner, company, "claim")
            for claim in found:
                days = (today - claim.date_booked).days
                stage = ladder.filtered(lambda s, d=days: s.days_from <= d <= s.days_to)[:1]
                if not stage or not claim._is_step_due(stage, today):
                    continue
                key = (stage, claim._get_responsible(stage.role))
                work[key] = work.get(key, self.browse()) | claim
        for (stage, user), found in work.items():
            self.env["collection.task"]._assign(
                found.writeoff_id,
                user,
                "mail_activity_claim_review",
                lambda writeoff, stage=stage: writeoff.env._(
                    "%(customer)s: %(stage)s",
                    customer=writeoff.partner_id.name,
                    stage=stage.with_env(writeoff.env).name,
                ),
                company._collection_add_workdays(today, stage.activity_days),
                lambda writeoff, stage=stage: stage.with_env(writeoff.env).activity_note or "",
            )
            found._system_write({"ladder_level": stage.days_from, "date_ladder": today})

    def _is_step_due(self, stage, today):
        """Return whether the activity of a stage is due: when it is reached, then after each interval."""
        if not self.date_ladder or self.ladder_level != stage.days_from:
            return True
        return stage.repeat_days > 0 and (today - self.date_ladder).days >= stage.repeat_days

    def _get_responsible(self, role):
        """Return the user who acts in a role of a stage on this claim; its keeper where nobody is named."""
        company = self.company_id
        return {
            "salesperson": lambda: company._collection_usable(self.user_id),
            "head": lambda: company._collection_head(self.writeoff_id.case_id.team_id),
            "finance": company._collection_finance,
            "legal": lambda: company._collection_role_users("legal")[:1],
        }.get(role, self._get_keeper)() or self._get_keeper()

    def _get_keeper(self):
        company = self.company_id
        partner = company._credit_in(self.partner_id)
        return (
            partner.collection_user_id or self.user_id or company.credit_controller_id
        ).filtered("active")[:1] or company._collection_head()

    @api.model
    def _get_review_summary(self, writeoff, claims):
        claims = claims.filtered(lambda c: c.writeoff_id == writeoff)
        return writeoff.env._(
            "%(customer)s still owes %(amount)s written off on %(date)s: review the claim",
            customer=writeoff.partner_id.name,
            amount=writeoff.currency_id.format(sum(claims.mapped("balance_claim"))),
            date=format_date(writeoff.env, writeoff.date),
        )
