from odoo.fields import Command
from odoo.tests import tagged

from ...common import migration
from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationPolicy(ApplicationCase):
    """Applications follow the policy in force: its thresholds, and its line for the grade."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lines = {
            "A": {"score_min": 90, "limit_method": "term_sales", "term_days": 60, "review_months": 6},
            "B": {
                "score_min": 80, "limit_method": "term_sales", "limit_factor": 50,
                "limit_max": 25000, "term_days": 30, "security_required": True,
            },
            "C": {"score_min": 60, "limit_method": "share_sales", "limit_factor": 5, "term_days": 15},
            "D": {"limit_method": "none", "settlement_mode": "prepaid"},
        }  # fmt: skip
        cls.policy = (
            cls.env["credit.policy"]
            .sudo()
            ._system()
            .create(
                {
                    "name": "Strict",
                    "company_id": cls.company.id,
                    "state": "active",
                    "credit_large_limit": 50000,
                    "credit_large_term_days": 45,
                    "credit_first_limit_percent": 10,
                    "credit_review_months": 3,
                    "grade_line_ids": [
                        Command.create({"grade_id": cls._grade(code).id, **values})
                        for code, values in lines.items()
                    ],
                }
            )
        )

    def _application_of(self, grade, **values):
        values = {"partner_id": self.customer.id, "grade_id": self._grade(grade).id, **values}
        return (
            self.env["credit.application"]
            .with_user(self.salesperson)
            .create({"company_id": self.company.id, "kind": "new", **values})
        )

    def test_grade_proposes(self):
        application = self._application_of(
            "A", monthly_sales_expected=10000, registered_capital=10**6
        )
        self.assertEqual(application.policy_id, self.policy)
        self.assertEqual((application.term_days, application.limit), (60, 30000))
        self.assertEqual(application.control, "limit")
        # Half of it, 25,000 at most.
        application = self._application_of(
            "B", monthly_sales_expected=20000, registered_capital=10**6
        )
        self.assertEqual((application.term_days, application.limit), (30, 20000))
        self.assertIn("50%", application.arithmetic)
        self.assertIn("collateral", application.notice)
        application.monthly_sales_expected = 40000
        self.assertEqual(application.limit, 25000)
        application = self._application_of("C", annual_sales=100000, registered_capital=10**6)
        self.assertEqual(
            (application.formula, application.percent, application.limit), ("share_sales", 5, 5000)
        )
        application = self._application_of("D")
        self.assertEqual((application.control, application.limit), ("cash", 0))

    def test_thresholds_of_the_policy(self):
        application = self._application(registered_capital=100_000)
        self.assertEqual(application.first_limit_percent, 10)
        self.assertEqual(application.proposed_limit, 10_000)
        for limit, days, large in ((49_999.99, 45, False), (50_000, 45, True), (1, 46, True)):
            with self.subTest(limit=limit, days=days):
                self.assertEqual(
                    self._application(formula="manual", limit=limit, term_days=days).is_large, large
                )

    def test_version_of_the_request_is_kept(self):
        application = self._application(registered_capital=10**6)
        self._request(application)
        self.policy.sudo()._system().write({"state": "retired"})
        self.env.invalidate_all()
        self.assertEqual(application.policy_id, self.policy)
        self._approve(application)
        self.assertEqual(self._terms()[1], 40000)

    def test_worst_grade_freezes_on_approval(self):
        # P1-05: D with debt open stops supply at once; the history shows both.
        self._decide(self.customer, credit_control="limit", credit_limit=5000)
        self._invoice(self.customer, 700)
        before = self._decisions()
        application = self._application_of("D", kind="downgrade")
        self._approve(self._request(application))
        self.assertEqual(self._terms(), ("frozen", 0, 0, "D"))
        self.assertEqual((self._decisions() - before).mapped("source"), ["freeze", "application"])

    # ------------------------------------------------------------------ tiers by type (P4-25)

    def _tiers(self, application):
        self._request(application)
        names = application.sudo().review_ids.sorted("sequence").mapped("name")
        application.with_user(self.salesperson).action_withdraw()
        return names

    def test_tiers_by_type_of_application(self):
        """Change: finance and general manager. Single extension: sales head first. New: all three."""
        one_order = ["Finance Manager", "Sales Manager", "General Manager"]
        self.policy.sudo()._system_write({"credit_large_limit": 0, "credit_large_term_days": 0})
        new = self._application(grade_id=self._grade("A").id)
        first = self._application(kind="change", grade_id=self._grade("A").id)
        self.assertEqual(self._tiers(new), one_order)
        self.policy.sudo()._system_write({"application_chain": "by_kind"})
        self.assertEqual(self._tiers(new), one_order)
        self.assertEqual(self._tiers(first), one_order, "a first limit under another name")
        self._decide(self.customer, credit_control="limit", credit_limit=900, credit_term_days=30)
        change = self._application(kind="change", formula="manual", limit=800)
        self.assertEqual(self._tiers(change), ["Finance Manager", "General Manager"])
        single = self._application(kind="temporary", formula="manual", limit=950)
        single.write({"date_from": self._today(), "date_to": self._today(20)})
        self.assertEqual(
            self._tiers(single), ["Sales Manager (first)", "Finance Manager", "General Manager"]
        )

    def test_tiers_are_those_of_the_request(self):
        application = self._request(self._application(grade_id=self._grade("A").id))
        self.policy.sudo()._system_write({"application_chain": "by_kind"})
        application.invalidate_recordset()
        self.assertEqual(application.sales_approval, "after")

    def test_update(self):
        """Tiers and template of databases from before 19.0.1.6.0; what somebody changed stays."""
        tier = self.env.ref("credit_collection.tier_definition_application_sales").sudo()
        template = self.env.ref("credit_collection.credit_policy_template_p4").sudo()
        card = self.env.ref("credit_collection.credit_scorecard_annual")
        line = template.grade_line_ids.filtered(lambda line: line.grade_id == self._grade("C"))
        for domain, after in (
            (False, "[('sales_approval', '=', 'after')]"),
            ("[(1, '=', 1)]",) * 2,
        ):
            tier.definition_domain = domain
            template._system_write(
                {"application_chain": "standard", "annual_scorecard_id": card.id}
            )
            line.breach_from = 0
            migration("19.0.1.6.0", "post-applications").migrate(self.env.cr, "19.0.1.5.0")
            self.assertEqual(tier.definition_domain, after)
        self.assertEqual((template.application_chain, line.breach_from), ("by_kind", 2))
        self.assertEqual(
            template.annual_scorecard_id,
            self.env.ref("credit_collection.credit_scorecard_composite"),
        )
