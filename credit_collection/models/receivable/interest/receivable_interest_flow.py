from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date, plaintext2html


class ReceivableInterest(models.Model):
    """How an interest note is approved, waived, posted and undone."""

    _inherit = "receivable.interest"

    # ------------------------------------------------------------------ authority and request

    def _get_authority_gap(self):
        """Return why this note is beyond a collector alone (P2-02), in words; "" where it is not.

        What is waived or taken back, above the authority: small waivers on the same items add up,
        and so do fees of the same customer within a year, whatever note they are on. The fee of a lawyer,
        whatever its amount.
        """
        self.ensure_one()
        # sudo: limits of authority bind users who may not read settings, and count what they do not see
        note = self.sudo()
        company, currency, lines = note.company_id, note.currency_id, note.line_ids
        waived = lines.filtered("amount_waived")
        same = Domain("move_line_id", "in", waived.move_line_id.ids)
        if any(line.kind != "interest" for line in waived):
            same |= Domain(
                [
                    ("kind", "!=", "interest"),
                    ("partner_id", "=", note.partner_id.id),
                    ("company_id", "=", company.id),
                    ("note_id.date", ">", company._credit_today() - relativedelta(years=1)),
                ]
            )
        earlier = lines.search(
            same
            & Domain("amount_waived", ">", 0)
            & Domain("note_id", "!=", note.id)
            & Domain("note_id.state", "in", ("requested", "approved", "posted"))
        )
        parts = []
        amounts = [(currency, note.amount_waived + max(-note.amount, 0.0))]
        amounts += [(line.currency_id, line.amount_waived) for line in earlier]
        today = company._credit_today()
        given = company.currency_id.round(
            sum(
                one._convert(amount, company.currency_id, company, today, round=False)
                for one, amount in amounts
            )
        )
        limit = company.collection_agreement_max_waiver
        if company.currency_id.compare_amounts(given, limit) > 0:
            values = {
                "amount": company.currency_id.format(given),
                "max": company.currency_id.format(limit),
            }
            if note.is_correction:
                parts.append(self.env._("%(amount)s taken back, %(max)s allowed", **values))
            else:
                parts.append(self.env._("%(amount)s waived, %(max)s allowed", **values))
        costs = note.line_ids.filtered(lambda line: line.kind == "cost" and line.amount)
        if costs:
            amount = currency.format(sum(costs.mapped("amount")))
            parts.append(self.env._("lawyer's fee of %s, approved by somebody else", amount))
        return "; ".join(parts)

    def _get_authors(self):
        # Notes are proposed by their terms: only a waiver and a lawyer's fee are somebody's wish.
        return self.author_ids | self.line_ids.letter_id.receivable_cost_user_id

    def _check_can_request(self):
        result = super()._check_can_request()
        if self.state != "draft":
            raise UserError(
                self.env._("Approval of %s has already been requested.", self.display_name)
            )
        if not self.line_ids:
            raise UserError(self.env._("%s has no line.", self.display_name))
        self.line_ids._check_reason()
        self._check_corrections()
        return result

    def _check_corrections(self):
        """Raise where what a line corrects is not charged any more, or its dispute is not accepted."""
        for line in self.sudo().line_ids.corrects_id:  # sudo: notes of any reader
            if line.note_id.state != "posted":
                raise UserError(
                    self.env._(
                        "%(note)s corrects %(other)s, which is reversed: cancel it.",
                        note=self.display_name,
                        other=line.note_id.name,
                    )
                )
        # sudo: disputes of any reader
        for dispute in self.sudo().line_ids.dispute_id:
            if dispute.state != "accepted":
                raise UserError(
                    self.env._(
                        "%(dispute)s is no longer accepted: cancel %(note)s.",
                        dispute=dispute.display_name,
                        note=self.display_name,
                    )
                )

    def _do_request(self):
        """Request approval; within the collector's authority approve at once (P2-02)."""
        beyond = self.filtered(lambda note: note._get_authority_gap())
        for note in self - beyond:
            note._system_write(
                {
                    **note._prepare_request_values(),
                    "state": "approved",
                    "decided_at": fields.Datetime.now(),
                }
            )
            note._after_approved()
        return super(ReceivableInterest, beyond)._do_request()

    def _after_approved(self):
        result = super()._after_approved()
        # sudo: the history of the note, whoever decides
        for note in self.sudo():
            waived = note.line_ids.filtered("amount_waived")
            if waived:
                note._log_waivers(self.env._("Waived:"), waived)
            if note.requested_by_id != self.env.user:
                note._notify_users(note.requested_by_id, self.env._("%s was approved.", note.name))
        return result

    def _after_rejected(self):
        result = super()._after_rejected()
        # sudo: people are notified whoever rejects
        for note in self.sudo():
            note._notify_users(
                note.requested_by_id,
                self.env._(
                    "%s was rejected: nothing was charged; its days can be proposed again.",
                    note.name,
                ),
            )
        return result

    def _log_waivers(self, title, lines):
        """Keep what was waived, and why, in the history of the note."""
        self.ensure_one()
        rows = [
            f"{line.display_name}: {self.currency_id.format(line.amount_waived)} –"
            f" {line.waive_reason}"
            for line in lines
        ]
        self.message_post(body=plaintext2html("\n".join([title, *rows])))

    def action_waive_all(self):
        """Waive every line in full; its reason is entered in the remarks first.

        :raise UserError: no draft, or no reason
        """
        for note in self:
            note._check_draft()
            if not (note.remark or "").strip():
                raise UserError(
                    self.env._("Enter in Remarks why %s is waived in full.", note.display_name)
                )
            for line in note.line_ids:
                line.write({"amount_waived": line.amount_computed, "waive_reason": note.remark})
        return True

    def action_reinstate(self):
        """Take back what was waived: the note is a draft again and asks for the full amounts.

        :raise UserError: nothing was waived, or the invoice is posted
        """
        for note in self:
            note.check_access("write")
            waived = note.line_ids.filtered("amount_waived")
            if note.state not in ("draft", "approved") or not waived:
                raise UserError(
                    self.env._(
                        "%s has no waiver to take back. Reverse a posted note first.",
                        note.display_name,
                    )
                )
            # sudo: the history of the note, whoever may write it
            note.sudo()._log_waivers(self.env._("Waiver taken back:"), waived)
            waived._system_write({"amount_waived": 0.0, "waive_reason": False})
            values = {"state": "draft", "requested_by_id": False, "requested_at": False}
            if note.state == "approved":
                values["author_ids"] = [Command.clear()]  # nothing of what they wrote is left
            note._system_write(values)
            # sudo: approvals given stand in the history, not for the new amounts
            note.sudo().review_ids._credit_unlink()
        return True

    def _check_draft(self):
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("%s is no longer a draft.", self.display_name))

    def action_cancel(self):
        """Cancel notes that are not posted: their days and fees can be proposed again.

        :raise UserError: posted, or ended already
        """
        for note in self:
            note.check_access("write")
            if note.state not in ("draft", "approved"):
                raise UserError(
                    self.env._(
                        "%s cannot be cancelled: withdraw a request, reverse a posted note.",
                        note.display_name,
                    )
                )
        self._system_write({"state": "cancelled"})
        return True

    # ------------------------------------------------------------------ invoice

    def action_post(self):
        """Post the invoices of approved notes, with account, tax and days to pay of the settings.

        :raise AccessError: the user does not work in accounting
        :raise UserError: not approved, nothing to charge, no account, or the period is closed
        """
        self.env.user._require_role(self.env._("Posting interest notes"), "accountant")
        for note in self:
            note.check_access("write")
            if note.state != "approved":
                raise UserError(
                    self.env._("%s must be approved before it can be posted.", note.display_name)
                )
            if not note.is_correction and note.currency_id.compare_amounts(note.amount, 0) <= 0:
                raise UserError(self.env._("%s charges nothing: all is waived.", note.display_name))
            note._do_post()
        return True

    def _do_post(self):
        self.ensure_one()
        # Locked: the same note is not posted by two people at once.
        self.sudo().lock_for_update()  # sudo: the system posts it
        env = self._books()
        note = self.with_env(env)
        note._check_corrections()
        company = note.company_id
        today = company._credit_today()
        journal = company._receivable_interest_journal()
        note._check_period(today, journal, bool(company.receivable_interest_tax_id))
        days = 0 if note.is_correction else company.receivable_interest_days
        due = note.date_due or today + timedelta(days=days)
        if due < today:
            raise UserError(
                self.env._("Payable by %s has passed.", format_date(self.env, note.date_due))
            )
        words = note.with_context(lang=note.partner_id.lang or self.env.lang)
        move = env["account.move"].create(
            {
                "move_type": "out_refund" if note.is_correction else "out_invoice",
                "partner_id": note.partner_id.id,
                "company_id": company.id,
                "journal_id": journal.id,
                "currency_id": note.currency_id.id,
                "invoice_date": today,
                "date": today,
                "invoice_payment_term_id": False,
                "invoice_date_due": due,
                "ref": note.name,
                "invoice_origin": note.name,
                "receivable_document": f"{note._name},{note.id}",
                "invoice_line_ids": [
                    Command.create(line._prepare_invoice_line())
                    for line in words.line_ids
                    if line.amount
                ],
            }
        )
        move._post(soft=False)
        if note.is_correction:
            note._apply_correction(move)
        self._system_write({"state": "posted", "move_id": move.id, "date_due": due})

    def _apply_correction(self, move):
        """Apply a credit note to the open invoices of the notes that it corrects."""
        self.ensure_one()
        invoices = self.line_ids.corrects_id.note_id.move_id
        items = (move + invoices).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        for same in items.grouped(lambda line: (line.account_id, line.partner_id)).values():
            same.reconcile()

    def _do_undo(self, date, reason):
        """Reverse posted notes by credit notes: their days and fees can be charged again.

        :param date: accounting date of the reversal
        """
        self.env.user._require_role(self.env._("Reversing entries"), "accountant")
        for note in self:
            note.check_access("write")
            if note.state != "posted":
                raise UserError(self.env._("%s has not been posted.", note.display_name))
            # sudo: rights were checked; the invoice is the system's
            sudo = note.sudo()
            sudo._end_corrections()
            reverse = sudo._reverse_entry(
                sudo.move_id, date, self.env._("Cancelled: %s", sudo.name), invoice_date=date
            )
            sudo._system_write(
                {"state": "reversed", "reverse_move_id": reverse.id, "cancel_reason": reason}
            )
        return True

    def _end_corrections(self):
        """Cancel what waits to correct this note, which is reversed as a whole.

        :raise UserError: a correction was posted, or is being decided: it ends first
        """
        self.ensure_one()
        corrections = self.search(
            [
                ("line_ids.corrects_id", "in", self.line_ids.ids),
                ("state", "in", ("draft", "requested", "approved", "posted")),
            ]
        )
        for one in corrections:
            if one.state in ("requested", "posted"):
                raise UserError(
                    self.env._("%(other)s corrects %(note)s: end it first.",
                               other=one.display_name, note=self.display_name)
                )  # fmt: skip
        corrections._system_write({"state": "cancelled"})

    def action_reverse(self):
        """Open the dialog that asks for the reason and the day of the reversal."""
        self.ensure_one()
        self.check_access("read")
        return self._open_undo()
