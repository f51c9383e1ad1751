from odoo import models

# Our own account with the provider is at fault: nobody can be asked for another number.
OWN_FAULTS = ("sms_acc", "sms_credit", "sms_server")


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _update_sms_notifications(
        self, notification_status, failure_type=False, failure_reason=False
    ):
        """Bounce a letter whose SMS was refused, as one by mail."""
        result = super()._update_sms_notifications(
            notification_status, failure_type=failure_type, failure_reason=failure_reason
        )
        if notification_status in ("exception", "bounce"):
            # sudo: the queue and the provider report, as any user
            letters = (
                self.env["collection.letter"]
                .sudo()
                .search(
                    [("message_id", "in", self.sudo().mail_notification_id.mail_message_id.ids)]
                )
            )
            types = dict(
                self.env["mail.notification"]
                ._fields["failure_type"]
                ._description_selection(self.env)
            )
            letters._bounce(
                failure_reason
                or types.get(failure_type)
                or self.env._("The SMS was not delivered."),
                call=failure_type not in OWN_FAULTS,
            )
        return result
