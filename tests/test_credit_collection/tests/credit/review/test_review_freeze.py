from .review_case import ReviewCase


class TestReviewFreeze(ReviewCase):
    """P1-05: grade D with debt open stops supply, also when the debt comes after the grade."""

    def _control(self, customer):
        return customer.sudo().with_company(self.company).credit_control

    def test_debt_after_the_grade(self):
        bad = self._customer("Bad", limit=5000, grade="D")
        even = self._customer("Even", limit=5000, grade="D")
        fair = self._customer("Fair", limit=5000, grade="C")
        self._run_daily(bad, even, fair)
        self.assertEqual(self._control(bad), "limit")
        for customer in (bad, fair):
            self._invoice(customer, 100)
        for _time in range(2):
            self._run_daily(bad, even, fair)
            self.assertEqual(
                [self._control(c) for c in (bad, even, fair)], ["frozen", "limit", "limit"]
            )
        [decision] = self._decisions(bad).filtered(lambda d: d.source == "freeze")
        self.assertIn(
            "grade D with $ 100.00 outstanding", decision.note.replace("\N{NO-BREAK SPACE}", " ")
        )

    def test_what_people_lifted_stays(self):
        bad = self._customer("Bad", grade="D")
        self._invoice(bad, 100)
        self._run_daily(bad)
        self.assertEqual(self._control(bad), "frozen")
        self._decide(bad, credit_control="cash")
        self._run_daily(bad)
        self.assertEqual(self._control(bad), "cash")
        # Better, and bad again: frozen again.
        self._decide(bad, credit_grade_id=self._grade("B").id)
        self._decide(bad, credit_grade_id=self._grade("D").id)
        self.assertEqual(self._control(bad), "frozen")

    def test_archived_debtor_is_looked_after(self):
        owing, even = (self._customer(name, limit=50) for name in ("Owing", "Even"))
        self._invoice(owing, 100)
        (owing | even).active = False
        self.env.flush_all()
        customers = self.env["credit.review"]._get_customers(self.company)
        self.assertIn(owing.id, customers)
        self.assertNotIn(even.id, customers)
        self._run_daily(owing)
        self.assertTrue(self._warnings(owing, kind="limit_use", state="open"))

    def test_strict_template(self):
        """P3 has grade C pay in advance, or buy against a security: that is not the last grade."""
        policy = (
            self.env["credit.policy"]
            .sudo()
            ._load_template(
                self.env.ref("credit_collection.credit_policy_template_p3"), self.company
            )
        )
        grades = {code: self._grade(code) for code in "ABCD"}
        self.assertEqual(
            [policy._is_last_grade(grade) for grade in grades.values()], [False, False, False, True]
        )
