from odoo.tests import tagged

from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationReport(ApplicationCase):
    """The application on paper, for the customer's signature (P4-02, P4-07)."""

    def _html(self, application):
        report = self.env["ir.actions.report"].with_user(self.salesperson)
        content, _kind = report._render_qweb_html(
            "credit_collection.report_credit_application", application.ids
        )
        return content.decode()

    def test_titles_and_figures(self):
        html = self._html(self._application())
        self.assertIn("New Customer Credit Application", html)
        self.assertIn("40,000.00", html)
        self.assertIn("Customer's signature and company stamp", html)
        self._decide(self.customer, credit_control="limit", credit_limit=10)
        self.assertIn(
            "Credit Terms Update Application", self._html(self._application(kind="change"))
        )

    def test_pdf(self):
        application = self._application()
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("credit_collection.report_credit_application", application.ids)
        )
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        view = self.env.ref("credit_collection.report_credit_application_document")
        view.update_field_translations(
            "arch_db",
            {"zh_CN": {"New Customer Credit Application": "新客户信用申请表"}},
        )
        self.customer.lang = "zh_CN"
        html = self._html(self._application())
        self.assertIn("新客户信用申请表", html)
