import secrets
import unicodedata
from datetime import timedelta

from markupsafe import Markup

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.tools import consteq, hmac

CODE_DIGITS = 6

CODE_LIFE = timedelta(minutes=15)

CODE_TRIES = 5

CODE_WAIT = timedelta(minutes=1)

CODES_A_DAY = 10


class CreditApplication(models.Model):
    """Signing by the link takes a one-time code, as proof of reading the mail of that address.

    A salesperson cannot sign for their customer: the link goes to the customer's address, which
    is kept with the application, and so does the code. A portal user of the customer has
    logged in and needs none. One code at a time: it lives `CODE_LIFE`, stands `CODE_TRIES` wrong
    attempts and is used up by one answer; only its keyed hash is kept.
    """

    _inherit = "credit.application"

    sign_email = fields.Char(
        "Sent to Address",
        readonly=True,
        copy=False,
        help="The customer's address at the time: the link, and the code to sign, go there.",
    )
    signed_email = fields.Char(
        "Confirmed by Code to",
        readonly=True,
        copy=False,
        help="Signed by the link in the email, with a code sent to this address.",
    )
    # {hash, until, tries, sent: [times]}
    sign_code = fields.Json(readonly=True, copy=False, groups=NO_ACCESS)

    def _get_sign_address(self):
        """Return the customer's address, to which link and code go.

        :raise UserError: none, several, or that of one of us, who would sign for the customer
        """
        self.ensure_one()
        # sudo: the customer's address, whoever applies
        customer = self.partner_id.sudo()
        address = self._credit_check_address(
            self.env._("Email of %s", customer.display_name), customer.email
        )
        # sudo: anybody's address counts
        ours = self.env["res.users"].sudo().with_context(active_test=False)
        if ours.search_count(
            [
                ("share", "=", False),
                "|",
                ("partner_id.email_normalized", "=", address),
                ("login", "=ilike", address.replace("\\", "\\\\").replace("_", r"\_")),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "The email of %(customer)s, %(email)s, belongs to one of our users, but only "
                    "the customer can sign. Correct it on the customer.",
                    customer=customer.display_name,
                    email=address,
                )
            )
        return address

    def _get_masked_address(self):
        """Return the address as holders of the link may read it: "l…o@example.com"."""
        name, _at, domain = (self.sign_email or "").partition("@")
        return f"{name[:1]}…{name[-1:] if len(name) > 2 else ''}@{domain}"

    def _get_code_text(self, is_sent):
        """Return the text of the page where it asks for the code."""
        if is_sent:
            return self.env._(
                "A code was sent to %(address)s. Type it here; it is valid for %(minutes)s minutes.",
                address=self._get_masked_address(),
                minutes=int(CODE_LIFE.total_seconds() // 60),
            )
        return self.env._(
            "To answer for %(customer)s, request a code. It is sent to the address of our email: "
            "%(address)s.",
            customer=self.partner_id.name,
            address=self._get_masked_address(),
        )

    def _get_code_hash(self, code):
        # sudo: the key is the database's
        return hmac(
            self.env(su=True),
            "credit-application-code",
            (self.id, self.access_token, self.sign_email, code),
        )

    def _send_code(self):
        """Send a new code to the address of the link; as superuser, the page has checked the link.

        :raise UserError: nothing to answer, too soon, too many, or the mail cannot be sent
        """
        self._check_customer_answer()
        now = fields.Datetime.now()
        sent = [
            moment
            for moment in (self.sign_code or {}).get("sent", [])
            if now - fields.Datetime.to_datetime(moment) < timedelta(days=1)
        ]
        if sent and now - fields.Datetime.to_datetime(sent[-1]) < CODE_WAIT:
            raise UserError(
                self.env._(
                    "A code was sent a moment ago. Please wait a minute before the next one."
                )
            )
        if len(sent) >= CODES_A_DAY:
            raise UserError(self.env._("Too many codes were sent today. Please try tomorrow."))
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"

        def send():
            entry = {
                "hash": self._get_code_hash(code),
                "until": fields.Datetime.to_string(now + CODE_LIFE),
                "tries": 0,
                "sent": [*sent, fields.Datetime.to_string(now)],
            }
            self._system_write({"sign_code": entry})
            # Errors of the database come before the mail is out.
            self.env.flush_all()
            self._mail_code(code)

        self._answer_whole(send)

    def _mail_code(self, code):
        # Of the system and off the chatter: nobody of ours reads it there.
        mail = (
            self.env["mail.mail"]
            .with_user(SUPERUSER_ID)
            ._without_client_defaults()
            .create(
                {
                    "subject": self.env._(
                        "%(company)s: your code to answer %(application)s",
                        company=self.company_id.name,
                        application=self.name,
                    ),
                    "body_html": Markup(
                        "<p>%s</p><p><b style='font-size: 24px'>%s</b></p><p>%s</p>"
                    )
                    % (
                        self.env._(
                            "Your code to answer credit application %(application)s of %(company)s:",
                            application=self.name,
                            company=self.company_id.name,
                        ),
                        code,
                        self.env._(
                            "It is valid for %(minutes)s minutes and for one answer. Do not "
                            "share it with anyone, including our staff. If you did not request "
                            "it, you can ignore this message.",
                            minutes=int(CODE_LIFE.total_seconds() // 60),
                        ),
                    ),
                    "email_to": self.sign_email,
                    "email_from": self.company_id.email_formatted or self.env.user.email_formatted,
                    "author_id": self.env.ref("base.partner_root").id,
                    "auto_delete": True,
                }
            )
        )
        mail.send(raise_exception=True)

    def _check_code(self, code):
        """Raise unless `code` is the one that was sent; a wrong one counts as an attempt."""
        entry = self.sign_code or {}
        until = fields.Datetime.to_datetime(entry.get("until"))
        if not entry.get("hash") or fields.Datetime.now() > until:
            raise UserError(
                self.env._(
                    "This code is no longer valid. Please reload the page and request another one."
                )
            )
        if entry["tries"] >= CODE_TRIES:
            raise UserError(self.env._("Too many wrong codes. Please request another one."))
        typed = "".join(unicodedata.normalize("NFKC", str(code or "")[:50]).split())
        if not consteq(entry["hash"], self._get_code_hash(typed)):
            self._system_write({"sign_code": {**entry, "tries": entry["tries"] + 1}})
            raise UserError(
                self.env._(
                    "This code is not right. %s attempts are left.", CODE_TRIES - entry["tries"] - 1
                )
            )

    def _use_code(self):
        """Use the code up; the number sent today still counts."""
        self._system_write({"sign_code": {"sent": (self.sign_code or {}).get("sent", [])}})
