from contextlib import contextmanager
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize, format_datetime

# How long the author of a comment may correct it; its former text stays as a note.
CORRECTION = timedelta(minutes=15)

# Text, subject, author, recipients and time of a message. The rest (stars, reactions, notifications,
# delivery) is Odoo's business.
FACTS = (
    "body", "subject", "model", "res_id", "author_id", "author_guest_id", "email_from", "date",
    "message_type", "subtype_id", "parent_id", "partner_ids", "attachment_ids", "tracking_value_ids",
)  # fmt: skip

# Fields that a correction may change.
CORRECTED = {"body", "partner_ids", "attachment_ids"}


class MailMessage(models.Model):
    """Messages and tracked changes are evidence (P1-10): kept as they were, author included.

    Kept are the messages on every document of this add-on, and on Odoo's own documents those
    that track a field of it, such as a customer's limit. `sudo()` opens nothing here: Odoo's
    routes edit messages and files as superuser for all who may write the document.
    """

    _name = "mail.message"
    _inherit = ["mail.message", "credit.evidence.mixin"]

    def _credit_is_system(self):
        return self.env["credit.protected.mixin"]._is_system()

    def _credit_get_kept(self):
        """Return those of these messages that are evidence; none for the add-on's own code."""
        if self._credit_is_system():
            return self.browse()
        # sudo: evidence is kept whether the user sees it or not
        return self.sudo().filtered(
            lambda message: (
                self.env["mail.thread"]._credit_is_ours(message.model)
                or message.tracking_value_ids._credit_is_decision()
            )
        )

    def _frozen_files(self, attachments):
        """Return a document of ours with one of these files in a message: it stays as posted (P1-10)."""
        kept = self.search([("attachment_ids", "in", attachments.ids)])._credit_get_kept()[:1]
        document = kept.model in self.env and self.env[kept.model].browse(kept.res_id).exists()
        return document or kept

    def _credit_refuse(self):
        raise AccessError(
            self.env._("Messages and changes are kept as evidence and cannot be edited or deleted.")
        )

    # ------------------------------------------------------------------ changes

    def _credit_get_facts(self):
        return {m.id: {name: m[name] for name in FACTS} for m in self}

    @contextmanager
    def _credit_kept(self):
        """Guard a change: evidence is the same afterwards, or was corrected by its author."""
        kept = self._credit_get_kept()
        before = kept._credit_get_facts()
        yield
        if self._credit_get_kept() != kept:  # moved there or away
            self._credit_refuse()
        for message_id, now in kept._credit_get_facts().items():
            was = before[message_id]
            changed = {name for name in FACTS if was[name] != now[name]}
            if self.env.su and not was["subject"]:
                changed.discard("subject")  # Odoo gives the mail of a message its subject
            if not changed:
                continue
            message = kept.browse(message_id)
            if changed - CORRECTED or was["attachment_ids"] - now["attachment_ids"]:
                message._credit_refuse()
            message._credit_correct(was["body"] if "body" in changed else None)

    def _credit_correct(self, former):
        """Keep the former text of a comment that its author corrects in time."""
        self.ensure_one()
        if (
            self.message_type != "comment"
            or self.tracking_value_ids
            or self.create_uid != self.env.user
            or self.author_id != self.env.user.partner_id
            or fields.Datetime.now() > self.create_date + CORRECTION
        ):
            self._credit_refuse()
        if former:
            # sudo, system: a replaced text is kept by the system
            system = self.env["credit.protected.mixin"].sudo()._system().env
            system[self.model].browse(self.res_id)._message_log(
                body=Markup("<p>%s</p>%s")
                % (
                    self.env._(
                        "Corrected; the comment of %(time)s was:",
                        time=format_datetime(self.env, self.date),
                    ),
                    former,
                ),
                author_id=self.author_id.id,
            )

    def write(self, vals):
        if not vals.keys() & set(FACTS):
            return super().write(vals)
        with self._credit_kept():
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_credit_kept(self):
        # A draft that is deleted takes its messages along; Odoo deletes them as superuser.
        if not self.env.su and self._credit_get_kept():
            self._credit_refuse()

    # ------------------------------------------------------------------ new messages

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        # sudo: whose document it is, seen or not
        ours = messages.sudo().filtered(
            lambda message: self.env["mail.thread"]._credit_is_ours(message.model)
        )
        if ours and not self._credit_is_system():
            self.env["mail.thread"]._credit_check_works()
            if not self.env.su:
                # After defaults are in: of the context, or kept by the user.
                ours._credit_check_own()
        return messages

    def _credit_check_own(self):
        """Require the writer's own name or company, and the present time, on our documents."""
        if self.tracking_value_ids:
            raise AccessError(self.env._("Only the system records changes."))
        if self.env.user._has_role("administrator"):
            return
        # sudo: the user's own addresses, and those of the user's companies
        user, companies = self.env.user.sudo(), self.env.companies.sudo()
        authors = user.partner_id | companies.partner_id
        addresses = {
            *authors.mapped("email"),
            *companies.mapped("email"),
            user.email_formatted,
            False,
        }
        addresses |= {email_normalize(address) for address in addresses if address}
        now = fields.Datetime.now()
        for message in self:
            address = message.email_from
            if (
                message.author_id not in authors
                or message.author_guest_id
                or not {address, email_normalize(address or "")} & addresses
            ):
                raise AccessError(
                    self.env._(
                        "%(user)s cannot write in the name of %(author)s.",
                        user=user.name,
                        author=message.author_id.name or address,
                    )
                )
            if not message.date or abs(message.date - now) > CORRECTION:
                raise AccessError(self.env._("Messages are written now, not at another time."))


class MailTrackingValue(models.Model):
    """Values of tracked fields: written by Odoo with their message, changed by nobody."""

    _inherit = "mail.tracking.value"

    def _credit_is_decision(self):
        """Return whether a field of this add-on is tracked, on whatever document."""
        for value in self:
            model = self.env.get(value.field_id.model) if value.field_id else None
            field = model is not None and model._fields.get(value.field_id.name)
            if field and "credit_collection" in field._modules:
                return True
        return False

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        if not self.env.su and values.mail_message_id._credit_get_kept():
            values.mail_message_id._credit_refuse()
        return values

    def write(self, vals):
        # Odoo notes the name of a field that is about to go.
        if vals.keys() - {"field_info", "field_id"}:
            self._check_credit_kept()
        result = super().write(vals)
        if "mail_message_id" in vals:
            self._check_credit_kept()
        return result

    @api.ondelete(at_uninstall=False)
    def _check_credit_kept(self):
        # sudo: evidence is kept whether the user sees it or not
        if self.sudo().mail_message_id._credit_get_kept():
            self.env["mail.message"]._credit_refuse()


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _check_access(self, operation):
        """Refuse auditors: Odoo lets everybody who reads a document plan on it."""
        result = super()._check_access(operation)
        if operation == "read" or not self or not self.env.user._credit_only_reads():
            return result
        thread = self.env["mail.thread"]
        # sudo: which documents they are of, seen or not
        ours = self.sudo().filtered(lambda activity: thread._credit_is_ours(activity.res_model))
        if not ours:
            return result
        forbidden = ours.sudo(False) | (result[0] if result else ours.browse())
        return forbidden, thread._credit_make_works_error
