from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .policy_case import PolicyCase


class TestPolicyTemplates(PolicyCase):
    """Three templates, shown before they are loaded; edits are never lost."""

    def _content(self, policy):
        policy.invalidate_recordset()
        lines = policy.grade_line_ids
        return (
            policy.read(
                [
                    "name",
                    "description",
                    "credit_large_limit",
                    "credit_late_days",
                    "version",
                    "state",
                ]
            ),
            lines.read(["grade_id", "score_min", "term_days", "settlement_mode", "order_needs"]),
            policy.rule_ids.read(["name", "days", "action", "grade_ids", "segment"]),
        )

    def _preview(self, code="P1", restore=False):
        form = Form(self.env["credit.policy.load"].with_user(self.administrator))
        form.template_id = self._template(code)
        if restore:
            form.restore = True
        wizard = form.save()
        return wizard, {
            (line.action, line.subject, line.field or ""): (line.old_value, line.new_value)
            for line in wizard.line_ids
        }

    def _title(self, code):
        return f"Grades: {self._grade(code).display_name}"

    def test_templates_say_what_the_policies_say(self):
        for code in ("P1", "P2", "P3", "P4", "P5"):
            with self.subTest(code=code):
                policy = self._load(code)
                self.assertEqual(policy.display_name.split(" · ")[0], code)
                self.assertEqual(policy.grade_line_ids.mapped("score_min"), [90, 80, 60, 0])
                self.assertEqual(policy.grade_line_ids.grade_id.mapped("code"), list("ABCD"))
                self.assertRecordValues(
                    policy,
                    [
                        {
                            "credit_large_limit": 3000000,
                            "credit_large_term_days": 100,
                            "credit_term_max_days": 60,
                            "credit_first_limit_percent": 20,
                            "default_control": "cash",
                        }
                    ],
                )
                self.assertRecordValues(
                    self._of_grade(policy, "D"),
                    [{"limit_method": "none", "settlement_mode": "prepaid", "term_days": 0}],
                )
                self.assertTrue(self._of_grade(policy, "C").security_required)
                self._approve_policy(policy)

    def test_preview_of_a_first_load(self):
        wizard, lines = self._preview()
        self.assertFalse(wizard.policy_id)
        self.assertEqual({action for action, _subject, _field in lines}, {"create"})
        self.assertIn(("create", "Policy P1", ""), lines)
        self.assertIn("Score: 90", lines["create", self._title("A"), ""][1])
        self.assertIn("60", lines["create", self._title("A"), ""][1])
        stage = next(new for (_a, subject, _f), (_old, new) in lines.items() if "Stages" in subject)
        self.assertNotIn(": ,", stage, "what is empty is left out")
        # A preview is a preview.
        self.assertFalse(self._policies().search([("template_id", "=", self._template().id)]))

    def test_second_load_changes_nothing(self):
        policy = self._load()
        before = self._content(policy)
        wizard, lines = self._preview()
        self.assertEqual(wizard.policy_id, policy)
        self.assertEqual(wizard.change_count, 0)
        self.assertEqual({action for action, _subject, _field in lines}, {"keep"})
        for restore in (False, True):
            self.assertEqual(self._load(restore=restore), policy)
        self.assertEqual(self._content(policy), before)
        self._approve_policy(policy)
        for restore in (False, True):
            self.assertEqual(self._load(restore=restore), policy)
        self.assertEqual(
            self._policies().search_count([("template_id", "=", self._template().id)]), 1
        )

    def test_edits_stay(self):
        policy = self._load()
        policy.write({"credit_late_days": 99, "name": "Our policy"})
        self._of_grade(policy, "B").term_days = 7
        self._of_grade(policy, "C").unlink()
        policy.rule_ids.filtered(lambda r: r.template_key == "overdue").days = 40
        before = self._content(policy)
        wizard, lines = self._preview()
        self.assertEqual(wizard.change_count, 0)
        self.assertEqual(lines["keep", "Policy P1", "Late Payer from (Days)"], ("99", "15"))
        self.assertEqual(lines["keep", self._title("B"), "Term (Days)"], ("7", "30"))
        self.assertEqual(lines["keep", self._title("C"), ""][0], "was taken out")
        self.assertEqual(self._load(), policy)
        self.assertEqual(self._content(policy), before)

    def test_edits_undone_on_request(self):
        policy = self._load()
        template = self._content(policy)[0][0]
        policy.credit_late_days = 99
        self._of_grade(policy, "C").unlink()
        policy.rule_ids.filtered(lambda r: r.template_key == "overdue").days = 40
        wizard, lines = self._preview(restore=True)
        self.assertEqual(wizard.change_count, 3)
        self.assertEqual(lines["change", "Policy P1", "Late Payer from (Days)"], ("99", "15"))
        self.assertIn(("create", self._title("C"), ""), lines)
        self.assertEqual(self._load(restore=True), policy)
        self.assertEqual(self._content(policy)[0][0], template)
        self.assertEqual(policy.grade_line_ids.grade_id.mapped("code"), list("ABCD"))
        self.assertEqual(self._preview()[0].change_count, 0)

    def test_one_in_force_gets_a_version(self):
        policy = self._load()
        self._of_grade(policy, "B").term_days = 7
        self._approve_policy(policy)
        _wizard, lines = self._preview(restore=True)
        self.assertIn("Version 2", lines["create", "Policy P1", ""][1])
        self.assertIn(("change", self._title("B"), "Term (Days)"), lines)
        version = self._load(restore=True)
        self.assertRecordValues(version, [{"version": 2, "state": "draft"}])
        self.assertEqual(self._of_grade(version, "B").term_days, 30)
        self.assertEqual(self._of_grade(policy, "B").term_days, 7)
        # While it waits for approval, nothing touches it.
        self._of_grade(version, "A").term_days = 5
        version.action_request()
        self.assertEqual(self._preview(restore=True)[0].change_count, 0)
        self.assertEqual(self._load(restore=True), version)
        self.assertEqual(self._of_grade(version, "A").term_days, 5)

    def test_a_grade_that_a_template_needs_stays(self):
        """It may be archived, and is loaded all the same."""
        with self.assertRaisesRegex(UserError, "Grade C"):
            self._grade("C").sudo().unlink()
        grade = self._grade("C")
        grade.sudo().active = False
        policy = self._load()
        self.assertEqual(policy._grade_line(grade).grade_id.name, "Overdue for long")

    def test_texts_in_both_languages(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["credit_collection"], ["zh_CN"])
        policy = self._load()
        stored = policy._fields["name"]._get_stored_translations(policy)
        self.assertEqual(set(stored), {"en_US", "zh_CN"})
        self.assertEqual(stored["en_US"], "Customer Receivables Measures")
        for _again in range(2):
            self.env.invalidate_all()
            for lang, words in (("en_US", "Grades A to D set limit"), ("zh_CN", "级决定额度")):
                self.assertIn(words, policy.with_context(lang=lang).description)
            # Also when it is set back after an edit.
            policy.description = "<p>Our own words</p>"
            self._load(restore=True)

    def test_per_company_and_segment(self):
        general = self._load("P1")
        segment = self._load("P1", segment="export")
        shared = self._load("P1", company=self.env["res.company"])
        self.assertEqual(len(general | segment | shared), 3)
        self.assertRecordValues(segment, [{"scope": "segment", "segment": "export"}])
        self.assertFalse(shared.company_id)

    def test_not_for_everybody(self):
        for user in (self.controller, self.auditor, self.salesperson):
            with self.assertRaises(AccessError):
                self._load(user=user)

    def test_copy_is_nobodys_template(self):
        policy = self._load()
        copy = policy.copy()
        self.assertRecordValues(
            copy, [{"state": "draft", "version": 1, "template_id": False, "root_id": copy.id}]
        )
        self.assertEqual(len(copy.grade_line_ids), 4)
        self.assertEqual(self._preview()[0].policy_id, policy)
