from odoo.tests import tagged

from ..resolution.agreement_case import AgreementCase


@tagged("post_install", "-at_install")
class TestPaperLanguage(AgreementCase):
    """Documents for the customer are in their language, internal ones in that of the printing user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.invoice = cls._invoice(cls.customer, 900, 40)

    def _html(self, report, record, user):
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html(f"credit_collection.{report}", record.ids)
        )
        return content.decode()

    def _translate(self, template, word):
        """Translate the title of a document into Chinese, whatever is translated elsewhere."""
        view = self.env.ref(f"credit_collection.{template}").sudo()
        title = "Case Handover Sheet"
        view.update_field_translations("arch_db", {"zh_CN": {title: word}})

    def test_filing_in_the_language_of_its_reader(self):
        self._translate("report_collection_filing_document", "逾期清收立案书")
        filing = (
            self.env["collection.filing"]
            .sudo()
            ._system()
            .create(
                {
                    "case_id": self.case.id,
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "collector_id": self.collector.id,
                    "date": self._today(),
                    "state": "filed",
                }
            )
        )
        report = "report_collection_filing"
        self.collector.sudo().lang = "zh_CN"
        self.assertIn("逾期清收立案书", self._html(report, filing, self.collector))
        english = self._html(report, filing, self.collection_manager)
        self.assertIn("Case Handover Sheet", english)

    def test_agreement_in_the_language_of_the_customer(self):
        self._invoice(self.customer, 100, 40)
        agreement = self._agreement()
        view = self.env.ref("credit_collection.report_collection_agreement_document").sudo()
        view.update_field_translations("arch_db", {"zh_CN": {"Creditor": "债权人甲"}})
        self.customer.sudo().lang = "zh_CN"
        report = "report_collection_agreement"
        self.assertIn("债权人甲", self._html(report, agreement, self.collector))
        # Without a fee there is nothing to say about one.
        self.customer.sudo().lang = "en_US"
        self.assertNotIn("Days charged", self._html(report, agreement, self.collector))

    def test_address_without_empty_parts(self):
        """China writes country and zip first: without a zip no comma is left at the end of the line."""
        self.customer.sudo().write(
            {
                "country_id": self.env.ref("base.cn").id,
                "city": "Hefei",
                "street": False,
                "zip": False,
            }
        )
        self.assertEqual(
            self.customer.with_context(lang="en_US")._get_collection_address(), "China\nHefei"
        )
