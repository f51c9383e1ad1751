from odoo.tests import tagged

from .agreement_case import AgreementCase


@tagged("post_install", "-at_install")
class TestAgreementLateStatement(AgreementCase):
    """A verdict on an agreement follows the books: statements come late, payments are returned."""

    def _terms(self, **values):
        """Three instalments of 300 after 10, 20 and 30 days; two days of grace."""
        return self._in_force(
            instalment_count=3,
            interval=10,
            interval_unit="days",
            date_first=self._today(10),
            **values,
        )

    def _broken(self, days=13, **values):
        agreement = self._terms(**values)
        self._evaluate(agreement, days)
        self.assertEqual(agreement.state, "broken")
        return agreement

    def test_a_statement_entered_late(self):
        """Broken on day 13; on day 13 the statement of day 10 is entered: it was kept so far."""
        invoice = self._invoice(self.customer, 900, 40)
        agreement = self._broken()
        self.assertEqual(self._chase(invoice), [900])
        self.assertEqual(len(self.case.sudo().activity_ids), 1)
        self._pay(invoice, 300, date=self._today(-3))
        self.assertEqual(self._evaluate(agreement), agreement)
        self.assertRecordValues(
            agreement, [{"state": "active", "date_end": False, "end_note": False}]
        )
        self.assertEqual(agreement.line_ids.mapped("state"), ["paid", "open", "open"])
        self.assertEqual(self._chase(invoice), [0])
        self.assertFalse(self.case.broken_promise_count)
        self.assertFalse(self.case.sudo().activity_ids)
        self.assertIn(self.salesperson.partner_id, self._notified(agreement))
        # Safe to repeat, and evaluated as before.
        self.assertFalse(self._evaluate(agreement))
        self._evaluate(agreement, 10)
        self.assertEqual(agreement.state, "broken")

    def test_paid_late_stays_broken(self):
        invoice = self._invoice(self.customer, 900, 40)
        agreement = self._broken()
        self._pay(invoice, 300)
        self.assertFalse(self._evaluate(agreement))
        self._evaluate(agreement, 10)
        self.assertEqual(agreement.state, "broken")
        # Items due after the end belong to no instalment any more.
        self.assertEqual(agreement.line_ids.mapped("state"), ["missed", "open", "open"])

    def test_all_of_it_was_paid_in_time(self):
        invoice = self._invoice(self.customer, 900, 40)
        agreement = self._broken()
        self._pay(invoice, 900, date=self._today(-3))
        self._evaluate(agreement)
        self.assertEqual(agreement.state, "kept")
        self.assertFalse(agreement.end_note)

    def test_one_of_two_missed_was_paid(self):
        """On day 23 two are missed; the first turns out to be paid: broken all the same."""
        invoice = self._invoice(self.customer, 900, 40)
        agreement = self._broken(23)
        self._pay(invoice, 300, date=self._today(-13))
        self._evaluate(agreement)
        self.assertEqual(agreement.state, "broken")
        self.assertEqual(agreement.line_ids.mapped("state"), ["paid", "missed", "open"])

    def test_a_newer_agreement_stands(self):
        invoice = self._invoice(self.customer, 900, 40)
        agreement = self._broken()
        newer = self._in_force()
        self._pay(invoice, 300, date=self._today(-3))
        self._evaluate(agreement)
        self.assertEqual((agreement.state, newer.state), ("broken", "active"))
        # Nor when both have ended: it is the newer that comes back.
        newer.sudo()._system().write({"state": "broken", "date_end": self._today()})
        newer.line_ids[0].sudo()._system().write({"state": "missed"})
        self._evaluate(agreement)
        self.assertEqual((agreement.state, newer.state), ("broken", "active"))

    def test_after_the_time_of_review(self):
        invoice = self._invoice(self.customer, 900, 40)
        agreement = self._broken()
        agreement.sudo()._system().write({"date_end": self._today(-61)})
        self._pay(invoice, 300, date=self._today(-3))
        self.assertFalse(self._evaluate(agreement))
        self.assertEqual(agreement.state, "broken")

    def test_money_taken_back(self):
        """Kept on day 13 by three payments; the first comes back: the first instalment is missed."""
        invoice = self._invoice(self.customer, 900, 40)
        agreement = self._terms()
        payment = self._pay(invoice, 900, date=self._today(-5))
        self._evaluate(agreement, 13)
        self.assertEqual(agreement.state, "kept")
        # Not matched any more it is still the customer's money.
        self._claims(invoice).remove_move_reconcile()
        self._evaluate(agreement)
        self.assertEqual(agreement.state, "kept")
        payment.action_draft()
        payment.action_cancel()
        self._evaluate(agreement)
        self.assertEqual(agreement.state, "broken")
        self.assertEqual(agreement.line_ids.mapped("state"), ["missed", "open", "open"])
        self.assertTrue(agreement.end_note)
