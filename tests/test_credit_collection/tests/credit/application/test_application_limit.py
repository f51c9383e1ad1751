from odoo.tests import tagged

from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationLimit(ApplicationCase):
    """Applications of customers whose limit is in another currency, or the default one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls._rate("EUR", 0.5)
        cls._decide(
            cls.customer,
            credit_control="limit",
            credit_limit_currency_id=cls.euro.id,
            credit_limit_amount=1000.0,
            credit_term_days=30,
        )

    def _change(self, limit, term=30):
        return self._application(
            kind="change", formula="manual", control="limit", limit=limit, term_days=term
        )

    def _terms(self):
        customer = self._figures(self.customer)
        return (
            customer.credit_limit_currency_id,
            customer.credit_limit_amount,
            customer.credit_effective_limit,
        )

    def test_limit_is_stated_and_granted_in_the_currency(self):
        application = self._change(3000)
        self.assertRecordValues(
            application,
            [{"current_limit": 2000, "current_limit_amount": 1000, "limit_amount": 1500}],
        )
        self._request(application)
        facts = dict(application._get_approval_facts())
        self.assertIn("1,500.00", facts["Limit in Its Currency"])
        self.assertIn("€", facts["Limit in Its Currency"])
        # The rate that moves meanwhile changes neither what was asked for nor what is granted.
        self._rate("EUR", 0.4, date=self._today())
        application.invalidate_recordset(["request_changes"])
        self.assertFalse(application.request_changes)
        self._approve(application)
        self.assertEqual(application.state, "approved")
        self.assertEqual(self._terms(), (self.euro, 1500, 3750))

    def test_a_limit_that_does_not_change_stays_as_it_is(self):
        self._rate("EUR", 1 / 1.0837, date=self._today())
        application = self._change(1083.7, term=45)
        self.assertEqual(application.limit_amount, 1000)
        self._approve(self._request(application))
        self.assertEqual(self._terms(), (self.euro, 1000, 1083.7))
        self.assertEqual(self._figures(self.customer).credit_term_days, 45)

    def test_a_change_since_the_request_is_named(self):
        application = self._request(self._change(3000))
        self._decide(self.customer, credit_limit_amount=900.0)
        application.invalidate_recordset(["request_changes"])
        self.assertIn("900.00", application.request_changes)

    def test_the_customer_signs_the_amount(self):
        application = self._change(3000)
        words = dict(application._get_terms_text())
        self.assertIn("3,000.00", words["Credit limit"])
        self.assertIn("1,500.00", words["Credit limit"])

    def test_a_default_stays_one_unless_another_limit_is_granted(self):
        self._decide(self.customer, credit_limit_default=True)
        self._approve(self._request(self._change(0, term=45)))
        customer = self._figures(self.customer)
        self.assertEqual((customer.credit_limit_default, customer.credit_term_days), (True, 45))
        self._approve(self._request(self._change(4000, term=45)))
        customer = self._figures(self.customer)
        self.assertEqual((customer.credit_limit_default, customer.credit_limit), (False, 4000))
