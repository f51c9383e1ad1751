from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

# Letters that a notice names.
NAMED = 20

# Roles of the second person.
CONFIRMING = ("collection_manager", "legal")


class CollectionLetter(models.Model):
    """Sending: one letter, its mail, its contact and its state in one transaction."""

    _inherit = "collection.letter"

    needs_confirmation = fields.Boolean(compute="_compute_needs_confirmation")
    can_confirm = fields.Boolean(compute="_compute_can_confirm")
    send_error = fields.Text(
        "Not Ready to Send",
        compute="_compute_send_error",
        help="Why it cannot go out as it is, seen before it is sent.",
    )

    @api.depends("state", "channel", "type_id", "partner_id")
    def _compute_send_error(self):
        for letter in self:
            letter.send_error = False
            if letter.state != "ready" or not letter._origin.can_send:
                continue
            try:
                # sudo: the check of the sending, which a reader of the letter would meet
                checked = letter._origin.sudo()
                if checked.channel != "print":
                    checked._check_hours()
                checked._prepare_wording()
            except UserError as error:
                letter.send_error = str(error)

    # ------------------------------------------------------------------ by the system

    @api.model
    def _get_queue_domain(self):
        """Return letters of runs that may go out by themselves at this hour.

        A letter by hand waits for its writer, others for the second person.
        """
        waiting = self._read_group([("state", "=", "ready")], ["company_id"])
        companies = self.env["res.company"].union(*(company for (company,) in waiting))
        confirming = companies.filtered("collection_letter_confirm").ids
        confirmed = (
            Domain("confirmed_by_id", "!=", False)
            | Domain("type_id.needs_legal", "=", False)
            | Domain("is_test", "=", True)
            | Domain("company_id", "not in", confirming)
        )
        return super()._get_queue_domain() & Domain("run_id", "!=", False) & confirmed

    @api.model
    def _get_anytime_domain(self):
        return Domain("is_test", "=", True) | Domain("type_id.audience", "!=", "customer")

    # ------------------------------------------------------------------ one letter

    def _is_to_customer(self):
        return not self.is_test and self.type_id.audience == "customer"

    def _prepare_delivery(self, address=None, mail=None):
        """Refresh the letter, and cancel it when nothing remains or a run would not write it now.

        :raise UserError: there is no wording, Legal has not approved it, or nobody confirmed it
        """
        items = self._refresh()
        if not items:
            return False
        self._check_confirmed()
        if self.type_id.audience == "firm" and not self.firm_id:
            raise UserError(
                self.env._(
                    "%s is for a law firm and names none: cancel it and write it anew.", self.name
                )
            )
        # One that came back and goes to another address has had its turn.
        reason = (mail or not address) and self._get_stop(items)
        if reason:
            self._cancel(reason)
        return not reason

    def _carry(self, recipient, address, mail):
        if self.channel != "sms":
            return super()._carry(recipient, address, mail)
        self._system_write({"email_to": address or recipient.phone})
        return self._create_sms()

    def _get_attachments(self):
        if self.type_id.audience != "firm":
            return self._get_invoice_attachments()
        annexes = self._get_annexes()
        self._system_write({"annex_ids": [fields.Command.set(annexes.ids)]})
        return annexes

    def _get_case(self):
        # A test is no contact with the customer.
        return self.case_id if not self.is_test else self.case_id.browse()

    def _log_contact(self, result, summary):
        """Log a contact on the case, where the customer is the recipient."""
        reached = self.type_id.audience == "customer" or self.signed_attachment_id
        if self.is_test or not self.case_id or not reached:
            return
        channel = {"mail": "mail", "sms": "sms", "print": "letter"}[self.channel]
        if self.signed_attachment_id:
            channel = "letter"
        self.env["collection.contact"]._system_create(
            {
                "case_id": self.case_id.id,
                "user_id": self.sent_by_id.id,
                "person_id": self.recipient_id.id,
                "channel": channel,
                "direction": "out",
                "result": result,
                "summary": summary,
                "letter_id": self.id,
                "is_automatic": True,
                "limit_broken": result == "sent" and self._get_broken_limit(),
            }
        )
        if result == "sent":
            self.case_id._system_write({"date_last_letter": self.company_id._credit_today()})

    # ------------------------------------------------------------------ the second person

    @api.depends("type_id", "company_id", "is_test", "confirmed_by_id", "state")
    def _compute_needs_confirmation(self):
        for letter in self:
            # sudo: a setting
            asked = (
                letter.type_id.needs_legal and letter.sudo().company_id.collection_letter_confirm
            )
            letter.needs_confirmation = (
                bool(asked) and letter.state == "ready" and not letter.is_test
                and not letter.confirmed_by_id
            )  # fmt: skip

    @api.depends_context("uid")
    @api.depends("needs_confirmation", "writer_id", "run_id")
    def _compute_can_confirm(self):
        may = self.env.user._has_role(*CONFIRMING)
        for letter in self:
            letter.can_confirm = (
                may
                and letter.needs_confirmation
                and self.env.user not in letter._get_first_persons()
            )

    def _get_first_persons(self):
        """Return who wrote the letter, or made the run that did: somebody else confirms it."""
        self.ensure_one()
        # sudo: the run's users, whoever asks
        letter = self.sudo()
        return letter.writer_id | letter.run_id._get_makers()

    def _check_confirmed(self):
        self.ensure_one()
        if self.needs_confirmation:
            raise UserError(
                self.env._(
                    "%(letter)s (%(type)s) goes out once a second person has confirmed it: a"
                    " collection manager or Legal.",
                    letter=self.name,
                    type=self.type_id.name,
                )
            )

    def action_confirm(self):
        """Confirm letters as the second person: these customers shall receive them as they are.

        :raise AccessError: the user wrote it, or may not confirm letters
        :raise UserError: it needs no confirmation
        """
        self.env.user._require_role(self.env._("Confirming letters"), *CONFIRMING)
        self.check_access("read")
        for letter in self:
            letter._check_ready()
            if not letter.needs_confirmation:
                raise UserError(self.env._("%s needs no confirmation.", letter.name))
            if self.env.user in letter._get_first_persons():
                raise AccessError(
                    self.env._("%s was written by you: somebody else confirms it.", letter.name)
                )
            letter._system_write(
                {
                    "confirmed_by_id": self.env.user.id,
                    "confirmed_at": fields.Datetime.now(),
                    "next_try": False,
                    "failure": False,
                }
            )
            if letter.writer_id:
                letter._notify_users(
                    letter.writer_id, self.env._("%s was confirmed: it can be sent.", letter.name)
                )
        return True

    def _get_second_persons(self):
        """Return who may confirm these letters: head and Legal of their teams, managers."""
        # sudo: people of the team, whoever asks
        letters = self.sudo()
        managers = self.env.user._get_by_role("collection_manager").filtered(
            lambda user: letters.company_id <= user.company_ids
        )
        users = letters.case_id.team_id.legal_user_id | letters.case_id.team_id.head_id | managers
        return users.filtered(lambda user: user.active and user._has_role(*CONFIRMING))

    @api.model
    def _request_confirmation_of(self, run):
        """Notify, once for a run, those who may confirm the letters that it wrote."""
        letters = self.search(
            [
                ("run_id", "=", run.id),
                ("state", "=", "ready"),
                ("type_id.needs_legal", "=", True),
                ("is_test", "=", False),
                ("company_id.collection_letter_confirm", "=", True),
            ],
            limit=NAMED + 1,
        )
        users = letters._get_second_persons() - run._get_makers()
        if letters and users:
            names = ", ".join(letters[:NAMED].mapped("name")) + ("…" * (len(letters) > NAMED))
            letters[:1]._system()._notify_users(
                users,
                self.env._(
                    "Letters to confirm before they go out (Letters, filter “To Confirm”): %s.",
                    names,
                ),
            )

    def action_request_confirmation(self):
        """Notify those who may confirm these letters: managers, head and Legal of the team."""
        self._check_may_send()
        for letter in self:
            if not letter.needs_confirmation:
                raise UserError(self.env._("%s needs no confirmation.", letter.name))
            letter._system()._notify_users(
                letter._get_second_persons() - letter._get_first_persons(),
                self.env._(
                    "Please look at %(letter)s (%(type)s, %(customer)s, %(amount)s) and confirm it.",
                    letter=letter.name,
                    type=letter.type_id.name,
                    customer=letter.partner_id.name,
                    amount=letter.currency_id.format(letter.amount_total),
                ),
            )
        return True

    # ------------------------------------------------------------------ what the law firm sent

    def action_record_signed(self):
        """Ask for the signed letter of the law firm, and the day on which it went out."""
        self.ensure_one()
        self._check_can_record_signed()
        return self.env["base"]._open_records(
            "collection_letter_signed_action", context={"default_letter_id": self.id}
        )

    def _check_can_record_signed(self):
        self._check_may_send()
        if self.type_id.audience != "firm" or self.state not in ("sent", "printed"):
            raise UserError(
                self.env._("%s is no draft that was given to a law firm.", self.display_name)
            )
        if self.signed_attachment_id:
            raise UserError(self.env._("The signed letter of %s is recorded.", self.display_name))

    def _record_signed(self, name, raw, date, ref):
        """Keep the letter that the law firm signed and sent; from now on the customer received it.

        :param raw: content of the file
        :param date: day on which the firm sent it
        """
        self.ensure_one()
        self._check_can_record_signed()
        company = self.company_id
        if not company._credit_date(self.sent_at) <= date <= company._credit_today():
            raise UserError(
                self.env._(
                    "Sent by the Firm on: between the draft and today, not %s.",
                    format_date(self.env, date),
                )
            )
        # sudo: the letter keeps the file; nobody changes it
        attachments = self.env["ir.attachment"].sudo()._without_client_defaults()
        attachment = attachments.create(
            {"name": name, "raw": raw, "res_model": self._name, "res_id": self.id}
        )
        self._system_write(
            {"signed_attachment_id": attachment.id, "signed_date": date, "firm_ref": ref or False}
        )
        self._log_contact(
            "sent",
            self.env._("Lawyer's letter of %s", self.sudo().firm_id.name),  # sudo: a name
        )

    # ------------------------------------------------------------------ by hand

    def _may_send(self):
        """Return whether the user may send, print, cancel: collectors, Legal, the customer's people."""
        if self.env.su or self.env.user._has_role("collector", "legal"):
            return True
        # sudo: the salesperson of the customer decides, seen or not
        return bool(self) and all(
            self.env.user in (letter.case_id.user_id | letter.partner_id.user_id)
            for letter in self.sudo()
        )

    def _check_may_send(self):
        self.check_access("read")
        if not self._may_send():
            raise AccessError(
                self.env._("Only collectors and the salesperson of the customer send letters.")
            )

    def action_compose(self):
        """Show the mail, to be edited before it is sent; letters by SMS go at once.

        :raise UserError: not ready, on paper, or there is no true and approved text
        """
        self.ensure_one()
        letter = self._lock_for_user()
        letter._check_ready()
        if letter.channel != "mail" or letter.is_test:
            return self.action_send()
        letter._check_confirmed()
        # What the mail says is the wording of today; sending looks again.
        letter._system_write(letter._prepare_wording())
        return self.env["base"]._open_records(
            "collection_letter_send_action", context={"default_letter_id": self.id}
        )

    def _send_composed(self, address, mail):
        """Send a letter by mail as a person edited it.

        The text of a type that needs Legal stays as it was approved.

        :param address: mail addresses, separated by commas
        :param mail: subject, body_html, email_cc
        """
        letter = self._lock_for_user()
        letter._check_ready()
        if letter.channel != "mail":
            raise UserError(self.env._("%s is not sent by email.", letter.name))
        letter._check_hours()
        if letter.type_id.needs_legal:
            mail = {"email_cc": mail["email_cc"]}
        letter._system_write({"sent_by_id": self.env.user.id})
        letter._deliver(address=address, mail=mail)
        self._wake_mail_queue()

    def action_send_again(self):
        """Ask for another address for a letter that came back."""
        self.ensure_one()
        self._check_may_send()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Again"),
            "res_model": "collection.letter.resend",
            "view_mode": "form",
            "target": "new",
            "context": {"default_letter_id": self.id},
        }

    def _send_again(self, address, name=False):
        """Send a letter that came back, to another address, with the items open now.

        The address is kept as the customer's contact for demands and statements.

        :param address: mail address or phone number, checked
        :param name: name of the contact; may be empty
        """
        for letter in self._lock_for_user():
            if letter.state != "bounced":
                raise UserError(
                    self.env._("%s was not returned, so it cannot be sent again.", letter.name)
                )
            letter._check_hours()
            letter._system_write(
                {"state": "ready", "failure": False, "sent_by_id": self.env.user.id}
            )
            if letter._refresh():
                # It names whom the letter goes to; an error of the sending undoes it.
                letter._keep_address(address, name)
                letter._deliver(address=address)
        self._wake_mail_queue()
