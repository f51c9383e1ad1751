from .policy_case import PolicyCase


class TestPolicyChanges(PolicyCase):
    """Management sees the changes of a version before approving it (P1-06)."""

    def _changes(self, policy):
        self.env.flush_all()
        self.env.invalidate_all()
        return {
            (change.action, change.subject, change.field, change.old, change.new)
            for change in policy._get_changes()
        }

    def _new_version(self, policy):
        return self._policies().browse(policy.action_new_version()["res_id"])

    def test_first_policy_changes_nothing(self):
        policy = self._load()
        self.assertFalse(policy.compared_id)
        self.assertEqual((policy.change_count, policy.changes), (0, False))

    def test_a_version_field_by_field(self):
        old = self._in_force("P1")
        new = self._new_version(old)
        self.assertEqual(new.compared_id, old)
        self.assertEqual(self._changes(new), set())
        line = self._of_grade(new, "B")
        before = line.term_days
        line.term_days = before + 15
        line.settlement_mode = "cod"
        new.credit_large_limit = 2_000_000
        new.default_control = "limit"
        rule = new.rule_ids[0]
        rule.name = "Renamed"  # the same rule under another name
        taken = new.rule_ids[-1]
        title = taken.display_name
        taken.unlink()
        new.write({"rule_ids": [(0, 0, {"name": "Own rule", "rule_type": "limit"})]})
        changes = self._changes(new)
        grade = f"Grades: {line.display_name}"
        policy = f"Policy {new.code}"
        self.assertLessEqual(
            {
                ("change", grade, "Term (Days)", f"{before}", f"{before + 15}"),
                ("change", policy, "Large Limit", "3,000,000", "2,000,000"),
                ("change", policy, "Default Credit Basis", "Cash Only", "Credit Limit"),
                ("change", "Hold Rules: Renamed", "Name", old.rule_ids[0].name, "Renamed"),
                ("remove", f"Hold Rules: {title}", "", "", ""),
                ("create", "Hold Rules: Own rule", "", "", ""),
            },
            changes,
        )
        self.assertIn(
            (grade, "Cash on Delivery"),
            {(subject, after) for _a, subject, _f, _b, after in changes},
        )
        self.assertEqual(new.change_count, len(changes))

    def test_management_reads_it_and_later_too(self):
        old = self._in_force("P1")
        new = self._new_version(old)
        new.credit_late_days = 7
        new.action_request()
        self.env.invalidate_all()
        seen = new.with_user(self.general_manager)
        self.assertEqual((seen.compared_id, seen.change_count), (old, 1))
        self.assertIn("Late Payer from (Days)", seen.changes)
        seen.validate_tier()
        self.env.invalidate_all()
        self.assertEqual((old.state, seen.compared_id, seen.change_count), ("retired", old, 1))

    def test_a_rival_is_compared_too(self):
        """Another policy for the same customers takes the place of the one in force."""
        old = self._in_force("P1")
        rival = self._load("P2")
        self.assertEqual(rival.compared_id, old)
        self.assertGreater(rival.change_count, 5)

    def test_texts_are_escaped(self):
        old = self._in_force("P1")
        new = self._new_version(old)
        new.name = "<script>alert(1)</script>"
        self.env.invalidate_all()
        self.assertIn("&lt;script&gt;", new.changes)
        self.assertNotIn("<script>", new.changes)
