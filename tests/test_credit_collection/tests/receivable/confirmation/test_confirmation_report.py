import io
import subprocess
import unicodedata
import zipfile

from odoo.tests import tagged

from .confirmation_case import ConfirmationCase


@tagged("post_install", "-at_install")
class TestConfirmationReport(ConfirmationCase):
    """The letter with its slip, the reconciliation sheet and the auditor's report on paper."""

    def _text(self, report, record, user=None):
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(user or self.auditor)
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(f"credit_collection.{report}", record.ids)
        )
        self.assertEqual(kind, "pdf")
        command = ["pdftotext", "-layout", "-", "-"]
        text = subprocess.run(command, input=content, capture_output=True, check=True).stdout
        return "".join(unicodedata.normalize("NFKC", text.decode()).split())

    def test_letter_with_slip(self):
        letter = self._letter(self._campaign(send=False, note="As every year"))
        text = self._text("action_report_receivable_confirmation", letter)
        for words in ("ConfirmationofBalance", "One&Co", self.first.name, "PO7", "350.00",
                      "Asevery", "Replyslip", "Page1of1", letter.name):  # fmt: skip
            self.assertIn(words.replace(" ", ""), text)

    def test_letter_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["credit_collection"], ["zh_CN"])
        self.one.lang = "zh_CN"
        letter = self._letter(self._campaign(send=False))
        self.assertEqual(letter.lang, "zh_CN")
        text = self._text("action_report_receivable_confirmation", letter)
        self.assertIn("共1", text)
        self.assertNotIn("Page1of1", text)

    def test_reconciliation_sheet(self):
        letter = self._answer(self._letter(self._campaign()), own=250, contested=[self.first.name])
        sheet = letter.reconciliation_ids
        sheet.line_ids.write({"fault": "theirs", "remedy": "Copy sent"})
        text = self._text("action_report_receivable_reconciliation", sheet)
        for words in ("350.00", "-100.00", "250.00", self.first.name, "Copysent", "Generalmanager"):
            self.assertIn(words, text.replace("\u200b", ""))

    def test_report_of_the_auditor(self):
        campaign = self._campaign()
        letter = self._answer(self._letter(campaign), own=300, note="=1+1")
        text = self._text("action_report_receivable_confirmation_campaign", campaign)
        for words in (campaign.name, letter.name, "One&Co", "350.00", "50.00", "1,127.00"):
            self.assertIn(words, text)
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(self.auditor)
            ._render_xlsx("credit_collection.receivable_confirmation_xlsx", campaign.ids, {})
        )
        self.assertEqual(kind, "xlsx")
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = sorted(name for name in book.namelist() if "worksheets/sheet" in name)
            sheets = [book.read(name).decode() for name in names]
            strings = book.read("xl/sharedStrings.xml").decode()
        self.assertEqual(len(sheets), 4)
        self.assertIn("<v>1127</v>", sheets[0])
        self.assertIn("<v>50</v>", sheets[1])
        self.assertIn("=1+1", strings)
        self.assertFalse([sheet for sheet in sheets if "<f>" in sheet])
