from collections import defaultdict

from odoo import models


class ReceivableWriteoff(models.Model):
    """The entry of a write-off.

        Dr what was received instead of money    its appraised value
        Dr tax account of each invoice           its tax share, with tax relief
        Dr allowance                             as far as it reaches
        Dr bad-debt expense                      the rest
        Cr receivable, per instalment            at its value in the books, in its currency

    The receivable leaves at the rate at which it stands in the books, so that writing off
    a foreign claim makes no exchange difference.
    """

    _inherit = "receivable.writeoff"

    def _do_book(self):
        """Post the entry, reconcile the instalments, start the register, end the case."""
        for writeoff in self:
            lines = writeoff.line_ids
            lines._check_open()
            lines._set_balance()
            date = writeoff._get_booking_date()
            writeoff.company_id._receivable_lock_allowance()
            values, amounts = writeoff._prepare_entry(date)
            move, items = writeoff._post_entry(date, values, writeoff.name)
            for line, item in zip(lines, items, strict=False):
                # The tax of an unpaid invoice does not become due because it is given up.
                pair = line.move_line_id.with_env(item.env) | item
                pair.with_context(no_cash_basis=True).reconcile()
            writeoff._system().write(
                {
                    "move_id": move.id,
                    "date": date,
                    "allowance_amount": amounts["allowance"],
                    "expense_amount": amounts["expense"],
                    "tax_amount": amounts["tax"],
                    "case_id": writeoff.case_id.id
                    or self.env["collection.case"]
                    ._receivable_find(writeoff.company_id, writeoff.partner_id)
                    .id,
                }
            )
            writeoff._start_claims(date)
            writeoff._end_case()

    def _start_claims(self, date):
        """What is written off stays claimed; not small differences nor discounts agreed."""
        self.ensure_one()
        total = sum(self.line_ids.mapped("balance"))
        share = 1.0 - (self._get_settled_amount() / total if total else 0.0)
        keeps = self.reason_id.keeps_claim and not self.is_small
        for line in self.line_ids._system():
            claim = line.currency_id.round(line.amount * share) if keeps else 0.0
            line.write(
                {
                    "date_booked": date,
                    "amount_claim": claim,
                    "amount_recovered": 0.0,
                    "claim_stage": "watch" if claim else "ended",
                    "is_watched": bool(claim),
                    "review_date": self._get_review_date(date) if claim else False,
                }
            )

    def _get_settled_amount(self):
        return self.settlement_value if self.settlement != "none" else 0.0

    # ------------------------------------------------------------------ values

    def _prepare_entry(self, date):
        """Values of the entry's items, the credits first in the order of the lines.

        :return: (list of values, amounts {"allowance", "expense", "tax"} in company currency)
        :raise UserError: an account is missing
        """
        self.ensure_one()
        company, currency = self.company_id, self.currency_id
        credits = [self._prepare_credit(line) for line in self.line_ids]
        total = -sum(values["balance"] for values in credits)
        settled = self._get_settled_amount()
        taxes = self._prepare_taxes(1.0 - (settled / total if total else 0.0))
        tax = sum(values["balance"] for values in taxes)
        loss = currency.round(total - settled - tax)
        debits = []
        if settled:
            debits.append(
                self._prepare_debit(
                    self.settlement_account_id, settled, self.settlement_note or self.name
                )
            )
        debits += taxes
        allowance = 0.0
        own_account = self.reason_id.with_company(company).account_id
        if loss and not own_account:
            allowance = min(loss, company._receivable_allowance_balance(self.partner_id, date))
            if allowance:
                account = company._receivable_account("allowance")
                debits.append(self._prepare_debit(account, allowance, self.reason_id.name))
        expense = currency.round(loss - allowance)
        if expense:
            account = own_account or company._receivable_account("expense")
            debits.append(self._prepare_debit(account, expense, self.reason_id.name))
        amounts = {"allowance": allowance, "expense": expense, "tax": tax}
        return credits + debits, amounts

    def _prepare_credit(self, line):
        item = line.move_line_id
        return {
            "name": self.env._("%(name)s: %(invoice)s", name=self.name, invoice=line.move_name),
            "account_id": item.account_id.id,
            "partner_id": item.partner_id.id,
            "currency_id": item.currency_id.id,
            "amount_currency": -line.amount,
            "balance": -line.balance,
            "date_maturity": item.date_maturity,
        }

    def _prepare_debit(self, account, balance, name):
        return {
            "name": name,
            "account_id": account.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "amount_currency": balance,
            "balance": balance,
        }

    def _prepare_taxes(self, share):
        """Tax taken back: of each invoice's tax items the share that is written off.

        :param share: of the written-off amounts that is really lost
        """
        if not self.tax_relief:
            return []
        totals = defaultdict(float)
        for line in self.line_ids:
            move = line.move_line_id.move_id
            terms = move.line_ids.filtered(lambda li: li.display_type == "payment_term")
            billed = sum(terms.mapped("balance"))
            if not billed:
                continue
            for tax in move.line_ids.filtered(lambda li: li.display_type == "tax"):
                key = (tax.account_id, tax.tax_tag_ids, tax.tax_line_id)
                totals[key] -= tax.balance * line.balance / billed * share
        result = []
        for (account, tags, tax), amount in totals.items():
            balance = self.currency_id.round(amount)
            if balance:
                result.append(
                    {
                        **self._prepare_debit(account, balance, tax.name),
                        "tax_tag_ids": [(6, 0, tags.ids)],
                    }
                )
        return result
