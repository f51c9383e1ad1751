from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ...receivable.ageing.ageing_case import AgeingCase

BRIDGE = (
    "opening", "later", "new", "paid", "credited", "written", "other", "moved", "closing",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestReport(AgeingCase):
    """The report of June 2025, by hand (P1-15)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.industry = cls.env["res.partner.industry"].create({"name": "Steel"})
        cls.one = cls._customer("One", limit=500, grade="B", industry_id=cls.industry.id)
        cls.two = cls._customer("Two", user_id=cls.salesperson2.id)
        cls.old = cls._dated(cls.one, 1000, "2025-04-10", due="2025-05-10")
        cls._dated(cls.one, 400, "2025-06-20", due="2025-07-20")
        cls._dated(cls.two, 300, "2025-06-10", due="2025-06-20")
        cls._pay(cls.old, 600, date="2025-06-15")
        cls.head = cls._user("head", "credit_collection.group_collection_manager")
        cls.months = cls.env["insight.month"]
        for day, closed in (("2025-05-31", "2025-06-06"), ("2025-06-30", "2025-07-06")):
            with freeze_time(f"{closed} 12:00:00"):
                cls.env["insight.kpi"]._compute_months(cls.company, cls._day(day), cls._day(day))
                cls.months._close(cls.company, cls._day(day))

    def _draft(self):
        reports = self.env["insight.report"].with_user(self.finance_manager)
        reports = reports.with_company(self.company)
        return reports.browse(reports.action_draft()["res_id"])

    def _table(self, report, kind):
        section = report.section_ids.filtered(lambda s: s.kind == kind)
        return section.table["rows"], section.table.get("total")

    def _approve(self, report):
        report.action_request()
        report.with_user(self.general_manager).validate_tier()
        report.invalidate_recordset()

    def test_totals_against_last_month(self):
        rows, _total = self._table(self._draft(), "totals")
        found = {row["c"][0]["t"]: row["c"][1:4] for row in rows}
        self.assertEqual(found["receivable"], [1100, 1000, 100])
        self.assertEqual(found["overdue"], [700, 1000, -300])
        self.assertEqual(found["collected"], [600, 0, 600])

    def test_the_target_of_the_month_stands_beside_it(self):
        self.env["insight.target"].with_user(self.head).create(
            {
                "metric": "recovery_rate",
                "date_from": "2025-06-01",
                "date_to": "2025-06-30",
                "goal": 80,
            }
        )
        rows, _total = self._table(self._draft(), "totals")
        self.assertEqual(
            {row["c"][0]["t"]: row["c"][5] for row in rows if row["c"][5]}, {"recovery_rate": 80}
        )

    def test_customers_industries_and_reasons_add_up(self):
        report = self._draft()
        rows, total = self._table(report, "customer")
        self.assertEqual(
            [(row["c"][0], row["c"][1], row["c"][2]) for row in rows],
            [("One", 800, 400), ("Two", 300, 300)],
        )
        self.assertEqual(total[1:3], [1100, 700])
        rows, total = self._table(report, "industry")
        self.assertEqual(rows[0]["c"][0]["n"]["en_US"], "Steel")
        self.assertEqual(total[1:3], [1100, 700])
        rows, _total = self._table(report, "reason")
        self.assertEqual(sum(row["c"][1] for row in rows), 700)

    def test_the_bridge_by_hand(self):
        """Opening + new − paid ± moved = closing, per bucket and in all."""
        rows, total = self._table(self._draft(), "bridge")
        found = [dict(zip(BRIDGE, row["c"][1:], strict=True)) for row in rows]
        whole = dict(zip(BRIDGE, total[1:], strict=True))
        self.assertEqual(
            whole,
            {
                "opening": 1000, "later": 0, "new": 700, "paid": -600, "credited": 0, "written": 0,
                "other": 0, "moved": 0, "closing": 1100,
            },
        )  # fmt: skip
        # The old invoice went from 1–30 to the next bucket, where it was paid.
        self.assertEqual(found[1]["moved"], -1000)
        self.assertEqual(found[2]["moved"], 1000)
        self.assertEqual(found[2]["paid"], -600)
        for row in found:
            closing = row.pop("closing")
            self.assertAlmostEqual(sum(row.values()), closing, 2)

    def test_suggestions_open_their_rows(self):
        report = self._draft()
        found = {suggestion.rule: suggestion for suggestion in report.suggestion_ids}
        self.assertEqual(set(found), {"no_case", "over_limit"})
        action = found["over_limit"].action_open_rows()
        rows = self.env["insight.snapshot"].search(action["domain"])
        self.assertEqual(rows.partner_id, self.one)

    def test_figures_stay_as_they_were_drafted(self):
        report = self._draft()
        table = report.section_ids[0].table
        self._dated(self.one, 5000, "2025-06-25", due="2025-07-25")
        self.months._close(self.company, self._day("2025-06-30"), "books")
        report.invalidate_recordset()
        self.assertTrue(report.is_outdated)
        self.assertEqual((report.receivable, report.section_ids[0].table), (1100, table))
        report.action_request()
        with self.assertRaisesRegex(UserError, "closed again"):
            report.with_user(self.general_manager).validate_tier()

    def test_books_that_moved_are_closed_again_first(self):
        self._dated(self.one, 5000, "2025-06-25", due="2025-07-25")
        report = self._draft()
        self.assertEqual((report.month_id.version, report.receivable), (2, 6100))

    def test_one_report_per_month_until_it_is_cancelled(self):
        report = self._draft()
        self.assertEqual(self._draft(), report)
        report.action_cancel()
        self.assertNotEqual(self._draft(), report)

    def test_comments_until_the_request(self):
        report = self._draft()
        section = report.section_ids[0]
        section.with_user(self.head).comment = "A slow month."
        with self.assertRaises(AccessError):
            section.with_user(self.head).table = {}
        with self.assertRaises(AccessError):
            section.with_user(self.auditor).comment = "Mine"
        report.action_request()
        with self.assertRaises(AccessError):
            section.with_user(self.head).comment = "Later"
        self.assertEqual(section.comment, "A slow month.")

    def test_approved_kept_and_mailed_on_its_day(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.company.sudo().credit_mode = "enforce"
        guest = self.env["res.partner"].create(
            {"name": "Board", "email": "b@example.com", "lang": "zh_CN"}
        )
        self.company.sudo().insight_report_partner_ids = guest
        # As the job does.
        reports = self.env["insight.report"].sudo()
        with freeze_time("2025-07-07 12:00:00"):
            reports._run_month(self.company)
        report = reports.search([("company_id", "=", self.company.id)]).with_user(
            self.finance_manager
        )
        self.assertEqual(report.sudo().activity_ids.user_id, self.finance_manager)
        with self.assertRaisesRegex(UserError, "not approved"):
            report.action_send()
        self._approve(report)
        self.assertEqual(report.state, "approved")
        files = report.sudo().attachment_ids
        self.assertEqual(
            set(files.mapped("description")), set(dict(self.env["res.lang"].get_installed()))
        )
        texts = {file.description: file.raw.decode() for file in files}
        self.assertIn("Receivables", texts["en_US"])
        self.assertIn("应收账款", texts["zh_CN"])
        with self.assertRaises(AccessError):
            files[0].sudo().unlink()
        with self.assertRaises(AccessError):
            files[0].sudo().raw = b"other"
        with freeze_time("2025-07-08 12:00:00"):
            reports._run_month(self.company)
        self.assertFalse(report.sent_at)
        with freeze_time("2025-07-10 12:00:00"):
            reports._run_month(self.company)
            reports._run_month(self.company)
        report.invalidate_recordset()
        self.assertEqual(report.sent_to, "Board")
        message = report.sudo().message_ids | self.env["mail.message"].search(
            [("model", "=", "insight.report"), ("partner_ids", "in", guest.ids)]
        )
        message = message.filtered(lambda m: guest in m.partner_ids)
        self.assertEqual(len(message), 1)
        self.assertEqual(len(message.attachment_ids), 1)
        self.assertIn("zh_CN", message.attachment_ids.name)

    def test_who_asks_never_approves(self):
        self.finance_manager.sudo().group_ids |= self.env.ref(
            "credit_collection.group_credit_general_manager"
        )
        report = self._draft()
        report.action_request()
        with self.assertRaises(UserError):
            report.validate_tier()
        self.assertEqual(report.state, "requested")

    def test_rights_by_role(self):
        report = self._draft()
        for user in (self.controller, self.collector, self.head, self.accountant, self.auditor):
            with self.subTest(user=user.name):
                self.assertEqual(report.with_user(user).receivable, 1100)
                self.assertTrue(report.with_user(user).section_ids[0].table_html)
                with self.assertRaises(AccessError):
                    report.with_user(user).action_cancel()
                with self.assertRaises(AccessError):
                    report.with_user(user).action_draft()
        with self.assertRaises(AccessError):
            report.with_user(self.salesperson).read(["receivable"])
        with self.assertRaises(AccessError):
            report.write({"receivable": 1})
        with self.assertRaises(AccessError):
            self.env["insight.report"].with_user(self.finance_manager).create(
                {
                    "company_id": self.company.id,
                    "month_id": report.month_id.id,
                    "date": "2025-06-30",
                }
            )

    def test_other_companies_read_nothing(self):
        report = self._draft()
        other = self._create_company(name="Elsewhere")
        stranger = self._user(
            "stranger", "credit_collection.group_credit_finance_manager", company=other,
            company_ids=other.ids,
        )  # fmt: skip
        for records in (report, report.section_ids, report.suggestion_ids):
            with self.assertRaises(AccessError):
                records.with_user(stranger).read(["company_id"])

    def test_workbook_has_a_sheet_per_table(self):
        report = self._draft()
        content, kind = self.env["ir.actions.report"]._render_xlsx(
            "credit_collection.insight_report_xlsx", report.ids, {}
        )
        self.assertEqual(kind, "xlsx")
        book = load_workbook(BytesIO(content))
        self.assertEqual(len(book.sheetnames), len(report.section_ids))
        sheet = book["By Customer"]
        self.assertEqual([cell.value for cell in sheet[4]][:3], ["One", 800, 400])

    def test_both_languages(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        section = self._draft().section_ids[0]
        self.assertIn("Receivables", section.table_html)
        html = section.with_context(lang="zh_CN").table_html
        self.assertIn("应收账款", html)
        self.assertNotIn("Receivables", html)
