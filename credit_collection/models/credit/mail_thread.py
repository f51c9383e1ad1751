from odoo import api, models
from odoo.exceptions import AccessError


class MailThread(models.AbstractModel):
    """Documents of this add-on: who writes on them, and in whose name."""

    _inherit = "mail.thread"

    @api.model
    def _credit_is_ours(self, model):
        """Whether documents of a model belong to this add-on or one beside it."""
        origin = self.env.registry[model]._original_module if model in self.env.registry else ""
        return (origin or "").startswith("credit_collection")

    @api.model
    def _credit_make_works_error(self):
        return AccessError(self.env._("Auditors read everything and write nothing."))

    @api.model
    def _credit_check_works(self):
        """Raise for who only reads."""
        if self.env.user._credit_only_reads():
            raise self._credit_make_works_error()

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Odoo lets readers of many documents post and upload files; auditors do not."""
        result = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if (
            message_operation == "create"
            and self._credit_is_ours(self._name)
            and self.env.user._credit_only_reads()
        ):
            return dict.fromkeys(self, "write")
        return result

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Odoo posts a mail as the user whom its sender's address names: what a person reads in
        by the public door `message_process` reaches our documents in his own name only."""
        user = self.env.user
        if not self.env.su and any(self._credit_is_ours(route[0]) for route in routes):
            if message_dict.get("author_id") != user.partner_id.id and not user.has_group(
                "credit_collection.group_credit_administrator"
            ):
                raise AccessError(
                    self.env._(
                        "%(user)s cannot write in the name of %(author)s.",
                        user=user.name,
                        author=message_dict.get("email_from"),
                    )
                )
        return super()._message_route_process(message, message_dict, routes)
