import re
from io import BytesIO

from openpyxl import load_workbook
from psycopg2 import IntegrityError

from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, mute_logger

from ..resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestLedger(ResolutionCase):
    """The receivables ledger agrees with the ledger of exposure, and knows its tags."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._invoice(cls.customer, 1000, days_overdue=100)
        cls.new = cls._invoice(cls.customer, 500, days_overdue=10)
        cls.future = cls._invoice(cls.customer, 300, days_overdue=-5)
        cls.other = cls._customer("Other", user_id=cls.salesperson2.id)
        cls._invoice(cls.other, 700, days_overdue=3)

    def _rows(self, partner=None, user=None, domain=()):
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [
            ("company_id", "=", self.company.id),
            ("partner_id", "=", (partner or self.customer).id),
            *domain,
        ]
        ledger = self.env["collection.ledger"]
        return (ledger.with_user(user) if user else ledger.sudo()).search(domain)

    def test_equals_the_ledger_of_exposure(self):
        self._receive(self.customer, 250)
        self._receive(self.other, 900)
        euro = self._rate("EUR", 0.5)
        self._invoice(self.customer, 40, days_overdue=50, currency=euro)
        for partner in (self.customer, self.other):
            lines = self._lines(partner, kind="receivable")
            rows = self._rows(partner)
            self.assertEqual(sorted(rows.ids), sorted(lines.move_line_id.ids))
            self.assertAlmostEqual(sum(rows.mapped("amount")), sum(lines.mapped("amount")))
        # 1000 + 500 + 300 + 80 less 250, which pays the oldest
        rows = self._rows()
        self.assertAlmostEqual(sum(rows.mapped("net")), 1630)
        self.assertAlmostEqual(rows.filtered(lambda r: r.move_id == self.old).net, 750)
        self.assertAlmostEqual(
            sum(rows.mapped("overdue")), self._figures(self.customer).credit_overdue
        )
        # more paid than owed: nothing is left to collect, though the sum is negative
        self.assertEqual(sum(self._rows(self.other).mapped("chase")), 0)
        self.assertAlmostEqual(sum(self._rows(self.other).mapped("amount")), -200)

    def test_tags_and_score(self):
        self.company.sudo().write(
            {
                "collection_amount_a": 1500,
                "collection_amount_b": 600,
                "collection_high_risk_score": 60,
            }
        )
        self._decide(self.customer, credit_risk_level="high", credit_segment="sme")
        case = self._case()
        case._system().sudo().write({"broken_promise_count": 1})
        rows = self._rows()
        self.assertRecordValues(
            rows.sorted("days", reverse=True),
            [
                # 30 (91-180 days) + 25 (class A) + 3 (small) + 20 (high risk) + 5 (a broken promise)
                {"age_bucket": "d180", "amount_class": "A", "customer_type": "sme", "score": 83},
                {"age_bucket": "d030", "amount_class": "A", "customer_type": "sme", "score": 63},
                {"age_bucket": "current", "amount_class": "A", "customer_type": "sme", "score": 0},
            ],
        )
        self.assertEqual(rows.filtered("is_high_risk"), rows.filtered(lambda r: r.days > 0))
        self.assertIn("91–180 Days 30", rows[0].score_why)
        self.assertIn("Small and Medium 3", rows[0].score_why)
        self.assertIn("unresponsive or broken promises 5", rows[0].score_why)
        # 10 (1-30 days) + 15 (class B, 700 owed)
        self.assertEqual(self._rows(self.other).score, 25)
        self.assertFalse(self._rows(self.other).is_high_risk)

    def _class_of(self, invoice):
        return self._rows().filtered(lambda r: r.move_id == invoice).debt_class

    def test_classes_by_age_amount_and_standing(self):
        """Normal, watch, overdue, dormant (P3-27), with the thresholds of the settings."""
        ancient = self._invoice(self.customer, 50, days_overdue=400)
        company = self.company.sudo()
        company.write({"collection_amount_a": 100000, "collection_amount_b": 600})
        found = [self._class_of(one) for one in (self.future, self.new, self.old, ancient)]
        self.assertEqual(found, ["1_normal", "2_watch", "3_overdue", "4_dormant"])
        company.write({"collection_watch_days": 5, "collection_dormant_days": 90})
        found = [self._class_of(one) for one in (self.new, self.old)]
        self.assertEqual(found, ["3_overdue", "4_dormant"])
        company.write({"collection_watch_days": 30, "collection_dormant_days": 365})
        # A large amount
        company.collection_amount_a = 1500
        self.assertEqual(self._class_of(self.new), "3_overdue")
        self.assertEqual(self._class_of(self.future), "1_normal")
        company.collection_amount_a = 100000
        # Standing: a broken promise, then no answer at all
        case = self._case()
        case._system_write({"broken_promise_count": 1})
        found = [self._class_of(one) for one in (self.future, self.new, self.old)]
        self.assertEqual(found, ["2_watch", "3_overdue", "3_overdue"])
        case._system_write({"broken_promise_count": 0, "is_evasive": True})
        found = [self._class_of(one) for one in (self.future, self.new, self.old)]
        self.assertEqual(found, ["2_watch", "3_overdue", "4_dormant"])
        groups = self.env["collection.ledger"].sudo()._read_group(
            [("partner_id", "=", self.customer.id)], ["debt_class"], ["__count"]
        )  # fmt: skip
        self.assertEqual(dict(groups), {"2_watch": 1, "3_overdue": 1, "4_dormant": 2})
        dormant = self._rows(domain=[("debt_class", "=", "4_dormant")])
        self.assertEqual(dormant.move_id, self.old | ancient)

    def test_classes_of_credits_and_of_what_credits_pay(self):
        self._receive(self.customer, 1500)
        self.assertEqual(set(self._rows().mapped("debt_class")), {"1_normal"})

    def test_dormant_begins_after_watch(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.sudo().write({"collection_watch_days": 90, "collection_dormant_days": 90})
            self.env.flush_all()

    def test_case_promise_and_block(self):
        case = self._case()
        self.env["collection.promise"].with_user(self.collector)._register_promise(
            case,
            [{"move_line_id": self._claims(self.new).id, "date_promised": self._today(3)}],
        )
        row = self._rows().filtered(lambda r: r.move_id == self.new)
        self.assertRecordValues(
            row,
            [
                {
                    "case_id": case.id,
                    "user_id": self.collector.id,
                    "date_promised": self._today(3),
                    "chase": 0.0,
                    "amount_blocked": 500.0,
                    "block_reason": "Promised",
                }
            ],
        )

    def test_groups(self):
        ledger = self.env["collection.ledger"].with_user(self.collector)
        domain = [("partner_id", "=", self.customer.id)]
        names = (
            "partner_id", "age_bucket", "amount_class", "customer_type", "stage_id", "user_id",
            "salesperson_id", "grade_id", "risk_level", "reason_id", "country_id",
            "date_maturity:month", "currency_id", "company_id",
        )  # fmt: skip
        for name in names:
            groups = ledger._read_group(domain, [name], ["amount:sum"])
            self.assertEqual(sum(amount for _group, amount in groups), 1800, name)

    # ------------------------------------------------------------------ pages

    def _computed(self, ledger, *columns):
        """Return the names of the steps that PostgreSQL computes for columns of the ledger."""
        self.env.flush_all()
        query = ledger._search([])
        plan = self.env.execute_query(
            SQL(
                "EXPLAIN %s",
                query.select(*(SQL.identifier(ledger._table, name) for name in columns)),
            )
        )
        return {name for (line,) in plan for name in re.findall(r"CTE (\w+)$", line)}

    def test_a_page_equals_the_whole(self):
        euro = self._rate("EUR", 0.5)
        self._invoice(self.customer, 40, days_overdue=50, currency=euro)
        self._receive(self.customer, 1100)
        self._receive(self.other, 250)
        self.env.flush_all()
        ledger = self.env["collection.ledger"].with_user(self.collector)
        names = [name for name, field in ledger._fields.items() if field.store]
        whole = {
            row["id"]: row
            for row in self.env.execute_query_dict(
                SQL("SELECT * FROM (%s) row", ledger._table_query)
            )
        }
        domain = [("partner_id", "in", (self.customer | self.other).ids)]
        found = ledger.search(domain)
        self.assertEqual(found.ids, ledger.search(domain, order="days desc, date_maturity, id").ids)
        for offset in range(len(found)):
            self.env.invalidate_all()
            page = ledger.search_fetch(domain, limit=1, offset=offset)
            self.assertEqual(page, found[offset])
            for name in names:
                if ledger._fields[name].column_type:
                    value = page._fields[name].convert_to_read(
                        page[name], page, use_display_name=False
                    )
                    self.assertEqual(value or 0, whole[page.id][name] or 0, name)

    def test_a_page_of_nobody_is_empty(self):
        ledger = self.env["collection.ledger"].with_user(self.collector)
        self.assertFalse(ledger.search_fetch([("partner_id", "=", self.salesperson.partner_id.id)]))

    def test_what_nobody_asks_for_is_not_computed(self):
        ledger = self.env["collection.ledger"].with_user(self.collector)
        for columns in (("id",), ("id", "days", "amount", "amount_class", "age_bucket")):
            self.assertNotIn("named", self._computed(ledger, *columns), columns)
        self.assertIn("named", self._computed(ledger, "id", "net"))

    # ------------------------------------------------------------------ access

    def test_access(self):
        for user in (self.collector, self.auditor, self.accountant, self.sales_manager):
            self.assertEqual(len(self._rows(self.other, user)), 1)
        self.assertEqual(len(self._rows(self.other, self.salesperson)), 0)
        self.assertEqual(len(self._rows(self.customer, self.salesperson)), 3)

    def test_own_portfolio(self):
        self._case()
        self.company.sudo().collection_own_portfolio = True
        self.env.registry.clear_cache()
        self.assertEqual(len(self._rows(self.customer, self.collector)), 3)
        self.assertEqual(len(self._rows(self.other, self.collector)), 0)
        self.assertEqual(len(self._rows(self.other, self.collection_manager)), 1)

    def test_other_companies(self):
        away = self.env["res.company"].create({"name": "Away"})
        user = self._user("away", "credit_collection.group_collection_collector", away)
        self.assertEqual(len(self._rows(self.customer, user)), 0)

    # ------------------------------------------------------------------ workbook

    def test_workbook(self):
        self._receive(self.customer, 100)
        ledger = self.env["collection.ledger"].with_user(self.collector)
        action = ledger.with_context(
            active_domain=[("partner_id", "=", self.customer.id)]
        ).action_export_xlsx()
        self.assertEqual(action["report_type"], "xlsx")
        data, kind = (
            self.env["ir.actions.report"]
            .with_user(self.collector)
            ._render_xlsx(action["report_name"], [], action["data"])
        )
        self.assertEqual(kind, "xlsx")
        book = load_workbook(BytesIO(data))
        sheet, summary = book.worksheets
        heads = [cell.value for cell in sheet[4]]
        rows = [dict(zip(heads, (c.value for c in row), strict=True)) for row in sheet.iter_rows(5)]
        total = rows.pop()
        self.assertEqual(len(rows), 4)
        self.assertEqual(sum(row["Amount Due"] for row in rows), 1700)
        self.assertEqual({row["Customer"] for row in rows}, {"Debtor"})
        self.assertEqual(total["Customer"], "Total")
        self.assertIn("SUBTOTAL(109", total["Amount Due"])
        figures = {row[0].value: [cell.value for cell in row] for row in summary.iter_rows(3)}
        self.assertEqual(figures["91–180 Days"][4:6], [1000, 900])
        self.assertEqual(figures["Total"][4], 1700)
        self.assertEqual(figures["Total"][6], 4)

    def test_workbook_shows_own_customers_only(self):
        ledger = self.env["collection.ledger"].with_user(self.salesperson2)
        action = ledger.with_context(active_domain=[]).action_export_xlsx()
        report = self.env["report.credit_collection.collection_ledger_xlsx"]
        rows = report.with_user(self.salesperson2)._get_objs_for_report(None, action["data"])
        self.assertEqual(rows.partner_id, self.other)


@tagged("post_install", "-at_install")
class TestLedgerHttp(ResolutionCase, HttpCase):
    def test_download(self):
        self._invoice(self.customer, 1000, days_overdue=100)
        self.authenticate(self.collector.login, self.collector.login)
        response = self.url_open(
            "/report/xlsx/credit_collection.collection_ledger_xlsx"
            '?options={"ledger_domain": []}&context={}'
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn("spreadsheetml", response.headers["Content-Type"])
        self.assertEqual(load_workbook(BytesIO(response.content)).worksheets[0]["A1"].value,
                         "Receivables Ledger")  # fmt: skip
