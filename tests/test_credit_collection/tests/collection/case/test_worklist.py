from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestWorklist(ResolutionCase):
    """The dialog of the worklist: each result and its consequences."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._invoice(cls.customer, 1000, days_overdue=40)
        cls.new = cls._invoice(cls.customer, 500, days_overdue=10)
        cls.future = cls._invoice(cls.customer, 300, days_overdue=-10)
        cls.case = cls._case()
        cls.company.sudo().write(
            {
                "collection_contact_max": 0,
                "collection_hour_from": 0.0,
                "collection_hour_to": 24.0,
            }
        )

    def _dialog(self, action="action_log_call", user=None):
        found = getattr(self.case.with_user(user or self.collector), action)()
        self.assertEqual(found["target"], "new")
        return Form(
            self.env[found["res_model"]]
            .with_user(user or self.collector)
            .with_context(**found["context"])
        )

    def test_call(self):
        form = self._dialog()
        self.assertEqual(form.amount_chase, 1500)
        form.summary = "Calls back."
        form.result = "no_answer"
        result = form.save().action_log()
        self.assertEqual(result["type"], "ir.actions.act_window_close")
        self.assertRecordValues(
            self.case.contact_ids,
            [{"channel": "call", "result": "no_answer", "user_id": self.collector.id}],
        )
        self.assertEqual(self.case.work_state, "done")

    def test_promise_pays_the_oldest_first(self):
        form = self._dialog("action_log_promise")
        self.assertEqual(form.promise_amount, 1500)
        self.assertEqual(form.promise_open, 1800)
        form.promise_amount = 1200
        form.promise_date = self._today(5)
        self.assertIn(self.old.name, form.promise_text)
        form.save().action_log()
        promise = self.case.promise_ids
        self.assertEqual(promise.contact_id, self.case.contact_ids)
        self.assertRecordValues(
            promise.line_ids.sorted("amount", reverse=True),
            [
                {"move_line_id": self._claims(self.old).id, "amount": 1000},
                {"move_line_id": self._claims(self.new).id, "amount": 200},
            ],
        )
        self.case.invalidate_recordset()
        self.assertEqual(self.case.amount_chase, 300)

    def test_promise_of_more_than_is_open(self):
        form = self._dialog("action_log_promise")
        form.promise_amount = 2000
        form.promise_date = self._today(5)
        with self.assertRaisesRegex(UserError, "2,000"):
            form.save().action_log()

    def test_promise_needs_a_date(self):
        log = (
            self.env["collection.case.log"]
            .with_user(self.collector)
            .create({"case_id": self.case.id, "result": "promise", "promise_amount": 10})
        )
        with self.assertRaisesRegex(UserError, "Payment Date"):
            log.action_log()
        self.assertFalse(self.case.contact_ids)

    def test_salesperson_notes_a_promise_of_an_own_customer(self):
        form = self._dialog("action_log_promise", self.salesperson)
        form.promise_amount = 100
        form.promise_date = self._today(5)
        form.save().action_log()
        self.assertEqual(self.case.promise_ids.user_id, self.salesperson)

    def test_dispute(self):
        form = self._dialog("action_log_dispute")
        form.dispute_move_id = self.new
        self.assertEqual(form.dispute_amount, 500)
        form.dispute_amount = 200
        form.dispute_reason_id = self.contested
        form.summary = "Price of last year."
        form.save().action_log()
        self.assertRecordValues(
            self.case.dispute_ids,
            [{"move_id": self.new.id, "amount": 200, "reason_id": self.contested.id}],
        )
        self.assertEqual(self.case.contact_ids.reason_id, self.contested)

    def test_dispute_of_a_foreign_invoice(self):
        foreign = self._invoice(self._customer("Other"), 100, days_overdue=5)
        log = (
            self.env["collection.case.log"]
            .with_user(self.collector)
            .create(
                {
                    "case_id": self.case.id,
                    "result": "dispute",
                    "dispute_move_id": foreign.id,
                    "dispute_amount": 10,
                    "dispute_reason_id": self.contested.id,
                }
            )
        )
        with self.assertRaisesRegex(UserError, foreign.name):
            log.action_log()
        self.assertFalse(self.case.contact_ids)

    def test_due_activities_are_ticked_off(self):
        self.case.sudo().activity_schedule(
            "mail.mail_activity_data_call", user_id=self.collector.id, summary="Call now"
        )
        form = self._dialog()
        self.assertEqual(form.due_activity_count, 1)
        form.date_next = self._today(2)
        form.next_step = "Call again"
        form.save().action_log()
        self.assertEqual(self.case.sudo().activity_ids.mapped("summary"), ["Call again"])

    def test_beyond_the_limits(self):
        self.company.sudo().write({"collection_contact_max": 1, "collection_contact_days": 7})
        self._dialog().save().action_log()
        form = self._dialog()
        self.assertIn("1 contacts", form.limit_broken)
        with self.assertRaises(AssertionError):  # required in the form
            form.save()
        form.limit_reason = "Called back as agreed."
        form.save().action_log()
        self.assertEqual(len(self.case.contact_ids), 2)

    def test_refused_roles(self):
        for user in (self.auditor, self.accountant):
            with self.assertRaises(AccessError):
                self.case.with_user(user).action_log_call()
            self.assertFalse(self.case.with_user(user).can_log)
        log = (
            self.env["collection.case.log"]
            .with_user(self.auditor)
            .create({"case_id": self.case.id})
        )
        with self.assertRaises(AccessError):
            log.action_log()

    def test_work_state_searches_and_counts(self):
        cases = self.env["collection.case"].with_user(self.collector)
        mine = [("id", "=", self.case.id)]
        self.assertEqual(cases.search(mine + [("work_state", "=", "todo")]), self.case)
        self._dialog().save().action_log()
        self.assertFalse(cases.search(mine + [("work_state", "=", "todo")]))
        groups = cases._read_group(mine, ["work_state"], ["__count"])
        self.assertEqual(groups, [("done", 1)])

    def test_planned_for_later(self):
        self.case.sudo().activity_schedule(
            "mail.mail_activity_data_call", date_deadline=self._today(4), user_id=self.collector.id
        )
        self.assertEqual(self.case.work_state, "later")
        found = self.env["collection.case"].search([("work_state", "in", ["later"])])
        self.assertIn(self.case, found)

    def test_every_figure_opens(self):
        self._dialog("action_log_promise")
        case = self.case.with_user(self.collector)
        overdue = case.action_open_overdue()
        rows = self.env[overdue["res_model"]].with_user(self.collector).search(overdue["domain"])
        self.assertEqual(sum(rows.mapped("overdue")), case.amount_overdue)
        invoices = case.action_open_invoices()
        found = self.env["account.move"].with_user(self.collector).search(invoices["domain"])
        self.assertEqual(found, self.old | self.new)
        for name in (
            "blocked",
            "contacts",
            "letters",
            "promises",
            "disputes",
            "agreements",
            "holds",
        ):
            action = getattr(case, f"action_open_{name}")()
            self.env[action["res_model"]].with_user(self.collector).search(action["domain"])

    def test_review_of_a_closed_case(self):
        case = self.case.with_user(self.collector)
        with self.assertRaises(AccessError):
            case.review_lesson = "Too early"
        self.case._do_close("other", "Given up")
        case.review_lesson = "Ask for a deposit next time."
        self.assertEqual(self.case.review_lesson, "Ask for a deposit next time.")
