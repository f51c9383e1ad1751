from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

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

    # ------------------------------------------------------------------ activities

    def _activity(self, summary, user=None, **values):
        return self.case.sudo().activity_schedule(
            "mail.mail_activity_data_call",
            user_id=(user or self.collector).id,
            summary=summary,
            **values,
        )

    def test_only_activities_picked_are_done(self):
        bounced = self._activity("The letter came back")
        call = self._activity("Call now")
        form = self._dialog()
        self.assertFalse(form.activity_ids[:])
        self.assertEqual(form.open_activity_ids[:], bounced | call)
        form.activity_ids.add(call)
        form.date_next = self._today(2)
        form.next_step = "Call again"
        form.save().action_log()
        self.assertEqual(
            self.case.sudo().activity_ids.mapped("summary"),
            ["The letter came back", "Call again"],
        )

    def test_due_next_step_of_an_earlier_contact_is_picked(self):
        self._activity("The letter came back")
        form = self._dialog()
        form.date_next = self._today()
        form.next_step = "Send the copies"
        form.save().action_log()
        form = self._dialog()
        form.date_next = self._today(3)
        self.assertEqual(form.activity_ids[:].mapped("summary"), ["Send the copies"])
        form.save().action_log()
        # One that is not due yet is offered, and left to the user.
        form = self._dialog()
        self.assertFalse(form.activity_ids[:])
        self.assertEqual(
            form.open_activity_ids[:].mapped("summary"), ["The letter came back", "Follow up"]
        )

    def test_activities_of_others_and_of_other_cases_are_refused(self):
        other = self._case(self._customer("Other")).with_user(self.collector)
        elsewhere = other.sudo().activity_schedule(
            "mail.mail_activity_data_call", user_id=self.collector.id, summary="Elsewhere"
        )
        for activity in (elsewhere, self._activity("Of a colleague", self.collection_manager)):
            log = (
                self.env["collection.case.log"]
                .with_user(self.collector)
                .create({"case_id": self.case.id, "activity_ids": [Command.set(activity.ids)]})
            )
            with self.assertRaisesRegex(UserError, activity.summary):
                log.action_log()
            self.assertTrue(activity.active)
        self.assertFalse(self.case.contact_ids)

    def test_activities_say_when_they_are_due(self):
        activity = self._activity("Call now", date_deadline="2031-02-03")
        named = activity.with_context(collection_with_date=True)
        self.assertEqual(named.display_name, "Call now, due on 02/03/2031")
        self.assertEqual(activity.display_name, "Call now")

    # ------------------------------------------------------------------ next step

    def test_next_step_in_the_past_is_refused(self):
        form = self._dialog()
        form.date_next = self._today(-1)
        self.assertFalse(form.date_next)
        day = self._today(-1)
        log = (
            self.env["collection.case.log"]
            .with_user(self.collector)
            .create({"case_id": self.case.id, "date_next": day})
        )
        with self.assertRaises(ValidationError) as refused:
            log.action_log()
        self.assertIn(f"Next Step on: {day:%m/%d/%Y}", str(refused.exception))
        self.assertFalse(self.case.contact_ids)
        log.date_next = self._today()
        log.action_log()
        self.assertEqual(self.case.contact_ids.date_next, self._today())

    def test_next_step_is_the_first_activity(self):
        self._activity("Later", date_deadline=self._today(9))
        self._activity(False, date_deadline=self._today(2))
        case = self.case.with_user(self.collector)
        self.assertEqual(case.next_step, "Call")
        self.assertEqual(case.activity_date_deadline, self._today(2))

    # ------------------------------------------------------------------ open items, amounts

    def test_dialog_shows_open_items(self):
        self.assertEqual(
            self._dialog().save().item_ids.mapped("name"),
            [self.old.name, self.new.name, self.future.name],
        )

    def test_amounts_in_the_currency_of_the_invoices(self):
        self.assertFalse(self.case.chase_currencies)
        euro = self.env.ref("base.EUR").sudo()
        euro.active = True
        self.env["res.currency.rate"].sudo().create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.5,
            }
        )
        self._invoice(self.customer, 100, days_overdue=5, currency=euro)
        self.case.invalidate_recordset()
        self.assertEqual(self.case.amount_chase, 1700)
        self.assertEqual(
            self.case.chase_currencies,
            " + ".join(
                currency.format(amount)
                for currency, amount in sorted(
                    [(euro, 100), (self.company.currency_id, 1500)], key=lambda pair: pair[0].name
                )
            ),
        )

    def test_amounts_are_summed_up_and_sorted_by(self):
        small = self._customer("Small")
        self._invoice(small, 30, days_overdue=3)
        cases = self.case | self._case(small)
        as_collector = self.env["collection.case"].with_user(self.collector)
        mine = [("id", "in", cases.ids)]
        groups = as_collector._read_group(
            mine, ["user_id"], ["amount_chase:sum", "amount_overdue:sum", "days_overdue:max"]
        )
        self.assertEqual(groups, [(self.collector.with_env(groups[0][0].env), 1530, 1530, 40)])
        self.assertEqual(as_collector.search(mine, order="amount_chase"), cases[::-1])
        described = as_collector.fields_get(["amount_chase", "days_overdue"])
        self.assertEqual(described["amount_chase"]["aggregator"], "sum")
        self.assertEqual(described["days_overdue"]["aggregator"], "max")

    # ------------------------------------------------------------------ reasons

    def _propose(self, words="", limit=8):
        return [
            name
            for _id, name in self.env["collection.reason"]
            .with_user(self.collector)
            .name_search(words, limit=limit)
        ]

    def test_commonest_reasons_come_first(self):
        rare, common, old = self.env["collection.reason"].search([])[-3:]
        self.assertNotIn(common.name, self._propose())
        contacts = self.env["collection.contact"].with_user(self.collector)
        for reason, days in [(rare, 0), (common, 1), (common, 2), (old, 100), (old, 99), (old, 98)]:
            contacts.create(
                {
                    "case_id": self.case.id,
                    "channel": "mail",
                    "reason_id": reason.id,
                    "date": fields.Datetime.now() - timedelta(days=days),
                }
            )
        self.assertEqual(self._propose()[:2], [common.name, rare.name])
        self.assertNotIn(old.name, self._propose())

    def test_reasons_are_found_by_synonyms(self):
        shipped = self.env.ref("credit_collection.collection_reason_no_money")
        self.assertIn(shipped.name, self._propose("cash flow"))
        shipped.sudo().synonyms = "broke"
        self.assertEqual(self._propose("brok"), [shipped.name])

    def test_days_without_contact_are_the_companys(self):
        """At 23:30 in UTC it is the next day in Shanghai: a day later is one day, not two."""
        company = self.company.sudo()
        company.resource_calendar_id.tz = company.partner_id.tz = "Asia/Shanghai"
        self.env.registry.clear_cache()
        case = self.case.sudo()._system()
        day = self._today(-2)
        case.date_last_contact = f"{day} 23:30:00"
        with freeze_time(f"{self._today(0)} 10:00:00"):
            case._refresh()
            self.env.invalidate_all()
            self.assertIn("no contact in 1 days", case.why)
            self.assertEqual(case.rank_facts["contact"], str(self._today(-1)))

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
