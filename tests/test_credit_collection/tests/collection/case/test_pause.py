from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time

from ..run.run_case import RunCase


class TestPause(RunCase):
    """A case is paused for a reason and a time; cases are taken over where the team allows it."""

    def setUp(self):
        super().setUp()
        self.customer = self._customer()
        self._invoice(self.customer, 1000, days_overdue=10)
        self._run()
        self.case = self._case(self.customer).with_user(self.collector)

    def _pause(self, user, days, reason="Plant holidays"):
        wizard = self.env["collection.case.pause"].with_user(user)
        wizard.create(
            {"case_ids": self.case.ids, "date_until": self._today(days), "reason": reason}
        ).action_apply()

    def test_collector_pauses_within_the_limit_and_manager_beyond(self):
        self.company.sudo().collection_pause_max_days = 14
        self._pause(self.collector, 14)
        self.assertEqual(self.case.date_pause, self._today(14))
        self.assertEqual(self.case.pause_reason, "Plant holidays")
        self.assertTrue(self.case.is_paused)
        with self.assertRaises(ValidationError):
            self._pause(self.collector, 15)
        self._pause(self.manager, 300)
        self.assertEqual(self.case.date_pause, self._today(300))
        with self.assertRaises(ValidationError):
            self._pause(self.manager, 367)

    def test_pauses_of_collectors_that_follow_each_other_are_one(self):
        self.company.sudo().collection_pause_max_days = 14
        self._pause(self.collector, 10)
        self.assertEqual(self.case.pause_user_id, self.collector)
        self._pause(self.collector, 14)
        with freeze_time(self._today(9)):
            self._pause(self.collector, 5)
            self.case.action_resume()
            with self.assertRaises(ValidationError):
                self._pause(self.collector, 6)
            self._pause(self.collector, 5)
        with freeze_time(self._today(16)):
            self.assertFalse(self.case.is_paused)
            with self.assertRaisesRegex(ValidationError, "have used the 14 days"):
                self._pause(self.collector, 0)
        with freeze_time(self._today(30)):
            self._pause(self.collector, 14)

    def test_the_pause_of_a_manager_is_changed_by_managers(self):
        self._pause(self.manager, 60)
        self.assertFalse(self.case.can_resume)
        for call in (self.case.action_resume, lambda: self._pause(self.collector, 1)):
            with self.assertRaisesRegex(AccessError, self.manager.name):
                call()
        self.assertEqual(self.case.date_pause, self._today(60))
        self.case.with_user(self.manager).action_resume()
        self.assertFalse(self.case.is_paused)
        self._pause(self.collector, 1)

    def test_a_pause_needs_a_reason_and_a_day_to_come(self):
        for days, reason in ((3, "  "), (-1, "Holidays")):
            with self.subTest(days=days), self.assertRaises(ValidationError):
                self._pause(self.collector, days, reason)
        self.assertFalse(self.case.date_pause)

    def test_nobody_else_pauses_nor_writes_the_day(self):
        for user in (self.salesperson, self.auditor, self.accountant):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.case.with_user(user).action_pause()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.case.with_user(user).action_resume()
        for user in (self.collector, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.case.with_user(user).date_pause = self._today(3)

    def test_paused_cases_are_found_until_they_resume(self):
        paused = [("is_paused", "=", True), ("id", "=", self.case.id)]
        self.assertFalse(self.case.search_count(paused))
        self._pause(self.collector, 0)
        self.assertEqual(self.case.search_count(paused), 1)
        self.case.action_resume()
        self.assertFalse(self.case.search_count(paused))
        self.assertFalse(self.case.pause_reason)

    def test_a_team_can_keep_its_cases(self):
        team = (
            self.env["collection.team"]
            .sudo()
            .create({"name": "North", "company_id": self.company.id, "head_id": self.manager.id})
        )
        self.case.with_user(self.manager).write({"team_id": team.id, "user_id": self.manager.id})
        self.case.action_assign_to_me()
        self.assertEqual(self.case.user_id, self.collector)
        team.may_take = False
        with self.assertRaises(AccessError):
            self.case.with_user(self.collector2).action_assign_to_me()
        self.case.with_user(self.manager).action_assign_to_me()
        self.assertEqual(self.case.user_id, self.manager)
