import io
import zipfile

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestAgeingReport(AgeingCase):
    """The ageing on the screen, as PDF and as workbook, by role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls._customer("=One & Co")
        cls.two = cls._customer("Two")
        cls.invoice = cls._dated(cls.one, 100, "2025-01-10")
        cls._dated(cls.one, 40, "2025-03-31")
        cls._dated(cls.two, 500, "2025-02-20")
        cls._receive(cls.two, 30, date="2025-03-01")
        cls._pay(cls.invoice, 60, date="2025-04-01")

    def _report(self, user=None, **values):
        reports = self.env["receivable.ageing.report"].with_user(user or self.auditor)
        return reports.create({"date": "2025-03-31", **values})

    def test_matrix(self):
        names, rows, totals, total = self._report()._get_matrix()
        self.assertEqual(names[:2], ["0 (not due)", "1–30"])
        self.assertEqual(
            [(partner.id, amounts, s) for partner, amounts, s in rows],
            [
                (self.two.id, [0, -30, 500, 0, 0, 0], 470),
                (self.one.id, [40, 0, 0, 100, 0, 0], 140),
            ],
        )
        self.assertEqual((totals, total), ([40, -30, 500, 100, 0, 0], 610))
        self.assertEqual(total, self._ties("2025-03-31"))

    def test_without_notes_one_block(self):
        report = self._report()
        self.assertFalse(report._shows_notes())
        self.assertEqual(report.action_open_matrix()["context"], {"pivot_measures": ["amount"]})

    def test_every_figure_opens_its_documents(self):
        report = self._report()
        action = report.action_open_matrix()
        lines = self.env["receivable.ageing.report.line"].with_user(self.auditor)
        found = lines.search([*action["domain"], ("partner_id", "=", self.one.id)])
        self.assertEqual(found.move_id & self.invoice, self.invoice)
        opened = found.filtered(lambda line: line.move_id == self.invoice).action_open_document()
        self.assertEqual(opened["res_id"], self.invoice.id)
        self.assertEqual(report.action_open_items()["domain"], action["domain"])
        # opened twice, written once
        self.assertEqual(len(lines.search(action["domain"])), 4)

    def test_by_service_manager_beside_the_term(self):
        """P5-14: each item names the service manager of the customer and the term granted."""
        self.one.sudo().credit_service_manager_id = self.controller
        self._decide(self.one, credit_control="limit", credit_limit=1000, credit_term_days=45)
        report = self._report()
        lines = self.env["receivable.ageing.report.line"].with_user(self.auditor)
        domain = report.action_open_items()["domain"]
        rows = lines._read_group(domain, ["service_manager_id", "term_days"], ["amount:sum"])
        self.assertEqual(
            {(user.id, term, amount) for user, term, amount in rows},
            {(self.controller.id, 45, 140), (False, 0, 470)},
        )

    def test_other_parameters_drop_the_rows(self):
        report = self._report()
        report.action_open_items()
        self.assertEqual(len(report.line_ids), 4)
        report.write({"date": "2025-04-30", "is_made": True})
        self.assertFalse(report.line_ids)
        self.assertEqual(report._get_matrix()[3], 550)
        self.assertEqual(set(report.line_ids.mapped("as_of")), {self._day("2025-04-30")})

    def test_rows_cannot_be_forged(self):
        report = self._report(is_made=True, line_ids=[(0, 0, {"amount": 9})])
        self.assertEqual(report._get_matrix()[3], 610)
        lines = report.line_ids
        for call in (
            lambda: lines.write({"amount": 1.0}),
            lambda: lines.create({"report_id": report.id, "amount": 1.0}),
            lines.unlink,
        ):
            with self.assertRaises(AccessError):
                call()

    def test_by_role(self):
        for role in ("auditor", "controller", "collector", "finance_manager", "accountant"):
            with self.subTest(role=role):
                self.assertEqual(self._report(self.roles[role])._get_matrix()[3], 610)
        for role in ("salesperson", "sales_manager"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._report(self.roles[role])

    def test_a_report_is_its_users_own(self):
        report = self._report()
        report.action_open_items()
        with self.assertRaises(AccessError):
            report.with_user(self.accountant)._get_matrix()
        lines = self.env["receivable.ageing.report.line"].with_user(self.accountant)
        self.assertFalse(lines.search([("report_id", "=", report.id)]))

    def test_another_company_is_closed(self):
        other = self.setup_other_company()["company"]
        with self.assertRaises(AccessError):
            self._report(company_id=other.id).action_open_items()

    def test_pdf(self):
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "credit_collection.report_receivable_ageing", self._report(self.env.user).ids
        )
        text = html.decode()
        self.assertIn("=One &amp; Co", text)
        self.assertIn("610.00", text)

    def test_service_managers_on_paper_and_in_the_workbook(self):
        """P5-14: a table of its own where customers have a service manager, else none."""
        self.assertFalse(self._report()._get_service_rows()[0])
        self.one.sudo().credit_service_manager_id = self.controller
        report = self._report(self.env.user)
        rows, _totals, total = report._get_service_rows()
        self.assertEqual(
            [(user.id, sum_) for user, _amounts, sum_ in rows],
            [(False, 470), (self.controller.id, 140)],
        )
        self.assertEqual(total, 610)
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "credit_collection.report_receivable_ageing", report.ids
        )
        self.assertIn("By Service Manager", html.decode())
        self.assertIn(self.controller.name, html.decode())
        content, _kind = (
            self.env["ir.actions.report"]
            .with_context(active_model=report._name)
            ._render_xlsx("credit_collection.receivable_ageing_xlsx", report.ids, {})
        )
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            self.assertIn("xl/worksheets/sheet3.xml", book.namelist())
            strings = book.read("xl/sharedStrings.xml").decode()
        self.assertIn(self.controller.name, strings)
        self.assertIn("Approved Term (Days)", strings)

    def test_xlsx(self):
        report = self._report()
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(self.auditor)
            .with_context(active_model=report._name)
            ._render_xlsx("credit_collection.receivable_ageing_xlsx", report.ids, {})
        )
        self.assertEqual(kind, "xlsx")
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = book.namelist()
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
            strings = book.read("xl/sharedStrings.xml").decode()
        self.assertIn("xl/worksheets/sheet2.xml", names)
        self.assertIn("<v>610</v>", sheet)
        self.assertNotIn("<f>", sheet)
        self.assertIn("=One &amp; Co", strings)
