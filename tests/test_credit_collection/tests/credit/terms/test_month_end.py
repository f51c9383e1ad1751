from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..application.application_case import ApplicationCase
from ..hold.rule_case import RuleCase


@tagged("post_install", "-at_install")
class TestMonthEnd(ApplicationCase, RuleCase):
    """Terms of "month-end plus N" beside "N days after the invoice" (P4-06)."""

    def _month_end(self, days):
        return self._term({"delay_type": "days_after_end_of_month", "nb_days": days})

    def _approved(self, **values):
        application = self._request(self._application(**values))
        self._approve(application, *self._deciders(application))
        return application

    def _deciders(self, application):
        deciders = [self.finance_manager, self.sales_manager, self.general_manager]
        return (*deciders, *self.next_level) if application.is_large else deciders

    # ------------------------------------------------------------------ ask for it

    def test_typed_in_the_form(self):
        form = Form(self.env["credit.application"].with_user(self.salesperson))
        form.partner_id = self.customer
        form.term_start = "month_end"
        form.month_end_days = 30
        self.assertEqual(form.term_days, 60)
        self.assertEqual(form.term_months, 2.0)
        self.assertNotIn("maximum standard term", form.notice or "")
        form.month_end_days = 75
        self.assertEqual(form.term_days, 105)
        self.assertIn("60 days", form.notice)
        application = form.save()
        self.assertRecordValues(
            application,
            [{"term_days": 105, "month_end_days": 75, "term_text": "75 days after end of month"}],
        )

    def test_by_script(self):
        application = self._application(term_days=0, term_start="month_end", month_end_days=30)
        self.assertRecordValues(application, [{"term_days": 60, "month_end_days": 30}])

    def test_never_shorter_than_a_month(self):
        application = self._application(term_days=20, term_start="month_end")
        self.refused(lambda: self._request(application), words=["month's end", "30", "20"])

    def test_sixty_at_most_and_a_hundred(self):
        """The company's own authority ends at 60, above 100 the next level; also after month end (P4-06)."""
        for start, more in (("invoice", 0), ("month_end", 30)):
            for days, notice, large in (
                (60, False, False), (61, True, False), (100, True, False), (101, True, True),
            ):  # fmt: skip
                application = self._application(term_days=more + days, term_start=start)
                with self.subTest(start=start, days=days):
                    self.assertEqual("60 days" in (application.notice or ""), notice)
                    self.assertEqual(application.is_large, large)
                    application.unlink()
        self.company.credit_term_max_days = 90
        application = self._application(term_days=120, term_start="month_end")
        self.assertNotIn("maximum standard term", application.notice or "")
        unlimited = self._application(term_days=91, control="none")
        self.assertIn("90 days", unlimited.notice)

    # ------------------------------------------------------------------ effects of an approval

    def test_written_on_the_customer_and_in_the_history(self):
        self._approved(term_days=60, term_start="month_end")
        customer = self._figures(self.customer)
        self.assertRecordValues(
            customer,
            [
                {
                    "credit_term_days": 60,
                    "credit_term_start": "month_end",
                    "credit_term_text": "30 days after end of month",
                }
            ],
        )
        decision = self._decisions()[:1]
        self.assertRecordValues(decision, [{"new_term_days": 60, "new_term_start": "month_end"}])
        self.assertIn("Month End", decision.summary)

    def test_after_the_invoice_adds_no_word(self):
        self._approved(term_days=60)
        self.assertFalse(self.customer.credit_term_start)
        self.assertNotIn("Term Starts from", self._decisions()[:1].summary)

    def test_back_to_the_invoice(self):
        self._approved(term_days=60, term_start="month_end")
        change = self._application(kind="change")
        self.assertEqual(change.term_start, "month_end", "starts from the present term")
        change.with_user(self.salesperson).write({"term_start": "invoice", "term_days": 45})
        self._approve(self._request(change))
        self.assertEqual(self._figures(self.customer).credit_term_text, "45 days after the invoice")

    # ------------------------------------------------------------------ orders

    def test_orders_of_a_month_end_customer(self):
        """Approved is month-end plus 30: 60 days at most, but 30 for an invoice of the 31st."""
        self._set_rules({"rule_type": "term"})
        self._approved(term_days=60, term_start="month_end")
        passes = (
            self._month_end(30), self._month_end(15), self._term(0), self._term(30),
            self._term({"delay_type": "days_after_end_of_next_month", "nb_days": 0}),
            self._term({"delay_type": "days_end_of_month_on_the", "days_next_month": "25"}),
        )  # fmt: skip
        for term in passes:
            with self.subTest(term=term.name):
                self.assert_passes(self._order(self.customer, 1, term=term))
        for term in (
            # 60 days after the 31st are 30 more than month-end plus 30.
            self._term(60), self._term(31), self._month_end(31),
            self._term({"delay_type": "days_after_end_of_next_month", "nb_days": 1}),
        ):  # fmt: skip
            with self.subTest(term=term.name):
                order = self._order(self.customer, 1, term=term)
                self.assert_held(order, "term")
                self.assertIn("30 days after end of month", self._words(order))

    def test_orders_of_a_customer_who_pays_after_the_invoice(self):
        self._set_rules({"rule_type": "term"})
        self._approved(term_days=60)
        self.assert_passes(self._order(self.customer, 1, term=self._term(60)))
        self.assert_passes(self._order(self.customer, 1, term=self._month_end(30)))
        self.assert_held(self._order(self.customer, 1, term=self._month_end(31)), "term")

    def _words(self, order):
        [reason] = order._credit_check()[order.id].holding
        return f"{reason['description']} {reason['cure']}"

    # ------------------------------------------------------------------ by hand, import, reviews

    def test_by_hand(self):
        self._decide(
            self.customer, credit_control="limit", credit_term_days=60,
            credit_term_start="month_end",
        )  # fmt: skip
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._decide(self.customer, credit_term_start="month_end", credit_term_days=20)
        self.env.invalidate_all()
        # A shorter term counts from the invoice again.
        self._decide(self.customer, credit_term_days=15)
        self.assertEqual(self.customer.credit_term_start, "invoice")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.customer.with_user(self.salesperson).credit_term_start = "month_end"

    def test_import(self):
        partners = self.env["res.partner"].with_user(self.controller)
        columns = ["name", "credit_control", "credit_term_days", "credit_term_start"]
        rows = [["Applicant", "Credit Limit", "60", "Month End"]]
        result = partners.with_context(credit_import=True).load(columns, rows)
        self.assertTrue(result["ids"], result["messages"])
        self.assertEqual(
            self._figures(self.customer).credit_term_text, "30 days after end of month"
        )

    def test_other_company_has_its_own(self):
        self._approved(term_days=60, term_start="month_end")
        other = self.setup_other_company()["company"]
        self.assertFalse(self.customer.with_company(other).credit_term_start)

    def test_words(self):
        words = self.env["res.partner"]._credit_term_label
        self.assertEqual(words(0, False), "At once")
        self.assertEqual(words(30, "invoice"), "30 days after the invoice")
        self.assertEqual(words(30, "month_end"), "0 days after end of month")
