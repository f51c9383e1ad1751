import base64
from unittest.mock import patch

from odoo.tests import new_test_user

from .application_case import ApplicationCase

# One black dot.
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


class SignCase(ApplicationCase):
    """Applications that customers sign in the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.customer.id, "email": "buyer@example.com"}
        )
        cls.other = cls._customer("Other Customer", control="cash")
        cls._promise_documents(cls.other)
        cls.portal = cls._portal("portal_own", cls.contact)
        cls.portal_other = cls._portal("portal_other", cls.other)

    @classmethod
    def _portal(cls, login, partner):
        return new_test_user(
            cls.env,
            login=f"{login}_{cls.company.id}",
            groups="base.group_portal",
            partner_id=partner.id,
            company_id=cls.company.id,
        )

    def _send(self, application, user=None):
        """As the mail dialog of the button does."""
        action = application.with_user(user or self.salesperson).action_send_for_signature()
        composer = (
            self.env["mail.compose.message"]
            .with_user(user or self.salesperson)
            .with_context(**action["context"])
            .create({})
        )
        composer.action_send_mail()
        self.env.invalidate_all()
        return application

    def _code(self, application):
        """The code that the customer reads in the mail."""
        codes = []
        record = application.sudo()
        kept = record.sign_code or {}
        record._system().sign_code = {**kept, "sent": []}  # no waiting
        with patch.object(type(record), "_mail_code", lambda _self, code: codes.append(code)):
            record._send_code()
        return codes[0]

    def _sign(self, application, name="Lin Tao", signature=DOT, key=None, **values):
        """As the customer's portal user, unless values say otherwise."""
        record = application.sudo()
        if "code" not in values:
            values.setdefault("user", self.portal)
        record._do_sign(name, signature, key or record._get_terms_key(), **values)
        self.env.invalidate_all()
        return application

    def _image(self):
        return base64.b64decode(DOT)
