import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ...credit.terms.res_partner import BLOCKED_CONTROLS
from .receivable_confirmation import ANSWERABLE
from .receivable_confirmation_campaign import MAKERS
from .receivable_reconciliation import RECONCILE

_logger = logging.getLogger(__name__)

BATCH = 50

# States of letters whose customers are asked.
WAITING = ("sent", "printed", "bounced")

FREEZE = "mail_activity_confirmation_freeze"


class ReceivableConfirmation(models.Model):
    """The answer and what follows from it; reminders and silence (P4-15, P4-31)."""

    _inherit = "receivable.confirmation"

    # ------------------------------------------------------------------ answer

    def _check_can_record(self):
        self.env.user._require_role(self.env._("Answers to balance confirmations"), *MAKERS)
        self.check_access("write")
        for letter in self:
            letter._check_waits()

    def _check_waits(self):
        self.ensure_one()
        if self.state not in ANSWERABLE:
            raise UserError(
                self.env._(
                    "%(letter)s cannot be answered: it is “%(state)s”.",
                    letter=self.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[self.state],
                )
            )

    def action_agree_all(self):
        """Enter from paper that the customer agrees with every balance, and record it.

        :raise UserError: the file of the answer is missing
        """
        self._check_can_record()
        self.balance_ids._system_write({"answer": "agree"})
        return self.action_record()

    def action_record(self):
        """Record the answer as it was entered from paper; from then on it is sealed.

        :raise UserError: a balance has no answer, or the file of the answer is missing
        """
        self._check_can_record()
        for letter in self:
            if not letter.attachment_ids:
                raise UserError(
                    self.env._("Files of the Answer: attach the answer of %s.", letter.display_name)
                )
            letter._do_answer("paper")
            if letter.signed_on:
                letter._do_acknowledge()
        return True

    def _answer_as_customer(self, via, balances, items, values, files):
        """Take the answer of a customer by link or portal, as superuser; the right was checked before.

        What was not asked for is ignored.

        :param via: "link" or "portal"
        :param balances: {balance id: own amount, or None where the customer agrees}
        :param items: {line id: remark} of the items that the customer does not agree with
        :param values: answered_name, note
        :param files: [(name, content, mimetype)]
        :raise UserError: it was answered already, a balance has no answer, or a file is missing
        """
        self.ensure_one()
        self._check_waits()
        if not self._is_answerable():
            raise UserError(self.env._("%s can no longer be answered here.", self.name))
        for balance in self.balance_ids:
            if balance.id not in balances:
                raise UserError(
                    self.env._("Balance in %s: do you agree?", balance.currency_id.name)
                )
            own = balances[balance.id]
            balance._system_write(
                {"answer": "agree" if own is None else "disagree", "amount_own": own or 0.0}
            )
        for line in self.line_ids:
            contested = line.id in items
            line._system_write(
                {
                    "answer": "disagree" if contested else "agree",
                    "note": items[line.id] if contested else False,
                }
            )
        if self.in_writing and not files:
            raise UserError(self.env._("Please attach a signed and stamped copy of the letter."))
        attachments = (
            self.env["ir.attachment"]
            ._without_client_defaults()
            .create(
                [
                    {
                        "name": name,
                        "raw": content,
                        "mimetype": mimetype,
                        "res_model": self._name,
                        "res_id": self.id,
                    }
                    for name, content, mimetype in files
                ]
            )
        )
        self._system_write(
            {**values, "attachment_ids": [fields.Command.set(attachments.ids)], "signed_on": False}
        )
        self._do_answer(via)

    def _do_answer(self, via):
        """Seal the answer and start what follows from it: a sheet where the customer does not agree."""
        self.ensure_one()
        # sudo: by link nobody is logged in; the right was checked before
        letter = self.sudo()
        for balance in letter.balance_ids:
            if not balance.answer:
                raise UserError(
                    self.env._(
                        "%(letter)s: does the customer agree with the balance in %(currency)s?",
                        letter=letter.name,
                        currency=balance.currency_id.name,
                    )
                )
        letter.line_ids.filtered(lambda line: not line.answer)._system_write({"answer": "agree"})
        differs = any(row.answer == "disagree" for row in (*letter.balance_ids, *letter.line_ids))
        letter._system_write(
            {
                "state": "answered",
                "result": "differs" if differs else "agreed",
                "answered_at": fields.Datetime.now(),
                "answered_via": via,
                "answered_by_id": False if via == "link" else self.env.user.id,
                "difference": letter._convert("difference"),
                # The customer has answered after all; a freeze is lifted by people.
                "freeze_state": letter.freeze_state == "frozen" and "frozen",
            }
        )
        self.env["collection.task"]._unassign(letter, FREEZE)
        if differs:
            # By the system: colleagues may not read the visitor's or the customer's user.
            letter.with_user(SUPERUSER_ID)._start_reconciliation()

    def _convert(self, name):
        """Return the sum of a field of the balances in company currency, at the rates of the day."""
        company = self.company_id
        return company.currency_id.round(
            sum(
                balance.currency_id._convert(
                    balance[name], company.currency_id, company, self.date, round=False
                )
                for balance in self.balance_ids
            )
        )

    def _start_reconciliation(self):
        """Create the reconciliation sheet with the items contested, and give it to accounting."""
        sheet = self.env["receivable.reconciliation"]._create_for(self)
        people = self.company_id._collection_accounting()
        self.env["collection.task"]._assign(
            sheet,
            people,
            RECONCILE,
            lambda s: s.env._("Explain the difference: %s", s.partner_id.name),
            self.company_id._credit_today(),
        )

    # ------------------------------------------------------------------ acknowledgment of debt

    def action_acknowledge(self):
        """Keep that the signature of the customer was checked: the debt is acknowledged on its day.

        :raise UserError: there is no signed copy, or its day is missing
        """
        self.env.user._require_role(self.env._("Checking signatures"), *MAKERS)
        self.check_access("write")
        for letter in self:
            if not letter.can_acknowledge:
                raise UserError(
                    self.env._("%s has no signed copy that is to be checked.", letter.display_name)
                )
            letter._do_acknowledge()
        return True

    def _do_acknowledge(self):
        self.ensure_one()
        today = self.company_id._credit_today()
        if not self.signed_on or self.signed_on > today or self.signed_on < self.date:
            raise UserError(
                self.env._(
                    "Signed on: enter the day on which the customer signed %(letter)s, from %(first)s"
                    " to %(last)s.",
                    letter=self.name,
                    first=self._show_day(self.date),
                    last=self._show_day(today),
                )
            )
        # sudo: the books of the customer, whoever checks the signature
        letter = self.sudo()
        amount = letter.currency_id.round(letter.amount - letter.difference)
        letter._system_write(
            {"acknowledged_on": letter.signed_on, "acknowledged_amount": max(amount, 0.0)}
        )

    # ------------------------------------------------------------------ freeze

    def action_freeze(self):
        """Freeze customers who did not answer and are overdue, as was proposed.

        :raise AccessError: the user is no credit controller
        :raise UserError: no freeze is proposed
        """
        self._check_can_freeze()
        for letter in self:
            letter._do_freeze()
        return True

    def action_not_freeze(self):
        """Decline the proposal: the customer is not frozen for this letter."""
        self._check_can_freeze()
        self._system_write({"freeze_state": "declined"})
        self.env["collection.task"]._unassign(self, FREEZE)
        return True

    def _check_can_freeze(self):
        self.env.user._require_role(self.env._("Freezing customers"), "controller")
        self.check_access("read")
        for letter in self:
            if letter.freeze_state != "proposed":
                raise UserError(self.env._("%s proposes no freeze.", letter.display_name))

    def _do_freeze(self):
        self.ensure_one()
        # sudo: the freeze is decided by the policy, or by the controller who was checked before
        letter = self.sudo()
        letter.company_id._credit_in(letter.partner_id)._credit_decide(
            {"credit_control": "frozen"},
            "freeze",
            letter,
            self.env._("%s was not answered, and items are overdue.", letter.name),
        )
        letter._system_write({"freeze_state": "frozen"})
        self.env["collection.task"]._unassign(letter, FREEZE)

    def _propose_freeze(self, company):
        """Propose to freeze the customers of these letters who are overdue, or freeze them (P4-15)."""
        overdue = self.env["credit.open.item"]._get_overdue(company, self.partner_id.ids)
        proposed = self.browse()
        for letter in self.filtered(lambda one: one.partner_id.id in overdue):
            customer = company._credit_in(letter.partner_id)
            effect = customer._credit_policy(company).confirmation_freeze or "propose"
            if effect == "none" or customer.credit_control in BLOCKED_CONTROLS:
                continue
            if effect == "freeze":
                letter._do_freeze()
            else:
                proposed |= letter
        proposed._system_write({"freeze_state": "proposed"})
        self.env["collection.task"]._assign(
            proposed,
            company._credit_controllers()[:1],
            FREEZE,
            lambda one: one.env._("Freeze %s: balance not confirmed, overdue", one.partner_id.name),
            company._credit_today(),
        )

    # ------------------------------------------------------------------ day by day

    @api.model
    def _cron_daily(self):
        """Daily: monthly rotation, reminders, letters whose day has passed without an answer.

        Committed batch by batch; one company's fault stops no other, a second run on the same day
        changes nothing.
        """
        # sudo: the job runs for every company
        companies = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            # sudo: letters, books and people of every company
            letters = self.sudo().with_company(company)
            try:
                with self.env.cr.savepoint():
                    letters.env["receivable.confirmation.campaign"]._create_rotation(
                        company, company._credit_today()
                    )
            except Exception:
                _logger.exception("Balance confirmations of company %s failed", company.id)
            letters._follow_up(company)
            if not cron._commit_progress(1):
                return
        self.env["receivable.confirmation.campaign"]._close_answered()

    def _follow_up(self, company):
        """Remind, and end the waiting, of the letters of a company, batch by batch."""
        today, cron = company._credit_today(), self.env["ir.cron"]
        waiting = self.search(
            [("company_id", "=", company.id), ("state", "in", (*WAITING, "ready"))]
        )
        remind = fields.Date.add(today, days=company.receivable_confirmation_remind_days)
        to_remind = waiting.filtered(
            lambda one: (
                one.state == "sent"
                and one.kind == "positive"
                and not one.reminded_on
                and today <= one.date_deadline <= remind
            )
        )
        ended = waiting.filtered(lambda one: one.date_deadline < today)
        for step, letters in (("_remind", to_remind), ("_end_waiting", ended)):
            for batch in split_every(BATCH, letters.ids, self.browse):
                # Each commit ends the locks: an answer may have come in meanwhile.
                kept = batch.try_lock_for_update().filtered(
                    lambda one: one.state in (*WAITING, "ready")
                )
                try:
                    with self.env.cr.savepoint():
                        getattr(kept, step)(company)
                except Exception:
                    _logger.exception("Balance confirmations %s: %s failed", kept.ids, step)
                if not cron._commit_progress():
                    return

    def _remind(self, company):
        """Remind once."""
        for letter in self:
            letter._system_write({"reminded_on": company._credit_today()})
            letter._mail("mail_template_balance_confirmation_remind")

    def _end_waiting(self, company):
        """End the waiting for letters whose day has passed: silence."""
        for letter in self.filtered(lambda one: one.state == "ready"):
            letter._cancel(self.env._("It had not gone out by the day of answer."))
        waiting = self.filtered(lambda one: one.state in WAITING)
        # Nor is it where the mail came back, failed, or still waits in our queue.
        reached = waiting.filtered(lambda one: one.state == "printed" or one.mail_state == "gone")
        assumed = reached.filtered(lambda one: one.kind == "negative")
        assumed._system_write({"state": "silent", "result": "assumed"})
        # A letter that came back is no silence of the customer.
        (waiting - assumed)._system_write({"state": "silent", "result": "silent"})
        (reached - assumed)._propose_freeze(company)
