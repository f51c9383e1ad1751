"""Early warning: departures from a customer's own pattern, and expiries (P5-06, P4-20)."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .review_case import ReviewCase


@tagged("post_install", "-at_install")
class TestWarning(ReviewCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Watched", limit=10000)

    def _warned(self, kind, day, **values):
        """The open warning of a kind after the run of a day."""
        with freeze_time(day):
            self._run_daily(self.customer)
        return self._warnings(self.customer, kind=kind, state="open", **values)

    def _ordered(self, amount, *days):
        for day in days:
            with freeze_time(day):
                self._order(self.customer, amount, confirm=True, term=self.term_now)

    def test_orders_fall(self):
        self._ordered(1200, *(f"2026-{month:02}-05" for month in range(1, 10)))
        self._ordered(500, "2026-10-05")
        # 9 × 1,200 in the 12 months before October: 900 a month, of which 500 is 56 %.
        self.assertFalse(self._warned("orders_drop", "2026-11-03"))
        # November: 300 against (9 × 1,200 + 500) / 12 = 941.67
        self._ordered(300, "2026-11-05")
        warning = self._warned("orders_drop", "2026-12-03")
        self.assertAlmostEqual(warning.value, 300)
        self.assertAlmostEqual(warning.reference, 941.67, places=2)
        self.assertIn("300", warning.description)
        self.assertIn("941.67", warning.description)

    def test_orders_rise(self):
        """As far upward as downward: at 50 % half, or double."""
        self._ordered(600, *(f"2026-{month:02}-05" for month in range(1, 10)))
        self._ordered(900, "2026-10-05")
        # October: 900 is double of 9 × 600 / 12 = 450, not more.
        self.assertFalse(self._warned("orders_rise", "2026-11-03"))
        # November: 1,100 against (9 × 600 + 900) / 12 = 525
        self._ordered(1100, "2026-11-05")
        warning = self._warned("orders_rise", "2026-12-03")
        self.assertEqual((warning.value, warning.reference), (1100, 525))
        self.assertIn("rose to", warning.description)
        self.assertFalse(self._warned("orders_rise", "2027-01-03"))

    def test_customer_lost(self):
        self._ordered(1200, *(f"2026-{month:02}-05" for month in range(1, 9)))
        self.assertFalse(self._warned("customer_lost", "2026-11-03"))  # August is two months back
        warning = self._warned("customer_lost", "2026-12-03")
        self.assertEqual(warning.reference, 800)
        self.assertIn("No order in the three months", warning.description)
        self.assertEqual(len(self._orders_behind(warning)), 8)
        # Said once, not as a fall as well.
        self.assertFalse(self._warnings(self.customer, kind="orders_drop", state="open"))
        self._ordered(50, "2026-12-10")
        self.assertFalse(self._warned("customer_lost", "2027-01-03"))

    def test_customer_of_few_orders_is_not_missed(self):
        self._ordered(1200, *(f"2026-{month:02}-05" for month in range(1, 4)))
        self.assertFalse(self._warned("customer_lost", "2026-12-03"))

    def test_change_of_leadership(self):
        finding = self.env["credit.investigation"].with_user(self.salesperson).create(
            {"partner_id": self.customer.id, "date": "2026-11-20", "topic": "leadership",
             "source": "visit", "note": "The managing director left"}
        )  # fmt: skip
        warning = self._warned("leadership", "2026-12-03")
        self.assertEqual(warning.origin, finding)
        self.assertIn("The managing director left", warning.description)
        self.assertEqual(warning.action_open_documents()["res_id"], finding.id)
        self.assertFalse(self._warned("leadership", "2027-02-21"))

    def test_collect_before_due(self):
        """Orders fell over six months and a lawsuit was noted in them (P2-25); neither alone warns."""
        self._ordered(1200, *(f"2026-{month:02}-05" for month in range(1, 7)))
        self._ordered(300, *(f"2026-{month:02}-05" for month in range(7, 13)))
        self.assertFalse(self._warned("collect_early", "2027-01-03"))
        with freeze_time("2026-12-20"):
            lawsuit = self.env["credit.investigation"].with_user(self.controller).create(
                {"partner_id": self.customer.id, "date": "2026-12-20", "topic": "litigation",
                 "source": "register", "note": "Sued by a supplier", "amount": 50000,
                 "register_name": "Court of Ningbo", "url": "https://example.com/case/1"}
            )  # fmt: skip
        warning = self._warned("collect_early", "2027-01-04")
        self.assertEqual((warning.value, warning.reference), (300, 1200))
        self.assertEqual(warning.origin, lawsuit)
        self.assertIn("Sued by a supplier", warning.description)
        self.assertEqual(warning.action_open_documents()["res_id"], lawsuit.id)
        lawsuit.topic = "tax"
        self.assertFalse(self._warned("collect_early", "2027-01-05"))

    def _orders_behind(self, warning):
        return self.env["sale.order"].search(warning.action_open_documents()["domain"])

    def test_pays_slower(self):
        with freeze_time("2026-11-30"):
            for month in range(1, 9):
                self._paid_late(self.customer, 100, 2, date(2026, month, 10))
            self._paid_late(self.customer, 100, 14, date(2026, 11, 10))
        # 12 months: (8 × 2 + 14) / 9 = 3.3; the last three: 14 → 10.7 more
        warning = self._warned("payment_slow", "2026-11-30")
        self.assertAlmostEqual(warning.value, 14)
        self.assertAlmostEqual(warning.reference, 30 / 9, places=2)
        self.company.sudo().credit_warn_slower_days = 11
        self.assertFalse(self._warned("payment_slow", "2026-11-30"))

    def test_limit_use(self):
        invoice = self._invoice(self.customer, 7999, days_overdue=-300)
        self.assertFalse(self._warned("limit_use", self._today()))
        self._invoice(self.customer, 1, days_overdue=-300)
        warning = self._warned("limit_use", self._today())
        self.assertEqual((warning.value, warning.reference), (8000, 10000))
        self.assertIn("80%", warning.description)
        self._pay(invoice)
        self.assertFalse(self._warned("limit_use", self._today()))
        self.assertEqual((warning.state, warning.is_present), ("done", False))
        self.assertFalse(warning.done_by_id)

    def test_a_decision_ends_it_at_once(self):
        """The limit is raised: the same screen does not go on saying that it is nearly used."""
        self._invoice(self.customer, 9000, days_overdue=-300)
        warning = self._warned("limit_use", self._today())
        self._decide(self.customer, credit_limit=11000)
        self.assertRecordValues(warning, [{"state": "open", "reference": 11000}])
        self._decide(self.customer, credit_limit=20000)
        self.assertRecordValues(
            warning, [{"state": "done", "is_present": False, "done_by_id": False}]
        )
        self.assertFalse(self.customer.with_user(self.salesperson).credit_warning_text)
        # Lowered again: the daily run says so, once.
        self._decide(self.customer, credit_limit=10000)
        self.assertTrue(self._warned("limit_use", self._today()))

    def test_a_new_date_of_review_ends_it_at_once(self):
        self._decide(self.customer, credit_review_date=self._today(-1))
        warning = self._warned("review_due", self._today())
        self.assertTrue(warning)
        self._decide(self.customer, credit_review_date=self._today(100))
        self.assertEqual(warning.state, "done")

    def test_paper_and_security(self):
        paper = (
            self.env["credit.document"]
            .with_user(self.controller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "type_id": self.env["credit.document.type"].search([], limit=1).id,
                    "date_valid": "2026-12-31",
                    "attachment_ids": [Command.create({"name": "p.txt", "raw": b"paper"})],
                }
            )
        )
        security = (
            self.env["credit.security"]
            .with_user(self.controller)
            .create(
                {
                    "name": "G-1",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "value": 500,
                    "date_from": "2026-01-01",
                    "date_to": "2026-12-31",
                }
            )
        )
        self.assertFalse(self._warned("paper", "2026-11-30"))
        self.assertFalse(self._warned("security", "2026-11-30"))
        self.assertIn("31", self._warned("paper", "2026-12-01").description)
        self.assertIn("G-1", self._warned("security", "2026-12-01").description)
        warnings = self._warnings(self.customer, state="open")
        self.assertEqual(
            {warning.kind: warning.origin for warning in warnings},
            {"paper": paper, "security": security},
        )
        for warning in warnings:
            action = warning.with_user(self.salesperson).action_open_documents()
            self.assertEqual(
                (action["res_model"], action["res_id"]), (warning.origin._name, warning.origin.id)
            )
        with freeze_time("2027-01-05"):
            self._run_daily(self.customer)
            texts = [warning.description for warning in warnings]
            self.assertTrue(any("expired on" in text for text in texts), texts)
            self.assertTrue(any("the limit fell by" in text for text in texts), texts)
        paper.with_user(self.controller).date_valid = "2027-12-31"
        security.with_user(self.controller).copy(
            {"name": "G-2", "date_from": "2026-12-31", "date_to": "2027-12-31"}
        )
        self.assertFalse(self._warned("paper", "2026-12-02"))
        self.assertFalse(self._warned("security", "2026-12-02"))

    def test_paper_is_named_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        kind = self.env["credit.document.type"].sudo().create({"name": "Licence of the trade"})
        kind.with_context(lang="zh_CN").name = "行业许可"
        self.env["credit.document"].with_user(self.controller).create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "type_id": kind.id,
                "date_valid": "2026-12-31",
                "attachment_ids": [Command.create({"name": "p.txt", "raw": b"paper"})],
            }
        )
        warning = self._warned("paper", "2026-12-20")
        self.assertIn("Licence of the trade", warning.description)
        self.assertIn("行业许可", warning.with_context(lang="zh_CN").description)
        kind.name = "Permit"
        self.env.invalidate_all()
        self.assertIn("Permit", warning.description)

    def test_documents_open_for_every_reader(self):
        """Orders, payments, exposure, shared exposure, the credit file: no button that fails."""
        self._ordered(1200, *(f"2026-{month:02}-05" for month in range(1, 11)))
        with freeze_time("2026-11-30"):
            for month in range(1, 9):
                self._paid_late(self.customer, 100, 2, date(2026, month, 10))
            late = self._paid_late(self.customer, 100, 30, date(2026, 11, 10))
        self._decide(self.customer, credit_review_date="2026-11-01")
        with freeze_time("2026-12-03"):
            self._invoice(self.customer, 9000)
            self._run_daily(self.customer)
        warnings = self._warnings(self.customer, state="open")
        kinds = {"orders_drop", "payment_slow", "limit_use", "review_due"}
        self.assertEqual(set(warnings.mapped("kind")), kinds)
        for role in (
            "salesperson", "sales_manager", "collector", "controller", "finance_manager",
            "general_manager", "auditor", "accountant",
        ):  # fmt: skip
            for warning in warnings.with_user(self.roles[role]):
                with self.subTest(role=role, kind=warning.kind), freeze_time("2026-12-03"):
                    self.env.invalidate_all()
                    action = warning.action_open_documents()
                    records = self.env[action["res_model"]].with_user(self.roles[role])
                    if not action.get("domain"):
                        self.assertEqual(action["res_id"], self.customer.id)
                        records.browse(action["res_id"]).read(["name"])
                        continue
                    found = records.search(action["domain"])
                    self.assertTrue(found)
                    found.read(["display_name"])
                    if warning.kind == "orders_drop":
                        self.assertEqual(len(found), 10)
                    if warning.kind == "payment_slow":
                        self.assertIn(late, found.move_id)

    def test_shared_limit_opens_the_exposure_of_the_group(self):
        other = self._customer("Sister", limit=10000)
        self.env["credit.group"].with_user(self.controller).create(
            {
                "name": "Family",
                "limit": 5000,
                "line_ids": [Command.create({"partner_id": c.id}) for c in (self.customer, other)],
            }
        )
        self._invoice(other, 4500, days_overdue=-300)
        warning = self._warned("limit_use", self._today())
        self.assertEqual((warning.value, warning.reference), (4500, 5000))
        action = warning.with_user(self.controller).action_open_documents()
        lines = self.env["credit.exposure.line"].with_user(self.controller)
        self.assertEqual(lines.search(action["domain"]).partner_id, other)

    def test_review_overdue(self):
        self._decide(self.customer, credit_review_date="2026-12-01")
        self.assertFalse(self._warned("review_due", "2026-12-01"))
        warning = self._warned("review_due", "2026-12-02")
        self.assertEqual(warning.date_limit, date(2026, 12, 1))

    def test_repeated_run_and_dealt_with(self):
        self._decide(self.customer, credit_review_date="2026-12-01")
        warning = self._warned("review_due", "2026-12-02")
        self.assertEqual(self._warned("review_due", "2026-12-02"), warning)
        partner = self.customer.with_user(self.salesperson)
        self.assertEqual(partner.credit_warning_count, 1)
        self.assertEqual(partner.credit_warning_text, warning.description)
        asked = warning.with_user(self.controller).action_done()
        self.assertEqual((asked["res_model"], warning.state), ("credit.warning.close", "open"))
        wizards = self.env["credit.warning.close"].with_user(self.controller)
        wizards.with_context(**asked["context"]).create({"note": "On my desk"}).action_done()
        self.assertEqual((warning.state, warning.note), ("done", "On my desk"))
        self.assertEqual(warning.done_by_id, self.controller)
        # Dealt with: quiet until the cause was gone once.
        self.assertFalse(self._warned("review_due", "2026-12-03"))
        self._decide(self.customer, credit_review_date="2026-12-05")
        self.assertFalse(self._warned("review_due", "2026-12-04"))
        self.assertFalse(warning.is_present)
        self.assertEqual(warning.done_by_id, self.controller)
        self.assertNotEqual(self._warned("review_due", "2026-12-06"), warning)

    def test_access(self):
        self._decide(self.customer, credit_review_date="2026-12-01")
        warning = self._warned("review_due", "2026-12-02")
        readers = {
            "salesperson": True, "salesperson2": False, "sales_manager": True, "collector": True,
            "controller": True, "finance_manager": True, "auditor": True, "accountant": True,
        }  # fmt: skip
        for role, may in readers.items():
            with self.subTest(role=role):
                record = warning.with_user(self.roles[role])
                self.assertEqual(record.has_access("read"), may)
                if role == "controller":
                    continue
                for change in (
                    record.action_done,
                    lambda r=record: r.write({"note": "x"}),
                    record.unlink,
                ):
                    with self.assertRaises(AccessError):
                        change()
        record = warning.with_user(self.controller)
        for values in ({"state": "done"}, {"value": 1}, {"is_present": False}, {"kind": "paper"}):
            with self.assertRaises(AccessError):
                record.write(values)
        with self.assertRaises(AccessError):
            record.unlink()
        with self.assertRaises(AccessError):
            record.create({"partner_id": self.customer.id, "kind": "paper"})

    def test_other_company(self):
        self._decide(self.customer, credit_review_date="2026-12-01")
        other = self.setup_other_company(name="Other")["company"]
        with freeze_time("2026-12-02"):
            self.env["credit.review"]._run(self.customer, other)
        self.assertFalse(self._warnings(self.customer))
