from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.safe_eval import safe_eval

from .policy_case import PolicyCase


class TestPolicyTemplateMade(PolicyCase):
    """Administrators make templates of policies; a template is in force for nobody."""

    def _save(self, policy, user=None):
        action = policy.with_user(user or self.administrator).action_save_template()
        return self._policies(user).browse(action["res_id"])

    # ------------------------------------------------------------------ save

    def test_any_policy_becomes_a_template(self):
        policy = self._load("P2")
        steps = {
            "draft": lambda: None,
            "requested": policy.action_request,
            "active": policy.with_user(self.general_manager).validate_tier,
            "retired": lambda: self._in_force("P1"),
        }
        for state, step in steps.items():
            step()
            self.env.invalidate_all()
            template = self._save(policy)
            with self.subTest(state=state):
                self.assertEqual(policy.state, state)
                self.assertRecordValues(
                    template,
                    [
                        {
                            "state": "template",
                            "version": 1,
                            "root_id": template.id,
                            "company_id": self.company.id,
                            "scope": "company",
                            "template_id": False,
                            "approved_by_id": False,
                        }
                    ],
                )
                self.assertEqual(policy._compare(policy, template), [])

    def test_one_made_is_edited_and_loaded(self):
        policy = self._load("P1", segment="export")
        template = self._save(policy)
        template.write({"name": "Our exports", "description": "<p>For exports by sea</p>"})
        template.grade_line_ids[0].score_min = 95
        template.rule_ids[0].days = 3
        self.assertEqual(policy.grade_line_ids[0].score_min, 90)
        loaded = self._load(template)
        self.assertNotEqual(loaded, policy)
        self.assertRecordValues(
            loaded,
            [
                {
                    "name": "Our exports",
                    "state": "draft",
                    "template_id": template.id,
                    "segment": False,
                }
            ],
        )
        self.assertEqual(loaded.grade_line_ids[0].score_min, 95)
        self.assertEqual(loaded.rule_ids[0].days, 3)
        wizard = (
            self.env["credit.policy.load"]
            .with_user(self.administrator)
            .create({"template_id": template.id, "company_id": self.company.id})
        )
        self.assertIn("For exports by sea", wizard.overview)
        self.assertIn("For exports by sea", wizard.description)
        template.unlink()
        self.assertFalse(loaded.template_id)

    def test_what_was_added_is_taken_out_on_request(self):
        policy = self._load()
        self._policies().env["credit.rule"].create(
            {"name": "Own rule", "rule_type": "limit", "policy_id": policy.id}
        )
        wizards = self.env["credit.policy.load"].with_user(self.administrator)
        values = {"template_id": self._template().id, "company_id": self.company.id}
        line = wizards.create(values).line_ids
        self.assertEqual(
            (line.action, line.subject, line.old_value),
            ("keep", "Hold Rules: Own rule", "was added"),
        )
        line = wizards.create({**values, "restore": True}).line_ids
        self.assertEqual((line.action, line.subject), ("remove", "Hold Rules: Own rule"))
        self._load(restore=True)
        self.assertNotIn("Own rule", policy.rule_ids.mapped("name"))

    def test_a_rejected_version_keeps_its_number(self):
        first = self._in_force()
        second = self._policies().browse(first.action_new_version()["res_id"])
        second.credit_late_days = 99
        second.action_request()
        reviewer = second.with_user(self.general_manager)
        reviewer._rejected_tier(reviewer.review_ids)
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("active", "rejected"))
        first.sudo()._system().name = "As it is called here"
        third = self._load(restore=True)
        self.assertRecordValues(third, [{"version": 3, "root_id": first.id, "state": "draft"}])

    # ------------------------------------------------------------------ never in force

    def test_a_template_is_never_approved(self):
        template = self._template().with_user(self.administrator)
        for call in (template.action_request, template.request_validation):
            with self.assertRaisesRegex(UserError, "not a draft"):
                call()
        with self.assertRaisesRegex(UserError, "template"):
            template.action_new_version()
        with self.assertRaises(UserError):
            template.with_user(self.general_manager).validate_tier()
        with self.assertRaises(UserError):
            template.action_withdraw()
        for state in ("draft", "requested", "active"):
            with self.assertRaises(AccessError):
                template.write({"state": state})
        self.assertEqual(template.state, "template")

    def test_a_template_counts_for_nobody(self):
        templates = self._policies().search([("state", "=", "template")])
        self.assertEqual(templates.mapped("code"), ["P1", "P2", "P3", "P4", "P5"])
        self.assertEqual(self.env["credit.policy"]._in_force(self.company.id), {})
        customer = self._customer()
        self.assertFalse(self._used(customer))
        with self.assertRaises(ValidationError):
            customer.with_user(self.controller).credit_policy_id = templates[0]
        used = {rule.policy_id for rule in self.env["credit.rule"]._get_rules(self.company.id)}
        self.assertEqual(used, {False})

    def test_lists_of_policies_leave_templates_out(self):
        for action, path in (
            ("credit_policy_action", "state"),
            ("credit_rule_action", "policy_id.state"),
            ("collection_stage_action", "policy_id.state"),
            ("collection_escalation_action", "policy_id.state"),
        ):
            found = self.env["ir.actions.actions"]._for_xml_id(f"credit_collection.{action}")
            records = self.env[found["res_model"]].search(safe_eval(found["domain"]))
            with self.subTest(action=action):
                self.assertNotIn("template", records.mapped(path))

    # ------------------------------------------------------------------ who

    def test_only_administrators_and_general_managers(self):
        policy = self._load()
        template = self._template()
        for user in (self.controller, self.auditor, self.salesperson, self.sales_manager):
            with self.subTest(user=user.name):
                for call in (
                    policy.with_user(user).action_save_template,
                    lambda user=user: template.with_user(user).write({"name": "Mine"}),
                    lambda user=user: (
                        template.grade_line_ids[0].with_user(user).write({"score_min": 1})
                    ),
                    template.with_user(user).unlink,
                ):
                    with self.assertRaises(AccessError):
                        call()
        self.assertEqual(self._save(policy, self.general_manager).state, "template")

    def test_only_templates_are_loaded(self):
        policy = self._load()
        with self.assertRaisesRegex(UserError, "not a template"):
            self._load(policy)

    def test_one_of_a_company_is_for_that_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.administrator.company_ids |= other
        own = self._save(self._load())
        self.assertEqual(own.company_id, self.company)
        self.assertIn(self.company.name, own.display_name)
        for company in (other, self.env["res.company"]):
            with self.assertRaisesRegex(UserError, self.company.name):
                self._load(own, company=company)
        # Nor does a user of another company see it, or load for one that is not theirs.
        shared = self._template()
        self.administrator.company_ids -= other
        with self.assertRaises(AccessError):
            self._load(shared, company=other)

    def test_an_import_brings_no_template(self):
        result = self._policies().load(["name", "state"], [["Smuggled", "template"]])
        self.assertFalse(result["ids"])
        self.assertFalse(self._policies().search([("name", "=", "Smuggled")]))
