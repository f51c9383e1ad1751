import io
import shutil
import subprocess
import tempfile
import unicodedata
from pathlib import Path

from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestReleaseFigures(GateCase):
    """The application shows P4-09's figures as they were, whatever happens afterwards (P4-11).

    Worked example: limit 10,000, term 30 days. Open: 4,000 not due, 2,500 due 20 days ago,
    1,500 due 40 days ago; an order of 3,000 confirmed and not invoiced. The new order is 5,000
    at 45 days. Receivable to date 8,000; exposure 11,000; over the limit 11,000 + 5,000 − 10,000
    = 6,000; over term (15 days of grace) 4,000.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["credit.rule"].sudo().search([("rule_type", "=", "overdue")]).days = 15
        cls.buyer = cls._customer("Ming & Sons", limit=10000, term=30, grade="B")
        cls._order(cls.buyer, 3000, confirm=True)
        cls.first = cls._invoice(cls.buyer, 4000, days_overdue=-10)
        cls.second = cls._invoice(cls.buyer, 2500, days_overdue=20)
        cls.third = cls._invoice(cls.buyer, 1500, days_overdue=40)

    FIGURES = {
        "approved_limit": 10000,
        "effective_limit": 10000,
        "approved_term": 30,
        "receivable": 8000,
        "exposure": 11000,
        "over_limit": 6000,
        "over_term": 4000,
        "days_overdue": 40,
        "order_amount": 5000,
        "order_term": 45,
        "prepaid": 0,
        "grade_code": "B",
        "state": "held",
    }

    def _placed_on_hold(self):
        return self._held(5000, partner=self.buyer, term=self._term(45))

    def test_worked_example(self):
        order, hold = self._placed_on_hold()
        self.assertRecordValues(hold, [self.FIGURES])
        self.assertEqual(set(hold.reason_ids.mapped("rule_type")), {"limit", "overdue", "term"})
        self.assertEqual(hold.partner_id, self.buyer)
        self.assertEqual(hold.order_name, order.name)
        self.assertEqual(hold.user_id, self.salesperson)
        self.assertEqual(hold.currency_id, self.company.currency_id)
        limit = hold.reason_ids.filtered(lambda r: r.rule_type == "limit")
        self.assertEqual((limit.actual, limit.allowed), (16000, 10000))

    def test_one_reason_per_broken_rule(self):
        _order, hold = self._placed_on_hold()
        self.assertEqual(len(hold.reason_ids), 3)
        self.assertEqual(len(hold.reason_ids.rule_id), 3)

    def test_curing_amounts(self):
        """Over the limit by 600 and nothing else: collect 600 or cut the order by 600."""
        self._invoice(self.customer, 600)
        _order, hold = self._held(1000)
        self.assertRecordValues(hold, [{"cure_collect": 600, "cure_cut": 600}])
        self.assertIn("600", hold.cure_note)

    def test_remedies_are_remedies(self):
        """Nobody collects from a customer who owes nothing, or cuts an order to nothing."""
        _order, hold = self._held(1600)
        self.assertRecordValues(hold, [{"cure_collect": 0, "cure_cut": 600}])
        self.assertNotIn("collect", hold.cure_note)
        self.assertIn("reduce the order by $ 600.00", hold.cure_note.replace("\xa0", " "))
        self.assertIn("paid in advance", hold.cure_note)
        self.assertIn("paid in advance", hold.reason_ids.cure)
        self._invoice(self.customer, 1000)
        _order, hold = self._held(500)
        self.assertRecordValues(hold, [{"cure_collect": 500, "cure_cut": 0}])
        self.assertNotIn("reduce", hold.cure_note)
        self.assertNotIn("reduce", hold.reason_ids.cure)

    def test_figures_do_not_change_with_the_customer_or_the_rule(self):
        _order, hold = self._placed_on_hold()
        self._request(hold)
        frozen = [*self.FIGURES, "reason_summary", "cure_note", "control"]
        frozen.remove("state")
        reasons = ["rule_name", "description", "cure", "actual", "allowed", "action", "rule_type"]
        before = hold.read(frozen), hold.reason_ids.read(reasons)
        self._decide(
            self.buyer,
            credit_limit=10001,
            credit_term_days=31,
            credit_grade_id=self._grade("C").id,
            name="Another name",
        )
        rules = self.env["credit.rule"].with_user(self.administrator).search([])
        rules.write({"name": "Renamed", "days": 14, "tolerance_percent": 1})
        self._pay(self.third)
        self.env.invalidate_all()
        self.assertEqual(hold.state, "requested")
        self.assertEqual((hold.read(frozen), hold.reason_ids.read(reasons)), before)
        rules.unlink()
        self.env.invalidate_all()
        names = [dict(values, id=0) for values in hold.reason_ids.read(reasons)]
        self.assertEqual(names, [dict(values, id=0) for values in before[1]])

    def test_figures_are_in_company_currency(self):
        euro = self._rate("EUR", 0.5)
        pricelist = self.env["product.pricelist"].create({"name": "E", "currency_id": euro.id})
        _order, hold = self._held(1000, pricelist_id=pricelist.id)
        self.assertEqual(hold.order_amount, 2000)
        self.assertEqual(hold.over_limit, 1000)

    # ------------------------------------------------------------------ decision file

    def _pdf(self, hold, user):
        """Text of the decision file as this user prints it, by the real wkhtmltopdf."""
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(user)
            .with_context(lang=user.lang, force_report_rendering=True)
            ._render_qweb_pdf("credit_collection.action_report_credit_hold", hold.ids)
        )
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))
        return self._text(content)

    def _text(self, content):
        if shutil.which("pdftotext"):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "hold.pdf")
                path.write_bytes(content)
                done = subprocess.run(
                    ["pdftotext", "-layout", path, "-"], capture_output=True, check=True
                )
            return done.stdout.decode()
        reader = PdfReader(io.BytesIO(content))
        return "\n".join(page.extract_text() for page in reader.pages)

    def assertOnPaper(self, text, *words):
        # A PDF gives some Chinese characters back as their look-alikes: 用 as ⽤.
        flat = unicodedata.normalize("NFKC", "".join(text.split()))
        for word in words:
            self.assertIn("".join(word.split()), flat)

    def test_decision_file_in_english(self):
        order, hold = self._placed_on_hold()
        self._request(hold)
        self._approve(hold)
        text = self._pdf(hold, self.finance_manager)
        self.assertOnPaper(
            text, hold.name, order.name, "Ming & Sons", "Salesperson", "10,000.00", "8,000.00",
            "6,000.00", "4,000.00", "5,000.00", "11,000.00", "Sales Manager", "Finance Manager",
            "General Manager", "Pays 500 each month",
        )  # fmt: skip
        self.assertOnPaper(text, "Approved limit", "Overdue beyond grace", "Receivable to date")

    def test_decision_file_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search(
            [("name", "in", ("credit_collection", "base", "web", "mail"))]
        )._update_translations(["zh_CN"])
        self.finance_manager.lang = "zh_CN"
        order, hold = self._placed_on_hold()
        text = self._pdf(hold, self.finance_manager)
        self.assertOnPaper(text, hold.name, order.name, "10,000.00", "6,000.00", "4,000.00")
        self.assertOnPaper(text, "解冻申请", "信用")
        self.assertNotIn("Approved limit", text)
        self.assertNotIn("Overdue beyond grace", text)
        self.assertNotIn("held on", text)
        self.assertNotIn("排序", text, "an order of goods, not a sort order")

    def test_markup_stays_text_on_paper(self):
        evil = self._customer("<b>Bold</b> & Co", limit=10)
        _order, hold = self._held(100, partner=evil)
        self._request(hold, reason="other", note="<script>alert(1)</script>")
        text = self._pdf(hold, self.finance_manager)
        self.assertOnPaper(text, "<b>Bold</b>&Co", "<script>alert(1)</script>")

    def test_printing_needs_read_access(self):
        _order, hold = self._placed_on_hold()
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(self.salesperson2)
        self.assertTrue(
            self.attempt(
                lambda: reports._render_qweb_html(
                    "credit_collection.action_report_credit_hold", hold.ids
                )
            )
        )
