from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ...common import migration
from ...receivable.ageing.ageing_case import AgeingCase

JUNE = "2025-06-30"


@tagged("post_install", "-at_install")
class TestSnapshot(AgeingCase):
    """June 2025 is closed: each customer as they stood, by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls._customer("One", limit=5000, grade="B", credit_segment="large")
        cls.two = cls._customer("Two", user_id=cls.salesperson2.id)
        cls.old = cls._dated(cls.one, 1000, "2025-04-10", due="2025-05-10")
        cls._dated(cls.one, 400, "2025-06-20", due="2025-07-20")
        cls._dated(cls.two, 300, "2025-06-10", due="2025-06-20")
        cls._pay(cls.old, 600, date="2025-06-15")
        cls._pay(cls.old, 100, date="2025-07-02")  # after the month
        cls.months = cls.env["insight.month"]

    def _close(self, day=JUNE, **values):
        return self.months._close(self.company, self._day(day), **values)

    def _closed(self):
        """Close June in its time: on 6 July 2025."""
        with freeze_time("2025-07-06 12:00:00"):
            month = self._close()
        # In life a later transaction has a later time than the closing.
        self._age(month)
        return month

    def _age(self, month):
        """Set what is there to before the closing, and the closing to before now."""
        self.env.flush_all()
        past = self.env.cr.now() - timedelta(days=2)
        for table in ("account_move", "account_move_line", "account_partial_reconcile"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET create_date = %s, write_date = %s",
                    SQL.identifier(table),
                    past,
                    past,
                )
            )
        month._system_write({"frozen_at": past + timedelta(days=1)})
        month.flush_recordset()
        self.env.invalidate_all()

    def _rows(self, month, *partners):
        rows = month.line_ids
        return [rows.filtered(lambda r, p=p: r.partner_id == p) for p in partners]

    def test_rows_by_hand(self):
        with freeze_time("2025-07-06 12:00:00"):
            self._order(self.one, 250, confirm=True)
        one, two = self._rows(self._closed(), self.one, self.two)
        self.assertRecordValues(
            one,
            [
                {
                    "date": self._day(JUNE), "receivable": 800, "receivable_currency": 800,
                    "overdue": 400, "column_1": 400, "column_2": 0, "column_3": 400, "orders": 250,
                    "credit_limit": 5000, "collected": 600, "written_off": 0, "segment": "large",
                    "grade_id": self._grade("B").id, "user_id": self.salesperson.id,
                    "currency_id": self.company.currency_id.id, "change": 0,
                }
            ],
        )  # fmt: skip
        self.assertRecordValues(
            two,
            [{"receivable": 300, "overdue": 300, "column_2": 300, "user_id": self.salesperson2.id}],
        )

    def test_totals_equal_the_books(self):
        month = self._closed()
        self.assertRecordValues(
            month,
            [
                {
                    "version": 1, "cause": "close", "receivable": 1100, "balance": 1100,
                    "difference": 0, "overdue": 700, "collected": 600, "customer_count": 2,
                    "has_terms": True, "credit_limit": 5000, "change": 0,
                }
            ],
        )  # fmt: skip
        self.assertEqual(month.receivable, self._ties(JUNE))

    def test_currencies_have_rows_of_their_own(self):
        euro = self._rate("EUR", 2.0)
        self._dated(self.two, 80, "2025-06-11", due="2025-06-12", currency=euro)
        [rows] = self._rows(self._closed(), self.two)
        self.assertEqual(
            {(r.currency_id, r.receivable, r.receivable_currency) for r in rows},
            {(self.company.currency_id, 300, 300), (euro, 40, 80)},
        )

    def test_written_off_and_entries_of_nobody(self):
        expense = self.env["account.account"].create(
            {"name": "Bad Debts", "code": "670199", "account_type": "expense"}
        )
        receivable = self.company_data["default_account_receivable"]
        self._entry((expense, 60, None), (receivable, -60, self.two), day="2025-06-25")
        self._entry((receivable, 15, None), (expense, -15, None), day="2025-06-26")
        month = self._closed()
        two, nobody = self._rows(month, self.two, self.env["res.partner"])
        self.assertRecordValues(two, [{"written_off": 60, "receivable": 240}])
        self.assertRecordValues(nobody, [{"receivable": 15}])
        self.assertEqual(month.difference, 0)

    def test_a_month_that_runs_is_not_closed(self):
        with freeze_time("2025-06-30 12:00:00"), self.assertRaisesRegex(UserError, "not ended"):
            self._close()

    def test_nothing_half_done(self):
        before = self.months.search_count([])
        with (
            self.assertRaises(ZeroDivisionError),
            patch.object(self.registry["insight.month"], "_sum_rows", lambda self: 1 / 0),
            self.env.cr.savepoint(),
        ):
            self._close()
        self.assertEqual(self.months.search_count([]), before)
        self.assertFalse(
            self.env["insight.snapshot"].search_count([("partner_id", "=", self.one.id)])
        )

    # ------------------------------------------------------------------ corrections

    def test_corrections_make_a_version_beside_the_old_one(self):
        first = self._closed()
        late = self._dated(self.two, 50, "2025-06-28", due="2025-06-29")
        self.old.line_ids.remove_move_reconcile()  # matched no more: no other total
        second = self._close(cause="books")
        self.assertRecordValues(
            first | second,
            [
                {"version": 1, "is_current": False, "receivable": 1100, "former_id": False},
                {"version": 2, "is_current": True, "receivable": 1150, "former_id": first.id},
            ],
        )
        self.assertRecordValues(second, [{"change": 50, "change_entered": 50, "cause": "books"}])
        self.assertIn("50.00", second.explanation)
        one, two = self._rows(second, self.one, self.two)
        self.assertEqual((one.change, two.change), (0, 50))
        action = second.action_open_documents()
        documents = self.env["account.move"].search(action["domain"])
        self.assertEqual(documents, late)
        action = second.action_open_changed()
        self.assertEqual(self.env["insight.snapshot"].search(action["domain"]), two)

    def test_terms_stay_those_of_the_first_closing(self):
        self._closed()
        self._decide(self.one, credit_limit=9000)
        self.one.user_id = self.salesperson2
        self._dated(self.one, 10, "2025-06-28")
        [one] = self._rows(self._close(cause="books"), self.one)
        self.assertRecordValues(one, [{"credit_limit": 5000, "user_id": self.salesperson.id}])

    def test_a_customer_that_left_the_books_keeps_a_row(self):
        self._closed()
        self.env["account.move"].search([("partner_id", "=", self.two.id)]).button_draft()
        [two] = self._rows(self._close(cause="books"), self.two)
        self.assertEqual((two.receivable, two.change), (0, -300))

    def test_no_version_where_nothing_changed(self):
        first = self._closed()
        self.assertFalse(self._close(cause="manual"))
        self.assertTrue(first.is_current)
        self.assertEqual(self.months.search_count([("date", "=", JUNE)]), 1)

    def test_late_closing_knows_no_orders_and_limits(self):
        month = self._close()
        self.assertRecordValues(
            month, [{"has_terms": False, "credit_limit": 0, "receivable": 1100}]
        )

    # ------------------------------------------------------------------ job

    def _run(self, day):
        with freeze_time(f"{day} 12:00:00"):
            self._run_job("insight_month")
        return self.months.search([("company_id", "=", self.company.id), ("is_current", "=", True)])

    def test_the_job_closes_some_days_after_the_end(self):
        self.company.sudo().write({"credit_mode": "enforce", "insight_close_days": 8})
        self.assertEqual(self._run("2025-07-08").mapped("date"), [self._day("2025-05-31")])
        found = self._run("2025-07-09").mapped("date")
        self.assertEqual(found, [self._day(JUNE), self._day("2025-05-31")])
        # Missed months are made up for; a second run changes nothing.
        for _n in range(2):
            self.assertEqual(len(self._run("2025-09-20")), 4)

    def test_the_job_sees_corrections(self):
        self.company.sudo().credit_mode = "enforce"
        self._run("2025-07-06")
        self._dated(self.two, 50, "2025-06-28")
        [month] = self._run("2025-07-07")
        self.assertRecordValues(month, [{"version": 2, "cause": "books", "change": 50}])

    def test_one_company_stops_no_other(self):
        self.company.sudo().credit_mode = "enforce"
        real = type(self.months)._insert_rows

        def fail(month):
            real(month)
            if month.date == self._day("2025-07-31"):
                raise ValueError("killed")

        self._run("2025-07-06")
        with (
            patch.object(self.registry["insight.month"], "_insert_rows", fail),
            mute_logger("odoo.addons.credit_collection.models.insight.snapshot.insight_month"),
        ):
            found = self._run("2025-09-20").mapped("date")
        self.assertEqual(found, [self._day("2025-08-31"), self._day(JUNE)])
        self.assertFalse(self.env["insight.snapshot"].search([("date", "=", "2025-07-31")]))

    # ------------------------------------------------------------------ people

    def test_the_dialog_closes_months_and_asks_why_again(self):
        wizard = self.env["insight.kpi.compute"].with_user(self.controller)
        values = {"date_from": "2025-05-01", "date_to": JUNE, "freeze": True}
        wizard.create(values).action_compute()
        self.assertEqual(self.months.search_count([("company_id", "=", self.company.id)]), 2)
        self._dated(self.two, 50, "2025-06-28")
        with self.assertRaisesRegex(UserError, "2025-06"):
            wizard.create(values).action_compute()
        wizard.create({**values, "reason": "Found an invoice"}).action_compute()
        month = self.months.search([("date", "=", JUNE), ("is_current", "=", True)])
        self.assertRecordValues(
            month, [{"version": 2, "cause": "manual", "reason": "Found an invoice"}]
        )

    def test_nobody_edits(self):
        month = self._closed()
        for user in (self.controller, self.finance_manager, self.administrator, self.accountant):
            for record, values in (
                (month, {"receivable": 1}),
                (month.line_ids[:1], {"overdue": 1}),
            ):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    record.with_user(user).write(values)
        with self.assertRaises(AccessError):
            month.line_ids[:1].sudo().write({"overdue": 1})
        for record in (month, month.line_ids[:1]):
            with self.assertRaises(AccessError):
                record.sudo().unlink()
        for role in ("salesperson", "salesperson2"):
            with self.assertRaises(AccessError):
                month.with_user(self.roles[role]).read(["receivable"])
        self.assertEqual(month.with_user(self.auditor).receivable, 1100)

    def test_other_companies_see_nothing(self):
        month = self._closed()
        other = self.setup_other_company()["company"]
        stranger = self._user("stranger", "credit_collection.group_credit_auditor", company=other)
        self.assertFalse(self.months.with_user(stranger).search([("id", "=", month.id)]))
        self.assertFalse(
            self.env["insight.snapshot"].with_user(stranger).search([("month_id", "=", month.id)])
        )

    def test_rows_open_their_documents(self):
        [one] = self._rows(self._closed(), self.one)
        one = one.with_user(self.auditor)
        for call, measure, amount in (
            (one.action_open_items, "amount", 800),
            (one.action_open_collected, "balance", -600),
        ):
            action = call()
            found = self.env[action["res_model"]].with_user(self.auditor).search(action["domain"])
            self.assertEqual(sum(found.mapped(measure)), amount)
        self.assertFalse(
            self.env["account.move.line"].search(one.action_open_written_off()["domain"])
        )

    def test_buckets_are_named_as_the_ageing_names_them(self):
        labels = self.env["insight.snapshot"].with_user(self.auditor).fields_get(["column_3"])
        names = self.env["receivable.ageing.column"]._get_columns(self.company).mapped("name")
        self.assertEqual(labels["column_3"]["string"], names[2])
        self.assertEqual(self._closed().column_names, " | ".join(names))

    def test_buckets_of_a_closed_month_are_in_the_readers_language(self):
        """As they were when it was closed, whoever closed it."""
        self.env["res.lang"]._activate_lang("zh_CN")
        columns = self.env["receivable.ageing.column"].sudo()
        columns.create([{"days_from": n, "company_id": self.company.id} for n in (0, 1, 31)])
        self.months = self.months.with_context(lang="zh_CN")
        month = self._closed()
        columns.create({"days_from": 61, "company_id": self.company.id})
        month.invalidate_recordset()
        english = month.with_context(lang="en_US")
        self.assertEqual(english.column_names, "0 (not due) | 1–30 | over 30")
        self.assertEqual(month.column_names, "0（未到期） | 1–30 | 超过 30")

    def test_names_kept_before_become_days(self):
        script = migration("19.0.1.10.0", "post-bucket_days")
        month = self._closed()
        names = ("0 (not due) | 1–30 | 31 | over 31", "0（未到期） | 1–90 | 超过 90", "over -1")
        self.env.flush_all()
        for text, days in zip(names, ([0, 1, 31, 32], [0, 1, 91], [0]), strict=True):
            self.cr.execute("ALTER TABLE insight_month ADD COLUMN column_names varchar")
            self.cr.execute(
                "UPDATE insight_month SET column_days = NULL, column_names = %s", (text,)
            )
            script.migrate(self.cr, "19.0.1.9.0")
            month.invalidate_recordset()
            self.assertEqual(month.column_days, days)
        script.migrate(self.cr, "19.0.1.9.0")  # again: nothing happens

    def test_more_buckets_than_a_row_has_go_into_the_last(self):
        columns = self.env["receivable.ageing.column"].sudo()
        columns.create(
            [{"days_from": 5 * n, "company_id": self.company.id} for n in range(12)]
        )  # the last: 55 days and more
        self._dated(self.two, 7, "2025-04-01", due="2025-05-09")  # 52 days: the eleventh
        self._dated(self.two, 9, "2025-04-01", due="2025-04-09")  # 82 days: the twelfth
        [two] = self._rows(self._closed(), self.two)
        self.assertEqual((two.column_3, two.column_10), (300, 16))
        total = sum(two[f"column_{n}"] for n in range(1, 11))
        self.assertEqual(total, two.receivable)


@tagged("post_install", "-at_install")
class TestSnapshotCommands(AgeingCase):
    """Values that a client sends."""

    def test_nobody_creates(self):
        for model in ("insight.month", "insight.snapshot", "insight.check"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.controller).create({"company_id": self.company.id})
        with self.assertRaises(AccessError):
            self.env["insight.month"].sudo().create(
                {
                    "company_id": self.company.id,
                    "date": JUNE,
                    "line_ids": [Command.create({"receivable": 1})],
                }
            )
