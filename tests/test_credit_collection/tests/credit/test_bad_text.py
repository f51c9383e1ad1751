from odoo.exceptions import AccessError

from ..common import CreditCollectionCommon

MARKUP = '<script>alert("x")</script><b>bold</b>'
ESCAPED = "&lt;script&gt;"


class TestBadText(CreditCollectionCommon):
    """Text with markup is shown as it was typed; an import says which row is wrong."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(MARKUP, limit=100)
        cls.late = cls._invoice(cls.customer, 50, days_overdue=60)
        cls._decide(cls.customer, credit_control="frozen")
        cls.env["credit.rule"].search([]).sudo().write({"name": MARKUP})
        cls.term = cls._term(60)
        cls.term.name = MARKUP
        cls.order = cls._order(cls.customer, 500, term=cls.term)
        cls.order.with_user(cls.salesperson).action_credit_confirm()
        cls.hold = cls.env["credit.hold"].sudo().search([("order_id", "=", cls.order.id)])

    def assert_text(self, html, shown=True):
        html = str(html)
        self.assertNotIn("<script>alert", html)
        self.assertNotIn("<b>bold", html)
        if shown:
            self.assertIn(ESCAPED, html)

    def test_banner(self):
        for user in (self.salesperson, self.controller):
            self.assert_text(self.order.with_user(user).credit_banner)

    def test_decision_file(self):
        self.hold.with_user(self.salesperson).write(
            {"release_reason": "other", "release_note": MARKUP}
        )
        report = self.env["ir.actions.report"].search([("model", "=", "credit.hold")])
        self.assertTrue(report)
        html, _type = report[0]._render_qweb_html(report[0].report_name, self.hold.ids)
        self.assert_text(html.decode())

    def test_chatter_activities_and_mails(self):
        self.hold.with_user(self.salesperson).action_cancel()
        messages = self.hold.message_ids | self.order.sudo().message_ids
        self.assertTrue(messages)
        for message in messages:
            self.assert_text(message.body, shown=False)
        for activity in self.hold.activity_ids:
            self.assert_text(activity.note or "", shown=False)
            self.assert_text(activity.summary or "", shown=False)
        mails = self.env["mail.mail"].sudo().search([("model", "=", "credit.hold")])
        for mail in mails.filtered(lambda mail: mail.res_id in self.hold.ids):
            self.assert_text(mail.body_html or "", shown=False)

    def test_refusal_is_plain_text(self):
        with self.assertRaises(Exception) as caught, self.cr.savepoint():
            self.order.with_user(self.salesperson).action_confirm()
        self.assertNotIn("<p>", str(caught.exception))

    def test_words_on_the_hold_stay_as_typed(self):
        names = self.hold.reason_ids.mapped("rule_name")
        self.assertTrue(any(MARKUP in name for name in names))

    # -------------------------------------------------------------------- import

    def _load(self, rows, user=None):
        columns = ["name", "credit_control", "credit_limit", "credit_term_days", "credit_grade_id"]
        partners = self.env["res.partner"].with_user(user or self.controller)
        return partners.load(columns, rows)

    def test_controller_imports_limits(self):
        result = self._load([
            ["Import One", "limit", "5000", "30", "A"],
            ["Import Two", "cash", "0", "0", ""],
        ])  # fmt: skip
        self.assertFalse(result["messages"])
        partners = self.env["res.partner"].browse(result["ids"]).sudo()
        self.assertEqual(partners.mapped("credit_control"), ["limit", "cash"])
        self.assertEqual(partners.mapped("credit_limit"), [5000, 0])
        self.assertEqual(partners[0].credit_grade_id, self._grade("A"))

    def test_bad_row_is_named_and_nothing_is_saved(self):
        good = ["Import Good", "limit", "5000", "30", ""]
        for bad in (
            ["Import Bad", "limit", "-5", "30", ""],
            ["Import Bad", "limit", "much", "30", ""],
            ["Import Bad", "limit", "5", "99999", ""],
            ["Import Bad", "generous", "5", "30", ""],
            ["Import Bad", "limit", "5", "30", "Grade of nobody"],
        ):
            with self.subTest(bad=bad):
                result = self._load([good, bad])
                self.assertFalse(result["ids"])
                error = [each for each in result["messages"] if each["type"] == "error"]
                # Odoo repeats on the first row the error that stopped the batch.
                self.assertEqual(error[-1]["rows"], {"from": 1, "to": 1})
                self.assertTrue(error[-1]["message"])
                self.assertFalse(
                    self.env["res.partner"].search([("name", "in", ("Import Good", "Import Bad"))])
                )

    def test_salesperson_imports_no_limits(self):
        result = self._load([["Import Mine", "limit", "5000", "", ""]], user=self.sales_manager)
        self.assertFalse(result["ids"])
        self.assertTrue(result["messages"])
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Import Mine")]))

    # ------------------------------------------------------------------- release

    def test_absurd_expiry_of_an_application(self):
        """How long a release is valid is the policy's, not the applicant's."""
        hold = self.hold.with_user(self.salesperson)
        for date in ("1999-01-01", self._today(-1), "2199-01-01"):
            with self.subTest(date=date), self.assertRaises(AccessError), self.cr.savepoint():
                hold.date_expiry = date
                self.env.flush_all()
