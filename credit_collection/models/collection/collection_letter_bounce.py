from odoo import models


class CollectionLetter(models.Model):
    """Mail and SMS that come back: the case shows it and the collector is asked to call."""

    _inherit = "collection.letter"

    def _bounce(self, reason, call=True):
        """The letters did not reach their recipients.

        :param call: whether the collector is to ask the customer for another address
        """
        # sudo: mail servers and gateways report, as whatever user they run
        for letter in self.sudo().filtered(lambda one: one.state == "sent"):
            letter._system().write({"state": "bounced", "failure": reason})
            letter._log_contact("bounced", reason)
            case = letter.case_id
            user = letter.collector_id or case.team_id.head_id
            if call and case and user and not letter.is_test:
                case.activity_schedule(
                    "mail.mail_activity_data_call",
                    user_id=user.id,
                    summary=self.env._("Letter %s came back: call the customer", letter.name),
                    note=letter._get_bounce_note(),
                )

    def _get_bounce_note(self):
        self.ensure_one()
        if self.channel == "sms":
            return self.env._(
                "%(number)s does not take SMS. Ask for another number and send it again.",
                number=self.email_to,
            )
        return self.env._(
            "%(address)s does not take mail. Ask for another address and send it again.",
            address=self.email_to,
        )
