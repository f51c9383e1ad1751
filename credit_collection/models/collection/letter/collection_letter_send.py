import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

BATCH = 50

# A letter that could not go out is tried again after this many hours.
RETRY_HOURS = 4


class CollectionLetter(models.Model):
    """Sending: one letter, its mail, its contact and its state in one transaction."""

    _inherit = "collection.letter"

    can_send = fields.Boolean(compute="_compute_can_send")
    mail_state = fields.Selection(
        [
            ("queue", "In the Queue"),
            ("gone", "Taken by the Mail Server"),
            ("failed", "Failed"),
        ],
        compute="_compute_mail_state",
    )

    @api.depends_context("uid")
    def _compute_can_send(self):
        for letter in self:
            letter.can_send = letter._may_send()

    @api.depends("message_id", "state")
    def _compute_mail_state(self):
        for letter in self:
            # sudo: the queue is the administrator's
            message = letter.sudo().message_id
            states = set(message.mail_ids.mapped("state")) | set(
                message.notification_ids.mapped("notification_status")
            )
            if letter.state == "bounced" or states & {"exception", "bounce"}:
                letter.mail_state = "failed"
            elif states & {"outgoing", "ready", "process"}:
                letter.mail_state = "queue"
            else:
                letter.mail_state = "gone" if letter.state == "sent" else False

    # ------------------------------------------------------------------ by the system

    @api.model
    def _get_queue_domain(self):
        """Return letters of runs that may go out by mail or SMS at this hour (P2-21).

        A letter by hand waits for its writer; printed ones wait for the printer.
        """
        waiting = self._read_group([("state", "=", "ready")], ["company_id"])
        companies = self.env["res.company"].union(*(company for (company,) in waiting))
        open_ids = [company.id for company in companies if company._collection_may_contact_now()]
        return Domain(
            [
                ("state", "=", "ready"),
                ("channel", "in", ("mail", "sms")),
                ("run_id", "!=", False),
                "|", ("next_try", "=", False), ("next_try", "<=", fields.Datetime.now()),
            ]
        ) & (
            Domain("company_id", "in", open_ids)
            | Domain("is_test", "=", True)
            | Domain("type_id.audience", "=", "internal")
        )  # fmt: skip

    @api.model
    def _cron_send(self, batch=BATCH):
        """Send ready letters, one transaction per letter: killed at any point, none goes twice.

        A letter that fails keeps the reason and is tried again later; the others go on.
        """
        domain = self._get_queue_domain()
        letters = self.search(domain, limit=batch, order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        for letter in letters:
            # Each commit ends the locks: the letter is locked, and read again, on its own.
            letter = letter.try_lock_for_update().filtered_domain(domain)
            if letter:
                letter._try_deliver()
            if not cron._commit_progress(1):
                break
        self._wake_mail_queue()

    def _try_deliver(self):
        """Deliver, or keep the error; errors of the database end the job."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._deliver()
        except psycopg2.Error:
            raise
        except Exception as error:  # noqa: BLE001 one customer's fault does not stop the others
            self.env.invalidate_all(flush=False)
            if not isinstance(error, UserError):
                _logger.exception("Letter %s could not be sent", self.name)
            self._system_write(
                {
                    "failure": str(error),
                    "next_try": fields.Datetime.now() + timedelta(hours=RETRY_HOURS),
                }
            )

    def _wake_mail_queue(self):
        # sudo: Odoo's own job
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # ------------------------------------------------------------------ one letter

    def _deliver(self, address=None):
        """Send one ready letter the way it goes, or cancel it when nothing remains.

        Runs as the superuser; the caller has checked the right to send.

        :param address: mail address or phone number in place of the recipient's own
        :raise UserError: there is no wording, or Legal has not approved it
        """
        self.ensure_one()
        if not self._refresh():
            return
        # One that came back and goes to another address has had its turn.
        reason = not address and self._get_stop()
        if reason:
            self._cancel(reason)
            return
        recipient = self._get_recipient()
        if self.channel != "print" and not address and not self._has_address(recipient):
            self._fall_to_print()
            return
        self._system_write(self._prepare_wording())
        if self.channel == "sms":
            self._system_write({"email_to": address or recipient.phone})
            message = self._create_sms()
        else:
            attachments = self._store_pdf()
            message = self.env["mail.message"]
            if self.channel == "mail":
                addresses = self.env["mail.thread"]._credit_check_address(
                    self.env._("Email of %s", recipient.display_name),
                    address or recipient.email,
                    several=True,
                )
                self._system_write({"email_to": addresses})
                mail = self._create_mail(attachments | self._get_invoice_attachments())
                message = mail.mail_message_id
        self._system_write(
            {
                "state": "printed" if self.channel == "print" else "sent",
                "message_id": message.id,
                "sent_at": fields.Datetime.now(),
                "failure": False,
                "next_try": False,
            }
        )
        self._log_contact("sent", self.subject)

    def _fall_to_print(self):
        """Leave a letter without address for the printer; the case says so."""
        self._system_write({"channel": "print"})
        thread = self.case_id or self
        thread.message_post(
            body=self.env._(
                "%(letter)s cannot go by mail or SMS: %(partner)s has no address for it. It waits to"
                " be printed.",
                letter=self.name,
                partner=self._get_recipient().display_name or self.partner_id.display_name,
            )
        )

    def _log_contact(self, result, summary):
        """Log a contact on the case, where the customer is the recipient."""
        if self.is_test or not self.case_id or self.type_id.audience == "internal":
            return
        channel = {"mail": "mail", "sms": "sms", "print": "letter"}[self.channel]
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

    def _lock_for_user(self):
        """Return these letters as the superuser, locked: the second user sees the first's change."""
        self._check_may_send()
        # sudo: letters are the system's; the user may send them
        locked = self.sudo().try_lock_for_update()
        if locked != self:
            raise UserError(self.env._("A letter is being sent at this moment: try again."))
        return locked

    def action_send(self):
        """Send letters that are ready and go by mail or SMS, at once.

        :raise UserError: not ready, outside the hours of contact, or no approved wording
        """
        for letter in self._lock_for_user():
            letter._check_ready()
            if letter.channel == "print":
                raise UserError(self.env._("%s goes on paper: print it.", letter.name))
            letter._check_hours()
            letter._system_write({"sent_by_id": self.env.user.id})
            letter._deliver()
        self._wake_mail_queue()
        return True

    def action_cancel(self):
        """Cancel letters that have not gone out."""
        for letter in self._lock_for_user():
            letter._check_ready()
            letter._cancel(self.env._("Cancelled by %s.", self.env.user.name))
        return True

    def _check_ready(self):
        self.ensure_one()
        if self.state != "ready":
            raise UserError(
                self.env._(
                    "%(letter)s is not ready: it is “%(state)s”.",
                    letter=self.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[self.state],
                )
            )

    def _check_hours(self):
        if (
            not self.is_test
            and self.type_id.audience != "internal"
            and not self.company_id._collection_may_contact_now()
        ):
            raise UserError(self.env._("Customers are not contacted at this hour (P2-21)."))

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

    def _send_again(self, address):
        """Send a letter that came back, to another address, with the items open now."""
        for letter in self._lock_for_user():
            if letter.state != "bounced":
                raise UserError(self.env._("%s did not come back.", letter.name))
            letter._check_hours()
            letter._system_write(
                {"state": "ready", "failure": False, "sent_by_id": self.env.user.id}
            )
            letter._deliver(address=address)
        self._wake_mail_queue()
