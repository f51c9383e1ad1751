from odoo.exceptions import ValidationError

from .application_case import ApplicationCase


class TestApplicationTemporary(ApplicationCase):
    """Effects of a decision on an older one; customers outside the formulas."""

    def _change(self, **values):
        return self._application(kind="change", formula="manual", control="limit", **values)

    def _effective(self):
        return self._figures(self.customer).credit_effective_limit

    def _with_temporary(self):
        self._decide(
            self.customer,
            credit_control="limit",
            credit_limit=1000,
            credit_term_days=30,
            credit_limit_temporary=2000,
            credit_limit_temporary_from=self._today(-5),
            credit_limit_temporary_to=self._today(20),
        )
        self.assertEqual(self._effective(), 2000)

    # ------------------------------------------------------------------ temporary limits

    def test_downgrade_ends_a_temporary_limit(self):
        self._with_temporary()
        application = self._application(
            kind="downgrade", formula="manual", control="limit", limit=500
        )
        self.assertIn("temporary limit", application.notice)
        self._approve(self._request(application))
        self.assertEqual(self._terms()[:2], ("limit", 500))
        self.assertEqual(self._effective(), 500)
        customer = self._figures(self.customer)
        self.assertFalse(customer.credit_limit_temporary or customer.credit_limit_temporary_to)

    def test_higher_limit_ends_a_temporary_one(self):
        self._with_temporary()
        self._approve(self._request(self._change(limit=3000)))
        self.assertEqual(self._effective(), 3000)

    def test_smaller_raise_leaves_the_temporary_limit(self):
        self._with_temporary()
        application = self._change(limit=1500)
        self.assertNotIn("temporary limit", application.notice or "")
        self._approve(self._request(application))
        self.assertEqual(self._effective(), 2000)

    def test_shorter_term_leaves_the_temporary_limit(self):
        self._with_temporary()
        application = self._application(
            kind="downgrade", formula="manual", control="limit", limit=1000, term_days=15
        )
        self._approve(self._request(application))
        self.assertEqual((self._terms()[2], self._effective()), (15, 2000))

    def test_back_to_cash_ends_a_temporary_limit(self):
        self._with_temporary()
        self._approve(self._request(self._application(kind="downgrade", formula="manual")))
        self.assertEqual(self._terms()[0], "cash")
        self.assertFalse(self._figures(self.customer).credit_limit_temporary)

    # ------------------------------------------------------------------ proposals

    def test_persons_have_no_registered_capital(self):
        """P4-05: 20,000 a month and one month → 40,000, for a person as well."""
        person = self._customer("Person", control="cash", credit_segment="individual")
        self._assess(person)
        application = self._application(partner_id=person.id, registered_capital=0)
        self.assertEqual((application.proposed_limit, application.limit), (40000, 40000))
        self._request(application)

    def test_months_of_sales(self):
        for months in (0, -3, 61, 100000):
            self.refused(
                lambda m=months: self._application(sales_months=m),
                ValidationError,
                ["Months of Sales", str(months)],
            )
        self.assertEqual(self._application(sales_months=60).sales_months, 60)
