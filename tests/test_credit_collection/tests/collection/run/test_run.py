from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .run_case import RunCase

LOGGER = "odoo.addons.credit_collection.models.collection.run.collection_run_process"


class TestRun(RunCase):
    """One pass over the books: cases, letters, activities; a second one changes nothing."""

    def _facts(self):
        """Everything a run may have touched."""
        self.env.invalidate_all()
        cases = self.env["collection.case"].search([("company_id", "=", self.company.id)])
        return (
            cases.read(["state", "stage_id", "user_id", "rank", "rank_facts", "write_date"]),
            self.env["collection.letter"].search([("company_id", "=", self.company.id)]).ids,
            cases.activity_ids.ids,
        )

    def test_first_and_second_run(self):
        late = self._customer("Late")
        self._invoice(late, 1000, days_overdue=10)
        self._invoice(late, 500, days_overdue=3)
        good = self._customer("Good")
        self._invoice(good, 1000, days_overdue=-30)
        soon = self._customer("Soon")
        self._invoice(soon, 700, days_overdue=-5)
        run = self._run()
        self.assertRecordValues(
            run,
            [{"state": "done", "open_count": 1, "letter_count": 2, "activity_count": 1,
              "error_count": 0}],
        )  # fmt: skip
        case = self._case(late)
        self.assertRecordValues(
            case,
            [{"stage_id": self.env.ref("credit_collection.collection_stage_notice").id,
              "user_id": self.salesperson.id, "date_open": self.company._credit_today(),
              "amount_overdue": 1500.0, "days_overdue": 10, "item_count": 2}],
        )  # fmt: skip
        self.assertIn("1,500.00 overdue, oldest 10 days", case.why)
        self.assertEqual(self._letters(late).type_id.code, "collection_notice")
        self.assertEqual(self._letters(late).line_ids.mapped("amount"), [1000, 500])
        self.assertEqual(self._letters(soon).type_id.code, "account_confirmation")
        self.assertFalse(self._case(soon))
        self.assertFalse(self._letters(good))
        self.assertEqual(case.activity_ids.user_id, self.salesperson)
        before = self._facts()
        again = self._run()
        self.assertFalse(again.line_ids)
        self.assertEqual(again.skip_counts, {"asked": 2})
        self.assertEqual(self._facts(), before)

    def test_stages_follow_the_days(self):
        """Day by day through the ladder; a missed week is caught up once."""
        customer = self._customer()
        start = fields.Date.today()
        self._invoice(customer, 1000, days_overdue=-6)
        levels, codes = {}, []
        for day in (0, 3, 7, 8, 14, 37, 67, 97):
            with freeze_time(start + timedelta(days=day)):
                self._run()
                levels[day] = self._case(customer).stage_id.days_from
                codes = self._letters(customer).mapped("type_id.code")
        self.assertEqual(levels, {0: 0, 3: 0, 7: 1, 8: 1, 14: 8, 37: 31, 67: 61, 97: 91})
        self.assertEqual(
            codes,
            ["account_confirmation", "payment_reminder", "collection_notice", "dunning_1",
             "dunning_2", "dunning_final"],
        )  # fmt: skip

    def test_lowered_and_closed_by_payment(self):
        customer = self._customer()
        old = self._invoice(customer, 1000, days_overdue=40)
        new = self._invoice(customer, 300, days_overdue=5)
        self._run()
        case = self._case(customer)
        self.assertEqual(case.stage_id.days_from, 31)
        self._pay(old)
        run = self._run()
        self.assertRecordValues(
            self._line_of(run, customer), [{"action": "lower", "letter_count": 0, "skip": "asked"}]
        )
        self.assertEqual(self._case(customer).stage_id.days_from, 1)
        self._pay(new)
        self._run()
        self.assertRecordValues(case, [{"state": "closed", "result": "collected"}])
        self.assertFalse(case.activity_ids)
        # Items due later have a case of their own.
        self._invoice(customer, 50, days_overdue=2)
        self._run()
        self.assertNotEqual(self._case(customer), case)

    def test_closed_without_payment(self):
        customer = self._customer()
        move = self._invoice(customer, 1000, days_overdue=10)
        self._run()
        move._reverse_moves(cancel=True)
        self._run()
        self.assertRecordValues(self._case(customer, "closed"), [{"result": "not_due"}])

    def test_settled_between_runs(self):
        customer = self._customer()
        move = self._invoice(customer, 1000, days_overdue=10)
        self._run()
        self._pay(move)
        self.env["collection.case"].sudo()._close_settled()
        self.assertRecordValues(
            self._case(customer, "closed"), [{"state": "closed", "result": "collected"}]
        )

    def test_preview_is_what_the_run_does(self):
        customers = []
        for number, days in enumerate((-5, 2, 9, 35, 100, -60)):
            customers.append(self._customer(f"C{number}"))
            self._invoice(customers[-1], 100 * (number + 1), days_overdue=days)
        before = self._facts()
        runs = self.env["collection.run"].with_user(self.manager).with_company(self.company)
        preview = runs.browse(runs.action_new()["res_id"])
        names = ["partner_id", "action", "stage_id", "amount_chase", "letter_type_id",
                 "letter_count", "has_activity", "is_key"]  # fmt: skip
        self.assertEqual(preview.state, "preview")
        promised = sorted(
            str([line[name] for name in names])
            for line in preview.line_ids
            if line.letter_count or line.has_activity or line.action == "open"
        )
        self.assertEqual(len(promised), 5)
        self.assertEqual(self._facts(), before)
        preview.action_start()
        self.assertEqual(preview.state, "running")
        with self.assertRaisesRegex(UserError, "started already"):
            preview.action_start()
        self._run_job("collection_run")
        self.assertEqual(preview.state, "done")
        done = sorted(str([line[name] for name in names]) for line in preview.line_ids)
        self.assertEqual(done, promised)
        for user in (self.collector, self.auditor, self.salesperson):
            with self.assertRaises(AccessError):
                runs.with_user(user).action_new()

    def test_automatic_once_a_day(self):
        self.company.sudo().collection_run_mode = "automatic"
        self.company.sudo().collection_run_hour = 6
        customer = self._customer()
        self._invoice(customer, 100, days_overdue=9)
        runs = self.env["collection.run"].sudo()._system()
        with freeze_time(fields.Datetime.now().replace(hour=5)):
            self.assertFalse(runs._get_due_runs())
        with freeze_time(fields.Datetime.now().replace(hour=7)):
            found = runs._get_due_runs()
            self.assertRecordValues(found, [{"company_id": self.company.id, "is_automatic": True}])
            found._process()
            self.assertFalse(runs._get_due_runs())
        with freeze_time(fields.Datetime.now().replace(hour=7) + timedelta(days=4)):
            found = runs._get_due_runs()
            self.assertEqual(len(found), 1)

    def test_fault_of_one_customer(self):
        customers = [self._customer(f"C{number}") for number in range(3)]
        for customer in customers:
            self._invoice(customer, 100, days_overdue=9)
        letters = type(self.env["collection.letter"])
        create = letters._create_for_run

        def fail(model, run, rows):
            if any(row["partner_id"] == customers[1].id for row in rows):
                raise ValueError("broken address")
            return create(model, run, rows)

        with patch.object(letters, "_create_for_run", fail), mute_logger(LOGGER):
            run = self._run()
        self.assertRecordValues(run, [{"state": "done", "error_count": 1, "letter_count": 2}])
        self.assertEqual(self._line_of(run, customers[1]).error, "broken address")
        self.assertFalse(self._case(customers[1]))
        self.assertEqual(self._run().open_count, 1)
        self.assertEqual([len(self._letters(c)) for c in customers], [1, 1, 1])

    def test_bank_guard(self):
        customer = self._customer()
        self._invoice(customer, 100, days_overdue=9)
        bank = self.company_data["default_journal_bank"]
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": bank.id, "amount": 5, "date": self._today(-8), "payment_ref": "x"}
        )
        run = self._run()
        self.assertIn("not reconciled for more than 7 days", run.message)
        self.assertTrue(self._case(customer))
        self.assertFalse(self._letters(customer))
        self.assertEqual(self._line_of(run, customer).skip, "bank_guard")
        self.company.sudo().collection_bank_guard_days = 0
        self._run()
        self.assertEqual(len(self._letters(customer)), 1)
        # Money of a customer that waits at the bank keeps their letters back, not those of others.
        other = self._customer("Other")
        self._invoice(other, 100, days_overdue=9)
        line.partner_id = other
        self.assertEqual(self._decision(other)[other.id]["skip"], "bank_line")

    def test_limits_of_contact(self):
        self.company.sudo().write({"collection_contact_max": 1, "collection_contact_days": 30})
        customer = self._customer()
        self._invoice(customer, 100, days_overdue=9)
        self._run()
        self._age_letters(customer, 20)
        self.assertEqual(self._decision(customer)[customer.id]["skip"], "contact_limit")
        self._age_letters(customer, 11)
        self.assertFalse(self._decision(customer)[customer.id]["skip"])
        self._age_letters(customer, -29)
        # Three days after the letter it is too soon, whatever is new.
        self.company.sudo().collection_contact_max = 0
        self._invoice(customer, 70, days_overdue=1)
        self.assertEqual(self._decision(customer)[customer.id]["skip"], "quiet")

    def test_test_run(self):
        customer = self._customer()
        self._invoice(customer, 100, days_overdue=9)
        run = self._run(is_test=True)
        self.assertEqual(self._letters(customer).mapped("is_test"), [True])
        self.assertFalse(self._case(customer))
        self.assertRecordValues(run, [{"letter_count": 1, "open_count": 0, "activity_count": 0}])
        self._run()
        self.assertEqual(self._letters(customer).mapped("is_test"), [True, False])

    def test_one_letter_per_currency(self):
        euro = self._rate("EUR", 2.0)
        customer = self._customer()
        self._invoice(customer, 100, days_overdue=9)
        self._invoice(customer, 100, days_overdue=40, currency=euro)
        self._run()
        self.assertEqual(sorted(self._letters(customer).mapped("currency_id.name")), ["EUR", "USD"])
        self.assertEqual(set(self._letters(customer).mapped("type_id.code")), {"dunning_1"})

    def test_same_statements_for_many(self):
        """A batch costs the same number of statements however many customers it has."""
        counts = []
        for size in (5, 40):
            customers = [self._customer(f"Q{size}-{number}") for number in range(size)]
            for customer in customers:
                self._invoice(customer, 100, days_overdue=9)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run = self._run()
            self.assertEqual(run.open_count, size)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)
