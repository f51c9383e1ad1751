from odoo import models


class ReceivableNote(models.Model):
    """The entry of a dishonoured note; see receivable_note_entry.py for the others."""

    _inherit = "receivable.note"

    def _book_dishonour(self, step):
        """The invoices are open again themselves, under their own numbers and due dates.

        What paid them (the credit of the receipt) is taken off and pays the new debit.
        """
        received = self._get_credits("receive", "asset_receivable")
        items = [
            self._item(
                credit.account_id,
                -credit.amount_currency,
                -credit.balance,
                credit.partner_id,
                date_maturity=credit.date_maturity,
            )
            for credit in received
        ]
        endorsed = self.env["account.move.line"]
        journal = None
        if step.state_before == "discounted":
            journal = self._last_of("discount").journal_id
            value = self._value(self.amount, step.date)
            items.append(self._item(self._bank_account(journal), -self.amount, -value))
            if self.currency_id == self.company_id.currency_id and journal.currency_id:
                journal = None
        elif step.state_before == "endorsed":
            endorsed = self._get_credits("endorse", "liability_payable")
            items += [
                self._item(
                    debit.account_id, -debit.amount_currency, -debit.balance, debit.partner_id
                )
                for debit in endorsed
            ]
        else:
            items.append(self._note_item())
        posted = self._post_step(step, items, journal)
        self._swap(received, posted[: len(received)])
        self._swap(endorsed, posted[len(received) : len(received) + len(endorsed)])
        if step.state_before in ("in_hand", "presented"):
            self._reconcile_note(posted)

    def _get_credits(self, kind, account_type):
        """Items of a step's entry on receivable or payable accounts, in the order of its lines."""
        lines = self._last_of(kind).move_id.line_ids.sorted("id")
        note_account = self.company_id.receivable_note_account_id
        return lines.filtered(
            lambda item: item.account_type == account_type and item.account_id != note_account
        )

    def _swap(self, paid, anew):
        """Free what `paid` had paid; the items `anew` take its place."""
        for old, new in zip(paid, anew, strict=True):
            old = old.with_env(new.env)
            old.remove_move_reconcile()
            (old | new).reconcile()

    def _apply_again(self):
        """After a dishonour is undone: invoices and bills are paid by the note as before.

        What was paid in another way meanwhile stays so.
        """
        env = self._books()
        self._reconcile_lines(self._get_credits("receive", "asset_receivable").with_env(env))
        step = self._last_of("endorse")
        if step:
            bills = step.bill_line_ids.sorted(lambda i: (i.date_maturity or i.date, i.id))
            debits = self._get_credits("endorse", "liability_payable").with_env(env)
            for bill, debit in zip(bills, debits, strict=False):
                pair = bill.with_env(env) | debit
                if not any(item.reconciled for item in pair):
                    pair.reconcile()
