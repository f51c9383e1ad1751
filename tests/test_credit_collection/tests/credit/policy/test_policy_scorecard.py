from odoo.exceptions import AccessError, UserError

from .policy_case import PolicyCase


class TestPolicyScorecard(PolicyCase):
    """The scorecard is part of the policy that management approves (P1-06, P5-03)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.four = cls.env.ref("credit_collection.credit_scorecard_annual")
        cls.policy = cls._load("P1")

    def _assess(self, customer, kind="yearly"):
        assessments = self.env["credit.assessment"].with_user(self.controller)
        return assessments.create(
            {"partner_id": customer.id, "kind": kind, "company_id": self.company.id}
        )

    def test_a_policy_names_its_cards(self):
        self.assertEqual(self.policy.annual_scorecard_id, self.four)
        self.assertEqual(self.policy.admission_scorecard_id.kind, "admission")

    def test_the_card_of_the_customers_policy_is_proposed(self):
        own = self.four.with_user(self.administrator).copy({"name": "Exporters", "sequence": 99})
        export = self._load("P2", segment="export")
        export.annual_scorecard_id = own
        self._approve_policy(self.policy)
        self._approve_policy(export)
        self.assertEqual(self._assess(self._customer()).scorecard_id, self.four)
        exporter = self._customer(credit_segment="export")
        self.assertEqual(self._assess(exporter).scorecard_id, own)
        self.assertEqual(self._assess(exporter, "new").scorecard_id, export.admission_scorecard_id)

    def test_what_was_approved_is_not_edited_beneath_it(self):
        card = self.four.with_user(self.administrator).copy({"name": "Ours"})
        self.policy.annual_scorecard_id = card
        mine = card.with_user(self.administrator)
        criterion = mine.criterion_ids[0]
        criterion.option_ids[0].points = 24  # a draft: still open
        self._approve_policy(self.policy)
        for change in (
            lambda: criterion.option_ids[0].write({"points": 1}),
            lambda: criterion.write({"max_points": 30}),
            lambda: criterion.copy({"scorecard_id": mine.id}),
            lambda: criterion.option_ids[0].unlink(),
            lambda: mine.write({"reviewers_min": 1}),
        ):
            with self.assertRaisesRegex(UserError, "Management approved"), self.env.cr.savepoint():
                change()
        with self.assertRaises(AccessError):
            self.policy.with_user(self.administrator).annual_scorecard_id = self.four
        self.assertEqual(mine.policy_ids, self.policy.with_user(self.administrator))
        copy = mine.copy()
        copy.criterion_ids.option_ids[0].points = 20
        second = self._policies().browse(self.policy.action_new_version()["res_id"])
        self.assertEqual(second.annual_scorecard_id, card)
        second.annual_scorecard_id = copy
        self._approve_policy(second)
        self.assertEqual(self._assess(self._customer()).scorecard_id, copy)
        mine.reviewers_min = 1  # retired: nobody follows it
