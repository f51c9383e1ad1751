import io
import subprocess
import unicodedata
import zipfile

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from ..ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestStatementReport(AgeingCase):
    """Statements on paper and as workbook, and who may have them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls._customer("=One & Co", ref="C-77")
        cls.two = cls._customer("Two", user_id=cls.salesperson2.id)
        cls.invoice = cls._dated(cls.one, 100, "2025-01-10", "2025-02-10", ref="PO 7")
        cls._pay(cls.invoice, 60, date="2025-03-20")
        cls._dated(cls.two, 500, "2025-02-20")
        cls.period = {"kind": "activity", "date_from": "2025-03-01", "date_to": "2025-03-31"}
        cls.foreign = cls.env["res.company"].sudo().create({"name": "Foreign"})

    def _report(self, partners=None, user=None, **values):
        reports = self.env["receivable.statement.report"].with_user(user or self.auditor)
        return reports.create(
            {
                "partner_ids": [Command.set((partners or self.one).ids)],
                "date_to": "2025-03-31",
                **values,
            }
        )

    def _pages(self, report):
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(report.env.user)
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("credit_collection.action_report_receivable_statement", report.ids)
        )
        self.assertEqual(kind, "pdf")
        texts = []
        for number in range(1, len(PdfReader(io.BytesIO(content)).pages) + 1):
            command = ["pdftotext", "-layout", "-f", str(number), "-l", str(number), "-", "-"]
            text = subprocess.run(command, input=content, capture_output=True, check=True).stdout
            texts.append("".join(unicodedata.normalize("NFKC", text.decode()).split()))
        return texts

    def test_open_items_on_paper(self):
        report = self._report()
        action = report.action_print()
        self.assertEqual(action["report_name"], "credit_collection.report_receivable_statement")
        (page,) = self._pages(report)
        for text in ("StatementofAccount", "=One&Co", "C-77", "PO7", "40.00",
                     self.invoice.name, "Page1of1", "02/10/2025"):  # fmt: skip
            self.assertIn(text, page)

    def test_a_period_of_many_customers_each_in_its_language_and_numbered(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["credit_collection"], ["zh_CN"])
        self.two.lang = "zh_CN"
        pages = self._pages(self._report(self.one | self.two, **self.period))
        self.assertEqual(len(pages), 2)
        self.assertIn("Openingbalance", pages[0])
        self.assertIn("-60.00", pages[0].replace("\u200b", ""))
        self.assertIn("Page1of1", pages[0])
        self.assertIn("Two", pages[1])
        self.assertIn("500.00", pages[1])
        self.assertIn("2025/03/31", pages[1])
        self.assertIn("共1", pages[1])

    def test_heads_come_again_on_the_next_page(self):
        for number in range(60):
            self._dated(self.one, 100 + number, "2025-03-01")
        pages = self._pages(self._report())
        self.assertGreater(len(pages), 1)
        for number, page in enumerate(pages, 1):
            self.assertIn(f"Page{number}of{len(pages)}", page)
        self.assertEqual(pages[1].count("Alreadyapplied"), 1)

    def test_workbook(self):
        self._report().action_export()
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(self.auditor)
            ._render_xlsx(
                "credit_collection.receivable_statement_xlsx",
                self._report(self.one | self.two, **self.period).ids,
                {},
            )
        )
        self.assertEqual(kind, "xlsx")
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = [name for name in book.namelist() if "worksheets/sheet" in name]
            sheets = [book.read(name).decode() for name in sorted(names)]
            strings = book.read("xl/sharedStrings.xml").decode()
        self.assertEqual(len(sheets), 3)
        self.assertIn("<v>40</v>", sheets[0])
        self.assertIn("<v>-60</v>", sheets[1])
        self.assertIn("<v>500</v>", sheets[2])
        self.assertFalse([sheet for sheet in sheets if "<f>" in sheet])
        for text in ("=One &amp; Co", self.invoice.name, "Movements", "PO 7"):
            self.assertIn(text, strings + book_names(content))

    def test_a_contact_stands_for_its_customer(self):
        contact = self.env["res.partner"].create({"name": "Li", "parent_id": self.one.id})
        ((customer, _lang, (account,)),) = self._report(contact)._get_documents()
        self.assertEqual((customer, account.closing), (self.one, 40))

    def test_customers_without_anything_are_left_out_of_many(self):
        nothing = self._customer("Nothing")
        documents = self._report(self.one | nothing)._get_documents()
        self.assertEqual([customer for customer, _lang, _accounts in documents], [self.one])
        ((customer, _lang, accounts),) = self._report(nothing)._get_documents()
        self.assertEqual((customer, accounts), (nothing, []), "a single one is told of zero")
        with self.assertRaisesRegex(UserError, "There is no statement"):
            self._report(nothing | self._customer("Nor this one")).action_print()

    def test_opened_from_customer_case_and_ledger(self):
        self._invoice(self.one, 30, 20)
        case = (
            self.env["collection.case"]
            .sudo()
            ._system_create({"partner_id": self.one.id, "company_id": self.company.id})
        )
        self.env.flush_all()
        ledger = self.env["collection.ledger"].search([("partner_id", "=", self.one.id)])
        reports = self.env["receivable.statement.report"].with_user(self.auditor)
        for records in (self.one, case, ledger):
            records = records.with_user(self.auditor)
            with self.subTest(model=records._name):
                action = records.action_receivable_statement()
                self.assertEqual(action["res_model"], reports._name)
                report = reports.with_context(**action["context"]).create({})
                self.assertEqual(report.partner_ids, self.one)
                menu = {"active_model": records._name, "active_ids": records.ids}
                self.assertEqual(reports.with_context(**menu).create({}).partner_ids, self.one)

    def test_days_that_cannot_be(self):
        for values, message in (
            ({"date_to": self._today(1)}, "at the latest"),
            ({**self.period, "date_from": "2025-04-01"}, "after its last day"),
            ({**self.period, "date_from": False}, "first day"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, message):
                self._report(**values)

    def test_salespeople_have_those_of_their_customers(self):
        self.assertTrue(self._report(user=self.salesperson)._get_documents())
        for partners in (self.two, self.one | self.two):
            report = self._report(partners, self.salesperson)
            for call in (report._get_documents, report.action_print, report.action_export):
                with self.assertRaisesRegex(AccessError, "own customers, not of Two"):
                    call()
        # by the address of the file, too
        with self.assertRaisesRegex(AccessError, "own customers"):
            self._render_as(self.salesperson, report)

    def _render_as(self, user, report):
        return (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html("credit_collection.report_receivable_statement", report.ids)
        )

    def test_roles_that_see_everything(self):
        for role in ("auditor", "controller", "accountant", "collector", "sales_manager", "legal"):
            with self.subTest(role=role):
                documents = self._report(self.one | self.two, self.roles[role])._get_documents()
                self.assertEqual(len(documents), 2)

    def test_a_collector_bound_to_a_portfolio(self):
        self.company.sudo().collection_own_portfolio = True
        report = self._report(user=self.collector)
        with self.assertRaises(AccessError):
            report._get_documents()
        self.env["collection.case"].sudo()._system_create(
            {
                "partner_id": self.one.id,
                "company_id": self.company.id,
                "user_id": self.collector.id,
            }
        )
        self.assertTrue(report._get_documents())

    def test_who_sees_no_figures_has_none(self):
        internal = self._user("internal", "base.group_user")
        with self.assertRaises(AccessError):
            self._report(user=internal)

    def test_another_users_report_is_closed(self):
        report = self._report(user=self.auditor)
        for call in (
            report.with_user(self.controller)._get_documents,
            lambda: self._render_as(self.controller, report),
            lambda: report.with_user(self.controller).write({"kind": "activity"}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_another_company_is_closed(self):
        with self.assertRaises(AccessError):
            self._report(company_id=self.foreign.id)._get_documents()
        stranger = self._user("stranger", "account.group_account_invoice", self.foreign,
                              company_ids=[Command.set(self.foreign.ids)])  # fmt: skip
        with self.assertRaises(AccessError):
            self._report(user=stranger, company_id=self.company.id)._get_documents()
        # their own company, and the customer of it: nothing of ours
        report = self._report(user=stranger, company_id=self.foreign.id)
        ((_customer, _lang, accounts),) = report._get_documents()
        self.assertFalse(accounts)

    def test_bank_account_and_link_to_pay(self):
        self.env["res.partner.bank"].sudo().create(
            {"partner_id": self.company.partner_id.id, "acc_number": "DE 77 1234"}
        )
        html = str(self._render_as(self.auditor, self._report())[0])
        self.assertIn("DE 77 1234", html)
        self.assertNotIn("Pay online", html)
        provider = self.env["payment.provider"].sudo().search([], limit=1)
        provider.copy({"company_id": self.company.id, "state": "test", "name": "Test"})
        html = str(self._render_as(self.auditor, self._report())[0])
        self.assertIn("Pay online", html)
        self.assertIn(self.invoice.get_portal_url().replace("&", "&amp;"), html)


def book_names(content):
    """Names of the sheets of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/workbook.xml").decode()
