from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .sign_case import DOT, SignCase

BODY = "Among us"


@tagged("post_install", "-at_install")
class TestApplicationSign(SignCase):
    """The customer's signature under the terms of an application (P4-02, P4-06)."""

    # ------------------------------------------------------------------ send

    def test_sent_to_the_customer(self):
        application = self._application()
        self._send(application)
        self.assertRecordValues(
            application, [{"sign_state": "sent", "sign_sent_by_id": self.salesperson.id}]
        )
        self.assertNotIn(self.customer, application.message_partner_ids)
        message = application.message_ids.filtered("partner_ids")
        self.assertEqual(message.partner_ids, self.customer)
        self.assertIn("40,000.00", message.body)
        self.assertNotIn("access_token", message.body, "the link is for the customer alone")
        self.assertTrue(message.attachment_ids, "the paper, for who prefers it")

    def test_mail_of_the_customer_has_the_link(self):
        application = self._send(self._application())
        message = application.message_ids.filtered("partner_ids")
        groups = application._notify_get_recipients_groups(message, "Credit Application")
        (name, fits, options) = groups[0]
        self.assertEqual(name, "credit_customer")
        token = application.sudo().access_token
        self.assertIn(token, options["button_access"]["url"])
        self.assertTrue(fits({"id": self.customer.id}))
        self.assertFalse(fits({"id": self.contact.id}), "to the customer's address alone")
        self.assertFalse(fits({"id": self.other.id}))
        self.assertFalse(fits({"id": self.salesperson.partner_id.id}))

    def test_no_link_before_it_is_sent(self):
        application = self._application()
        message = application.message_post(body=BODY)
        groups = application._notify_get_recipients_groups(message, "Credit Application")
        self.assertNotIn("portal_customer", [group[0] for group in groups])
        self.assertNotIn("credit_customer", [group[0] for group in groups])

    def test_mail_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        template = self.env.ref("credit_collection.mail_template_application_sign")
        template.with_context(lang="zh_CN").subject = "请签署 {{ object.name }}"
        self.customer.lang = "zh_CN"
        application = self._send(self._application())
        self.assertIn("请签署", application.message_ids.filtered("partner_ids").subject)

    def test_roles_that_send(self):
        application = self._application()
        for user in (self.salesperson2, self.auditor, self.finance_manager):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: self._send(application, u), AccessError)
        # The key of the dialog opens nothing by itself.
        for user in (self.auditor, self.finance_manager):
            with self.subTest(user=user.name):
                self.refused(
                    lambda u=user: (
                        application.with_user(u)
                        .with_context(credit_send_to_sign=True)
                        .message_post(body=BODY)
                    ),
                    AccessError,
                )
        self.assertEqual(application.sign_state, "none")
        self._send(application, self.controller)
        self.assertEqual(application.sign_state, "sent")

    def test_nothing_to_sign(self):
        self._decide(self.customer, credit_control="limit", credit_limit=10)
        downgrade = self._application(kind="downgrade")
        self.refused(lambda: self._send(downgrade), words=["no customer signature is needed"])
        closed = self._application(kind="change")
        closed.with_user(self.salesperson).action_cancel()
        self.refused(lambda: self._send(closed), words=["closed"])
        signed = self._sign(self._send(self._application(kind="change")))
        self.refused(lambda: self._send(signed), words=["already signed"])

    # ------------------------------------------------------------------ sign

    def test_signed(self):
        application = self._send(self._application())
        self._sign(application, user=self.portal, address="192.0.2.1")
        self.assertRecordValues(
            application,
            [
                {
                    "sign_state": "signed",
                    "signed_by": "Lin Tao",
                    "signed_user_id": self.portal.id,
                    "signed_ip": "192.0.2.1",
                    "sign_notice": False,
                }
            ],
        )
        self.assertTrue(application.signed_on)
        self.assertTrue(application.signature)
        self.assertTrue(application._has_valid_signature())
        paper = application.signed_pdf_id
        self.assertIn(paper, application.signed_attachment_ids)
        self.assertTrue(paper.name.endswith(".pdf"))
        message = application.message_ids.filtered(lambda m: paper in m.attachment_ids)
        self.assertEqual(message.author_id, self.contact)
        self.assertNotIn(self.contact, application.message_partner_ids)
        told = self.env["mail.message"].search(
            [("model", "=", application._name), ("res_id", "=", application.id),
             ("message_type", "=", "user_notification")], limit=1,
        )  # fmt: skip
        self.assertIn(self.salesperson.partner_id, told.notified_partner_ids)

    def test_signature_is_printed(self):
        application = self._send(self._application())
        html = self._html(application)
        self.assertIn("Customer's signature and company stamp", html)
        self._sign(application)
        html = self._html(application)
        self.assertIn("Lin Tao", html)
        self.assertIn("data:image/png;base64", html)
        self.assertNotIn("Customer's signature and company stamp", html)
        application.with_user(self.salesperson).limit = 1
        self.assertIn("Customer's signature and company stamp", self._html(application))

    def _html(self, application):
        report = self.env["ir.actions.report"].with_user(self.salesperson)
        return report._render_qweb_html(
            "credit_collection.report_credit_application", application.ids
        )[0].decode()

    def test_paper_names_no_frozen_customer_and_no_explanation(self):
        self._decide(self.customer, credit_control="frozen")
        html = self._html(self._application(kind="change", reason="He pays when he likes"))
        self.assertNotIn("Frozen", html)
        self.assertNotIn("when he likes", html)

    def test_twice(self):
        application = self._sign(self._send(self._application()))
        self.refused(lambda: self._sign(application, "Somebody"), words=["signed already"])
        self.assertEqual(application.signed_by, "Lin Tao")

    def test_refused_answers(self):
        application = self._application()
        self.refused(lambda: self._sign(application), words=["not waiting"])
        self._send(application)
        key = application._get_terms_key()
        for values, words in (
            ({"name": " "}, "type your name"),
            ({"name": "x" * 101}, "too long"),
            ({"signature": ""}, "missing"),
            ({"signature": "no image"}, "could not be read"),
            ({"signature": "x" * 2_000_001}, "missing"),
            ({"key": "other"}, "have changed"),
        ):
            with self.subTest(words=words):
                self.refused(
                    lambda v=values: self._sign(application, **{"key": key, **v}), words=[words]
                )
        self.assertEqual(application.sign_state, "sent")
        self.assertFalse(application.signature)
        application.with_user(self.salesperson).action_cancel()
        self.refused(lambda: self._sign(application), words=["not waiting"])

    def test_declined_and_asked_again(self):
        application = self._send(self._application())
        self.refused(
            lambda: application.sudo()._do_decline("  ", "Buyer", user=self.portal),
            words=["enter a reason"],
        )
        application.sudo()._do_decline("We need 60 days", "Buyer", user=self.portal)
        self.assertRecordValues(
            application,
            [
                {
                    "sign_state": "declined",
                    "declined_by": "Buyer",
                    "sign_notice": "The customer declined: We need 60 days",
                }
            ],
        )
        self.refused(lambda: self._sign(application), words=["not waiting"])
        self._sign(self._send(application))
        self.assertRecordValues(
            application, [{"sign_state": "signed", "decline_reason": False, "sign_notice": False}]
        )

    # ------------------------------------------------------------------ changed terms

    def test_changed_terms_void_the_signature(self):
        application = self._sign(self._send(self._application()))
        application.with_user(self.salesperson).monthly_sales_expected = 30000
        self.assertEqual(application.sign_state, "void")
        self.assertFalse(application._has_valid_signature())
        for words in ("sign again", "40,000.00 → $", "60,000.00"):
            self.assertIn(words, application.sign_notice)
        self.assertIn("void", application.message_ids[0].body)
        # The customer signs the new ones.
        self._sign(application, "Lin Tao again")
        self.assertRecordValues(
            application, [{"sign_state": "signed", "signed_by": "Lin Tao again"}]
        )

    def test_each_term_counts(self):
        application = self._sign(self._send(self._application(formula="manual", limit=500)))
        before = application._get_terms_key()
        for values in (
            {"limit": 501}, {"term_days": 31}, {"term_days": 60, "term_start": "month_end"},
            {"review_date": "2031-01-01"}, {"control": "none"}, {"partner_id": self.other.id},
        ):  # fmt: skip
            with self.subTest(values=values), self.env.cr.savepoint() as point:
                application.with_user(self.salesperson).write(values)
                self.assertEqual(application.sign_state, "void")
                self.assertTrue(application.sign_notice)
                self.env.flush_all()
                point.rollback()
                self.env.invalidate_all()
        for values in ({"reason": "x"}, {"assets": 5}):
            application.with_user(self.salesperson).write(values)
            self.assertEqual(application.sign_state, "signed")
        self.assertEqual(application._get_terms_key(), before)

    def test_approved_terms_that_differ_are_shown(self):
        application = self._sign(self._send(self._application()))
        application.with_user(self.salesperson).monthly_sales_expected = 30000
        self._approve(self._request(application))
        self.assertIn("Approved terms differ from those signed", application.sign_notice)
        # After the approval the customer signs the approved terms.
        self._sign(application)
        self.assertFalse(application.sign_notice)
        self.assertEqual(application.sign_state, "signed")

    # ------------------------------------------------------------------ the setting

    def test_signature_before_approval(self):
        self.company.credit_sign_first = True
        application = self._application()
        self.refused(
            lambda: self._request(application),
            words=["only after the customer has signed", "Send it"],
        )
        self._send(application)
        self.refused(lambda: self._request(application), words=["has not signed yet"])
        application.sudo()._do_decline("No", "Buyer", user=self.portal)
        self.refused(lambda: self._request(application), words=["declined: No"])
        self._sign(self._send(application))
        application.with_user(self.salesperson).monthly_sales_expected = 30000
        self.refused(lambda: self._request(application), words=["changed", "60,000.00"])
        self._sign(application)
        self._request(application)
        self.assertEqual(application.state, "requested")
        self._approve(application)
        self.assertEqual(self._terms()[:2], ("limit", 60000))

    def test_customers_without_signature(self):
        self.company.credit_sign_first = True
        self._request(self._application(control="cash"))
        self._decide(self.other, credit_control="limit", credit_limit=100, credit_term_days=30)
        self._request(
            self._application(
                partner_id=self.other.id, kind="downgrade", control="limit", formula="manual",
                limit=50,
            )
        )  # fmt: skip

    def test_without_the_setting_nothing_is_asked(self):
        self.assertFalse(self.company.credit_sign_first)
        self.assertEqual(self._request(self._application()).state, "requested")

    def test_signed_while_it_is_decided(self):
        application = self._request(self._send(self._application()))
        self._sign(application)
        self.assertRecordValues(application, [{"state": "requested", "sign_state": "signed"}])

    # ------------------------------------------------------------------ paper

    def _paper(self, name="signed.pdf"):
        return (
            self.env["ir.attachment"]
            .with_user(self.salesperson)
            .create({"name": name, "raw": b"%PDF signed"})
        )

    def test_signed_on_paper(self):
        self.company.credit_sign_first = True
        application = self._application()
        record = application.with_user(self.salesperson)
        record.signed_attachment_ids = self._paper()
        self.assertRecordValues(
            application, [{"sign_state": "signed", "signed_on_paper": True, "signed_by": False}]
        )
        record.limit = 30000
        self.assertEqual(application.sign_state, "void")
        self.refused(lambda: self._request(application), words=["changed"])
        # Taking a file away proves nothing; a new document does.
        record.signed_attachment_ids = [(4, self._paper("again.pdf").id)]
        self.assertEqual(application.sign_state, "signed")
        record.signed_attachment_ids = False
        self.assertRecordValues(
            application, [{"sign_state": "none", "signed_on_paper": False, "signed_on": False}]
        )
        self.refused(
            lambda: self._request(application), words=["only after the customer has signed"]
        )

    def test_old_documents_are_no_new_signature(self):
        application = self._sign(self._send(self._application()))
        record = application.with_user(self.salesperson)
        record.signed_attachment_ids = [(4, self._paper().id)]
        record.limit = 30000
        record.signed_attachment_ids = [(3, application.signed_attachment_ids[:1].id)]
        self.assertEqual(application.sign_state, "void")

    # ------------------------------------------------------------------ kept as it is

    def test_nobody_writes_a_signature(self):
        application = self._send(self._application())
        values = {
            "sign_state": "signed", "signature": DOT, "signed_by": "Me", "signed_terms": {},
            "signed_on": "2026-01-01", "access_token": "mine", "sign_sent_at": "2026-01-01",
            "decline_reason": "x", "signed_pdf_id": 1, "signed_on_paper": True,
        }  # fmt: skip
        for user in (self.salesperson, self.controller, self.administrator, self.portal):
            for name, value in values.items():
                with self.subTest(user=user.name, field=name):
                    self.refused(
                        lambda u=user, n=name, v=value: application.with_user(u).write({n: v}),
                        AccessError,
                    )
        with self.assertRaises(AccessError):
            application.with_user(self.salesperson).read(["access_token"])

    def test_image_and_paper_are_kept(self):
        application = self._sign(self._send(self._application()))
        image = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", application._name),
                    ("res_id", "=", application.id),
                    ("res_field", "=", "signature"),
                ]
            )
        )
        self.assertTrue(image)
        for attachment in (image, application.signed_pdf_id):
            for user in (self.salesperson, self.controller):
                record = attachment.with_user(user)
                with self.subTest(name=attachment.name, user=user.name):
                    self.refused(lambda r=record: r.write({"raw": b"other"}), AccessError)
                    self.refused(record.unlink, AccessError)

    def test_portal_users_have_no_right_on_the_model(self):
        application = self._send(self._application())
        self._sign(application, user=self.portal)
        record = application.with_user(self.portal)
        for operation in ("read", "write", "create", "unlink"):
            self.assertFalse(record.has_access(operation))
        for call in (
            lambda: record.read(["limit"]),
            lambda: record.search_read([], ["score", "arithmetic"]),
            lambda: record.write({"limit": 1}),
            record.action_request,
            record.action_send_for_signature,
            record.get_portal_url,
            record.action_preview,
            lambda: record.message_post(body=BODY),
            lambda: application.signed_pdf_id.with_user(self.portal).read(["raw"]),
        ):
            self.refused(call, AccessError)

    def test_copies_are_unsigned(self):
        application = self._sign(self._send(self._application()))
        copy = application.with_user(self.salesperson).copy()
        self.assertRecordValues(
            copy, [{"sign_state": "none", "signature": False, "signed_terms": False}]
        )

    def test_errors_are_polite(self):
        with self.assertRaises(UserError):
            self._application().sudo()._do_decline("x", "Buyer")
