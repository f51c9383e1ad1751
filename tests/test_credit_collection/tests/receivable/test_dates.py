from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .note.note_case import NoteCase


@tagged("post_install", "-at_install")
class TestDates(NoteCase):
    """Dates of another age and in the wrong order are refused, with field and value."""

    def _refused(self, call, *parts, error=ValidationError):
        with self.assertRaises(error) as refusal, self.cr.savepoint():
            call()
            self.env.flush_all()
        for part in parts:
            self.assertIn(part, str(refusal.exception))

    def _note_of(self, **values):
        return self._note(self.invoice, receive=False, **values)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(cls.customer, 1000)

    def test_accounting_dates_of_another_age(self):
        writeoff = self._writeoff(self.invoice)
        for day, text in (("1990-01-01", "01/01/1990"), ("2190-01-01", "01/01/2190")):
            self._refused(lambda d=day: writeoff.write({"date": d}), "Accounting Date", text)
            self._refused(
                lambda d=day: self.env["receivable.ageing.report"].create({"date": d}), text
            )
            self._refused(
                lambda d=day: (
                    self.env["receivable.undo"]
                    .with_context(active_model=writeoff._name, active_id=writeoff.id)
                    .create({"reason": "x", "date": d})
                ),
                "Date of the Reversal",
                text,
            )

    def test_several_dates_are_told_together(self):
        self._refused(
            lambda: self._note_of(date_received="1990-01-01", date_maturity="2190-06-01"),
            "Received on cannot be 01/01/1990",
            "Maturity cannot be 06/01/2190",
        )

    def test_a_document_may_be_valid_for_long(self):
        security = self.env["credit.security"].with_user(self.controller).create(
            {"name": "M1", "partner_id": self.customer.id, "value": 10, "kind": "mortgage",
             "date_from": self._today(-6000), "date_to": self._today(9000)}
        )  # fmt: skip
        self.assertTrue(security)
        self._refused(lambda: security.write({"date_to": "2290-01-01"}), "Valid To", "2290")

    def test_a_note_due_before_it_is_issued(self):
        day = self._today
        self._refused(
            lambda: self._note_of(date_issue=day(-3), date_received=day(-5), date_maturity=day(-9)),
            "Issued on", "Maturity", "Received on",
        )  # fmt: skip
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as log:
            form = Form(self.env["receivable.note"].with_user(self.accountant))
            form.date_issue = day(10)
            form.date_maturity = day(5)
        self.assertIn("Maturity", str(log.output))

    def test_a_write_off_before_its_invoice(self):
        writeoff = self._writeoff(self.invoice)
        self._refused(
            lambda: writeoff.write({"date": self._today(-400)}),
            self.invoice.name,
            "before the date",
        )

    def test_an_ageing_to_come_says_what_it_leaves_out(self):
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as log:
            form = Form(self.env["receivable.ageing.report"].with_user(self.controller))
            form.date = self._today(30)
        self.assertIn("still to come", str(log.output))

    def test_all_that_is_missing_is_told_at_once(self):
        writeoff = self._writeoff(self.invoice, attach=False)
        writeoff.write({"explanation": False})
        self._refused(
            writeoff.action_request, "Evidence is missing", "Explain why", error=UserError
        )
