from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class ReceivableWriteoff(models.Model):
    """The checks before a write-off is requested, and the effects of a decision."""

    _inherit = "receivable.writeoff"

    # ------------------------------------------------------------------ request

    def _check_can_request(self):
        result = super()._check_can_request()
        # By the policy of today, not by that of the day the draft was made.
        self.env.add_to_compute(self._fields["chain"], self)
        # sudo: the chain is the system's
        self.sudo()._system()._recompute_recordset(["chain"])
        self._check_is_draft()
        self._check_all(
            self._check_lines,
            self._check_settlement,
            self._check_date,
            *self._get_input_checks(),
        )
        self._check_entry()
        return result

    def _get_input_checks(self):
        if self.state != "draft":
            return []
        return [self._check_evidence, self._check_explanation, self._check_clearance]

    def _check_evidence(self):
        faults = []
        lacking = self.evidence_ids.filtered(lambda row: row.state == "missing")
        if lacking:
            faults.append(
                self.env._(
                    "Evidence is missing: %s. Attach it, or enter by when it is promised.",
                    ", ".join(lacking.mapped("display_name")),
                )
            )
        today = self.company_id._credit_today()
        late = self.evidence_ids.filtered(
            lambda row: row.state == "promised" and row.date_promised < today
        )
        if late:
            faults.append(
                self.env._(
                    "The promised date of %s has passed.", ", ".join(late.mapped("display_name"))
                )
            )
        if faults:
            raise UserError("\n".join(faults))

    def _check_explanation(self):
        if not (self.explanation or "").strip():
            raise UserError(self.env._("Explain why the claim cannot be collected."))

    def _check_clearance(self):
        """Raise unless responsibility is settled, and missing papers are explained (P3-08)."""
        if self.chain != "clearance":
            return
        faults = []
        if not (self.fault_unit or "").strip() or not self.fault_user_id:
            faults.append(
                self.env._(
                    "%s: settle the responsibility first: enter the responsible unit and person.",
                    self.name,
                )
            )
        silent = self.evidence_ids.filtered(
            lambda row: row.state == "promised" and not (row.note or "").strip()
        )
        if silent:
            faults.append(
                self.env._("Enter why it is missing: %s.", ", ".join(silent.mapped("display_name")))
            )
        if faults:
            raise UserError("\n".join(faults))

    def _do_request(self):
        result = super()._do_request()
        # sudo: Finance is notified, whoever applies
        for writeoff in self.sudo().filtered("needs_opinion"):
            finance = writeoff.company_id._collection_finance()
            told = writeoff.with_context(lang=finance.lang)
            told._notify_users(
                finance,
                told.env._(
                    "Evidence is missing. Enter the opinion of Finance: it cannot be approved without it."
                ),
            )
        return result

    def _validate_tier(self, tiers=False):
        for writeoff in self.filtered("needs_opinion"):
            raise UserError(
                self.env._(
                    "%s: evidence is missing. Finance enters its opinion before anybody approves.",
                    writeoff.name,
                )
            )
        return super()._validate_tier(tiers)

    def _check_draft(self):
        """Raise unless the draft could be booked as it stands."""
        self._check_is_draft()
        self._check_all(self._check_lines, self._check_settlement, self._check_date)
        self._check_entry()

    def _check_is_draft(self):
        self.ensure_one()
        if self.state != "draft":
            raise UserError(
                self.env._("Approval of %s has already been requested.", self.display_name)
            )
        if not self.line_ids:
            raise UserError(self.env._("%s has no installment to write off.", self.display_name))

    def _check_lines(self):
        # sudo: items of the write-off, whatever the applicant may read
        lines = self.line_ids.sudo()
        lines._check_open()
        lines._set_balance()
        waiting = lines.search(
            [
                ("move_line_id", "in", lines.move_line_id.ids),
                ("state", "=", "requested"),
                ("writeoff_id", "!=", self.id),
            ],
            limit=1,
        )
        if waiting:
            raise UserError(
                self.env._(
                    "%(invoice)s waits for the decision on %(application)s already.",
                    invoice=waiting.move_name,
                    application=waiting.writeoff_id.name,
                )
            )

    def _check_entry(self):
        # Missing accounts are reported to the requester, not to the last approver.
        # sudo: accounts and values are the system's to read
        self.sudo()._prepare_entry(self.sudo()._get_booking_date())

    @api.constrains("date")
    def _check_date(self):
        """Raise where the entry would stand before the invoices that it writes off."""
        for writeoff in self.filtered("date"):
            # sudo: items of the write-off, whatever the applicant may read
            items = writeoff.line_ids.sudo().move_line_id
            late = items.filtered(lambda item, day=writeoff.date: item.date > day)
            if late:
                raise ValidationError(
                    self.env._(
                        "Accounting Date %(date)s is before the date of %(invoices)s.",
                        date=format_date(self.env, writeoff.date),
                        invoices=", ".join(
                            f"{item.move_id.name} ({format_date(self.env, item.date)})"
                            for item in late
                        ),
                    )
                )

    def _check_settlement(self):
        if self.settlement == "none":
            return
        if self.currency_id.compare_amounts(self.settlement_value, 0) < 0 or (
            self.currency_id.compare_amounts(self.settlement_value, self.amount_total) > 0
        ):
            raise UserError(
                self.env._(
                    "Value Received must be between 0 and %(total)s, not %(value)s.",
                    total=self.currency_id.format(self.amount_total),
                    value=self.currency_id.format(self.settlement_value),
                )
            )
        if self.settlement_value and not self.settlement_account_id:
            raise UserError(
                self.env._("Choose the account for the assets received: %s.", self.reason_id.name)
            )
        if not (self.settlement_note or "").strip():
            raise UserError(self.env._("Describe what was received instead of payment."))

    def _get_booking_date(self):
        return self.date or self.company_id._credit_today()

    # ------------------------------------------------------------------ decision

    def _get_request_changes(self):
        """Return instalments that can no longer be written off as requested: paid, or set off, in part,
        or standing at another value in the books."""
        changes = []
        for line in self.line_ids:
            try:
                line._check_open()
            except UserError as error:
                changes.append(str(error))
                continue
            value = line._get_balance()
            if self.currency_id.compare_amounts(line.balance, value):
                changes.append(
                    self.env._(
                        "%(invoice)s: %(old)s → %(new)s",
                        invoice=line.move_name,
                        old=self.currency_id.format(line.balance),
                        new=self.currency_id.format(value),
                    )
                )
        return changes

    def _after_approved(self):
        result = super()._after_approved()
        # sudo: approvers decide by their tier; the entry is the system's
        for writeoff in self.sudo():
            writeoff._do_book()
            writeoff._notify_applicant(
                self.env._("%s was approved and posted.", writeoff.name),
            )
        return result

    def _after_rejected(self):
        result = super()._after_rejected()
        # sudo: people are notified whoever rejects
        for writeoff in self.sudo():
            writeoff._notify_applicant(
                self.env._("%s was rejected: the claim stays as it was.", writeoff.name)
            )
        return result

    def _notify_applicant(self, body):
        self.ensure_one()
        people = self.requested_by_id | self.user_id | self.create_uid
        self._notify_users(people, body)

    # ------------------------------------------------------------------ small differences

    def _get_cannot_small_reason(self):
        """Return why it cannot be written off without approval, as a text; False when it can."""
        self.ensure_one()
        # sudo: the limit binds users who may not read settings
        limit, currency = self.company_id.sudo().receivable_small_limit, self.currency_id
        if not limit:
            return self.env._("No small difference may be written off without approval.")
        # Small write-offs on the same invoice add up.
        # sudo: items written off before count, seen or not
        lines = self.line_ids.sudo()
        earlier = lines.search(
            [
                ("move_id", "in", lines.move_id.ids),
                ("state", "=", "approved"),
                ("is_small", "=", True),
                ("writeoff_id", "!=", self.id),
            ]
        )
        for move in lines.move_id:
            total = sum(
                (lines | earlier).filtered(lambda li, m=move: li.move_id == m).mapped("balance")
            )
            if currency.compare_amounts(total, limit) > 0:
                return self.env._(
                    "%(invoice)s: %(amount)s is more than the %(limit)s that may be written off"
                    " without approval.",
                    invoice=move.name,
                    amount=currency.format(total),
                    limit=currency.format(limit),
                )
        return False

    def action_post_small(self):
        """Write off a small difference without approval (accountants, up to the company's limit).

        :raise AccessError: the user keeps no books
        :raise UserError: it is not small, or cannot be booked
        """
        self.check_access("write")
        self.env.user._require_role(self.env._("Writing off small differences"), "accountant")
        for writeoff in self:
            writeoff._check_draft()
            reason = writeoff._get_cannot_small_reason()
            if reason:
                raise UserError(reason)
            writeoff._system_write(
                {
                    "state": "approved",
                    "is_small": True,
                    "requested_by_id": self.env.user.id,
                    "requested_at": fields.Datetime.now(),
                    "decided_at": fields.Datetime.now(),
                }
            )
            # sudo: rights were checked; the entry is the system's
            writeoff.sudo()._do_book()
        return True

    # ------------------------------------------------------------------ withdraw and cancel

    def action_cancel(self):
        """Withdraw applications that are not decided; booked ones open the wizard of cancelling."""
        self.check_access("write")
        booked = self.filtered(lambda w: w.state == "approved")
        if booked:
            booked.ensure_one()
            return booked._open_undo()
        for writeoff in self:
            writeoff._check_can_end()
        for writeoff in self:
            writeoff._cancel_reviews()
            writeoff._system_write({"state": "cancelled"})
        return True

    def _do_undo(self, date, reason):
        """Reverse a booked write-off: the instalments are open again.

        :param date: accounting date of the reversal
        """
        for writeoff in self:
            self.env.user._require_role(self.env._("Reversing entries"), "accountant")
            writeoff.check_access("write")
            if writeoff.state != "approved":
                raise UserError(self.env._("%s has not been posted.", writeoff.display_name))
            recovered = writeoff.line_ids.filtered("amount_recovered")
            if recovered:
                raise UserError(
                    self.env._(
                        "Part of %s has been recovered. Reverse the recovery first.",
                        ", ".join(recovered.mapped("move_name")),
                    )
                )
            # sudo: the entry that this document booked
            reverse = writeoff._reverse_entry(
                writeoff.sudo().move_id, date, self.env._("Cancelled: %s", writeoff.name)
            )
            writeoff._system_write(
                {"state": "cancelled", "reverse_move_id": reverse.id, "cancel_reason": reason}
            )
            # sudo: lines of a document whose rights were checked
            writeoff.sudo().line_ids._system_write(
                {"amount_claim": 0.0, "claim_stage": False, "is_watched": False,
                 "review_date": False}
            )  # fmt: skip
            writeoff._revive_case()
            writeoff._notify_applicant(
                self.env._("%(name)s was cancelled: %(reason)s", name=writeoff.name, reason=reason)
            )
        return True

    # ------------------------------------------------------------------ the case

    def _end_case(self):
        """End the customer's case when no debt is overdue any more."""
        # sudo: the case follows, whoever books
        for writeoff in self.sudo():
            self.env["collection.case"]._receivable_settle(
                writeoff.company_id,
                writeoff.partner_id,
                writeoff._get_case_result(),
                self.env._(
                    "%(name)s: %(reason)s", name=writeoff.name, reason=writeoff.reason_id.name
                ),
            )

    def _get_case_result(self):
        if self.is_small:
            # All but a small difference was paid.
            return "collected"
        in_kind = self.settlement != "none" and self.settlement_value
        return "settled_in_kind" if in_kind else "written_off"

    def _revive_case(self):
        """Revive the case: the written-off amount is owed again."""
        # sudo: the case follows, whoever books
        for writeoff in self.sudo():
            self.env["collection.case"]._receivable_revive(
                writeoff.company_id, writeoff.partner_id, [("id", "=", writeoff.case_id.id)]
            )

    def _get_review_date(self, date):
        # sudo: the months are the company's setting
        months = self.company_id.sudo().receivable_claim_months
        return date + relativedelta(months=months) if months else False
