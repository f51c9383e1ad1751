from odoo.exceptions import ValidationError

from ..branch_case import BranchCase


class TestBranchSettings(BranchCase):
    """A branch has the settings of its root."""

    def test_new_branch_has_the_roots(self):
        self.assertEqual(self.branch.credit_mode, "enforce")

    def test_a_branch_whose_parent_is_a_default_has_the_roots(self):
        companies = self.env["res.company"].sudo().with_context(default_parent_id=self.company.id)
        branch = companies.create({"name": "By Default"})
        for name in branch._credit_settings():
            self.assertEqual(branch[name], self.company.sudo()[name], name)

    def test_branch_follows(self):
        self.company.write(
            {
                "credit_mode": "observe",
                "credit_risk_medium_days": 5,
                "credit_risk_high_days": 10,
                "collection_amount_a": 5.0,
                "collection_amount_b": 1.0,
                "receivable_dso_target": 44.0,
            }
        )
        self.assertRecordValues(
            self.branch,
            [
                {
                    "credit_mode": "observe",
                    "credit_risk_high_days": 10,
                    "collection_amount_b": 1.0,
                    "receivable_dso_target": 44.0,
                }
            ],
        )

    def test_branch_is_locked(self):
        with self.assertRaises(ValidationError):
            self.branch.credit_mode = "off"

    def test_screen_of_settings_in_the_branch(self):
        settings = self.env["res.config.settings"].with_company(self.branch).create({})
        self.assertFalse(settings.is_root_company)
        settings.execute()
        self.assertEqual(self.branch.credit_mode, "enforce")

    def test_review_runs_for_the_entity_only(self):
        self._run_job("credit_review")
        self.assertTrue(self.company.credit_review_day)
        self.assertFalse(self.branch.credit_review_day)
