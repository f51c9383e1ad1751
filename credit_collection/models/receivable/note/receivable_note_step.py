from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

# kind of a step: (states it starts from, state it leads to)
TRANSITIONS = {
    "receive": (("draft",), "in_hand"),
    "present": (("in_hand",), "presented"),
    "collect": (("in_hand", "presented"), "collected"),
    "discount": (("in_hand",), "discounted"),
    "endorse": (("in_hand",), "endorsed"),
    "dishonour": (("in_hand", "presented", "discounted", "endorsed"), "dishonoured"),
}


class ReceivableNoteStep(models.Model):
    """One step of a note, with its entry; undone by reversal, and kept."""

    _name = "receivable.note.step"
    _description = "Note Transaction"
    _inherit = ["credit.protected.mixin"]
    _order = "id desc"
    _rec_name = "note_id"

    note_id = fields.Many2one(
        "receivable.note",
        string="Note Receivable",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="note_id.company_id", store=True)
    currency_id = fields.Many2one(related="note_id.currency_id")
    kind = fields.Selection(
        [
            ("receive", "Received"),
            ("present", "Presented"),
            ("collect", "Note Collected"),
            ("discount", "Discounted"),
            ("endorse", "Endorsed"),
            ("dishonour", "Dishonored"),
        ],
        string="Type",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [("done", "Done"), ("undone", "Reversed")],
        string="Status",
        default="done",
        required=True,
        readonly=True,
    )
    state_before = fields.Char("Status Before", readonly=True)
    date = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Recorded by", readonly=True)
    journal_id = fields.Many2one("account.journal", "Bank", readonly=True)
    interest = fields.Monetary(readonly=True)
    fee = fields.Monetary("Bank Fee", readonly=True)
    supplier_id = fields.Many2one("res.partner", "Endorsed to", readonly=True)
    bill_line_ids = fields.Many2many("account.move.line", string="Bills", readonly=True)
    reason = fields.Char(readonly=True)
    move_id = fields.Many2one("account.move", "Entry", readonly=True, index=True)
    reverse_move_id = fields.Many2one(
        "account.move", "Reversal", readonly=True, index="btree_not_null"
    )
    undo_reason = fields.Char("Reversal Reason", readonly=True)

    @api.model
    def _get_dishonoured(self, customers, company):
        """Return notes of customers that were dishonoured in the last twelve months, newest first."""
        since = fields.Date.subtract(company._credit_today(), months=12)
        domain = (
            Domain("kind", "=", "dishonour")
            & Domain("state", "=", "done")
            & Domain("company_id", "=", company._credit_root().id)
            & Domain("date", ">=", since)
            & Domain("note_id.partner_id.commercial_partner_id", "in", customers.ids)
        )
        # sudo: risk levels and warnings do not depend on the user
        return self.sudo().search(domain, order="date desc, id desc")


