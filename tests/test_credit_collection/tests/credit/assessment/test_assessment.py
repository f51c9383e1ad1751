import re
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .assessment_case import AssessmentCase


@tagged("post_install", "-at_install")
class TestAssessment(AssessmentCase):
    """The flow: several reviewers, the average counts, the grade follows (P5-03, P5-04)."""

    def test_average_of_two_reviewers(self):
        assessment = self._assessment()
        self.assertEqual(assessment.state, "scoring")
        self._score(assessment, self.first, [25, 20, 25, 20])  # 90
        self._score(assessment, self.second, [25, 20, 25, 15])  # 85
        assessment.action_close()
        self.assertRecordValues(
            assessment,
            [{"state": "done", "score": 87.5, "grade_id": self._grade("B").id}],
        )
        self.assertEqual(assessment.line_ids.mapped("average_points"), [25, 20, 25, 17.5])
        self.assertEqual(assessment.done_by_id, self.controller)

    def test_activity_is_in_the_language_of_the_reviewer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.first.lang = "zh_CN"
        assessment = self._assessment()
        for user, chinese in ((self.first, True), (self.second, False)):
            [activity] = self._sheet(assessment, user).sudo().activity_ids
            self.assertIn(self.customer.name, activity.summary)
            self.assertEqual(bool(re.search("[\u4e00-\u9fff]", activity.summary)), chinese)

    def test_grades_at_the_bounds(self):
        """90–100 A, 80–89 B, 60–79 C, below 60 D; 88 points are B."""
        assessment = self._assessment()
        for score, code in (
            (100, "A"), (90, "A"), (89.99, "B"), (88, "B"), (80, "B"), (79.9, "C"), (60, "C"),
            (59.9, "D"), (0, "D"),
        ):  # fmt: skip
            self.assertEqual(assessment._grade_for_score(score), self._grade(code), score)

    def test_nothing_changes_on_the_customer(self):
        assessment = self._assessment()
        for user in (self.first, self.second):
            self._score(assessment, user, [10, 10, 10, 10])
        assessment.action_close()
        self.assertEqual(assessment.grade_id, self._grade("D"))
        self.assertFalse(self._figures(self.customer).credit_grade_id)

    def test_all_must_hand_in(self):
        assessment = self._assessment()
        self._score(assessment, self.first, [25, 25, 25, 25])
        self.assertIn("Second Reviewer", assessment.progress)
        with self.assertRaisesRegex(UserError, "missing from: Second Reviewer"):
            assessment.action_close()

    def test_every_criterion_is_scored(self):
        assessment = self._assessment()
        with self.assertRaisesRegex(UserError, "Choose an option for: Contract performance"):
            self._sheet(assessment, self.first).action_submit()

    def test_take_back_until_closed(self):
        assessment = self._assessment()
        sheet = self._score(assessment, self.first, [25, 25, 25, 25])
        with self.assertRaises(AccessError):
            sheet.score_ids[0].reason = "changed my mind"
        sheet.action_take_back()
        self._score(assessment, self.first, [10, 25, 25, 25])
        self._score(assessment, self.second, [25, 25, 25, 25])
        assessment.action_close()
        with self.assertRaisesRegex(UserError, "is not being scored"):
            sheet.action_take_back()

    def test_number_of_reviewers(self):
        assessment = self._assessment(start=False, reviewers=self.first)
        with self.assertRaisesRegex(UserError, "at least 2 reviewers"):
            assessment.action_start()
        self.card.reviewers_min = 1
        assessment.action_start()
        self.assertEqual(len(assessment.sudo().sheet_ids), 1)

    def test_reviewers_added_and_taken_off(self):
        assessment = self._assessment()
        self._score(assessment, self.first, [25, 25, 25, 25])
        assessment.reviewer_ids = [(4, self.stranger.id), (3, self.second.id)]
        self.assertEqual(assessment.sudo().sheet_ids.user_id, self.first | self.stranger)
        with self.assertRaisesRegex(UserError, "cannot be removed"):
            assessment.reviewer_ids = [(3, self.first.id), (4, self.second.id)]

    def test_reviewers_are_notified(self):
        assessment = self._assessment(deadline=self.today + timedelta(days=3))
        activities = assessment.sudo().sheet_ids.activity_ids
        self.assertEqual(activities.user_id, self.first | self.second)
        self.assertEqual(set(activities.mapped("date_deadline")), {assessment.deadline})
        for user in (self.first, self.second):
            self._score(assessment, user, [25, 25, 25, 25])
        self.assertFalse(assessment.sudo().sheet_ids.activity_ids)
        self.assertEqual(assessment.activity_ids.user_id, self.controller)
        assessment.action_close()
        self.assertFalse(assessment.activity_ids)

    def test_reminder_once_per_deadline(self):
        assessment = self._assessment(deadline=self.today - timedelta(days=1))
        self._score(assessment, self.first, [25, 25, 25, 25])
        sheet = assessment.sudo().sheet_ids.filtered(lambda s: s.user_id == self.second)

        def reminders():
            return (
                self.env["mail.message"]
                .sudo()
                .search_count([("body", "like", "were due on"), ("res_id", "=", sheet.id)])
            )

        self._run_job("credit_assessment_remind")
        self._run_job("credit_assessment_remind")
        self.assertEqual(reminders(), 1)

    def test_one_open_per_kind(self):
        self._assessment()
        with (
            self.assertRaisesRegex(Exception, "one_open|open_per_customer|open for this customer"),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._assessment(start=False)
        self._assessment(kind="quarterly")

    def test_open_for_a_job(self):
        first = self._assessment()
        model = self.env["credit.assessment"]
        again = model._open_assessments(self.customer, self.company, "yearly")
        self.assertEqual(again, first)
        for user in (self.first, self.second):
            self._score(first, user, [25, 25, 25, 25])
        first.action_close()
        later = model._open_assessments(self.customer, self.company, "quarterly")
        self.assertEqual((later.state, later.kind), ("draft", "quarterly"))
        self.assertEqual(later.reviewer_ids, self.first | self.second)

    def test_cancel(self):
        assessment = self._assessment()
        assessment.action_cancel()
        self.assertEqual(assessment.state, "cancelled")
        self.assertFalse(assessment.sudo().sheet_ids.activity_ids)
        with self.assertRaises(AccessError):
            self._sheet(assessment, self.first).score_ids[0].reason = "late"
        with self.assertRaisesRegex(UserError, "ended already"):
            assessment.action_cancel()

    def test_contact_is_refused(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        with self.assertRaisesRegex(ValidationError, "is a contact of"):
            self._assessment(start=False, partner_id=contact.id)

    def test_reviewers_of_the_company(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        foreigner = self._user("foreigner", "base.group_user", company=other)
        with self.assertRaisesRegex(ValidationError, "must be internal users"):
            self._assessment(start=False, reviewers=self.first | foreigner)

    def test_apply_needs_a_closed_assessment(self):
        assessment = self._assessment()
        with self.assertRaisesRegex(UserError, "closed assessment"):
            assessment.action_apply()
        for user in (self.first, self.second):
            self._score(assessment, user, [25, 25, 25, 25])
        assessment.action_close()
        if "credit.application" in self.env:
            context = assessment.action_apply()["context"]
            self.assertEqual(context["default_grade_id"], self._grade("A").id)
            self.assertEqual(context["default_assessment_id"], assessment.id)

    def test_printable_form(self):
        """The review form, blank while scored and full when closed (P5-02, P5-03)."""
        report = self.env["ir.actions.report"].with_user(self.controller)
        name = "credit_collection.report_credit_assessment"
        self._documents("licence", "tax", "vat")
        assessment = self._assessment(kind="new")
        self._score(assessment, self.first, [20, 16, 12, 6, 20], reason="SECRETREASON")
        html = report._render_qweb_html(name, assessment.ids)[0].decode()
        self.assertIn("New Customer Review Form", html)
        self.assertIn("General manager", html)
        self.assertNotIn("SECRETREASON", html)
        self._score(assessment, self.second, [20, 20, 20, 20, 20])
        assessment.action_close()
        html = report._render_qweb_html(name, assessment.ids)[0].decode()
        self.assertIn("SECRETREASON", html)
        self.assertIn("87.00", html)
        html = report._render_qweb_html(name, self._assessment().ids)[0].decode()
        self.assertIn("Customer Credit Review Form", html)

    def test_what_is_missing_is_said_before_the_step(self):
        """Of the start, and of a sheet: nothing of it is said of what may go on."""
        assessment = self._assessment(start=False, reviewers=self.env["res.users"])
        self.assertIn("reviewers", assessment.missing_input)
        assessment.reviewer_ids = self.first | self.second
        self.env.invalidate_all()
        self.assertFalse(assessment.missing_input)
        assessment.action_start()
        sheet = self._sheet(assessment, self.first)
        self.assertIn("Choose an option", sheet.missing_input)
        self.assertFalse(assessment.missing_input)
