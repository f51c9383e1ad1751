from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .assessment_case import AssessmentCase

NEW = (
    "Number", "Date", "Customer", "Nature of Enterprise", "Registered Capital", "Bank",
    "Bank Account", "Legal Representative", "Person in Charge", "Finance Contact", "Phone",
    "Business Contact", "Service Type", "Business Content", "Qualification",
    "Business License No.", "Tax Registration No.", "Organization Code", "Special Trade License",
    "Other Qualifications", "ISO 9000", "ISO 20000", "Bank Credit Class", "Tax Credit Class",
    "Trade Risk", "Years in Business", "Financial Capacity", "Related Business", "Bad Records",
    "Opinions", "Attached", "Contract or agreement", "Sign-off", "Business Department",
    "Legal Affairs", "Administration", "Finance Department", "Vice president (marketing)",
    "General manager",
)  # fmt: skip

YEARLY = (
    "Number", "Date", "Customer", "Service Manager", "Account Manager", "Service Type",
    "Contract No.", "Contract Amount", "Years", "Payment in General", "Total Received So Far",
    "Scores", "Reviewer", "Contract performance", "Payment punctuality",
    "Length of business relationship", "Cooperation", "Total Score", "Average", "Grade", "Note",
    "Opinions", "Remark", "Sign-off", "Business Department", "Legal Affairs", "Administration",
    "Finance Department", "Vice president (marketing)", "General manager",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestAssessmentForm(AssessmentCase):
    """The two forms of the policy, field by field (P5-08, P5-09)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.sudo().write(
            {
                "vat": "US12345672",
                "company_registry": "LIC-77",
                "bank_ids": [
                    Command.create(
                        {
                            "acc_number": "6222-01",
                            "bank_id": cls.env["res.bank"].create({"name": "Bank of Wuhan"}).id,
                        }
                    )
                ],
                "child_ids": [
                    Command.create({"name": "Ms Finance", "type": "invoice", "phone": "111"}),
                    Command.create({"name": "Mr Business", "type": "contact", "phone": "222"}),
                ],
            }
        )
        cls.env["credit.investigation"].with_user(cls.controller).create(
            {"partner_id": cls.customer.id, "note": "Register", "stated_capital": 800000}
        )

    def _paper(self, assessment):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "credit_collection.report_credit_assessment", assessment.ids
        )
        return html.decode()

    def assertInOrder(self, text, words):
        place = 0
        for word in words:
            found = text.find(f">{word}", place)
            self.assertGreater(found, -1, f"{word} is missing after {text[place - 60 : place]}")
            place = found

    def test_new_customer_is_prefilled(self):
        self._documents("contract", reference="C-2026-9")
        assessment = self._assessment(kind="new", start=False)
        self.assertRecordValues(
            assessment,
            [{
                "bank_name": "Bank of Wuhan", "bank_account": "6222-01", "tax_number": "US12345672",
                "licence_number": "LIC-77", "finance_contact": "Ms Finance", "finance_phone": "111",
                "business_contact": "Mr Business", "business_phone": "222",
                "registered_capital": 800000, "contract_number": "C-2026-9",
            }],
        )  # fmt: skip
        assessment.write({"bank_name": "Another Bank", "service_type": "rental", "iso_9000": True})
        self.assertEqual(assessment.bank_name, "Another Bank")

    def test_new_customer_has_no_points(self):
        """Opinions and signatures close it; neither score nor grade comes of it."""
        self._documents("licence", "tax", "vat")
        assessment = self._assessment(kind="new", scorecard_id=False)
        self.assertFalse(assessment.line_ids)
        for user in (self.first, self.second):
            sheet = self._sheet(assessment, user)
            with self.assertRaisesRegex(UserError, "Enter your opinion"):
                sheet.action_submit()
            sheet.opinion = "Sound"
            sheet.action_submit()
        assessment.action_close()
        self.assertEqual(
            (assessment.state, assessment.score, assessment.grade_id.id), ("done", 0, False)
        )
        self.assertFalse(assessment.matrix_html)
        text = self._paper(assessment)
        self.assertInOrder(text, NEW)
        self.assertNotIn("Total Score", text)
        self.assertIn("Bank of Wuhan", text)
        self.assertFalse(assessment.action_apply()["context"]["default_grade_id"])

    def test_only_new_customers_go_without_points(self):
        for kind in ("yearly", "quarterly"):
            with self.assertRaisesRegex(ValidationError, "choose a scorecard"):
                self._assessment(kind=kind, start=False, scorecard_id=False)

    def test_yearly_form(self):
        """Payments in general and received so far come from the books, the matrix is turned."""
        due = self.today - timedelta(days=400)
        for amount in (300, 200):
            self._pay(
                self._invoice(self.customer, amount, invoice_date=due, invoice_date_due=due),
                date=due + timedelta(days=amount),
            )
        assessment = self._assessment()
        self.assertEqual(assessment.total_received, 500)
        self.assertEqual(assessment.account_manager_id, self.customer.user_id)
        self.assertIn("days late on average", assessment.payment_in_general)
        self.assertInOrder(self._paper(assessment), YEARLY)
        self._score(assessment, self.first, [25, 20, 25, 20])
        self._score(assessment, self.second, [25, 20, 25, 15])
        assessment.action_close()
        text = self._paper(assessment)
        self.assertInOrder(text, YEARLY)
        for matrix in (text, assessment.matrix_html):
            self.assertInOrder(
                matrix, ["90.00", "85.00", "Average", "25.00", "20.00", "25.00", "17.50", "87.50"]
            )
        self.assertIn(
            "A 90–100: more business; B 80–89: normal business; C 60–79: less business; D &lt; 60: no",
            text,
        )

    def test_people_correct_the_form_until_it_is_closed(self):
        assessment = self._assessment()
        assessment.write({"total_received": 7, "contract_amount": 9})
        for user in (self.first, self.second):
            self._score(assessment, user, [25, 20, 25, 20])
        assessment.action_close()
        with self.assertRaises(UserError):
            assessment.write({"total_received": 8})
