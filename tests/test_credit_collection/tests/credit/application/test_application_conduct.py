from odoo.tests import tagged

from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationConduct(ApplicationCase):
    """Good conduct before the formula (P4-05), breaches of two years (P4-33)."""

    def _paid(self, days_late, days_ago=10, amount=100):
        """An invoice that was paid so many days late, so many days ago."""
        invoice = self._invoice(self.customer, amount, days_overdue=days_ago + days_late)
        self._pay(invoice, date=self._today(-days_ago))

    def test_formula_after_good_conduct(self):
        """P4-05: 1 month, 20,000 a month: 40,000; what was paid on time does no harm."""
        self._paid(0)
        self.assertEqual(self._application().limit, 40000)

    def test_no_formula_without_good_conduct(self):
        self._paid(12)
        self._invoice(self.customer, 70, days_overdue=3)
        application = self._application()
        self.assertRecordValues(
            application, [{"late_count": 2, "late_days": 12, "proposed_limit": 0, "limit": 0}]
        )
        self.assertIn("2 items of the last 3 months", application.notice)
        self.assertIn("12 days", application.notice)
        self.assertIn("No limit before", application.arithmetic)

    def test_months_before_count_as_breaches_only(self):
        self._paid(5, days_ago=200)
        self._paid(5, days_ago=400)
        self._paid(5, days_ago=800)
        self.assertRecordValues(
            self._application(), [{"late_count": 0, "breach_count": 2, "limit": 40000}]
        )

    def test_known_customers_keep_their_formula_and_are_named(self):
        self._decide(self.customer, credit_control="limit", credit_limit=10)
        self._paid(12)
        application = self._application(kind="change")
        self.assertEqual(application.limit, 40000)
        self.assertIn("Good conduct is not shown", application.notice)

    def test_figures_of_the_request_are_kept(self):
        application = self._request(self._application())
        self._paid(12)
        self.env.invalidate_all()
        self.assertEqual(application.late_count, 0)
