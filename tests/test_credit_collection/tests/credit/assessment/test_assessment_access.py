from odoo.exceptions import AccessError
from odoo.tests import tagged

from .assessment_case import AssessmentCase


@tagged("post_install", "-at_install")
class TestAssessmentBlind(AssessmentCase):
    """Nobody sees the scores of another before all have handed in, by no way of reading."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = cls._user(
            "system", "base.group_system,credit_collection.group_credit_administrator"
        )

    def _peekers(self):
        # The second reviewer may even be controller and administrator of the database.
        return self.second, self.controller, self.administrator, self.auditor, self.system

    def setUp(self):
        super().setUp()
        self.second.sudo().group_ids += self.env.ref("credit_collection.group_credit_controller")
        export = self.env.ref("base.group_allow_export")
        for user in self._peekers():
            user.sudo().group_ids += export
        self.assessment = self._assessment()
        self.sheet = self._score(self.assessment, self.first, [25, 20, 15, 10])
        self.scores = self.sheet.score_ids
        self.env.invalidate_all()

    def test_read_is_refused(self):
        for user in self._peekers():
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.sheet.with_user(user).read(["total"])
                with self.assertRaises(AccessError):
                    self.scores.with_user(user).read(["points"])
                with self.assertRaises(AccessError):
                    self.scores.with_user(user).export_data(["points"])
                with self.assertRaises(AccessError):
                    self.sheet.with_user(user).web_read({"opinion": {}})

    def test_search_finds_nothing(self):
        mine = [("assessment_id", "=", self.assessment.id)]
        for user in self._peekers():
            with self.subTest(user=user.login):
                scores = self.env["credit.assessment.score"].with_user(user)
                sheets = self.env["credit.assessment.sheet"].with_user(user)
                self.assertFalse(scores.search(mine) - self._own(scores, user))
                self.assertFalse(sheets.search(mine) - self._own(sheets, user))
                self.assertFalse(scores.name_search("", [*mine, ("user_id", "=", self.first.id)]))
                for model, measure in ((scores, "points:sum"), (sheets, "total:sum")):
                    groups = model.formatted_read_group(
                        [*mine, ("user_id", "=", self.first.id)], ["user_id"], [measure]
                    )
                    self.assertFalse(groups)

    def _own(self, model, user):
        return model.search([("user_id", "=", user.id)])

    def test_no_guessing_through_the_parent(self):
        """A search by a condition on hidden scores answers nothing about them."""
        for user in self._peekers():
            assessments = self.env["credit.assessment"].with_user(user)
            lines = self.env["credit.assessment.line"].with_user(user)
            with self.subTest(user=user.login):
                for leaf in (
                    ("score_ids.points", "=", 25),
                    ("sheet_ids.total", ">", 1),
                    ("sheet_ids.score_ids.points", "=", 25),
                    ("score_ids.option_id.points", "=", 25),
                ):
                    self.assertFalse(assessments.search([leaf]), leaf)
                self.assertFalse(lines.search([("assessment_id.score_ids.points", "=", 25)]))

    def test_nested_read_shows_nothing(self):
        spec = {
            "score": {},
            "sheet_ids": {"fields": {"total": {}, "user_id": {}}},
            "score_ids": {"fields": {"points": {}, "user_id": {}}},
            "line_ids": {"fields": {"average_points": {}}},
        }
        for user in self._peekers():
            self.env.invalidate_all()  # one user a request: the cache is never shared
            with self.subTest(user=user.login):
                [data] = self.assessment.with_user(user).web_read(spec)
                self.assertEqual(data["score"], 0)
                users = {row["user_id"] for row in data["sheet_ids"] + data["score_ids"]}
                self.assertNotIn(self.first.id, users)
                self.assertEqual({row["average_points"] for row in data["line_ids"]}, {0})

    def test_chatter_tells_nothing(self):
        messages = self.assessment.sudo().message_ids
        self.assertTrue(any("has submitted" in body for body in messages.mapped("body")))
        for body in messages.mapped("body"):
            self.assertNotRegex(body, r"\b(25|70)\b")
        self.assertFalse(messages.tracking_value_ids.filtered(lambda t: t.field_id.name == "score"))
        followers = self.sheet.sudo().message_partner_ids
        self.assertFalse(followers - self.first.partner_id)

    def test_all_see_when_done(self):
        self._score(self.assessment, self.second, [25, 25, 25, 25])
        self.assessment.action_close()
        for user in (self.second, self.controller, self.auditor, self.salesperson):
            with self.subTest(user=user.login):
                self.assertEqual(self.sheet.with_user(user).total, 70)
                self.assertEqual(self.assessment.with_user(user).score, 85)


@tagged("post_install", "-at_install")
class TestAssessmentAccess(AssessmentCase):
    """Rights to prepare, score and read; nothing is written past the buttons."""

    def test_only_controllers_prepare(self):
        for user in (self.salesperson, self.auditor, self.finance_manager, self.first):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["credit.assessment"].with_user(user).create(
                    {"partner_id": self.customer.id, "reviewer_ids": [(6, 0, self.first.ids)]}
                )
        assessment = self._assessment()
        for user in (self.salesperson, self.auditor, self.first):
            for name in ("action_close", "action_cancel", "action_start"):
                with self.subTest(user=user.login, name=name), self.assertRaises(AccessError):
                    getattr(assessment.with_user(user), name)()

    def test_result_is_not_written_by_hand(self):
        assessment = self._assessment()
        grade = self._grade("A").id
        for user in (self.controller, self.administrator, self.env.ref("base.user_root")):
            for values in (
                {"state": "done"}, {"score": 99.0}, {"grade_id": grade}, {"ledger_days_late": 0.0},
                {"scorecard_id": self.card_5c.id}, {"line_ids": [(5,)]},
            ):  # fmt: skip
                with self.subTest(values=values), self.assertRaises(AccessError):
                    assessment.with_user(user).write(values)
            with self.assertRaises(AccessError):
                assessment.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self._assessment(kind="new", start=False, state="done", score=99.0)
        with self.assertRaises(AccessError):
            assessment.with_user(self.controller).with_context(credit_collection_system=True).write(
                {"state": "done"}
            )

    def test_scores_are_written_by_their_reviewer(self):
        assessment = self._assessment()
        own, other = (self._sheet(assessment, user) for user in (self.first, self.second))
        option = own.score_ids[0].criterion_id.option_ids[0]
        own.score_ids[0].option_id = option
        self.assertEqual(own.score_ids[0].points, 25)
        for user in (self.first, self.controller, self.administrator):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    other.score_ids[0].with_user(user).write({"option_id": option.id})
                with self.assertRaises(AccessError):
                    other.with_user(user).action_submit()
                with self.assertRaises(AccessError):
                    other.with_user(user).write({"opinion": "forged"})
        for values in ({"points": 25.0}, {"sheet_id": other.id}, {"user_id": self.second.id}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                own.score_ids[0].write(values)
        for values in ({"total": 100.0}, {"state": "submitted"}, {"user_id": self.second.id}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                own.write(values)
        with self.assertRaises(AccessError):
            own.score_ids[0].unlink()
        with self.assertRaises(AccessError):
            self.env["credit.assessment.score"].with_user(self.first).create(
                {"sheet_id": own.id, "line_id": own.score_ids[0].line_id.id}
            )

    def test_option_of_another_criterion(self):
        assessment = self._assessment()
        scores = self._sheet(assessment, self.first).score_ids
        with self.assertRaisesRegex(Exception, "is no option of"):
            scores[0].option_id = scores[1].criterion_id.option_ids[0]

    def test_roles_that_read(self):
        assessment = self._assessment()
        for user in (
            self.controller, self.auditor, self.salesperson, self.sales_manager,
            self.finance_manager, self.general_manager, self.first,
        ):  # fmt: skip
            self.assertTrue(assessment.with_user(user).has_access("read"), user.login)
        for user in (self.salesperson2, self.stranger, self.accountant):
            self.assertFalse(assessment.with_user(user).has_access("read"), user.login)
            found = self.env["credit.assessment"].with_user(user).search([])
            self.assertNotIn(assessment.id, found.ids)

    def test_other_company(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        colleague = self._user(
            "colleague", "credit_collection.group_credit_controller", company=other
        )
        assessment = self._assessment()
        self.assertFalse(assessment.with_user(colleague).has_access("read"))
        self.assertFalse(self.env["credit.assessment"].with_user(colleague).search([]).ids)
