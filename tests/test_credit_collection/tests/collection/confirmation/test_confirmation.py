from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...common import migration
from .sheet_case import SheetCase


@tagged("post_install", "-at_install")
class TestConfirmation(SheetCase):
    """The sheet of a salesperson: its lines, the answer, late answers (P1-07, P3-02 to P3-04)."""

    def setUp(self):
        super().setUp()
        self.clock = self._on("2027-02-04")
        self.clock.start()
        self.addCleanup(self.clock.stop)

    def test_one_sheet_per_salesperson(self):
        second = self._customer("Second", user_id=self.salesperson2.id)
        nobody = self._customer("Nobody's", user_id=False)
        eur = self._rate("EUR", 0.5)
        self._invoice(self.buyer, 500, 10)
        self._invoice(self.buyer, 70, 40, currency=eur)
        self._invoice(self.buyer, 900, -5)  # not due
        paid = self._invoice(self.buyer, 80, 20)
        self._pay(paid)
        self._invoice(second, 60, 3)
        self._invoice(nobody, 40, 3)
        sheets = self._make()
        self.assertEqual(
            {sheet.user_id: (sheet.line_count, sheet.amount) for sheet in sheets},
            {self.salesperson: (2, 640.0), self.salesperson2: (1, 60.0), self.head: (1, 40.0)},
        )
        lines = sheets.filtered(lambda s: s.user_id == self.salesperson).line_ids
        self.assertRecordValues(
            lines.sorted("days_overdue"),
            [
                {"days_overdue": 10, "amount_currency": 500, "amount": 500, "amount_expected": 0},
                {"days_overdue": 40, "amount_currency": 70, "amount": 140, "amount_expected": 0},
            ],
        )
        self.assertEqual(lines.document_currency_id, eur | self.company.currency_id)

    def test_credits_pay_the_oldest_first(self):
        self._invoice(self.buyer, 500, 10)
        self._invoice(self.buyer, 300, 40)
        self._receive(self.buyer, 350)
        sheet = self._make()
        self.assertRecordValues(sheet.line_ids, [{"days_overdue": 10, "amount": 450}])

    def test_second_run_changes_nothing(self):
        self._invoice(self.buyer, 500, 10)
        first = self._make()
        mails = self._mails("confirm your overdue items")
        self.assertEqual(len(mails), 1)
        self.assertEqual(self._make(), first)
        self.assertEqual(self._mails("confirm your overdue items"), mails)
        self.assertEqual(len(self._activities(first, "mail_activity_sheet_answer")), 1)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            first.sudo()._system().copy({"line_ids": []})

    def test_notice(self):
        self._invoice(self.buyer, 500, 10)
        self._invoice(self.buyer, 900, -5)
        self._invoice(self.buyer, 7777, -45)
        self.env["collection.confirmation"].sudo()._send_notices(self.company.sudo())
        mail = self._mails("Overdue summary")
        self.assertEqual(mail.recipient_ids, self.salesperson.partner_id)
        body = str(mail.body_html)
        for text in ("500.00", "900.00", "Buyer", "within the next 30 days"):
            self.assertIn(text, body)
        self.assertNotIn("7,777.00", body)

    def test_create_by_button(self):
        self._invoice(self.buyer, 500, 10)
        model = self.env["collection.confirmation"]
        for user in (self.salesperson, self.auditor, self.collector, self.sales_manager):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                model.with_user(user).action_create_sheets()
        model.with_user(self.controller).action_create_sheets()
        self.assertEqual(len(self._sheets()), 1)
        with self.assertRaisesRegex(UserError, "already"):
            model.with_user(self.controller).action_create_sheets()

    # ------------------------------------------------------------------ answer

    def test_answer(self):
        invoice = self._invoice(self.buyer, 500, 10)
        sheet = self._make()
        mine = sheet.with_user(self.salesperson)
        with self.assertRaisesRegex(
            UserError, "Amount Check, Reason, Specific Reason, Likelihood, Assessed Amount"
        ):
            mine.action_submit()
        self._fill(sheet, self.ours, fault_user_id=self.salesperson.id)
        mine.action_submit()
        self.assertRecordValues(
            sheet,
            [
                {
                    "state": "answered",
                    "answered_by_id": self.salesperson.id,
                    "answered_by_link": False,
                    "is_late": False,
                    "answer_rate": 100.0,
                    "on_time_rate": 100.0,
                    "date_route_deadline": fields.Date.to_date("2027-02-09"),
                }
            ],
        )
        self.assertRecordValues(
            invoice,
            [
                {
                    "collection_reason_id": self.ours.id,
                    "collection_reason_note": "Colour is off",
                    "collection_fault_unit": "Plant 2",
                    "collection_fault_user_id": self.salesperson.id,
                }
            ],
        )
        self.assertEqual(sheet.line_ids.route, "collector")
        self.assertFalse(self._activities(sheet, "mail_activity_sheet_answer"))
        task = self._activities(sheet, "mail_activity_sheet_route")
        self.assertEqual(task.user_id, self.controller)
        with self.assertRaisesRegex(UserError, "already"):
            mine.action_submit()

    def test_what_an_answer_needs(self):
        self._invoice(self.buyer, 500, 10)
        sheet = self._make()
        good = self._answers()
        for values, missing in (
            ({"figures": False}, "Amount Check"),
            ({"figures": "differs"}, "Differences"),
            ({"reason_id": False}, "Reason"),
            ({"reason_note": " "}, "Specific Reason"),
            ({"reason_id": self.ours.id, "fault_unit": False}, "Caused by .Unit."),
            ({"likelihood": False}, "Likelihood"),
            ({"amount_expected": 0}, "Assessed Amount"),
            ({"date_expected": False}, "Expected on"),
            ({"date_expected": "2027-02-03"}, "a day to come"),
        ):
            with self.subTest(values=values):
                sheet.line_ids.with_user(self.salesperson).write({**good, **values})
                with self.assertRaisesRegex(UserError, missing):
                    sheet.with_user(self.salesperson).action_submit()
        # Nothing expected is an answer too, and needs no day: it is unlikely, then.
        sheet.line_ids.with_user(self.salesperson).write(
            {**good, "likelihood": "unlikely", "amount_expected": 0, "date_expected": False}
        )
        sheet.with_user(self.salesperson).action_submit()
        self.assertEqual(sheet.state, "answered")

    def test_paid_meanwhile_needs_no_answer(self):
        invoice = self._invoice(self.buyer, 500, 10)
        sheet = self._make()
        self._pay(invoice)
        self.env.invalidate_all()
        self.assertTrue(sheet.line_ids.is_settled)
        sheet.with_user(self.salesperson).action_submit()
        sheet.with_user(self.controller).action_route()
        self.assertEqual(sheet.state, "routed")

    def test_known_reasons_are_confirmed_again(self):
        invoice = self._invoice(self.buyer, 500, 10)
        fresh = self._invoice(self.buyer, 100, 1)
        sheet = self._make()
        self._fill(sheet, self.quality, amount_expected=80)
        sheet.with_user(self.salesperson).action_submit()
        # Somebody found out more, on the invoice itself.
        invoice.write({"collection_reason_note": "Colour and size"})
        self.clock.stop()
        self.clock = self._on("2027-03-04")
        self.clock.start()
        new = self._make() - sheet
        self.assertRecordValues(
            new.line_ids.sorted("amount", reverse=True),
            [
                {
                    "move_id": move.id,
                    "reason_id": self.quality.id,
                    "reason_note": note,
                    "fault_unit": "Plant 2",
                    "likelihood": False,
                    "amount_expected": 0,
                    "date_expected": fields.Date.to_date("2027-02-15"),
                    "is_known": True,
                    "is_confirmed": False,
                    "figures": False,
                }
                for move, note in ((invoice, "Colour and size"), (fresh, "Colour is off"))
            ],
        )
        mine = new.with_user(self.salesperson)
        mine.line_ids.write({"figures": "right", "date_expected": "2027-03-20"})
        with self.assertRaisesRegex(UserError, "Reason Still Applies"):
            mine.action_submit()
        mine.action_confirm_right()
        with self.assertRaisesRegex(UserError, "Likelihood, Assessed Amount"):
            mine.action_submit()
        mine.line_ids.write({"likelihood": "certain", "amount_expected": 60})
        mine.action_submit()
        self.assertEqual(new.state, "answered")

    def test_paper_and_work_name_cause_and_likelihood(self):
        """What is printed and notified says internal or external, and how likely it is paid (P3-17)."""
        self._invoice(self.buyer, 500, 10)
        sheet = self._make()
        self._fill(sheet, self.quality, likelihood="doubtful", amount_expected=123)
        sheet.with_user(self.salesperson).action_submit()
        report = self.env["ir.actions.report"]
        paper = report._render_qweb_html(
            "credit_collection.report_collection_confirmation", sheet.ids
        )[0].decode()
        for text in (paper, str(sheet.line_ids._get_work_note())):
            for words in ("External", "Doubtful", "123.00"):
                self.assertIn(words, text)

    def test_sheets_that_wait_lose_the_proposed_amount(self):
        self._invoice(self.buyer, 500, 10)
        other = self._customer("Other", user_id=self.salesperson2.id)
        self._invoice(other, 90, 10)
        waiting, answered = self._make()
        waiting.line_ids._system_write({"amount_expected": 500})
        answered.line_ids._system_write({"amount_expected": 90, "figures": "right"})
        self.env.flush_all()
        migration("19.0.1.6.0", "post-clearance").migrate(self.env.cr, "19.0.1.5.0")
        self.env.invalidate_all()
        self.assertEqual(waiting.line_ids.amount_expected, 0)
        self.assertEqual(answered.line_ids.amount_expected, 90, "an answer stays")

    def test_confirm_all_right_overwrites_nothing(self):
        self._invoice(self.buyer, 500, 10)
        self._invoice(self.buyer, 60, 11)
        sheet = self._make()
        first, second = sheet.line_ids
        first.with_user(self.salesperson).write({"figures": "differs"})
        sheet.with_user(self.salesperson).action_confirm_right()
        self.assertEqual((first.figures, second.figures), ("differs", "right"))
        with self.assertRaises(UserError):
            sheet.with_user(self.salesperson).action_submit()

    # ------------------------------------------------------------------ who may

    def test_others_answer_nothing(self):
        self._invoice(self.buyer, 500, 10)
        sheet = self._make()
        for user in (
            self.salesperson2, self.auditor, self.accountant, self.collector, self.controller,
            self.legal,
        ):  # fmt: skip
            own = sheet.with_user(user)
            for call in (
                own.action_submit,
                own.action_confirm_right,
                lambda o=own: o.line_ids.write({"reason_note": "x"}),
                lambda o=own: o.write({"note": "x"}),
            ):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    call()
        own = self.env["collection.confirmation"].with_user(self.salesperson2).search([])
        self.assertNotIn(sheet, own)
        self.assertFalse(
            self.env["collection.confirmation.line"].with_user(self.salesperson2).search([])
        )

    def test_figures_are_frozen(self):
        self._invoice(self.buyer, 500, 10)
        sheet = self._make()
        line = sheet.line_ids
        for user in (self.salesperson, self.manager, self.administrator, self.env.user):
            for record, values in (
                (line, {"amount": 1}),
                (line, {"amount_currency": 1}),
                (line, {"days_overdue": 1}),
                (line, {"partner_id": self.company.partner_id.id}),
                (line, {"is_known": True}),
                (line, {"route": "collector"}),
                (sheet, {"amount": 1}),
                (sheet, {"state": "routed"}),
                (sheet, {"user_id": user.id}),
                (sheet, {"date_deadline": "2030-01-01"}),
                (sheet, {"line_ids": [(1, line.id, {"amount": 1})]}),
                (sheet, {"line_ids": [(0, 0, {"partner_id": self.buyer.id})]}),
                (sheet, {"line_ids": [(2, line.id)]}),
            ):
                with self.subTest(user=user.name, values=values), self.assertRaises(AccessError):
                    record.with_user(user).with_context(credit_collection_system=True).write(values)
        with self.assertRaises(AccessError):
            self.env["collection.confirmation"].with_user(self.manager).create(
                {"user_id": self.manager.id}
            )
        with self.assertRaises(AccessError):
            line.with_user(self.manager).unlink()

    def test_the_manager_answers_instead(self):
        self._invoice(self.buyer, 500, 10)
        sheet = self._make()
        sheet.with_user(self.manager).line_ids.write(self._answers())
        sheet.with_user(self.manager).action_submit()
        self.assertEqual(sheet.answered_by_id, self.manager)

    def test_other_company_sees_nothing(self):
        self._invoice(self.buyer, 500, 10)
        sheet = self._make()
        other = self.setup_other_company()["company"]
        stranger = self._user(
            "stranger", "credit_collection.group_collection_manager", company=other
        )
        self.assertFalse(self.env["collection.confirmation"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            sheet.with_user(stranger).action_submit()

    # ------------------------------------------------------------------ late, gone

    def _move_clock(self, day):
        self.clock.stop()
        self.clock = self._on(day)
        self.clock.start()

    def test_reminded_once_then_late(self):
        self._invoice(self.buyer, 500, 10)
        sheet = self._make()
        for day, reminders, late, told in (
            ("2027-02-09", 0, False, 0),
            ("2027-02-10", 1, False, 0),  # the working day before the deadline
            ("2027-02-11", 1, False, 0),
            ("2027-02-12", 1, True, 2),
            ("2027-02-13", 1, True, 2),
        ):
            self._move_clock(day)
            self._daily()
            with self.subTest(day=day):
                self.assertEqual(len(self._mails("Reminder: please confirm")), reminders)
                self.assertEqual(sheet.is_late, late)
                tasks = self._activities(sheet, "mail_activity_sheet_late")
                self.assertEqual(len(tasks), told)
        self.assertEqual(tasks.user_id, self.sales_manager | self.head)
        self._fill(sheet)
        sheet.with_user(self.salesperson).action_submit()
        self.assertRecordValues(
            sheet, [{"is_late": True, "answer_rate": 100.0, "on_time_rate": 0.0}]
        )
        self.assertFalse(self._activities(sheet, "mail_activity_sheet_late"))

    def test_leaver(self):
        """When the salesperson leaves, the head answers; former sheets stay theirs (P3-02)."""
        self._invoice(self.buyer, 500, 10)
        nobody = self._customer("Nobody's", user_id=False)
        self._invoice(nobody, 40, 3)
        sheets = self._make()
        sheet = sheets.filtered(lambda s: s.user_id == self.salesperson)
        token = sheet._get_token()
        self.salesperson.sudo().active = False
        self._daily()
        self.assertRecordValues(
            sheet, [{"user_id": self.head.id, "origin_user_id": self.salesperson.id}]
        )
        self.assertNotEqual(sheet._get_token(), token)
        self.assertEqual(self._activities(sheet, "mail_activity_sheet_answer").user_id, self.head)
        # Next month the head has one sheet for both.
        self._move_clock("2027-03-04")
        new = self._make() - sheets
        self.assertRecordValues(new, [{"user_id": self.head.id, "amount": 540.0}])
