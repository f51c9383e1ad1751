from freezegun import freeze_time

from odoo import http
from odoo.tests import HttpCase, JsonRpcException, tagged

from .sign_case import DOT, SignCase

ROOT = "/my/credit-applications"


@tagged("post_install", "-at_install")
class TestApplicationPortal(SignCase, HttpCase):
    """Applications in the portal: visible data and actions of customers (P4-02, P4-06)."""

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _page(self, application, token=None, **query):
        if token:
            query["access_token"] = token
        return self.url_open(
            f"{ROOT}/{application.id}?" + "&".join(f"{k}={v}" for k, v in query.items())
        )

    def _token(self, application):
        return application.sudo()._portal_ensure_token()

    def _post_sign(self, application, token=None, key=None, name="Lin Tao"):
        return self.make_jsonrpc_request(
            f"{ROOT}/{application.id}/sign",
            {
                "access_token": token,
                "terms": key or application._get_terms_key(),
                "name": name,
                "signature": DOT,
            },
        )

    def _decline(self, application, token=None, reason="Too short"):
        return self.url_open(
            f"{ROOT}/{application.id}/decline",
            data={
                "access_token": token or "",
                "reason": reason,
                "csrf_token": http.Request.csrf_token(self),
            },
        )

    def assert_refused(self, response, application=None):
        self.assertEqual(response.status_code, 404)
        self.assertIn("link_refused", response.text)
        self.assertNotIn("40,000", response.text)

    # ------------------------------------------------------------------ reading

    def test_list_and_counters(self):
        sent = self._send(self._application())
        draft = self._application(kind="change")
        foreign = self._send(self._application(partner_id=self.other.id))
        self._login(self.portal)
        page = self.url_open(ROOT).text
        self.assertIn(sent.name, page)
        self.assertNotIn(draft.name, page, "nobody sent it")
        self.assertNotIn(foreign.name, page)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["credit_application_count", "credit_to_sign_count"]}
        )
        self.assertEqual(counters, {"credit_application_count": 1, "credit_to_sign_count": 1})
        self.assertIn(ROOT, self.url_open("/my/home").text)
        self._sign(sent)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["credit_application_count", "credit_to_sign_count"]}
        )
        self.assertEqual(counters, {"credit_application_count": 1, "credit_to_sign_count": 0})

    def test_empty_list(self):
        self._login(self.portal)
        self.assertIn("You have no credit applications yet", self.url_open(ROOT).text)

    def test_page_shows_the_terms_and_nothing_else(self):
        application = self._send(
            self._application(
                reason="Slow but honest", term_days=60, term_start="month_end", score=77.5
            )
        )
        words = "Between us: watch him"
        application.message_post(body=words)
        self._login(self.portal)
        page = self._page(application).text
        for words in ("60,000.00", "30 days after end of month", "New Customer Credit Application",
                      "We shall pay within the term", "Documents Still Required"):  # fmt: skip
            self.assertIn(words, page)
        lower = page.lower()
        for words in ("slow but honest", "watch him", "77.5", "exposure", "grade", "monthly",
                      "1,000,000", "red line", "risk", "chatter"):  # fmt: skip
            self.assertNotIn(words, lower)

    def test_request_and_grant_are_two_things(self):
        """Before the approval the customer requests; afterwards they accept what is granted."""
        application = self._send(self._application())
        self._login(self.portal)
        page = self._page(application).text
        for words in (
            "not an offer",
            "Sign the Request",
            "Requested Terms",
            "Requested credit limit",
        ):
            self.assertIn(words, page)
        for words in ("Accept & Sign", "Granted Terms"):
            self.assertNotIn(words, page)
        self._approve(self._request(application))
        page = self._page(application).text
        for words in ("Accept & Sign", "Granted Terms", "These terms have been approved"):
            self.assertIn(words, page)
        self.assertNotIn("not an offer", page)

    def test_dialog_says_who_gets_what(self):
        application = self._application()
        title = application.with_user(self.salesperson).action_send_for_signature()["name"]
        for words in ("request", self.customer.name, self.customer.email):
            self.assertIn(words, title)
        self._approve(self._request(application))
        title = application.with_user(self.salesperson).action_send_for_signature()["name"]
        self.assertIn("granted terms", title)

    def test_by_the_link(self):
        application = self._send(self._application())
        token = self._token(application)
        page = self._page(application, token)
        self.assertEqual(page.status_code, 200)
        self.assertIn("40,000.00", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("no-store", page.headers["Cache-Control"])

    def test_page_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        view = self.env.ref("credit_collection.portal_credit_application")
        view.update_field_translations("arch_db", {"zh_CN": {"Customer Declaration": "承诺事项"}})
        application = self._send(self._application())
        page = self._page(application, self._token(application)).text
        self.assertIn("承诺事项", page)
        self.assertIn('<html lang="zh-CN"', page, "the form to sign takes its words from there")

    def test_time_of_the_signature_is_the_companys(self):
        """By the link there is no user whose time zone would count."""
        self.company.partner_id.tz = "Asia/Shanghai"
        application = self._send(self._application())
        token = self._token(application)
        with freeze_time("2026-03-10 18:05:00"):
            self._sign(application)
        for login in (None, self.portal):
            if login:
                login.tz = "America/New_York"
                self._login(login)
            page = self._page(application, token).text
            self.assertIn("03/11/2026 02:05:00 AM (Asia/Shanghai)", page)
        paper = (
            self.env["ir.actions.report"]
            ._render_qweb_html("credit_collection.report_credit_application", application.ids)[0]
            .decode()
        )
        self.assertIn("03/11/2026 02:05:00 AM (Asia/Shanghai)", paper)

    def test_refused(self):
        application = self._send(self._application())
        token = self._token(application)
        other = self._send(self._application(partner_id=self.other.id))
        draft = self._application(kind="change")
        with self.subTest("public without a token"):
            self.assert_refused(self._page(application))
        with self.subTest("wrong token"):
            self.assert_refused(self._page(application, "wrong"))
            self.assert_refused(self._page(application, "错误"))
        with self.subTest("token of another application"):
            self.assert_refused(self._page(other, token))
        with self.subTest("not sent"):
            self.assert_refused(self._page(draft, self._token(draft)))
        with self.subTest("no such application"):
            self.assert_refused(self.url_open(f"{ROOT}/999999999?access_token={token}"))
            self.assert_refused(self.url_open(f"{ROOT}/99999999999999?access_token={token}"))
        self._login(self.portal_other)
        with self.subTest("portal user of another customer"):
            self.assert_refused(self._page(application))
            self.assertIn("error", self._post_sign(application))
            self.assert_refused(self._decline(application))
            self.assert_refused(self._page(application, report_type="pdf"))
        self._login(self.portal)
        with self.subTest("withdrawn"):
            application.with_user(self.salesperson).action_cancel()
            self.assert_refused(self._page(application, token))
            self.assertIn("error", self._post_sign(application, token))
        with self.subTest("archived customer"):
            self._login(self.portal_other)
            self.assertEqual(self._page(other).status_code, 200)
            other_token = self._token(other)
            self.portal_other.active = False
            self.other.active = False
            self.logout()
            self.assert_refused(self._page(other, other_token))
        self.assertEqual(application.sign_state, "sent")

    def test_rejected_is_closed(self):
        application = self._request(self._send(self._application()))
        comment = application.with_user(self.finance_manager).action_reject()
        self.env[comment["res_model"]].with_user(self.finance_manager).with_context(
            **comment["context"]
        ).create({"comment": "Too much"}).add_comment()
        self.assertEqual(application.state, "rejected")
        self._login(self.portal)
        self.assert_refused(self._page(application))
        self.assertNotIn(application.name, self.url_open(ROOT).text)

    def test_pdf(self):
        application = self._send(self._application())
        self._login(self.portal)
        answer = self._page(application, report_type="pdf", download="true")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self._sign(application)
        kept = application.signed_pdf_id.raw
        self.assertEqual(self._page(application, report_type="pdf").content, kept)

    # ------------------------------------------------------------------ answers

    def test_sign(self):
        application = self._send(self._application())
        self._login(self.portal)
        result = self._post_sign(application)
        self.assertIn("message=signed", result["redirect_url"])
        self.assertRecordValues(
            application,
            [
                {
                    "sign_state": "signed",
                    "signed_by": "Lin Tao",
                    "signed_user_id": self.portal.id,
                    "signed_ip": "127.0.0.1",
                }
            ],
        )
        page = self.url_open(result["redirect_url"]).text
        self.assertIn("credit_application_signed", page)
        self.assertNotIn('id="credit_sign"', page)
        self.assertIn("signed already", self._post_sign(application)["error"])

    def test_terms_that_changed_while_reading(self):
        application = self._send(self._application())
        self._login(self.portal)
        key = application._get_terms_key()
        application.with_user(self.salesperson).monthly_sales_expected = 30000
        self.assertIn("have changed", self._post_sign(application, key=key)["error"])
        self.assertEqual(application.sign_state, "sent")

    def test_void_says_so(self):
        application = self._sign(self._send(self._application()))
        application.with_user(self.salesperson).monthly_sales_expected = 30000
        self._login(self.portal)
        page = self._page(application).text
        self.assertIn("credit_application_void", page)
        self.assertIn('id="credit_sign"', page)
        self.assertNotIn("credit_application_signature", page)
        self.assertNotIn("error", self._post_sign(application))

    def test_decline(self):
        application = self._send(self._application())
        self._login(self.portal)
        response = self._decline(application, reason="We need 60 days")
        self.assertIn("credit_application_declined", response.text)
        self.assertIn("We need 60 days", response.text, "the customer reads the text typed before")
        self.assertRecordValues(
            application,
            [{"sign_state": "declined", "decline_reason": "We need 60 days"}],
        )
        self.assertIn("not waiting", self._decline(application).text)

    def test_one_of_us_only_looks(self):
        application = self._application()
        self._login(self.salesperson)
        page = self._page(application)
        self.assertEqual(page.status_code, 200)
        self.assertIn("preview", page.text)
        self.assertNotIn('id="credit_sign"', page.text)
        self._send(application)
        self.assertNotIn('id="credit_sign"', self._page(application).text)
        token = self._token(application)
        self.assertIn("Only the customer", self._post_sign(application, token)["error"])
        self.assert_refused(self._decline(application, token))
        self.assertEqual(application.sign_state, "sent")
        self._login(self.salesperson2)
        self.assert_refused(self._page(application))

    def test_link_opens_no_discussion(self):
        application = self._send(self._application())
        token = self._token(application)
        words = "Between us"
        application.message_post(
            body=words, subtype_xmlid="mail.mt_comment", message_type="comment"
        )
        request = {"thread_model": "credit.application", "thread_id": application.id}
        for user in (None, self.portal):
            if user:
                self._login(user)
            for route, params in (
                ("/mail/chatter_fetch", {**request, "token": token}),
                (
                    "/mail/message/post",
                    {**request, "post_data": {"body": "x"}, "token": token},
                ),
            ):
                with self.subTest(route=route, user=user):
                    with self.assertRaises(JsonRpcException):
                        self.make_jsonrpc_request(route, params)
        self.assertNotIn("<p>x</p>", application.message_ids.mapped("body"))

    # ------------------------------------------------------------------ in the browser

    def test_tour(self):
        application = self._send(self._application())
        # The style sheets of documents are created once, not while the tour waits for the signed one.
        self.env["ir.actions.report"]._render_qweb_pdf(
            "credit_collection.report_credit_application", application.ids
        )
        self.start_tour("/my/home", "credit_application_sign", login=self.portal.login)
        self.assertRecordValues(application, [{"sign_state": "signed", "signed_by": "Lin Tao"}])
        other = self._send(self._application(kind="new", partner_id=self.other.id))
        self.start_tour(
            "/my/credit-applications", "credit_application_decline", login=self.portal_other.login
        )
        self.assertRecordValues(
            other, [{"sign_state": "declined", "decline_reason": "We need 60 days"}]
        )
