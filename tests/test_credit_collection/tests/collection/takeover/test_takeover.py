from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .takeover_case import TakeoverCase


@tagged("post_install", "-at_install")
class TestTakeover(TakeoverCase):
    """Takeover by age and on application (P3-06)."""

    # ------------------------------------------------------------------ by age

    def test_bounds_of_days(self):
        found = {}
        cases = {days: self._aged(days, f"D{days}") for days in (89, 90, 91, 180, 181)}
        self._run()
        for days, case in cases.items():
            found[days] = (
                case.takeover_state,
                len(self._activities(case, "mail_activity_takeover_told")),
                self._filing(case).state,
            )
        self.assertEqual(
            found,
            {
                89: ("none", 0, False),
                90: ("none", 0, False),
                91: ("told", 1, False),
                180: ("told", 1, False),
                181: ("taken", 0, "filed"),
            },
        )

    def test_head_is_notified_once(self):
        case = self._aged(120)
        self._run()
        task = self._activities(case, "mail_activity_takeover_told")
        self.assertEqual(task.user_id, self.head)
        task.action_done()
        self._run()
        self.assertFalse(self._activities(case, "mail_activity_takeover_told"))

    def test_mandatory_takeover(self):
        case = self._aged(200)
        partner = case.partner_id
        self._invoice(partner, 300, 10)
        self._invoice(partner, 55, -10)
        with self._on("2027-02-04"):
            self._run()
            filing = self._filing(case)
            self.assertRecordValues(
                filing,
                [
                    {
                        "state": "filed",
                        "kind": "mandatory",
                        "collector_id": self.collector.id,
                        "user_id": self.head.id,
                        "team_id": self.team.id,
                        "requested_by_id": False,
                        "evidence_asked": 7,
                    }
                ],
            )
            self.assertEqual(str(filing.date_evidence), "2027-02-11")
            self.assertEqual(filing.amount_overdue, sum(filing.item_ids.mapped("amount")))
            self.assertRecordValues(case, [{"takeover_state": "taken", "user_id": self.head.id}])
            task = self._activities(filing, "mail_activity_filing_evidence")
            self.assertEqual(task.user_id, self.collector)
            self._run()
        self.assertEqual(self._filing(case), filing)
        self.assertEqual(len(self._activities(filing)), 1)

    def test_frozen_figures(self):
        case = self._aged(200)
        self._receive(case.partner_id, 100)
        self._run()
        filing = self._filing(case)
        self.assertRecordValues(filing, [{"amount_overdue": 900, "days_overdue": 200}])
        self._pay(filing.item_ids.move_id)
        self.env.invalidate_all()
        self.assertEqual(filing.amount_overdue, 900)
        for user in (self.collector, self.manager, self.head):
            for record, values in (
                (filing, {"amount_overdue": 1}),
                (filing, {"state": "done"}),
                (filing, {"collector_id": user.id}),
                (filing, {"item_ids": [(5,)]}),
                (filing.item_ids, {"amount": 1}),
            ):
                with self.subTest(user=user.name, values=values), self.assertRaises(AccessError):
                    record.with_user(user).write(values)

    def test_never(self):
        case = self._aged(200)
        self.company.sudo().write(
            {"collection_takeover_notify_days": 0, "collection_takeover_days": 0}
        )
        self._run()
        self.assertEqual(case.takeover_state, "none")

    def test_paid_case_is_left_alone(self):
        case = self._aged(200)
        self._pay(self.env["account.move"].search([("partner_id", "=", case.partner_id.id)]))
        self._run()
        self.assertEqual(case.takeover_state, "none")

    # ------------------------------------------------------------------ on application

    def _apply(self, case, user=None, **values):
        return (
            self.env["collection.filing"]
            .with_user(user or self.collector)
            .create({"case_id": case.id, "reason": "He hides", **values})
        )

    def test_application(self):
        case = self._aged(40)
        filing = self._apply(case)
        filing.action_request()
        self.assertEqual(filing.state, "requested")
        # Applicants never approve, and others cannot.
        for user in (self.collector, self.salesperson, self.controller, self.legal):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                filing.with_user(user).validate_tier()
        filing.with_user(self.head).validate_tier()
        self.assertRecordValues(
            filing.with_env(self.env),
            [{"state": "filed", "kind": "application", "amount_overdue": 1000}],
        )
        self.assertEqual(case.takeover_state, "taken")
        self.assertEqual(case.user_id, self.head)

    def test_the_head_asks_the_manager(self):
        """The head as requester does not decide; a collection manager does."""
        case = self._aged(40, user=self.head)
        filing = self._apply(case, self.head)
        filing.action_request()
        with self.assertRaises(AccessError):
            filing.validate_tier()
        filing.with_user(self.manager).validate_tier()
        self.assertEqual(filing.state, "filed")

    def test_rejected(self):
        case = self._aged(40)
        filing = self._apply(case)
        filing.action_request()
        filing.with_user(self.manager)._rejected_tier()
        self.assertEqual(filing.state, "rejected")
        self.assertRecordValues(case, [{"takeover_state": "none", "user_id": self.collector.id}])
        self._apply(case).action_request()

    def test_roles_that_apply(self):
        case = self._aged(40)
        for user in (self.salesperson2, self.legal, self.auditor, self.accountant):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._apply(case, user)
        # Nor by naming oneself.
        for user in (self.salesperson, self.head):
            for values in ({"user_id": user.id}, {"collector_id": user.id}):
                with self.subTest(user=user.name, values=values), self.assertRaises(AccessError):
                    self._apply(case, user, **values)
            with self.assertRaises(AccessError):
                self.env["collection.filing"].with_user(user).with_context(
                    default_collector_id=user.id
                ).create({"case_id": case.id, "reason": "x"})

    def test_request_is_checked(self):
        case = self._aged(40)
        filing = self._apply(case, reason=" ")
        with self.assertRaisesRegex(UserError, "Enter why the team should take over"):
            filing.action_request()
        filing.reason = "He hides"
        filing.action_request()
        second = self._apply(case)
        with self.assertRaisesRegex(UserError, "already"):
            second.action_request()
        with self.assertRaises(AccessError):
            self._apply(case, state="filed")
        second.unlink()
        filing.action_cancel()
        self.assertEqual(filing.state, "cancelled")

    def test_age_overtakes_the_application(self):
        case = self._aged(200)
        filing = self._apply(case, proposal="Sue")
        filing.action_request()
        self._run()
        self.assertEqual(filing.state, "cancelled")
        new = self._filing(case) - filing.with_env(self.env)
        self.assertRecordValues(
            new,
            [{"state": "filed", "kind": "mandatory", "reason": "He hides", "proposal": "Sue"}],
        )

    def test_button_on_the_case(self):
        case = self._aged(40)
        action = case.with_user(self.collector).action_apply_takeover()
        self.assertEqual(action["context"], {"default_case_id": case.id})
        filing = self._apply(case)
        action = case.with_user(self.collector).action_apply_takeover()
        self.assertEqual(action["res_id"], filing.id)
