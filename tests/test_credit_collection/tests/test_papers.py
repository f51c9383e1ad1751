import io
import re
import subprocess
import unicodedata

from lxml import etree
from markupsafe import Markup

from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from .collection.confirmation.sheet_case import SheetCase


@tagged("post_install", "-at_install")
class TestPapers(SheetCase):
    """Our papers, by the wkhtmltopdf of this machine: head, page numbers, text that can be copied."""

    def _reports(self):
        return self.env["ir.actions.report"].search(
            [
                ("report_name", "=like", "credit_collection.report_%"),
                ("report_type", "=", "qweb-pdf"),
                # a statement that was mailed is the paper of the dialog for statements
                ("model", "not in", ("collection.letter", "receivable.statement.document")),
            ]
        )

    def test_texts_of_others_make_no_paper_of_ours(self):
        reports = self.env["ir.actions.report"]
        for body in (
            "<div>signed by o_credit_sheet</div>",
            "<div class='o_credit_sheet'>no foot</div>",
            "<div class='o_credit_sheet'><p><i class='o_credit_foot'>deep</i></p></div>",
        ):
            self.assertIsNone(reports._credit_find_foot(body))

    def _pages(self, name, records, lang="en_US"):
        """Text of each page, without spaces."""
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(lang=lang, force_report_rendering=True)
            ._render_qweb_pdf(f"credit_collection.action_report_{name}", records.ids)
        )
        self.assertEqual(kind, "pdf")
        return self._texts(content)

    def _texts(self, content):
        texts = []
        for number in range(1, len(PdfReader(io.BytesIO(content)).pages) + 1):
            command = ["pdftotext", "-layout", "-f", str(number), "-l", str(number), "-", "-"]
            text = subprocess.run(command, input=content, capture_output=True, check=True).stdout
            # Some fonts give Chinese characters as the radicals they look like.
            texts.append("".join(unicodedata.normalize("NFKC", text.decode()).split()))
        return texts

    def _long_sheet(self, count=60):
        for number in range(count):
            self._invoice(self.buyer, 100 + number, 10)
        return self._make().filtered(lambda sheet: sheet.user_id == self.salesperson)

    def test_every_paper_has_the_same_layout(self):
        reports = self._reports()
        self.assertGreaterEqual(len(reports), 11)
        for report in reports:
            view = self.env.ref(f"{report.report_name}_document")
            with self.subTest(report=report.report_name):
                self.assertIn('t-call="credit_collection.paper_layout"', view.arch)
                # Its look and its page breaks look for it.
                self.assertIn('class="page', view.arch)
                self.assertIn(
                    report.paperformat_id,
                    self.env.ref("credit_collection.paperformat_collection_letter")
                    | self.env.ref("credit_collection.paperformat_receivable"),
                )

    def test_each_page_says_whose_it_is_and_which(self):
        sheet = self._long_sheet()
        pages = self._pages("collection_confirmation", sheet)
        self.assertGreater(len(pages), 1)
        self.assertIn(self.company.name.replace(" ", ""), pages[0])
        for number, page in enumerate(pages, 1):
            with self.subTest(page=number):
                self.assertIn(f"Page{number}of{len(pages)}", page)
                foot = f"{self.company.name}·{sheet.name}".replace(" ", "")
                self.assertIn(foot, page)
                self.assertEqual(page.count("AmountCheck"), 1, "the head comes again")
        documents = re.findall(r"INV/\d+/\d+", "".join(pages))
        self.assertEqual(len(documents), 60)
        self.assertIn("Signature", pages[-1])
        self.assertRegex(pages[-1], r"INV/\d+", "no signature stands alone")

    def test_signature_takes_rows_along(self):
        """Whatever the number of items, the last page has some of them above the signature."""
        sheet = self._long_sheet(30)
        for count in (24, 26, 28, 30):
            sheet.line_ids[count:]._system_unlink()
            pages = self._pages("collection_confirmation", sheet)
            with self.subTest(count=count):
                self.assertRegex(pages[-1], r"INV/\d+.*Signature")

    def _section(self, name, count, chart=""):
        """A section of the monthly report: title, chart, table; rows `<name>1.` to `<name>count.`."""
        rows = "".join(f"<tr><td>{name}{n}.</td><td>1</td></tr>" for n in range(1, count + 1))
        return Markup(
            f"<div class='o_credit_together'><h4>Title {name}</h4><div>{chart}</div><table>"
            f"<thead><tr><th>Head {name}</th><th>Y</th></tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def _convert(self, *sections):
        """Text of each page of a paper with these sections, without spaces."""
        paper = self.env["ir.qweb"]._render(
            etree.fromstring(
                "<t t-call='credit_collection.paper_layout'><t t-set='paper_name' t-value='&quot;P&quot;'/>"
                "<t t-set='landscape' t-value='True'/>"
                "<div class='page o_credit_paper' t-out='body'/></t>"
            ),
            {"body": Markup("").join(sections)},
        )
        report = self.env.ref("credit_collection.action_report_insight_report")
        html = (
            f"<!DOCTYPE html><html><head><meta charset='utf-8'/></head><body>{paper}</body></html>"
        )
        content = report._run_wkhtmltopdf([html], report_ref=report.report_name, landscape=True)
        return self._texts(content)

    def test_short_sections_stay_whole(self):
        """Wherever the page ends: title, chart and table of a few rows stand on one page."""
        chart = "<svg width='300' height='200'><rect width='300' height='200'/></svg>"
        for above in (3, 7, 11, 15, 19, 23):
            with self.subTest(rows=above):
                pages = self._convert(self._section("a", above), self._section("b", 9, chart))
                [page] = [text for text in pages if "Titleb" in text]
                self.assertIn("Headb", page)
                for number in range(1, 10):
                    self.assertIn(f"b{number}.", page)
        self.assertEqual(len(pages), 2)

    def test_long_tables_are_cut_and_repeat_their_head(self):
        pages = self._convert(self._section("a", 20), self._section("b", 60))
        self.assertIn("Headb", pages[0], "a long table begins where the page has room")
        self.assertGreater(len(pages), 2)
        for page in pages[1:]:
            self.assertEqual(page.count("Headb"), 1)
        self.assertEqual(re.findall(r"b(\d+)\.", "".join(pages)), [str(n) for n in range(1, 61)])

    def test_documents_are_numbered_one_by_one(self):
        customer = self._customer("Two Papers")
        records = self.env["credit.application"].sudo()
        for _number in range(2):
            records |= (
                self.env["credit.application"]
                .sudo()
                ._system_create(
                    {
                        "partner_id": customer.id,
                        "company_id": self.company.id,
                        "kind": "change",
                        "control": "limit",
                        "limit": 5000,
                        "reason": "x",
                    }
                )
            )
        pages = self._pages("credit_application", records)
        self.assertEqual([page.count("Page1of1") for page in pages], [1, 1])

    def test_chinese_can_be_copied(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["credit_collection"], ["zh_CN"])
        self.buyer.name = "杭州丝绸 Hangzhou Silk"
        sheet = self._long_sheet(1)
        self.env.user.lang = "zh_CN"
        (page,) = self._pages("collection_confirmation", sheet, "zh_CN")
        for text in ("逾期账款确认表", "杭州丝绸", sheet.name):
            self.assertIn(text, page)
