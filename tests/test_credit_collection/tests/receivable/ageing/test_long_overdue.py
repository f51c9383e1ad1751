import io
import zipfile

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestLongOverdue(AgeingCase):
    """The quarterly list of items over 180 days (P4-18)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._customer("Old")
        cls.older = cls._customer("Older")
        cls.young = cls._customer("Young")
        cls.invoice = cls._dated(cls.old, 1000, "2024-11-01", due="2024-12-01")
        cls._dated(cls.old, 50, "2025-06-01")
        cls._receive(cls.old, 100, date="2025-06-01")
        cls._dated(cls.older, 300, "2024-06-01")
        # 180 days on 30 June, not more
        cls._dated(cls.young, 70, "2025-01-01")

    def _load(self, day="2025-05-05", user=None):
        wizard = self.env["receivable.long.overdue.load"].with_user(user or self.controller)
        wizard.create({"date": day}).action_load()
        return self.env["receivable.long.overdue"].search([("company_id", "=", self.company.id)])

    def test_the_list_of_a_quarter(self):
        self.assertRecordValues(
            self._load(),
            [
                {
                    "partner_id": self.old.id, "date": self._day("2025-06-30"),
                    "amount": 900, "total": 950, "days": 211,
                },
                {
                    "partner_id": self.older.id, "date": self._day("2025-06-30"),
                    "amount": 300, "total": 300, "days": 394,
                },
            ],
        )  # fmt: skip

    def test_loaded_again_what_was_written_stays(self):
        row = self._load()[0].with_user(self.collector)
        row.write(
            {
                "uncollectable_amount": 700,
                "reason": "Closed",
                "action": "Sued",
                "prevention": "Cash",
            }
        )
        self.assertTrue(row.is_complete)
        self._pay(self.invoice, 400, date="2025-06-20")
        rows = self._load()
        self.assertRecordValues(
            rows[0], [{"amount": 500, "uncollectable_amount": 500, "action": "Sued"}]
        )
        self._pay(self.invoice, 600, date="2025-06-21")
        rows = self._load()
        self.assertEqual(rows.partner_id, self.old | self.older)
        self.assertRecordValues(
            rows.filtered(lambda r: r.partner_id == self.old), [{"amount": 0, "action": "Sued"}]
        )

    def test_another_quarter_is_another_list(self):
        self._load()
        rows = self._load("2025-09-30")
        self.assertEqual(len(rows.filtered(lambda r: str(r.date) == "2025-09-30")), 3)
        self.assertEqual(len(rows.filtered(lambda r: str(r.date) == "2025-06-30")), 2)

    def test_the_amount_opens_its_items(self):
        row = self._load()[1].with_user(self.auditor)
        action = row.action_open_items()
        items = self.env[action["res_model"]].with_user(self.auditor).search(action["domain"])
        self.assertEqual(sum(items.mapped("net")), row.amount)

    def test_allowed_roles(self):
        rows = self._load(user=self.accountant)
        for role in ("auditor", "salesperson", "legal"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._load(user=self.roles[role])
        with self.assertRaises(AccessError):
            rows[0].with_user(self.auditor).action = "x"
        for values in ({"amount": 1}, {"partner_id": self.young.id}, {"date": "2025-03-31"}):
            with self.assertRaises(AccessError):
                rows[0].with_user(self.administrator).write(values)

    def test_amounts_that_cannot_be(self):
        row = self._load()[0]
        for amount in (-1, 901):
            with self.subTest(amount=amount), self.assertRaises(ValidationError):
                row.with_user(self.controller).uncollectable_amount = amount
        with self.assertRaisesRegex(UserError, "not begun"):
            self._load(self._today(400))

    def test_pdf_and_xlsx(self):
        rows = self._load()
        rows[0].with_user(self.controller).write({"action": "=Sued", "uncollectable_amount": 700})
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "credit_collection.report_receivable_long_overdue", rows.ids
        )
        self.assertIn("1,200.00", html.decode())
        # Several quarters are one document: not every wkhtmltopdf joins several.
        both = rows | self._load("2025-03-31")
        self.assertEqual(len(set(both.mapped("date"))), 2)
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "credit_collection.report_receivable_long_overdue", both.ids
        )
        self.assertEqual(html.decode().count('class="article'), 1)
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.auditor)
            .with_context(active_model=rows._name)
            ._render_xlsx("credit_collection.receivable_long_overdue_xlsx", rows.ids, {})
        )
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        self.assertIn("<v>1200</v>", sheet)
        self.assertNotIn("<f>", sheet)

    def test_merged_customers(self):
        """Both were in the list of the quarter: one row of both, nothing that was said is lost."""
        rows = self._load()
        rows[0].with_user(self.collector).write({"uncollectable_amount": 700, "action": "Sued"})
        rows[1].with_user(self.collector).write({"uncollectable_amount": 30, "action": "Called"})
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        wizard._merge((self.old | self.older).ids, self.old)
        self.env.invalidate_all()
        rows = self.env["receivable.long.overdue"].search([("company_id", "=", self.company.id)])
        self.assertRecordValues(
            rows,
            [
                {
                    "partner_id": self.old.id, "amount": 1200, "total": 1250, "days": 394,
                    "uncollectable_amount": 730, "action": "Sued; Called",
                }
            ],
        )  # fmt: skip
