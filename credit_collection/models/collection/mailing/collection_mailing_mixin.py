import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.pdf import merge_pdf

_logger = logging.getLogger(__name__)

BATCH = 50

# A document that could not go out is tried again after this many hours.
RETRY_HOURS = 4

# About a second each: more would outlast the time limit of a request.
PRINT_LIMIT = 50


class CollectionMailingMixin(models.AbstractModel):
    """Documents that go to customers as PDF, by mail or on paper, each exactly once.

    ready      waits for its turn in the queue, for the printer, or for the next try
    sent       its mail is in Odoo's queue; printed: on paper
    bounced    the mail came back; sent again when there is another address
    cancelled  nothing was left to say, or somebody cancelled it

    A document is locked, refreshed, rendered, mailed and marked in one transaction: killed at any
    point, none goes twice. It goes in the customer's language to the first contact for demands and
    statements, then for invoices, that has an address, else to the customer; the PDF is kept.

    A model names its report in `_report` and its mail in `_mail_template`, has a rule of its own in
    `_may_send` and a job that calls `_cron_send`. The room's package lists the hooks.
    """

    _name = "collection.mailing.mixin"
    _description = "Document Sent to Customers"
    _inherit = ["credit.protected.mixin", "credit.evidence.mixin", "mail.thread"]
    _frozen_when = {"attachment_id": [("state", "!=", "ready")]}
    _report = None
    _mail_template = None

    state = fields.Selection(
        [
            ("ready", "Ready"),
            ("sent", "Sent"),
            ("printed", "Printed"),
            ("bounced", "Bounced"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        default="ready",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    channel = fields.Selection(
        [("mail", "Email"), ("print", "Print")], required=True, readonly=True
    )
    can_send = fields.Boolean(compute="_compute_can_send")

    # How it went out; empty while it is ready.
    lang = fields.Char("Language Code", readonly=True)
    lang_name = fields.Char("Language", compute="_compute_lang_name")
    recipient_id = fields.Many2one("res.partner", readonly=True, ondelete="set null")
    email_to = fields.Char("Sent to", readonly=True, help="Address or number it went to.")
    email_cc = fields.Char("Cc", readonly=True)
    subject = fields.Char(readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment", "PDF", readonly=True, ondelete="restrict", copy=False
    )
    message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null"
    )
    mail_state = fields.Selection(
        [
            ("queue", "Queued"),
            ("gone", "Accepted by Mail Server"),
            ("failed", "Failed"),
        ],
        string="Email Status",
        compute="_compute_mail_state",
    )
    sent_at = fields.Datetime(
        "Sent on", readonly=True, help="Added to the email queue, or printed."
    )
    sent_by_id = fields.Many2one(
        "res.users", string="Sent by", readonly=True, help="Empty = by the system."
    )
    failure = fields.Text(readonly=True, help="Why it did not go out, or came back.")
    next_try = fields.Datetime(readonly=True)
    cancel_reason = fields.Char("Cancellation Reason", readonly=True)

    @api.depends_context("uid")
    def _compute_can_send(self):
        for document in self:
            document.can_send = document._may_send()

    @api.depends("lang")
    def _compute_lang_name(self):
        # sudo: names of languages, of those archived since too
        languages = self.env["res.lang"].sudo().with_context(active_test=False)
        codes = self.mapped("lang")
        names = {one.code: one.name for one in languages.search([("code", "in", codes)])}
        for document in self:
            document.lang_name = names.get(document.lang, document.lang)

    @api.depends("message_id", "state")
    def _compute_mail_state(self):
        for document in self:
            # sudo: the queue is the administrator's
            message = document.sudo().message_id
            states = set(message.mail_ids.mapped("state")) | set(
                message.notification_ids.mapped("notification_status")
            )
            if document.state == "bounced" or states & {"exception", "bounce"}:
                document.mail_state = "failed"
            elif states & {"outgoing", "ready", "process"}:
                document.mail_state = "queue"
            else:
                document.mail_state = "gone" if document.state == "sent" else False

    # ------------------------------------------------------------------ hooks

    def _may_send(self):
        """Return whether the user may send, print, cancel these documents. Extend for a model."""
        return self.env.su

    def _is_to_customer(self):
        """Return whether the customer receives it: at hours of contact, with the copies."""
        return True

    @api.model
    def _get_anytime_domain(self):
        """Return documents that go out at any hour."""
        return Domain.FALSE

    def _prepare_delivery(self, address=None, mail=None):
        """Look again before it goes: refresh, check, or cancel it when nothing remains to be said.

        :return: whether it shall go
        :raise UserError: it cannot go as it is; in the queue it is tried again later
        """
        self._check_confirmed()
        return True

    def _check_confirmed(self):
        """Refuse a document that waits for somebody; before printing and sending."""

    def _get_subject(self):
        """Return the subject, in the language of the context."""
        return self.display_name

    def _get_attachments(self):
        """Return files that go along with the PDF."""
        return self.env["ir.attachment"]

    def _get_copies(self):
        """Return who receives a copy of the mail: contacts of the customer that are named for it."""
        if not self._is_to_customer():
            return self.env["res.partner"]
        return self.partner_id._get_copy_contacts() - self._get_recipient()

    def _get_case(self):
        """Return the case of the customer: the mail, its answers and its bounce stand there."""
        self.ensure_one()
        # sudo: the case is written on, whoever sends
        return self.env["collection.case"].sudo()._find_open(self.partner_id, self.company_id)[:1]

    def _log_contact(self, result, summary):
        """Keep that the customer was written to ("sent"), or that it came back ("bounced")."""

    def _get_bounce_record(self):
        """Return what is asked for another address after a bounce: the case, else the customer."""
        return self._get_case() or self.partner_id

    def _get_bounce_user(self):
        """Return who is asked for another address after a bounce."""
        case = self._get_case()
        return case.user_id or case.team_id.head_id or self.partner_id.user_id or self.sent_by_id

    def _get_bounce_words(self):
        """Return summary and note of the call for another address."""
        return (
            self.env._("%s bounced: call the customer", self.display_name),
            self.env._(
                "Email to %s was not delivered. Get another address and send it again.",
                self.email_to,
            ),
        )

    def _get_print_limit(self):
        """Return how many documents are printed at once at most."""
        return PRINT_LIMIT

    # ------------------------------------------------------------------ by the system

    @api.model
    def _get_queue_domain(self):
        """Return documents that may go out by themselves at this hour (P2-21)."""
        waiting = self._read_group([("state", "=", "ready")], ["company_id"])
        companies = self.env["res.company"].union(*(company for (company,) in waiting))
        open_ids = [company.id for company in companies if company._collection_may_contact_now()]
        return Domain(
            [
                ("state", "=", "ready"),
                ("channel", "!=", "print"),
                "|", ("next_try", "=", False), ("next_try", "<=", fields.Datetime.now()),
            ]
        ) & (Domain("company_id", "in", open_ids) | self._get_anytime_domain())  # fmt: skip

    @api.model
    def _cron_send(self, batch=BATCH):
        """Send ready documents, one transaction for each: killed at any point, none goes twice.

        One that fails keeps the reason and is tried again later; the others go on.
        """
        domain = self._get_queue_domain()
        documents = self.search(domain, limit=batch, order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        for document in documents:
            # Each commit ends the locks: the document is locked, and read again, on its own.
            document = document.try_lock_for_update().filtered_domain(domain)
            if document:
                document._try_deliver()
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
                _logger.exception("%s %s could not be sent", self._description, self.display_name)
            self._system_write(
                {
                    "failure": str(error),
                    "next_try": fields.Datetime.now() + timedelta(hours=RETRY_HOURS),
                }
            )

    def _wake_mail_queue(self):
        # sudo: Odoo's own job
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # ------------------------------------------------------------------ one document

    def _deliver(self, address=None, mail=None):
        """Send one ready document the way it goes, or cancel it when nothing remains.

        Runs as the superuser; the caller has checked the right to send.

        :param address: mail addresses, or what the channel needs, in place of the recipient's own
        :param mail: subject, body_html, email_cc in place of the template's
        :raise UserError: see `_prepare_delivery`
        """
        self.ensure_one()
        if not self._prepare_delivery(address, mail):
            return
        recipient = self._get_recipient()
        if self.channel != "print" and not address and not self._has_address(recipient):
            self._fall_to_print()
            return
        self._system_write(self._prepare_wording())
        message = self._carry(recipient, address, mail)
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

    def _carry(self, recipient, address, mail):
        """Store the PDF, and create the mail where it goes by mail; return the message.

        Extend for a further channel.
        """
        attachments = self._store_pdf() | self._get_attachments()
        if self.channel == "print":
            return self.env["mail.message"]
        addresses = self.env["mail.thread"]._credit_check_address(
            self.env._("Email of %s", recipient.display_name),
            address or recipient.email,
            several=True,
        )
        self._system_write({"email_to": addresses})
        sent = self._create_mail(attachments, mail or {})
        self._system_write({"email_cc": sent.email_cc})
        return sent.mail_message_id

    @api.model
    def _choose_channel(self, partner):
        """Return how a document would reach a customer: by mail where there is an address."""
        document = self.new({"partner_id": partner.id, "channel": "mail"})
        return "mail" if document._has_address(document._get_recipient()) else "print"

    def _fall_to_print(self):
        """Leave a document without address for the printer; the case says so."""
        self._system_write({"channel": "print"})
        self._get_thread().message_post(
            body=self.env._(
                "%(letter)s cannot be sent by email or SMS because %(partner)s has no email or "
                "mobile number. It is ready to print.",
                letter=self.display_name,
                partner=self._get_recipient().display_name or self.partner_id.display_name,
            )
        )

    def _cancel(self, reason):
        self._system_write({"state": "cancelled", "cancel_reason": reason, "failure": False})

    # ------------------------------------------------------------------ by hand

    def _check_may_send(self):
        """Raise unless the user may send these documents.

        :raise AccessError: naming none of them: they may not be the user's to see
        """
        self.check_access("read")
        if not self._may_send():
            raise AccessError(self.env._("You cannot send these documents."))

    def _lock_for_user(self):
        """Return these documents as the superuser, locked: the second user sees the first's change."""
        self._check_may_send()
        # sudo: documents are the system's; the user may send them
        locked = self.sudo().try_lock_for_update()
        if locked != self:
            raise UserError(self.env._("A letter is being sent at this moment: try again."))
        return locked

    def _check_ready(self):
        self.ensure_one()
        if self.state != "ready":
            raise UserError(
                self.env._(
                    "%(letter)s cannot be sent because it is “%(state)s”.",
                    letter=self.display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[self.state],
                )
            )

    def _check_hours(self):
        if self._is_to_customer() and not self.company_id._collection_may_contact_now():
            raise UserError(self.env._("Customers are not contacted at this hour."))

    def action_send(self):
        """Send documents that are ready and do not go on paper, at once.

        :raise UserError: not ready, on paper, outside the hours of contact, see `_prepare_delivery`
        """
        for document in self._lock_for_user():
            document._check_ready()
            if document.channel == "print":
                raise UserError(self.env._("%s is sent by post. Print it.", document.display_name))
            document._check_hours()
            document._system_write({"sent_by_id": self.env.user.id})
            document._deliver()
        self._wake_mail_queue()
        return True

    def action_send_again(self):
        """Send documents that came back, to the address that their customer has now.

        :raise UserError: one did not come back, or the hours of contact
        """
        for document in self._lock_for_user():
            if document.state != "bounced":
                raise UserError(
                    self.env._(
                        "%s was not returned, so it cannot be sent again.", document.display_name
                    )
                )
            document._check_hours()
            document._system_write(
                {
                    "state": "ready",
                    "failure": False,
                    "email_to": False,
                    "channel": document._choose_channel(document.partner_id),
                    "sent_by_id": self.env.user.id,
                }
            )
            document._deliver()
        self._wake_mail_queue()
        return True

    def action_cancel(self):
        """Cancel documents that have not gone out."""
        for document in self._lock_for_user():
            document._check_ready()
            document._cancel(self.env._("Cancelled by %s.", self.env.user.name))
        return True

    def action_print(self):
        """Print the documents chosen as one PDF; those that wait for the printer are printed by it.

        Documents sent or printed before come as they went out. Those with nothing left to say are
        cancelled and skipped.

        :raise UserError: too many at once, or nothing to print
        """
        documents = self._lock_for_user().sorted(lambda one: (one.partner_id.name or "", one.id))
        waiting = documents.filtered(lambda one: one.state == "ready")
        limit = self._get_print_limit()
        if len(waiting) > limit:
            raise UserError(self.env._("Print at most %s letters at once: choose fewer.", limit))
        for document in waiting:
            document._check_confirmed()
            document._system_write({"channel": "print", "sent_by_id": self.env.user.id})
            document._deliver()
        ids = documents.attachment_id.ids
        files = documents.attachment_id.sorted(lambda file: ids.index(file.id))
        if not files:
            raise UserError(
                self.env._("Nothing to print: the amounts in these letters have been settled.")
            )
        file = files
        if len(files) > 1:
            today = documents[0].company_id._credit_today()
            # sudo: a file of documents the user may read, kept as the proof of printing
            file = (
                self.env["ir.attachment"]
                .sudo()
                .create(
                    {
                        "name": f"{self.env['ir.model']._get(self._name).name} {today}.pdf",
                        "raw": merge_pdf([one.raw for one in files]),
                        "mimetype": "application/pdf",
                    }
                )
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{file.id}?download=true",
            # Not "download": that leaves the list as it was before.
            "target": "new",
        }

    def action_preview(self):
        """Show the document as it went out, or as it would go out now."""
        self.ensure_one()
        self.check_access("read")
        return self.env.ref(self._report).report_action(self)
