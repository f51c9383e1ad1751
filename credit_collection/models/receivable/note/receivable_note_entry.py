from odoo import models
from odoo.exceptions import UserError


class ReceivableNote(models.Model):
    """The entries of a note's steps.

        receive    Dr notes receivable           Cr receivable, per instalment; the rest open
        collect    Dr bank, fee                  Cr notes receivable
        discount   Dr bank, interest, fee        Cr notes receivable
        endorse    Dr payable, per bill          Cr notes receivable
        dishonour  Dr receivable, per instalment Cr notes receivable, or the bank that bought
                                                 the note, or the payable of its holder

    The note leaves the books at the value at which it entered; exchange gains or
    losses since then go to the exchange accounts.
    """

    _inherit = "receivable.note"

    # ------------------------------------------------------------------ values

    def _value(self, amount, date):
        """Return `amount` of the note's currency in company currency on a day."""
        return self.currency_id._convert(amount, self.company_id.currency_id, self.company_id, date)

    def _item(self, account, amount, balance, partner=None, **values):
        """Return an item in the note's currency; positive is debit."""
        return {
            "name": self.env._("Note %s", self.number),
            "account_id": account.id,
            "partner_id": (partner or self.partner_id).id,
            "currency_id": self.currency_id.id,
            "amount_currency": amount,
            "balance": balance,
            **values,
        }

    def _note_item(self):
        return self._item(
            self.company_id._receivable_booking_account("receivable_note_account_id"),
            -self.amount,
            -self.balance,
            date_maturity=self.date_maturity,
        )

    def _exchange_item(self, items):
        """Return the item of the exchange difference, as a list; empty when there is none."""
        company = self.company_id
        rest = company.currency_id.round(-sum(item["balance"] for item in items))
        if not rest:
            return []
        account = (
            company.expense_currency_exchange_account_id
            if rest > 0
            else company.income_currency_exchange_account_id
        )
        if not account:
            raise UserError(
                self.env._(
                    "%s has no accounts for exchange gains and losses. Nothing was posted.",
                    company.name,
                )
            )
        return [
            {
                **self._item(account, rest, rest),
                "currency_id": company.currency_id.id,
                "name": self.env._("Exchange difference of note %s", self.number),
            }
        ]

    def _bank_account(self, journal):
        """Return the account where money of a bank waits for the statement, else the bank's own.

        :raise UserError: the journal has no account
        """
        methods = journal.inbound_payment_method_line_ids
        account = methods.payment_account_id[:1] or journal.default_account_id
        if not account:
            raise UserError(self.env._("Choose a bank with an account."))
        return account

    def _post_step(self, step, items, journal=None):
        items = items + self._exchange_item(items)
        move, posted = self._post_entry(step.date, items, self.display_name, journal)
        step._system_write({"move_id": move.id})
        return posted

    def _reconcile_note(self, posted):
        """Reconcile the items of a note on the account of notes, where that is reconciled."""
        account = self.company_id.receivable_note_account_id
        if account.reconcile:
            came = self._last_of("receive").move_id.line_ids.with_env(posted.env)
            pair = (came | posted).filtered(
                lambda item: item.account_id == account and not item.reconciled
            )
            pair.reconcile()

    # ------------------------------------------------------------------ steps

    def _check_lines(self):
        currency, faults = self.currency_id, []
        if currency.compare_amounts(sum(self.line_ids.mapped("amount")), self.amount) > 0:
            faults.append(
                self.env._(
                    "%(note)s is for %(amount)s, but the invoices selected total %(sum)s.",
                    note=self.display_name,
                    amount=currency.format(self.amount),
                    sum=currency.format(self.applied),
                )
            )
        for line in self.line_ids:
            item = line.move_line_id
            if (
                item.account_type != "asset_receivable"
                or item.parent_state != "posted"
                or not self.company_id._credit_is_entity(item.company_id)
                or item.partner_id.commercial_partner_id != self.partner_id.commercial_partner_id
                or item.currency_id != currency
                or currency.compare_amounts(line.amount, item.amount_residual_currency) > 0
            ):
                faults.append(
                    self.env._(
                        "%(invoice)s: the note must pay an open invoice of %(customer)s in "
                        "%(currency)s, and no more than its amount due.",
                        invoice=item.move_id.name,
                        customer=self.partner_id.display_name,
                        currency=currency.name,
                    )
                )
        if faults:
            raise UserError("\n".join(faults))

    def _book_receive(self, step):
        self._check_lines()
        total = self._value(self.amount, step.date)
        self._system_write({"balance": total})
        note_item = self._note_item()
        note_item.update(amount_currency=self.amount, balance=total)
        items, left, rest = [], total, self.amount
        for line in self.line_ids:
            item = line.move_line_id
            rest = self.currency_id.round(rest - line.amount)
            value = left if not rest else self._value(line.amount, step.date)
            left = self.company_id.currency_id.round(left - value)
            items.append(
                self._item(
                    item.account_id,
                    -line.amount,
                    -value,
                    item.partner_id,
                    date_maturity=item.date_maturity,
                )
            )
        if rest:
            # sudo: users of a branch alone book in the books of its root
            customer = self.partner_id.sudo().with_company(self.company_id)
            account = customer.property_account_receivable_id
            items.append(self._item(account, -rest, -left))
        posted = self._post_step(step, items + [note_item])
        self._reconcile_lines(posted)

    def _reconcile_lines(self, credits):
        for line, credit in zip(self.line_ids, credits, strict=False):
            pair = line.move_line_id.with_env(credit.env) | credit
            # Paid meanwhile: the note's amount is the customer's credit.
            if not any(item.reconciled for item in pair):
                pair.reconcile()

    def _book_present(self, step):
        """Book nothing on handing it to the bank: it is the company's until it is paid."""

    def _book_collect(self, step):
        self._book_sale(step)

    def _book_discount(self, step):
        self._book_sale(step)

    def _book_sale(self, step):
        company, date = self.company_id, step.date
        journal = step.journal_id
        if not journal:
            raise UserError(self.env._("Choose the bank that paid."))
        costs = self.currency_id.round(step.interest + step.fee)
        if step.interest < 0 or step.fee < 0 or costs >= self.amount:
            raise UserError(
                self.env._(
                    "Interest and fee must be between 0 and %(amount)s, not %(costs)s.",
                    amount=self.currency_id.format(self.amount),
                    costs=self.currency_id.format(costs),
                )
            )
        net = self.currency_id.round(self.amount - costs)
        items = [self._item(self._bank_account(journal), net, self._value(net, date))]
        if step.interest:
            account = company._receivable_booking_account("receivable_note_interest_account_id")
            items.append(self._item(account, step.interest, self._value(step.interest, date)))
        if step.fee:
            account = company._receivable_booking_account("receivable_note_fee_account_id")
            items.append(self._item(account, step.fee, self._value(step.fee, date)))
        if self.currency_id == company.currency_id:
            journal = journal if not journal.currency_id else None
        posted = self._post_step(step, items + [self._note_item()], journal)
        self._reconcile_note(posted)

    def _book_endorse(self, step):
        bills = step.bill_line_ids.sorted(lambda item: (item.date_maturity or item.date, item.id))
        supplier = step.supplier_id.commercial_partner_id
        if not supplier:
            raise UserError(self.env._("Choose the supplier who takes the note."))
        items, rest = [], self.amount
        for bill in bills:
            if (
                bill.account_type != "liability_payable"
                or bill.parent_state != "posted"
                or not self.company_id._credit_is_entity(bill.company_id)
                or bill.currency_id != self.currency_id
                or bill.partner_id.commercial_partner_id != supplier
                or bill.amount_residual_currency >= 0
            ):
                raise UserError(
                    self.env._(
                        "%(bill)s is no open bill of %(supplier)s in %(currency)s.",
                        bill=bill.move_id.name,
                        supplier=supplier.display_name,
                        currency=self.currency_id.name,
                    )
                )
            part = min(rest, -bill.amount_residual_currency)
            if self.currency_id.compare_amounts(part, 0) <= 0:
                break
            rest = self.currency_id.round(rest - part)
            items.append(
                self._item(bill.account_id, part, self._value(part, step.date), bill.partner_id)
            )
        if rest:
            # sudo: as above
            account = supplier.sudo().with_company(self.company_id).property_account_payable_id
            items.append(self._item(account, rest, self._value(rest, step.date), supplier))
        posted = self._post_step(step, items + [self._note_item()])
        for bill, debit in zip(bills, posted, strict=False):
            if debit.account_id == bill.account_id and debit.debit:
                (bill.with_env(debit.env) | debit).reconcile()
        self._reconcile_note(posted)
