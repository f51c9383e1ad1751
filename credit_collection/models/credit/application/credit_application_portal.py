import uuid
from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.tools import email_normalize, format_datetime

from .credit_application_signature import SIGN_IN


class CreditApplication(models.Model):
    """Sending an application to the customer, with a link to its page in the portal.

    Customers have no access to the model: the pages of `controllers/credit_application.py`
    read it as superuser and show the terms, nothing else. The link's token opens these pages
    only; it opens no discussion.
    """

    _inherit = "credit.application"

    # Opens the pages for its holder: not readable through the ORM.
    access_token = fields.Char(groups=NO_ACCESS)

    @api.model
    def _check_protected_create(self, vals_list):
        result = super()._check_protected_create(vals_list)
        for vals in result:
            # They start empty; no user has the right to name them.
            for name in ("access_token", "sign_code"):
                vals.pop(name, None)
        return result

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for application in self:
            application.access_url = f"/my/credit-applications/{application.id}"
        return result

    def _portal_ensure_token(self):
        # sudo: the token is nobody's field
        record = self.sudo()
        if not record.access_token:
            record._system_write({"access_token": str(uuid.uuid4())})
        return record.access_token

    def get_portal_url(
        self, suffix=None, report_type=None, download=None, query_string=None, anchor=None
    ):
        """Return the address of the page without its key, which goes to the customer's address alone.

        The customer's users log in, ours see the page as it is; nobody gets the key from here.
        """
        self.ensure_one()
        self.check_access("read")
        query = [
            *([f"report_type={report_type}"] if report_type else []),
            *(["download=true"] if download else []),
            *([query_string.lstrip("&")] if query_string else []),
        ]
        url = f"{self.access_url}{suffix or ''}"
        return f"{url}{'?' if query else ''}{'&'.join(query)}{f'#{anchor}' if anchor else ''}"

    def _get_share_url(self, redirect=False, **_kwargs):
        # Odoo's share dialog shows it to all readers of the record: no key, no sign-up, no hash.
        return super()._get_share_url(redirect=redirect, share_token=False)

    def _get_customer_link(self):
        """Return the address of the page with its key: for mails to the customer's address, nowhere else."""
        token = self._portal_ensure_token()
        return f"{self.get_base_url()}{self.access_url}?{urlencode({'access_token': token})}"

    def _sign_token(self, pid):
        # sudo: the token is nobody's field
        return super(CreditApplication, self.sudo())._sign_token(pid)

    def _get_time_text(self, moment):
        """Return a moment in the company's time zone, which is named."""
        zone = self.company_id._credit_timezones().get(self.company_id.id, "UTC")
        return f"{format_datetime(self.env, moment, tz=zone)} ({zone})"

    def _get_signed_text(self):
        """Return the name of the signer and the time."""
        self.ensure_one()
        return self.env._(
            "Signed by %(name)s on %(time)s.",
            name=self.signed_by,
            time=self._get_time_text(self.signed_on),
        )

    def _get_signed_way(self):
        """Return how the signer was identified; an empty string for a signature on paper."""
        self.ensure_one()
        # sudo: the customer's user, of whatever company
        user = self.signed_user_id.sudo()
        if user:
            return self.env._("Logged in to our portal as %s.", user.login)
        if self.signed_email:
            return self.env._(
                "By the link sent to %s, confirmed with a one-time code sent there.",
                self.signed_email,
            )
        return ""

    def _get_declined_text(self):
        """Return the time at which the customer declined."""
        self.ensure_one()
        return self.env._(
            "You declined this application on %(time)s.",
            time=self._get_time_text(self.declined_on),
        )

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.name

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        # The discussion is ours: the customer's link does not open it.
        for name in ("hash", "pid", "token"):
            kwargs.pop(name, None)
        return super()._get_thread_with_access(thread_id, **kwargs)

    # ------------------------------------------------------------------ send

    def _check_can_send(self):
        self.ensure_one()
        self.check_access("write")
        if self.state not in SIGN_IN:
            raise UserError(
                self.env._("%s is closed: there is nothing to sign.", self.display_name)
            )
        if not self._asks_signature():
            raise UserError(
                self.env._(
                    "%s grants no credit, so no customer signature is needed.", self.display_name
                )
            )
        if self._has_valid_signature():
            raise UserError(
                self.env._("The customer has already signed these terms of %s.", self.display_name)
            )
        self._get_sign_address()

    def action_send_for_signature(self):
        """Write to the customer, with a link to read and sign the terms.

        :raise UserError: closed, signed already, or nothing to sign
        """
        self._check_can_send()
        template = self.env.ref(
            "credit_collection.mail_template_application_sign", raise_if_not_found=False
        )
        return {
            "name": self._get_send_title(),
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id if template else False,
                "default_email_layout_xmlid": "credit_collection.mail_layout_customer",
                "email_notification_allow_footer": True,
                "hide_mail_template_management_options": True,
                "force_email": True,
                "credit_send_to_sign": True,
            },
        }

    def _get_send_title(self):
        """Return who gets what, as the title of the mail's dialog."""
        values = {"customer": self.partner_id.name, "address": self._get_sign_address()}
        if self.state == "approved":
            return self.env._(
                "Send granted terms for signature to %(customer)s (%(address)s)", **values
            )
        return self.env._("Send request for signature to %(customer)s (%(address)s)", **values)

    def action_preview(self):
        """Show the page as the customer sees it; our own users cannot sign there."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "target": "self", "url": self.access_url}

    def message_post(self, **kwargs):
        self.ensure_one()
        # An answer to the mail quotes the link: the discussion does not keep the key.
        # sudo: the token is nobody's field
        token = len(self) == 1 and self.sudo().access_token
        if token and token in (kwargs.get("body") or ""):
            kwargs["body"] = kwargs["body"].replace(token, "…")
        # The key does the same as the button, for the same users.
        if not self.env.context.get("credit_send_to_sign"):
            return super().message_post(**kwargs)
        self._check_can_send()
        self._do_send()
        # The customer does not follow our discussion but always gets this message.
        kwargs["partner_ids"] = [*{*(kwargs.get("partner_ids") or []), self.partner_id.id}]
        sent = self.with_context(mail_post_autofollow=False, credit_send_to_sign=False)
        return super(CreditApplication, sent).message_post(**kwargs)

    def _do_send(self):
        address = self._get_sign_address()
        values = {
            "sign_state": "sent",
            "sign_sent_at": fields.Datetime.now(),
            "sign_sent_by_id": self.env.user.id,
            "sign_email": address,
        }
        if self.sign_email != address:
            # The old address has the old link: it opens nothing any more.
            values.update(access_token=False, sign_code=False)
        self._system_write(values)

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Give the customer's address the link with its key, once the application was sent there.

        Portal users get the way to the log-in, other people of the customer no link at all.
        """
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self:
            return groups
        groups = [group for group in groups if group[0] != "portal_customer"]
        portal = next(group for group in groups if group[0] == "portal")
        # sudo: the flow's fields and the customer's address, whoever writes
        record = self.sudo()
        if not record.sign_sent_at:
            portal[2]["has_button_access"] = False
            return groups
        title = (
            self.env._("View Application")
            if self._has_valid_signature()
            else self.env._("Review and Sign")
        )
        login = urlencode({"redirect": self.access_url})
        portal[2].update(
            has_button_access=True,
            button_access={"url": f"{self.get_base_url()}/web/login?{login}", "title": title},
        )
        customer = record.partner_id
        if email_normalize(customer.email or "") != record.sign_email:
            return groups
        options = {
            "active": True,
            "has_button_access": True,
            "button_access": {"url": record._get_customer_link(), "title": title},
        }
        return [("credit_customer", lambda pdata: pdata["id"] == customer.id, options), *groups]
