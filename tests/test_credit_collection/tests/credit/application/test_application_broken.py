import logging
from contextlib import contextmanager
from unittest.mock import patch

from odoo import http
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .sign_case import DOT, SignCase

ROOT = "/my/credit-applications"
ENGINE = "odoo.addons.base.models.ir_actions_report.IrActionsReport"
FILES = "odoo.addons.base.models.ir_attachment.IrAttachment"


@contextmanager
def quiet():
    """Expect the error that is logged about the fault."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@tagged("post_install", "-at_install")
class TestApplicationBroken(SignCase, HttpCase):
    """No PDF engine, a full disk, a dead mail server: pages stay polite, nothing is lost (P4-02)."""

    def setUp(self):
        super().setUp()
        self.application = self._send(self._application())
        self.authenticate(self.portal.login, self.portal.login)

    def _faults(self):
        no_engine = UserError("Unable to find Wkhtmltopdf")
        full = OSError(28, "No space left on device")
        yield "engine", patch(f"{ENGINE}._render_qweb_pdf", side_effect=no_engine)
        yield "engine dies", patch(f"{ENGINE}._render_qweb_pdf", side_effect=OSError("killed"))
        yield "disk", patch(f"{FILES}._file_write", side_effect=full)
        yield (
            "mail",
            patch(
                "odoo.addons.mail.models.mail_thread.MailThread._notify_thread_by_email",
                side_effect=ConnectionRefusedError("mail server"),
            ),
        )

    def _post_sign(self, **values):
        result = self.make_jsonrpc_request(
            f"{ROOT}/{self.application.id}/sign",
            {
                "terms": self.application._get_terms_key(),
                "name": "Lin Tao",
                "signature": DOT,
                **values,
            },
        )
        self.env.invalidate_all()
        return result

    def _notified(self):
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self.application._name),
                    ("res_id", "=", self.application.id),
                    ("body", "ilike", "technical reason"),
                ]
            )
        )

    def test_no_signature_without_its_paper(self):
        for fault, broken in self._faults():
            with self.subTest(fault=fault):
                told = len(self._notified())
                with quiet(), broken:
                    error = self._post_sign()["error"]
                self.assertIn("technical reason this is", error)
                self.assertNotIn("Wkhtmltopdf", error)
                self.assertRecordValues(
                    self.application,
                    [{"sign_state": "sent", "signed_by": False, "signed_pdf_id": False}],
                )
                self.assertFalse(self.application.signature)
                if fault != "mail":
                    self.assertEqual(len(self._notified()), told + 1)
                    self.assertIn(
                        self.salesperson.partner_id, self._notified()[0].notified_partner_ids
                    )
        self.assertNotIn("error", self._post_sign())
        self.assertTrue(self.application.signed_pdf_id.raw)

    def test_code_is_not_used_up_by_a_fault(self):
        self.logout()
        values = {
            "code": self._code(self.application),
            "access_token": self.application.sudo().access_token,
        }
        with quiet(), patch(f"{ENGINE}._render_qweb_pdf", side_effect=UserError("No engine")):
            self.assertIn("technical reason", self._post_sign(**values)["error"])
        self.assertNotIn("error", self._post_sign(**values))
        self.assertTrue(self.application.signed_email)

    def test_code_that_cannot_be_mailed(self):
        self.logout()
        token = self.application.sudo().access_token
        url = f"{ROOT}/{self.application.id}/code?access_token={token}"
        broken = patch(
            "odoo.addons.mail.models.mail_mail.MailMail.send", side_effect=ConnectionRefusedError()
        )
        with quiet(), broken:
            page = self.url_open(url, data={"csrf_token": http.Request.csrf_token(self)})
        self.assertEqual(page.status_code, 200)
        self.assertIn("technical reason", page.text)
        self.env.invalidate_all()
        self.assertFalse(self.application.sudo().sign_code, "a new code may be requested at once")

    def test_decline(self):
        broken = patch(
            "odoo.addons.mail.models.mail_thread.MailThread._notify_thread_by_email",
            side_effect=ConnectionRefusedError(),
        )
        data = {"reason": "60 days", "csrf_token": http.Request.csrf_token(self)}
        with quiet(), broken:
            page = self.url_open(f"{ROOT}/{self.application.id}/decline", data=data)
        self.assertEqual(page.status_code, 200)
        self.assertIn("technical reason", page.text)
        self.env.invalidate_all()
        self.assertEqual(self.application.sign_state, "sent")

    def test_pages_without_engine_or_files(self):
        paper = f"{ROOT}/{self.application.id}?report_type=pdf"
        for fault, broken in self._faults():
            if fault.startswith("engine"):
                with self.subTest(fault=fault), quiet(), broken:
                    page = self.url_open(paper)
                    self.assertEqual(page.status_code, 200)
                    self.assertIn("cannot be created at the moment", page.text)
                    self.assertIn("40,000.00", page.text)
        self._sign(self.application)
        with quiet(), patch(f"{FILES}._file_read", return_value=b""):
            for url in (paper, f"{ROOT}/{self.application.id}", ROOT, "/my/home"):
                with self.subTest(url=url):
                    self.assertEqual(self.url_open(url).status_code, 200)
