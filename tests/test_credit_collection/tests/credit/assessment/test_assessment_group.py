from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .assessment_case import AssessmentCase

FULL = [25, 25, 25, 25]
ROLES = ("department", "legal", "administration", "finance", "vice_president", "general_manager")


class GroupCase(AssessmentCase):
    """Head, deputy, one account and one service manager, Finance and Administration watching.

    Nobody but the signatories has a role beyond internal user.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("head", "deputy", "clerk", "vice"):
            setattr(cls, name, cls._user(f"group_{name}", "base.group_user"))
        cls.signers = dict(
            zip(
                ROLES,
                (
                    cls.sales_manager, cls.stranger, cls.clerk, cls.finance_manager, cls.vice,
                    cls.general_manager,
                ),
                strict=True,
            )
        )  # fmt: skip
        cls.group = (
            cls.env["credit.assessment.group"]
            .with_user(cls.administrator)
            .create(
                {
                    "name": "Credit Assessment Group",
                    "company_id": cls.company.id,
                    "user_id": cls.head.id,
                    "deputy_id": cls.deputy.id,
                    "account_manager_ids": [(6, 0, cls.first.ids)],
                    "service_manager_ids": [(6, 0, cls.second.ids)],
                    "watcher_ids": [(6, 0, (cls.clerk | cls.accountant).ids)],
                }
            )
        )

    def _prepared(self, kind="yearly", **values):
        return (
            self.env["credit.assessment"]
            .with_user(self.controller)
            .create({"partner_id": self.customer.id, "kind": kind, **values})
        )

    def _closed(self, kind="yearly"):
        assessment = self._prepared(kind)
        if kind == "new":
            self._documents("licence", "tax", "vat")
        assessment.action_start()
        for user in (self.first, self.second):
            sheet = self._sheet(assessment, user)
            for score in sheet.score_ids:
                score.write(
                    {"option_id": score.criterion_id.option_ids[0].id, "reason": "As I know them"}
                )
            sheet.action_submit()
        assessment.with_user(self.head).action_close()
        return assessment


@tagged("post_install", "-at_install")
class TestAssessmentGroup(GroupCase):
    """P5-01: head, deputy, reviewers and watchers."""

    def test_assessment_takes_the_people_over(self):
        with Form(self.env["credit.assessment"].with_user(self.controller)) as form:
            form.partner_id = self.customer
            self.assertEqual(form.group_id, self.group.with_user(self.controller))
        for assessment in (form.record, self._prepared("quarterly")):
            self.assertRecordValues(
                assessment,
                [
                    {
                        "user_id": self.head.id,
                        "deputy_id": self.deputy.id,
                        "reviewer_ids": (self.first | self.second).ids,
                        "watcher_ids": (self.clerk | self.accountant).ids,
                    }
                ],
            )

    def test_people_can_be_named_one_by_one(self):
        assessment = self._prepared(reviewer_ids=[(6, 0, self.stranger.ids)])
        self.assertEqual(assessment.reviewer_ids, self.stranger)
        self.assertEqual(assessment.user_id, self.head)
        alone = self._prepared("quarterly", group_id=False)
        self.assertEqual(alone.user_id, self.controller)
        self.assertFalse(alone.reviewer_ids | alone.deputy_id | alone.watcher_ids)

    def test_later_changes_of_the_group_change_no_assessment(self):
        assessment = self._prepared()
        self.group.account_manager_ids = self.stranger
        self.group.user_id = self.second
        self.assertEqual(assessment.reviewer_ids, self.first | self.second)
        self.assertEqual(assessment.user_id, self.head)

    def test_members_score_in_their_capacity(self):
        assessment = self._prepared()
        assessment.action_start()
        self.assertEqual(self._sheet(assessment, self.first).role, "account")
        self.assertEqual(self._sheet(assessment, self.second).role, "service")

    def test_head_and_deputy_lead(self):
        for leader in (self.head, self.deputy):
            with self.subTest(leader=leader.login):
                assessment = self._prepared().with_user(leader)
                assessment.action_start()
                assessment.note = "Keep an eye on the plant in Hamburg"
                for user in (self.first, self.second):
                    self._score(assessment, user, FULL)
                # Both are asked to close, one of them does.
                asked = assessment.sudo().activity_ids.user_id
                self.assertEqual(asked, self.head | self.deputy)
                assessment.action_close()
                self.assertEqual(assessment.done_by_id, leader)
                self.assertFalse(assessment.sudo().activity_ids)

    def test_nobody_else_leads(self):
        assessment = self._prepared()
        for user in (self.first, self.second, self.clerk, self.accountant, self.salesperson):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    assessment.with_user(user).action_start()
                with self.assertRaises(AccessError):
                    assessment.with_user(user).write({"note": "mine"})
                with self.assertRaises(AccessError):
                    assessment.with_user(user).write({"user_id": user.id})

    def test_head_of_one_team_is_not_made_head_of_another(self):
        other = self._prepared(group_id=False, reviewer_ids=[(6, 0, self.first.ids)])
        with self.assertRaises(AccessError):
            other.with_user(self.head).write({"user_id": self.head.id})
        with self.assertRaises(AccessError):
            self.env["credit.assessment"].with_user(self.head).create(
                {"partner_id": self._customer("Mine").id}
            )

    def test_watchers_read_the_result_and_no_score_before(self):
        assessment = self._prepared()
        assessment.action_start()
        sheet = self._score(assessment, self.first, FULL)
        self.env.invalidate_all()
        for user in (self.clerk, self.accountant, self.head, self.deputy):
            with self.subTest(user=user.login):
                self.assertIn(assessment, assessment.with_user(user).search([]))
                self.assertTrue(assessment.with_user(user).line_ids.read(["ledger_text"]))
                for hidden in (sheet, sheet.score_ids):
                    with self.assertRaises(AccessError):
                        hidden.with_user(user).read(["display_name"])
        followers = assessment.sudo().message_partner_ids
        self.assertLessEqual((self.clerk | self.accountant).partner_id, followers)
        self._score(assessment, self.second, FULL)
        assessment.with_user(self.deputy).action_close()
        self.env.invalidate_all()
        for user in (self.clerk, self.accountant):
            self.assertEqual(assessment.with_user(user).score, 100)
            self.assertEqual(sheet.with_user(user).total, 100)
        result = assessment.sudo().message_ids.filtered(lambda m: "Score 100.00" in (m.body or ""))
        self.assertEqual(result.subtype_id, self.env.ref("mail.mt_comment"))

    def test_watcher_named_later_follows(self):
        assessment = self._prepared()
        assessment.action_start()
        assessment.watcher_ids = [(4, self.stranger.id)]
        self.assertIn(self.stranger.partner_id, assessment.sudo().message_partner_ids)

    def test_strangers_read_nothing(self):
        assessment = self._prepared()
        self.assertFalse(assessment.with_user(self.stranger).has_access("read"))

    def test_reviews_that_open_use_the_group(self):
        model = self.env["credit.assessment"]
        opened = model._open_assessments(self.customer, self.company, "yearly")
        self.assertEqual(opened.user_id, self.head)
        self.assertEqual(opened.reviewer_ids, self.first | self.second)
        review = self.env["credit.review"]._open_by_key(
            self._customer("Reviewed"), self.company, "yearly", "2026"
        )
        self.assertEqual(review.sudo().activity_ids.user_id, self.head | self.deputy)

    def test_members_who_left_are_excluded(self):
        self.second.sudo().active = False
        self.assertEqual(self._prepared().reviewer_ids, self.first)

    def test_roles_that_change_a_group(self):
        for user in (self.head, self.controller, self.first, self.salesperson):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.group.with_user(user).write({"user_id": user.id})

    def test_group_refusals(self):
        with (
            self.assertRaisesRegex(ValidationError, "be both chair and deputy"),
            self.cr.savepoint(),
        ):
            self.group.deputy_id = self.head
        other = self.setup_other_company(name="Elsewhere")["company"]
        foreign = self._user("foreign", "base.group_user", company=other)
        with self.assertRaisesRegex(ValidationError, foreign.name), self.cr.savepoint():
            self.group.watcher_ids = foreign
        with self.assertRaisesRegex(ValidationError, foreign.name), self.cr.savepoint():
            self.group.signoff_ids = [(0, 0, {"role": "legal", "user_id": foreign.id})]
        with (
            self.assertRaisesRegex(ValidationError, "Chairs, reviewers and observers"),
            self.cr.savepoint(),
        ):
            self._prepared().watcher_ids = foreign

    def test_other_company_has_its_own_group(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        self.assertFalse(self.env["credit.assessment.group"]._get_default(other))
        colleague = self._user(
            "colleague", "credit_collection.group_credit_controller", company=other
        )
        self.assertFalse(self.group.with_user(colleague).has_access("read"))


@tagged("post_install", "-at_install")
class TestSignoff(GroupCase):
    """P5-02: department, legal, administration, finance, VP and general manager sign."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group.signoff_ids = [
            (0, 0, {"role": role, "user_id": user.id}) for role, user in cls.signers.items()
        ]

    def _sign(self, assessment, role, user=None, remark=None):
        signoff = assessment.sudo().signoff_ids.filtered(lambda s: s.role == role)
        signoff = signoff.with_user(user or self.signers[role])
        if remark:
            signoff.remark = remark
            signoff.action_object()
        else:
            signoff.action_agree()
        return signoff

    def test_six_sign_then_it_is_applied(self):
        assessment = self._closed("new")
        self.assertEqual(assessment.signoff_ids.mapped("role"), list(ROLES))
        for role, user in self.signers.items():
            signoff = assessment.sudo().signoff_ids.filtered(lambda s, r=role: s.role == r)
            self.assertEqual(signoff.activity_ids.user_id, user)
        for role in ROLES:
            with self.assertRaisesRegex(UserError, "has not signed"):
                assessment.with_user(self.controller).action_apply()
            mine = assessment.with_user(self.signers[role])
            self.assertEqual(mine.action_open_my_signoff()["res_id"], mine.my_signoff_id.id)
            signoff = self._sign(assessment, role)
            self.assertTrue(signoff.signed_at)
            self.assertFalse(signoff.sudo().activity_ids)
        self.assertFalse(assessment.with_user(self.finance_manager).my_signoff_id)
        action = assessment.with_user(self.controller).action_apply()
        self.assertEqual(action["res_model"], "credit.application")

    def test_objection_stops_the_application(self):
        assessment = self._closed("new")
        for role in ROLES:
            if role != "legal":
                self._sign(assessment, role)
        signoff = assessment.sudo().signoff_ids[1].with_user(self.stranger)
        with self.assertRaisesRegex(UserError, "Enter the reason for your objection"):
            signoff.action_object()
        self._sign(assessment, "legal", remark="Two suits are pending")
        with self.assertRaisesRegex(UserError, "Two suits are pending"):
            assessment.with_user(self.controller).action_apply()
        application = (
            self.env["credit.application"]
            .with_user(self.controller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "kind": "change",
                    "assessment_id": assessment.id,
                    "control": "cash",
                    "reason": "As assessed",
                }
            )
        )
        with self.assertRaisesRegex(UserError, "Two suits are pending"):
            application.action_request()
        # The matter is settled: the objector may agree.
        self._sign(assessment, "legal")
        assessment.with_user(self.controller).action_apply()

    def test_forms_are_signed_whoever_takes_the_committee_off(self):
        """Neither without a committee, nor by one that names no department, nor by who left."""
        self.company.sudo().credit_new_needs_assessment = True
        bare = self.group.copy({"signoff_ids": False})
        for values in ({"group_id": False}, {"group_id": bare.id}):
            for kind in ("new", "yearly"):
                with self.subTest(kind=kind, **values):
                    assessment = self._prepared(
                        kind, reviewer_ids=[(6, 0, (self.first | self.second).ids)], **values
                    )
                    with self.assertRaisesRegex(UserError, "signed by the departments"):
                        assessment.action_start()
                    assessment.action_cancel()
                    self.env.flush_all()
        self.clerk.sudo().active = False
        with self.assertRaisesRegex(UserError, "signatories for those who left"):
            self._prepared().action_start()

    def test_new_customers_need_signatories_where_the_policy_says_so(self):
        self.group.signoff_ids.unlink()
        self._prepared().action_start()  # nobody signs in this company
        self.company.sudo().credit_new_needs_assessment = True
        with self.assertRaisesRegex(UserError, "signed by the departments"):
            self._prepared("new").action_start()

    def test_nobody_signs_for_another(self):
        assessment = self._closed("new")
        for user in (self.controller, self.administrator, self.head, self.salesperson):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._sign(assessment, "finance", user=user)
        signoff = assessment.sudo().signoff_ids[0].with_user(self.sales_manager)
        for values in ({"state": "agreed"}, {"user_id": self.vice.id}, {"role": "legal"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                signoff.write(values)
        signoff.action_agree()
        with self.assertRaises(AccessError):
            signoff.remark = "afterwards"
        with self.assertRaises(UserError):
            signoff.action_agree()

    def test_signed_when_closed_only(self):
        assessment = self._prepared("new")
        assessment.action_start()
        self.assertFalse(assessment.sudo().signoff_ids.activity_ids)
        with self.assertRaisesRegex(UserError, "is signed when it is closed"):
            self._sign(assessment, "legal")

    def test_somebody_else_is_named(self):
        assessment = self._closed("new")
        signoff = assessment.sudo().signoff_ids.filtered(lambda s: s.role == "vice_president")
        signoff.with_user(self.deputy).user_id = self.accountant
        self.assertEqual(signoff.activity_ids.user_id, self.accountant)
        self._sign(assessment, "vice_president", user=self.accountant)

    def test_yearly_reviews_are_signed_too(self):
        """P5-09: the six sign the form of the year; those of a quarter nobody."""
        assessment = self._closed("yearly")
        self.assertEqual(assessment.signoff_ids.mapped("role"), list(ROLES))
        with self.assertRaisesRegex(UserError, "has not signed"):
            assessment.with_user(self.controller).action_apply()
        for role in ROLES:
            self._sign(assessment, role)
        assessment.with_user(self.controller).action_apply()
        self.assertFalse(self._closed("quarterly").signoff_ids)

    def test_form_shows_the_signer(self):
        assessment = self._closed("new")
        self._sign(assessment, "finance")
        self._sign(assessment, "legal", remark="Two suits are pending")
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "credit_collection.report_credit_assessment", assessment.ids
        )
        text = html.decode()
        for expected in (
            self.finance_manager.name,
            "Two suits are pending",
            "Vice president (marketing)",
        ):
            self.assertIn(expected, text)
        self.assertNotIn(self.general_manager.name, text)
