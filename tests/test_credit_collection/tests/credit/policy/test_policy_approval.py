from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .policy_case import PolicyCase


class TestPolicyApproval(PolicyCase):
    """A policy takes effect by management's approval and is never edited afterwards (P1-06)."""

    def test_draft_counts_for_nobody(self):
        policy = self._load()
        customer = self._customer()
        self.assertEqual(policy.state, "draft")
        self.assertFalse(self._used(customer))
        policy.action_request()
        self.assertFalse(self._used(customer))

    def test_approval_puts_it_in_force(self):
        policy = self._in_force()
        self.assertRecordValues(
            policy,
            [
                {
                    "state": "active",
                    "requested_by_id": self.administrator.id,
                    "approved_by_id": self.general_manager.id,
                    "date_from": self.company._credit_today(),
                    "version": 1,
                }
            ],
        )
        self.assertTrue(policy.approved_at)
        self.assertEqual(self._used(self._customer()), policy)
        self.assertEqual(self.company.credit_policy_id, policy)

    def test_draft_names_the_policy_it_retires(self):
        """Management sees before it approves which policy goes."""
        old = self._in_force("P1")
        draft = self._load("P2")
        self.assertEqual(draft.replaced_names, old.display_name)
        draft.scope = "customer"
        self.assertFalse(draft.replaced_names)
        draft.scope = "company"
        draft.action_request()
        self.assertEqual(draft.with_user(self.general_manager).replaced_names, old.display_name)
        draft.with_user(self.general_manager).validate_tier()
        self.assertEqual(old.state, "retired")
        self.assertFalse(draft.replaced_names)
        version = self._policies().browse(draft.action_new_version()["res_id"])
        self.assertEqual(version.replaced_names, draft.display_name)

    def test_applicant_never_approves(self):
        self.general_manager.group_ids += self.env.ref(
            "credit_collection.group_credit_administrator"
        )
        other = self._user("general_manager_2", "credit_collection.group_credit_general_manager")
        policy = self._load(user=self.general_manager)
        policy.action_request()
        with self.assertRaisesRegex(AccessError, "cannot approve your own request"):
            policy.validate_tier()
        with self.assertRaisesRegex(AccessError, "cannot approve your own request"):
            policy.action_reject()
        self.assertEqual(policy.state, "requested")
        policy.with_user(other).validate_tier()
        self.assertEqual(policy.state, "active")

    def test_nobody_else_approves(self):
        policy = self._load()
        policy.action_request()
        for user in (self.administrator, self.controller, self.finance_manager, self.auditor):
            with self.assertRaises(AccessError):
                policy.with_user(user).validate_tier()
        self.assertEqual(policy.state, "requested")

    def test_no_tier_no_approval(self):
        self.env.ref("credit_collection.tier_definition_policy_general").active = False
        policy = self._load()
        with self.assertRaisesRegex(UserError, "No approver is defined"):
            policy.action_request()

    def test_the_only_manager_is_the_applicant(self):
        policy = self._load(user=self.general_manager)
        with self.assertRaisesRegex(UserError, "has no approver other than"):
            policy.action_request()

    def test_rejected_stays_to_be_read(self):
        policy = self._load()
        policy.action_request()
        action = policy.with_user(self.general_manager).action_reject()
        wizard = (
            self.env["comment.wizard"]
            .with_user(self.general_manager)
            .with_context(**action["context"])
            .create({"comment": "Too generous."})
        )
        wizard.add_comment()
        self.assertEqual(policy.state, "rejected")
        self.assertEqual(policy.review_ids.comment, "Too generous.")
        self.assertFalse(self._used(self._customer()))
        with self.assertRaises(AccessError):
            policy.name = "Better"
        with self.assertRaises(AccessError):
            policy.unlink()

    def test_taken_back_and_asked_again(self):
        policy = self._load()
        policy.action_request()
        policy.action_withdraw()
        self.assertRecordValues(policy, [{"state": "draft", "requested_by_id": False}])
        policy.credit_late_days = 20
        self._approve_policy(policy)
        self.assertEqual(policy.state, "active")
        with self.assertRaises(UserError):
            policy.action_withdraw()

    # ------------------------------------------------------------------ never edited

    def test_frozen_once_requested(self):
        requested = self._load()
        requested.action_request()
        active = self._in_force("P2", segment="sme")
        for policy in (requested, active):
            with self.subTest(state=policy.state):
                line = policy.grade_line_ids[0]
                rule = policy.rule_ids[0]
                for user in (
                    self.administrator,
                    self.general_manager,
                    self.env.ref("base.user_root"),
                ):
                    with self.assertRaises(AccessError):
                        policy.with_user(user).credit_large_limit = 5
                    with self.assertRaises(AccessError):
                        policy.with_user(user).unlink()
                    with self.assertRaises(UserError):
                        line.with_user(user).term_days = 10
                    with self.assertRaises(UserError):
                        line.with_user(user).unlink()
                    with self.assertRaises(UserError):
                        rule.with_user(user).days = 300
                    with self.assertRaises(UserError):
                        rule.with_user(user).unlink()
                    with self.assertRaises(UserError):
                        rule.with_user(user).active = False
                    with self.assertRaises(UserError):
                        rule.copy({"name": "More", "policy_id": policy.id})
                    with self.assertRaises(AccessError):
                        policy.with_user(user).write({"grade_line_ids": [(5, 0, 0)]})
                with self.assertRaises(AccessError):
                    policy.update_field_translations("name", {"en_US": "Other"})
                with self.assertRaises(UserError):
                    line.update_field_translations("order_needs", {"en_US": "Nothing"})
                with self.assertRaises(UserError):
                    rule.update_field_translations("name", {"en_US": "Nothing"})

    def test_line_does_not_move_in(self):
        active = self._in_force()
        draft = self._load("P2", segment="sme")
        with self.assertRaises(UserError):
            draft.grade_line_ids[0].policy_id = active
        with self.assertRaises(UserError):
            draft.rule_ids[0].policy_id = active
        rule = (
            self.env["credit.rule"]
            .with_user(self.administrator)
            .create({"name": "General", "rule_type": "limit"})
        )
        with self.assertRaises(UserError):
            rule.policy_id = active
        # Dragging rules of a mixed list stays possible: it changes no rule.
        active.rule_ids[0].with_user(self.administrator).sequence = 99

    def test_state_is_not_forged(self):
        policies = self._policies()
        content = {"name": "Forged", "company_id": self.company.id}
        for values in (
            {"state": "active"},
            {"version": 9},
            {"approved_by_id": self.general_manager.id},
            {"template_id": self._template().id},
            {"state": "template"},
            {"requested_by_id": self.controller.id},
        ):
            with self.subTest(values=values):
                with self.assertRaises(AccessError):
                    policies.create({**content, **values})
                with self.assertRaises(AccessError):
                    self._load("P3", segment="group").write(values)
                key, value = next(iter(values.items()))
                policy = policies.with_context(**{f"default_{key}": value}).create(content)
                self.assertNotEqual(policy[key], value)
        forged = policies.with_context(credit_collection_system=True, skip_validation_check=True)
        with self.assertRaises(AccessError):
            forged.create({**content, "state": "active"})
        # A default that users keep for themselves.
        self.env["ir.default"].with_user(self.administrator).set(
            "credit.policy", "state", "active", user_id=True
        )
        self.assertEqual(policies.create(content).state, "draft")

    def test_reviews_are_not_forged(self):
        policy = self._load()
        policy.action_request()
        review = policy.review_ids
        with self.assertRaises(AccessError):
            review.write({"status": "approved", "done_by": self.general_manager.id})
        with self.assertRaises(AccessError):
            review.unlink()
        with self.assertRaises(UserError):
            policy.restart_validation()
        self.assertEqual(policy.state, "requested")

    # ------------------------------------------------------------------ versions

    def test_new_version_replaces_on_approval(self):
        first = self._in_force()
        customer = self._customer()
        action = first.action_new_version()
        second = self._policies().browse(action["res_id"])
        self.assertRecordValues(
            second,
            [
                {
                    "state": "draft",
                    "version": 2,
                    "previous_id": first.id,
                    "root_id": first.id,
                    "template_id": self._template().id,
                    "approved_by_id": False,
                    "date_from": False,
                }
            ],
        )
        self.assertEqual(second.grade_line_ids.mapped("score_min"), [90, 80, 60, 0])
        self.assertEqual(second.rule_ids.mapped("name"), first.rule_ids.mapped("name"))
        # One draft at a time: the button opens the one there is.
        self.assertEqual(first.action_new_version()["res_id"], second.id)
        self._of_grade(second, "A").term_days = 45
        self.assertEqual(self._used(customer), first)
        self._approve_policy(second)
        self.assertRecordValues(
            first + second,
            [
                {"state": "retired", "date_to": self.company._credit_today()},
                {"state": "active", "date_to": False},
            ],
        )
        self.assertEqual(self._used(customer), second)
        # Retired versions can be read later, as they were.
        self.assertEqual(self._of_grade(first, "A").term_days, 60)
        self.assertEqual(self._of_grade(second, "A").term_days, 45)
        with self.assertRaises(UserError):
            self._of_grade(first, "A").term_days = 10

    def test_one_in_force(self):
        first = self._in_force("P1")
        second = self._in_force("P2")
        self.assertEqual(first.state, "retired")
        self.assertEqual(self.company.credit_policy_id, second)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            first.sudo()._system().write({"state": "active"})
            self.env.flush_all()

    def test_complete_before_it_is_asked_for(self):
        policy = self._policies().create({"name": "Own", "company_id": self.company.id})
        with self.assertRaisesRegex(UserError, "needs its grades"):
            policy.action_request()
        policy.grade_line_ids = [
            (0, 0, {"grade_id": self._grade("A").id, "score_min": 90}),
            (0, 0, {"grade_id": self._grade("D").id, "score_min": 10}),
        ]
        with self.assertRaisesRegex(UserError, "from score 0"):
            policy.action_request()
        self._of_grade(policy, "D").score_min = 0
        self._of_grade(policy, "A").score_min = 0
        with self.assertRaisesRegex(UserError, "grade A is better than D"):
            policy.action_request()
        self._of_grade(policy, "D").score_min = 70
        with self.assertRaisesRegex(UserError, "grade A is better than D"):
            policy.action_request()
        self._of_grade(policy, "D").score_min = 0
        self._of_grade(policy, "A").score_min = 90
        policy.action_request()
        self.assertEqual(policy.state, "requested")

    def test_values_out_of_range(self):
        policy = self._load()
        line = self._of_grade(policy, "A")
        for values in (
            {"score_min": 101},
            {"term_days": 61},
            {"term_days": -1},
            {"prepayment_percent": 101},
            {"review_months": 0},
            {"grace_days": -1},
            {"limit_max": -1},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                line.write(values)
        for values in (
            {"credit_large_limit": -1},
            {"credit_alert_percent": 101},
            {"credit_first_limit_percent": -1},
            {"credit_review_months": 0},
            {"credit_term_max_days": 59},
            {"scope": "segment"},
            {"segment": "sme"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                policy.write(values)
        policy.credit_term_max_days = 0  # 0 = no longest term
        line.term_days = 200

    # ------------------------------------------------------------------ who

    def test_access(self):
        policy = self._load()
        readers = (
            self.auditor,
            self.controller,
            self.collector,
            self.finance_manager,
            self.legal,
            self.executive,
        )
        for user in readers:
            with self.subTest(user=user.name):
                self.assertTrue(policy.with_user(user).name)
                self.assertTrue(policy.with_user(user).grade_line_ids.mapped("term_days"))
                with self.assertRaises(AccessError):
                    policy.with_user(user).credit_late_days = 1
                with self.assertRaises(AccessError):
                    policy.grade_line_ids[0].with_user(user).term_days = 1
                with self.assertRaises(AccessError):
                    policy.with_user(user).action_request()
                with self.assertRaises(AccessError):
                    self._policies(user).create({"name": "Mine"})
                with self.assertRaises(AccessError):
                    self._load("P3", user=user)
                with self.assertRaises(AccessError):
                    policy.rule_ids[0].with_user(user).days = 1
        own = self._load("P3", segment="group", user=self.general_manager)
        own.credit_late_days = 3
        own.rule_ids[0].days = 5
        with self.assertRaises(AccessError):  # general rules are the administrator's
            self.env.ref("credit_collection.credit_rule_overdue").with_user(
                self.general_manager
            ).days = 1

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        manager = self._user(
            "administrator_2", "credit_collection.group_credit_administrator", company=other
        )
        policy = self._in_force()
        with self.assertRaises(AccessError):
            policy.with_user(manager).read(["name"])
        with self.assertRaises(AccessError):
            policy.grade_line_ids.with_user(manager).mapped("term_days")
        self.assertFalse(self._used(self._customer(), other))
