from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date


class ReceivableEntryMixin(models.AbstractModel):
    """Documents that book: entries are posted by Odoo, and undone by reversal.

    Approvers of a document need no rights in accounting: the approval is the right.
    """

    _name = "receivable.entry.mixin"
    _description = "Document That Posts Entries"

    def _books(self):
        """Return the books of the document's company, with the rights of the system.

        The context of the client stays outside: none of its defaults reaches an entry.
        """
        self.ensure_one()
        context = {"lang": self.env.lang, "tz": self.env.context.get("tz")}
        # sudo: entries are booked by the system, for users with the right on the document
        env = self.env(su=True, context=context)
        # The sentinel of the protected mixin opens the guards in account_move.py.
        # sudo: the company's books, see above
        return env["credit.protected.mixin"]._system().with_company(self.sudo().company_id).env

    def _check_period(self, date, journal, has_tax=False, may_wait=False):
        """Raise where the books are closed or the day is still to come; nothing is posted then.

        :param may_wait: a day to come is right

        Odoo would move the entry to the next open day without a word.
        """
        # sudo: the document's company, whose lock dates are read
        company = self.sudo().company_id
        day = format_date(self.env, date)
        if date > company._credit_today() and not may_wait:
            raise UserError(self.env._("The accounting date %s is still to come.", day))
        locks = company._get_violated_lock_dates(date, has_tax, journal)
        if locks:
            raise UserError(
                self.env._(
                    "The accounting period is closed on %(date)s: %(locks)s. Nothing was posted; "
                    "open the period or choose a later accounting date.",
                    date=day,
                    locks=company._format_lock_dates(locks),
                )
            )

    def _post_entry(self, date, lines, ref, journal=None, **values):
        """Post one entry.

        :param lines: values of its items, in this order
        :param values: more values of the entry
        :return: (the entry, its items in the order of `lines`)
        """
        env = self._books()
        # sudo: the document's company, in which the entry is booked
        company = self.sudo().company_id
        journal = (journal or company._receivable_journal()).with_env(env)
        has_tax = any(line.get("tax_tag_ids") for line in lines)
        self._check_period(date, journal, has_tax)
        move = env["account.move"].create(
            {
                "move_type": "entry",
                "date": date,
                "journal_id": journal.id,
                "ref": ref,
                "receivable_document": f"{self._name},{self.id}",
                **values,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        move._post(soft=False)
        return move, move.line_ids.sorted("id")

    def _reverse_entry(self, move, date, ref, may_wait=False, **values):
        """Reverse an entry; the items it was reconciled with are open again.

        :param may_wait: a reversal of a day to come is a draft that Odoo posts on its day
        :param values: more values of the reversal
        :return: the reversal
        """
        env = self._books()
        move = move.with_env(env)
        if date < move.date:
            raise UserError(
                self.env._(
                    "%(entry)s of %(day)s cannot be reversed on %(date)s, before it was posted.",
                    entry=move.name,
                    day=format_date(self.env, move.date),
                    date=format_date(self.env, date),
                )
            )
        has_tax = bool(move.line_ids.tax_tag_ids)
        self._check_period(date, move.journal_id, has_tax, may_wait)
        # sudo: the document's company, whose day it is
        waits = date > self.sudo().company_id._credit_today()
        values = {
            **values,
            "date": date,
            "ref": ref,
            "receivable_document": f"{self._name},{self.id}",
            "auto_post": "at_date" if waits else "no",
        }
        return move._reverse_moves([values], cancel=not waits)

    # ------------------------------------------------------------------ opening

    def _open_entries(self, moves):
        """Open entries of the document, for users who may read them."""
        moves.check_access("read")
        return self._open_records(
            "account.action_move_journal_line",
            domain=[("id", "in", moves.ids)],
            context={"create": False},
        )

    def _open_undo(self):
        """Open the wizard that asks for the reason of a reversal."""
        self.ensure_one()
        return self._open_records(
            "receivable_undo_action",
            context={"active_model": self._name, "active_id": self.id},
        )
