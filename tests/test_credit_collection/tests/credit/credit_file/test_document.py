from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..assessment.assessment_case import AssessmentCase


@tagged("post_install", "-at_install")
class TestDocument(AssessmentCase):
    """Papers: attached, valid until, or missing with a promised date (P4-02, P5-02)."""

    def _paper(self, name="licence", **values):
        return self._documents(name, **values)

    def test_states(self):
        soon, past = self.today + timedelta(days=30), self.today - timedelta(days=1)
        late = self.today + timedelta(days=31)
        paper = self._paper()
        for values, state in (
            ({}, "attached"),
            ({"date_valid": late}, "attached"),
            ({"date_valid": soon}, "expiring"),
            ({"date_valid": self.today}, "expiring"),
            ({"date_valid": past}, "expired"),
            ({"attachment_ids": [(5,)], "date_valid": False}, "missing"),
            ({"date_promised": soon}, "promised"),
        ):
            paper.write(values)
            with self.subTest(values=values):
                self.assertEqual(paper.state, state)
                for other, _label in paper._fields["state"]._description_selection(self.env):
                    found = paper.search([("id", "=", paper.id), ("state", "=", other)])
                    self.assertEqual(bool(found), other == state, other)

    def test_one_row_per_type(self):
        self._paper()
        with (
            self.assertRaisesRegex(Exception, "open_per_type|list already"),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._paper()

    def test_checklist_per_kind(self):
        """Starting an assessment lists the documents of its kind, once."""
        self._assessment(kind="new")
        model = self.env["credit.document"]
        papers = model._get_checklist(self.customer, self.company, "new")
        names = papers.type_id.mapped("name")
        for name in ("Business license", "Tax registration", "VAT taxpayer certificate"):
            self.assertIn(name, names)
        self.assertEqual(set(papers.mapped("state")), {"missing"})
        again = model._get_checklist(self.customer, self.company, "new", create=True)
        self.assertEqual(again, papers)
        yearly = model._get_checklist(self.customer, self.company, "yearly").type_id
        self.assertNotIn("Tax registration", yearly.mapped("name"))

    def test_new_customer_needs_documents(self):
        assessment = self._assessment(kind="new")
        for user in (self.first, self.second):
            self._score(assessment, user, [20] * 5)
        with self.assertRaisesRegex(UserError, "Business license: missing"):
            assessment.action_close()
        papers = self.env["credit.document"]._get_checklist(self.customer, self.company, "new")
        required = papers.filtered("is_required").with_user(self.controller)
        self.assertEqual(len(required), 3)
        required[0].attachment_ids = [(0, 0, {"name": "a.txt", "raw": b"a"})]
        required[1:].date_promised = self.today + timedelta(days=10)
        assessment.action_close()
        self.assertEqual(assessment.state, "done")
        self.assertEqual(assessment.grade_id, self._grade("A"))

    def test_expiry_activity_once(self):
        soon = self._paper(date_valid=self.today + timedelta(days=30))
        later = self._paper("bank", date_valid=self.today + timedelta(days=31))
        broken = self._paper("permit", attachment_ids=False)
        broken.date_promised = self.today - timedelta(days=1)
        self._run_job("credit_document_expiry")
        self._run_job("credit_document_expiry")
        self.assertEqual(len(soon.activity_ids), 1)
        self.assertEqual(soon.activity_ids.user_id, self.salesperson)
        self.assertEqual(soon.activity_ids.date_deadline, soon.date_valid)
        self.assertEqual(len(broken.activity_ids), 1)
        self.assertFalse(later.activity_ids)
        soon.date_valid = self.today + timedelta(days=400)
        self.assertFalse(soon.activity_ids)
        self.assertFalse(soon.warned_on)

    def test_access(self):
        paper = self._paper()
        for user in (self.controller, self.salesperson, self.sales_manager):
            paper.with_user(user).note = f"by {user.name}"
        for user in (self.auditor, self.finance_manager):
            self.assertEqual(paper.with_user(user).state, "attached")
            with self.assertRaises(AccessError):
                paper.with_user(user).note = "changed"
        for user in (self.salesperson2, self.first, self.accountant):
            with self.assertRaises(AccessError):
                paper.with_user(user).read(["note"])
        self._assessment()
        self.assertEqual(paper.with_user(self.first).read(["state"])[0]["state"], "attached")
        with self.assertRaises(AccessError):
            paper.with_user(self.salesperson).unlink()

    def test_files_are_read_with_the_paper(self):
        upload = (
            self.env["ir.attachment"]
            .with_user(self.salesperson)
            .create({"name": "scan.txt", "raw": b"x", "res_model": "credit.document"})
        )
        paper = self._paper(attachment_ids=[(5,)])
        paper.with_user(self.salesperson).attachment_ids = [(4, upload.id)]
        self.env.invalidate_all()
        self.assertEqual(upload.with_user(self.auditor).raw, b"x")
        with self.assertRaises(AccessError):
            upload.with_user(self.salesperson2).read(["raw"])


@tagged("post_install", "-at_install")
class TestInvestigation(AssessmentCase):
    """Findings and their source, and where they contradict the trade record (P1-02, P4-19)."""

    def _found(self, **values):
        return (
            self.env["credit.investigation"]
            .with_user(self.salesperson)
            .create(
                {
                    "partner_id": self.customer.id,
                    "source": "visit",
                    "note": "Seen",
                    "date": self.today,
                    **values,
                }
            )
        )

    def _contradictions(self, **values):
        assessment = self._assessment(start=False, **values)
        return assessment.with_user(self.first).contradictions or ""

    def test_no_contradiction(self):
        self._invoice(self.customer, 1000)
        self._found(
            stated_turnover=50000, stated_purchases=1100, stated_capital=50000, stated_years=0.5
        )
        self.assertEqual(self._contradictions(), "")

    def test_turnover_and_purchases(self):
        self._invoice(self.customer, 5000)
        self._found(stated_turnover=4000, stated_purchases=3900)
        text = self._contradictions()
        self.assertIn("Turnover of $ 4,000.00", text.replace("\xa0", " "))
        self.assertIn("Purchases from us of", text)

    def test_years(self):
        self._found(stated_years=6)
        self.assertIn("there is no invoice", self._contradictions())
        self._invoice(self.customer, 10, invoice_date=self.today - timedelta(days=800))
        self.assertIn("but the first invoice is dated", self._contradictions(kind="quarterly"))

    def test_capital_against_the_limit(self):
        """P2-15: 20 % of the registered capital; 10,000 of 50,000 is just allowed."""
        self._found(stated_capital=50000)
        self.assertEqual(self._contradictions(), "")
        self._found(stated_capital=49999)
        self.assertIn("more than 20% of the registered capital", self._contradictions(kind="new"))

    def test_newest_statement_counts_and_is_frozen(self):
        self._invoice(self.customer, 5000)
        old = self._found(stated_turnover=4000, date=self.today - timedelta(days=90))
        self._found(stated_turnover=9000)
        self.assertEqual(self._contradictions(kind="quarterly"), "")
        old.date = self.today
        old.sudo().search([("id", "!=", old.id)]).sudo().unlink()
        assessment = self._assessment()
        for user in (self.first, self.second):
            self._score(assessment, user, [25] * 4)
        assessment.action_close()
        self.assertIn("Turnover of", assessment.contradictions)
        old.stated_turnover = 0
        self.env.invalidate_all()
        self.assertIn("Turnover of", assessment.contradictions)

    def test_expired_paper(self):
        self._documents("licence", date_valid=self.today - timedelta(days=3))
        self.assertIn("Business license: expired on", self._contradictions())

    def test_values_are_checked(self):
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self._found(stated_capital=-1)
        with self.assertRaisesRegex(ValidationError, "later day than today"):
            self._found(date=self.today + timedelta(days=1))

    def test_access(self):
        row = self._found()
        row.note = "By the salesperson himself"
        self.assertEqual(row.with_user(self.auditor).source, "visit")
        with self.assertRaises(AccessError):
            row.with_user(self.auditor).note = "x"
        with self.assertRaises(AccessError):
            row.with_user(self.salesperson2).read(["note"])
        with self.assertRaises(AccessError):
            self.env["credit.investigation"].with_user(self.salesperson2).create(
                {"partner_id": self.customer.id, "source": "visit", "note": "x"}
            )


@tagged("post_install", "-at_install")
class TestAssessmentBooks(AssessmentCase):
    """Criteria filled from the books, frozen, drillable, overruled with a reason."""

    def _criterion(self, assessment, source):
        return assessment.line_ids.filtered(lambda line: line.source == source)

    def test_filled_from_the_books(self):
        move = self._invoice(
            self.customer, 1000, invoice_date=self.today - timedelta(days=2000),
            invoice_date_due=self.today - timedelta(days=1970),
        )  # fmt: skip
        self._pay(move, date=self.today - timedelta(days=1970))
        late = self._invoice(
            self.customer, 500, invoice_date=self.today - timedelta(days=60),
            invoice_date_due=self.today - timedelta(days=30),
        )  # fmt: skip
        self._pay(late, date=self.today - timedelta(days=22))
        assessment = self._assessment()
        speed = self._criterion(assessment, "payment_speed")
        self.assertEqual(speed.ledger_value, 8)
        self.assertEqual(speed.ledger_option_id.points, 15)
        self.assertIn("8.0 days late on average", speed.ledger_text)
        self.assertEqual(
            self._criterion(assessment, "cooperation_years").ledger_option_id.points, 25
        )
        sheet = self._sheet(assessment, self.first)
        self.assertEqual(sheet.score_ids.mapped("points"), [0, 15, 25, 0])
        # frozen: later payments change nothing
        self._pay(self._invoice(self.customer, 9000, days_overdue=90))
        self.assertEqual(speed.ledger_value, 8)
        self.assertEqual(assessment.ledger_days_late, 8)
        # as the controller, who may read the books
        action = speed.action_open_documents()
        lines = self.env["account.move.line"].with_user(self.controller).search(action["domain"])
        self.assertIn(late, lines.move_id)
        self.assertNotIn(move, lines.move_id)

    def test_nothing_in_the_books(self):
        assessment = self._assessment()
        for source in ("payment_speed", "cooperation_years"):
            line = self._criterion(assessment, source)
            self.assertFalse(line.is_in_ledger)
            self.assertFalse(line.ledger_option_id)
            self.assertEqual(line.ledger_text, "No ledger data")

    def test_overrule_needs_a_reason(self):
        self._invoice(self.customer, 1000, invoice_date=self.today - timedelta(days=700))
        assessment = self._assessment()
        with self.assertRaisesRegex(UserError, "reason for overriding the ledger data: .*Length"):
            self._score(assessment, self.first, [25, 10, 25, 25], reason="  ")
        self._score(assessment, self.first, [25, 10, 25, 25], reason="Same owner as a customer")
        score = self._sheet(assessment, self.first).score_ids[2]
        self.assertTrue(score.is_overruled)
        self.assertEqual(score.ledger_option_id.points, 15)
