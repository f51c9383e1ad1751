from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .takeover_case import TakeoverCase

TEAM_TASKS = ("mail_activity_special_sales", "mail_activity_special_finance",
              "mail_activity_special_legal")  # fmt: skip


@tagged("post_install", "-at_install")
class TestTakeoverEvidence(TakeoverCase):
    """Evidence of a filed case, and the special team (P1-11, P3-07)."""

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
        # Required evidence cannot be removed.
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
        # Promised evidence may still come; evidence handed in stays.
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

    def test_sender_does_not_accept(self):
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
        for text in ("Case Handover Sheet", "1,000.00", "Proof of Delivery"):
            self.assertIn(text, content)

    def test_cost_does_not_grow_with_the_cases(self):
        """The number of queries does not grow with the number of cases."""

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
