from odoo import models


class CollectionLetter(models.Model):
    """Mail that comes back: the case shows it and the collector is asked to call."""

    _inherit = "collection.letter"

    def _bounce(self, reason):
        """The letters did not reach their recipients."""
        # sudo: mail servers and gateways report, as whatever user they run
        for letter in self.sudo().filtered(lambda one: one.state == "sent"):
            letter._system().write({"state": "bounced", "failure": reason})
            letter._log_contact("bounced", reason)
            case = letter.case_id
            user = letter.collector_id or case.team_id.head_id
            if case and user and not letter.is_test:
                case.activity_schedule(
                    "mail.mail_activity_data_call",
                    user_id=user.id,
                    summary=self.env._("Letter %s came back: call the customer", letter.name),
                    note=self.env._(
                        "%(address)s does not take mail. Ask for another address and send it again.",
                        address=letter.email_to,
                    ),
                )
