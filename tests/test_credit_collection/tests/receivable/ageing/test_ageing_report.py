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
        context = report.action_open_matrix()["context"]
        self.assertEqual((context["ageing_columns"], context["ageing_notes"]), (6, False))

    def _rows(self, report, user=None):
        """The rows of the matrix on the screen of a user."""
        action = report.action_open_matrix()
        rows = self.env[action["res_model"]].with_user(user or self.auditor)
        return rows.search(action["domain"])

    def test_the_matrix_on_screen(self):
        report = self._report()
        rows = self._rows(report)
        names = ["partner_id", *(f"column_{n}" for n in range(1, 8)), "amount", "days", "late",
                 "over_180", "credits"]  # fmt: skip
        self.assertRecordValues(
            rows,
            [
                dict(zip(names, values, strict=True))
                for values in (
                    (self.two.id, 0, -30, 500, 0, 0, 0, 0, 470, 39, 500, 0, -30),
                    (self.one.id, 40, 0, 0, 100, 0, 0, 0, 140, 80, 100, 0, 0),
                )
            ],
        )
        self.assertFalse(report.line_ids)
        # opened twice, written once
        self.assertEqual(self._rows(report), rows)

    def test_the_list_has_a_total(self):
        report = self._report()
        action = report.action_open_matrix()
        search = (
            self.env[action["res_model"]].with_user(self.auditor).with_context(**action["context"])
        )
        total, by = search.get_view(None, "search")["arch"], action["context"]
        self.assertIn('name="total"', total)
        self.assertTrue(by["search_default_total"])
        [group] = search.web_read_group(
            action["domain"], ["report_id"], ["amount:sum", "column_3:sum"], auto_unfold=True,
            unfold_read_specification={"partner_id": {"fields": {"display_name": {}}}},
            unfold_read_default_limit=1,
        )["groups"]  # fmt: skip
        self.assertEqual((group["amount:sum"], group["column_3:sum"]), (610, 500))
        self.assertEqual(group["report_id"][1], "Total")
        self.assertEqual([row["partner_id"]["id"] for row in group["__records"]], self.two.ids)

    def test_a_row_opens_its_documents(self):
        report = self._report()
        rows = self._rows(report)
        lines = self.env["receivable.ageing.report.line"].with_user(self.auditor)
        for row, count in zip(rows, (2, 2), strict=True):
            action = row.action_open_items()
            found = lines.search(action["domain"])
            self.assertEqual((found.partner_id, len(found)), (row.partner_id, count))
            self.assertEqual(sum(found.mapped("amount")), row.amount)
            # opened twice, written once
            row.action_open_items()
            self.assertEqual(lines.search(action["domain"]), found)
        opened = found.filtered(lambda line: line.move_id == self.invoice).action_open_document()
        self.assertEqual(opened["res_id"], self.invoice.id)
        # Those of the others come beside them.
        self.assertEqual(len(lines.search(report.action_open_items()["domain"])), 4)

    def test_items_of_a_row_after_credits_today(self):
        """Today what is blocked counts in the set-off: of a row as of all customers."""
        self._receive(self.one, 25)
        self._rate("EUR", 2.0)
        disputed = self._invoice(self.one, 60, days_overdue=10)
        self._invoice(self.one, 80, days_overdue=5)
        self.env["account.move.line"].search(
            [("move_id", "=", disputed.id), ("account_type", "=", "asset_receivable")]
        ).sudo().no_followup = True
        today = self._today()
        nets = {
            row["move_line_id"]: round(float(row["net"]), 2) for row in self._items(today, self.one)
        }
        [row] = self._rows(self._report(date=today)).filtered(lambda r: r.partner_id == self.one)
        lines = self.env["receivable.ageing.report.line"].with_user(self.auditor)
        lines = lines.search(row.action_open_items()["domain"])
        self.assertEqual({line.move_line_id.id: line.net for line in lines}, nets)
        self.assertLess(min(nets.values()), sum(nets.values()))

    def test_a_row_without_customer_opens_its_documents(self):
        receivable = self.company_data["default_account_receivable"]
        revenue = self.company_data["default_account_revenue"]
        self._entry((receivable, 70, None), (revenue, -70, None), day="2025-03-01")
        report = self._report()
        [row] = self._rows(report).filtered(lambda row: not row.partner_id)
        row.action_open_items()
        self.assertEqual(report.line_ids.mapped("amount"), [row.amount])
        self.assertEqual(row.amount, 70)

    def test_opening_does_not_cost_more_for_more_customers(self):
        def queries(date):
            report = self._report(date=date)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            report.action_open_matrix()
            count = self.env.cr.sql_log_count - before
            return count, len(report.row_ids)

        queries("2025-03-31")
        few, two = queries("2025-03-31")
        for number in range(12):
            self._dated(self._customer(f"More {number}"), 10, "2025-03-01")
        many, fourteen = queries("2025-03-31")
        self.assertEqual((two, fourteen), (2, 14))
        self.assertEqual(many, few)

    def test_buckets_of_the_rows(self):
        """Names are the company's; more than a row has fields for stand in the pivot of the items."""
        buckets = self.env["receivable.ageing.column"].with_user(self.administrator)
        own = buckets.create(
            [{"company_id": self.company.id, "days_from": days} for days in (0, 1, 8)]
        )
        report = self._report()
        [row] = self._rows(report).filtered(lambda row: row.partner_id == self.one)
        self.assertEqual((row.column_1, row.column_2, row.column_3), (40, 0, 100))
        titles = row.fields_get(["column_1", "column_3", "column_4"], ["string"])
        self.assertEqual(
            [title["string"] for title in titles.values()], ["0 (not due)", "over 7", "Bucket 4"]
        )
        own |= buckets.create(
            [{"company_id": self.company.id, "days_from": days} for days in range(10, 80, 10)]
        )
        self.assertEqual(len(own), 10)
        report = self._report()
        row = self._rows(report).filtered(lambda row: row.partner_id == self.one)
        self.assertEqual((row.column_1, row.column_10), (40, 100))
        buckets.create({"company_id": self.company.id, "days_from": 81})
        report = self._report()
        action = report.action_open_matrix()
        self.assertEqual(action["res_model"], "receivable.ageing.report.line")
        self.assertEqual(action["context"], {"pivot_measures": ["amount"]})
        self.assertEqual(len(report.line_ids), 4)

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
        self.assertEqual(len(self._rows(report)), 2)
        report.write({"date": "2025-04-30", "is_made": True, "is_summed": True})
        self.assertFalse(report.line_ids)
        self.assertFalse(report.row_ids)
        self.assertEqual(sum(self._rows(report).mapped("amount")), 550)
        self.assertEqual(report._get_matrix()[3], 550)
        self.assertEqual(set(report.line_ids.mapped("as_of")), {self._day("2025-04-30")})

    def test_rows_cannot_be_forged(self):
        report = self._report(is_made=True, line_ids=[(0, 0, {"amount": 9})])
        self.assertEqual(report._get_matrix()[3], 610)
        for lines in (report.line_ids, self._rows(report)):
            for call in (
                lambda lines=lines: lines.write({"amount": 1.0}),
                lambda lines=lines: lines.create({"report_id": report.id, "amount": 1.0}),
                lines.unlink,
            ):
                with self.subTest(model=lines._name), self.assertRaises(AccessError):
                    call()

    def test_by_role(self):
        for role in ("auditor", "controller", "collector", "finance_manager", "accountant"):
            with self.subTest(role=role):
                report = self._report(self.roles[role])
                self.assertEqual(report._get_matrix()[3], 610)
                rows = self._rows(report, self.roles[role])
                self.assertEqual(sum(rows.mapped("amount")), 610)
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
        row = self._rows(report)[0]
        for way in (
            row.with_user(self.accountant).read,
            row.with_user(self.accountant).action_open_items,
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                way()
        self.assertFalse(self._rows(report, self.accountant))

    def test_another_company_is_closed(self):
        other = self.setup_other_company()["company"]
        for name in ("action_open_items", "action_open_matrix"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(self._report(company_id=other.id), name)()

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
