from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .sheet_case import SheetCase

TEAM_TASKS = ("mail_activity_special_sales", "mail_activity_special_finance",
              "mail_activity_special_legal")  # fmt: skip


@tagged("post_install", "-at_install")
class TestTakeover(SheetCase):
    """Takeover by age and on application, evidence, special team (P1-11, P3-06, P3-07)."""

    def _run(self):
        run = (
            self.env["collection.run"]
            .sudo()
            ._system()
            .create({"company_id": self.company.id, "date": self._today(), "state": "done"})
        )
        run._after_apply()
        self.env.invalidate_all()
        return run

    def _aged(self, days, name="Old", user=None):
        partner = self._customer(name)
        self._invoice(partner, 1000, days)
        return self._case(partner, user or self.collector)

    def _filing(self, case):
        return self.env["collection.filing"].search([("case_id", "=", case.id)])

    # ------------------------------------------------------------------ by age

    def test_borders(self):
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

    def test_the_head_is_told_once(self):
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
            {"collection_takeover_tell_days": 0, "collection_takeover_days": 0}
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
        # Who asks never approves, and others cannot.
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
        """The head who asks himself does not decide; a collection manager does."""
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

    def test_who_may_apply(self):
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
        with self.assertRaisesRegex(UserError, "Reason"):
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

    # ------------------------------------------------------------------ evidence

    def _filed(self):
        case = self._aged(200)
        self._run()
        return self._filing(case)

    def _paper(self, filing):
        return self.env["ir.attachment"].create(
            {"name": "contract.pdf", "raw": b"x", "res_model": filing._name, "res_id": filing.id}
        )

    def test_evidence(self):
        filing = self._filed()
        own = filing.with_user(self.collector)
        with self.assertRaisesRegex(UserError, "Reason"):
            own.action_evidence_complete()
        own.write({"reason": "He hides", "proposal": "Sue him"})
        with self.assertRaisesRegex(UserError, "Contract, Order"):
            own.action_evidence_complete()
        first, *rest = filing.evidence_ids
        # What is asked for cannot be asked away.
        for values in ({"kind": "other"}, {"is_asked": False}):
            with self.assertRaises(AccessError):
                first.with_user(self.collector).write(values)
        with self.assertRaises(AccessError):
            first.with_user(self.collector).unlink()
        first.with_user(self.collector).attachment_ids = self._paper(filing)
        for line in rest:
            line.with_user(self.collector).date_promised = self._today(-1)
        with self.assertRaisesRegex(UserError, "Order"):
            own.action_evidence_complete()
        for line in rest:
            line.with_user(self.collector).date_promised = self._today(3)
        own.action_evidence_complete()
        self.assertRecordValues(
            filing,
            [{"state": "evidence", "handed_in_by_id": self.collector.id, "evidence_given": 1}],
        )
        self.assertFalse(self._activities(filing, "mail_activity_filing_evidence"))
        self.assertEqual(self._activities(filing, "mail_activity_filing_accept").user_id, self.head)
        with self.assertRaises(AccessError):
            own.write({"reason": "Other"})
        # What was promised may still come; what was given stays.
        rest[0].with_user(self.collector).attachment_ids = self._paper(filing)
        with self.assertRaises(AccessError):
            first.with_user(self.collector).write({"attachment_ids": [(5,)]})
        for user in (self.collector, self.legal, self.controller):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                filing.with_user(user).action_accept()
        filing.with_user(self.head).action_send_back()
        self.assertEqual(filing.state, "filed")
        own.action_evidence_complete()
        filing.with_user(self.head).action_accept()
        self.assertRecordValues(filing, [{"state": "done", "accepted_by_id": self.head.id}])

    def test_who_hands_in_does_not_accept(self):
        filing = self._filed()
        own = filing.with_user(self.head)
        own.write({"reason": "a", "proposal": "b"})
        for line in filing.evidence_ids:
            line.with_user(self.head).date_promised = self._today(3)
        own.action_evidence_complete()
        with self.assertRaises(AccessError):
            own.action_accept()
        filing.with_user(self.manager).action_accept()

    def test_evidence_late(self):
        with self._on("2027-02-04"):
            filing = self._filed()
            self.assertEqual(str(filing.date_evidence), "2027-02-11")
        for day, late, told in (
            ("2027-02-09", False, 0),
            ("2027-02-11", False, 0),
            ("2027-02-12", True, 1),
            ("2027-02-13", True, 1),
        ):
            with self._on(day):
                self.env["collection.filing"].sudo()._cron_filings()
            tasks = self._activities(filing, "mail_activity_filing_accept")
            with self.subTest(day=day):
                self.assertEqual((filing.is_evidence_late, len(tasks)), (late, told))
        self.assertEqual(str(filing.reminded_on), "2027-02-11")

    # ------------------------------------------------------------------ special team

    def test_special_team_once(self):
        filing = self._filed()
        case = filing.case_id
        people = {kind: self._activities(case, kind).user_id for kind in TEAM_TASKS}
        self.assertEqual(
            people,
            # No user for Sales on the team: the head does it.
            dict(zip(TEAM_TASKS, (self.head, self.controller, self.legal), strict=True)),
        )
        self._activities(case, TEAM_TASKS[0]).action_done()
        case.with_user(self.manager).action_special_team()
        self._run()
        self.assertEqual([len(self._activities(case, kind)) for kind in TEAM_TASKS], [0, 1, 1])

    def test_special_team_by_button(self):
        case = self._aged(40)
        for user in (self.legal, self.salesperson2, self.auditor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                case.with_user(user).action_special_team()
        case.with_user(self.collector).action_special_team()
        self.assertEqual([len(self._activities(case, kind)) for kind in TEAM_TASKS], [1, 1, 1])

    def test_report(self):
        filing = self._filed()
        content = (
            self.env["ir.actions.report"]
            ._render_qweb_html("credit_collection.report_collection_filing", filing.ids)[0]
            .decode()
        )
        for text in ("Filing Sheet of an Overdue Case", "1,000.00", "Proof of Delivery"):
            self.assertIn(text, content)

    def test_cost_does_not_grow_with_the_cases(self):
        """What grows with the number of cases is not the number of queries."""

        def count(number):
            for n in range(number):
                self._aged(200, f"N{number} {n}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["collection.case"].sudo()._apply_takeover(self.company.sudo())
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        few, many = count(6), count(18)
        self.assertLess((many - few) / 12, 12)


@tagged("post_install", "-at_install")
class TestKeyCustomer(SheetCase):
    """Weekly follow-up of key customers, confirmed by both sides; high-risk alert (P2-18)."""

    def setUp(self):
        super().setUp()
        self.company.sudo().collection_key_sales = 5000
        self._invoice(self.buyer, 5000, 10)
        self.small = self._customer("Small")
        self._invoice(self.small, 4999, 10)
        self.case = self._case(user=self.collector)
        self.small_case = self._case(self.small, self.collector)

    def _week(self, day):
        with self._on(day):
            self.env["collection.case"].sudo()._follow_up_key_customers(self.company.sudo())

    def _open(self, case=None):
        case = case or self.case
        return [
            len(self._activities(case, kind))
            for kind in ("mail_activity_weekly_collection", "mail_activity_weekly_finance")
        ]

    def test_weekly(self):
        self._week("2026-12-02")
        self._week("2026-12-03")
        self.assertEqual((self._open(), self._open(self.small_case)), ([1, 1], [0, 0]))
        self.assertTrue(self.case.is_key_customer)
        self.assertEqual(self.case.followup_state, "open")
        tasks = self._activities(self.case)
        self.assertEqual(tasks.user_id, self.collector | self.controller)
        self.assertEqual({str(day) for day in tasks.mapped("date_deadline")}, {"2026-12-04"})
        mine = tasks.filtered(lambda task: task.user_id == self.collector)
        with self._on("2026-12-03"):
            mine.with_user(self.collector).action_done()
        self.assertEqual(self.case.followup_state, "half")
        self._week("2026-12-04")
        self.assertEqual(self._open(), [0, 1])
        with self._on("2026-12-04"):
            (tasks - mine).with_user(self.controller).action_done()
        self.assertEqual(self.case.followup_state, "done")
        self._week("2026-12-07")
        self.assertEqual((self._open(), self.case.followup_state), ([1, 1], "open"))
        # What was not done last week stays, late; no second one comes.
        self._week("2026-12-14")
        self.assertEqual(self._open(), [1, 1])

    def test_no_longer_key(self):
        self._week("2026-12-02")
        self.company.sudo().collection_key_sales = 0
        self._week("2026-12-08")
        self.assertFalse(self.case.is_key_customer)

    def test_contacts_and_credit_notes_count(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.small.id})
        self._invoice(contact, 1, 3)
        self._week("2026-12-02")
        self.assertEqual(self._open(self.small_case), [1, 1])
        self._invoice(self.buyer, 1, move_type="out_refund")
        self._week("2026-12-09")
        self.assertFalse(self.case.is_key_customer)

    def test_high_risk(self):
        self._week("2026-12-02")
        self.assertFalse(self._activities(self.case, "mail_activity_high_risk"))
        self.case.with_user(self.manager).sudo()._system().is_evasive = True
        self._week("2026-12-03")
        self._week("2026-12-10")
        task = self._activities(self.case, "mail_activity_high_risk")
        self.assertEqual(task.user_id, self.company._credit_controllers())
        self.assertEqual(len(task), len(task.user_id))
