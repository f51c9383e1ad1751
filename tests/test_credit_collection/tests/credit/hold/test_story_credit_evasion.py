from odoo.tests import tagged

from ..application.application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestStoryEvasion(ApplicationCase):
    """Ways around a rule that somebody in a hurry would try."""

    def _order_goes(self, partner, amount, **values):
        order = self._order(partner, amount, **values)
        order.with_user(order.user_id).action_credit_confirm()
        self.env.invalidate_all()
        return order.state == "sale"

    def test_red_line_by_another_name(self):
        """20 % of 150,000 is 30,000, whatever the first application calls itself."""
        for kind in ("new", "change"):
            for values in (
                {"control": "limit", "limit": 30_001},
                {"control": "none", "limit": 0},
            ):
                with self.subTest(kind=kind, **values):
                    self.refused(
                        lambda k=kind, v=values: self._request(
                            self._application(
                                kind=k, formula="manual", registered_capital=150_000, **v
                            )
                        )
                    )

    def test_red_line_without_any_capital(self):
        self.refused(
            lambda: self._request(
                self._application(formula="manual", registered_capital=0, limit=30_000)
            )
        )

    def test_documents_under_another_name(self):
        """A change for somebody who never had credit needs the documents of a new customer."""
        bare = self._customer("Bare", control="cash")
        for kind in ("new", "change"):
            with self.subTest(kind=kind):
                self.refused(
                    lambda k=kind: self._request(
                        self._application(
                            partner_id=bare.id,
                            kind=k,
                            formula="manual",
                            limit=100,
                            registered_capital=150_000,
                        )
                    ),
                    words=("license",),
                )

    def test_downgrade_gives_nothing(self):
        self._decide(self.customer, credit_control="limit", credit_limit=5000, credit_term_days=30)
        for values in (
            {"limit": 5001},
            {"term_days": 31, "limit": 5000},
            {"control": "none", "limit": 0},
        ):
            with self.subTest(**values):
                self.refused(
                    lambda v=values: self._request(
                        self._application(
                            kind="downgrade",
                            formula="manual",
                            **{"control": "limit", "term_days": 30, **v},
                        )
                    )
                )
        lower = {"control": "limit", "limit": 4000, "term_days": 30}
        self._approve(self._request(self._application(kind="downgrade", formula="manual", **lower)))
        self.assertEqual(self._terms()[:3], ("limit", 4000, 30))

    def test_large_by_a_temporary_limit(self):
        self._decide(self.customer, credit_control="limit", credit_limit=2_900_000)
        application = self._application(
            kind="temporary",
            formula="manual",
            limit=3_000_001,
            date_from=self._today(),
            date_to=self._today(5),
        )
        self.assertEqual(len(self._request(application).review_ids), 6)

    def test_worst_grade_pays_and_is_released_by_people_only(self):
        customer = self._customer("Payer", limit=50_000, term=30)
        invoice = self._invoice(customer, 100, days_overdue=3)
        self._decide(customer, credit_grade_id=self._grade("D").id)
        self._pay(invoice)
        self.assertEqual(self._figures(customer).credit_control, "frozen")
        self.assertFalse(self._order_goes(customer, 10))

    def test_threshold_lowered_between_request_and_approval(self):
        """An application large at its request stays large; a later threshold is for later ones."""
        large = self._request(
            self._application(formula="manual", limit=3_500_000, registered_capital=20_000_000)
        )
        self.company.sudo().credit_large_limit = 4_000_000
        self._approve(large)
        self.assertEqual(large.state, "requested")
        self.assertEqual(self._terms()[0], "cash")
        self._approve(large, *self.next_level)
        self.assertEqual(self._terms()[:2], ("limit", 3_500_000))
