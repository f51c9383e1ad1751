from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError

from .receivable_confirmation_campaign import MAKERS


class ReceivableConfirmation(models.Model):
    """How letters go out: by email with the link, on paper with a slip and a code to scan in."""

    _inherit = "receivable.confirmation"

    def _release(self):
        """Let the letters of a campaign go out: by email from the queue, the others wait for the printer."""
        for letter in self:
            by_mail = letter.channel == "mail" and letter._has_address(letter._get_recipient())
            letter._system_write({"state": "ready", "channel": "mail" if by_mail else "print"})
        # sudo: a scheduled action of our own
        self.env.ref("credit_collection.ir_cron_receivable_confirmation_send").sudo()._trigger()

    # ------------------------------------------------------------------ hooks of the mailing

    def _may_send(self):
        return self.env.su or self.env.user._has_role(*MAKERS)

    def _check_ready(self):
        # A letter that was only prepared can be left out; `_check_confirmed` keeps it from going.
        return None if self.state == "draft" else super()._check_ready()

    def _check_confirmed(self):
        if self.state == "draft":
            raise UserError(self.env._("Send %s first.", self.campaign_id.name))

    def _prepare_delivery(self, address=None, mail=None):
        go = super()._prepare_delivery(address, mail)
        if go and self.date_deadline < self.company_id._credit_today():
            self._cancel(self.env._("It had not gone out by the day of answer."))
            return False
        return go

    def _get_subject(self):
        return self._get_titles()[0]

    def _create_mail(self, attachments, mail):
        """Keep the mail off every chatter: whoever reads letter or case must not find the link.

        Answers by mail go to the person responsible for the campaign, who enters them.
        """
        system = self.with_user(SUPERUSER_ID)
        created = super(ReceivableConfirmation, system)._create_mail(attachments, mail)
        answers_to = self.campaign_id.user_id.email_formatted or self.company_id.email_formatted
        # As the system: messages are kept as they are.
        created.with_env(self._system().env).write(
            {
                "model": False,
                "res_id": False,
                "author_id": self.env.ref("base.partner_root").id,
                "reply_to": answers_to,
            }
        )
        return created

    def _mail(self, template):
        """Mail the link once more, as `_create_mail` does."""
        self.ensure_one()
        recipient = self._get_recipient()
        if not self._has_address(recipient):
            return
        self.env.ref(f"credit_collection.{template}").with_user(SUPERUSER_ID).send_mail(
            self.id,
            email_values={
                "model": False,
                "res_id": False,
                "author_id": self.env.ref("base.partner_root").id,
                "email_to": self.email_to or recipient.email,
                "reply_to": self.campaign_id.user_id.email_formatted,
            },
        )

    # ------------------------------------------------------------------ by hand

    def action_by_post(self):
        """Send letters on paper instead: those that wait, and those whose mail came back.

        :raise UserError: one is not to be sent yet, or has reached its customer
        """
        self._send_otherwise("print")
        return True

    def action_send_again(self):
        """Send letters whose mail came back once more, to the address that their customer has now.

        :raise UserError: there is no address, or the mail did not come back
        """
        for letter in self:
            if not letter._has_address(letter.sudo()._get_recipient()):  # sudo: an address
                raise UserError(self.env._("%s has no email address.", letter.display_name))
        self._send_otherwise("mail")
        # sudo: a scheduled action of our own
        self.env.ref("credit_collection.ir_cron_receivable_confirmation_send").sudo()._trigger()
        return True

    def _send_otherwise(self, channel):
        for letter in self._lock_for_user():
            if letter.state not in ("ready", "bounced"):
                raise UserError(
                    self.env._("%s has gone out, or is not to be sent yet.", letter.display_name)
                )
            letter._system_write(
                {"state": "ready", "channel": channel, "failure": False, "next_try": False}
            )
