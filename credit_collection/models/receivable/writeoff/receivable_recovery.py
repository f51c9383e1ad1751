from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ReceivableRecovery(models.Model):
    """Money received for a claim that was written off (P3-09).

    The receivable is reinstated and paid in one step:

        Dr receivable                             paid by the customer's payment
        Cr tax account of the invoice             its share, where the write-off took it back
        Cr recovery of bad debts, or allowance    the rest, as the company books recoveries

    Tax of the invoice that is due on payment becomes due: Odoo makes its entry of this one's
    reconciliation (`account.partial.reconcile`), and undoes it with that.

    done      booked and reconciled with the payment
    reversed  undone: the payment is free again, the claim as large as before

    `amount` is in the currency of the claim, `payment_amount` in that of the payment.
    """

    _name = "receivable.recovery"
    _description = "Recovery of a Written-Off Claim"
    _inherit = ["credit.protected.mixin", "receivable.entry.mixin"]
    _order = "date desc, id desc"

    name = fields.Char("Number", readonly=True, default="/")
    state = fields.Selection(
        [("done", "Posted"), ("reversed", "Reversed")],
        string="Status",
        default="done",
        required=True,
        readonly=True,
    )
    writeoff_line_id = fields.Many2one(
        "receivable.writeoff.line", "Claim", required=True, readonly=True, ondelete="restrict",
        index=True,
    )  # fmt: skip
    writeoff_id = fields.Many2one(related="writeoff_line_id.writeoff_id", store=True)
    partner_id = fields.Many2one(
        related="writeoff_line_id.partner_id", string="Customer", store=True, index=True
    )
    company_id = fields.Many2one(related="writeoff_line_id.company_id", store=True, index=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    date = fields.Date(required=True, readonly=True)
    currency_id = fields.Many2one(related="writeoff_line_id.currency_id")
    amount = fields.Monetary(readonly=True, aggregator=None)
    balance = fields.Monetary(
        "Amount (Company Currency)", currency_field="company_currency_id", readonly=True
    )
    tax_amount = fields.Monetary(
        "Tax Relief Given Back",
        currency_field="company_currency_id",
        readonly=True,
        help="Part of the tax reclaimed by the write-off that is due again.",
    )
    payment_line_id = fields.Many2one(
        "account.move.line", "Payment", required=True, readonly=True, ondelete="restrict",
        index=True,
    )  # fmt: skip
    payment_currency_id = fields.Many2one(
        related="payment_line_id.currency_id", string="Currency of the Payment"
    )
    payment_amount = fields.Monetary(
        currency_field="payment_currency_id", readonly=True, aggregator=None
    )
    move_id = fields.Many2one("account.move", "Entry", readonly=True, index=True)
    reverse_move_id = fields.Many2one(
        "account.move", "Reversal", readonly=True, index="btree_not_null"
    )
    undo_reason = fields.Char("Reversal Reason", readonly=True)

    _amount_positive = models.Constraint(
        "CHECK(amount > 0 AND payment_amount > 0)", "A recovery is more than nothing."
    )

    def _check_may_book(self):
        self.env.user._require_role(self.env._("Booking recoveries"), "accountant")

    def _do_recover(self, claim, payment_line, amount, payment_amount, date):
        """Book that `amount` of a claim was received.

        :param claim: row of the register
        :param payment_line: open credit of the customer on a receivable account
        :param amount: in the claim's currency
        :param payment_amount: the same in the payment's currency
        """
        self._check_may_book()
        claim.check_access("read")
        payment_line.check_access("read")
        self._check_claim(claim, amount, date)
        self._check_payment(claim, payment_line, payment_amount)
        # sudo: accountants book on claims that they may not write
        claim_sudo = claim.sudo()
        # The row is written before it is booked: of two at the same instant one starts anew.
        recovered = claim.currency_id.round(claim_sudo.amount_recovered + amount)
        stage = claim.claim_stage
        if claim.currency_id.compare_amounts(recovered, claim_sudo.amount_claim) == 0:
            stage = "recovered"
        claim_sudo._system_write({"amount_recovered": recovered, "claim_stage": stage})
        claim_sudo.flush_recordset()
        balance = self._get_value(payment_line, payment_amount)
        # sudo: nobody writes these rows but this booking
        recovery = self.sudo()._system_create(
            {
                "name": self._next_number(claim_sudo.company_id),
                "writeoff_line_id": claim.id,
                "date": date,
                "amount": amount,
                "balance": balance,
                "payment_line_id": payment_line.id,
                "payment_amount": payment_amount,
            }
        )
        taxes = recovery._prepare_taxes()
        move, items = recovery._post_entry(date, recovery._prepare_entry(taxes), recovery.name)
        recovery._system_write(
            {"move_id": move.id, "tax_amount": -sum(t["balance"] for t in taxes)}
        )
        (payment_line.with_env(items.env) | items[0]).reconcile()
        claim_sudo._system_write({"balance_recovered": claim_sudo.balance_recovered + balance})
        claim_sudo.writeoff_id.message_post(
            body=self.env._(
                "Recovered %(amount)s of %(invoice)s: %(name)s.",
                amount=claim.currency_id.format(amount),
                invoice=claim_sudo.move_name,
                name=recovery.name,
            )
        )
        return recovery.with_env(self.env)

    def _check_claim(self, claim, amount, date):
        currency = claim.currency_id
        if claim.state != "approved" or not claim.amount_claim:
            raise UserError(self.env._("%s is not a claim of the register.", claim.move_name))
        if date < claim.date_booked:
            raise UserError(
                self.env._(
                    "%(invoice)s was written off on %(day)s: it cannot be recovered before, on"
                    " %(date)s.",
                    invoice=claim.move_name,
                    day=format_date(self.env, claim.date_booked),
                    date=format_date(self.env, date),
                )
            )
        rest = claim.amount_claim - claim.amount_recovered
        if currency.compare_amounts(amount, 0) <= 0 or currency.compare_amounts(amount, rest) > 0:
            raise UserError(
                self.env._(
                    "%(invoice)s: the amount recovered must be between 0 and the remaining claim "
                    "of %(rest)s, not %(amount)s.",
                    invoice=claim.move_name,
                    rest=currency.format(rest),
                    amount=currency.format(amount),
                )
            )

    def _check_payment(self, claim, item, amount):
        currency = item.currency_id
        if (
            item.account_type != "asset_receivable"
            or item.parent_state != "posted"
            or not claim.company_id._credit_is_entity(item.company_id)
            or item.partner_id.commercial_partner_id != claim.partner_id.commercial_partner_id
        ):
            raise UserError(
                self.env._(
                    "%(payment)s is no open payment of %(customer)s.",
                    payment=item.move_id.name,
                    customer=claim.partner_id.display_name,
                )
            )
        rest = -item.amount_residual_currency
        if currency.compare_amounts(amount, 0) <= 0 or currency.compare_amounts(amount, rest) > 0:
            raise UserError(
                self.env._(
                    "%(payment)s has only %(rest)s available; %(amount)s was entered.",
                    payment=item.move_id.name,
                    rest=currency.format(max(rest, 0)),
                    amount=currency.format(amount),
                )
            )

    def _get_value(self, item, amount):
        """Return the value of a part of a payment as it stands in the books."""
        if item.currency_id.compare_amounts(amount, -item.amount_residual_currency) == 0:
            return -item.amount_residual
        return item.company_currency_id.round(
            item.amount_residual * amount / item.amount_residual_currency
        )

    def _prepare_entry(self, taxes):
        """Return values of the entry's items, the receivable first.

        :param taxes: result of `_prepare_taxes`
        """
        self.ensure_one()
        company, item = self.company_id, self.payment_line_id
        to_allowance = company.receivable_recovery_to == "allowance"
        account = (
            company._receivable_account("allowance")
            if to_allowance
            else company._receivable_booking_account("receivable_recovery_account_id")
        )
        gain = company.currency_id.round(self.balance + sum(tax["balance"] for tax in taxes))
        receivable = {
            "name": self._get_entry_text(),
            "account_id": item.account_id.id,
            "partner_id": item.partner_id.id,
            "currency_id": item.currency_id.id,
            "amount_currency": self.payment_amount,
            "balance": self.balance,
        }
        return [receivable, *taxes, self._prepare_credit(account, gain)]

    def _get_entry_text(self):
        return self.env._(
            "%(name)s: recovered of %(invoice)s",
            name=self.name,
            invoice=self.writeoff_line_id.move_name,
        )

    def _prepare_credit(self, account, amount):
        return {
            "name": self._get_entry_text(),
            "account_id": account.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.company_id.currency_id.id,
            "amount_currency": -amount,
            "balance": -amount,
        }

    def _prepare_taxes(self):
        """Tax relief given back in proportion, on the accounts and tags that it was taken from.

        The relief given back by all recoveries of the write-off is compared before and after this
        one: so the last of them leaves no cent.
        """
        self.ensure_one()
        claim, writeoff = self.writeoff_line_id, self.writeoff_id
        if not writeoff.tax_relief:
            return []
        after = {line: line.amount_recovered / line.amount for line in writeoff.line_ids}
        before = writeoff._get_taxes({**after, claim: after[claim] - self.amount / claim.amount})
        currency = self.company_id.currency_id
        result = []
        for (account, tags, tax), amount in writeoff._get_taxes(after).items():
            back = currency.round(amount - before[account, tags, tax])
            if back:
                credit = self._prepare_credit(account, back)
                result.append({**credit, "name": tax.name, "tax_tag_ids": [(6, 0, tags.ids)]})
        return result

    def _do_undo(self, date, reason):
        """Undo recoveries: the payment is free again and the claim as large as before."""
        self._check_may_book()
        self.check_access("read")
        # sudo: rights were checked; the claim is the system's to write
        for recovery in self.sudo():
            if recovery.state != "done":
                raise UserError(self.env._("%s has already been reversed.", recovery.name))
            claim = recovery.writeoff_line_id
            recovered = claim.currency_id.round(claim.amount_recovered - recovery.amount)
            claim._system_write(
                {
                    "amount_recovered": recovered,
                    "balance_recovered": claim.balance_recovered - recovery.balance,
                    "claim_stage": "watch"
                    if claim.claim_stage == "recovered"
                    else claim.claim_stage,
                }
            )
            claim.flush_recordset()
            reverse = recovery._reverse_entry(
                recovery.move_id, date, self.env._("Reversed: %s", recovery.name)
            )
            recovery._system_write(
                {"state": "reversed", "reverse_move_id": reverse.id, "undo_reason": reason}
            )
        return True

    def action_undo(self):
        """Undo a recovery: opens the wizard that asks for the reason."""
        self.ensure_one()
        self._check_may_book()
        return self._open_undo()

    def action_open_entry(self):
        """Open the entry of the recovery, and its reversal."""
        self.check_access("read")
        return self._open_entries(self.move_id | self.reverse_move_id)
