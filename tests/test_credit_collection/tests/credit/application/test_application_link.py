import re
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .sign_case import DOT, SignCase

ROOT = "/my/credit-applications"
BODY = "Among us"


@tagged("post_install", "-at_install")
class TestApplicationLink(SignCase, HttpCase):
    """The link to sign is the customer's: nobody of ours gets it, and it asks for a code (P4-02)."""

    def setUp(self):
        super().setUp()
        self.application = self._send(self._application())
        self.token = self.application.sudo().access_token
        # Odoo's dialog to share is for whoever enters contacts.
        self.salesperson.group_ids += self.env.ref("base.group_partner_manager")

    def _page(self, path="", data=None, token=None, **query):
        query = {"access_token": token or self.token, **query}
        url = f"{ROOT}/{self.application.id}{path}?" + "&".join(
            f"{k}={v}" for k, v in query.items()
        )
        response = self.url_open(url, data=data)
        self.env.invalidate_all()
        return response

    def _csrf(self, text):
        return html.fromstring(text).xpath("//input[@name='csrf_token']/@value")[0]

    def _ask(self, **data):
        csrf = self._csrf(self._page().text)
        return self._page("/code", data={"csrf_token": csrf, **data})

    def _post_sign(self, code=None):
        result = self.make_jsonrpc_request(
            f"{ROOT}/{self.application.id}/sign",
            {
                "access_token": self.token,
                "terms": self.application._get_terms_key(),
                "name": "Lin Tao",
                "signature": DOT,
                "code": code,
            },
        )
        self.env.invalidate_all()
        return result

    # ------------------------------------------------------------------ nobody of ours has it

    def test_staff_gets_no_key(self):
        for user in (self.salesperson, self.controller, self.administrator):
            user.group_ids += self.env.ref("base.group_allow_export")
            record = self.application.with_user(user)
            with self.subTest(user=user.name):
                for url in (
                    record.get_portal_url(),
                    record.get_portal_url(
                        suffix="/x", report_type="pdf", download=True, anchor="a"
                    ),
                    record.get_portal_url(query_string="&a=b"),
                    record.action_preview()["url"],
                ):
                    self.assertTrue(url.startswith(f"{ROOT}/{record.id}"))
                    self.assertNotIn(self.token, url)
                    self.assertNotIn("access_token", url)
                share = (
                    self.env["portal.share"]
                    .with_user(user)
                    .with_context(active_model=record._name, active_id=record.id)
                )
                self.assertNotIn("access_token", str(share.default_get(["share_link"])))
                if share.has_access("create"):
                    wizard = share.create({"partner_ids": [self.customer.id]})
                    self.assertNotIn("access_token", wizard.share_link)
                for name in ("access_token", "sign_code"):
                    for call in (
                        lambda r=record, n=name: r.read([n]),
                        lambda r=record, n=name: r.export_data([n]),
                        lambda r=record, n=name: r.search([(n, "=like", "a%")]),
                        lambda r=record, n=name: r.search([], order=n),
                        lambda r=record, n=name: r.search_read([], [n]),
                        lambda r=record, n=name: r.formatted_read_group([], [n]),
                        lambda r=record, n=name: r.filtered_domain([(n, "!=", False)]),
                        lambda r=record, n=name: r.web_read({n: {}}),
                    ):
                        self.env.invalidate_all()
                        self.refused(call, AccessError)

    def test_no_message_has_it(self):
        share = self.env["portal.share"].with_context(
            active_model=self.application._name, active_id=self.application.id
        )
        wizard = share.with_user(self.salesperson).create({"partner_ids": [self.customer.id]})
        self.refused(wizard.action_send_mail, AccessError)
        self._send(self.application)
        quote = f"> https://example.com{ROOT}/{self.application.id}?access_token={self.token}"
        self.application.message_post(body=quote)
        self._ask()
        read = self.env["mail.message"].with_user(self.salesperson)
        for message in read.search([]):
            self.assertNotIn(self.token, message.body or "")
            self.assertNotIn("your code", message.subject or "")
        self.assertFalse(self.env["mail.mail"].with_user(self.administrator).has_access("read"))

    def test_another_address_is_another_link(self):
        self.customer.email = "new@example.com"
        message = self.application.message_post(body=BODY)
        groups = self.application._notify_get_recipients_groups(message, "Credit Application")
        self.assertNotIn("credit_customer", [group[0] for group in groups])
        self._send(self.application)
        self.assertEqual(self.application.sign_email, "new@example.com")
        self.assertEqual(self._page().status_code, 404, "the old link is dead")

    def test_addresses_refused(self):
        other = self._application(kind="change")
        for email in (False, "a@example.com, b@example.com", self.salesperson.email, "none"):
            with self.subTest(email=email):
                self.customer.sudo().email = email
                self.refused(lambda: self._send(other), words=["of Applicant"])
        self.assertEqual(other.sign_state, "none")

    def test_link_goes_to_the_customer_whoever_else_is_written_to(self):
        record = self.application.with_user(self.salesperson)
        record.with_context(credit_send_to_sign=True).message_post(
            body=BODY, partner_ids=self.contact.ids
        )
        self.assertEqual(record.message_ids[0].partner_ids, self.contact | self.customer)

    # ------------------------------------------------------------------ the code

    def test_page_asks_for_a_code(self):
        page = self._page().text
        self.assertIn("credit_application_code", page)
        self.assertNotIn('id="credit_sign"', page)
        self.assertIn("c…r@example.com", page)
        self.assertIn("no longer valid", self._post_sign()["error"])
        self.assertIn("no longer valid", self._post_sign("000000")["error"])
        decline = {"csrf_token": self._csrf(page), "reason": "No"}
        self.assertIn("no longer valid", self._page("/decline", data=decline).text)
        self.assertEqual(self.application.sign_state, "sent")

    def test_signed_with_the_code_once(self):
        code = self._code(self.application)
        page = self._ask(code=f" {code[:3]} {code[3:]} ").text
        self.assertIn('id="credit_sign"', page)
        self.assertNotIn("error", self._post_sign(code))
        self.assertRecordValues(
            self.application,
            [
                {
                    "sign_state": "signed",
                    "signed_user_id": False,
                    "signed_email": "customer@example.com",
                    "sign_email": "customer@example.com",
                }
            ],
        )
        self.assertIn("one-time code", self._page().text)
        paper = self.env["ir.actions.report"]._render_qweb_html(
            "credit_collection.report_credit_application", self.application.ids
        )[0]
        self.assertIn(b"sent to customer@example.com, confirmed with a one-time code", paper)
        # Void, the customer signs again: the code was used.
        self.application.with_user(self.salesperson).monthly_sales_expected = 30000
        self.assertEqual(self.application.sign_state, "void")
        self.assertIn("no longer valid", self._post_sign(code)["error"])

    def test_declined_with_the_code(self):
        code = self._code(self.application)
        page = self._ask(code=code).text
        data = {"csrf_token": self._csrf(page), "reason": "60 days", "code": code}
        self.assertIn("credit_application_declined", self._page("/decline", data=data).text)
        self.assertEqual(self.application.sign_state, "declined")

    def test_mail_has_the_button_and_no_advertising(self):
        bodies = []

        def send(mails, **_kwargs):
            bodies.extend(mails.mapped("body_html"))

        with patch("odoo.addons.mail.models.mail_mail.MailMail.send", send):
            self._send(self.application)
        self.assertTrue(bodies)
        self.assertIn(f"/my/credit-applications/{self.application.id}", "".join(bodies))
        self.assertNotIn("Powered by", "".join(bodies))

    def test_code_by_mail_and_kept_as_a_hash(self):
        mails = []

        def send(mail, **_kwargs):
            mails.append((mail.email_to, mail.body_html, mail.model))

        with patch("odoo.addons.mail.models.mail_mail.MailMail.send", send):
            page = self._ask().text
        self.assertIn("A code was sent", page)
        ((address, body, model),) = mails
        self.assertEqual((address, model), ("customer@example.com", False))
        kept = self.application.sudo().sign_code
        self.assertEqual(len(kept["hash"]), 64)
        self.assertIn("moment ago", self._ask().text)
        code = re.search(r">(\d{6})<", body)[1]
        self.assertNotIn(code, str(kept["hash"]))
        self.assertNotIn("error", self._post_sign(code))

    def test_few_attempts(self):
        code = self._code(self.application)
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        for left in (4, 3, 2):
            self.assertIn(f"{left} attempts", self._ask(code=wrong).text)
        for left in (1, 0):
            self.assertIn(f"{left} attempts", self._post_sign(wrong)["error"])
        self.assertIn("Too many wrong", self._post_sign(code)["error"])
        self.assertEqual(self.application.sign_state, "sent")

    def test_short_life(self):
        code = self._code(self.application)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=16)):
            self.assertIn("no longer valid", self._post_sign(code)["error"])

    def test_few_codes_a_day(self):
        record = self.application.sudo()
        now = fields.Datetime.now()
        record._system().sign_code = {
            "sent": [fields.Datetime.to_string(now - timedelta(hours=h)) for h in range(10, 0, -1)]
        }
        self.refused(record._send_code, words=["Too many codes"])
        with freeze_time(now + timedelta(days=1)):
            record._send_code()

    def test_code_of_another_application(self):
        other = self._send(self._application(partner_id=self.other.id))
        self._code(self.application)
        self.assertIn("not right", self._post_sign(self._code(other))["error"])

    def test_users_of_the_customer_need_none(self):
        self.authenticate(self.portal.login, self.portal.login)
        self.assertNotIn("error", self._post_sign())
        self.assertRecordValues(
            self.application, [{"signed_user_id": self.portal.id, "signed_email": False}]
        )
        self.assertIn(f"as {self.portal.login}", self._page().text)

    def test_users_of_another_customer_do(self):
        self.authenticate(self.portal_other.login, self.portal_other.login)
        self.assertIn("credit_application_code", self._page().text)
        self.assertIn("no longer valid", self._post_sign()["error"])
        self.assertEqual(self.application.sign_state, "sent")

    def test_staff_asks_for_no_code(self):
        self.authenticate(self.salesperson.login, self.salesperson.login)
        page = self._page().text
        self.assertNotIn("credit_application_code", page)
        for data in ({}, {"code": "123456"}):
            response = self._page("/code", data={"csrf_token": self.csrf_token(), **data})
            self.assertEqual(response.status_code, 404)
        self.assertIn("Only the customer", self._post_sign()["error"])

    def csrf_token(self):
        return http.Request.csrf_token(self)
