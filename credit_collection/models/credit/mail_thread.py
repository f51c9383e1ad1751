import unicodedata

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.mail import email_normalize_all


class MailThread(models.AbstractModel):
    """Documents of this add-on: their writers, and in whose name they write."""

    _inherit = "mail.thread"

    @api.model
    def _credit_is_ours(self, model):
        """Return whether documents of a model belong to this add-on or one beside it."""
        origin = self.env.registry[model]._original_module if model in self.env.registry else ""
        return (origin or "").startswith("credit_collection")

    @api.model
    def _credit_check_address(self, label, address, several=False):
        """Raise where a text is no mail address, or carries more than it shows.

        :param label: the field, as its reader knows it
        :param several: addresses side by side are right, as in Odoo's own field of a contact
        :return: the address as mail servers know it; several parted by commas
        :raise UserError: naming field and value
        """
        address = address or ""
        found = email_normalize_all(address)
        if (
            not found
            or (len(found) > 1 and not several)
            or any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in address.strip(" "))
        ):
            raise UserError(
                self.env._(
                    "%(field)s: “%(value)s” is not a single email address.",
                    field=label,
                    value=address,
                )
            )
        return ", ".join(found)

    @api.model
    def _credit_make_works_error(self):
        return AccessError(self.env._("Auditors read everything and write nothing."))

    @api.model
    def _credit_check_works(self):
        """Raise for users who only read, also where our own code writes for them as superuser."""
        if self.env.user._credit_only_reads():
            raise self._credit_make_works_error()

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Refuse auditors: Odoo lets readers of many documents post and upload files."""
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
        """Route mail that a person reads in by the public `message_process` in their own name only.

        Odoo posts a mail as the user whom its sender's address names.
        """
        user = self.env.user
        if not self.env.su and any(self._credit_is_ours(route[0]) for route in routes):
            if message_dict.get("author_id") != user.partner_id.id and not user._has_role(
                "administrator"
            ):
                raise AccessError(
                    self.env._(
                        "%(user)s cannot write in the name of %(author)s.",
                        user=user.name,
                        author=message_dict.get("email_from"),
                    )
                )
        return super()._message_route_process(message, message_dict, routes)
