from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

# So many customers, and documents of each, are named where a request no longer fits the books.
NAMED_CHANGES = 10


class ReceivableProvision(models.Model):
    """From the request to the entry and its reversal; every entry is Odoo's own posting."""

    _inherit = "receivable.provision"

    # ------------------------------------------------------------------ request

    def _check_can_request(self):
        result = super()._check_can_request()
        if self.state != "draft":
            raise UserError(
                self.env._("Approval of %s has already been requested.", self.display_name)
            )
        self._check_accounts()
        self._compute_figures()
        faults = [
            self.env._(
                "The adjustment of %(points)s points in bucket %(column)s needs a reason.",
                points=line.adjustment,
                column=line.column_label,
            )
            for line in self.line_ids
            if line.adjustment and not (line.reason or "").strip()
        ]
        if faults:
            raise UserError("\n".join(faults))
        if self.currency_id.is_zero(self.target) and self.currency_id.is_zero(self.present):
            raise UserError(
                self.env._("No entry is needed: the target and current allowance are both 0.")
            )
        return result

    # ------------------------------------------------------------------ changes since the request

    def _prepare_request_values(self):
        values = super()._prepare_request_values()
        return {**values, "requested_owed": self._get_owed_by_id()}

    def _get_owed_by_id(self):
        """Return {id of the customer as text, "0" for none: owed}, as JSON keeps it."""
        owed = self._get_owed().items()
        return {str(id_ or 0): self.currency_id.round(float(amount)) for id_, amount in owed}

    def _get_request_changes(self):
        """Return customers who owe another amount on the day than when it was requested, the allowance
        where its account stands elsewhere, and the documents behind both."""
        if self.requested_owed is None or self.requested_owed is False:
            return []  # requested before this was kept
        before, now, money = self.requested_owed, self._get_owed_by_id(), self.currency_id
        moved = [
            key
            for key in before.keys() | now.keys()
            if money.compare_amounts(before.get(key, 0.0), now.get(key, 0.0))
        ]
        moved.sort(key=lambda key: (-abs(before.get(key, 0.0) - now.get(key, 0.0)), key))
        named = moved[:NAMED_CHANGES]
        behind = self._get_changed_documents(
            [
                ("account_id", "in", self.env["account.account"]._credit_receivable_ids()),
                ("partner_id.commercial_partner_id", "in", [int(key) or False for key in named]),
            ]
        )
        customers = self.env["res.partner"].browse(int(key) for key in named)
        changes = [
            self.env._(
                "%(customer)s: %(old)s → %(new)s %(documents)s",
                customer=customer.display_name or self.env._("Without customer"),
                old=money.format(before.get(key, 0.0)),
                new=money.format(now.get(key, 0.0)),
                documents=behind.get(customer, ""),
            ).strip()
            for key, customer in zip(named, customers, strict=True)
        ]
        if len(moved) > len(named):
            changes.append(self.env._("and %s more customers", len(moved) - len(named)))
        present = self._get_present()
        if money.compare_amounts(self.present, present):
            account = [("account_id", "=", self.allowance_account_id.id)]
            documents = " ".join(self._get_changed_documents(account).values())
            changes.append(f"{self._get_change_text('present', present)} {documents}".strip())
        return changes

    def _get_changed_documents(self, domain):
        """Return {customer: "(documents)"} written in the books since the request.

        :param domain: of their items
        """
        items = self.env["account.move.line"].search(
            Domain(domain)
            & Domain("company_id", "in", self.company_id._credit_entity_ids())
            & Domain("date", "<=", self.date)
            & Domain("move_id.write_date", ">=", self.requested_at),
            order="date desc, id desc",
        )
        return {
            customer: f"({', '.join(list(dict.fromkeys(part.mapped('move_name')))[:NAMED_CHANGES])})"
            for customer, part in items.grouped(
                lambda i: i.partner_id.commercial_partner_id
            ).items()
        }

    def _check_accounts(self):
        """Require accounts and journal: chosen here, or found in settings and chart."""
        for provision in self:
            company = provision.company_id
            vals = {}
            if not provision.allowance_account_id:
                vals["allowance_account_id"] = company._receivable_account("allowance").id
            if not provision.expense_account_id:
                vals["expense_account_id"] = company._receivable_account("expense").id
            if not provision.journal_id:
                vals["journal_id"] = company._receivable_journal().id
            if vals:
                provision._system_write(vals)

    def action_cancel(self):
        """Withdraw provisions that are not booked."""
        self.check_access("write")
        for provision in self:
            if provision.state not in ("draft", "requested", "approved"):
                raise UserError(
                    self.env._(
                        "%s has been posted or decided and cannot be withdrawn.", provision.name
                    )
                )
            provision._cancel_reviews()
            provision._system_write({"state": "cancelled"})
        return True

    # ------------------------------------------------------------------ posting

    def _check_may_book(self):
        self.check_access("write")
        self.env.user._require_role(self.env._("Posting and reversing entries"), "accountant")

    def _check_order(self, day=None):
        """Raise where a provision of a later day was booked: its target would be missed.

        :param day: the entry of this one stands until then; None = it stays
        """
        self.ensure_one()
        # sudo: bookings of the company count, whoever may read them
        booked = self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("allowance_account_id", "=", self.allowance_account_id.id),
                ("date", ">=", self.date),
                ("state", "in", ("posted", "reversed")),
                ("move_id", "!=", False),
                ("id", "!=", self.id),
            ]
        )
        for other in booked:
            until = other.reversal_move_id.date if other.state == "reversed" else None
            if self.state == "posted":
                # Undone the other way round: the one that was booked on top goes first.
                on_top = other.move_id.id > self.move_id.id
                missed = on_top and (not until or not day or until > day)
            else:
                missed = (
                    other.date > self.date
                    and (not until or until > other.date)
                    and (not day or day > other.date)
                )
            if missed:
                raise UserError(
                    self.env._(
                        "%(later)s of %(day)s was posted on this allowance balance. Reverse it "
                        "first, or use a later date.",
                        later=other.name,
                        day=format_date(self.env, other.date),
                    )
                )

    def _prepare_entry(self, amount):
        """Return items that move the allowance by `amount` (company currency, signed)."""
        self.ensure_one()
        lines = ((self.expense_account_id, amount), (self.allowance_account_id, -amount))
        return [
            {
                "name": self.env._("Provision for bad debts %s", self.name),
                "account_id": account.id,
                "balance": balance,
            }
            for account, balance in lines
        ]

    def action_post(self):
        """Book the entry that moves the allowance account to its approved target, as of the date.

        The difference is taken anew: entries made since the approval are not booked twice.

        :raise AccessError: the user does not work in accounting
        :raise UserError: not approved, an account is missing, the period is closed, or one of a later
            day was booked before
        """
        self._check_may_book()
        for provision in self:
            if provision.state != "approved":
                raise UserError(
                    self.env._("%s must be approved before it can be posted.", provision.name)
                )
            provision._check_accounts()
            provision.company_id._receivable_lock_allowance()
            provision._check_order(provision.reversal_date)
            present = provision._get_present()
            amount = provision.currency_id.round(provision.target - present)
            move = self.env["account.move"]
            if not provision.currency_id.is_zero(amount):
                move, _items = provision._post_entry(
                    provision.date,
                    provision._prepare_entry(amount),
                    self.env._("Provision for bad debts %s", provision.name),
                    provision.journal_id,
                    receivable_provision_id=provision.id,
                )
            if provision.currency_id.compare_amounts(amount, provision.charge):
                provision._tell_other_amount(amount, present)
            provision._system_write({"state": "posted", "move_id": move.id, "present": present})
            if provision.reversal_date and move:
                provision.action_reverse()
        return True

    def _tell_other_amount(self, amount, present):
        """Say on the document why another amount was posted than approved: the target stands."""
        # sudo: what is behind the allowance, whatever the accountant may read
        document = self.sudo()
        account = [("account_id", "=", document.allowance_account_id.id)]
        documents = " ".join(document._get_changed_documents(account).values())
        document.message_post(
            body=self.env._(
                "Posted %(amount)s, not the %(approved)s that was approved. %(change)s %(documents)s",
                amount=self.currency_id.format(amount),
                approved=self.currency_id.format(self.charge),
                change=self._get_change_text("present", present),
                documents=documents,
            )
        )

    def action_reverse(self):
        """Reverse the entry, on the day chosen, or today.

        A reversal of a day to come waits as a draft that Odoo posts on its day.

        :raise AccessError: the user does not work in accounting
        :raise UserError: nothing is booked, the period is closed, or a later one was booked on top
        """
        self._check_may_book()
        for provision in self:
            move = provision.move_id
            if provision.state != "posted" or not move:
                raise UserError(self.env._("%s has no entry to reverse.", provision.name))
            today = provision.company_id._credit_today()
            day = provision.reversal_date or max(today, provision.date)
            provision._check_order(day)
            reversal = provision._reverse_entry(
                move,
                day,
                self.env._("Reversal of: %s", move.name),
                may_wait=True,
                receivable_provision_id=provision.id,
            )
            provision._system_write(
                {
                    "state": "reversed",
                    "reversal_move_id": reversal.id,
                    # Undone on its own day, it has none of the next period.
                    "reversal_date": day if day > provision.date else False,
                }
            )
        return True

    # ------------------------------------------------------------------ opening

    def action_open_move(self):
        """Open the entry and its reversal."""
        self.ensure_one()
        self.check_access("read")
        moves = self.move_id | self.reversal_move_id
        if not moves:
            raise UserError(self.env._("%s has not been posted.", self.name))
        return self._open_entries(moves)

    def action_open_ageing(self):
        """Open the ageing as of the day of the provision."""
        self.ensure_one()
        self.check_access("read")
        report = self.env["receivable.ageing.report"].create(
            {"company_id": self.company_id.id, "date": self.date, "with_notes": self.with_notes}
        )
        return report.action_open_items()

    def action_print(self):
        """Print the provision with its working as a PDF."""
        self.check_access("read")
        return self.env.ref("credit_collection.action_report_receivable_provision").report_action(
            self
        )

    def action_export(self):
        """Export the provision with its working as a workbook."""
        self.check_access("read")
        return self.env.ref("credit_collection.action_xlsx_receivable_provision").report_action(
            self
        )