class ReceivableNote(models.Model):
    """The order of steps, and the effects of each beside its entry."""

    _inherit = "receivable.note"

    def _check_may_book(self):
        self.check_access("write")
        self.env.user._require_role(self.env._("Booking of notes"), "accountant")

    def _check_may_step(self, kind):
        self._check_may_book()
        for note in self:
            before, _after = TRANSITIONS[kind]
            if note.state not in before:
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(note)s is %(state)s, so this step is not possible.",
                        note=note.display_name,
                        state=labels[note.state],
                    )
                )

    def _do_step(self, kind, date, values=None):
        """Take one step and book it.

        :param kind: key of `TRANSITIONS`
        :param date: accounting date
        :param values: further fields of the step (bank, interest, fee, bills, reason)
        """
        self.ensure_one()
        self._check_may_step(kind)
        # sudo: rights were checked; entries of the note are the system's
        note = self.sudo()
        last = note._last_step()
        if last and date < last.date:
            raise UserError(
                self.env._(
                    "%(note)s: the step before was on %(date)s; this one cannot be earlier.",
                    note=note.display_name,
                    date=format_date(self.env, last.date),
                )
            )
        step = note.env["receivable.note.step"]._system_create(
            {
                **(values or {}),
                "note_id": note.id,
                "kind": kind,
                "date": date,
                "state_before": note.state,
                "user_id": self.env.user.id,
            }
        )
        # The row is written before it is booked: of two steps at once one starts anew.
        note._system_write({"state": TRANSITIONS[kind][1], "is_matured": False})
        note.flush_recordset()
        getattr(note, f"_book_{kind}")(step)
        note._after_step(step)
        return step.with_env(self.env)

    def _after_step(self, step):
        """Apply the effects of a step beside its entry. Extend for more."""
        if step.kind != "receive":
            self.activity_unlink(["credit_collection.mail_activity_note_maturity"])
        if step.kind == "dishonour":
            self._after_dishonoured(step)

    def _last_step(self):
        self.ensure_one()
        return self.step_ids.filtered(lambda step: step.state == "done").sorted("id")[-1:]

    def _last_of(self, kind):
        self.ensure_one()
        return self.step_ids.filtered(
            lambda step: step.state == "done" and step.kind == kind
        ).sorted("id")[-1:]

    def _do_undo(self, date, reason):
        """Undo the last step: its entry is reversed, the note is where it was before."""
        self._check_may_book()
        # sudo: rights were checked; entries of the note are the system's
        for note in self.sudo():
            step = note._last_step()
            if not step:
                raise UserError(self.env._("%s has no step to undo.", note.display_name))
            if date < step.date:
                raise UserError(
                    self.env._(
                        "The reversal cannot be before the step of %s.",
                        format_date(self.env, step.date),
                    )
                )
            reverse = self.env["account.move"]
            if step.move_id:
                reverse = note._reverse_entry(
                    step.move_id, date, self.env._("Reversed: %s", note.display_name)
                )
            step._system_write(
                {"state": "undone", "reverse_move_id": reverse.id, "undo_reason": reason}
            )
            matured = note.date_maturity < note.company_id._credit_today()
            note._system_write(
                {
                    "state": step.state_before,
                    "is_matured": matured and step.state_before in ("discounted", "endorsed"),
                }
            )
            if step.kind == "dishonour":
                note._apply_again()
                # sudo: users who book need not see the case
                cases = self.env["collection.case"].sudo()
                customer = note.partner_id.commercial_partner_id
                cases._find_open(customer, note.company_id)._refresh()
            if step.kind == "receive":
                note._system_write({"balance": 0.0})
            note.message_post(body=self.env._("Last step undone: %s", reason))
        return True

    # ------------------------------------------------------------------ dishonoured

    def _after_dishonoured(self, step):
        """Raise the customer's risk and notify the collector."""
        company, customer = self.company_id, self.partner_id.commercial_partner_id
        # sudo: an accountant's step raises a risk that credit control reads
        reviews = self.env["credit.review"].with_company(company).sudo()
        customer = customer.with_env(reviews.env)
        reviews._review_customers(customer, company, reviews._get_facts(customer, company))
        received = self._last_of("receive").date
        case = self.env["collection.case"]._receivable_revive(
            company, customer, [("date_close", ">=", received)]
        )
        text = self.env._(
            "Note %(note)s over %(amount)s was dishonored: %(reason)s",
            note=self.number,
            amount=self.currency_id.format(self.amount),
            reason=step.reason or "–",
        )
        if case:
            case.message_post(body=text)
            keeper = case.user_id
        else:
            keeper = self.user_id or customer.user_id
        if keeper:
            (case or self).activity_schedule(
                "mail.mail_activity_data_todo", summary=text, user_id=keeper.id
            )

    # ------------------------------------------------------------------ daily

    @api.model
    def _cron_daily(self):
        """Remind of notes that mature soon, and end the contingency of those past it."""
        standing = self._read_group([("standing", "!=", False)], ["company_id"])
        for (company,) in standing:
            today = company._credit_today()
            self._remind(company, today)
            self.search(
                [
                    ("company_id", "=", company.id),
                    ("standing", "=", "contingent"),
                    ("date_maturity", "<", today),
                ]
            )._system_write({"is_matured": True})

    @api.model
    def _remind(self, company, today):
        activity_type = self.env.ref("credit_collection.mail_activity_note_maturity")
        horizon = fields.Date.add(today, days=company.receivable_note_remind_days)
        notes = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "in_hand"),
                ("date_maturity", "<=", horizon),
                ("activity_ids", "not any", [("activity_type_id", "in", activity_type.ids)]),
            ]
        )
        for note in notes:
            keeper = note.user_id or company.credit_controller_id
            note.activity_schedule(
                "credit_collection.mail_activity_note_maturity",
                date_deadline=note.date_maturity,
                summary=self.env._("Present note %s", note.number),
                user_id=keeper.id or self.env.user.id,
            )

    # ---- The entry of a dishonoured note; see receivable_note_entry.py for the others.

    def _book_dishonour(self, step):
        """Reopen the invoices themselves, under their own numbers and due dates.

        The credit of the receipt is taken off them and pays the new debit.
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
        """Return items of a step's entry on receivable or payable accounts, in the order of its lines."""
        lines = self._last_of(kind).move_id.line_ids.sorted("id")
        note_account = self.company_id.receivable_note_account_id
        return lines.filtered(
            lambda item: item.account_type == account_type and item.account_id != note_account
        )

    def _swap(self, paid, anew):
        """Free the items that `paid` had paid; the items `anew` take its place."""
        for old, new in zip(paid, anew, strict=True):
            old = old.with_env(new.env)
            old.remove_move_reconcile()
            (old | new).reconcile()

    def _apply_again(self):
        """Apply the note to invoices and bills again, after a dishonour is undone.

        Items paid in another way meanwhile stay so.
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
